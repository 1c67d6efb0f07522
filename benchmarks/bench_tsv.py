"""TSV: the recorded demo_r_pjangrp3 read by the ETL and by the ``eurostat`` package. Target: 5 times as fast."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import best_of, ratio_table, record, recordings
from benchmarks.peers import run_peer
from etl.sources.eurostat import tsv

TABLE = "demo_r_pjangrp3"
TARGET = 5


def assert_same_figures(ours: pl.DataFrame, theirs: Path) -> int:
    """Both read the same figure and flags for the same codes. Returns the number of cells."""
    wide = pl.read_csv(theirs, infer_schema=False).rename({"geo\\TIME_PERIOD": "geo"})
    times = [name.removesuffix("_value") for name in wide.columns if name.endswith("_value")]
    keys = [name for name in wide.columns if not name.endswith(("_value", "_flag"))]
    long = pl.concat(
        wide.select(
            *keys,
            pl.lit(time).alias("time"),
            pl.col(f"{time}_value").cast(pl.Float64).alias("value"),
            pl.col(f"{time}_flag").str.strip_chars(": ").replace("", None).alias("flag"),  # ':' says "no value" there
        )
        for time in times
    )
    order = [*keys, "time"]
    peer = long.filter(pl.col("value").is_not_null() | pl.col("flag").is_not_null()).sort(order)
    mine = ours.select(peer.columns).sort(order)
    assert mine.equals(peer), "the figures or flags differ"
    return mine.height


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--peer-rounds", type=int, default=5)
    chosen = options.parse_args()
    source = recordings() / "eurostat" / f"{TABLE}.tsv.gz"
    body = source.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.csv"
        peers = run_peer("peer_tsv.py", source, figures, chosen.peer_rounds)
        seconds, ours = best_of(chosen.rounds, lambda: tsv.decode(body, TABLE))
        count = assert_same_figures(ours, figures)
    ratio = min(peers.values()) / seconds
    record(
        "TSV read",
        "python -m benchmarks.bench_tsv",
        f"{TABLE} as recorded, {len(body) / 1e6:.1f} MB gzipped, {count:,} cells with a figure or flag, equal in both; "
        "gunzipping included.\n\n"
        f"{ratio_table(('etl.sources.eurostat.tsv', seconds), peers)}\n\n"
        f"Target: at least {TARGET} times as fast; measured against the peer's faster way: {ratio:.1f}.",
    )
    if ratio < TARGET:
        raise SystemExit(f"only {ratio:.1f} times as fast as the peer, target {TARGET}")


if __name__ == "__main__":
    main()
