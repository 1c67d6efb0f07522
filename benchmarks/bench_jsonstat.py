"""JSON-stat: the whole cube of demo_r_pjangrp3 decoded by the ETL and by pyjstat. Target: 15 times as fast."""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import best_of, ratio_table, record, recordings
from benchmarks.peers import run_peer
from etl.sources.eurostat import jsonstat

TABLE = "demo_r_pjangrp3"
TARGET = 15


def whole_cube(tsv: str) -> bytes:
    """The recorded TSV as the JSON-stat text that Eurostat would send for it, built line by line."""
    head, *lines = tsv.splitlines()
    corner, *times = head.split("\t")
    rows = [(line.split("\t")[0].split(","), line.split("\t")[1:]) for line in lines]
    axes = {dim: sorted({keys[i] for keys, _ in rows}) for i, dim in enumerate(corner.split("\\")[0].split(","))}
    at = {dim: {code: i for i, code in enumerate(codes)} for dim, codes in axes.items()}
    value: dict[int, float] = {}
    status: dict[int, str] = {}
    for keys, cells in rows:
        base = 0
        for dim, key in zip(axes, keys, strict=True):
            base = base * len(axes[dim]) + at[dim][key]
        for position, cell in enumerate(cells, start=base * len(times)):
            number, _, flags = cell.partition(" ")
            if number != ":":
                value[position] = json.loads(number)
            if flags:
                status[position] = flags
    axes["time"] = [time.strip() for time in times]
    document = {
        "version": "2.0",
        "class": "dataset",
        "label": TABLE,
        "source": "ESTAT",
        "updated": "2026-09-17T11:00:00+0200",
        "value": {str(i): value[i] for i in sorted(value)},
        "status": {str(i): status[i] for i in sorted(status)},
        "id": list(axes),
        "size": [len(codes) for codes in axes.values()],
        "dimension": {
            dim: {
                "label": dim,
                "category": {
                    "index": {c: i for i, c in enumerate(codes)},
                    "label": dict(zip(codes, codes, strict=True)),
                },
            }
            for dim, codes in axes.items()
        },
        "extension": {"lang": "EN", "agencyId": "ESTAT", "id": TABLE.upper(), "version": "1.0"},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def assert_same_figures(ours: pl.DataFrame, theirs: Path) -> int:
    """Both read the same figure for the same codes. Returns the number of figures."""
    keys = [name for name in ours.columns if name not in {"value", "flag"}]
    schema = {**dict.fromkeys(keys, pl.String()), "value": pl.Float64()}
    peer = pl.read_csv(theirs, schema_overrides=schema).select(*keys, "value").drop_nulls("value").sort(keys)
    mine = ours.select(*keys, "value").drop_nulls("value").sort(keys)
    assert mine.equals(peer), "the figures differ"
    return mine.height


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--peer-rounds", type=int, default=3)
    chosen = options.parse_args()
    body = whole_cube(gzip.decompress((recordings() / "eurostat" / f"{TABLE}.tsv.gz").read_bytes()).decode())
    with tempfile.TemporaryDirectory() as folder:
        source, figures = Path(folder) / "cube.json", Path(folder) / "figures.csv"
        source.write_bytes(body)
        peers = run_peer("peer_jsonstat.py", source, figures, chosen.peer_rounds)
        seconds, ours = best_of(chosen.rounds, lambda: jsonstat.decode(body, TABLE))
        count = assert_same_figures(ours, figures)
    ratio = min(peers.values()) / seconds
    record(
        "JSON-stat decode",
        "python -m benchmarks.bench_jsonstat",
        f"{TABLE}, whole cube, {len(body) / 1e6:.1f} MB of text, {count:,} figures, equal in both.\n\n"
        f"{ratio_table(('etl.sources.eurostat.jsonstat', seconds), peers)}\n\n"
        f"Target: at least {TARGET} times as fast; measured: {ratio:.1f}.",
    )
    if ratio < TARGET:
        raise SystemExit(f"only {ratio:.1f} times as fast as the peer, target {TARGET}")


if __name__ == "__main__":
    main()
