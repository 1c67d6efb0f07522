"""The routes of views and observations in all kinds: caching, refusals, and an earlier state through every door."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.addresses import FILE_KINDS
from dashboard.answers import FOR_A_YEAR, origin_from
from dashboard.api import routes_under
from dashboard.metadata import Metadata
from dashboard.middleware import PageMiddleware
from tests.dashboard.small_store import FIRST, SECOND
from tests.dashboard.test_pages import run

PEINE = "i=foreign_population&r=03157&from=2024"
THEN, NOW = "4.000", "8.900"


def served(folder: str = "") -> TestClient:
    pages = Route("/{rest:path}", lambda _: PlainTextResponse("a page"))  # Streamlit's, which come last
    return TestClient(Starlette(routes=[*routes_under(folder), pages], middleware=[Middleware(PageMiddleware)]))


@pytest.fixture()
def client(metadata: Metadata) -> TestClient:
    return served()


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_a_view_comes_as_every_kind_of_file(client: TestClient, kind: str):
    answer = client.get(f"/chart/v1/view.{kind}?r=03101,03102&from=2015&as=index")
    assert answer.status_code == 200, answer.text
    starts = {
        "png": b"\x89PNG",
        "svg": b"<svg",
        "pdf": b"%PDF",
        "csv": b"\xef\xbb\xbfindicator;",
        "xlsx": b"PK",
        "json": b"{",
    }
    assert answer.content.startswith(starts[kind])
    assert f'.{kind}"' in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/data/v1/observations.csv", "/data/v1/observations.json", "/chart/v1/view.svg"])
def test_a_named_state_may_be_kept_for_a_year_and_the_newest_not(client: TestClient, path: str):
    lasting = client.get(f"{path}?{PEINE}&v={FIRST}")
    assert lasting.headers["cache-control"] == FOR_A_YEAR
    newest = client.get(f"{path}?{PEINE}")
    assert newest.headers["cache-control"] == "no-cache"
    assert newest.headers["etag"] != lasting.headers["etag"]
    for tag in (newest.headers["etag"], f"W/{newest.headers['etag']}", f'"x", {newest.headers["etag"]}'):
        again = client.get(f"{path}?{PEINE}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == newest.headers["etag"] and again.headers["cache-control"] == "no-cache"
    head = client.head(f"{path}?{PEINE}")
    assert head.status_code == 200 and head.headers["etag"] == newest.headers["etag"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("r=99999", 400, "Die Region „99999“ gibt es nicht."),
        ("r=99999&lang=en", 400, "99999"),
        ("i=nothing", 400, "„nothing“"),
        ("from=2024&to=2020", 400, "beginnt nach seinem Ende"),
        ("utm_source=x", 400, "no parameter 'utm_source'. Known: i, r, b"),
        ("width=9999", 400, "width: there is no '9999'. Known: narrow, wide"),
        ("v=20000101T000000Z", 404, "no vintage"),
        ("lang=fr", 400, "„fr“"),
    ],
)
def test_a_picture_is_never_another_one_than_asked_for(client: TestClient, query: str, status: int, said: str):
    answer = client.get(f"/chart/v1/view.svg?{query}")
    assert answer.status_code == status and said in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_picture_of_hundreds_of_series_is_refused(client: TestClient, metadata: Metadata, monkeypatch):
    monkeypatch.setattr("dashboard.api_chart.MOST_SERIES", 3)
    assert client.get("/chart/v1/view.svg?r=03101,03102,03103").status_code == 200
    refused = client.get("/chart/v1/view.svg?r=03101,03102,03103,03151")
    assert refused.status_code == 400 and "höchstens 3" in refused.text


def test_a_workbook_of_too_many_rows_is_refused_and_the_csv_is_not(client: TestClient, monkeypatch):
    monkeypatch.setattr("dashboard.api_data.MOST_ROWS", 10)
    for kind, status in (("csv", 200), ("json", 400), ("xlsx", 400)):
        assert client.get(f"/data/v1/observations.{kind}?i=population").status_code == status
    assert client.get("/data/v1/observations.xlsx?i=population&r=03101&from=2023").status_code == 200


def test_a_picture_for_a_phone_is_narrow(client: TestClient):
    assert 'width="400"' in client.get("/chart/v1/view.svg?width=narrow").text
    assert 'width="800"' in client.get("/chart/v1/view.svg").text


def test_an_earlier_state_shows_the_older_figures_through_every_door(client: TestClient):
    """After a revision was published, ``v`` shows what was known before it: page, API, files, picture, plain page."""

    def told(v: str, figure: str) -> dict[str, bool]:
        number = float(figure.replace(".", ""))
        query = f"{PEINE}{v}"
        page = run("explore", i="foreign_population", r="03157", from_="2024", **({"v": v[3:]} if v else {}))
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/data/v1/observations.xlsx?{query}").content))
        shown = openpyxl.load_workbook(io.BytesIO(client.get(f"/chart/v1/view.xlsx?{query}").content))
        return {
            "page": figure
            in "".join(m.value for m in page.markdown if ">Zeitpunkt</th>" in m.value and "damals" not in m.value),
            "headline": figure in str(page.get("vega_lite_chart")[0].proto.alt),
            "csv": f",{number:g}," in client.get(f"/data/v1/observations.csv?{query}").text,
            "json": [o["value"] for o in client.get(f"/data/v1/observations.json?{query}").json()["observations"]]
            == [number],
            "xlsx": number in [c.value for row in book.worksheets[0].iter_rows() for c in row],
            "file as shown": number in [c.value for s in shown.worksheets for row in s.iter_rows() for c in row],
            "picture": figure in client.get(f"/chart/v1/view.svg?{query}").text.split("</title>")[0],
            "plain page": f"<td>{figure}</td>"
            in client.get(f"/plain/foreign_population?{query}").text.rsplit("<table>", 1)[1],
        }

    assert not [door for door, shown in told(f"&v={FIRST}", THEN).items() if not shown]
    assert not [door for door, shown in told("", NOW).items() if not shown]
    assert not [door for door, shown in told(f"&v={SECOND}", NOW).items() if not shown]
    assert not [door for door, shown in told(f"&v={FIRST}", NOW).items() if shown]


def test_an_answer_for_a_year_does_not_tell_what_came_later(client: TestClient):
    (row,) = client.get(f"/data/v1/observations.json?{PEINE}&v={FIRST}").json()["observations"]
    assert row["value"] == 4000 and row["known_until"] is None


def test_everything_that_can_be_asked_is_listed(client: TestClient):
    found = json.loads(client.get("/data/v1/indicators.json").text)
    ids = [i["id"] for i in found["indicators"]]
    assert "foreign_population" in ids and found["vintage"] == SECOND
    assert [v["id"] for v in found["vintages"]] == [SECOND, FIRST]
    permits = next(i for i in found["indicators"] if i["id"] == "residence_permits")
    assert [b["id"] for b in permits["breakdowns"]] == ["sex=m", "sex=f"]
    assert permits["breakdowns"][1]["label"] == {"de": "weiblich", "en": "female"}
    for indicator in found["indicators"]:
        for what in ("observations", "picture", "page"):
            path = indicator["links"][what].removeprefix("http://testserver")
            assert client.get(path).status_code == 200, path


def test_under_a_folder_routes_and_links_stay_in_it(metadata: Metadata):
    client = served("/monitor/")
    page = client.get("/monitor/plain/foreign_population")
    assert page.status_code == 200 and 'src="/monitor/chart/v1/view.svg' in page.text
    assert 'href="/plain' not in page.text and 'src="/chart' not in page.text
    assert client.get("/monitor/explore").text == "a page"
    assert client.get("/monitor/healthz/data").status_code == client.get("/healthz/data").status_code == 200


def test_the_own_address_comes_from_the_setting_and_never_from_a_strange_host(monkeypatch: pytest.MonkeyPatch):
    assert origin_from("https", "zahlen.example.org", "/monitor") == "https://zahlen.example.org/monitor"
    assert origin_from("https", "evil.example/<script>", "") == ""
    monkeypatch.setenv("MONITOR_ADDRESS", "https://monitor.example.org/")
    assert origin_from("http", "127.0.0.1:8501", "") == "https://monitor.example.org"
    monkeypatch.setenv("MONITOR_ADDRESS", "monitor; script-src *")
    with pytest.raises(ValueError, match="MONITOR_ADDRESS"):
        origin_from("http", "127.0.0.1:8501", "")


def test_other_sites_may_frame_only_where_the_setting_allows(metadata: Metadata, monkeypatch: pytest.MonkeyPatch):
    def ancestors(path: str) -> str:
        policy = served().get(path, headers={"accept": "text/html"}).headers["content-security-policy"]
        return policy.split("frame-ancestors ")[1].split(";")[0]

    assert ancestors("/plain") == ancestors("/chart") == ancestors("/healthz/data") == "'self'"
    monkeypatch.setenv("MONITOR_FRAME_ANCESTORS", "'self' https://www.braunschweig.de https://*.example.org:8443")
    allowed = "'self' https://www.braunschweig.de https://*.example.org:8443"
    assert ancestors("/plain/population") == ancestors("/chart") == allowed
    assert ancestors("/healthz/data") == ancestors("/explore") == "'self'"


@pytest.mark.parametrize("wrong", ["https://a.example; script-src *", "javascript:alert(1)", "a,b", "'unsafe-inline'"])
def test_the_setting_of_framing_sites_can_add_no_other_rule(wrong: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MONITOR_FRAME_ANCESTORS", wrong)
    with pytest.raises(ValueError, match="MONITOR_FRAME_ANCESTORS"):
        PageMiddleware(Starlette())


def test_no_device_is_asked_for(client: TestClient):
    assert "camera=()" in client.get("/healthz/data").headers["permissions-policy"]


def test_too_many_readers_of_pictures_are_told_to_come_back(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    class Full:
        def acquire_on_behalf_of_nowait(self, _: object) -> None:
            from anyio import WouldBlock

            raise WouldBlock

    monkeypatch.setattr("dashboard.api_chart._waiting", Full)
    answer = client.get("/chart/v1/view.svg")
    assert answer.status_code == 503 and answer.headers["retry-after"]


def test_without_a_store_every_route_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    for path in ("/data/v1/observations.json", "/chart/v1/view.svg", "/plain", "/feed/revisions.atom"):
        assert served().get(path).status_code == 503
