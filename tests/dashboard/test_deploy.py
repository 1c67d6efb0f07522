"""The shipped proxy configuration and units say what they should; with nginx at hand they are tried."""

from __future__ import annotations

import configparser
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest

from benchmarks.bench_serving import proxied

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked: path and the headers that count."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if "broken" in self.path:  # what nginx then writes down names the whole request, unless it is told not to
            self.close_connection = True
            return
        kept = "with-v" if "v=" in self.path else "without"
        told = (
            f"{self.path} {self.headers['Host']} {self.headers['Upgrade']} {self.headers['Connection']} ".encode() * 40
        )
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml" if "/chart/" in self.path else "application/javascript")
        lasting = {"with-v": "public, max-age=31536000, immutable", "without": "no-cache"}
        self.send_header("Cache-Control", lasting[kept])
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        self.server.asked.append(self.path)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Nothing: the test's output stays readable."""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        pytest.skip("no nginx is installed; on Debian: apt-get install nginx-light")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with proxied(server.server_address[1], tmp_path_factory.mktemp("nginx", numbered=False)) as base:
        yield base, server.asked  # type: ignore[attr-defined]
    server.shutdown()


def asked(address: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read(), {key.lower(): value for key, value in answer.headers.items()}


def test_files_are_compressed_and_those_with_a_hash_kept_for_a_year(behind: tuple[str, list[str]]):
    base, _ = behind
    body, headers = asked(f"{base}/static/js/x.js", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip" and body[:2] == b"\x1f\x8b"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    _, headers = asked(f"{base}/", **{"Accept-Encoding": "gzip"})
    assert headers["cache-control"] == "no-cache"


def test_the_app_learns_the_readers_address_and_gets_web_sockets(behind: tuple[str, list[str]]):
    base, _ = behind
    host = base.removeprefix("http://")
    assert f"/explore {host} None" in asked(f"{base}/explore")[0].decode()
    upgraded = asked(f"{base}/_stcore/stream", Upgrade="websocket", Connection="Upgrade")[0].decode()
    assert f"/_stcore/stream {host} websocket upgrade" in upgraded


def test_a_picture_of_a_named_state_is_drawn_once_and_a_new_one_asked_for_again(behind: tuple[str, list[str]]):
    base, seen = behind
    for _ in range(3):
        asked(f"{base}/chart/v1/view.svg?v=1")
        asked(f"{base}/chart/v1/view.svg?r=1")
    assert seen.count("/chart/v1/view.svg?v=1") == 1 and seen.count("/chart/v1/view.svg?r=1") == 3


def test_what_stands_in_a_meetings_file_is_in_no_log(
    behind: tuple[str, list[str]], tmp_path_factory: pytest.TempPathFactory
):
    base, seen = behind
    whole = f"/round-table?f=1.secret-{'x' * 7900}"
    asked(base + whole)
    asked(f"{base}/static/js/y.js", Referer=base + whole)
    with pytest.raises(HTTPError):
        asked(f"{base}/round-table?f=1.secret-broken")
    assert whole in seen
    folder = tmp_path_factory.getbasetemp() / "nginx"
    logs = {log.name: log.read_text(encoding="utf-8") for log in folder.glob("*.log")}
    assert '"GET /round-table" 200' in logs["monitor.log"] and '"GET /static/js/y.js" 200' in logs["monitor.log"]
    assert "secret" not in "".join(logs.values())


@pytest.mark.parametrize("unit", ["monitor.service", "monitor-etl.service", "monitor-etl.timer"])
def test_the_units_start_what_exists(unit: str):
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[method-assign,assignment]
    found.read_string((DEPLOY / "systemd" / unit).read_text(encoding="utf-8"))
    if unit.endswith(".timer"):
        assert found["Timer"]["OnCalendar"] and found["Install"]["WantedBy"] == "timers.target"
        return
    program, *arguments = found["Service"]["ExecStart"].split()
    assert Path(program).name in ("streamlit", "etl")
    if program.endswith("streamlit"):
        assert (DEPLOY.parent / arguments[1]).is_file()
        port = arguments[arguments.index("--server.port") + 1]
        assert f"server 127.0.0.1:{port};" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    else:
        assert arguments == ["run"]
