"""Timing, the description of the machine, and the page of results."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "benchmarks" / "RESULTS.md"
SHARED = PROJECT.parent / "shared"
HEAD = """# Results of the benchmarks

Ratios count, seconds drift between machines. Each section is rewritten by the command that it names.
"""

T = TypeVar("T")


def recordings() -> Path:
    """The folder of recorded replies. Raises SystemExit saying how to name it."""
    folder = Path(os.environ.get("RECORDINGS_DIR", SHARED / "recordings"))
    if not folder.is_dir():
        raise SystemExit(f"no recordings at {folder}: set RECORDINGS_DIR")
    return folder


def best_of(rounds: int, work: Callable[[], T]) -> tuple[float, T]:
    """The shortest of several runs in seconds, and what the last one returned."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def machine() -> str:
    """Cores, processor, memory and Python of this machine in one line."""
    names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {names[0] if names else platform.machine()}, {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def ratio_table(ours: tuple[str, float], peers: dict[str, float]) -> str:
    """A Markdown table: seconds of each, and how many times longer the peer takes."""
    rows = [f"| **{ours[0]}** | {ours[1]:.3f} | 1 |"]
    rows += [f"| {name} | {seconds:.3f} | {seconds / ours[1]:.1f} |" for name, seconds in peers.items()]
    return "\n".join(["| read by | seconds, best round | times as long |", "|---|---:|---:|", *rows])


def record(title: str, command: str, body: str) -> None:
    """Write or replace the section ``title`` of RESULTS.md, and print it."""
    page = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    section = f"## {title}\n\n{stamp} · {machine()} · `{command}`\n\n{body}\n"
    kept = [part for part in re.split(r"(?m)^(?=## )", page) if not part.startswith(f"## {title}\n")]
    head, *others = (part.rstrip() + "\n" for part in kept)
    RESULTS.write_text("\n".join([head, *sorted([*others, section])]), encoding="utf-8")
    print(section)
