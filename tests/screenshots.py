"""Photographs every page at two widths on both grounds into ``screenshots/`` (ignored by git).

Run ``python -m tests.screenshots [ADDRESS]`` against a running server; by default the one on port 8501.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browsing import CHROMIUM, FLAGS

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
WIDTHS = {1280: 900, 375: 812}
DISTRICTS = "BSR,03101,03102,03103,03151,03153,03154,03157,03158"
PAGES = {
    "overview": "/",
    "overview-en": "/?lang=en",
    "explore": "/explore",
    "index": "/explore?i=foreign_population&r=03101,BSR&from=2010&to=2024&as=index",
    "districts": f"/explore?r={DISTRICTS}&as=share",
    "districts-index": f"/explore?r={DISTRICTS},03&from=2014&as=index",
    "bars": f"/explore?i=naturalisations&r={DISTRICTS}&chart=bar",
    "columns": "/explore?i=migration_abroad&b=direction%3Dnet&chart=bar",
    "panels": f"/explore?i=employees&r={DISTRICTS}&chart=small-multiples",
    "table": "/explore?i=residence_permits&chart=table&lang=en",
    "breaks": "/explore?i=population&r=03101",
    "students": "/explore?i=students&b=nationality%3Dforeign",
    "pending": "/explore?i=employees&b=total",
    "employees-share": f"/explore?i=employees&r={DISTRICTS}&as=share&chart=bar",
    "counselling": "/counselling",
    "counselling-origin": "/counselling?lang=en&b="
    + "%2C".join(
        f"origin%3D{code}%3Bprovider%3Ddemo" for code in ("eu", "ukraine", "balkan_turkey", "south_asia", "americas")
    ),
    "counselling-months": "/counselling?i=counselling_contacts_monthly&r=03103",
    "counselling-offices": "/counselling?i=counselling_contacts_quarterly&r=03101,03103&b=provider%3Ddemo",
    "counselling-share": "/counselling?as=share&chart=bar",
    "counselling-notes": "/counselling?i=population&r=03102&b=nothing&as=index&chart=map",
    "notes": "/explore?i=nothing&r=99999,BSR&as=wrong&from=x",
}


def photograph(browser: Browser, base: str, name: str, path: str, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="de-DE",
    )
    page = context.new_page()
    page.on("console", lambda m: print("console:", m.text[:300]) if m.type == "error" else None)
    page.goto(base + path)
    # the footer is drawn last
    page.wait_for_selector("text=/zusammengestellt für den Runden|compiled for the Round/", timeout=60_000)
    page.wait_for_selector("[data-testid=stSkeleton]", state="detached", timeout=60_000)
    page.wait_for_timeout(1500)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height) + 40, 6000)})
    page.wait_for_timeout(700)
    page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
    context.close()


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8501"
    wanted = set(sys.argv[2:])
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path in PAGES.items():
            if wanted and name not in wanted:
                continue
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    photograph(browser, base, name, path, width, scheme)
        browser.close()


if __name__ == "__main__":
    main()
