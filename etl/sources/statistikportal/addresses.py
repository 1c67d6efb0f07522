"""Addresses below statistikportal.de, which carry the month of upload: known ones, and guesses of the next."""

from __future__ import annotations

import re

from etl.sources.base import Request

_YEAR = re.compile(r"\{year(?:([+-])(\d))?\}")


def expanded(paths: tuple[str, ...], years: tuple[int, ...]) -> tuple[str, ...]:
    """The paths with ``{year}``, ``{year-1}``, ``{year+1}`` filled in, year by year; those without come last."""
    guessed = [_filled(path, year) for year in years for path in paths if _YEAR.search(path)]
    return tuple(dict.fromkeys([*guessed, *(path for path in paths if not _YEAR.search(path))]))


def requests(address: str, paths: tuple[str, ...]) -> tuple[Request, ...]:
    """One request a path; its name keeps stored replies of several editions apart."""
    return tuple(Request(f"{address}/{path}", name=re.sub(r"[^A-Za-z0-9.-]", "-", path)) for path in paths)


def _filled(path: str, year: int) -> str:
    return _YEAR.sub(lambda m: str(year + (int(f"{m[1]}{m[2]}") if m[1] else 0)), path)
