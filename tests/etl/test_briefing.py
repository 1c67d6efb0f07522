"""Prepared files: what they name exists, they travel in the store, and a command prints each of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdf
import pytest
from typer.testing import CliRunner

from etl.briefings import Briefing, BriefingChart, briefing_problems, briefing_rows, link_parameters
from etl.catalogue import CATALOGUE_DIR, Catalogue, load_catalogue
from etl.cli import app
from etl.entries import Text
from etl.errors import CatalogueError
from tests.browsing import load_extract

cli = CliRunner()
NAMES = ("lage", "engpaesse", "gefluechtete", "studierende")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    load_extract(folder)
    return folder


def bare(said: str) -> str:
    return "".join(said.split())


def test_the_prepared_files_are_there_in_their_order(catalogue: Catalogue):
    assert tuple(briefing.id for briefing in catalogue.briefings) == NAMES
    assert [row["id"] for row in briefing_rows(catalogue.briefings)] == [*NAMES]


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ("indicators: [protection_seekers]", "indicators: [nobody]", "'nobody' is no indicator"),
        ("regions: [BSR]", "regions: [XX]", "'XX' is no region"),
        ("title=protection_open", "title=nothing", "the breakdown 'title=nothing'"),
        ("chart: bar", "chart: pie", "charts.0.chart"),
        ("id: gefluechtete", "id: other", "'other'"),
        ("order: 3", "orders: 3", "orders"),
    ],
)
def test_what_a_prepared_file_cannot_say_is_named_with_its_place(tmp_path: Path, line: str, wrong: str, said: str):
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE_DIR, folder)
    path = folder / "briefings" / "gefluechtete.yaml"
    written = path.read_text(encoding="utf-8")
    assert line in written
    path.write_text(written.replace(line, wrong, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)
    assert said in str(refused.value) and "gefluechtete" in str(refused.value)


def test_a_breakdown_must_be_one_of_the_charts_own_indicators(catalogue: Catalogue):
    chart = BriefingChart(indicators=("naturalisations",), regions=("BSR",), breakdowns=("purpose=education",))
    about = Text(de="x", en="x")
    briefing = Briefing(id="x", order=1, title=about, about=about, charts=(chart,))
    (problem,) = briefing_problems((briefing,), catalogue)
    assert problem.startswith("briefings/x.yaml: chart 1: ")


def test_a_chart_becomes_the_parameters_of_its_link():
    chart = BriefingChart(
        indicators=("unemployment_rate",),
        regions=("BSR", "03"),
        breakdowns=("", "nationality=foreign"),
        start="2015",
        measure="change",
        chart="bar",
    )
    said = "i=unemployment_rate&r=BSR,03&b=total,nationality%3Dforeign&from=2015&as=change&chart=bar"
    assert link_parameters(chart) == said


@pytest.mark.parametrize("name", NAMES)
def test_every_prepared_file_is_printed_with_its_headings_and_figures(
    catalogue: Catalogue, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv("ETL_DATA_DIR", str(data))
    monkeypatch.setenv("MONITOR_ADDRESS", "https://monitor.example.org")
    out = tmp_path / f"{name}.pdf"
    options = ["--date", "2026-12-03", "--since", "2026-06-04", "--place", "--Rathaus"]
    done = cli.invoke(app, ["briefing", name, "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    said = bare(" ".join(page.extract_text() for page in pypdf.PdfReader(out).pages))
    (briefing,) = [b for b in catalogue.briefings if b.id == name]
    left_out = [line.partition(": ")[2] for line in done.output.splitlines() if line.startswith("left out")]
    printed = [chart for chart in briefing.charts if chart.heading and chart.heading.de not in left_out]
    assert len(printed) >= 5 and len(printed) + len(left_out) == len(briefing.charts)
    for chart in printed:
        assert chart.heading and bare(chart.heading.de) in said
        assert chart.note is None or bare(chart.note.de) in said
    for one in (briefing.title.de, "03.12.2026", "--Rathaus", "Neu seit der letzten Sitzung", "monitor.example.org"):
        assert bare(one) in said


def test_a_briefing_in_english_as_html(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(data))
    done = cli.invoke(app, ["briefing", "studierende", "--out", str(tmp_path / "x.html"), "--lang", "en"])
    assert done.exit_code == 0, done.output
    written = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in written and "International students: do they stay?" in written


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing", "--out", "x.pdf"], 2, "there is no briefing 'nothing'; there are lage"),
        (["lage", "--out", "x.doc"], 2, ".pdf, .pptx, .html"),
        (["lage", "--out", "missing/folder/x.pdf"], 1, "cannot be written"),
        (["lage", "--out", "x.pdf", "--date", "soon"], 2, "soon"),
        (["lage", "--out", "x.pdf", "--lang", "fr"], 2, "fr"),
    ],
)
def test_what_cannot_be_printed_says_why(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
):
    monkeypatch.setenv("ETL_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)
    done = cli.invoke(app, ["briefing", *arguments])
    assert done.exit_code == code and said in done.output
    assert not list(tmp_path.glob("x.*"))


def test_without_figures_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    done = cli.invoke(app, ["briefing", "lage", "--out", str(tmp_path / "x.pdf")])
    assert done.exit_code == 1 and "etl run" in done.output
