"""The extra layer: genuine recorded replies, served over HTTP by the stand-in for the publishers.

They lie beside the project and are no part of it. Without them these tests are passed over; the project's own
CI sets REQUIRE_RECORDINGS, so that there they must run.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))
REPLAY = SHARED / "tools" / "replay_publishers.py"

needs_recordings = pytest.mark.skipif(
    not REPLAY.exists() and not os.environ.get("REQUIRE_RECORDINGS"),
    reason="the recorded replies do not lie beside the project",
)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def replay(scale: float = 1) -> Iterator[str]:
    """The publishers on a free port; yields their address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(REPLAY), "--port", str(port), "--scale", str(scale)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("replaying")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def control(base: str, call: str, body: dict[str, object] | None = None) -> dict[str, object]:
    """Ask the stand-in for its log, or for a fault."""
    data = json.dumps(body or {}).encode() if call != "log" else None
    with urllib.request.urlopen(urllib.request.Request(f"{base}/_control/{call}", data=data)) as reply:
        return dict(json.loads(reply.read()))


def environment(base: str, data_dir: Path, **changes: str | None) -> dict[str, str]:
    """The variables that point the ETL at the stand-in, with its accounts; ``changes`` sets or removes (None) some."""
    env: dict[str, str | None] = {
        **os.environ,
        "ETL_DATA_DIR": str(data_dir),
        "ETL_BASE_URL_LSN": f"{base}/lsn",
        "ETL_BASE_URL_EUROSTAT": f"{base}/eurostat/api/dissemination",
        "ETL_BASE_URL_REGIONALSTATISTIK": f"{base}/regionalstatistik/genesisws/rest/2020",
        "ETL_BASE_URL_GENESIS": f"{base}/genesis/genesisWS/rest/2020",
        "ETL_BASE_URL_BA": f"{base}/ba",
        "ETL_BASE_URL_STATISTIKPORTAL": f"{base}/statistikportal",
        "ETL_BASE_URL_JOBSUCHE": f"{base}/jobsuche",
        **{f"{s}_{w}": "demo" for s in ("REGIONALSTATISTIK", "GENESIS") for w in ("USER", "PASSWORD")},
        **changes,
    }
    return {name: value for name, value in env.items() if value is not None}


def etl(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """One call of the command line as a process of its own."""
    return subprocess.run([sys.executable, "-m", "etl", *words], cwd=ROOT, env=env, capture_output=True, text=True)


def start_etl(env: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    """The same in the background."""
    return subprocess.Popen(
        [sys.executable, "-m", "etl", *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
