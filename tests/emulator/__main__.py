# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the emulator until it is interrupted: ``python -m tests.emulator``."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from tests.emulator.digest import DIALECTS
from tests.emulator.products import PRODUCTS, REFUSED_LOGINS
from tests.emulator.server import Emulator
from tests.emulator.switches import defaults, read_switches, settings_of
from tests.emulator.tls import TLS_MODES


def introduction(emulator: Emulator) -> str:
    """Return what somebody at a shell wants to know.

    A shell can evaluate all of it. What a comment indents is a command to paste, or an id or a path.
    """
    lines = _exports(emulator.environment())
    curl = "curl"
    if emulator.tls:
        lines += _exports({"REQUESTS_CA_BUNDLE": emulator.tls.ca_path})
        curl += f" --cacert {shlex.quote(emulator.tls.ca_path)}"
    if emulator.tls and emulator.tls.mutual:
        certificate, key = emulator.tls.client_cert, emulator.tls.client_key
        curl += f" --cert {shlex.quote(certificate)} --key {shlex.quote(key)}"
        lines += ["# options of the modules:", f"#   client_cert: {certificate}", f"#   client_key: {key}"]
    if owner := emulator.owner_environment():
        lines += ["# mongodb.atlas.audit needs the login of a global owner:"]
        lines += [f"#   {line}" for line in _exports(owner)]
    if account := emulator.account_environment():
        lines += ["# a login with a service account, instead of the key above:"]
        lines += [f"#   {line}" for line in _exports(account)]
    for organization in emulator.world.organizations.values():
        lines.append(f"# organization: {organization.id} ({organization.name})")
    lines += [f"# project: {project.id} ({project.name})" for project in emulator.world.projects.values()]
    for user in emulator.world.users.values():
        lines.append(f"# user: {user.id} ({user.username})")
        lines += [f"#   key: {key.id}{'' if key.enabled else ' (disabled)'}" for key in user.keys]
    lines += [
        "# let the next DELETE fail:",
        f"""#   {curl} -d '{{"method": "DELETE", "status": 503}}' {emulator.url}/emulator/faults""",
        "# see what was asked:",
        f"#   {curl} {emulator.url}/emulator/requests",
        "# start again with the first data:",
        f"#   {curl} -X POST {emulator.url}/emulator/reset",
    ]
    return "\n".join(lines)


def _exports(variables: Mapping[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def _signals() -> list[signal.Signals]:
    """Return the signals to stop at: SIGHUP is not among them where it is ignored, as nohup does."""
    hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGINT, signal.SIGTERM, *hangup]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP.

    Args:
        arguments: Those of the command line if None.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description=__doc__,
        epilog="\n".join(
            ["switches, with their values and defaults:"]
            + [f"  {name}={settings_of(name)}  ({default})" for name, default in defaults().items()]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--product", choices=PRODUCTS, default="ops-manager-4.4")
    parser.add_argument("--port", type=int, default=0, help="0, the default, for a free one")
    parser.add_argument("--tls", choices=TLS_MODES, default="none")
    parser.add_argument("--nonce-lifetime", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--challenge", choices=DIALECTS, default="qop")
    parser.add_argument("--refused-login", choices=REFUSED_LOGINS, help="the body; without it that of the product")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--page-limit", type=int, default=500, metavar="ITEMS")
    parser.add_argument("--close-connections", action="store_true")
    parser.add_argument("--servers", type=int, default=1, help="behind a balancer, each with its own nonces")
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how it behaves where nobody knows what servers do; can be repeated",
    )
    options = vars(parser.parse_args(arguments))
    try:
        emulator = Emulator(switches=read_switches(options.pop("switch")), **options)
    except ValueError as error:
        parser.error(str(error))

    stop = threading.Event()
    for number in _signals():
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        try:
            stack.enter_context(emulator)
        except OSError as error:
            parser.error(str(error))
        print(introduction(emulator), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
