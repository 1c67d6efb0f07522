"""The bundled extract: the official figures of a real run in the project's own format, for a start without internet.

One Parquet file holds the current state, every row with source, table, licence, attribution and
retrieval date. Its vintage goes with it, so that a link to a data state works on every machine. What counselling bodies
counted stays out: it is theirs by agreement and not free.
"""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl

from etl.catalogue import PROJECT, Catalogue
from etl.checks import run_checks
from etl.counselling.published import REAL
from etl.errors import StoreError
from etl.measures.kept import imported_measures
from etl.metadata import metadata_tables
from etl.publish import Published, publish, writer_lock
from etl.schema import KEY, Observation
from etl.sources.base import AppliedCorrection
from etl.store import applied_corrections, current_file, current_state, vintages

EXTRACT_DIR = PROJECT / "data" / "extract"
EXTRACT_FILE = EXTRACT_DIR / "observations.parquet"
LARGEST = 3_000_000  # bytes: the extract travels with every clone


def write_extract(published_dir: Path, out: Path = EXTRACT_FILE) -> int:
    """Write the current state as the bundled extract; returns its size in bytes.

    Raises StoreError if nothing is published or the file would be too large to bundle.
    """
    state = current_state(published_dir).filter(pl.col("source") != REAL).sort(KEY)
    if state.is_empty():
        raise StoreError("nothing is published, so there is nothing to bundle; run 'etl run' first")
    corrections = [{"id": c.id, "rows": c.rows} for found in applied_corrections(published_dir).values() for c in found]
    vintage = str(vintages(published_dir)["vintage"][-1])
    about = {"vintage": vintage, "corrections": orjson.dumps(corrections).decode()}
    part = out.with_suffix(".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    state = state.with_columns(pl.col(pl.Categorical).cast(pl.String))
    state.write_parquet(part, compression="zstd", compression_level=19, metadata=about)
    size = part.stat().st_size
    if size > LARGEST:
        part.unlink()
        raise StoreError(
            f"the extract would have {size:,} bytes, more than {LARGEST:,}; bundle fewer regions or indicators"
        )
    part.replace(out)
    return size


def load_extract(published_dir: Path, catalogue: Catalogue, path: Path = EXTRACT_FILE) -> Published | None:
    """Publish the bundled extract if nothing was fetched yet; None if there is nothing to do.

    A store that holds a run's figures is left alone; one that holds an extract gets a newer one, or bettered labels.
    Raises StoreError if the extract is damaged or breaks a check.
    """
    try:
        about = pl.read_parquet_metadata(path)
        state = Observation.cast(pl.read_parquet(path))
        vintage, corrections = about["vintage"], orjson.loads(about["corrections"])
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            f"{path.name}: the bundled extract cannot be read: {error}; restore it from the repository"
        ) from error
    if _holds_fetched_figures(published_dir):  # looked at before the lock: a run may be writing for minutes
        return None
    with writer_lock(published_dir):
        if _holds_fetched_figures(published_dir):
            return None
        if current_file(published_dir) is not None and vintages(published_dir)["vintage"][-1] > vintage:
            return None
        if failures := run_checks(state, current_state(published_dir), catalogue):
            raise StoreError("the bundled extract breaks checks: " + "; ".join(map(str, failures)))
        applied = [AppliedCorrection(c["id"], c["rows"]) for c in corrections]
        measures = imported_measures(published_dir.parent)
        return publish(published_dir, state, metadata_tables(catalogue, applied, measures), "extract", vintage)


def _holds_fetched_figures(published_dir: Path) -> bool:
    return current_file(published_dir) is not None and bool((vintages(published_dir)["origin"] != "extract").any())
