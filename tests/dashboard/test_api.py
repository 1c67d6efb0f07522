from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.exports.csv import excel_csv, marked_as_own
from dashboard.middleware import PageMiddleware
from dashboard.queries import EXPORT_COLUMNS, Selection, observations
from dashboard.store import Store
from tests.dashboard.small_store import FIRST, SECOND, foreigners

OBSERVATIONS = "/data/v1/observations.csv"
SHELL = '<html lang="en"><head><title>Streamlit</title><script>let a = 1</script></head></html>'


async def shell(_: object) -> HTMLResponse:
    return HTMLResponse(SHELL, headers={"etag": '"same"'})


@pytest.fixture()
def client(small_data: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("ETL_DATA_DIR", str(small_data))
    return TestClient(Starlette(routes=[*ROUTES, Route("/", shell)], middleware=[Middleware(PageMiddleware)]))


def rows(client: TestClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"{OBSERVATIONS}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.count("\r\n") == answer.text.count("\n")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_observations_come_in_the_columns_of_the_contract(client: TestClient):
    found = rows(client, "i=foreign_population&r=03101&from=2020&to=2021-12-31")
    assert list(found[0]) == list(EXPORT_COLUMNS)
    assert [(r["region"], r["period"], r["value"]) for r in found] == [
        ("03101", "2020-12-31", str(foreigners(0, 2020))),
        ("03101", "2021-12-31", str(foreigners(0, 2021))),
    ]


def test_a_figure_that_is_not_published_is_empty_and_never_zero(client: TestClient):
    found = rows(client, "i=foreign_population&r=03153&from=2024")
    assert [(r["value"], r["status"]) for r in found] == [("", "secret")]


def test_breakdowns_and_the_total_can_be_asked_for(client: TestClient):
    assert {r["breakdown"] for r in rows(client, "i=residence_permits&b=sex%3Dm")} == {"sex=m"}
    assert {r["breakdown"] for r in rows(client, "b=total")} == {""}
    everything = {r["breakdown"] for r in rows(client, "") if not r["source"].startswith("counselling")}
    assert everything == {"", "sex=m", "sex=f", "nationality=foreign"}


def test_a_page_address_can_be_asked_as_it_is(client: TestClient):
    plain = rows(client, "i=foreign_population&r=03101&b=total")
    assert rows(client, "i=foreign_population,&r=,03101,&b=total,&as=number&chart=table&lang=en&from=") == plain


def test_an_earlier_state_answers_for_ever(client: TestClient):
    query = "i=foreign_population&r=03157&from=2024"
    assert [float(r["value"]) for r in rows(client, f"{query}&v={FIRST}")] == [4000]
    assert [float(r["value"]) for r in rows(client, f"{query}&v={SECOND}")] == [foreigners(6, 2024)]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("i=nothing", 400, "no indicator 'nothing'"),
        ("r=99999", 400, "no region '99999'"),
        ("b=sex%3Dx", 400, "no breakdown 'sex=x'"),
        ("region=03101", 400, "no parameter 'region'. Known: i, r, b"),
        ("i=population&as=index", 400, "only 'number'"),
        ("from=soon", 400, "'soon' is no period"),
        ("v=20000101T000000Z", 404, "no vintage"),
    ],
)
def test_a_wrong_question_gets_a_clear_answer(client: TestClient, query: str, status: int, said: str):
    answer = client.get(f"{OBSERVATIONS}?{query}")
    assert answer.status_code == status and said in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_unchanged_answer_is_not_sent_again(client: TestClient):
    first = client.get(f"{OBSERVATIONS}?i=population")
    again = client.get(f"{OBSERVATIONS}?i=population", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{OBSERVATIONS}?i=naturalisations").headers["etag"] != first.headers["etag"]


def test_health_tells_vintage_and_rows(client: TestClient):
    answer = client.get("/healthz/data")
    told = json.loads(answer.text)
    assert answer.status_code == 200 and told["ok"] and told["vintage"] == SECOND and told["rows"] > 100
    assert told["newest_retrieval"] == "2026-01-01T00:00:00Z"


def test_without_a_store_health_is_503(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    assert client.get("/healthz/data").status_code == 503
    assert client.get(OBSERVATIONS).status_code == 503


def test_the_german_excel_form_opens_by_double_click(store: Store):
    written = excel_csv(observations(store, Selection(indicators=("foreign_population_share",), regions=("03102",))))
    text = written.decode("utf-8")
    assert text.startswith("\ufeffindicator;region;") and "\r\n" in text
    share = text.splitlines()[1].split(";")[8]
    assert "," in share and "." not in share


def test_an_own_calculation_is_marked_once(store: Store):
    figures = observations(store, Selection(indicators=("population",), regions=("03101",)))
    marked = marked_as_own(marked_as_own(figures, "eigene Berechnung"), "eigene Berechnung")
    assert set(marked["attribution"]) == {f"{said}; eigene Berechnung" for said in figures["attribution"]}


def test_web_sockets_of_the_own_host_are_allowed(client: TestClient):
    def allowed(host: str) -> str:
        policy = client.get("/healthz/data", headers={"host": host}).headers["content-security-policy"]
        return policy.split("connect-src ")[1].split(";")[0]

    assert allowed("zahlen.example.org:8501").endswith("ws://zahlen.example.org:8501 wss://zahlen.example.org:8501")
    assert allowed("[::1]:8501").endswith("wss://[::1]:8501")
    assert allowed("a; script-src *") == "'self'"


def test_every_answer_carries_security_headers(client: TestClient):
    for path in ("/", "/healthz/data"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and "referrer-policy" in headers
        assert "unsafe-eval" not in headers["content-security-policy"]
    page = client.get("/", headers={"accept": "text/html"})
    assert "'sha256-" in page.headers["content-security-policy"]
