"""What a publish changed, in plain German and English; what a run and a probe print."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import pytest
from rich.console import Console
from typer.testing import CliRunner

from etl import pipeline
from etl.catalogue import load_catalogue
from etl.cli import app
from etl.errors import FetchError
from etl.http import HttpReply
from etl.loading import TableOutcome
from etl.pipeline import RunResult, run
from etl.publish import Published
from etl.registry import SOURCES, SourceCode
from etl.report import show_run
from etl.revisions import changes
from etl.schema import Observation
from etl.sentences import change_sentences, correction_sentences, number, period_name
from etl.settings import Settings
from etl.sources import eurostat, lsn
from etl.sources.base import AppliedCorrection, Context, Finding
from tests.etl.invented_source import Publisher, body, catalogue
from tests.etl.test_checks import eight, row, state

CATALOGUE = load_catalogue()
NOTHING = Observation.create_empty()
WHO = "Ausländische Bevölkerung (Integrationsmonitoring Niedersachsen)"
WHO_EN = "Foreign population (Integration monitoring of Lower Saxony)"


def told(before, after, language="de", **options):
    return change_sentences(changes(before, after), CATALOGUE, language, **options)


def printed(result, language="de"):
    console = Console(file=io.StringIO(), soft_wrap=True)
    show_run(result, console, language)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("before", "after", "german", "english"),
    [
        (eight(year=2023), eight(year=2023) + eight(), "neue Zahlen für 31.12.2024, 8 Gebiete",
         "new figures for 31 December 2024, 8 regions"),
        ([], eight(year=2023) + eight(), "neue Zahlen für 31.12.2023 bis 31.12.2024, 8 Gebiete",
         "new figures for 31 December 2023 to 31 December 2024, 8 regions"),
        (eight(year=2023), eight(year=2023) + eight(value=None, status="pending"),
         "31.12.2024 angekündigt, noch ohne Zahlen", "31 December 2024 announced, no figures yet"),
        (eight()[1:], eight(), "1 weitere Zahl für 31.12.2024", "1 more figure for 31 December 2024"),
        (eight(), eight(value=104.0), "8 Zahlen revidiert (31.12.2024)", "8 figures revised (31 December 2024)"),
        (eight(value=None, status="secret"), eight(), "8 bisher fehlende Zahlen nun veröffentlicht (31.12.2024)",
         "8 figures published that were missing so far (31 December 2024)"),
        (eight(), eight(value=None, status="secret"), "8 Zahlen nicht mehr veröffentlicht (31.12.2024)",
         "8 figures no longer published (31 December 2024)"),
        (eight(), eight(status="provisional"), "bei 8 Zahlen hat sich nur die Kennzeichnung geändert (31.12.2024)",
         "only the marking of 8 figures changed (31 December 2024)"),
        (eight() + eight(year=2023), eight(), "8 Zahlen zurückgezogen (31.12.2023)",
         "8 figures withdrawn (31 December 2023)"),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_one_sentence_in_both_languages(before, after, german, english):
    assert told(state(*before), state(*after)) == [f"{WHO}: {german}"]
    assert told(state(*before), state(*after), "en") == [f"{WHO_EN}: {english}"]


def test_nothing_changed_is_said_too():
    assert told(state(*eight()), state(*eight())) == ["Keine Zahl hat sich geändert."]
    assert told(state(*eight()), state(*eight()), "en") == ["No figure differs."]


def test_the_largest_revisions_come_first_with_region_label_and_size():
    before = state(
        row(value=1000.0), row(region="03102", value=1000.0), row(region="03103", value=1000.0),
        row(value=500.0, breakdown="nationality=PL"), row(indicator="naturalisations", value=100.0),
    )  # fmt: skip
    after = state(
        row(value=1001.0), row(region="03102", value=1234.0), row(region="03103", value=990.0),
        row(value=400.0, breakdown="nationality=PL"), row(indicator="naturalisations", value=900.0),
    )  # fmt: skip
    lines = told(before, after, examples=2)
    assert lines[0].startswith(CATALOGUE.indicators["naturalisations"].title.de)
    assert lines[2] == f"{WHO}: 4 Zahlen revidiert (31.12.2024)"
    assert lines[3] == "  Salzgitter, 31.12.2024: 1.000 → 1.234 (+23,4 %)"
    assert lines[4].startswith("  Braunschweig, Polen, 31.12.2024: 500 → 400 (-20,0")
    english = told(before, after, "en", examples=2)
    assert "  Salzgitter, 31 December 2024: 1,000 → 1,234 (+23.4" in english[3]


def test_a_rate_changes_in_its_own_unit():
    rate = {"indicator": "unemployment_rate", "source": "lsn"}
    lines = told(state(row(value=6.3, **rate)), state(row(value=6.8, **rate)), examples=1)
    assert lines[1].endswith("6,3 → 6,8 (+0,5)")


def test_a_long_report_is_cut_and_says_so():
    years = range(2000, 2024)
    before = state(*[row(year=y, region=r) for y in years for r in CATALOGUE.members])
    after = state(*[row(year=y, region=r, value=101.0) for y in years for r in CATALOGUE.members])
    lines = told(before, after, examples=50, longest=10)
    assert len(lines) == 11
    assert lines[-1] == "… und 41 weitere Zeilen; vollständig mit --json"


@pytest.mark.parametrize(
    ("period", "kind", "german", "english"),
    [
        ("2024", "year", "2024", "2024"),
        ("2024-Q2", "quarter", "2. Quartal 2024", "Q2 2024"),
        ("2024-06", "month", "Juni 2024", "June 2024"),
        ("2023-10", "semester", "Wintersemester 2023/24", "winter semester 2023/24"),
        ("2024-04", "semester", "Sommersemester 2024", "summer semester 2024"),
        ("1999-10", "semester", "Wintersemester 1999/00", "winter semester 1999/00"),
        ("2024-06-30", "reference_date", "30.06.2024", "30 June 2024"),
    ],
)
def test_periods_are_written_as_readers_write_them(period, kind, german, english):
    assert period_name(period, kind, "de") == german
    assert period_name(period, kind, "en") == english


def test_numbers_are_written_as_the_language_does():
    assert (number(1234567, 0, "de"), number(1234.5, 1, "en")) == ("1.234.567", "1,234.5")


def test_an_applied_correction_is_told_with_its_reason():
    known = CATALOGUE.corrections[0]
    (german,) = correction_sentences([AppliedCorrection(known.id, 12)], CATALOGUE, "de")
    assert german == f"Korrektur angewendet (12 Zeilen): {known.reason.de}"
    (english,) = correction_sentences([AppliedCorrection("long gone", 1)], CATALOGUE, "en")
    assert english == "Correction applied (1 row): long gone"


def outcome(table, state="failed", message="", source="lsn"):
    return TableOutcome(source, table, state, message=message)


def result(*outcomes, **more):
    return RunResult(more.pop("exit_code", 0), datetime(2026, 11, 22, tzinfo=UTC), outcomes, **more)


def test_a_source_without_account_is_one_line_and_not_one_a_table():
    text = printed(result(*[outcome(t, "skipped", "no account; set X_USER", "genesis") for t in "abc"]))
    assert [line for line in text.splitlines() if "account" in line] == [
        "genesis: SKIPPED (3 tables): no account; set X_USER"
    ]


def test_tables_that_fail_alike_are_one_line_that_names_them_all():
    text = printed(result(*[outcome(t, message=f"lsn: table {t}: is down") for t in ("1-1", "1-2")], exit_code=3))
    assert "lsn: FAILED (2 tables: 1-1, 1-2), each like 1-1: lsn: table 1-1: is down" in text
    assert "the last good figures of the failed tables stay published" in text


def test_after_publishing_the_report_is_printed_in_the_language_asked_for():
    made = result(published=Published("20261122T000000Z", 1, 0, 0), changes={"de": ("Neu.",), "en": ("New.",)})
    assert "  Neu." in printed(made)
    assert "  New." in printed(made, "en")


def test_a_run_keeps_its_report_in_both_languages(tmp_path, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2024=100)
    made = run(Settings(tmp_path, {}), catalogue(), ["lsn"])
    assert made.changes["de"] == (f"{WHO}: neue Zahlen für 31.12.2024, 9 Gebiete",)
    assert made.changes["en"][0].endswith("new figures for 31 December 2024, 9 regions")


def test_two_sources_that_differ_are_a_note_and_no_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "source_differences", lambda candidate, about: ["lsn and genesis differ"])
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2024=100)
    made = run(Settings(tmp_path, {}), catalogue(), ["lsn"])
    assert (made.exit_code, made.notes) == (0, ("lsn and genesis differ",))
    assert "note: lsn and genesis differ" in printed(made)


# etl probe


@pytest.mark.parametrize(("states", "code"), [(("held", "held"), 0), (("held", "broken"), 3), (("held", "unknown"), 3)])
def test_a_probe_prints_each_assumption_and_ends_with_3_if_one_does_not_hold(monkeypatch, states, code):
    found = [Finding(f"assumption {n}", s, "seen") for n, s in enumerate(states)]
    monkeypatch.setitem(SOURCES, "lsn", SourceCode(lsn.parts, lsn.parse, probe=lambda session, context: found))
    done = CliRunner().invoke(app, ["probe", "lsn"])
    assert done.exit_code == code
    for n, s in enumerate(states):
        assert f"{s.upper():<7} lsn: assumption {n} (seen)" in done.stdout


def test_a_source_without_probe_says_so():
    done = CliRunner().invoke(app, ["probe", "own_tables"])
    assert done.exit_code == 3
    assert "own_tables has none" in done.stdout


class Session:
    """Answers every request alike."""

    def __init__(self, answer, headers=None):
        self.answer, self.headers, self.asked = answer, headers or {}, []

    def get(self, url, params=(), validators=None):
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return HttpReply(200, url, self.headers, self.answer, datetime(2026, 11, 22, tzinfo=UTC))


def states_of(probe, source, session):
    context = Context(CATALOGUE.sources[source], CATALOGUE, None, date(2026, 11, 22))
    findings = probe(session, context)
    assert len(session.asked) == 1
    return [f.state for f in findings]


def test_the_probe_of_lsn_tells_what_held():
    header = b"\xef\xbb\xbfYear,Gebietseinheit,GeoCode,Value\n"
    assert states_of(lsn.probe, "lsn", Session(header, {"ETag": '"1"'})) == ["held", "held", "held"]
    assert states_of(lsn.probe, "lsn", Session(b"Jahr;Wert\n")) == ["held", "broken", "broken"]
    assert states_of(lsn.probe, "lsn", Session(FetchError("gone"))) == ["broken", "unknown", "unknown"]


def test_the_probe_of_eurostat_tells_what_held():
    codes = [r.nuts for r in CATALOGUE.regions if r.id in CATALOGUE.members]

    def reply(geo, times=("2024",)):
        dims = {"indic_de": ["MEDAGEPOP"], "geo": geo, "time": list(times)}
        index = {name: {"category": {"index": {c: n for n, c in enumerate(held)}}} for name, held in dims.items()}
        return json.dumps({"dimension": index}).encode()

    assert states_of(eurostat.probe, "eurostat", Session(reply(codes))) == ["held"] * 4
    assert states_of(eurostat.probe, "eurostat", Session(reply(codes[1:]))) == ["held", "held", "broken", "held"]
    assert states_of(eurostat.probe, "eurostat", Session(reply(codes, ("2023", "2024"))))[3] == "broken"
    assert states_of(eurostat.probe, "eurostat", Session(b"<html>")) == ["held", "broken", "unknown", "unknown"]
    assert states_of(eurostat.probe, "eurostat", Session(FetchError("gone")))[0] == "broken"
