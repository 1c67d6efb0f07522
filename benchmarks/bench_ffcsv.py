"""ffcsv: one year of 12531-0043 (33 MB of CSV, all districts) read and tidied by the ETL and by pystatis.

Target: 6 times as fast with at most half of the memory; each reads in a process of its own. Without the recorded
reply one of the same shape is made.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import polars as pl

from benchmarks.measure import PROJECT, SHARED, record
from benchmarks.own_ffcsv import TABLE
from benchmarks.peers import PINS_OF_FFCSV, run_peer
from etl.catalogue import load_catalogue

FASTER, LEANER = 6, 2
NAME = f"{TABLE}__2024-12-31.zip"


def source(folder: Path) -> tuple[Path, str]:
    """The recorded reply, or one that is made, and what to call it."""
    recordings = Path(os.environ.get("RECORDINGS_DIR", SHARED / "recordings"))
    recorded = recordings / "genesis" / "job" / NAME
    if recorded.is_file():
        return recorded, "as recorded"
    made = folder / NAME
    made.write_bytes(invented())
    return made, "invented in the same shape"


def invented(rows: int = 117_000) -> bytes:
    """A reply like 12531-0043: districts of the catalogue and of elsewhere, three variables, every cell once."""
    blocks = ("KREISE", "SCHST2", "GES", "STAAG5")
    parts = ("code", "label", "attribute_code", "attribute_label")
    header = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    header += [f"{n}_variable_{part}" for n in range(1, 5) for part in parts]
    header += ["value", "value_unit", "value_variable_code", "value_variable_label"]
    ours = [r.id for r in load_catalogue().regions if r.level == "district"]
    others = [f"{land:02d}{number:03d}" for land in range(5, 15) for number in range(101, 136)]
    rng = random.Random(12531)
    lines = []
    for n in range(rows):
        district = (ours + others)[n % (len(ours) + len(others))]
        m = n // (len(ours) + len(others))
        codes = (district, f"SCHUTZST-AK-{m % 5 + 1}", "GESM" if m % 2 else "GESW", f"ST{100 + m // 10}")
        labels = (f"Stadt oder Landkreis {district}", "Befristet anerkannter Schutzstatus", "männlich", "Ein Staat")
        fields = ["12531", "Statistik über Schutzsuchende", "STAG", "Stichtag", "2024-12-31"]
        for block, code, label in zip(blocks, codes, labels, strict=True):
            fields += [block, "Schutzstatuskategorie", code, label]
        fields += [str(5 * rng.randint(1, 200)), "Anzahl", "BEV030", "Schutzsuchende"]
        lines.append(";".join(fields))
    rng.shuffle(lines)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{TABLE}_flat.csv", "\ufeff" + "\n".join([";".join(header), *lines]) + "\n")
    return buffer.getvalue()


def run_own(reply: Path, figures: Path, rounds: int) -> dict[str, float]:
    """Best seconds and peak megabytes of our reading."""
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.own_ffcsv", reply, figures, str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def assert_same_figures(ours: Path, theirs: Path) -> int:
    """Both read the same figures for every district that the catalogue has. Returns their number.

    The peer gives labels where we give codes, so the figures of a district are compared in order of their size.
    """
    mine = pl.read_csv(ours, schema_overrides={"region": pl.String}).drop_nulls("value").select("region", "value")
    peer = pl.read_csv(theirs, infer_schema=False)
    code = next(name for name in peer.columns if name.endswith("__Code"))
    peer = peer.select(pl.col(code).alias("region"), pl.col(peer.columns[-1]).cast(pl.Float64).alias("value"))
    peer = peer.drop_nulls("value").filter(pl.col("region").is_in(mine["region"].unique().to_list()))
    order = ["region", "value"]
    assert mine.cast({"value": pl.Float64}).sort(order).equals(peer.sort(order)), "the figures differ"
    return mine.height


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--peer-rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reply, called = source(folder)
        with zipfile.ZipFile(reply) as archive:
            size = archive.infolist()[0].file_size
        peer = run_peer("peer_ffcsv.py", reply, folder / "peer.csv", chosen.peer_rounds, PINS_OF_FFCSV)
        own = run_own(reply, folder / "own.csv", chosen.rounds)
        count = assert_same_figures(folder / "own.csv", folder / "peer.csv")
    faster, leaner = (peer[what] / own[what] for what in ("seconds", "megabytes"))
    rows = [("**etl.sources.genesis.parse**", own), ("pystatis, Table.get_data (prettify)", peer)]
    table = [f"| {name} | {m['seconds']:.3f} | {m['megabytes']:.0f} |" for name, m in rows]
    record(
        "ffcsv read",
        "python -m benchmarks.bench_ffcsv",
        f"{TABLE}, one year, {called}, {size / 1e6:.1f} MB of CSV in a zip; unzipping included. pystatis keeps all "
        f"districts of Germany and their labels, the ETL the catalogue's districts and codes: {count:,} figures, "
        "equal in both. Memory is the peak of the whole process.\n\n"
        + "\n".join(["| read by | seconds, best round | peak MB |", "|---|---:|---:|", *table])
        + f"\n\nTarget: at least {FASTER} times as fast with at most half of the memory; measured: "
        f"{faster:.1f} times as fast, 1/{leaner:.1f} of the memory.",
    )
    if faster < FASTER or leaner < LEANER:
        raise SystemExit(f"only {faster:.1f} times as fast and {leaner:.1f} times as lean as the peer")


if __name__ == "__main__":
    main()
