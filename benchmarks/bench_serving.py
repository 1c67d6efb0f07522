"""What a reader waits for, measured in Chromium behind the shipped nginx configuration, beside a stock Streamlit app.

First visit: bytes on the wire, compressed, web socket included. Warm page: from the start of the navigation to the
first drawn chart, with the browser's cache filled. Widget: from the click to the redrawn chart. Both apps run behind
the same configuration in the same run. Needs Chromium and nginx (Debian: chromium, nginx-light).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.measure import PROJECT, record
from tests.browsing import FLAGS, installed_chromium, load_extract

CONFIGURATION = PROJECT / "deploy" / "nginx.conf"
FIRST_VISIT, WARM_PAGE, WIDGET = 1.3e6, 1000, 250  # bytes, ms, ms: the budget
# when the first chart has its picture, and when one was last redrawn
WATCH = """
(() => {
  const charts = '[data-testid=stVegaLiteChart]';
  const drawn = node => node.nodeType === 1 && (node.matches('svg, canvas') || node.querySelector('svg, canvas'));
  new MutationObserver(changes => {
    for (const change of changes)
      for (const node of change.addedNodes) {
        const inside = change.target.closest && change.target.closest(charts);
        const holds = node.nodeType === 1 && (node.matches(charts) || node.querySelector(charts));
        if ((inside || holds) && drawn(node)) {
          window.__first ??= performance.now();
          window.__last = performance.now();
        }
      }
  }).observe(document, {childList: true, subtree: true});
  // a chart whose figures change alone keeps its picture, which is drawn anew inside
  new MutationObserver(changes => {
    if (changes.some(change => change.target.closest(`${charts} svg`))) window.__last = performance.now();
  }).observe(document, {attributes: true, attributeFilter: ['d'], subtree: true});
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    window.__last = performance.now();
    return clear.apply(this, given);
  };
  document.addEventListener('click', () => { window.__clicked = performance.now(); window.__last = 0; }, true);
})();
"""


@dataclass(frozen=True)
class Measured:
    """Bytes of a first visit and its files; medians in ms."""

    name: str
    first_bytes: int
    requests: int
    warm: float
    widget: float | None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def app(script: Path, folder: Path, **environment: str) -> Iterator[int]:
    """A Streamlit server on a free port; ``folder`` decides whose configuration it reads."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    server = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def proxied(upstream: int, folder: Path) -> Iterator[str]:
    """nginx with the shipped configuration before a server; only ports and the cache's place are others."""
    port = free_port()
    shipped = CONFIGURATION.read_text(encoding="utf-8")
    changed = shipped.replace("127.0.0.1:8501", f"127.0.0.1:{upstream}").replace("listen 80;", f"listen {port};")
    changed = changed.replace("listen [::]:80;", "").replace("/var/cache/nginx/monitor", str(folder / "cache"))
    changed = changed.replace("/var/log/nginx", str(folder))
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # or its workers may not enter the folder
    head = f"{user} pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    whole = f"{head} http {{ access_log off; {places} {changed} }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    server = subprocess.Popen([program, "-c", folder / "nginx.conf", "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Raises SystemExit if nothing answers within a minute."""
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"nothing answers at {address}")


def until(page: Page, expression: str) -> None:
    """Waits for an expression; Playwright's own way needs ``eval``, which the monitor's policy forbids."""
    for _ in range(1200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise SystemExit(f"{page.url}: a minute without {expression}")


def opened(context: BrowserContext, address: str) -> Page:
    """A page whose first chart is drawn."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    until(page, "window.__first > 0")
    return page


def first_visit(browser: Browser, address: str) -> tuple[int, int]:
    """Bytes on the wire of an empty browser, until nothing more comes, and how many requests were made."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    received: list[float] = []
    frames: list[int] = []
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    for direction in ("Received", "Sent"):
        wire.on(
            f"Network.webSocketFrame{direction}", lambda e: frames.append(len(e["response"]["payloadData"]) * 3 // 4)
        )
    page.goto(address)
    until(page, "window.__first > 0")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2000)
    context.close()
    return int(sum(received)) + sum(frames), len(received)


def warm_page(context: BrowserContext, address: str, rounds: int) -> float:
    """Median ms from the start of the navigation to the first drawn chart, after one visit that is not counted."""
    times = []
    for _ in range(rounds + 1):
        page = opened(context, address)
        times.append(float(page.evaluate("window.__first")))
        page.wait_for_timeout(700)
        page.close()
    return statistics.median(times[1:])


def widget_change(context: BrowserContext, address: str, choices: list[str], rounds: int) -> float:
    """Median ms from a click on one of the choices, in turn, to the last redrawing of the chart."""
    page = opened(context, address)
    page.wait_for_timeout(1500)
    times = []
    for n in range(rounds + len(choices)):
        page.get_by_role("button", name=choices[n % len(choices)], exact=True).or_(
            page.get_by_role("radio", name=choices[n % len(choices)], exact=True)
        ).first.click()
        until(page, "window.__last > 0")
        page.wait_for_timeout(800)
        times.append(float(page.evaluate("window.__last - window.__clicked")))
    page.close()
    return statistics.median(times[len(choices) :])  # the first of each is drawn for the first time


def measured(browser: Browser, name: str, base: str, path: str, choices: list[str] | None, rounds: int) -> Measured:
    """One page of an app. The server is warmed by a visit before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    opened(context, base + path).close()
    size, requests = first_visit(browser, base + path)
    warm = warm_page(context, base + path, rounds)
    widget = widget_change(context, base + path, choices, rounds) if choices else None
    context.close()
    return Measured(name, size, requests, warm, widget)


def row(found: Measured) -> str:
    widget = "" if found.widget is None else f"{found.widget:.0f}"
    return f"| {found.name} | {found.first_bytes / 1e6:.2f} | {found.requests} | {found.warm:.0f} | {widget} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    rounds = options.parse_args().rounds
    chromium = installed_chromium()
    if chromium is None or not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        raise SystemExit("Chromium and nginx are needed; on Debian: apt-get install chromium nginx-light")
    with ExitStack() as stack, sync_playwright() as playwright:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(4)]
        load_extract(folders[0])
        own = stack.enter_context(app(PROJECT / "streamlit_app.py", PROJECT, ETL_DATA_DIR=str(folders[0])))
        stock = stack.enter_context(app(PROJECT / "benchmarks" / "stock_app.py", folders[1]))
        base = stack.enter_context(proxied(own, folders[2]))
        stock_base = stack.enter_context(proxied(stock, folders[3]))
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        found = [
            measured(browser, "**overview**", base, "/", None, rounds),
            measured(browser, "**time series**", base, "/explore", ["Index", "Zahl"], rounds),
            measured(browser, "**one chart alone**", base, "/chart?i=employees", None, rounds),
            measured(browser, "stock app, one chart", stock_base, "/", ["b", "a"], rounds),
        ]
        bare, _ = first_visit(browser, f"http://127.0.0.1:{stock}/")
        version = re.sub(r"[^0-9.]", "", browser.version)
        browser.close()
    body = "\n".join(
        [
            f"Chromium {version} behind `deploy/nginx.conf` on the same machine; medians of {rounds}.",
            "",
            "| page | first visit, MB on the wire | requests | warm page to first chart, ms | widget to chart, ms |",
            "|---|---:|---:|---:|---:|",
            *(row(one) for one in found),
            "",
            f"The stock app without the proxy sends {bare / 1e6:.2f} MB on a first visit. Budget: first visit under "
            f"{FIRST_VISIT / 1e6:.1f} MB, warm page under {WARM_PAGE} ms, widget under {WIDGET} ms.",
        ]
    )
    record("Serving", "python -m benchmarks.bench_serving", body)


if __name__ == "__main__":
    main()
