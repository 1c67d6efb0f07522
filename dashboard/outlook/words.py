"""What the model finds, in sentences: headline, comparison, back-test, caveats; rounded as their errors ask."""

from __future__ import annotations

from datetime import date
from math import floor, log10

from dashboard import formats
from dashboard.metadata import Lang, Metadata
from dashboard.outlook.backtest import BackTest
from dashboard.outlook.evidence import POPULATION
from dashboard.outlook.scenario import Ahead, Prepared
from dashboard.text import text

_SURE = 3  # digits of a large number that follows from an age structure
_LARGE = 10_000
_ROUGH = 2  # digits of what stands on assumptions
_PERCENT = 100


def headline(ahead: Ahead, name: str, lang: Lang) -> str:
    """The finding: what age alone takes, and what would keep the labour force."""
    return f"{name}: {loss(ahead, lang)} {needed(ahead, lang)}"


def loss(ahead: Ahead, lang: Lang) -> str:
    """The change of people of working age without any migration."""
    change, share = _change(ahead.alone.people[-1], ahead.alone.people[0])
    values = {"start": ahead.years[0], "end": ahead.years[-1], "share": percent(share, lang)}
    if change >= 0:
        return text(lang, "outlook.gain", **values)
    return text(lang, "outlook.loss", **values, number=about(-change, _SURE if -change >= _LARGE else _ROUGH, lang))


def needed(ahead: Ahead, lang: Lang) -> str:
    """The yearly balance that would keep the labour force, with its range where the model could be tested."""
    if ahead.needed <= 0:
        return text(lang, "outlook.enough")
    number = about(ahead.needed, _ROUGH, lang)
    if ahead.spread is None:
        return text(lang, "outlook.needed_untested", number=number)
    low, high = needed_range(ahead, ahead.spread, lang)
    key = "outlook.needed" if ahead.usual else "outlook.needed_levers"
    return text(lang, key, number=number, low=low, high=high)


def needed_range(ahead: Ahead, spread: float, lang: Lang) -> tuple[str, str]:
    """The ends of the range of the balance needed."""
    return about(ahead.needed - spread, _ROUGH, lang), about(ahead.needed + spread, _ROUGH, lang)


def compared(ahead: Ahead, prepared: Prepared, lang: Lang) -> str:
    """The past balance beside it, and what would still be missing if it went on."""
    first, last = prepared.past_years(ahead.area)
    balance = formats.signed(_rounded(ahead.balance, _ROUGH), 0, lang)
    said = text(lang, "outlook.past", first=first, last=last, balance=balance)
    if ahead.more > 0:
        return f"{said} {text(lang, 'outlook.more', number=about(ahead.more, _ROUGH, lang))}"
    return f"{said} {text(lang, 'outlook.no_more')}"


def chosen(ahead: Ahead, lang: Lang) -> str:
    """What the reader's assumptions make of people of working age and labour force."""
    (_, people), (_, force) = (_change(course[-1], course[0]) for course in (ahead.chosen.people, ahead.chosen.force))
    return text(
        lang,
        "outlook.chosen",
        end=ahead.years[-1],
        start=ahead.years[0],
        people=about(ahead.chosen.people[-1], _SURE, lang),
        people_share=percent(people, lang),
        force=about(ahead.chosen.force[-1], _SURE, lang),
        force_share=percent(force, lang),
    )


def tested(test: BackTest, enough: int, metadata: Metadata, lang: Lang) -> str:
    """Whether the model beat constant growth in ``enough`` districts, in which it did not, and the errors of both."""
    names = [metadata.regions[one.region].short.to(lang) for one in test.districts if not one.better]
    key = "outlook.test_better" if test.better >= enough else "outlook.test_not_better"
    said = text(
        lang,
        key,
        start=test.start,
        end=test.end,
        better=test.better,
        count=len(test.districts),
        model=_error(test.region.model_error, lang),
        naive=_error(test.region.naive_error, lang),
        each_model=_error(sum(one.model_error for one in test.districts) / len(test.districts), lang),
        each_naive=_error(sum(one.naive_error for one in test.districts) / len(test.districts), lang),
    )
    return f"{said} {text(lang, 'outlook.test_worse_in', names=', '.join(names))}" if names else said


def caveats(ahead: Ahead, prepared: Prepared, metadata: Metadata, lang: Lang, *, from_zero: bool) -> tuple[str, ...]:
    """What must be read with the charts: no prediction, the band, where their axes begin, the census."""
    said = [text(lang, "outlook.no_prediction"), _set(ahead, lang)]
    if ahead.reliability:
        length = prepared.assumptions.settings["horizon"]
        said.append(
            text(
                lang,
                "outlook.band",
                coverage=prepared.assumptions.settings["coverage"],
                tests=ahead.reliability.tests,
                forecast=_percent(ahead.reliability.forecast * length, 1, lang),
                model=_percent(ahead.reliability.model * length, 1, lang),
                end=ahead.years[-1],
            )
        )
    else:
        said.append(text(lang, "outlook.no_band"))
    if not from_zero:
        said.append(text(lang, "caveats.axis"))
    said.append(text(lang, "outlook.rates_kept"))
    used = [one for one in prepared.assumptions.in_use if one.source]
    named = "; ".join(f"{one.title.to(lang)}: {one.source.to(lang)}" for one in used if one.source)
    said.append(text(lang, "outlook.assumed", named=named))
    day = formats.day(date(prepared.start, 12, 31), lang)
    later = next((b.at for b in metadata.indicators[POPULATION].breaks if b.at > date(prepared.start, 12, 31)), None)
    said.append(
        text(lang, "outlook.older_census", day=day, later=formats.day(later, lang))
        if later
        else text(lang, "outlook.structure_of", day=day)
    )
    if prepared.test and prepared.test.broken:
        said.append(text(lang, "outlook.test_broken"))
    return tuple(said)


def _set(ahead: Ahead, lang: Lang) -> str:
    """The reader's assumptions, so that a picture without its page says what it shows."""
    scenario = ahead.scenario
    wanted = _rounded(ahead.balance, _ROUGH) if scenario.migration is None else scenario.migration
    return text(
        lang,
        "outlook.set",
        migration=formats.signed(wanted, 0, lang),
        profile=text(lang, "outlook.profile_work" if scenario.profile == "work" else "outlook.profile_all"),
        participation=text(lang, "outlook.points", number=formats.signed(scenario.participation, 1, lang)),
        retention=formats.with_suffix(formats.number(scenario.retention, 0, lang), "%", lang),
    )


def about(value: float, digits: int, lang: Lang) -> str:
    """A number rounded to so many digits: ``121.000``."""
    return formats.number(_rounded(value, digits), 0, lang)


def percent(share: float, lang: Lang) -> str:
    """A change in per cent with its sign."""
    return formats.with_suffix(formats.signed(share, 1, lang), "%", lang)


def _error(value: float, lang: Lang) -> str:
    return _percent(value, 2, lang)


def _percent(value: float, decimals: int, lang: Lang) -> str:
    return formats.with_suffix(formats.number(value, decimals, lang), "%", lang)


def _change(now: float, before: float) -> tuple[float, float]:
    return float(now - before), float(now / before - 1) * _PERCENT


def _rounded(value: float, digits: int) -> float:
    if not value:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))
