"""Corrections of publishers' known defects: data with a reason and a guard, applied to a table's raw labels.

A guard asks whether the defect is still there. When the publisher has mended it, applying the
correction would spoil good figures; then the table is refused until the entry is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import polars as pl

from etl.entries import Correction
from etl.errors import CorrectionError
from etl.sources.base import AppliedCorrection

CONFLICT = "code_conflict"  # column: the row's region code and region name disagree


def apply_corrections(
    frame: pl.DataFrame, corrections: Sequence[Correction], where: str
) -> tuple[pl.DataFrame, list[AppliedCorrection]]:
    """Apply every correction of a table.

    ``frame``: the table in the publisher's labels with ``region``, ``value``, ``status`` and the conflict column.
    Raises CorrectionError if a guard finds the defect gone.
    """
    applied = []
    for correction in corrections:
        rows = _matching(frame, correction.where, where)
        if not _defect_is_there(frame, rows, correction):
            raise CorrectionError(
                f"{where}: correction '{correction.id}' no longer fits: the defect ({correction.guard.kind}) is gone, "
                "the publisher seems to have mended it; check the file and remove the entry from "
                "data/catalogue/corrections"
            )
        frame, touched = _apply(frame, rows, correction)
        applied.append(AppliedCorrection(correction.id, touched))
    return frame, applied


def _matching(frame: pl.DataFrame, labels: dict[str, tuple[str, ...]], where: str) -> pl.Expr:
    if missing := labels.keys() - set(frame.columns):
        raise CorrectionError(f"{where}: a correction names columns {sorted(missing)} that the table does not have")
    return reduce(lambda a, b: a & b, (pl.col(c).is_in(list(v)) for c, v in labels.items()))


def _defect_is_there(frame: pl.DataFrame, rows: pl.Expr, correction: Correction) -> bool:
    guard = correction.guard
    if guard.kind == "code_conflict":
        return not frame.filter(rows & pl.col(CONFLICT)).is_empty()
    if guard.kind == "row_missing":
        return frame.filter(rows).is_empty()
    if guard.dim is None or guard.total is None:
        raise CorrectionError(f"correction '{correction.id}': guard parts_differ needs dim, parts and total")
    others = [pl.col(c).is_in(list(v)) for c, v in correction.where.items() if c != guard.dim]
    keys = dict.fromkeys(("Year", "Gebietseinheit", *correction.where))
    sums = (
        frame.filter(*others)
        .group_by([c for c in keys if c in frame.columns and c != guard.dim])
        .agg(
            parts=pl.col("value").filter(pl.col(guard.dim).is_in(list(guard.parts))).sum(),
            total=pl.col("value").filter(pl.col(guard.dim) == guard.total).sum(),
        )
    )
    return not sums.filter((pl.col("parts") - pl.col("total")).abs() > guard.tolerance).is_empty()


def _apply(frame: pl.DataFrame, rows: pl.Expr, correction: Correction) -> tuple[pl.DataFrame, int]:
    touched = frame.filter(rows).height
    if correction.action == "region_by_name":
        touched = frame.filter(rows & pl.col(CONFLICT)).height
        return frame.with_columns(pl.when(rows).then(False).otherwise(pl.col(CONFLICT)).alias(CONFLICT)), touched
    if correction.action == "withhold":
        frame = frame.with_columns(
            pl.when(rows).then(None).otherwise(pl.col("value")).alias("value"),
            pl.when(rows).then(pl.lit("unreliable")).otherwise(pl.col("status")).alias("status"),
        )
        return frame, touched
    added = {column: labels[0] for column, labels in correction.where.items()}
    named = added.get("Gebietseinheit")  # a table without regions belongs to one as a whole
    region = (frame if named is None else frame.filter(pl.col("Gebietseinheit") == named))["region"].first()
    row = pl.DataFrame([{**added, "region": region, "status": "pending", CONFLICT: False}])
    return pl.concat([frame, row.cast({c: frame.schema[c] for c in row.columns})], how="diagonal"), 1
