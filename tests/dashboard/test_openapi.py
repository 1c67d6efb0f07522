from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import ROUTES
from dashboard.metadata import Metadata
from dashboard.text import LANGUAGES
from dashboard.view import PARAMETERS


@pytest.fixture()
def client(metadata: Metadata) -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def described(client: TestClient, lang: str = "de") -> dict:
    answer = client.get(f"/data/v1/openapi.json?lang={lang}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    return answer.json()


def test_every_route_is_described_and_nothing_else(client: TestClient):
    assert set(described(client)["paths"]) == {route.path for route in ROUTES}


def test_every_described_route_answers_with_what_is_described(client: TestClient):
    for path, item in described(client)["paths"].items():
        operation = item["get"]
        answer = client.get(path.replace("{indicator}", "foreign_population"))
        assert answer.status_code == 200, path
        content = operation["responses"]["200"]
        assert answer.headers["content-type"].split(";")[0] in content["content"], path
        for header in content.get("headers", {}):
            assert header in answer.headers, path


def test_every_described_parameter_is_read_and_every_other_one_refused(client: TestClient):
    for path, item in described(client)["paths"].items():
        known = [p["name"] for p in item["get"]["parameters"] if p["in"] == "query"]
        if "view" in path or "observations" in path:
            assert {*PARAMETERS} <= {*known}
        if path.startswith(("/plain", "/healthz")):
            continue  # pages fall back with a note, and a monitor's own parameters change nothing
        query = "&".join(f"{name}=" for name in known)
        assert client.get(f"{path}?{query}").status_code == 200, path
        assert client.get(f"{path}?{query}&unknown=1").status_code == 400, path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_description_has_the_structure_of_openapi(client: TestClient, lang: str):
    found = described(client, lang)
    assert found["openapi"] == "3.1.0" and {"title", "version"} <= found["info"].keys()
    operations = [item["get"] for item in found["paths"].values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, item in found["paths"].items():
        operation = item["get"]
        assert operation["summary"] and "200" in operation["responses"]
        assert all(response["description"] for response in operation["responses"].values())
        in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert in_path == re.findall(r"{(\w+)}", path)
        names = [p["name"] for p in operation["parameters"]]
        assert len(set(names)) == len(names)
        for parameter in operation["parameters"]:
            assert parameter["in"] in ("query", "path") and parameter["schema"] and parameter["description"]
            assert parameter["required"] == (parameter["in"] == "path")
    references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(found)))
    assert references and references <= found["components"]["schemas"].keys()


def test_an_observation_is_described_as_it_comes(client: TestClient):
    schema = described(client)["components"]["schemas"]["observation"]
    (row,) = client.get("/data/v1/observations.json?i=foreign_population&r=03153&from=2024").json()["observations"]
    assert list(row) == schema["required"] == list(schema["properties"]) and row["value"] is None
