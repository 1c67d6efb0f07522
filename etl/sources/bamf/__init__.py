"""BAMF, the Federal Office for Migration and Refugees: integration courses by district (SOURCES section 4.3).

Its workbooks have no stable address: an analyst brings them with ``etl import file``, and nothing is ever asked for.
"""

from __future__ import annotations

from etl.sources.bamf.courses import parse, recognise
from etl.sources.base import Context, Part

__all__ = ["parse", "parts", "recognise"]


def parts(table: str, context: Context) -> list[Part]:
    """Nothing can be asked for."""
    return []
