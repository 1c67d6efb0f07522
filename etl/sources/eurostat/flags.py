"""Eurostat's observation flags as the statuses of the store.

A cell carries any number of one-letter flags, the store one status. The first rule that fits wins:

====================  ==================  =====================================================
flag                  status              value
====================  ==================  =====================================================
c confidential        secret              withheld, even if the reply holds one
z not applicable      not_applicable      withheld, even if the reply holds one
u, n without a value  unreliable          none: too uncertain to be published
any without a value   pending             none, and Eurostat gives no reason
n not significant, 0  rounded_zero        kept
b break in series     break               kept; comparing across it misleads more than all below
n not significant     limited             kept
u low reliability     limited             kept
d definition differs  limited             kept
e, s estimated        estimated           kept
f forecast            estimated           kept
p provisional         provisional         kept
r revised             revised             kept
====================  ==================  =====================================================

A cell with neither value nor flag is no observation: JSON-stat leaves it out, so the TSV's bare ``:``
is left out too, and both forms of a table give the same rows.
"""

from __future__ import annotations

import polars as pl

KNOWN_FLAGS = frozenset("bcdefnprsuz")

_WITH_VALUE = (
    ("b", "break"),
    ("nud", "limited"),
    ("esf", "estimated"),
    ("p", "provisional"),
    ("r", "revised"),
)


def status_of(flags: str, *, has_value: bool, is_zero: bool) -> str:
    """The one status of a cell with these flag letters; a letter that nobody knows here counts as ``limited``."""
    if "c" in flags:
        return "secret"
    if "z" in flags:
        return "not_applicable"
    if not has_value:
        return "unreliable" if set(flags) & {"u", "n"} else "pending"
    if "n" in flags and is_zero:
        return "rounded_zero"
    known = "".join(letter if letter in KNOWN_FLAGS else "d" for letter in flags)
    return next((status for letters, status in _WITH_VALUE if set(letters) & set(known)), "ok")


def with_status(cells: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The frame with ``status`` in place of ``flag``, and notes on flags that need a reader's eye.

    Expects ``value`` (Float64) and ``flag`` (String, null for none); cells without either are gone.
    """
    kind = ["flag", "has_value", "is_zero"]
    cells = cells.with_columns(
        flag=pl.col("flag").fill_null(""),
        has_value=pl.col("value").is_not_null(),
        is_zero=pl.col("value").eq(0).fill_null(False),
    ).filter(pl.col("has_value") | (pl.col("flag") != ""))
    kinds = cells.select(kind).unique()
    statuses = [status_of(flag, has_value=value, is_zero=zero) for flag, value, zero in kinds.rows()]
    marked = cells.join(
        kinds.with_columns(status=pl.Series(statuses, dtype=pl.String)), on=kind, how="left", maintain_order="left"
    )
    withheld = pl.col("status").is_in(["secret", "not_applicable"])
    notes = [
        f"flag '{letter}' is not known; {count} cells with it count as limited"
        for letter, count in _unknown_letters(cells)
    ]
    leaked = marked.filter(withheld & pl.col("has_value")).height
    if leaked:
        notes.append(f"{leaked} figures came with the flag 'c' or 'z' and are withheld")
    return marked.with_columns(value=pl.when(~withheld).then(pl.col("value"))).drop(kind), notes


def _unknown_letters(cells: pl.DataFrame) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for flag, count in cells.group_by("flag").len().rows():
        for letter in set(flag) - KNOWN_FLAGS:
            counts[letter] = counts.get(letter, 0) + count
    return sorted(counts.items())
