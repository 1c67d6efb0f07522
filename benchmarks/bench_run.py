"""``etl run --offline`` over all recorded replies: seconds and peak memory of the whole process.

The raw store is filled by one run against the replay server, which is started here on a free port. Before each
measured run the published store is removed, so that every run parses, checks and publishes everything.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import PROJECT, SHARED, record

PUBLISHED = (0, 3)  # 3: published, but a table that is not recorded failed
PREFIXES = {"LSN": "lsn", "EUROSTAT": "eurostat/api/dissemination"}


@contextlib.contextmanager
def replay(script: Path) -> Iterator[str]:
    """The replay server on a free port of loopback; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, script, "--port", str(port)], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/_control/log", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"the replay server {script} did not start")
        yield address
    finally:
        server.terminate()
        server.wait()


def etl_run(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak memory (MB) of one ``etl run``. Raises SystemExit with its output if nothing was published."""
    command = [sys.executable, "-m", "etl", "run", *arguments]
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in PUBLISHED:
            output.seek(0)
            raise SystemExit(f"{command} ended with {child.returncode}:\n{output.read().decode('utf-8', 'replace')}")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--replay", type=Path, default=SHARED / "tools" / "replay_publishers.py")
    chosen = options.parse_args()
    if not chosen.replay.is_file():
        raise SystemExit(f"no replay server at {chosen.replay}: name it with --replay")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        environment = {**os.environ, "ETL_DATA_DIR": folder}
        with replay(chosen.replay) as address:
            addresses = {f"ETL_BASE_URL_{source}": f"{address}/{prefix}" for source, prefix in PREFIXES.items()}
            etl_run([], environment | addresses)
        size = sum(file.stat().st_size for file in (data / "raw").rglob("*") if file.is_file())
        measured = []
        for _ in range(chosen.rounds):
            shutil.rmtree(data / "published")
            measured.append(etl_run(["--offline"], environment))
        store = max(file.stat().st_size for file in (data / "published").glob("*.duckdb"))
    seconds, memory = min(s for s, _ in measured), max(m for _, m in measured)
    record(
        "Offline run",
        "python -m benchmarks.bench_run",
        f"`etl run --offline` into an empty store over {size / 1e6:.1f} MB of raw replies, start of Python included: "
        f"**{seconds:.1f} s** (best of {chosen.rounds}), peak memory **{memory:.0f} MB** (largest), "
        f"store {store / 1e6:.1f} MB.",
    )


if __name__ == "__main__":
    main()
