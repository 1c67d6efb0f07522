"""The description of the HTTP routes (OpenAPI 3.1), written from the parameters that they really read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from dashboard import api_data, feed
from dashboard.addresses import CHART_ROUTE, DATA_ROUTE, FILE_KINDS
from dashboard.answers import Answer, Question, answered
from dashboard.api_chart import WIDTH_PARAMETER, WIDTHS
from dashboard.api_data import check_names
from dashboard.api_plain import INDEX, INDICATOR
from dashboard.choices import CHARTS, MEASURES
from dashboard.exports.files import MEDIA_TYPES
from dashboard.metadata import Lang, Metadata
from dashboard.queries import EXPORT_COLUMNS
from dashboard.text import LANGUAGES, text
from dashboard.view import PARAMETERS, language_of

PATH = "/data/v1/openapi.json"
VERSION = "1.0.0"  # of the routes, not of the program
_LISTS = ("i", "r", "b")
_ERRORS = {"400": "api.bad_request", "404": "api.not_found", "503": "api.no_store"}

Tree = dict[str, Any]


async def description(request: Request) -> Response:
    """The description; ``lang`` chooses its language."""
    return await answered(request, _answer)


def _answer(asked: Question) -> Answer:
    check_names(asked.params, ("lang",))
    lang = language_of(asked.params)
    return Answer(
        f"{lang} {asked.origin}",
        lambda: orjson.dumps(described(asked.metadata, lang, asked.origin), option=orjson.OPT_INDENT_2),
        MEDIA_TYPES["json"],
    )


def described(metadata: Metadata, lang: Lang, origin: str) -> Tree:
    """The whole description as plain dicts."""
    views = [_parameter(name, metadata, lang) for name in PARAMETERS]
    width = _query(WIDTH_PARAMETER, lang, {"type": "string", "enum": list(WIDTHS), "default": "wide"})
    language = _parameter("lang", metadata, lang)
    in_path = {"name": "indicator", "in": "path", "required": True, "schema": _ids(list(metadata.indicators))}
    in_path["description"] = text(lang, "api.parameters.indicator")
    paths: Tree = {}
    for kind in api_data.KINDS:
        observed = [_parameter(name, metadata, lang, observed=True) for name in PARAMETERS]
        paths[f"{DATA_ROUTE}.{kind}"] = _get("observations", MEDIA_TYPES[kind], observed, lang, kind)
    paths[api_data.INDICATORS] = _get("indicators", MEDIA_TYPES["json"], [], lang)
    for file in FILE_KINDS:
        paths[f"{CHART_ROUTE}.{file}"] = _get("view", MEDIA_TYPES[file], [*views, width], lang, file)
    paths[PATH] = _get("openapi", MEDIA_TYPES["json"], [language], lang)
    paths[feed.PATH] = _get("feed", "application/atom+xml", [language], lang)
    paths[INDEX] = _get("plain_index", "text/html", [language], lang)
    paths[INDICATOR] = _get("plain", "text/html", [in_path, *views], lang)
    paths[api_data.HEALTH] = _get("health", MEDIA_TYPES["json"], [], lang, cached=False)
    licences = sorted({s.licence.to(lang) for s in metadata.sources.values() if not s.invented})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{text(lang, 'app.title')} · {text(lang, 'app.place')}",
            "version": VERSION,
            "description": text(lang, "api.about", licences="; ".join(licences)),
        },
        "servers": [{"url": origin or "/"}],
        "paths": paths,
        "components": {"schemas": {"observation": _observation(lang)}},
    }


def _get(
    name: str, media_type: str, parameters: Sequence[Tree], lang: Lang, kind: str = "", *, cached: bool = True
) -> Tree:
    """One path with its only question. ``cached``: it answers with an ETag, and for a year where ``v`` is given."""
    content: Tree = {media_type.split(";")[0]: {"schema": _content(name, media_type)}}
    answer: Tree = {"description": text(lang, "api.answer"), "content": content}
    responses: Tree = {"200": answer}
    if cached:
        answer["headers"] = {
            header: {"description": text(lang, f"api.headers.{key}"), "schema": {"type": "string"}}
            for header, key in (("ETag", "etag"), ("Cache-Control", "cache"))
        }
        responses["304"] = {"description": text(lang, "api.unchanged")}
    for status, key in _ERRORS.items():
        responses[status] = {"description": text(lang, key), "content": {"text/plain": {"schema": {"type": "string"}}}}
    summary = text(lang, f"api.routes.{name}")
    return {
        "get": {
            "operationId": f"{name}_{kind}" if kind else name,
            "summary": f"{summary} ({kind.upper()})" if kind else summary,
            "parameters": list(parameters),
            "responses": responses,
        }
    }


def _content(name: str, media_type: str) -> Tree:
    if not media_type.startswith("application/json"):
        return {"type": "string"}
    if name != "observations":
        return {"type": "object"}
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/observation"}}
    return {"type": "object", "required": ["observations"], "properties": {"observations": rows}}


def _parameter(name: str, metadata: Metadata, lang: Lang, *, observed: bool = False) -> Tree:
    """One parameter of a view. For the published observations, ``observed``, there are no other measures."""
    known: dict[str, Tree] = {
        "i": _ids(list(metadata.indicators)),
        "r": _ids(list(metadata.regions)),
        "as": {"type": "string", "enum": ["number"] if observed else list(MEASURES), "default": "number"},
        "chart": {"type": "string", "enum": list(CHARTS), "default": CHARTS[0]},
        "v": _ids(list(metadata.vintages)),
        "lang": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
    }
    return _query(name, lang, known.get(name, {"type": "string"}))


def _query(name: str, lang: Lang, schema: Tree) -> Tree:
    described = {"name": name, "in": "query", "required": False, "description": text(lang, f"api.parameters.{name}")}
    if name not in _LISTS:
        return described | {"schema": schema}
    return described | {"schema": {"type": "array", "items": schema}, "style": "form", "explode": False}


def _ids(known: list[str]) -> Tree:
    return {"type": "string", "enum": known}


def _observation(lang: Lang) -> Tree:
    """A row of the observations: a null value was not published, its status says why."""
    texts = {name: {"type": ["string", "null"]} for name in EXPORT_COLUMNS}
    return {
        "type": "object",
        "description": text(lang, "api.observation"),
        "properties": texts | {"value": {"type": ["number", "null"]}},
        "required": list(EXPORT_COLUMNS),
    }
