"""Figures and periods as a reader of either language expects them.

German: 159.335, 14,0 %, 31.12.2024, Juni 2024. English: 159,335, 14.0%, 31 December 2024, June 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from dashboard.metadata import Lang
from dashboard.periods import days_of
from dashboard.protection import PROTECTED
from dashboard.text import text

MINUS = "\u2212"
NARROW_SPACE = "\u202f"  # keeps a figure and its sign on one line
_LOCALES: dict[Lang, str] = {"de": "de_DE", "en": "en_GB"}
_HOME = ZoneInfo("Europe/Berlin")

# statuses that explain why there is no figure; another status without a figure is simply missing
NO_VALUE_STATUSES = frozenset(
    {"pending", "secret", "unreliable", "nil", "not_applicable", "suppressed", "limited", "break", "rounded_zero"}
)

# statuses under which a figure is given, but must not be read as final or complete
MARKED = frozenset({"provisional", "estimated", "limited", "unreliable"})


def number(value: float, decimals: int, lang: Lang) -> str:
    """``159.335`` / ``159,335``, rounded half to even to the decimals, with a real minus sign."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(value, format=pattern, locale=_LOCALES[lang])
    if written.startswith("-") and not any(c in "123456789" for c in written):
        written = written[1:]  # no minus before a rounded zero
    return written.replace("-", MINUS)


def signed(value: float, decimals: int, lang: Lang) -> str:
    """A change with its sign: ``+75.003``, ``−12``, ``±0``."""
    written = number(value, decimals, lang)
    if not any(c in "123456789" for c in written):
        return f"±{written}"
    return written if written.startswith(MINUS) else f"+{written}"


def with_suffix(written: str, suffix: str | None, lang: Lang) -> str:
    """A figure and its unit sign: ``14,0 %``, ``61.229 Mio. €``, in English ``14.0%``, ``€61,229m``."""
    if not suffix:
        return written
    if suffix == "%" and lang == "en":
        return f"{written}%"
    if suffix.endswith("€") and lang == "en":
        sign = written[: len(written) - len(written.lstrip(f"+±{MINUS}"))]
        return f"{sign}€{written.removeprefix(sign)}{suffix.removesuffix('€').strip()}"
    return f"{written}\u00a0{suffix}"


def figure(value: float | None, status: str, decimals: int, suffix: str | None, lang: Lang) -> str:
    """A figure as it stands in a table: with its unit sign, "at least" for an incomplete sum, a word for none.

    A zero that only rounding made says so: it may be one or two.
    """
    if status == PROTECTED:
        return text(lang, "secrets.figure")
    if value is None:
        return text(lang, f"status.{status if status in NO_VALUE_STATUSES else 'missing'}")
    written = with_suffix(number(value, decimals, lang), suffix, lang)
    said = {"limited": "figures.at_least", "rounded_zero": "figures.rounded"}.get(status)
    return text(lang, said, figure=written) if said else written


def period(period_id: str, lang: Lang) -> str:
    """A period in words: ``31.12.2024``, ``Juni 2024``, ``2. Quartal 2024``, ``Wintersemester 2023/24``, ``2024``."""
    if days_of(period_id) is None:
        return period_id
    if len(period_id) == 10:
        return day(date.fromisoformat(period_id), lang)
    if period_id.endswith("-WS"):
        return text(lang, "periods.winter", years=f"{period_id[:4]}/{(int(period_id[:4]) + 1) % 100:02}")
    if period_id.endswith("-SS"):
        return text(lang, "periods.summer", year=period_id[:4])
    if "Q" in period_id:
        return text(lang, "periods.quarter", quarter=period_id[-1], year=period_id[:4])
    if len(period_id) == 7:
        return format_date(date.fromisoformat(f"{period_id}-01"), "MMMM y", locale=_LOCALES[lang])
    return period_id


def when(period_id: str, lang: Lang, kind: str = "") -> str:
    """A period inside a sentence: ``am 31.12.2024``, ``im Juni 2024``, ``im Jahr 2024``.

    ``kind`` tells an average of a year from its sum: ``im Jahresdurchschnitt 2024``.
    """
    form = "average" if kind == "annual_average" and len(period_id) == 4 else _form(period_id)
    return text(lang, f"periods.on_{form}", period=period(period_id, lang))


def short_period(period_id: str, lang: Lang) -> str:
    """A semester or quarter as short as an axis needs it: ``WS 23/24``, ``SS 24``, ``Q2 24``; others in full."""
    year = int(period_id[:4]) if period_id[:4].isdecimal() else 0
    if period_id.endswith("-WS"):
        return text(lang, "periods.winter_short", years=f"{year % 100:02}/{(year + 1) % 100:02}")
    if period_id.endswith("-SS"):
        return text(lang, "periods.summer_short", year=f"{year % 100:02}")
    if "Q" in period_id:
        return f"{period_id[-2:]} {year % 100:02}"
    return period(period_id, lang)


def day(value: date, lang: Lang) -> str:
    """``31.12.2024`` / ``31 December 2024``."""
    return format_date(value, "dd.MM.y" if lang == "de" else "d MMMM y", locale=_LOCALES[lang])


def day_of_year(value: date, lang: Lang) -> str:
    """A day without its year: ``30.06.`` / ``30 June``."""
    return format_date(value, "dd.MM." if lang == "de" else "d MMMM", locale=_LOCALES[lang])


def month_name(month: int, lang: Lang) -> str:
    """``Juni`` / ``June``."""
    return format_date(date(2000, month, 1), "LLLL", locale=_LOCALES[lang])


def moment(value: datetime, lang: Lang) -> str:
    """A UTC time of the store in local time: ``22.11.2026, 16:15 Uhr``."""
    local = value.replace(tzinfo=UTC).astimezone(_HOME)
    return text(lang, "periods.moment", day=day(local.date(), lang), time=f"{local:%H:%M}")


def versus(period_id: str, lang: Lang) -> str:
    """A period that something is compared with: ``gegenüber dem 31.12.2023``, ``gegenüber 2023``."""
    return text(lang, f"periods.versus_{_form(period_id)}", period=period(period_id, lang))


def since(period_id: str, lang: Lang) -> str:
    """``vom 31.12.2014``, ``von 2014``: the beginning of a span."""
    return text(lang, f"periods.from_{_form(period_id)}", period=period(period_id, lang))


def listed(names: Sequence[str], lang: Lang) -> str:
    """``Gifhorn, Goslar und Peine``, each once."""
    different = list(dict.fromkeys(names))
    return text(lang, "figures.and").join(part for part in (", ".join(different[:-1]), different[-1]) if part)


def starting(period_id: str, lang: Lang) -> str:
    """``seit 31.12.2014``, ``seit 2014``: the beginning of what lasts up to the time that was said before."""
    return text(lang, f"periods.starting_{_form(period_id)}", period=period(period_id, lang))


def until(period_id: str, lang: Lang) -> str:
    """``bis zum 31.12.2024``, ``bis 2024``: the end of a span."""
    return text(lang, f"periods.to_{_form(period_id)}", period=period(period_id, lang))


def _form(period_id: str) -> str:
    if period_id.endswith(("-WS", "-SS")):
        return "semester"
    if "Q" in period_id:
        return "quarter"
    return {10: "day", 7: "month"}.get(len(period_id), "year")
