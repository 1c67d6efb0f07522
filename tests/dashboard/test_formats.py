from __future__ import annotations

from datetime import date, datetime

import pytest

from dashboard import formats
from dashboard.periods import days_of, later, shown_id


@pytest.mark.parametrize(
    ("value", "decimals", "lang", "written"),
    [
        (1234567, 0, "de", "1.234.567"),
        (1234567, 0, "en", "1,234,567"),
        (14.04, 1, "de", "14,0"),
        (-12.5, 1, "de", "−12,5"),
        (-0.04, 1, "de", "0,0"),
        (0.25, 1, "en", "0.2"),
    ],
)
def test_numbers(value: float, decimals: int, lang: str, written: str):
    assert formats.number(value, decimals, lang) == written


def test_changes_carry_their_sign():
    assert [formats.signed(v, 1, "de") for v in (1.5, -1.5, 0.01)] == ["+1,5", "−1,5", "±0,0"]


@pytest.mark.parametrize(
    ("period", "de", "en"),
    [
        ("2024-12-31", "31.12.2024", "31 December 2024"),
        ("2024-06", "Juni 2024", "June 2024"),
        ("2024-Q2", "2. Quartal 2024", "Q2 2024"),
        ("2024", "2024", "2024"),
    ],
)
def test_periods(period: str, de: str, en: str):
    assert (formats.period(period, "de"), formats.period(period, "en")) == (de, en)


@pytest.mark.parametrize(
    ("status", "word"),
    [("secret", "unbekannt oder geheim"), ("pending", "noch nicht veröffentlicht"), ("ok", "keine Angabe")],
)
def test_what_is_not_published_is_a_word_and_never_a_zero(status: str, word: str):
    assert formats.figure(None, status, 0, None, "de") == word


def test_an_incomplete_sum_is_at_least():
    assert formats.figure(1500, "limited", 0, None, "de") == "mind. 1.500"


def test_a_zero_made_by_rounding_says_so():
    assert formats.figure(0, "rounded_zero", 0, None, "de") == "0 (gerundet)"
    assert formats.figure(0, "ok", 0, None, "de") == "0"


def test_units_stand_as_each_language_writes_them():
    assert formats.figure(14, "ok", 1, "%", "de") == "14,0\u00a0%"
    assert formats.figure(14, "ok", 1, "%", "en") == "14.0%"
    assert formats.figure(61229, "ok", 0, "Mio. €", "de") == "61.229\u00a0Mio. €"
    assert formats.figure(61229, "ok", 0, "m €", "en") == "€61,229m"
    assert formats.with_suffix("−1,700", "€", "en") == "−€1,700"


def test_moments_are_told_in_local_time():
    assert formats.moment(datetime(2026, 7, 1, 12, 0), "de") == "01.07.2026, 14:00 Uhr"


def test_months_and_days_of_no_year():
    assert (formats.month_name(6, "de"), formats.month_name(6, "en")) == ("Juni", "June")
    june = datetime(2024, 6, 30).date()
    assert (formats.day_of_year(june, "de"), formats.day_of_year(june, "en")) == ("30.06.", "30 June")


@pytest.mark.parametrize(
    ("stored", "shown", "german", "english"),
    [
        ("2023-10", "2023-WS", "Wintersemester 2023/24", "winter semester 2023/24"),
        ("1999-10", "1999-WS", "Wintersemester 1999/00", "winter semester 1999/00"),
        ("2024-04", "2024-SS", "Sommersemester 2024", "summer semester 2024"),
    ],
)
def test_a_semester_is_not_a_month(stored: str, shown: str, german: str, english: str):
    assert shown_id(stored, "semester") == shown
    assert (formats.period(shown, "de"), formats.period(shown, "en")) == (german, english)
    assert shown_id(stored, "month") == stored


def test_a_semester_covers_six_months():
    assert days_of("2023-WS") == (date(2023, 10, 1), date(2024, 3, 31))
    assert days_of("2024-SS") == (date(2024, 4, 1), date(2024, 9, 30))


def test_an_axis_has_short_names_of_semesters_and_quarters():
    short = [formats.short_period(p, "de") for p in ("1999-WS", "2024-SS", "2024-Q2", "2024")]
    assert short == ["WS 99/00", "SS 24", "Q2 24", "2024"]


@pytest.mark.parametrize(
    ("period", "months", "after"),
    [
        ("2024-11", 2, (date(2025, 1, 31), "2025-01")),
        ("2024-06-30", 3, (date(2024, 9, 30), "2024-09-30")),
        ("2024-Q4", 3, (date(2025, 3, 31), "2025-Q1")),
        ("2023-WS", 6, (date(2024, 9, 30), "2024-SS")),
        ("2024-SS", 6, (date(2025, 3, 31), "2024-WS")),
    ],
)
def test_a_later_period_keeps_its_form(period: str, months: int, after: tuple[date, str]):
    days = days_of(period)
    assert days and later(period, days[1], months) == after
