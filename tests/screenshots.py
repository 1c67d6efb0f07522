"""Photographs every page and every form of a chart into ``screenshots/`` (ignored by git).

``python -m tests.screenshots [--server ADDRESS] [NAME ...]``: both widths, both grounds, both languages. Without an
address it publishes the bundled figures into a folder of its own and serves them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.accessibility import GROUNDS, SIZES, visit_on
from tests.addresses import FORMS, PAGES, in_english
from tests.browsing import PROJECT, installed_chromium, load_extract, opened, running, settle

FOLDER = PROJECT / "screenshots"
TALLEST = 9000  # pixels; Chromium paints no taller picture without a graphics card
AT_ONCE = 3


@contextmanager
def served(address: str | None) -> Iterator[str]:
    """The given server, or one of our own with the bundled figures."""
    if address:
        yield address.rstrip("/")
        return
    with TemporaryDirectory() as folder:
        load_extract(Path(folder))
        with running(Path(folder)) as base:
            yield base


def photograph(page: Page, address: str, name: str) -> None:
    """One page at every width on every ground, in its whole height."""
    for ground in GROUNDS:
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            visit_on(page, address, ground)
            whole = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            page.set_viewport_size({"width": width, "height": min(int(whole) + 40, TALLEST)})
            settle(page, 500)
            page.screenshot(path=FOLDER / f"{name}-{width}-{ground}.png")


def photograph_all(base: str, addresses: Sequence[tuple[str, str]], chromium: str) -> None:
    """All of them with one browser."""
    with opened(chromium) as browser:
        page = browser.new_context(locale="de-DE").new_page()
        for name, path in addresses:
            page.once("pageerror", lambda error, name=name: print(f"{name}: {error}", file=sys.stderr))
            photograph(page, base + path, name)
            print(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", help="address of a running server")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(PAGES | FORMS)}")
    given = parser.parse_args()
    chromium = installed_chromium()
    if chromium is None:
        sys.exit("no Chromium is installed; on Debian: apt-get install chromium")
    wanted = {n: path for n, path in (PAGES | FORMS).items() if not given.names or n in given.names}
    both = [(f"{n}-{lang}", in_english(p) if lang == "en" else p) for n, p in wanted.items() for lang in ("de", "en")]
    if not given.names:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    with served(given.server) as base, ThreadPoolExecutor(AT_ONCE) as workers:
        for done in [workers.submit(photograph_all, base, both[n::AT_ONCE], chromium) for n in range(AT_ONCE)]:
            done.result()
    print(f"{len(both) * len(SIZES) * len(GROUNDS)} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
