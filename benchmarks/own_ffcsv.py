"""Our reading of one ffcsv reply, in a process of its own, so that its peak memory can be told."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import best_of
from etl.catalogue import load_catalogue
from etl.sources.base import Reply
from etl.sources.genesis.parse import parse

TABLE = "12531-0043"


def main(source: str, figures: str, rounds: str) -> None:
    catalogue = load_catalogue()
    reply = Reply("genesis", TABLE, "ffcsv", source, Path(source).read_bytes(), datetime.now(UTC), "")
    seconds, tidy = best_of(int(rounds), lambda: parse(reply, catalogue))
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    tidy.frame.write_csv(figures)
    print(json.dumps({"seconds": seconds, "megabytes": int(peak.split()[1]) / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
