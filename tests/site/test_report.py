# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report of the playbook audit, as Chromium shows it, and the images of it in the documentation.

With the variable ``UPDATE_IMAGES`` in the environment, the tests write the images anew.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page

from tests.environment import without_settings
from tests.unit.reports import ORGANIZATION_ID, result, row

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "playbooks" / "templates" / "credentials.html.j2"
IMAGES = ROOT / "docs" / "docsite" / "rst" / "images"
SEVERITIES = {"critical": "OPEN", "high": "ORG_OWNER", "medium": "OLD", "low": "SAME_DESCRIPTION", "info": "OWN_LOGIN"}
MODES = (("light", "screen"), ("dark", "screen"), ("light", "print"), ("dark", "print"))
LONG = "a" * 250
ATTACKS = [
    "<script>document.title = 'owned'</script>",
    "<img src=https://evil.example/x onerror=\"document.title = 'owned'\">",
    '"><svg onload="document.title = \'owned\'">',
    "</table></details></main><style>* { display: none }</style>",
    "javascript:document.title='owned'",
    "<!-- -->&lt;b&gt;",
    LONG,
]
ATTACK_ROWS = [
    row(
        text,
        name=text,
        organization=text,
        error=text,
        roles=[text],
        open_to=[text],
        projects=[{"project_id": text, "roles": [text]}],
    )
    for text in ATTACKS
]
HOSTILE = [
    ["prod", f"https://ops.example.com/{LONG}", result(*ATTACK_ROWS, msg=ATTACKS[0])],
    [
        "test",
        "https://cloud.mongodb.com",
        result(
            *(row(name, severity=name, flags=[flag]) for name, flag in SEVERITIES.items()),
            row("0", severity=None, flags=[]),
        ),
    ],
    ["gone", "https://gone.example.com", {"msg": ATTACKS[1]}],
]
OF_ACCOUNT = {"public_id": "mdb_sa_id_5e2b17a09ccf64b7c8d90f53", "name": "Backend team"}
EXAMPLE = [
    [
        "localhost",
        "https://cloud.mongodb.com",
        result(
            row(
                "5e2b12879ccf64b7c8d90c44",
                public_id="pgnkwyue",
                name="migration",
                severity="critical",
                flags=["OPEN", "ORG_OWNER", "UNUSED"],
                open_to=["0.0.0.0/0"],
                last_used_at="2025-10-02T08:00:00Z",
                age_days=76,
            ),
            row(
                "5e2b11c09ccf64b7c8d90c42",
                public_id="owqhtzrd",
                name="Ansible controller",
                flags=["ORG_OWNER", "OWN_LOGIN"],
                age_days=12,
                created_at="2026-01-12T09:15:00Z",
            ),
            row(
                OF_ACCOUNT["public_id"],
                **OF_ACCOUNT,
                kind="service_account",
                severity="medium",
                flags=["PROJECT_OWNER"],
                roles=["ORG_MEMBER"],
                projects=[{"project_id": "5e2b10049ccf64c8a1d0e321", "roles": ["GROUP_OWNER"]}],
                last_used_at="n/a",
                secret_end=None,
            ),
            row(
                OF_ACCOUNT["public_id"],
                **OF_ACCOUNT,
                kind="service_account_secret",
                secret_id="5e37b3289ccf64b7c8d91054",
                severity="medium",
                flags=["SECRET_EXPIRING"],
                roles=["ORG_MEMBER"],
                expires_at="2026-02-02T05:44:08Z",
            ),
            row(
                "5e2b12239ccf64b7c8d90c43",
                public_id="rdxvlmpa",
                name="dashboard",
                severity=None,
                flags=[],
                roles=["ORG_READ_ONLY"],
                open_to=["198.51.100.0/24"],
            ),
            organizations=[
                {
                    "id": ORGANIZATION_ID,
                    "name": "Example",
                    "access_list_required": False,
                    "counts": {"org_api_key": 3, "service_account": 1, "service_account_secret": 1},
                }
            ],
        ),
    ]
]
PLAY = {
    "hosts": "localhost",
    "connection": "local",
    "gather_facts": False,
    "vars": {
        "audit": "{{ found.content | b64decode | from_json | mongodb.atlas.credential_report }}",
    },
    "tasks": [
        {"ansible.builtin.slurp": {"src": "{{ data }}"}, "register": "found"},
        {"ansible.builtin.template": {"src": str(TEMPLATE), "dest": "{{ data }}.html", "mode": "0600"}},
    ],
}
# The contrast of each text with the background that is behind it (WCAG 2.2, contrast ratio).
CONTRAST = """() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = color => {
    const [r, g, b] = parts(color).slice(0, 3).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (parts(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const seen = {};
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const [color, background] = [getComputedStyle(element).color, behind(element)];
    const [a, b] = [luminance(color), luminance(background)].sort((x, y) => y - x);
    seen[`${color} on ${background}`] = (a + 0.05) / (b + 0.05);
  }
  return seen;
}"""
DIFFERENCE = """async images => {
  const pixels = [];
  for (const data of images) {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const canvas = new OffscreenCanvas(32, 24);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, 32, 24);
    pixels.push(context.getImageData(0, 0, 32, 24).data);
  }
  return pixels[0].reduce((sum, value, place) => sum + Math.abs(value - pixels[1][place]), 0) / pixels[0].length;
}"""


@dataclass
class Shown:
    """A report in Chromium, and everything that it asked for or said."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


def render(folder: Path, servers: t.Sequence[t.Any], left_out: t.Sequence[str] = ()) -> Path:
    """Let Ansible make the HTML report, with nothing but ansible-core."""
    data = folder / "data"
    data.write_text(json.dumps(servers), encoding="utf-8")
    (folder / "play.yml").write_text(yaml.safe_dump([PLAY]), encoding="utf-8")
    variables = json.dumps({"data": str(data), "left_out": list(left_out)})
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(folder / "play.yml"), "-e", variables]
    paths = {"ANSIBLE_HOME": str(folder), "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]}
    environment = {**without_settings(os.environ), **paths, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "data.html"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("hostile"), HOSTILE, ["<b>web</b>"])


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("example"), EXAMPLE)


@pytest.fixture
def shown(browser: Browser, hostile: Path) -> t.Iterator[Shown]:
    with browser.new_page() as page:
        shown = Shown(page)
        page.on("request", lambda request: shown.requests.append(request.url))
        page.on("console", lambda message: shown.messages.append(message.text))
        page.on("pageerror", lambda error: shown.messages.append(str(error)))
        page.goto(hostile.as_uri())
        yield shown


def test_names_that_attack_the_page_do_nothing(shown: Shown, hostile: Path) -> None:
    assert shown.page.title() == "Credentials of MongoDB servers"
    assert shown.requests == [hostile.as_uri()]
    assert shown.messages == []
    assert shown.page.locator("script, img, svg, iframe, object, embed, link, form, main style").count() == 0
    names = shown.page.locator(".credentials tbody th").all_inner_texts()
    assert [text for text in ATTACKS if not any(name.startswith(text) for name in names)] == []
    assert shown.page.get_by_text("left out these servers: <b>web</b>").is_visible()


def test_the_report_refers_to_nothing_outside_of_itself(shown: Shown) -> None:
    attributes = shown.page.eval_on_selector_all(
        "*", "all => all.flatMap(one => [...one.attributes].map(each => [each.name, each.value]))"
    )
    assert [name for name, _value in attributes if name.startswith("on") or name in ("src", "srcset", "style")] == []
    targets = [value for name, value in attributes if name == "href"]
    assert targets == [f"#{name}" for name in (*SEVERITIES, "none")]
    assert all(shown.page.locator(f"details{target}").count() == 1 for target in targets)
    style = shown.page.locator("style").inner_text()
    assert "url(" not in style
    assert "@import" not in style


def test_the_report_says_what_is_missing(shown: Shown) -> None:
    assert shown.page.get_by_role("heading", name="This report is incomplete").is_visible()
    assert len(shown.page.locator(".alert li").all()) == len(ATTACKS) + 1
    assert "on 2 of 3 servers" in shown.page.locator("p").first.inner_text()


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_the_page_is_never_wider_than_the_window(shown: Shown, width: int) -> None:
    shown.page.set_viewport_size({"width": width, "height": 800})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.page.locator(".wide").evaluate_all("all => all.every(one => one.clientWidth <= innerWidth)")


@pytest.mark.parametrize(("scheme", "media"), MODES)
def test_every_text_has_enough_contrast(shown: Shown, scheme: t.Any, media: t.Any) -> None:
    shown.page.emulate_media(color_scheme=scheme, media=media)
    contrasts = shown.page.evaluate(CONTRAST)
    assert len(contrasts) >= 6
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}


def test_dark_and_light_differ_and_paper_is_always_light(shown: Shown) -> None:
    def background(scheme: t.Any, media: t.Any) -> t.Any:
        shown.page.emulate_media(color_scheme=scheme, media=media)
        return shown.page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")

    light, dark, *paper = (background(*mode) for mode in MODES)
    assert dark != light
    assert paper == [light, light]


def test_folded_groups_are_printed_too(shown: Shown) -> None:
    shown.page.locator("details").evaluate_all("all => all.forEach(one => one.open = false)")
    rows = shown.page.locator(".credentials tbody tr")
    visible = "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height > 0).length"
    assert rows.evaluate_all(visible) == 0
    shown.page.emulate_media(media="print")
    assert rows.evaluate_all(visible) == rows.count() == len(ATTACKS) + len(SEVERITIES) + 1


def test_headings_are_in_order(shown: Shown) -> None:
    levels = [
        int(level)
        for level in shown.page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map(one => one.tagName[1])")
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_every_table_has_a_caption_and_headers_with_a_scope(shown: Shown) -> None:
    tables = shown.page.locator("table")
    assert tables.count() == len(SEVERITIES) + 2
    assert tables.evaluate_all("all => all.every(one => one.caption && one.caption.innerText && one.tHead)")
    assert shown.page.locator("th:not([scope])").count() == 0
    # Somebody without a mouse can scroll a table.
    assert shown.page.locator(".wide[tabindex='0'][role='region'][aria-label]").count() == tables.count()


def test_no_severity_is_told_by_colour_alone(shown: Shown) -> None:
    titles = shown.page.locator("summary").all_inner_texts()
    assert [title.split(" (")[0] for title in titles] == ["Critical", "High", "Medium", "Low", "Info", "No finding"]


def test_only_findings_that_occur_are_explained(browser: Browser, example: Path) -> None:
    with browser.new_page() as page:
        page.goto(example.as_uri())
        names = [text.split()[0] for text in page.locator("dt").all_inner_texts()]
        assert names == ["OPEN", "ORG_OWNER", "PROJECT_OWNER", "UNUSED", "SECRET_EXPIRING", "OWN_LOGIN"]
        assert all(text.endswith(".") for text in page.locator("dd").all_inner_texts())
        assert page.locator(".alert").count() == 0


@pytest.mark.parametrize(
    ("name", "scheme", "anchor"), [("audit_light", "light", ""), ("audit_dark", "dark", "#critical")]
)
def test_the_image_in_the_documentation_is_like_the_report(
    browser: Browser, example: Path, name: str, scheme: t.Any, anchor: str
) -> None:
    with browser.new_page(color_scheme=scheme, viewport={"width": 1366, "height": 800}) as page:
        page.goto(example.as_uri() + anchor)
        taken = page.screenshot()
        file = IMAGES / f"{name}.png"
        if "UPDATE_IMAGES" in os.environ:
            file.write_bytes(taken)
        images = [base64.b64encode(image).decode() for image in (taken, file.read_bytes())]
        # Fonts differ between machines, so only the layout and the colours are compared.
        page.goto("about:blank")
        assert page.evaluate(DIFFERENCE, images) < 6


def test_an_image_of_another_report_differs(browser: Browser, hostile: Path) -> None:
    with browser.new_page(color_scheme="light", viewport={"width": 1366, "height": 800}) as page:
        page.goto(hostile.as_uri())
        images = [
            base64.b64encode(image).decode() for image in (page.screenshot(), (IMAGES / "audit_light.png").read_bytes())
        ]
        page.goto("about:blank")
        assert page.evaluate(DIFFERENCE, images) > 6
