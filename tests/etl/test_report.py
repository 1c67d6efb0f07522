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
from etl.loading import ONLY_WITH_ACCOUNT, TableOutcome
from etl.pipeline import RunResult, run
from etl.publish import Published
from etl.registry import SOURCES, SourceCode
from etl.report import show_run
from etl.revisions import changes
from etl.schema import Observation
from etl.sentences import change_sentences, correction_changes, correction_sentences, number, period_name
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
         "31.12.2024 angekündigt, noch ohne Zahl für 8 Gebiete",
         "31 December 2024 announced, no figure yet for 8 regions"),
        (eight()[1:], eight(), "1 weitere Zahl für 31.12.2024", "1 more figure for 31 December 2024"),
        (eight(), eight(value=104.0), "8 Zahlen revidiert (31.12.2024)", "8 figures revised (31 December 2024)"),
        (eight(value=None, status="secret"), eight(), "8 bisher fehlende Zahlen nun veröffentlicht (31.12.2024)",
         "8 figures published that were missing so far (31 December 2024)"),
        (eight(), eight(value=None, status="secret"), "8 Zahlen nicht mehr veröffentlicht (31.12.2024)",
         "8 figures no longer published (31 December 2024)"),
        (eight(), eight(status="provisional"), "bei 8 Zahlen hat sich nur die Kennzeichnung geändert (31.12.2024)",
         "only the marking of 8 figures changed (31 December 2024)"),
        (eight(value=None, status="pending"), eight(value=None, status="secret"),
         "bei 8 Feldern ohne Zahl hat sich die Kennzeichnung geändert (31.12.2024)",
         "the marking of 8 cells without a figure changed (31 December 2024)"),
        (eight() + eight(year=2023), eight(), "8 Zahlen zurückgezogen (31.12.2023)",
         "8 figures withdrawn (31 December 2023)"),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_one_sentence_in_both_languages(before, after, german, english):
    assert told(state(*before), state(*after)) == [f"{WHO}: {german}"]
    assert told(state(*before), state(*after), "en") == [f"{WHO_EN}: {english}"]


def test_only_regions_with_a_figure_have_new_figures_and_the_others_are_announced():
    before = eight(year=2023)
    after = [*eight(year=2023), row(region="03"), row(region="DG"), *eight(value=None, status="pending")]
    assert told(state(*before), state(*after)) == [
        f"{WHO}: neue Zahlen für 31.12.2024, 2 Gebiete",
        f"{WHO}: 31.12.2024 angekündigt, noch ohne Zahl für 8 Gebiete",
    ]
    assert told(state(*before), state(*after), "en") == [
        f"{WHO_EN}: new figures for 31 December 2024, 2 regions",
        f"{WHO_EN}: 31 December 2024 announced, no figure yet for 8 regions",
    ]


def test_a_newest_period_with_fewer_regions_is_told_apart():
    after = [*eight(year=2022), *eight(year=2023), row(region="03"), row(region="DG")]
    assert told(NOTHING, state(*after)) == [
        f"{WHO}: neue Zahlen für 31.12.2022 bis 31.12.2023, 8 Gebiete",
        f"{WHO}: neue Zahlen für 31.12.2024, 2 Gebiete",
    ]


def test_a_gap_in_old_periods_or_in_one_breakdown_announces_nothing():
    gap = row(year=2023, value=None, status="pending")
    part = row(breakdown="nationality=PL", value=None, status="pending")
    assert told(NOTHING, state(gap, *eight(), part)) == [f"{WHO}: neue Zahlen für 31.12.2024, 8 Gebiete"]


def test_empty_cells_that_come_or_go_are_no_figures():
    secret = eight(year=2023, value=None, status="secret")
    assert told(state(*eight()), state(*eight(), *secret)) == ["Keine Zahl hat sich geändert."]
    assert told(state(*eight(), *secret), state(*eight())) == ["Keine Zahl hat sich geändert."]
    one = [row(year=2023), *secret[1:]]
    assert told(state(*eight(), *one), state(*eight())) == [f"{WHO}: 1 Zahl zurückgezogen (31.12.2023)"]


@pytest.mark.parametrize(
    ("old", "new", "size"), [(100_000.0, 100_005.0, "+5"), (100_000.0, 99_995.0, "-5"), (1000.0, 1001.0, "+0,1 %")]
)
def test_a_small_revision_of_a_large_figure_shows_its_size(old, new, size):
    lines = told(state(row(value=old)), state(row(value=new)), examples=1)
    assert lines[1].endswith(f"({size})".replace(" ", "\u00a0")) or lines[1].endswith(f"({size})")


def test_a_revision_behind_the_shown_decimals_is_shown_with_more():
    rate = {"indicator": "unemployment_rate", "source": "lsn"}
    lines = told(state(row(value=6.31, **rate)), state(row(value=6.32, **rate)), examples=1)
    assert lines[1].endswith("6,31 → 6,32 (+0,01)")


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


def test_an_applied_correction_is_told_with_its_source_table_and_reason():
    known = CATALOGUE.corrections[0]
    german, english = corrected({}, {known.id: 12}), corrected({}, {"long gone": 1}, "en")
    assert german == [
        f"Integrationsmonitoring Niedersachsen, Tabelle 1-2-3: Korrektur angewendet (12 Zeilen): {known.reason.de}"
    ]
    assert english == ["Integration monitoring of Lower Saxony, table 1-2-3: Correction applied (1 row): long gone"]


def corrected(before, now, language="de"):
    """Sentences on corrections {id: rows} of one table."""
    was, comes = (
        {("lsn", "1-2-3"): [AppliedCorrection(name, rows) for name, rows in found.items()]} for found in (before, now)
    )
    return correction_sentences(correction_changes(was, comes), CATALOGUE, language)


def test_only_corrections_that_changed_are_told():
    assert corrected({"same": 3}, {"same": 3}) == []
    where = "Integrationsmonitoring Niedersachsen, Tabelle 1-2-3: "
    assert corrected({"a": 3, "b": 1, "same": 2}, {"b": 4, "c": 1, "same": 2}) == [
        f"{where}Korrektur nicht mehr angewendet: a",
        f"{where}Korrektur nun auf 4 statt 1 Zeile angewendet: b",
        f"{where}Korrektur angewendet (1 Zeile): c",
    ]
    assert corrected({"a": 3, "b": 1}, {"b": 4}, "en")[1].endswith("Correction now applied to 4 instead of 1 row: b")


def outcome(table, state="failed", message="", source="lsn"):
    return TableOutcome(source, table, state, message=message)


def result(*outcomes, **more):
    return RunResult(more.pop("exit_code", 0), datetime(2026, 11, 22, tzinfo=UTC), outcomes, **more)


def test_a_source_without_account_is_one_line_and_not_one_a_table():
    text = printed(result(*[outcome(t, "skipped", "no account; set X_USER", "genesis") for t in "abc"]))
    assert [line for line in text.splitlines() if "account" in line] == [
        "genesis: SKIPPED (3 tables): no account; set X_USER"
    ]


def test_a_source_without_account_is_one_line_whether_its_tables_have_another_way_or_not():
    missing = "no account; set X_USER"
    tables = [("a", missing), ("b", missing + ONLY_WITH_ACCOUNT), ("c", missing)]
    text = printed(result(*[outcome(t, "skipped", told, "genesis") for t, told in tables]))
    assert [line for line in text.splitlines() if "account" in line] == [f"genesis: SKIPPED (3 tables): {missing}"]


def test_a_long_address_is_cut_on_the_terminal():
    url = "https://ec.example/data?" + "&".join(f"geo=DE{n:03}" for n in range(48))
    failed = outcome("t", message=f"eurostat: {url} answered HTTP 500: {url}: gone", source="eurostat")
    text = printed(result(failed, notes=(f"see {url}",), exit_code=3))
    assert f"FAILED: eurostat: {url[:120]}… answered HTTP 500: {url[:120]}… gone" in text
    assert f"note: see {url[:120]}…\n" in text
    assert url in failed.message
    assert "https://short.example/a is down" in printed(result(outcome("t", message="https://short.example/a is down")))


def test_refusals_that_differ_by_their_period_only_are_one_line():
    said = [f"districts present: p (lsn) {year}-12-31 '': missing ['03158']" for year in range(2000, 2026)]
    other = "totals: p: 2 places: 03101 2024-12-31 off by 5; 03102 2023-12-31 off by 4"
    lines = printed(result(*[], refused=(*said, other), exit_code=4)).splitlines()
    assert [line for line in lines if line.startswith("REFUSED")] == [
        "REFUSED: districts present: p (lsn) '': missing ['03158'] in 26 periods, 2000-12-31 to 2025-12-31",
        f"REFUSED: {other}",
    ]
    assert f"REFUSED: {said[0]}" in printed(result(refused=(said[0],), exit_code=4))


def test_very_many_refusals_are_cut_and_say_so():
    text = printed(result(refused=tuple(f"totals: place {'x' * n}" for n in range(130)), exit_code=4))
    assert text.count("REFUSED: totals") == 100
    assert "REFUSED: and 30 more; all of them with --json" in text


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


@pytest.mark.parametrize("source", ["own_tables", "bamf", "counselling"])
def test_a_source_by_hand_has_nothing_to_ask_and_that_is_no_fault(source):
    done = CliRunner().invoke(app, ["probe", source])
    assert (done.exit_code, done.stdout) == (0, f"{source}: its files come by hand, there is nothing to ask\n")


def test_a_source_without_probe_says_so(monkeypatch):
    monkeypatch.setitem(SOURCES, "lsn", SourceCode(lsn.parts, lsn.parse))
    done = CliRunner().invoke(app, ["probe", "lsn"])
    assert done.exit_code == 3
    assert "lsn has none" in done.stdout


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
