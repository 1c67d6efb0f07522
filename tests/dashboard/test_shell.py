from __future__ import annotations

import base64
import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.middleware import PageMiddleware
from dashboard.page import PATHS
from dashboard.shell import STYLE, WORDS, page_title
from dashboard.text import LANGUAGES, text, texts

PROJECT = Path(__file__).resolve().parents[2]
STATIC = Path(streamlit.__file__).parent / "static"
# put together by Streamlit from parts
PARTS = ("select_one", "select_most", "options_available", "option_available")
PARTS += ("press_enter", "press_ctrl_enter", "press_command_enter")
ELSEWHERE = {f"streamlit.{key}" for key in PARTS}


@pytest.fixture()
def client() -> TestClient:
    """The middleware before Streamlit's own empty page, and before a page that is complete as it is."""
    shell = (STATIC / "index.html").read_text(encoding="utf-8")
    routes = [
        Route("/plain", lambda _: HTMLResponse("<html lang='en'><title>x</title></html>", headers={"etag": "1"})),
        Route("/{path:path}", lambda _: HTMLResponse(shell, headers={"etag": "1"})),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(PageMiddleware)]))


def shell_of(client: TestClient, address: str) -> str:
    return client.get(address, headers={"accept": "text/html"}).text


@pytest.mark.parametrize(("query", "lang"), [("", "de"), ("?lang=en", "en"), ("?lang=<x>", "de"), ("?lang=de", "de")])
def test_the_page_has_the_language_and_length_of_its_address(client: TestClient, query: str, lang: str):
    page = client.get(f"/{query}", headers={"accept": "text/html"})
    assert f'<html lang="{lang}">' in page.text
    assert "etag" not in page.headers and int(page.headers["content-length"]) == len(page.content)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS.values())
def test_every_page_has_a_title_and_a_description_of_its_own(client: TestClient, path: str, lang: str):
    pages = {p: shell_of(client, f"/{p}?lang={lang}") for p in PATHS.values()}
    said = {
        p: re.findall(r'<title>(.*?)</title><meta name="description" content="(.*?)">', s) for p, s in pages.items()
    }
    assert len(said[path]) == 1 and [*said.values()].count(said[path]) == 1
    assert text(lang, "app.title") in said[path][0][0]
    assert 60 <= len(said[path][0][1]) <= 170  # what search engines and shared links show
    assert f'property="og:title" content="{said[path][0][0]}"' in pages[path]


def test_a_page_beneath_a_folder_is_the_same_page(client: TestClient):
    assert page_title("explore", "de") in shell_of(client, "/monitor/explore")
    assert page_title("", "de") in shell_of(client, "/monitor/")


def test_nothing_of_streamlit_shows_before_its_script_has_run(client: TestClient):
    page = shell_of(client, "/explore")
    body = page[page.index("<body>") :]
    assert "Streamlit" not in body and "enable JavaScript" not in body
    assert "favicon.png" not in page and "agent/openapi" not in page and 'as="font"' not in page


def test_the_policy_allows_exactly_the_scripts_in_the_page(client: TestClient):
    answer = client.get("/explore", headers={"accept": "text/html"})
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    policy = answer.headers["content-security-policy"]
    assert len(scripts) == policy.count("'sha256-") == 2
    for script in scripts:
        assert base64.b64encode(sha256(script.encode()).digest()).decode() in policy


def test_without_script_the_same_view_is_a_link_away(client: TestClient):
    page = shell_of(client, "/explore?i=employees,students&r=BSR&b=sex%3Df&lang=en")
    found = re.search(r"<noscript>.*?href=\"(.*?)\"", page, re.DOTALL)
    assert found and found[1] == "./plain/employees?i=employees%2Cstudents&amp;r=BSR&amp;b=sex%3Df&amp;lang=en"
    assert '<a href="./plain?lang=de">' in shell_of(client, "/map?i=employees")


@pytest.mark.parametrize("evil", ['"><script>alert(1)</script>', "<!--", "</noscript>", "'onload='x"])
def test_an_address_cannot_write_into_the_page(client: TestClient, evil: str):
    def shown(**params: str) -> str:
        return client.get("/explore", params=params, headers={"accept": "text/html"}).text

    assert shown(i=evil, r=evil, lang=evil) == shown()
    assert "./plain/employees" in shown(i="employees", r=evil)
    assert shown(i="employees", r=evil).count(evil) == shown().count(evil)


def test_a_page_that_is_complete_passes_untouched(client: TestClient):
    answer = client.get("/plain", headers={"accept": "text/html"})
    assert answer.text == "<html lang='en'><title>x</title></html>" and answer.headers["etag"] == "1"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_feed_is_announced(client: TestClient):
    assert 'type="application/atom+xml"' in shell_of(client, "/?lang=en")
    assert 'href="./feed/revisions.atom?lang=en"' in shell_of(client, "/?lang=en")


def test_the_words_to_replace_are_those_that_this_streamlit_writes():
    written = "".join(p.read_text(encoding="utf-8") for p in (STATIC / "static" / "js").glob("*.js"))
    own = {key: said for key, said in texts("en").items() if key.startswith(WORDS) and key not in ELSEWHERE}
    parts = {key: [p for p in re.split(r"\{\w+\}", said) if p.strip(" :—")] for key, said in own.items()}
    missing = [key for key, found in parts.items() if not all(p.strip(" :—") in written for p in found)]
    assert own and missing == []


def test_the_script_holds_the_words_of_each_language(client: TestClient):
    page = shell_of(client, "/")
    found = re.search(r"const given = (\{.*\});\n", page)
    assert found
    given = json.loads(found[1])
    assert [*given] == [*LANGUAGES] and given["en"]["words"] == []
    assert ["Skip to main content", "Zum Inhalt springen"] in given["de"]["words"]


def test_the_first_column_of_a_table_stands_on_the_themes_grounds():
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    light, dark = (theme[ground]["backgroundColor"] for ground in ("light", "dark"))
    used = set(re.findall(r"(?:background|--ground): light-dark\((.*?)\)", STYLE.read_text(encoding="utf-8")))
    assert used == {f"{light}, {dark}"}
