"""A synthetic all-Germany load: 400 districts × up to 20 years × 25 indicators × 54 breakdowns, read to published.

The replies are made once, in the layout of GENESIS' ffcsv, one ZIP a table and year as the publisher answers them.
Each size is then loaded twice in processes of their own: into an empty store, and once more over the published one
with every 50th slice changed. Target: the largest of the first kind in under 2 minutes and 3 GB, on 2 cores.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import PROJECT, record
from etl.catalogue import Catalogue, load_catalogue
from etl.checks import run_checks
from etl.entries import Checks, DistrictsCheck, Indicator, PartsCheck, PeriodRule, Region, Series, Text
from etl.mapping import observations
from etl.metadata import metadata_tables
from etl.publish import publish, writer_lock
from etl.region_sum import mark_unloaded_slices, with_region
from etl.revisions import changes, too_large
from etl.sources.base import Reply, Tidy
from etl.sources.genesis.parse import parse
from etl.store import current_state

SOURCE = "regionalstatistik"
DISTRICTS, INDICATORS, LAST_YEAR, YEARS = 400, 25, 2024, 20
LAND = "03"
# attribute codes as published (empty: the total), the breakdown of each and the share of the total in its parts
NATIONALITIES = {"": ("", 2), "NATD": ("nationality=german", 1), "NATA": ("nationality=foreign", 1)}
SEXES = {"": ("", 2), "GESM": ("sex=m", 1), "GESW": ("sex=f", 1)}
AGES = {"": "", **{f"ALT{n}": code for n, code in enumerate(["y0_17", "y18_64", "y15_24", "y20_24", "y20_39"], 1)}}
BREAKDOWNS = len(NATIONALITIES) * len(SEXES) * len(AGES)
SIZES = {1: 2, 2: 4, 5: 10, 10: 20}  # millions of observations, at least: years
EVERY = 50  # slice changes in the second load
SECONDS, MEGABYTES = 120, 3000
FIRST, SECOND = "into an empty store", "again, 2 % revised"
STEPS = ("parse and map", "sum", "read the published", "check", "compare", "publish")


def synthetic(catalogue: Catalogue) -> Catalogue:
    """The catalogue's units, sources and dimensions with 400 districts and 25 indicators alike."""
    kept = tuple(r for r in catalogue.regions if r.level == "district" or r.id in (LAND, "BSR"))
    more = DISTRICTS - sum(r.level == "district" for r in kept)
    made = tuple(
        Region(id=f"9{n:04}", level="district", name=_text(f"Kreis {n}"), short=_text(f"Kreis {n}"))
        for n in range(more)
    )
    indicators = {f"i{n:02}": _indicator(n) for n in range(INDICATORS)}
    return dataclasses.replace(catalogue, regions=kept + made, indicators=indicators, corrections=(), table_options=())


def _text(text: str) -> Text:
    return Text(de=text, en=text)


def _indicator(n: int) -> Indicator:
    parts = ("nationality", ("german", "foreign")), ("sex", ("m", "f"))
    return Indicator(
        id=f"i{n:02}",
        theme="population",
        order=n,
        title=_text(f"Indikator {n}"),
        definition=_text("-"),
        reading=_text("-"),
        unit="persons",
        decimals=0,
        measure="stock",
        period_kind="reference_date",
        dims=("nationality", "sex", "age"),
        regional_sum=True,
        preferred_source=SOURCE,
        checks=Checks(
            parts=tuple(PartsCheck(dim=dim, parts=codes) for dim, codes in parts), districts=DistrictsCheck()
        ),
        series=(
            Series(
                source=SOURCE,
                table=_table(n),
                data=_text("Synthetische Statistik"),
                link="https://www.regionalstatistik.de",
                period=PeriodRule(kind="reference_date", day="12-31"),
                columns={
                    "NAT": {code: part for code, (part, _) in NATIONALITIES.items()},
                    "GES": {code: part for code, (part, _) in SEXES.items()},
                    "ALT": {code: f"age={part}" if part else "" for code, part in AGES.items()},
                    "value_variable_code": {f"SYN{n:03}": ""},
                    "value_unit": {"Anzahl": ""},
                },
            ),
        ),
    )


def _table(n: int) -> str:
    return f"99{n:03}-01-01-4"


def make_replies(folder: Path, catalogue: Catalogue, years: int) -> None:
    """One ZIP a table and year: every breakdown of every district, and the Land as the sum of its own."""
    districts = [r.id for r in catalogue.regions if r.level == "district"]
    of_the_land = np.array([r in catalogue.land_districts for r in districts])
    rng = np.random.default_rng(1)
    cells = [
        (nationality, sex, age, n * s)
        for nationality, (_, n) in NATIONALITIES.items()
        for sex, (_, s) in SEXES.items()
        for age in AGES
    ]
    for n in range(INDICATORS):
        for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
            counts = rng.integers(100, 99_999, (len(districts), len(AGES)))
            counts = np.vstack([counts, counts[of_the_land].sum(axis=0)])
            frame = pl.DataFrame(
                {
                    "region": np.repeat([*districts, LAND], len(cells)),
                    "nat": [c[0] for c in cells] * (len(districts) + 1),
                    "sex": [c[1] for c in cells] * (len(districts) + 1),
                    "age": [c[2] for c in cells] * (len(districts) + 1),
                    "value": (np.tile(counts, 9) * np.array([c[3] for c in cells])).ravel(),
                }
            )
            _write_reply(folder / f"{_table(n)}_{year}.zip", frame, n, year)


def _write_reply(path: Path, frame: pl.DataFrame, n: int, year: int) -> None:
    code = f"99{n:03}"
    land = pl.col("region") == LAND
    columns = {
        "statistics_code": pl.lit(code),
        "statistics_label": pl.lit("Synthetische Statistik"),
        "time_code": pl.lit("STAG"),
        "time_label": pl.lit("Stichtag"),
        "time": pl.lit(f"{year}-12-31"),
        "1_variable_code": pl.when(land).then(pl.lit("DLAND")).otherwise(pl.lit("KREISE")),
        "1_variable_label": pl.when(land).then(pl.lit("Land")).otherwise(pl.lit("Kreise und kreisfreie Städte")),
        "1_variable_attribute_code": pl.col("region"),
        "1_variable_attribute_label": pl.lit("Kreis ") + pl.col("region"),
        **_block(2, "NAT", "Nationalität", "nat"),
        **_block(3, "GES", "Geschlecht", "sex"),
        **_block(4, "ALT", "Altersgruppen", "age"),
        "value": pl.col("value"),
        "value_unit": pl.lit("Anzahl"),
        "value_variable_code": pl.lit(f"SYN{n:03}"),
        "value_variable_label": pl.lit("Personen"),
    }
    body = frame.select(**columns).write_csv(separator=";", include_bom=True, quote_style="never")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"{path.stem}_de_flat.csv", body)


def _block(n: int, code: str, label: str, column: str) -> dict[str, pl.Expr]:
    total = pl.col(column) == ""
    return {
        f"{n}_variable_code": pl.lit(code),
        f"{n}_variable_label": pl.lit(label),
        f"{n}_variable_attribute_code": pl.col(column),
        f"{n}_variable_attribute_label": pl.when(total).then(pl.lit("Insgesamt")).otherwise(pl.col(column)),
    }


def load(folder: Path, years: int, changed: bool) -> dict[str, float]:
    """One load of so many years into the store of that size; seconds of each step, peak memory in MB, and counts."""
    catalogue = synthetic(load_catalogue())
    published_dir = folder / f"published{years}"
    seconds: dict[str, float] = {}
    with _timed(seconds, STEPS[0]):
        frames = [f for n in range(INDICATORS) for f in _read(folder, catalogue, n, years, changed)]
    with _timed(seconds, STEPS[1]):
        candidate = with_region(mark_unloaded_slices(pl.concat(frames), catalogue.members), catalogue)
        del frames
    with _timed(seconds, STEPS[2]):
        published = current_state(published_dir)
    with _timed(seconds, STEPS[3]):
        failures = run_checks(candidate, published, catalogue)
    with _timed(seconds, STEPS[4]):
        refused = too_large(changes(published, candidate), catalogue)
    if failures or refused:
        raise SystemExit(f"refused: {[str(f) for f in failures[:3]]} {refused[:3]}")
    del published
    with _timed(seconds, STEPS[5]), writer_lock(published_dir):
        made = publish(published_dir, candidate, metadata_tables(catalogue, []), "run")
    assert made is not None
    return {
        **seconds,
        "total": sum(seconds.values()),
        "memory": _peak_megabytes(),
        "rows": candidate.height,
        "new": made.new,
        "revised": made.revised,
        "store": (published_dir / f"{made.vintage}.duckdb").stat().st_size / 1e6,
    }


def _read(folder: Path, catalogue: Catalogue, n: int, years: int, changed: bool) -> Iterator[pl.DataFrame]:
    indicator = catalogue.indicators[f"i{n:02}"]
    now = datetime.now(UTC)
    for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
        path = folder / f"{_table(n)}_{year}.zip"
        tidy = parse(Reply(SOURCE, _table(n), f"ffcsv-{year}", "", path.read_bytes(), now, ""), catalogue)
        frame = _changed(tidy.frame, year) if changed else tidy.frame
        yield observations(Tidy(frame), indicator, indicator.series[0], catalogue.sources[SOURCE], now)


def _changed(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    """One person more in every part of every 50th slice (totals accordingly), outside the Land."""
    hit = pl.col("region").str.starts_with("9") & ((pl.col("region").cast(pl.Int64, strict=False) + year) % EVERY == 0)
    weight = pl.lit(1)
    for column in ("NAT", "GES"):
        weight = weight * pl.when(pl.col(column) == "").then(2).otherwise(1)
    return frame.with_columns(pl.col("value") + pl.when(hit).then(weight).otherwise(0))


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start, busy = time.perf_counter(), time.process_time()
    yield
    seconds[step] = time.perf_counter() - start
    busy = time.process_time() - busy
    print(
        f"  {step}: {seconds[step]:.1f} s ({busy:.1f} s of the processors), peak {_peak_megabytes():.0f} MB",
        file=sys.stderr,
    )


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def _in_its_own_process(folder: Path, years: int, changed: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_scale", "--load", str(folder), "--years", str(years)]
    done = subprocess.run(
        [*command, *(["--changed"] if changed else [])], cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(done.stdout))


def _table_of_results(results: list[tuple[str, dict[str, float]]]) -> str:
    head = "| load | observations | " + " | ".join(f"{s}, s" for s in STEPS) + " | all, s | peak MB | store MB |"
    lines = [head, "|---" + "|---:" * (len(STEPS) + 4) + "|"]
    for name, r in results:
        steps = " | ".join(f"{r[s]:.1f}" for s in STEPS)
        lines.append(f"| {name} | {r['rows']:,} | {steps} | {r['total']:.1f} | {r['memory']:.0f} | {r['store']:.0f} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", default="1,2,5,10", help="millions of observations, of 1, 2, 5, 10")
    options.add_argument("--folder", type=Path, help="keep the replies here, and take them from here")
    options.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--years", type=int, help=argparse.SUPPRESS)
    options.add_argument("--changed", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.load:
        print(json.dumps(load(chosen.load, chosen.years, chosen.changed)))
        return
    sizes = [int(n) for n in chosen.rows.split(",")]
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        if not any(folder.glob("*.zip")):
            folder.mkdir(parents=True, exist_ok=True)
            make_replies(folder, synthetic(load_catalogue()), max(SIZES[n] for n in sizes))
        results = []
        for n in sizes:
            with tempfile.TemporaryDirectory(dir=folder) as work:
                for path in folder.glob("*.zip"):
                    (Path(work) / path.name).symlink_to(path.resolve())
                for name, changed in ((f"{n} million, {FIRST}", False), (f"{n} million, {SECOND}", True)):
                    print(name, file=sys.stderr)
                    results.append((name, _in_its_own_process(Path(work), SIZES[n], changed)))
    results.sort(key=lambda r: r[1]["rows"])
    loads = [r for name, r in results if name.endswith(FIRST)]
    slowest, largest = max(r["total"] for r in loads), max(r["memory"] for r in loads)
    record(
        "All-Germany load",
        "python -m benchmarks.bench_scale",
        f"{DISTRICTS} districts, {INDICATORS} indicators, {BREAKDOWNS} breakdowns, "
        f"{', '.join(str(SIZES[n]) for n in sizes)} years; each load in a process of its own.\n\n"
        f"{_table_of_results(results)}\n\n"
        f"Target of a load into an empty store: under {SECONDS} s and {MEGABYTES:,} MB; "
        f"measured at most: {slowest:.0f} s and {largest:.0f} MB.",
    )
    if slowest > SECONDS or largest > MEGABYTES:
        raise SystemExit("more than the target")


if __name__ == "__main__":
    main()
