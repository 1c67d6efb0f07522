"""Runs in the peers' environment: pyjstat reads a JSON-stat file into a data frame."""

import json
import sys
import time
from pathlib import Path

from pyjstat import pyjstat


def main(source: str, figures: str, rounds: str) -> None:
    text = Path(source).read_text(encoding="utf-8")
    best = float("inf")
    for _ in range(int(rounds)):
        start = time.perf_counter()
        frame = pyjstat.Dataset.read(text).write("dataframe", naming="id")
        best = min(best, time.perf_counter() - start)
    frame.to_csv(figures, index=False)
    print(json.dumps({"pyjstat, Dataset.read and write('dataframe')": best}))


if __name__ == "__main__":
    main(*sys.argv[1:])
