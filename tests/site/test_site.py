# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site, as Chromium shows it. The variable ``SITE`` names its folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import typing as t
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
SECTIONS = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
GUIDES = [guide for section in SECTIONS for guide in section["toctree"]]
PAGES = [*(f"docsite/{guide}.html" for guide in GUIDES), *(f"{module}_module.html" for module in MODULES)]
TABS = 8


@dataclass
class Visit:
    """The findings of Chromium on one page.

    Attributes:
        links: The targets of the links, as complete addresses.
        anchors: The names that a link to the page can have after ``#``.
        problems: The errors while Chromium loaded the page.
    """

    links: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site() -> Path:
    return Path(os.environ["SITE"]).absolute()


@pytest.fixture(scope="module")
def address(site: Path) -> t.Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def visits(chromium: BrowserContext, address: str) -> dict[str, Visit]:
    """Follow the links from the index to all pages of the site."""
    visits: dict[str, Visit] = {}
    waiting = {f"{address}index.html"}
    while waiting:
        visits |= visit_at_once(chromium, sorted(waiting)[:TABS])
        pages = {link.partition("#")[0] for visit in visits.values() for link in visit.links}
        waiting = {page for page in pages if page.startswith(address) and page.endswith(".html")} - visits.keys()
    return {url.removeprefix(address): visit for url, visit in visits.items()}


def visit_at_once(chromium: BrowserContext, urls: t.Sequence[str]) -> dict[str, Visit]:
    """Open pages in a tab each. Only after half a second without requests, Chromium calls the network of a tab idle."""
    with ExitStack() as tabs:
        opened = {url: (tabs.enter_context(chromium.new_page()), Visit()) for url in urls}
        for url, (page, seen) in opened.items():
            watch(page, seen)
            page.goto(url)
        for page, seen in opened.values():
            page.wait_for_load_state("networkidle")
            seen.links.update(page.eval_on_selector_all("a[href], link[href]", "all => all.map(one => one.href)"))
            seen.anchors.update(page.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
    return {url: seen for url, (_page, seen) in opened.items()}


def watch(page: Page, seen: Visit) -> None:
    """Collect the problems of a page."""

    def look_at_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            seen.problems.append(message.text)

    def look_at_response(response: Response) -> None:
        if response.status >= 400:
            seen.problems.append(f"{response.status} {response.url}")

    page.on("console", look_at_message)
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    page.on("requestfailed", lambda request: seen.problems.append(f"{request.failure} {request.url}"))
    page.on("response", look_at_response)


def test_every_page_loads(visits: dict[str, Visit]) -> None:
    assert {name: visit.problems for name, visit in visits.items() if visit.problems} == {}


def test_every_page_is_reached_from_the_index(visits: dict[str, Visit], site: Path) -> None:
    assert set(visits) == {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


@pytest.mark.parametrize("name", PAGES)
def test_the_index_leads_to_every_guide_and_module(chromium: BrowserContext, address: str, name: str) -> None:
    with chromium.new_page() as page:
        page.goto(f"{address}index.html")
        link = page.get_by_role("main").locator(f"a[href^='{name}']")
        title = link.inner_text()
        link.click()
        page.wait_for_url(f"{address}{name}*")
        assert title in page.get_by_role("heading", level=1).inner_text()


def test_every_link_in_the_site_leads_somewhere(visits: dict[str, Visit], address: str, site: Path) -> None:
    links = {link for visit in visits.values() for link in visit.links if link.startswith(address)}
    broken = []
    for link in sorted(links):
        parts = urlsplit(link)
        name, anchor = unquote(parts.path.removeprefix("/")), unquote(parts.fragment)
        if not (site / name).is_file() or (anchor and anchor not in visits[name].anchors):
            broken.append(link)
    assert broken == []


def test_every_link_out_of_the_site_is_encrypted(visits: dict[str, Visit], address: str) -> None:
    links = {link for visit in visits.values() for link in visit.links}
    assert {link for link in links if not link.startswith((address, "https://"))} == set()


def test_the_search_finds_every_module(chromium: BrowserContext, address: str) -> None:
    with chromium.new_page() as page:
        page.goto(f"{address}index.html")
        page.get_by_placeholder("Search docs").fill("personal keys")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?*")
        for module in MODULES:
            page.locator(f"#search-results a[href*='{module}_module.html']").first.wait_for()


@pytest.fixture(scope="module")
def documented() -> dict[str, t.Any]:
    """Let Ansible read the documentation of the modules, with the fragments that they extend."""
    names = [f"mongodb.atlas.{module}" for module in MODULES]
    command = [str(Path(sys.executable).with_name("ansible-doc")), "--json", "--type", "module", *names]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


@pytest.fixture(scope="module", params=MODULES)
def module(request: pytest.FixtureRequest, documented: dict[str, t.Any]) -> t.Any:
    return documented[f"mongodb.atlas.{request.param}"]


@pytest.fixture(scope="module")
def page(chromium: BrowserContext, address: str, module: t.Any) -> t.Iterator[Page]:
    with chromium.new_page() as page:
        page.goto(f"{address}{module['doc']['module']}_module.html")
        yield page


def test_every_option_is_there(page: Page, module: t.Any) -> None:
    options = dict(flatten(module["doc"]["options"], "suboptions"))
    assert options
    for name, option in options.items():
        shown = read_row(page.locator(f"tr:has([id='parameter-{name}'])"), name)
        assert missing(shown, option) == [], name
        assert ("required" in shown.split()) == option.get("required", False), name


def test_every_return_value_is_there(page: Page, module: t.Any) -> None:
    values = dict(flatten(module["return"], "contains"))
    assert values
    for name, value in values.items():
        shown = read_row(page.locator(f"tr:has([id='return-{name}'])"), name)
        assert missing(shown, value) == [], name


def test_the_examples_are_there(page: Page, module: t.Any) -> None:
    shown = [" ".join(block.split()) for block in page.locator("pre").all_inner_texts()]
    assert " ".join(module["examples"].split()) in shown


def flatten(values: dict[str, t.Any], inner: str, prefix: str = "") -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Yield each option or return value, and those inside of it, by the name of its anchor."""
    for name, value in values.items():
        yield prefix + name, value
        yield from flatten(value.get(inner, {}), inner, f"{prefix}{name}/")


def read_row(row: Locator, name: str) -> str:
    assert row.is_visible(), name
    assert row.locator(".ansible-option-title").inner_text() == name.rpartition("/")[2]
    return " ".join(row.inner_text().split())


def missing(shown: str, value: dict[str, t.Any]) -> list[str]:
    """Return the texts of an option or a return value that the page does not show."""
    description, choices = value["description"], value.get("choices", [])
    texts = [description] if isinstance(description, str) else [*description]
    texts += [*choices, *choices.values()] if isinstance(choices, dict) else choices
    texts += value.get("aliases", [])
    texts += [json.dumps(value["default"])] if "default" in value else []
    texts += [value["returned"]] if "returned" in value else []
    return [text for text in texts if re.sub(r"\b[A-Z]+\(([^()]*)\)", r"\1", text) not in shown]
