"""Where a row of an LSN table belongs: its code *and* its name say it, and both must say the same.

The tables are edited by hand: codes are missing, wrong or shifted in places. Where code and name disagree, only a
correction of the catalogue decides.
"""

from __future__ import annotations

import polars as pl

from etl.catalogue import Catalogue
from etl.corrections import CONFLICT
from etl.errors import ParseError

SHOWN = 5  # how many offending rows an error quotes


def place_rows(
    frame: pl.DataFrame, name: str, digits: pl.Expr, catalogue: Catalogue, where: str
) -> tuple[pl.DataFrame, int]:
    """Add ``region`` (null: left out on purpose) and whether code and name disagree; count rows without a usable code.

    ``name`` is the column of the regions' names, ``digits`` the LSN code as in regions.yaml (null: none). Raises
    ParseError for a name that the catalogue does not know.
    """
    by_code = {r.lsn: r.id for r in catalogue.regions if r.lsn}
    by_name: dict[str, str | None] = {n: r.id for r in catalogue.regions for n in r.names}
    ignored = {i.name for i in catalogue.ignored_regions}
    names = set(frame[name].unique())
    if unknown := sorted(names - by_name.keys() - ignored):
        raise ParseError(f"{where}: unknown regions {unknown[:SHOWN]}; add them to data/catalogue/regions.yaml")
    frame = frame.with_columns(
        digits.replace_strict(by_code, default=None, return_dtype=pl.String).alias("by_code"),
        pl.col(name).replace_strict(by_name, default=None, return_dtype=pl.String).alias("region"),
    )
    conflict = pl.col("by_code").is_not_null() & pl.col("by_code").ne_missing(pl.col("region"))
    unplaced = frame.filter(pl.col("by_code").is_null() & pl.col("region").is_not_null()).height
    return frame.with_columns(conflict.alias(CONFLICT)), unplaced
