"""What a page must keep so that everybody can use it, asked of the drawn page: WCAG by axe, names, headings, sizes."""

from __future__ import annotations

import os
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browsing import PATIENCE, open_all, settle, visit

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# rules that Streamlit itself breaks and nobody but its authors can mend, each with the reason; the accessibility
# statement names exactly these
STREAMLIT_RULES: dict[str, str] = {}
Pairs = dict[Literal["light", "dark"], tuple[int, ...]]
GROUNDS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = {1280: 900, 375: 812}
# on which ground at which widths: every pair, or each ground and each width once
EVERY_PAIR: Pairs = {"light": (1280, 375), "dark": (1280, 375)}
EACH_ONCE: Pairs = {"light": (1280,), "dark": (375,)}
PATIENT = 4  # times that a page which breaks a rule is looked at again
# the ground that the page is painted on is dark: its red is less than half
_GROUND = """
dark => {
  const ground = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
  return Number(ground.match(/\\d+/)[0]) < 128 === dark;
}
"""
_AXE = """
async ([tags, known]) => {
  const found = await axe.run(document, {
    runOnly: tags, resultTypes: ['violations'],
    rules: {'target-size': {enabled: true}},  // new in WCAG 2.2 and off unless asked for
  });
  return found.violations.filter(rule => !known.includes(rule.id)).map(
    rule => [rule.id, rule.nodes.length, rule.nodes.slice(0, 4).map(
      node => `${node.html.slice(0, 220)} :: ${(node.any.concat(node.all, node.none)[0] || {}).message || ''}`)]);
}
"""
_VISIBLE = """
const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0
  && !e.closest('[aria-hidden=true]');
"""
_NAMELESS = (
    "() => {"
    + _VISIBLE
    + """
  axe.setup(document);
  const asked = 'a[href], button, summary, input, select, textarea, [role=button], [role=slider], [role=radio],'
    + '[role=tab], [role=combobox], [role=graphics-document], [data-testid=stVegaLiteChart], iframe';
  const nameless = [...document.querySelectorAll(asked)].filter(seen)
    .filter(e => !axe.commons.text.accessibleText(e).trim());
  const tables = [...document.querySelectorAll('table')].filter(seen).filter(
    t => !(t.caption?.textContent.trim() || t.ariaLabel?.trim()
      || document.getElementById(t.getAttribute('aria-labelledby'))?.textContent.trim()));
  axe.teardown();
  return [...nameless, ...tables].map(e => e.outerHTML.slice(0, 200));
}
"""
)
_HEADINGS = (
    "() => {"
    + _VISIBLE
    + """
  return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, [role=heading]')].filter(seen)
    .map(h => [Number(h.getAttribute('aria-level') || h.tagName[1]), h.textContent.trim().slice(0, 80)]);
}
"""
)
# a table's cells can be found by row and by column
_HEADLESS_TABLES = (
    "() => {"
    + _VISIBLE
    + """
  return [...document.querySelectorAll('table')].filter(seen).filter(t =>
    !t.querySelector('thead th') || [...t.tBodies].some(b => [...b.rows].some(r => !r.querySelector('th'))))
    .map(t => t.outerHTML.slice(0, 200));
}
"""
)
_TOO_WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  const main = document.querySelector('[data-testid=stMain]') || document.documentElement;
  if (Math.max(document.documentElement.scrollWidth, main.scrollWidth) <= width) return [];
  const scrolls = e => e && e !== main && e !== document.body && (
    ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  return [...main.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement))
    .map(e => `${Math.round(e.getBoundingClientRect().right)} px: ${e.outerHTML.slice(0, 160)}`).slice(0, 5)
    .concat([`page ${main.scrollWidth} px`]);
}
"""
_MOVING = """
() => document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().duration > 10)
  .map(a => `${a.animationName || a.transitionProperty}: ${a.effect.target?.outerHTML.slice(0, 160)}`)
"""


def pairs_of_variants() -> Pairs:
    """For what is the same in another language or form but for words and marks: with EVERY_VIEW=1 every pair."""
    return EVERY_PAIR if os.environ.get("EVERY_VIEW") == "1" else EACH_ONCE


def violations(page: Page) -> list[Any]:
    """Rules of WCAG 2.2 A and AA that the page breaks, with the first nodes, but for those of Streamlit itself."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_AXE, [list(WCAG), list(STREAMLIT_RULES)])


def nameless(page: Page) -> list[str]:
    """Links, buttons, inputs, charts and tables that a screen reader could not name."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_NAMELESS)


def headings(page: Page) -> list[tuple[int, str]]:
    """Level and text of every heading, in order."""
    return [(level, said) for level, said in page.evaluate(_HEADINGS)]


def heading_faults(found: list[tuple[int, str]]) -> list[str]:
    """One first heading of level 1, and no level left out on the way down."""
    faults = [] if [level for level, _ in found].count(1) == 1 else ["not exactly one h1"]
    before = 0
    for level, said in found:
        if level > before + 1:
            faults.append(f"h{level} after {f'h{before}' if before else 'nothing'}: {said}")
        before = level
    return faults


def headless_tables(page: Page) -> list[str]:
    """Tables whose columns or rows have no heading."""
    return page.evaluate(_HEADLESS_TABLES)


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways; empty if it does not."""
    return page.evaluate(_TOO_WIDE)


def moving(page: Page) -> list[str]:
    """What moves although the page is drawn."""
    return page.evaluate(_MOVING)


def visit_on(page: Page, address: str, ground: Literal["light", "dark"]) -> None:
    """Opens a page for a reader who prefers light or dark; a chart keeps the ground that it was first drawn for."""
    page.emulate_media(color_scheme=ground)
    visit(page, address)
    page.wait_for_function(_GROUND, arg=ground == "dark", timeout=PATIENCE)


def broken_rules(browser: Browser, address: str, pairs: Pairs = EVERY_PAIR) -> dict[str, list[Any]]:
    """What axe finds on a page with everything unfolded, by ground and width; empty if nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    found = {}
    for ground, widths in pairs.items():
        visit_on(page, address, ground)
        open_all(page)
        for width in widths:
            page.set_viewport_size({"width": width, "height": SIZES[width]})
            settle(page)
            # fields of tags find their lines some moments after a change of width, on a busy machine later
            for _ in range(PATIENT):
                broken = violations(page)
                if not broken:
                    break
                page.wait_for_timeout(500)
            if broken:
                found[f"{ground} {width} px"] = broken
    context.close()
    return found


def broken_plain_rules(browser: Browser, address: str) -> dict[str, list[Any]]:
    """The same, and what has no name or is too wide for a phone, on a page that works without a script."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="de-DE", bypass_csp=True)
    page = context.new_page()
    found = {}
    for ground in GROUNDS:
        page.emulate_media(color_scheme=ground)
        page.goto(address, timeout=PATIENCE)
        faults = heading_faults(headings(page)) + headless_tables(page) + too_wide(page)
        if broken := violations(page) + nameless(page) + faults:
            found[ground] = broken
    context.close()
    return found
