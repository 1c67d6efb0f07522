"""With the keyboard alone from the overview to a chart that is shared and taken along, and never out of sight."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, JSHandle, Page

from tests.addresses import PAGES
from tests.browsing import PATIENCE, settle, visit

MANY = 150  # presses of Tab after which something is out of reach
# where the focus is, as a reader sees it: the styles of the element, what it lies in and what it holds
_LOOK = """
(element) => {
  const around = [element];
  for (let e = element.parentElement; e && around.length < 5; e = e.parentElement) around.push(e);
  return [...around, ...[...element.querySelectorAll('*')].slice(0, 8)].map(e => {
    const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor, s.color,
            s.textDecorationLine, s.opacity, s.transform].join(' ');
  }).join('|');
}
"""
_HAS_FOCUS = """
([element, said]) => document.activeElement.matches(element)
  && new RegExp(said).test(document.activeElement.ariaLabel || document.activeElement.innerText)
"""
_FOCUS = "() => document.activeElement"
_PLACE = """
(element) => {
  const r = element.getBoundingClientRect();
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 10));
  return {said: (element.ariaLabel || element.innerText || element.tagName).trim().slice(0, 60),
          inside: r.width > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
          html: element.outerHTML.slice(0, 160), body: element === document.body};
}
"""


@pytest.fixture()
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="de-DE", reduced_motion="reduce", accept_downloads=True
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def focused(page: Page) -> JSHandle:
    return page.evaluate_handle(_FOCUS)


def tab_to(page: Page, said: str, element: str) -> None:
    """Presses Tab until the element that says so, by its words or its label, has the focus."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate(_HAS_FOCUS, [element, said]):
            return
    pytest.fail(f"Tab does not lead to {element} {said!r}")


def parameters(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def taken_along(page: Page) -> Path:
    """The file that the focused link leads to, followed with Enter."""
    with page.expect_download() as loading:
        page.keyboard.press("Enter")
    return loading.value.path()


def test_the_keyboard_leads_from_the_overview_to_a_shared_chart(extract_server: str, context: BrowserContext):
    page = context.new_page()
    visit(page, f"{extract_server}/?r=03101")
    tab_to(page, "", "a[href*='explore?']:not([href*='explore?r=03101'])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?i=**")
    settle(page)
    # another indicator: type, choose
    tab_to(page, "^Kennzahl$", "[role=combobox]")
    page.keyboard.type("Grenzen Deutschlands")
    page.keyboard.press("Enter")
    page.wait_for_url("**i=migration_abroad**")
    settle(page)
    # another measure: the arrows move inside the group, Enter chooses
    tab_to(page, "^Zahl$", "[role=radio]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**as=per1000**")
    settle(page)
    tab_to(page, "Nutzen und Teilen", "summary")
    page.keyboard.press("Enter")
    page.locator("[data-testid=stCode] button").nth(2).wait_for()  # what copies is loaded when it is needed first
    headline = page.get_by_role("heading", level=2).first.inner_text()
    tab_to(page, "opieren", "button")
    page.keyboard.press("Enter")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    title, link = copied.splitlines()
    assert title == headline and "as=per1000" in link
    tab_to(page, "PNG", "a[href]")
    assert taken_along(page).read_bytes().startswith(b"\x89PNG")
    tab_to(page, "XLSX", "a[href]")
    assert zipfile.ZipFile(taken_along(page)).testzip() is None


@pytest.mark.parametrize("name", PAGES)
def test_the_focus_is_never_out_of_sight(extract_server: str, context: BrowserContext, name: str):
    page = context.new_page()
    visit(page, extract_server + PAGES[name])
    unseen: list[Any] = []
    for _ in range(MANY):
        page.keyboard.press("Tab")
        here = focused(page)
        place, lit = here.evaluate(_PLACE), here.evaluate(_LOOK)
        if place["body"]:
            break
        page.keyboard.press("Tab")
        dark = here.evaluate(_LOOK)
        page.keyboard.press("Shift+Tab")
        if not place["inside"] or lit == dark:
            unseen.append(place)
    assert unseen == []
