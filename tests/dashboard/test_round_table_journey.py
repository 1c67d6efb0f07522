"""A meeting's file in a real browser: put together by clicking, passed on as a link, read on a phone, taken along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.meeting.document import document_of
from dashboard.meeting.model import MeetingFile
from dashboard.meeting.typeset import KINDS, typeset
from dashboard.meeting.written import LONGEST_LINK, unpacked
from dashboard.metadata_reading import read_metadata
from dashboard.store import current_store
from tests.accessibility import GROUNDS, heading_faults, headings, nameless, too_wide, violations, visit_on
from tests.addresses import FORMS
from tests.browsing import PATIENCE, open_all, settle, visit
from tests.dashboard import revised_extract
from tests.dashboard.meeting_files import READERS, bare, missing_of

THEMES = {"Zuwanderung": 6, "Beschäftigung": 5, "Arbeitslosigkeit und Leistungen": 1}  # how many charts of each
NOTE = "Zu besprechen: Wer bietet das schon an? Die Ausländerbehörde berichtet über Wartezeiten ({n})."


@contextmanager
def context_of(browser: Browser, width: int) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 400 else 812}, locale="de-DE", accept_downloads=True
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    with context_of(browser, 1280) as context:
        yield context


@pytest.fixture()
def phone(browser: Browser) -> Iterator[Page]:
    with context_of(browser, 375) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def made(extract_server: str, desk: BrowserContext) -> tuple[str, dict[str, bytes]]:
    """The link of a file with 12 charts that was made by clicking, and the files that were downloaded with it."""
    page = desk.new_page()
    visit(page, extract_server)
    charts = 0
    for name, number in THEMES.items():
        page.get_by_role("button", name="Themen").click()
        page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        settle(page)
        for n in range(number):
            page.get_by_role("button", name="Zur Mappe").nth(n).click()
            charts += 1
            expect(page.locator("[data-testid=stToast]").last).to_contain_text(f"jetzt {charts} ")
            settle(page)
    page.get_by_role("button", name="Handeln").click()
    page.get_by_role("link", name="Sitzungsmappe", exact=True).locator("visible=true").first.click()
    page.wait_for_url("**/round-table**")
    settle(page)
    write(page, "Titel", "Runder Tisch, 4. Sitzung")
    for n in range(1, charts + 1):
        write(page, f"Überschrift zu Diagramm {n}", f"Überschrift Größe {n}")
        write(page, f"Notiz zu Diagramm {n}", NOTE.format(n=n))
    write(page, "Ort", "Rathaus")
    files = {}
    for kind, label in {"pdf": "PDF (A4)", "pptx": "Präsentation (PPTX)", "html": "HTML-Datei"}.items():
        with page.expect_download() as loading:
            page.get_by_role("button", name=label).click()
        assert loading.value.suggested_filename == f"runder-tisch-4-sitzung.{kind}"
        files[kind] = Path(loading.value.path()).read_bytes()
    link = page.locator("[data-testid=stCode]").first.inner_text().strip()
    page.close()
    return link, files


def write(page: Page, label: str, said: str) -> None:
    """Writes into a field and leaves it, which is when the page takes it over."""
    page.get_by_role("textbox", name=label, exact=True).fill(said)
    page.keyboard.press("Tab")
    settle(page, 50)


def file_of(link: str) -> MeetingFile:
    return unpacked(link.partition("#f=")[2])


def test_twelve_charts_that_were_clicked_together_are_one_short_link(made: tuple[str, dict[str, bytes]]):
    file = file_of(made[0])
    assert len(made[0]) < LONGEST_LINK == 8_000
    assert len(file.charts) == 12 and len({chart.view for chart in file.charts}) == 12
    assert [chart.note for chart in file.charts] == [NOTE.format(n=n) for n in range(1, 13)]
    assert (file.title, file.place) == ("Runder Tisch, 4. Sitzung", "Rathaus") and file.vintage


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_downloaded_says_of_every_chart_what_its_route_says(
    extract_server: str, desk: BrowserContext, made: tuple[str, dict[str, bytes]], kind: str
):
    link, files = made
    file, said = file_of(link), bare(READERS[kind](files[kind]))
    for chart in file.charts:
        answer = desk.request.get(f"{extract_server}/chart/v1/view.json?{chart.view}&v={file.vintage}").json()
        assert missing_of(answer, said) == [], chart.view
        assert bare(chart.heading) in said and bare(chart.note) in said
    assert bare("Datenstand 22.11.2026, 23:31 Uhr") in said


def test_the_same_link_after_a_revision_shows_then_and_now(
    made: tuple[str, dict[str, bytes]], extract_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = revised_extract.build_later(tmp_path, extract_data)
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))
    store = current_store()
    document = document_of(file_of(made[0]), store, read_metadata(store), origin="", today=date(2026, 12, 2))
    revised = [part for part in document.parts if part.then_now]
    assert len(revised) > 6 and all(part.past for part in document.parts)
    said = bare(READERS["pdf"](typeset("pdf", document)))
    for part in revised:
        assert part.then_now and part.then_now.columns[-3:] == ("damals", "heute", "Unterschied")
        assert bare(part.past) in said
        assert all(bare("".join(cell.text for cell in row)) in said for row in part.then_now.rows)


def test_a_member_without_account_reads_it_on_a_phone_and_takes_the_pdf_along(
    phone: Page, made: tuple[str, dict[str, bytes]]
):
    page, (link, files) = phone, made
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    visit(page, link)
    assert page.get_by_role("heading", level=1).inner_text() == "Runder Tisch, 4. Sitzung"
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == [f"{n} Überschrift Größe {n}" for n in range(1, 13)]
    charts = page.locator("[data-testid=stVegaLiteChart]:visible")
    assert charts.count() >= 12
    for chart in charts.all():
        box = chart.bounding_box()
        assert box and box["width"] > 200 and box["height"] > 100 and box["x"] + box["width"] <= 375
        assert chart.get_attribute("aria-label")
    for n in range(1, 13):
        expect(page.get_by_text(NOTE.format(n=n))).to_be_visible()
    assert too_wide(page) == []
    with page.expect_download() as loading:
        page.get_by_role("button", name="PDF (A4)").click()
    assert Path(loading.value.path()).read_bytes() == files["pdf"]
    # what the file says went over the page's own connection: in no address, which servers and proxies write down
    packed = link.partition("#f=")[2]
    assert len(asked) > 20 and [one for one in asked if packed[:40] in one[0] or packed[:40] in one[1]] == []


@pytest.mark.parametrize("ground", GROUNDS)
def test_working_on_a_file_keeps_the_rules_of_accessibility(
    extract_server: str, phone: Page, ground: Literal["light", "dark"]
):
    visit_on(phone, extract_server + FORMS["round-table-file"], ground)
    phone.get_by_role("button", name="Diese Mappe bearbeiten").click()
    expect(phone.get_by_role("heading", name="Deckblatt")).to_be_visible()
    settle(phone)
    open_all(phone)
    assert violations(phone) == [] and nameless(phone) == []
    assert heading_faults(headings(phone)) == [] and too_wide(phone) == []


def test_the_keyboard_puts_a_chart_into_the_file(extract_server: str, desk: BrowserContext):
    page = desk.new_page()
    visit(page, f"{extract_server}/explore?r=03101")
    page.get_by_role("button", name="Zur Mappe").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=stToast]")).to_contain_text("In die Mappe gelegt")
    page.close()
