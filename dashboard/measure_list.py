"""The list of measures: what its table and its timeline say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard import formats
from dashboard.charts.model import FOOTER_WIDTH, ChartModel, footer_lines
from dashboard.charts.palette import PALETTES, Theme
from dashboard.charts.timeline import Bar
from dashboard.labels import Scale
from dashboard.metadata import Lang, Metadata
from dashboard.prose import html_link
from dashboard.registers import Citation, Measure, Term
from dashboard.text import text

COLUMNS = ("name", "lead", "duty", "status", "span", "groups", "budget", "source")


def list_headline(measures: Sequence[Measure], lang: Lang) -> str:
    """How many there are, how many run, and how many the law demands; of a single one its name."""
    if len(measures) == 1:
        (measure,) = measures
        duty = text(lang, f"measures_page.duty.{measure.duty}")
        name = measure.name.to(lang)
        return text(lang, "measures_page.headline_one", name=name, duty=duty, span=span_of(measure, lang))
    said = {
        "count": len(measures),
        "running": sum(m.status == "running" for m in measures),
        "legal": sum(m.duty == "legal" for m in measures),
        "voluntary": sum(m.duty == "voluntary" for m in measures),
    }
    return text(lang, "measures_page.headline_list", **said)


def timeline_bars(measures: Sequence[Measure], today: date, lang: Lang) -> tuple[Bar, ...]:
    """The bars of the measures whose start is known, the earliest first. Those that go on reach to ``today``."""
    started = [(m.start, m) for m in measures if m.start]
    bars = []
    for first, measure in sorted(started, key=lambda one: one[0]):
        last = measure.end or today
        words = f"{span_of(measure, lang)}, {text(lang, f'measures_page.duty.{measure.duty}')}"
        bars.append(
            Bar(measure.short.to(lang), first, max(first, last), measure.end is None, measure.duty == "legal", words)
        )
    return tuple(bars)


def without_start(measures: Sequence[Measure], lang: Lang) -> list[str]:
    """The names of the measures that the timeline cannot show."""
    return [m.name.to(lang) for m in measures if m.start is None]


def list_rows(measures: Sequence[Measure], metadata: Metadata, lang: Lang) -> list[tuple[str, ...]]:
    """The rows of the list's table, its cells as HTML."""
    return [
        (
            escape(m.name.to(lang)),
            escape(m.lead.to(lang)),
            escape(text(lang, f"measures_page.duty.{m.duty}")),
            escape(text(lang, f"measures_page.status.{m.status}")),
            escape(span_of(m, lang)),
            escape(", ".join(names_of(m.groups, metadata.registers.groups, lang)) or "–"),
            escape(m.budget.to(lang) if m.budget else text(lang, "measures_page.no_budget")),
            "; ".join(html_link(source.text.to(lang), source.link) for source in m.sources),
        )
        for m in measures
    ]


def names_of(ids: Sequence[str], terms: Mapping[str, Term], lang: Lang) -> list[str]:
    """The names of groups or topics; what the register no longer knows has none."""
    return [terms[i].name.to(lang) for i in ids if i in terms]


def span_of(measure: Measure, lang: Lang) -> str:
    """From when to when, as exactly as the source says it."""
    first, last = (formats.period(day, lang) if day else "" for day in (measure.begins, measure.ends))
    if not first:
        return text(lang, "measures_page.no_start")
    return text(lang, "periods.span", first=first, last=last) if last else text(lang, "measures_page.since", day=first)


def source_line(sources: Sequence[Citation], lang: Lang) -> str:
    """The source line inside a picture: every source once."""
    named = "; ".join(dict.fromkeys(source.text.to(lang) for source in sources))
    return text(lang, "measures_page.footer", sources=named)


def register_model(footer: str, theme: Theme, lang: Lang) -> ChartModel:
    """The model of a picture without figures: its ground, its language, its source line."""
    lines = tuple(footer_lines(footer, FOOTER_WIDTH))
    return ChartModel((), (), Scale("", None, 0), (), lines, PALETTES[theme], lang, annual=True)
