"""Periods: ``2024``, ``2024-Q2``, ``2024-06``, ``2024-06-30``, ``2023-WS`` and the days they cover.

The store names a semester by the month it begins with (``2023-10``); here it is ``2023-WS`` or ``2024-SS``, so that
nobody takes it for a month.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

# kinds with one period a year: in an address the year alone names them
ANNUAL_KINDS = frozenset({"reference_date", "year", "annual_average"})

SEMESTER = "semester"
SEMESTERS = {"10": "WS", "04": "SS"}  # the winter semester begins in October, the summer semester in April
_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<semester>WS|SS)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?", re.ASCII
)


@dataclass(frozen=True, order=True)
class Period:
    """One period of an indicator; periods sort by their last day."""

    end: date
    start: date
    id: str
    kind: str


def days_of(text: str) -> tuple[date, date] | None:
    """First and last day of what a period text names; None if it names no period."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, quarter, month, day = (int(part) if part else None for part in match.group("year", "quarter", "month", "day"))
    try:
        if year and match["semester"]:
            winter = match["semester"] == "WS"
            return (date(year, 10, 1), date(year + 1, 3, 31)) if winter else (date(year, 4, 1), date(year, 9, 30))
        if year is None or day is not None:
            exact = date(year or 0, month or 0, day or 0)
            return exact, exact
        if quarter is not None:
            return date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, monthrange(year, 3 * quarter)[1])
        if month is not None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:  # 2024-02-31, month 13, year 0
        return None


def year_before(day: date) -> date:
    """The same day a year earlier; the last of February stays the last."""
    if day.month == 2 and day.day == monthrange(day.year, 2)[1]:
        return date(day.year - 1, 2, monthrange(day.year - 1, 2)[1])
    return day.replace(year=day.year - 1)


def later(period_id: str, end: date, months: int) -> tuple[date, str]:
    """Last day and id of the period that ends so many months later, in the form of the given one."""
    year, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    last = date(year, month + 1, monthrange(year, month + 1)[1])
    if len(period_id) == 10:
        return last, last.isoformat()
    if "Q" in period_id:
        return last, f"{year}-Q{month // 3 + 1}"
    if period_id.endswith(("-WS", "-SS")):
        return last, f"{year - 1}-WS" if last.month == 3 else f"{year}-SS"
    return last, f"{year}-{last.month:02}"


def shown_id(period_id: str, kind: str) -> str:
    """The store's period under the id that the dashboard uses: a semester as such, all others as they are."""
    if kind != SEMESTER:
        return period_id
    year, _, month = period_id.partition("-")
    return f"{year}-{SEMESTERS.get(month, month)}"
