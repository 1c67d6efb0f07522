"""The signs in the workbooks of the Federal Employment Agency; ``*`` is secret and never 0."""

from __future__ import annotations

from typing import Final

SIGNS: Final = {
    "*": "secret",
    "-": "nil",
    "–": "nil",
    "x": "not_applicable",
    "X": "not_applicable",
    ".": "not_applicable",  # no meaningful change, as .x: the change is too large or its base too small
    ".x": "not_applicable",
    "…": "pending",
    "...": "pending",
}
