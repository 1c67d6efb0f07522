"""Replies of Eurostat that are no data, told apart so that the error says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from etl.errors import ParseError

_MAX_QUOTED = 160


def refuse_if_no_data(body: bytes, table: str) -> None:
    """Raise ParseError if the reply is empty, a web page, a SOAP fault, a JSON warning or a JSON error."""
    start = body[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start:
        raise ParseError(f"eurostat {table}: expected data, got an empty reply; fetch it again")
    lowered = start.lower()
    if lowered.startswith(b"<") and b"extraction_too_big" in body.lower():
        raise ParseError(f"eurostat {table}: the request is too big for Eurostat (EXTRACTION_TOO_BIG); narrow it")
    if lowered.startswith((b"<!doctype", b"<html")) or b"<html" in lowered:
        raise ParseError(
            f"eurostat {table}: expected data, got a web page ({quoted(start)}); "
            "Eurostat is probably under maintenance, fetch again later"
        )
    if lowered.startswith(b"<"):
        raise ParseError(f"eurostat {table}: expected data, got XML ({quoted(start)}); check the request")
    if lowered.startswith(b"{") and (b'"error"' in lowered or b'"warning"' in lowered):
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(document, dict):
            _refuse_message(document, table)


def _refuse_message(document: Mapping[str, Any], table: str) -> None:
    """Raise ParseError if the JSON object is Eurostat's ``warning`` or ``error`` message."""
    for kind in ("warning", "error"):
        if kind not in document or "value" in document:
            continue
        found = document[kind]
        first = found[0] if isinstance(found, list) and found else found
        fields = first if isinstance(first, dict) else {}
        label, status = str(fields.get("label", first)), fields.get("status", "?")
        advice = (
            "the request is too big for an immediate answer: name fewer codes, or take the TSV"
            if "ASYNCHRONOUS" in label
            else "check the table's code and the dimensions that the catalogue names"
        )
        raise ParseError(f"eurostat {table}: expected data, got {kind} {status}: {label[:_MAX_QUOTED]}; {advice}")


def quoted(body: bytes) -> str:
    """The first characters of a reply, on one line, for an error message."""
    return repr(" ".join(body[:_MAX_QUOTED].decode("utf-8", "replace").split()))
