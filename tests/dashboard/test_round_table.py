"""The page of the meeting's file: putting charts in from any page, ordering, writing, loading, passing on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.meeting.downloads import file_name, link_of
from dashboard.meeting.draft import day_of
from dashboard.meeting.model import MOST_CHARTS, Chart, MeetingFile
from dashboard.meeting.prepared import opened as opened_file
from dashboard.meeting.prepared import prepared_files
from dashboard.meeting.written import packed, unpacked
from dashboard.metadata_reading import read_metadata
from dashboard.store import current_store
from dashboard.text import LANGUAGES, text
from tests.dashboard.reading import opened
from tests.dashboard.revised_extract import EARLIER

CHARTS = tuple(Chart(view=f"i={i}&r=BSR") for i in ("foreign_population", "naturalisations", "employees"))


@pytest.fixture(autouse=True)
def _figures(extract_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of this file reads the figures that the project brings along."""
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))


def given(file: MeetingFile, **link: str) -> AppTest:
    return opened("round_table.py", f=packed(file), **link)


def edited(file: MeetingFile) -> AppTest:
    at = given(file)
    at.button(key="edit_given").click().run()
    assert not at.exception and "f" not in at.query_params
    return at


def shared(at: AppTest) -> MeetingFile:
    """The file that the link on the page holds."""
    return unpacked(at.code[0].value.partition("#f=")[2])


def test_every_page_with_a_chart_puts_it_into_the_file():
    for script in ("explore.py", "map.py", "comparison.py", "immigration.py", "counselling.py"):
        at = opened(script)
        (button, *_) = [b for b in at.button if b.label == "Zur Mappe"]
        button.click().run()
        assert not at.exception and at.toast[0].value == text("de", "round_table.added_first", number=1)
        at.switch_page("round_table.py").run()
        file = shared(at)
        assert len(file.charts) == 1 and file.vintage == read_metadata(current_store()).current
        assert at.subheader[0].value.startswith("1 ")


def test_charts_are_moved_removed_and_written_to():
    at = edited(MeetingFile(title="Runder Tisch", charts=CHARTS))
    ids = [int(b.key.rpartition("_")[2]) for b in at.button if b.key and b.key.startswith("file_remove_")]
    at.text_input(key=f"file_heading_{ids[1]}_1").set_value("Neue Überschrift").run()
    at.text_area(key=f"file_note_{ids[1]}_1").set_value("Zeile 1\nZeile 2").run()
    at.button(key=f"file_up_{ids[1]}").click().run()
    at.button(key=f"file_down_{ids[0]}").click().run()
    file = shared(at)
    assert [chart.view for chart in file.charts] == [CHARTS[n].view for n in (1, 2, 0)]
    assert (file.charts[0].heading, file.charts[0].note) == ("Neue Überschrift", "Zeile 1\nZeile 2")
    assert at.button(key=f"file_up_{ids[1]}").disabled and at.button(key=f"file_down_{ids[0]}").disabled
    at.button(key=f"file_remove_{ids[2]}").click().run()
    assert [chart.view for chart in shared(at).charts] == [CHARTS[n].view for n in (1, 0)]


def test_a_file_that_is_worked_on_is_pinned_and_can_be_emptied():
    at = edited(MeetingFile(charts=CHARTS[:1]))
    assert shared(at).vintage == read_metadata(current_store()).current
    at.button(key="clear").click().run()
    assert not at.exception and not at.code and any(b.key == "open_lage" for b in at.button)


def test_the_cover_is_written_and_a_day_that_is_none_is_told():
    at = edited(MeetingFile(charts=CHARTS[:1]))
    for name, said in {"title": "4. Sitzung", "day": "3.12.2026", "since": "2026-06-04", "place": "Rathaus"}.items():
        at.text_input(key=f"file_{name}_1").set_value(said).run()
    at.text_area(key="file_participants_1").set_value("Stadt\nAgentur").run()
    file = shared(at)
    assert (file.title, file.day, file.since) == ("4. Sitzung", date(2026, 12, 3), date(2026, 6, 4))
    assert (file.place, file.participants) == ("Rathaus", "Stadt\nAgentur")
    at.text_input(key="file_day_1").set_value("bald").run()
    assert "„bald“" in at.warning[0].value and shared(at).day == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("", None),
        (" 3. 12. 2026 ", date(2026, 12, 3)),
        ("2026-12-03", date(2026, 12, 3)),
        ("03.12.2026", date(2026, 12, 3)),
    ],
)
def test_days_are_read_as_they_are_written(said: str, day: date | None):
    assert day_of(said) == day


@pytest.mark.parametrize("said", ["31.02.2026", "bald", "12/03/2026", "²³.12.2026", "2026"])
def test_what_is_no_day_is_refused(said: str):
    with pytest.raises(ValueError):
        day_of(said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shared_file_is_read_with_everything_in_it(lang: str):
    file = MeetingFile(
        title="Runder Tisch",
        day=date(2026, 12, 3),
        since=date(2026, 11, 29),
        charts=(CHARTS[0].model_copy(update={"heading": "Bestand", "note": "Eine Notiz"}), *CHARTS[1:]),
    )
    at = given(file, lang=lang)
    assert at.title[0].value == "Runder Tisch"
    assert [h.value for h in at.header][:2] == [text(lang, "round_table.news.title"), "1 Bestand"]
    assert len(at.get("vega_lite_chart")) == 3 and any("Eine Notiz" in m.value for m in at.markdown)
    assert len(at.get("download_button")) == 3


def test_all_of_a_prepared_file_opens_and_says_what_is_left_out():
    at = opened("round_table.py")
    at.button(key="open_engpaesse").click().run()
    assert not at.exception and "Gemeldete Arbeitsstellen" in at.warning[0].value
    file = shared(at)
    assert file.title == "Fachkräfte und Engpässe" and len(file.charts) >= 4


@pytest.mark.parametrize("name", ["lage", "engpaesse", "gefluechtete", "studierende"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_prepared_file_shows_what_it_says_or_leaves_it_out(name: str, lang: str):
    store = current_store()
    prepared = prepared_files(store)[name]
    file, missing = opened_file(prepared, read_metadata(store), lang)
    assert len(file.charts) + len(missing) == len(prepared.charts) and len(file.charts) >= 5
    assert file.title == prepared.title.to(lang) and all(chart.heading for chart in file.charts)


@pytest.mark.parametrize("said", ["1.broken", "nothing", "2." + packed(MeetingFile())[2:], "1." + "A" * 20_000])
def test_a_link_that_holds_no_file_leaves_a_note_and_the_page(said: str):
    for lang in LANGUAGES:
        at = opened("round_table.py", f=said, lang=lang)
        assert len(at.warning) == 1 and len(at.warning[0].value) > 40
        assert any(b.key == "open_lage" for b in at.button)


@pytest.mark.parametrize(
    "view", ["", "i=", "i=nothing", "r=%00&i=employees", "i=employees&b=x&r=99&as=z&chart=pie", "&&==&"]
)
def test_a_chart_that_cannot_be_shown_as_it_was_says_so(view: str):
    at = given(MeetingFile(vintage="19990101T000000Z", charts=(Chart(view=view, heading="Alt"), CHARTS[0])))
    assert at.warning and any(h.value.startswith("2 ") for h in at.header)


def test_an_older_file_says_so_and_is_brought_up_to_date(revised_data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(revised_data))
    file = MeetingFile(vintage=EARLIER, charts=CHARTS[:2])
    at = given(file)
    told = [info.value for info in at.info]
    assert "01.03.2026" in told[0] and len(told) == 3 and all("revidiert" in one for one in told[1:])
    assert sum("damals" in m.value and "heute" in m.value for m in at.markdown) >= 2
    at = edited(file)
    at.button(key="renew").click().run()
    assert shared(at).vintage == read_metadata(current_store()).current and not at.info


def test_there_is_room_for_so_many_charts_and_no_more():
    at = edited(MeetingFile(charts=CHARTS[:1] * MOST_CHARTS))
    at.switch_page("explore.py").run()
    at.button(key="share_to_file").click().run()
    assert str(MOST_CHARTS) in at.toast[0].value
    at.switch_page("round_table.py").run()
    assert len(shared(at).charts) == MOST_CHARTS


def test_a_file_that_is_too_long_for_a_link_says_so():
    notes = tuple(
        Chart(view="i=employees&r=BSR", note=" ".join(str(hash((n, m))) for m in range(60))) for n in range(20)
    )
    at = edited_by_loading(MeetingFile(charts=notes))
    assert not at.code and any("zu lang" in w.value for w in at.warning)


def edited_by_loading(file: MeetingFile) -> AppTest:
    from dashboard.meeting.draft import Draft

    at = opened("round_table.py")
    at.session_state["meeting_draft"] = Draft(file, tuple(range(len(file.charts))), 1)
    return at.run()


def test_links_and_names_of_files_are_plain():
    file = MeetingFile(title='Größe: ../../etc/passwd "x"', day=date(2026, 12, 3), lang="en")
    assert file_name(file, "pdf") == "groesse-etc-passwd-x_2026-12-03.pdf"
    assert file_name(MeetingFile(title="日本"), "json") == "sitzungsmappe.json"
    assert link_of(file, "https://x.example").startswith("https://x.example/round-table?lang=en#f=1.")


def test_a_failure_logs_neither_the_file_nor_what_is_written_in_it(caplog: pytest.LogCaptureFixture):
    def failing() -> None:
        from dashboard.meeting.model import Chart, MeetingFile
        from dashboard.page import show_failure

        word = "terces"[::-1]  # the log shows lines of the program, too
        try:
            MeetingFile(title=word * 100, charts=(Chart(view="i=employees", note=word * 1000),))
        except ValueError as error:
            show_failure(error)

    at = AppTest.from_function(failing)
    at.query_params["f"] = f"1.{'terces'[::-1]}"
    at.query_params["i"] = "employees"
    at.run()
    assert not at.exception and at.error
    (record,) = [r for r in caplog.records if r.name == "dashboard.page"]
    assert "employees" in record.getMessage() and "secret" not in caplog.text
