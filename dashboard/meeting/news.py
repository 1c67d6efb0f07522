"""Neu seit der letzten Sitzung: new periods, revisions and events since a day, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.changes import Changes, changes_between, counts, sentences
from dashboard.meeting.model import MeetingFile
from dashboard.metadata import Event, Lang, Metadata
from dashboard.queries import view_figures
from dashboard.revised import Revision, compared, merged
from dashboard.store import Store
from dashboard.text import text
from dashboard.view import View

_HOME = ZoneInfo("Europe/Berlin")
_VINTAGE = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class News:
    """What is new between the last meeting and the file's state of the data.

    ``lead`` says of which states; ``own`` are sentences about the file's indicators, ``others`` one about all others,
    ``events`` those dated in between; ``revisions`` what of the file's charts is told otherwise now.
    """

    lead: str
    own: tuple[str, ...]
    others: str
    events: tuple[Event, ...]
    revisions: tuple[Revision, ...]


def news_of(
    file: MeetingFile, views: Sequence[View], store: Store, metadata: Metadata, lang: Lang, today: date
) -> News | None:
    """The news of a file whose charts show ``views``; None if it does not say when the last meeting was.

    Events count up to the day of the meeting, or up to ``today``.
    """
    if file.since is None:
        return None
    later = file.vintage if file.vintage in metadata.vintages else metadata.current
    until = file.day or today
    events = tuple(e for e in metadata.events if file.since < e.at <= until)
    earlier = vintage_at(file.since, metadata)
    day = formats.day(file.since, lang)
    if earlier is None:
        oldest = min(v.published_at for v in metadata.vintages.values())
        lead = text(lang, "round_table.news.before_all", day=day, oldest=formats.moment(oldest, lang))
        return News(lead, (), "", events, ())
    states = {
        "day": day,
        "then": formats.moment(metadata.vintages[earlier].published_at, lang),
        "now": formats.moment(metadata.vintages[later].published_at, lang),
    }
    if earlier >= later:
        return News(text(lang, "round_table.news.same", **states), (), "", events, ())
    changes = changes_between(store, metadata, earlier, later)
    shown = {i for view in views for i in view.indicators}
    own, others = (
        Changes(later, tuple(c for c in changes.indicators if (c.indicator in shown) is wanted))
        for wanted in (True, False)
    )
    said = sentences(own, metadata, lang) or (text(lang, "round_table.news.none_own"),)
    return News(
        lead=text(lang, "round_table.news.lead", **states),
        own=said,
        others=_others(others, lang),
        events=events,
        revisions=merged([revised_between(store, metadata, view, earlier, later) for view in dict.fromkeys(views)]),
    )


def vintage_at(day: date, metadata: Metadata) -> str | None:
    """The state of the data that was current at the end of a day in Braunschweig; None before the first one."""
    end = datetime.combine(day, time.max, _HOME).astimezone(UTC).strftime(_VINTAGE)
    return max((v for v in metadata.vintages if v <= end), default=None)


def revised_between(store: Store, metadata: Metadata, view: View, earlier: str, later: str) -> Revision:
    """What of a view's figures is told otherwise in the later of two states."""
    series = replace(view, chart="line")
    then, now = (view_figures(store, metadata, replace(series, vintage=v)) for v in (earlier, later))
    return compared(then, now, view, metadata)


def _others(others: Changes, lang: Lang) -> str:
    if not others.indicators:
        return text(lang, "round_table.news.no_others")
    return text(lang, "round_table.news.others", number=len(others.indicators), counts=counts(others, lang))
