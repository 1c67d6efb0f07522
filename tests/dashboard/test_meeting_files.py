"""PDF, presentation and HTML of a meeting's file: complete, real text, nothing of a reader's read as markup."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from html import unescape
from pathlib import Path

import pptx
import pypdf
import pytest
from lxml import etree
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.meeting.document import Document, document_of
from dashboard.meeting.model import Chart, MeetingFile
from dashboard.meeting.typeset import KINDS, typeset
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.store import Store, current_store
from dashboard.text import text
from tests.addresses import DISTRICTS, MEETING
from tests.dashboard.meeting_files import READERS, bare, missing_of, parsed_html
from tests.dashboard.revised_extract import EARLIER

ORIGIN = "https://monitor.example.org"
HOSTILE = '#let x = 1; *fett* $x^2$ <b>&amp;</b> {title} \\u{41} [a](b) "q" =SUM(A1) @ref #link("https://x.y")'


@pytest.fixture()
def extract_store(extract_data: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))
    return current_store()


def document(file: MeetingFile, store: Store, **options: str) -> Document:
    return document_of(
        file, store, read_metadata(store), origin=options.get("origin", ORIGIN), today=date(2026, 12, 1), lang=None
    )


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_format_says_what_the_routes_say(extract_store: Store, lang: str):
    client = TestClient(Starlette(routes=ROUTES))
    metadata = read_metadata(extract_store)
    file = MEETING.model_copy(update={"lang": lang, "vintage": metadata.current})
    made = document(file, extract_store)
    said = {kind: bare(READERS[kind](typeset(kind, made))) for kind in KINDS}
    for chart in file.charts[:4]:
        answer = client.get(f"/chart/v1/view.json?{chart.view}&v={metadata.current}&lang={lang}").json()
        for kind in KINDS:
            assert missing_of(answer, said[kind]) == [], kind
    for kind in KINDS:
        own = [file.title, file.place, *file.participants.splitlines(), *(c.heading for c in file.charts[:4])]
        own += [line for chart in file.charts for line in chart.note.splitlines()]
        own += [value for part in made.parts for _, value in part.filters]
        own += [part.state for part in made.parts] + [*made.sources, *made.news]
        own += [f"{name}: {definition}" for name, definition in made.methods] if kind != "html" else []
        assert [one for one in own if bare(one) not in said[kind]] == [], kind


def test_a_chart_whose_indicator_is_gone_is_named_and_not_replaced(extract_store: Store):
    made = document(MEETING, extract_store)
    assert [part.number for part in made.parts] == [1, 2, 3, 4]
    assert text("de", "round_table.notes.lost", number=5, heading=MEETING.charts[4].heading) in made.closing


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_reader_writes_stays_text(extract_store: Store, kind: str):
    file = MeetingFile(
        title=HOSTILE,
        place=HOSTILE,
        participants=HOSTILE,
        charts=(Chart(view="i=foreign_population&r=BSR", heading=HOSTILE[:100], note=f"{HOSTILE}\n{HOSTILE}"),),
    )
    said = bare(READERS[kind](typeset(kind, document(file, extract_store))))
    assert said.count(bare(HOSTILE)) >= 4 and bare(HOSTILE[:100]) in said


def test_the_pdf_is_tagged_has_text_and_knows_its_language(extract_store: Store):
    body = typeset("pdf", document(MEETING, extract_store))
    found = pypdf.PdfReader(io.BytesIO(body))
    assert found.metadata and found.metadata.title == MEETING.title
    root = found.trailer["/Root"]
    assert root["/Lang"] == "de" and root["/MarkInfo"]["/Marked"]
    assert all(round(float(page.mediabox.width)) == 595 for page in found.pages)
    # the names of the districts inside the charts are letters and no picture of them
    assert bare("Wolfenbüttel") in bare(found.pages[3].extract_text())
    assert b"/Image" not in body.replace(b"/ImageB", b"").replace(b"/ImageC", b"").replace(b"/ImageI", b"")
    assert typeset("pdf", document(MEETING, extract_store)) == body


def test_the_html_asks_nobody_for_anything(extract_store: Store):
    body = typeset("html", document(MEETING, extract_store))
    found = parsed_html(body)
    assert found.fetched == [] and found.language == "de"
    assert body.count(b"<svg") == 3 + 4  # figures of lines, bars and map; codes of all four
    assert "default-src 'none'" in unescape(body.decode()) and b"@import" not in body and b"url(http" not in body


def test_ids_inside_the_figures_meet_nowhere(extract_store: Store):
    body = typeset("html", document(MEETING, extract_store)).decode()
    root = etree.HTML(body)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_the_figures_of_the_presentation_are_vectors_with_a_text(extract_store: Store):
    body = typeset("pptx", document(MEETING, extract_store))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        vectors = [name for name in names if name.endswith(".svg")]
        assert len(vectors) == 3 and all(b"<svg" in archive.read(name) for name in vectors)
    slides = pptx.Presentation(io.BytesIO(body)).slides
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    described = [shape._element.nvPicPr.cNvPr.get("descr") for shape in pictures]
    assert (
        len(pictures) == 3 + 4
        and all(described)
        and sum("svgBlip" in etree.tostring(p._element).decode() for p in pictures) == 3
    )
    assert all(slide.shapes.title.text_frame.text for slide in slides)
    width, height = 12_193_200, 6_858_000  # EMU
    for slide in slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= width + 2000, shape.name
            assert shape.top >= 0 and shape.top + shape.height <= height + 2000, slide.shapes.title.text_frame.text


@pytest.mark.parametrize("origin", ["", ORIGIN])
def test_a_link_that_leads_nowhere_has_no_code(extract_store: Store, origin: str):
    made = document(MEETING, extract_store, origin=origin)
    assert {bool(part.code) for part in made.parts} == {bool(part.link) for part in made.parts} == {bool(origin)}
    for kind in KINDS:
        assert bare(made.parts[0].heading) in bare(READERS[kind](typeset(kind, made)))


@pytest.fixture()
def older(revised_metadata: Metadata) -> MeetingFile:
    """A file that was made at an earlier state of the data."""
    return MeetingFile(
        title="Frühere Sitzung",
        vintage=EARLIER,
        since=date(2026, 3, 2),
        charts=(
            Chart(view="i=foreign_population&r=BSR,03101"),
            Chart(view=f"i=naturalisations&r={DISTRICTS}&chart=bar", heading="Einbürgerungen"),
            Chart(view=f"i=residence_permits&r={DISTRICTS}&chart=table"),
        ),
    )


def test_an_older_file_shows_then_and_now_for_each_chart(revised_store: Store, older: MeetingFile):
    made = document(older, revised_store)
    for part in made.parts:
        assert part.past and part.then_now and part.state.startswith("Datenstand 01.03.2026")
    table = made.parts[0].then_now
    assert table and table.columns[-3:] == ("damals", "heute", "Unterschied")
    assert {row[-1].text for row in table.rows} == {"+5"}  # what revised_extract took away
    for kind in KINDS:
        said = bare(READERS[kind](typeset(kind, made)))
        for part in made.parts:
            assert bare(part.past) in said
            assert part.then_now and all(bare("".join(c.text for c in row)) in said for row in part.then_now.rows)


def test_the_same_file_at_the_newest_state_has_nothing_to_compare(revised_store: Store, older: MeetingFile):
    made = document(older.model_copy(update={"vintage": read_metadata(revised_store).current}), revised_store)
    assert [part.past for part in made.parts] == ["", "", ""] and {part.then_now for part in made.parts} == {None}


def test_news_tell_what_came_between_the_last_meeting_and_this_state(revised_store: Store, older: MeetingFile):
    metadata = read_metadata(revised_store)
    made = document(older.model_copy(update={"vintage": metadata.current}), revised_store)
    lead, *sentences = made.news
    assert "02.03.2026" in lead and "01.03.2026" in lead and "22.11.2026" in lead
    titles = [metadata.indicators[i].title.de for i in ("foreign_population", "naturalisations", "residence_permits")]
    for title in titles:
        assert any(one.startswith(f"{title}: ") and "revidiert" in one and "neue" in one for one in sentences)
    assert len(sentences) == 4 and "Andere Kennzahlen" in sentences[-1]
    expected = {e.title.de for e in metadata.events if date(2026, 3, 2) < e.at <= date(2026, 12, 1)}
    assert len(made.events) == len(expected) and all(any(title in line for line in made.events) for title in expected)
    assert made.revised and len(made.revised.rows) > 5


@pytest.mark.parametrize(
    ("since", "key"), [(date(2020, 1, 1), "before_all"), (date(2026, 11, 29), "same"), (None, None)]
)
def test_news_claim_nothing_that_is_not_known(
    revised_store: Store, older: MeetingFile, since: date | None, key: str | None
):
    current = read_metadata(revised_store).current
    made = document(older.model_copy(update={"vintage": current, "since": since}), revised_store)
    assert made.revised is None
    if key is None:
        assert made.news == ()
        return
    (lead,) = made.news
    assert lead.startswith(
        text("de", f"round_table.news.{key}", day=f"{since:%d.%m.%Y}", oldest="?", now="?", then="?").split("?")[0]
    )


def test_the_first_states_counts_are_those_of_all_changes(revised_store: Store):
    from dashboard.changes import changes_between, changes_of

    metadata = read_metadata(revised_store)
    whole = changes_between(revised_store, metadata, EARLIER, metadata.current)
    assert whole == changes_of(revised_store, metadata, metadata.current) and whole.revised > 1000 < whole.new
