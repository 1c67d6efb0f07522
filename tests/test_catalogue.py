"""The catalogue says what it must, agrees with itself, and a mistake in it is named by file and key."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from etl.catalogue import CATALOGUE_DIR, REGION_SUM, Catalogue, join_breakdown, load_catalogue, parse_breakdown
from etl.entries import Indicator, Series, Text
from etl.errors import CatalogueError
from etl.mapping import period

FEWEST_INDICATORS = 45
# the ids that DESIGN fixes
EXPECTED_INDICATORS = {
    "population",
    "foreign_population",
    "foreign_population_share",
    "migration_abroad",
    "migration_municipal",
    "naturalisations",
    "residence_permits",
    "protection_seekers",
    "employees",
    "employees_residence",
    "employees_sector",
    "employees_qualification",
    "commuters",
    "unemployed",
    "unemployment_rate",
    "minimum_income_recipients",
    "asylum_benefit_recipients",
    "vacancies",
    "students",
    "recognition_decisions",
    "gdp",
    "household_income",
    "employment_rate",
    "counselling_contacts",
}
EXPECTED_TABLES = {
    "lsn": {
        "1-1-1",
        "1-2-1",
        "1-2-2",
        "1-2-3",
        "1-2-4",
        "1-2-6",
        "1-2-8",
        "1-4-4",
        "1-4-5",
        "2-1-1",
        "2-1-4",
        "2-1-5",
        "2-3-1",
        "2-3-3",
        "4-2-2",
        "4-3-1",
        "4-4-1",
        "5-2-1",
        "5-3-2",
        "6-2-1",
        "6-2-2",
    },
    "eurostat": {
        "demo_r_pjangrp3",
        "demo_r_pjanind3",
        "nama_10r_3gdp",
        "lfst_r_lfe2emprtn",
        "lfst_r_lfur2gan",
        "edat_lfse_04",
    },
    "regionalstatistik": {
        "12411-01-01-4",
        "12411-02-03-4",
        "12411-03-03-4",
        "12511-04-01-4",
        "12531-01-01-4",
        "12711-03-02-4",
        "12711-05-02-4",
        "12711-91-01-4",
        "13111-01-03-4",
        "13111-02-02-4",
        "13111-07-05-4",
        "13111-09-01-4-B",
        "13111-11-04-4",
        "13111-12-03-4",
        "13211-02-05-4",
        "21311-01-01-4-B",  # 21311-01-01-4 with the Land
        "22221-01-01-4",
        "22811-02-02-4",
        "82111-01-05-4",
        "82411-01-03-4",
    },
    "genesis": {"12411-0015", "12521-0041", "12521-0043", "12531-0043"},
}
GENESIS = ("regionalstatistik", "genesis")
# Of these every label is known and stands once; the others send several spellings of one thing.
EXACT_SOURCES = ("lsn", "eurostat")
# One table a level: their keys differ by the region.
LEVEL_TABLES = {"EckwerteTabelleALOKr", "EckwerteTabelleALOBL", "EckwerteTabelleALOD"}
# Two labels that mean the same fragment on purpose: the rows of the second get their code from a later column.
SAME_FRAGMENT_ON_PURPOSE = {("4-4-1", "Verfahren")}
ROW_COLUMNS = {"Year", "Gebietseinheit"}
LAND_TABLES = {"1-4-4", "4-2-2", "4-3-1", "4-4-1", "5-3-2"}  # without columns for regions


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real catalogue that a test may spoil."""
    return Path(shutil.copytree(CATALOGUE_DIR, tmp_path / "catalogue"))


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def reachable(series: Series) -> Iterator[str]:
    """Every breakdown that a table's labels could give."""
    for fragments in itertools.product(*(dict.fromkeys(labels.values()) for labels in series.columns.values())):
        if None not in fragments:
            parts = parse_breakdown(series.fixed)
            for fragment in fragments:
                parts |= parse_breakdown(fragment or "")
            yield join_breakdown(parts)


def all_texts(catalogue: Catalogue) -> Iterator[tuple[str, Text]]:
    for i in catalogue.indicators.values():
        yield from ((f"{i.id}.{key}", getattr(i, key)) for key in ("title", "definition", "reading"))
        yield from ((f"{i.id}.notes", note) for note in i.notes)
        yield from ((f"{i.id}.breaks", b.text) for b in i.breaks)
        if i.rounding:
            yield f"{i.id}.rounding", i.rounding.text
    yield from ((f"events.{e.id}", text) for e in catalogue.events for text in (e.title, e.source))
    yield from ((f"corrections.{c.id}", c.reason) for c in catalogue.corrections)
    for source in catalogue.sources.values():
        yield f"sources.{source.id}.rhythm", source.rhythm
        if source.terms_note:
            yield f"sources.{source.id}.terms_note", source.terms_note


# --- the real catalogue -------------------------------------------------------------------------------------------


def test_every_indicator_of_the_design_exists_and_many_more(catalogue: Catalogue) -> None:
    assert set(catalogue.indicators) >= EXPECTED_INDICATORS
    assert len(catalogue.indicators) >= FEWEST_INDICATORS


@pytest.mark.parametrize("source", EXPECTED_TABLES)
def test_every_table_of_the_issues_is_read(catalogue: Catalogue, source: str) -> None:
    assert set(catalogue.tables(source)) >= EXPECTED_TABLES[source]


def test_the_region_is_its_eight_districts_and_the_land_its_forty_five(catalogue: Catalogue) -> None:
    assert catalogue.members == ("03101", "03102", "03103", "03151", "03153", "03154", "03157", "03158")
    assert len(catalogue.land_districts) == 45
    assert [r.id for r in catalogue.regions[:12]] == [REGION_SUM, *catalogue.members, "03", "DG", "DE91"]


def test_the_larger_statistical_region_is_not_called_the_region(catalogue: Catalogue) -> None:
    larger = catalogue.region_by_id["DE91"]
    assert REGION_SUM not in larger.part_of
    assert "Göttingen" in larger.name.de
    assert "Göttingen" in larger.short.de
    assert "Göttingen" in larger.name.en


def test_a_district_has_its_keys(catalogue: Catalogue) -> None:
    for region in catalogue.regions:
        if region.level == "district":
            assert re.fullmatch(r"03\d{3}", region.id)
            assert region.lsn == region.id
            assert region.nuts is not None
            assert re.fullmatch(r"DE9[1-4][1-9A-H]", region.nuts)


@pytest.mark.parametrize("key", ["id", "nuts", "lsn"])
def test_no_two_regions_share_a_key(catalogue: Catalogue, key: str) -> None:
    keys = [value for r in catalogue.regions if (value := getattr(r, key)) is not None]
    assert len(keys) == len(set(keys))


def test_no_two_regions_share_a_label_or_a_spelling(catalogue: Catalogue) -> None:
    ignored = [i.name for i in catalogue.ignored_regions]
    spellings = [*(n for r in catalogue.regions for n in r.names), *ignored]
    assert len(spellings) == len(set(spellings))
    for language in ("de", "en"):
        shorts = [getattr(r.short, language) for r in catalogue.regions]
        assert len(shorts) == len(set(shorts))


def test_a_city_and_a_district_of_one_name_are_told_apart(catalogue: Catalogue) -> None:
    by_name = {n: r.id for r in catalogue.regions for n in r.names}
    assert by_name["Oldenburg"] == "03458"
    assert by_name["Oldenburg (Oldb), Stadt"] == "03403"
    assert by_name["Osnabrück"] == "03459"
    assert by_name["Osnabrück, Stadt"] == "03404"


def test_a_translated_sentence_is_not_the_german_one(catalogue: Catalogue) -> None:
    same = [where for where, text in all_texts(catalogue) if text.de == text.en]
    assert same == []


def test_every_sentence_ends_and_none_is_a_placeholder(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for text in (indicator.definition, indicator.reading, *indicator.notes):
            assert text.de.endswith("."), text.de
            assert text.en.endswith("."), text.en


# --- labels and breakdowns ----------------------------------------------------------------------------------------


def test_labels_of_a_column_differ_after_folding_case(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for series in indicator.series:
            for column, labels in series.columns.items():
                folded = [label.strip().casefold() for label in labels]
                assert len(folded) == len(set(folded)), f"{indicator.id}, {series.table}, {column}"


def test_no_two_labels_of_a_column_mean_the_same(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for series in (s for s in indicator.series if s.source in EXACT_SOURCES):
            for column, labels in series.columns.items():
                named = [fragment for fragment in labels.values() if fragment is not None]
                twice = len(named) != len(set(named))
                assert twice == ((series.table, column) in SAME_FRAGMENT_ON_PURPOSE), (indicator.id, column)


def test_no_breakdown_comes_from_two_tables_of_one_source(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for one, other in itertools.combinations(indicator.series, 2):
            if one.source == other.source and not {one.table, other.table} <= LEVEL_TABLES:
                assert set(reachable(one)).isdisjoint(reachable(other)), f"{indicator.id}: {one.table}, {other.table}"


def test_the_default_breakdown_can_be_reached(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        from_all = {b for series in indicator.series for b in reachable(series)}
        assert indicator.default_breakdown in from_all, indicator.id


def counselling_pairs(catalogue: Catalogue, indicator: Indicator) -> set[tuple[str, str]]:
    """The codes of counselling counts stand in counselling.yaml and not in columns of a publisher's table."""
    counselling = catalogue.counselling
    shown = {"year": counselling.published.year, "quarter": counselling.published.quarter}
    dims = shown.get(indicator.period_kind, counselling.published.month)
    own = {(dim, c) for p in counselling.providers for dim in dims for c in counselling.codes_of(p, dim)}
    return own | {("provider", p.code) for p in counselling.providers}


def test_every_dimension_of_an_indicator_is_used_and_every_code_somewhere(catalogue: Catalogue) -> None:
    used: set[tuple[str, str]] = set()
    for indicator in catalogue.indicators.values():
        pairs = {p for s in indicator.series for b in reachable(s) for p in parse_breakdown(b).items()}
        if "counselling" in {s.source for s in indicator.series}:
            pairs = counselling_pairs(catalogue, indicator)
        assert {dim for dim, _ in pairs} == set(indicator.dims), indicator.id
        used |= pairs
    assert used == {(d.id, code) for d in catalogue.dimensions.values() for code in d.values}


def test_foreigners_of_working_age_keep_their_own_code_in_the_unemployment_table(catalogue: Catalogue) -> None:
    (series,) = catalogue.indicators["unemployment_rate_june"].series
    assert list(series.columns)[:2] == ["Kategorie", "Geschlecht"]  # the later column wins
    assert "age=y15_19;nationality=foreign" in set(reachable(series))


def test_labels_of_other_indicators_of_a_table_are_left_out(catalogue: Catalogue) -> None:
    """Two indicators of one table ask for the same labels, so that each names the other's as null.

    A column in which one of them takes "all others" needs no such list.
    """
    for source in catalogue.sources:
        for table, entries in catalogue.tables(source).items():
            assert len({frozenset(series.columns) for _, series in entries}) == 1, f"{source}, {table}"
            for column in entries[0][1].columns:
                labels = [set(series.columns[column]) for _, series in entries]
                assert any("*" in one for one in labels) or all(one == labels[0] for one in labels), (table, column)


# --- GENESIS ------------------------------------------------------------------------------------------------------


def test_a_genesis_series_says_which_figure_it_takes_in_which_unit(catalogue: Catalogue) -> None:
    for source in GENESIS:
        for table, entries in catalogue.tables(source).items():
            for indicator, series in entries:
                assert {"value_variable_code", "value_unit"} <= set(series.columns), (indicator.id, table)
                assert "" in series.columns["value_unit"].values(), (indicator.id, table)


def test_every_genesis_table_says_since_when_it_is_asked(catalogue: Catalogue) -> None:
    for source in GENESIS:
        for table in catalogue.tables(source):
            assert catalogue.options(source, table).since is not None, table


def test_shared_columns_and_header_rows_are_those_of_the_series(catalogue: Catalogue) -> None:
    for source in GENESIS:
        for table, entries in catalogue.tables(source).items():
            options = catalogue.options(source, table)
            rows = set(options.classic or ()) - {"time", "-"}
            hidden = {code for codes in options.merged.values() for code in codes} - set(options.merged)
            for _, series in entries:
                assert {*options.merged, *rows} <= set(series.columns), table
                assert hidden.isdisjoint(series.columns), table


def test_a_code_and_its_printed_label_mean_the_same(catalogue: Catalogue) -> None:
    """Where the keyless CSV can stand in, the labels it prints are named beside the codes."""
    pairs = {
        "GESM": "männlich",
        "GESW": "weiblich",
        "NATA": "ausländisch",
        "ERWP06": "Arbeitslose",
        "ARBEITSLOS08": "ausländisch",
        "ARBEITSLOS05": "langzeitarbeitslos",
        "BEVSTD": "Bevölkerungsstand",
    }
    for table, entries in catalogue.tables("regionalstatistik").items():
        if catalogue.options("regionalstatistik", table).classic:
            for _, series in entries:
                for labels in series.columns.values():
                    for code, printed in pairs.items():
                        if code in labels:
                            assert labels[printed] == labels[code], (table, code)


def test_no_two_codes_of_a_genesis_variable_mean_the_same(catalogue: Catalogue) -> None:
    """But for totals, for variables that share a column, and for parts that are added up."""
    for source in GENESIS:
        for table, entries in catalogue.tables(source).items():
            for _, series in (e for e in entries if not e[1].aggregate):
                for column in set(series.columns) - set(catalogue.options(source, table).merged):
                    parts = [p for code, p in series.columns[column].items() if p and re.fullmatch(r"[A-Z0-9-]+", code)]
                    assert len(parts) == len(set(parts)), (table, column)


def test_overlapping_categories_of_people_seeking_protection_are_counted_once(catalogue: Catalogue) -> None:
    series = catalogue.indicators["protection_seekers"].series
    totals = [s for s in series if s.source == "genesis" and "" in s.columns["SCHST2"].values()]
    assert len(totals) == 3  # all, by sex, by nationality
    for one in totals:
        counted = {code for code, part in one.columns["SCHST2"].items() if part == ""}
        assert counted == {"SCHUTZST-AK-1", "SCHUTZST-OF", "SCHUTZST-X"}
        assert one.aggregate


# --- checks, rounding, breaks -------------------------------------------------------------------------------------


def test_checks_name_codes_that_the_indicator_has(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        codes: dict[str, set[str]] = {}
        for series in indicator.series:
            for breakdown in reachable(series):
                for dim, value in parse_breakdown(breakdown).items():
                    codes.setdefault(dim, set()).add(value)
        for part in indicator.checks.parts:
            assert set(part.parts) <= codes[part.dim], indicator.id
        for balance in indicator.checks.balance:
            assert {balance.minuend, balance.subtrahend, balance.difference} <= codes[balance.dim], indicator.id


@pytest.mark.parametrize("indicator", ["population", "foreign_population", "migration_abroad"])
def test_age_groups_that_must_add_up_have_no_gap_and_no_overlap(catalogue: Catalogue, indicator: str) -> None:
    checked = {c.parts for c in catalogue.indicators[indicator].checks.parts if c.dim == "age"}
    assert checked
    for parts in checked:
        start = 0
        for code in (c for c in parts if c != "unknown"):
            if code.endswith("plus"):
                assert code == f"y{start}plus"
                break
            low, high = map(int, code.removeprefix("y").split("_"))
            assert low == start
            start = high + 1
        else:
            pytest.fail("the last age group is not open")


def test_only_counts_are_summed_over_the_districts(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        if indicator.measure == "rate":
            assert not indicator.regional_sum, indicator.id
            assert not indicator.per1000, indicator.id
        if indicator.checks.districts:
            assert indicator.regional_sum, indicator.id


def test_a_region_rate_is_made_of_counts_of_the_same_source(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        if indicator.region_rate:
            numerator = catalogue.indicators[indicator.region_rate.numerator]
            assert numerator.regional_sum
            assert numerator.preferred_source == indicator.preferred_source
            assert numerator.period_kind == indicator.period_kind


def test_registers_that_are_rounded_say_so(catalogue: Catalogue) -> None:
    registers = ("foreign_population", "foreign_population_duration", "foreign_population_titles", "residence_titles")
    for name in (*registers, "residence_permits", "without_title", "protection_seekers"):
        rounding = catalogue.indicators[name].rounding
        assert rounding is not None, name
        assert rounding.base == 5
    assert catalogue.indicators["naturalisations"].rounding is None


def test_census_bases_are_breaks_of_the_population(catalogue: Catalogue) -> None:
    for source in ("lsn", *GENESIS):
        breaks = {b.at for b in catalogue.indicators["population"].breaks if source in b.sources}
        assert {date(2011, 12, 31), date(2022, 12, 31)} <= breaks


def test_breaks_belong_to_a_source_of_the_indicator(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for b in indicator.breaks:
            assert set(b.sources) <= {s.source for s in indicator.series}, indicator.id


def test_related_indicators_are_two_to_four_others(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        assert 2 <= len(indicator.related) <= 4, indicator.id
        assert indicator.id not in indicator.related
    orders = [i.order for i in catalogue.indicators.values()]
    assert len(orders) == len(set(orders))


def test_the_period_kind_is_that_of_every_series(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        assert {s.period.kind for s in indicator.series} == {indicator.period_kind}, indicator.id


# --- corrections --------------------------------------------------------------------------------------------------


def test_a_correction_names_labels_that_the_table_has(catalogue: Catalogue) -> None:
    spellings = {n for r in catalogue.regions for n in r.names} | {i.name for i in catalogue.ignored_regions}
    for correction in catalogue.corrections:
        _, series = catalogue.tables(correction.source)[correction.table][0]
        for column, labels in correction.where.items():
            if column == "Year":
                assert all(period(label, series.period) for label in labels), correction.id
            elif column == "Gebietseinheit":
                assert set(labels) <= spellings, correction.id
            else:
                assert set(labels) <= set(series.columns[column]), correction.id
        guard = correction.guard
        if guard.kind == "parts_differ":
            assert guard.dim is not None
            assert {*guard.parts, guard.total} <= set(series.columns[guard.dim]), correction.id


def test_a_row_that_is_added_is_named_completely(catalogue: Catalogue) -> None:
    added = [c for c in catalogue.corrections if c.action == "add_pending"]
    assert added
    for correction in added:
        _, series = catalogue.tables(correction.source)[correction.table][0]
        rows = ROW_COLUMNS if correction.table not in LAND_TABLES else ROW_COLUMNS - {"Gebietseinheit"}
        assert set(correction.where) == rows | set(series.columns)
        assert all(len(labels) == 1 for labels in correction.where.values())


def test_the_shifted_codes_of_the_minimum_income_table_are_corrected_by_name(catalogue: Catalogue) -> None:
    shifted = [c for c in catalogue.corrections_for("lsn", "6-2-2") if "Year" not in c.where]
    assert [(c.action, c.guard.kind) for c in shifted] == [("region_by_name", "code_conflict")]


# --- mistakes are named -------------------------------------------------------------------------------------------


def test_a_wrong_value_is_named_by_file_and_key(folder: Path) -> None:
    spoil(folder / "indicators" / "gdp.yaml", "decimals: 0", "decimals: many")
    with pytest.raises(CatalogueError, match=r"gdp\.yaml: decimals: "):
        load_catalogue(folder)


def test_an_unknown_key_is_refused(folder: Path) -> None:
    spoil(folder / "units.yaml", "  - id: persons\n", "  - id: persons\n    colour: blue\n")
    with pytest.raises(CatalogueError, match=r"units\.yaml: units\.0\.colour: "):
        load_catalogue(folder)


def test_a_text_without_its_english_half_is_refused(folder: Path) -> None:
    spoil(folder / "indicators" / "gdp.yaml", ', en: "Gross domestic product"', "")
    with pytest.raises(CatalogueError, match=r"gdp\.yaml: title\.en: "):
        load_catalogue(folder)


def test_broken_yaml_is_named_by_file(folder: Path) -> None:
    (folder / "events.yaml").write_text("events: [", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"events\.yaml: cannot be read as YAML"):
        load_catalogue(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "checks.yaml").unlink()
    with pytest.raises(CatalogueError, match=r"checks\.yaml"):
        load_catalogue(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("indicators/gdp.yaml", "id: gdp", "id: gnp", r"gdp\.yaml: id: is 'gnp'"),
        ("indicators/gdp.yaml", "unit: mio_eur", "unit: mio_dm", r"gdp\.yaml: unit: 'mio_dm'"),
        ("indicators/gdp.yaml", "related: [", "related: [gnp, ", r"gdp\.yaml: 'gnp' is no indicator"),
        ("indicators/gdp.yaml", "preferred_source: eurostat", "preferred_source: lsn", r"preferred_source: 'lsn'"),
        ("indicators/gdp.yaml", "  - source: eurostat", "  - source: estat", r"source 'estat' is not in sources"),
        ("indicators/median_age.yaml", '"sex=m"', '"sex=x"', r"median_age\.yaml: .*'sex=x' is not in dimensions"),
        ("indicators/median_age.yaml", "dims: [sex]", "dims: []", r"median_age\.yaml: .*'sex' is not in dims"),
        ("dimensions.yaml", "residual: [unclear]", "residual: [unclar]", r"nationality: no such code: unclar"),
        ("corrections/lsn.yaml", "table: 6-2-2", "table: 6-2-9", r"nothing reads table 6-2-9"),
        ("tables.yaml", "table: 12411-02-03-4", "table: 12411-02-03-9", r"12411-02-03-9: no indicator reads this"),
        (
            "events.yaml",
            "migration_abroad, employment_rate]",
            "migration_abroad, employment_rates]",
            r"brexit: 'employment_rates' is no indicator",
        ),
        ("events.yaml", '[BSR, "03102"]', '[BSR, "3102"]', r"salzgitter_residence_rule: '3102' is no region"),
        ("events.yaml", "id: brexit", "id: job_turbo", r"job_turbo: stands twice"),
        ("regions.yaml", '"BSR", "03", "DG"', '"03", "DG"', r"BSR has 7 districts, not 8"),
        ("regions.yaml", '- id: "03102"', '- id: "03101"', r"03101: stands twice"),
    ],
)
def test_a_contradiction_is_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(folder)


def test_an_event_has_a_name_that_fits_into_a_chart_and_a_link(folder: Path) -> None:
    spoil(folder / "events.yaml", '"Job-Turbo"', '"Job-Turbo für Geflüchtete"')
    spoil(folder / "events.yaml", '"https://www.bmas.de/', '"http://www.bmas.de/')
    with pytest.raises(CatalogueError, match=r"short\.de: .*at most 23") as told:
        load_catalogue(folder)
    assert "link" in str(told.value)


def test_events_stand_in_order_of_time(catalogue: Catalogue) -> None:
    days = [e.at for e in catalogue.events]
    assert days == sorted(days)


def test_a_reference_date_needs_its_day(folder: Path) -> None:
    spoil(folder / "indicators" / "employees.yaml", ', day: "06-30"', "")
    with pytest.raises(CatalogueError, match=r"employees\.yaml: series\.0\.period: .*'day' is needed"):
        load_catalogue(folder)


# --- breakdowns ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breakdown", ["", "sex=f", "nationality=foreign;sex=f", "age=y0_4;nationality=UA;sex=m"])
def test_a_canonical_breakdown_survives_reading_and_writing(breakdown: str) -> None:
    assert join_breakdown(parse_breakdown(breakdown)) == breakdown


def test_a_breakdown_is_sorted_by_dimension() -> None:
    assert join_breakdown({"sex": "f", "age": "y0_4"}) == "age=y0_4;sex=f"


def test_what_is_left_over_or_unknown_is_told_from_findings() -> None:
    rest = re.compile(r"unbekannt|ungeklärt|ohne Angabe|^sonstige |^andere Themen|^außerhalb ")
    found = {
        (d.id, code): code in d.residual
        for d in load_catalogue().dimensions.values()
        for code, label in d.values.items()
        if rest.search(label.de)
    }
    assert len(found) > 5 and [key for key, residual in found.items() if not residual] == []
