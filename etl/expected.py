"""How many rows each table must bring, period by period: a table that shrinks is not published unseen.

``data/catalogue/expected_rows.csv`` is sorted and changed by ``etl expected-rows --update`` only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from etl.catalogue import CATALOGUE_DIR
from etl.errors import CatalogueError
from etl.loading import Loaded, TableOutcome

EXPECTED_FILE = CATALOGUE_DIR / "expected_rows.csv"
AT = ["source", "table", "indicator", "period"]
SCHEMA: dict[str, type[pl.DataType]] = {**dict.fromkeys(AT, pl.String), "rows": pl.Int64}
SHOWN = 3  # periods that a sentence quotes


def read_expected(path: Path = EXPECTED_FILE) -> pl.DataFrame:
    """The expected row counts (source, table, indicator, period, rows); empty if there is no file.

    Raises CatalogueError if the file is not what the command wrote.
    """
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    try:
        frame = pl.read_csv(path, schema=SCHEMA)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{path}: expected the columns {', '.join(SCHEMA)}: {str(error).splitlines()[0]}; take the file back from "
            "git and change it with 'etl expected-rows --update' only"
        ) from error
    if frame.null_count().row(0) != (0,) * len(SCHEMA) or frame.select(AT).is_duplicated().any():
        raise CatalogueError(f"{path}: has empty cells or rows that stand twice; take the file back from git")
    return frame


def write_expected(frame: pl.DataFrame, path: Path = EXPECTED_FILE) -> None:
    """Write the counts, sorted, so that a change shows as few changed lines."""
    frame.select(list(SCHEMA)).sort(AT).write_csv(path)


def row_counts(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows a source, table, indicator and period of observations."""
    counted = [
        f.group_by(AT).len("rows").select(pl.col(AT).cast(pl.String), pl.col("rows").cast(pl.Int64)) for f in frames
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *counted]).group_by(AT).agg(pl.col("rows").sum()).sort(AT)


def shrunk(loaded: Loaded, expected: pl.DataFrame) -> list[str]:
    """One sentence for every table and indicator that came with fewer rows than expected.

    Compared are the tables that were loaded now; a partial one in the periods it holds only. More rows, new periods
    and tables that were never counted are fine.
    """
    short = _short(loaded, expected)
    sentences = []
    for (source, table, indicator), rows in short.group_by("source", "table", "indicator", maintain_order=True):
        quoted = ", ".join(
            f"{p}: expected {n}, came {came}"
            for p, n, came in rows.head(SHOWN).select("period", "rows", "came").iter_rows()
        )
        more = f" and {rows.height - SHOWN} more periods" if rows.height > SHOWN else ""
        sentences.append(
            f"expected rows: {source}: table {table}: {indicator}: fewer rows than expected ({quoted}{more}); look at "
            f"the reply; if the publisher really has fewer, 'etl expected-rows --update --source {source}' accepts it"
        )
    return sentences


def _short(loaded: Loaded, expected: pl.DataFrame) -> pl.DataFrame:
    came = row_counts(loaded.frames).rename({"rows": "came"})
    tables = _tables(loaded.outcomes)
    compared = expected.join(tables, on=["source", "table"]).join(came, on=AT, how="left")
    compared = compared.filter(~pl.col("partial") | pl.col("came").is_not_null())
    return compared.with_columns(pl.col("came").fill_null(0)).filter(pl.col("came") < pl.col("rows")).sort(AT)


def _tables(outcomes: Collection[TableOutcome]) -> pl.DataFrame:
    rows = [(o.source, o.table, o.partial) for o in outcomes if o.state == "loaded"]
    return pl.DataFrame(rows, schema={"source": pl.String, "table": pl.String, "partial": pl.Boolean}, orient="row")


def renewed(loaded: Loaded, expected: pl.DataFrame, known: Collection[tuple[str, str]]) -> pl.DataFrame:
    """The counts to keep from now on: those of the loaded tables as they came, all others as they were.

    A partial table keeps the periods it does not hold now; tables that are not ``known`` to the catalogue go.
    """
    came = row_counts(loaded.frames)
    tables = _tables(loaded.outcomes)
    kept = expected.join(tables.filter(~pl.col("partial")), on=["source", "table"], how="anti")
    kept = kept.join(came, on=AT, how="anti")
    catalogued = pl.DataFrame(sorted(known), schema={"source": pl.String, "table": pl.String}, orient="row")
    return pl.concat([kept, came]).join(catalogued, on=["source", "table"], how="semi").sort(AT)


def differences(expected: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """One line for every count that ``new`` changes, drops or adds, tables in order."""
    both = expected.join(new, on=AT, how="full", coalesce=True, suffix="_new").sort(AT)
    changed = both.filter(pl.col("rows").ne_missing(pl.col("rows_new")))
    lines = []
    for row in changed.iter_rows(named=True):
        was, now = row["rows"], row["rows_new"]
        what = "new, " if was is None else f"expected {was}, "
        lines.append(
            f"{row['source']} {row['table']} {row['indicator']} {row['period']}: {what}came {0 if now is None else now}"
        )
    return lines


def fewer(expected: pl.DataFrame, new: pl.DataFrame) -> bool:
    """Whether ``new`` lacks a count of ``expected`` or has a smaller one."""
    both = expected.join(new, on=AT, how="left", suffix="_new")
    return bool((both["rows_new"].fill_null(0) < both["rows"]).any())
