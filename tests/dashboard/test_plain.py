from __future__ import annotations

from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.metadata import Metadata
from dashboard.middleware import PageMiddleware
from dashboard.text import LANGUAGES, text
from tests.dashboard.small_store import FIRST

VOID = {"meta", "link", "img", "input", "source"}


class Outline(HTMLParser):
    """The elements of a page; fails where one is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self.said: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture()
def client(metadata: Metadata) -> TestClient:
    return TestClient(Starlette(routes=ROUTES, middleware=[Middleware(PageMiddleware)]))


def page(client: TestClient, path: str) -> Outline:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return Outline(answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_leads_to_every_indicator_by_theme(client: TestClient, metadata: Metadata, lang: str):
    found = page(client, f"/plain?lang={lang}")
    linked = [a["href"].split("?")[0] for a in found.all("a")]
    assert all(f"/plain/{indicator}" in linked for indicator in metadata.indicators)
    assert found.all("html") == [{"lang": lang}]
    for address in {a["href"] for a in found.all("a") if a["href"].startswith("/plain")}:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "query", ["", "r=BSR,03101&as=index", "r=03153&from=2020", "chart=table", "chart=small-multiples"]
)
def test_a_plain_page_needs_no_script_and_has_all_that_the_chart_has(client: TestClient, lang: str, query: str):
    answer = client.get(f"/plain/foreign_population?{query}&lang={lang}", headers={"accept": "text/html"})
    found = Outline(answer.text)
    assert not found.all("script") and "javascript:" not in answer.text and " onclick" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert len(found.all("h1")) == 1 and len(found.all("table")) == len(found.all("caption")) == 1
    assert {th["scope"] for th in found.all("th")} == {"col", "row"}
    pictures = found.all("img")
    assert len(pictures) == (query != "chart=table") and all(p["alt"] for p in pictures)
    for picture in (*(p["src"] for p in pictures), *(s["srcset"] for s in found.all("source"))):
        assert client.get(picture).headers["content-type"] == "image/svg+xml"
    labelled = {label["for"] for label in found.all("label")}
    assert labelled == {s["id"] for s in found.all("select")} and found.all("form")[0]["method"] == "get"
    for link in found.all("a"):
        if link["href"].startswith(("/plain", "/chart/v1", "/feed")):
            assert client.get(link["href"]).status_code == 200, link
    said = " ".join(found.said)
    assert "Register" in said and text(lang, "sources.licence") in said and "{" not in said.split("}")[-1]


def test_what_the_form_sends_is_the_view(client: TestClient):
    sent = "r=03101&b=total&as=number&chart=bar&from=2012&to=2020"
    found = page(client, f"/plain/foreign_population?{sent}")
    assert "role=note" not in str(found.found) and not [d for d in found.all("div") if d.get("role") == "note"]
    chosen = [o["value"] for o in found.all("option") if "selected" in o]
    assert chosen == ["03101", "total", "number", "bar", "2012", "2020"]


def test_several_regions_stay_one_choice(client: TestClient):
    found = page(client, "/plain/foreign_population?r=03101,03102")
    assert "03101,03102" in [o["value"] for o in found.all("option") if "selected" in o]


def test_what_does_not_fit_falls_back_with_a_note(client: TestClient):
    found = page(client, "/plain/foreign_population?r=99999&as=wrong&v=old&lang=en")
    said = " ".join(found.said)
    assert text("en", "notes.unknown_region", value="99999") in said
    assert text("en", "notes.unknown_vintage", value="old") in said


def test_an_unknown_indicator_is_a_page_that_leads_on(client: TestClient):
    answer = client.get("/plain/<script>alert(1)</script>x")
    assert answer.status_code == 404 and "<script" not in answer.text
    answer = client.get("/plain/nothing")
    assert answer.status_code == 404 and 'href="/plain"' in answer.text


def test_what_an_address_says_is_never_html(client: TestClient):
    answer = client.get("/plain/foreign_population", params={"r": "<img src=x>", "v": '"><b>'})
    assert "<img src=x>" not in answer.text and "&lt;img src=x&gt;" in answer.text and "<b>" not in answer.text


def test_the_parameters_of_any_page_fit_behind_the_index(client: TestClient):
    assert page(client, "/plain?i=population&r=03101").said == page(client, "/plain/population?r=03101").said
    assert page(client, "/plain/population?i=population&r=03101").said == page(client, "/plain/population?r=03101").said


def test_an_earlier_state_shows_then_and_now(client: TestClient):
    found = page(client, f"/plain/foreign_population?r=03157&v={FIRST}")
    said = " ".join(found.said)
    assert text("de", "past.then_and_now") in said and "+4.900" in said and "revidiert: 1 Wert" in said
    assert len(found.all("table")) == 2


def test_secret_and_invented_figures_stay_so(client: TestClient):
    said = " ".join(page(client, "/plain/counselling_contacts?b=kind%3Dcompany;provider%3Dwelcome_center").said)
    assert text("de", "secrets.figure") in said
    said = " ".join(page(client, "/plain/counselling_contacts?b=provider%3Ddemo").said)
    assert text("de", "invented.notice") in said
