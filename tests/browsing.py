"""The app in a real Chromium: one server on a store, one browser, and when a page is drawn whole."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE = 60_000  # ms; the machine of a test run may be busy
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# drawn: the script has ended, no placeholder is left, every chart has its picture, and nothing was added for a moment
_DRAWN = """
(quiet) => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning' || app.dataset.testConnectionState !== 'CONNECTED')
    return false;
  if (!app.querySelector('[data-testid=stElementContainer]') || app.querySelector('[data-testid*=Skeleton]'))
    return false;
  for (const chart of app.querySelectorAll('[data-testid=stVegaLiteChart]'))
    if (!chart.querySelector('svg, canvas')) return false;
  const size = app.querySelectorAll('*').length, now = performance.now();
  if (window.__size !== size) { window.__size = size; window.__since = now; }
  return now - window.__since > quiet;
}
"""


def installed_chromium() -> str | None:
    """Where Chromium is: Debian's place, or what is on the path."""
    if Path(CHROMIUM).exists():
        return CHROMIUM
    return shutil.which("chromium") or shutil.which("google-chrome")


def load_extract(folder: Path) -> None:
    """Publishes the figures that the project brings along into ``folder``."""
    subprocess.run(
        [sys.executable, "-m", "etl", "extract", "--load"],
        cwd=PROJECT,
        env=os.environ | {"ETL_DATA_DIR": str(folder)},
        check=True,
        capture_output=True,
        timeout=300,
    )


@contextmanager
def running(data: Path, **environment: str) -> Iterator[str]:
    """The app's address while it runs on a store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"],
        cwd=PROJECT,
        env=os.environ | {"ETL_DATA_DIR": str(data)} | environment,
        stdout=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{base}/healthz/data", timeout=2).read()
                break
            except OSError:
                time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def opened(path: str) -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def settle(page: Page, quiet: int = 250) -> None:
    """Waits until the page is drawn whole and has not grown for ``quiet`` milliseconds."""
    page.wait_for_function(_DRAWN, arg=quiet, polling=50, timeout=PATIENCE)


def visit(page: Page, address: str) -> None:
    """Opens a page of the app and waits until it is drawn. Raises AssertionError if it says that it failed."""
    page.goto(address, timeout=PATIENCE)
    settle(page)
    failed = page.locator("[data-testid=stAlertContentError], [data-testid=stException]")
    assert failed.count() == 0, f"{address}: {failed.first.inner_text()}"


def open_all(page: Page) -> None:
    """Unfolds everything that is folded on the page, also what lies inside."""
    for _ in range(3):
        folded = page.evaluate(
            "() => { const all = [...document.querySelectorAll('details:not([open]) > summary')];"
            " all.forEach(s => s.click()); return all.length; }"
        )
        if not folded:
            return
        settle(page)
