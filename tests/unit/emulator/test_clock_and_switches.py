# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock of the emulator, and the switches as a whole; what each switch does is tested beside its resource."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Emulator, Fault, Switches, sample
from tests.emulator.__main__ import main
from tests.emulator.switches import defaults, read_switches
from tests.unit.emulator.support import KEYS, PROGRAMMATIC, SPARE, Client

if TYPE_CHECKING:
    from tests.unit.emulator.conftest import Start

README = Path(__file__).parents[2] / "emulator" / "README.md"


def test_the_clock_is_the_real_one_until_it_is_set_and_then_stands_still(client: Client) -> None:
    def shown() -> float:
        return parsedate_to_datetime(client.call("GET", KEYS).headers["date"]).timestamp()

    assert abs(shown() - time.time()) < 60
    client.emulator.clock = 1_600_000_000
    assert (shown(), shown()) == (1_600_000_000, 1_600_000_000)
    client.emulator.clock += 3600
    assert (shown(), client.emulator.clock) == (1_600_003_600, 1_600_003_600)
    client.emulator.reset()
    assert shown() == 1_600_003_600
    client.emulator.clock = None
    assert abs(shown() - time.time()) < 60


@pytest.mark.parametrize("seconds", [-1, 2**32, float("nan"), float("inf")])
def test_the_clock_refuses_what_no_id_can_hold(client: Client, seconds: float) -> None:
    with pytest.raises(ValueError, match="The clock must be between 0 and 4294967295 seconds."):
        client.emulator.clock = seconds


def test_control_sets_and_advances_the_clock(client: Client) -> None:
    def control(method: str, body: str | None = None) -> tuple[int, Any]:
        answer = client.send(method, "/emulator/clock", None, body, whole=True)
        return answer.status, answer.document

    assert control("POST", '{"seconds": 1600000000}') == (200, {"seconds": 1_600_000_000})
    assert control("POST", '{"advance": 86400.5}') == (200, {"seconds": 1_600_086_400.5})
    assert control("GET") == (200, {"seconds": 1_600_086_400.5})
    rule = {"detail": 'The body must be {"seconds": NUMBER or null} or {"advance": NUMBER}.'}
    for body in ("{}", "[]", '{"seconds": "1"}', '{"advance": null}', '{"seconds": true}', '{"advance": 1, "x": 1}'):
        assert control("POST", body) == (400, rule)
    assert control("POST", "") == (400, {"detail": "The body must be JSON."})
    assert control("POST", '{"seconds": -1}')[0] == 400
    assert client.emulator.clock == 1_600_086_400.5
    assert control("POST", '{"seconds": null}')[0] == 200
    assert abs(client.emulator.clock - time.time()) < 60


@pytest.mark.parametrize("sends", [True, False])
def test_a_switch_leaves_out_the_date(start: Start, sends: bool) -> None:
    client = start(switches=Switches(sends_date=sends))
    client.emulator.add_fault(Fault(method="DELETE", status=503))
    for answer in (client.send("GET", KEYS), client.call("GET", KEYS), client.call("DELETE", SPARE)):
        assert ("date" in answer.headers) is sends


@pytest.mark.parametrize("on", [True, False])
def test_a_switch_turns_off_the_envelope_of_errors(start: Start, on: bool) -> None:
    client = start(product="atlas", switches=Switches(envelope_on_errors=on)).as_v2()
    answer = client.call("GET", "/nothing?envelope=true", login=PROGRAMMATIC)
    code = answer.document["content"]["errorCode"] if on else answer.error_code
    assert (answer.status, code) == (200 if on else 404, "RESOURCE_NOT_FOUND")
    good = client.call("GET", f"/orgs/{sample.ORGANIZATION.id}?envelope=true", login=PROGRAMMATIC)
    assert (good.status, good.document["status"]) == (200, 200)


@pytest.mark.parametrize("on", [True, False])
def test_a_switch_turns_off_the_envelope_of_204(start: Start, on: bool) -> None:
    answer = start(switches=Switches(envelope_on_204=on)).call("DELETE", f"{SPARE}?envelope=true")
    if on:
        assert (answer.status, answer.document) == (200, {"status": 204, "content": {}})
    else:
        assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("unknown=1", "There is no switch unknown; there are "),
        ("sends_date", "The switch sends_date must be false|true, not ''."),
        ("sends_date=1", "The switch sends_date must be false|true, not 1."),
    ],
)
def test_the_command_line_refuses_a_switch_in_one_sentence(
    capsys: pytest.CaptureFixture[str], setting: str, says: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--switch", setting])
    assert caught.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"python -m tests.emulator: error: {says}")


def test_each_switch_can_be_set_by_a_text() -> None:
    settings = [f"{name}={text}" for name, text in defaults().items()]
    assert read_switches(settings) == read_switches([]) == Switches()
    assert read_switches(["sends_date=false"]) == Switches(sends_date=False)
    assert Emulator(switches=Switches()).world == Emulator().world


def test_the_readme_and_the_help_list_each_switch_with_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    in_help = dict(re.findall(r"^  (\w+)=\S+  \((.*)\)$", capsys.readouterr().out, re.MULTILINE))
    in_readme = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert in_help == in_readme == defaults()
