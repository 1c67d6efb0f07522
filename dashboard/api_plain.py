"""Pages of plain HTML, without script or WebSocket: for offices that forbid both, for screen readers and for print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from dashboard import formats
from dashboard.addresses import FILE_KINDS, chart_address, fixed, page_address
from dashboard.answers import Answer, BadRequestError, Question, answered
from dashboard.api_chart import MOST_SERIES, WIDTH_PARAMETER
from dashboard.charting import made
from dashboard.choices import SERIES_CHARTS, measures_of, periods_of
from dashboard.drawn import Drawing
from dashboard.frame_ancestors import frame_ancestors
from dashboard.labels import breakdown_label
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.past_state import MOST_ROWS, banner_text
from dashboard.plain_html import Html, Option, element, joined, link, listed, page, policy, select, table
from dashboard.revised import revision, revision_table
from dashboard.text import LANGUAGES, text
from dashboard.view import TOTAL, Note, View, address, bounds, language_of, read, to_params

INDEX = "/plain"
INDICATOR = "/plain/{indicator}"


async def index(request: Request) -> Response:
    """All indicators by theme; with ``i`` the page of that indicator, so that a page's parameters fit behind it."""
    return await answered(request, _index)


async def indicator(request: Request) -> Response:
    """One indicator: finding, picture, table, caveats, sources, files. Parameters are those of a page, and like there
    what does not fit falls back with a note."""
    return await answered(request, _indicator)


def _index(asked: Question) -> Answer:
    if asked.params.get("i", "").strip():
        return _indicator(asked)
    lang = language_of(asked.params)
    return Answer(f"{lang} {asked.folder}", lambda: _contents(asked, lang), "text/html", policy=_policy())


def _contents(asked: Question, lang: Lang) -> bytes:
    metadata = asked.metadata
    suffix = {} if lang == LANGUAGES[0] else {"lang": lang}
    body = [element("h1", text(lang, "plain.title")), element("p", text(lang, "plain.lead"))]
    body.append(_switch(f"{asked.folder}{INDEX}", {}, lang))
    for theme, members in groupby(metadata.indicators.values(), lambda i: i.theme):
        body.append(element("h2", text(lang, f"themes.{theme}")))
        body.append(listed(link(i.title.to(lang), address(f"{asked.folder}{INDEX}/{i.id}", suffix)) for i in members))
    return page(lang, text(lang, "plain.title"), body, folder=asked.folder)


def _indicator(asked: Question) -> Answer:
    wanted = asked.path.get("indicator", "")
    named = ",".join(part for part in (wanted, asked.params.get("i", "")) if part)
    lang = language_of(asked.params)
    if wanted and wanted not in asked.metadata.indicators:
        return Answer(lang, lambda: _missing(asked, lang), "text/html", policy=_policy(), status=404)
    view, notes = read({**asked.params, "i": named}, asked.metadata)
    if len(view.indicators) * len(view.regions) * len(view.breakdowns) > MOST_SERIES:
        raise BadRequestError(text(view.lang, "api.too_many_series", most=MOST_SERIES))
    return Answer(
        f"{view} {notes} {asked.folder} {asked.origin}",
        lambda: _view(asked, view, notes),
        "text/html",
        lasting=view.vintage is not None,
        policy=_policy(),
    )


def _missing(asked: Question, lang: Lang) -> bytes:
    said = text(lang, "plain.missing")
    suffix = {} if lang == LANGUAGES[0] else {"lang": lang}
    body = (element("h1", said), element("p", link(text(lang, "plain.title"), address(asked.folder + INDEX, suffix))))
    return page(lang, said, body, folder=asked.folder)


def _view(asked: Question, view: View, notes: tuple[Note, ...]) -> bytes:
    metadata, lang = asked.metadata, view.lang
    drawn = made(asked.store, metadata, view, "light")
    first = metadata.indicators[view.indicators[0]]
    body = joined(
        [
            *_notes(notes, lang),
            element("h1", drawn.headline),
            element("p", drawn.subtitle, class_="about"),
            *_past(asked, view, drawn),
            *_picture(asked, view, drawn),
            listed(drawn.caveats),
            *_sources(view, drawn, metadata),
            element("h2", text(lang, "explore.figures")),
            table(drawn.table, drawn.subtitle),
            element("h2", text(lang, "plain.choose")),
            _form(asked, view, first),
            element("h2", text(lang, "plain.files"), class_="screen"),
            _files(asked, view),
            _states(asked, view),
            element("h2", text(lang, "explore.method")),
            *_method(view, metadata),
        ]
    )
    return page(lang, f"{first.title.to(lang)}: {drawn.headline}", [body], folder=asked.folder)


def _notes(notes: Iterable[Note], lang: Lang) -> Iterator[Html]:
    said = [text(lang, n.key if "." in n.key else f"notes.{n.key}", **dict(n.values)) for n in dict.fromkeys(notes)]
    if said:
        yield element("div", *(element("p", one) for one in said), class_="note", role="note")


def _past(asked: Question, view: View, drawn: Drawing) -> Iterator[Html]:
    """What was revised since, where the address asks for an earlier state."""
    metadata, lang = asked.metadata, view.lang
    if view.vintage in (None, metadata.current):
        return
    found = revision(asked.store, metadata, view, drawn.figures if view.chart == "map" else None)
    yield element("div", element("p", banner_text([found], metadata, lang)), class_="note", role="note")
    rows = revision_table([found], metadata, lang, MOST_ROWS)
    if rows.rows:
        yield element("h2", text(lang, "past.then_and_now"))
        yield table(rows, text(lang, "past.own"))


def _picture(asked: Question, view: View, drawn: Drawing) -> Iterator[Html]:
    """The picture in the width that fits the reader's screen; its text stands in the page as well."""
    if not drawn.charts:
        return
    wide = asked.folder + chart_address(view, asked.metadata, "svg")
    narrow = f"{wide}{'&' if '?' in wide else '?'}{WIDTH_PARAMETER}=narrow"
    yield element(
        "figure",
        element(
            "picture",
            element("source", media="(max-width: 40rem)", srcset=narrow),
            element("img", src=wide, alt=" ".join(drawn.alts)),
        ),
    )


def _sources(view: View, drawn: Drawing, metadata: Metadata) -> Iterator[Html]:
    lang = view.lang
    for source in drawn.sources:
        licence = link(source.licence, source.licence_url) if source.licence_url else source.licence
        retrieved = text(lang, "sources.retrieved", day=formats.day(source.retrieved.date(), lang))
        named = text(lang, "sources.source", attribution=source.text)
        yield element("p", named, f" · {text(lang, 'sources.licence')}: ", licence, f" · {retrieved}", class_="about")
    vintage = metadata.vintages.get(view.vintage or metadata.current)
    if vintage:
        yield element("p", text(lang, "app.data_state", vintage=formats.moment(vintage.published_at, lang)))


def _form(asked: Question, view: View, first: Indicator) -> Html:
    """What can be chosen, as a form that any browser sends; several regions or parts stay one choice among others."""
    metadata, lang = asked.metadata, view.lang
    places = {r: metadata.regions[r].short.to(lang) for r in metadata.regions if r in first.regions}
    parts = {b or TOTAL: breakdown_label(b, first, metadata, lang) for b in first.breakdowns}
    measures: dict[str, str] = {m: text(lang, f"measures.{m}") for m in measures_of(first, view.breakdowns, metadata)}
    forms: dict[str, str] = {c: text(lang, f"charts.{c}") for c in (*SERIES_CHARTS, view.chart)}
    periods = {form: formats.period(p.id, lang) for form, p in periods_of([first]).items()}
    start, end = bounds(view, periods_of([first]))
    fields = [
        select(text(lang, "explore.regions"), "r", _options(places, ",".join(view.regions))),
        select(text(lang, "explore.breakdowns"), "b", _options(parts, ",".join(b or TOTAL for b in view.breakdowns))),
        select(text(lang, "explore.measure"), "as", _options(measures, view.measure)),
        select(text(lang, "explore.chart"), "chart", _options(forms, view.chart)),
        select(text(lang, "plain.from"), "from", _options(periods, start)),
        select(text(lang, "plain.to"), "to", _options(periods, end)),
    ]
    kept = {"i": ",".join(view.indicators[1:]), "v": view.vintage or "", "lang": "" if lang == "de" else lang}
    hidden = [element("input", type="hidden", name=key, value=value) for key, value in kept.items() if value]
    send = element("p", element("button", text(lang, "plain.show"), type="submit"))
    return element("form", *fields, *hidden, send, method="get", action=f"{asked.folder}{INDEX}/{first.id}")


def _options(known: Mapping[str, str], chosen: str) -> list[Option]:
    """The choices; what is chosen together stands first as one of them."""
    several = [] if chosen in known else [(chosen, ", ".join(known.get(c, c) for c in chosen.split(",")))]
    return [Option(value, label, value == chosen) for value, label in (*several, *known.items())]


def _files(asked: Question, view: View) -> Html:
    links = (
        element("li", link(text(view.lang, f"plain.{kind}"), asked.folder + chart_address(view, asked.metadata, kind)))
        for kind in FILE_KINDS
    )
    return element("ul", *links, class_="row screen")


def _states(asked: Question, view: View) -> Html:
    """The same view of the newest and of exactly this state, in the other language, and in the app."""
    metadata, lang = asked.metadata, view.lang
    exact = fixed(view, metadata)
    links = [
        link(text(lang, "plain.link_newest"), _own(asked, replace(view, vintage=None))),
        link(text(lang, "plain.link_fixed"), _own(asked, exact)),
        link(text(lang, "plain.in_app"), asked.folder + page_address(view, metadata)),
    ]
    other = next(known for known in LANGUAGES if known != lang)
    in_other = _own(asked, replace(view, lang=other))
    links.append(link(text(lang, "app.other_language"), in_other, lang=other, hreflang=other))
    return element("ul", *(element("li", one) for one in links), class_="row screen")


def _own(asked: Question, view: View) -> str:
    """The view's own plain page."""
    first, *others = view.indicators
    params = to_params(view, asked.metadata)
    params.pop("i", None)
    return address(f"{asked.folder}{INDEX}/{first}", ({"i": ",".join(others)} if others else {}) | params)


def _switch(path: str, params: Mapping[str, str], lang: Lang) -> Html:
    other = next(known for known in LANGUAGES if known != lang)
    to = address(path, {**params, **({} if other == LANGUAGES[0] else {"lang": other})})
    return element("p", link(text(lang, "app.other_language"), to, lang=other, hreflang=other), class_="screen")


def _method(view: View, metadata: Metadata) -> Iterator[Html]:
    lang = view.lang
    for known in (metadata.indicators[i] for i in view.indicators):
        yield element("h3", known.title.to(lang))
        yield element("p", f"{text(lang, 'explore.definition')}: {known.definition.to(lang)}")
        yield element("p", f"{text(lang, 'explore.reading')}: {known.reading.to(lang)}")
        yield listed(note.to(lang) for note in known.notes)


def _policy() -> str:
    return policy(frame_ancestors())
