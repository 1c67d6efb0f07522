"""The smallest live requests to a GENESIS host, and what they tell of the assumptions about it (SOURCES 1 and 8)."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from etl.archive import MEGABYTE, Archive, Limits
from etl.errors import FetchError, NotOfferedError, ParseError
from etl.http import HttpReply, PoliteSession
from etl.sources.base import Context, Finding
from etl.sources.genesis.client import GenesisClient, TableState
from etl.sources.genesis.envelope import Asked, read_answer
from etl.sources.genesis.requests import LANGUAGE, Form, service_address
from etl.sources.signs import SIGN_STATUS

DISTRICTS = "KREISE"
MEMBER = "_flat.csv"
LIMITS = Limits(members=5, member_bytes=20 * MEGABYTE)  # a few rows are asked for
_NO_ANSWER = (FetchError, ParseError, ValueError, KeyError, csv.Error)
_TOKEN = re.compile(r"[0-9a-fA-F]{32}")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DECIMAL_POINT = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class _Subject:
    """What is asked of a host: a small table; one with decimals; a slice that was empty when it was recorded."""

    table: str
    decimals: str | None = None
    awaited_year: str | None = None


SUBJECTS = {
    "regionalstatistik": _Subject("13111-01-03-4", decimals="13211-02-05-4", awaited_year="2025"),
    "genesis": _Subject("12411-0015"),
}


@dataclass(frozen=True)
class _Slice:
    """A small ffcsv reply: the names in the zip, the columns, one dict a row."""

    members: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def of_districts(self) -> list[tuple[str, dict[str, str]]]:
        """District code and row, of the rows that belong to a district."""
        blocks = [c.removesuffix("_variable_code") for c in self.columns if re.fullmatch(r"\d+_variable_code", c)]
        return [
            (row[f"{n}_variable_attribute_code"], row)
            for row in self.rows
            for n in blocks
            if row[f"{n}_variable_code"] == DISTRICTS
        ]


def probe(session: PoliteSession, context: Context) -> list[Finding]:
    """What holds of the assumptions about this host; a failed request is a finding too."""
    subject = SUBJECTS[context.source.id]
    client = GenesisClient(session, context)
    found = [
        _attempt("the service answers at its address", lambda: _whoami(session, context)),
        _attempt("the quality signs are the known ones", lambda: _signs(session, context)),
    ]
    account = _account(client, context, subject)
    found += [account, _kind_of_account(context, account.state == "held")]
    if account.state != "held":
        why = "not asked without a working account"
        rest = ["metadata/table gives Updated and Time.To", *_of_slice(subject)]
        return [*found, *(Finding(name, "unknown", why) for name in rest)]
    found.append(_attempt("metadata/table gives Updated and Time.To", lambda: _metadata(client, subject)))
    return [*found, *_slice_findings(client, context, subject)]


def _attempt(assumption: str, ask: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        held, detail = ask()
    except _NO_ANSWER as error:
        return Finding(assumption, "broken", str(error))
    return Finding(assumption, "held" if held else "broken", detail)


def _whoami(session: PoliteSession, context: Context) -> tuple[bool, str]:
    address = f"{service_address(context)}/helloworld/whoami"
    reply = session.get(address)
    known = reply.body.lstrip().startswith(b"{")
    return known, f"{address} answered HTTP {reply.status} with {'JSON' if known else 'no JSON'}"


def _account(client: GenesisClient, context: Context, subject: _Subject) -> Finding:
    assumption = "the account is accepted (not run as GAST)"
    if context.credentials is None:
        name = client.source.upper()
        return Finding(assumption, "unknown", f"no account; set {name}_USER and {name}_PASSWORD")
    return _attempt(assumption, lambda: _login(client, subject))


def _login(client: GenesisClient, subject: _Subject) -> tuple[bool, str]:
    client.log_in()
    with contextlib.suppress(NotOfferedError):  # an answer about the table is an answer to the account
        client.metadata(subject.table)  # the login alone may tell of success to a wrong password
    return True, "helloworld/logincheck gives a name of its own and metadata/table an answer"


def _kind_of_account(context: Context, accepted: bool) -> Finding:
    assumption = "user name and password are accepted where a token is assumed not to be"
    if context.credentials is None or not accepted:
        return Finding(assumption, "unknown", "no account was accepted")
    if _TOKEN.fullmatch(context.credentials.user):
        return Finding(assumption, "broken", "an account that looks like a token was accepted; it may order no jobs")
    return Finding(assumption, "held", "a user name and a password were accepted; a token was not tried")


def _signs(session: PoliteSession, context: Context) -> tuple[bool, str]:
    """Asked without an account: the list of signs needs none."""
    reply = session.get(f"{service_address(context)}/catalogue/qualitysigns", (LANGUAGE,))
    listed = read_answer(reply).document.get("List")
    signs = [str(r.get("Code", "")).strip() for r in listed if isinstance(r, dict)] if isinstance(listed, list) else []
    known = {*SIGN_STATUS, "0", "()", "p", "r", "s", "e"}
    strange = [s for s in signs if s not in known]
    return bool(signs) and not strange, f"listed: {' '.join(signs) or 'none'}; not known: {' '.join(strange) or 'none'}"


def _metadata(client: GenesisClient, subject: _Subject) -> tuple[bool, str]:
    state: TableState = client.metadata(subject.table)[1]
    return None not in (state.updated, state.newest), f"{subject.table}: updated {state.updated}, to {state.newest}"


def _of_slice(subject: _Subject) -> list[str]:
    names = [
        "tablefile sends a zip with one _flat.csv",
        "regionalkey on tablefile is honoured: the 8 districts come and no other",
        "quality=on adds the column value_q",
        "decimals have a comma with language=de",
    ]
    if subject.awaited_year:
        names.append(f"{subject.table}: the districts' figures of {subject.awaited_year}, published late, are there")
    return names


def _slice_findings(client: GenesisClient, context: Context, subject: _Subject) -> list[Finding]:
    zipped, honoured, quality, comma, *awaited = _of_slice(subject)
    members = context.catalogue.members
    try:
        got = _newest_slice(client, subject.table, members)
    except _NO_ANSWER as error:
        rest = (honoured, quality, comma, *awaited)
        return [Finding(zipped, "broken", str(error)), *(Finding(name, "unknown", "no table came") for name in rest)]
    codes = {code for code, _ in got.of_districts()}
    other = len(got.rows) - len(got.of_districts())
    return [
        Finding(zipped, "held" if _is_flat(got.members) else "broken", f"members: {', '.join(got.members)}"),
        Finding(
            honoured,
            "held" if codes == set(members) and not other else "broken",
            f"{len(codes & set(members))} of {len(members)} districts, {len(codes - set(members))} others, "
            f"{other} rows of larger areas",
        ),
        Finding(quality, "held" if "value_q" in got.columns else "broken", f"last column: {got.columns[-1]}"),
        _comma(client, subject, got, members, comma),
        *(_awaited(got, subject, members, name) for name in awaited),
    ]


def _newest_slice(client: GenesisClient, table: str, members: tuple[str, ...]) -> _Slice:
    form: Form = (
        ("name", table),
        ("area", "all"),
        ("format", "ffcsv"),
        LANGUAGE,
        ("timeslices", "1"),
        ("quality", "on"),
        ("compress", "false"),
        ("job", "false"),
        ("regionalvariable", DISTRICTS),
        ("regionalkey", ",".join(members)),
    )
    reply, _ = client.ask(Asked(client.source, table, "data/tablefile", file=True), form)
    return _read(reply)


def _read(reply: HttpReply) -> _Slice:
    """Raises ParseError or ValueError for what is no readable zip of a small table."""
    archive = Archive(reply.body, reply.url, LIMITS)
    if not archive.names:
        raise ParseError(f"{reply.url}: expected a zip with one CSV, it holds nothing; look at the reply")
    text = archive.read(archive.names[0]).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text), delimiter=";")
    rows = tuple(reader)
    return _Slice(archive.names, tuple(reader.fieldnames or ("none",)), rows)


def _is_flat(members: tuple[str, ...]) -> bool:
    return len(members) == 1 and members[0].endswith(MEMBER)


def _comma(client: GenesisClient, subject: _Subject, got: _Slice, members: tuple[str, ...], assumption: str) -> Finding:
    try:
        slices = [got, *([_newest_slice(client, subject.decimals, members)] if subject.decimals else [])]
    except _NO_ANSWER as error:
        return Finding(assumption, "unknown", str(error))
    values = [row.get("value") or "" for one in slices for row in one.rows]
    commas = sum(1 for v in values if _DECIMAL_COMMA.fullmatch(v))
    points = sum(1 for v in values if _DECIMAL_POINT.fullmatch(v))
    if not commas and not points:
        return Finding(assumption, "unknown", f"none of {len(values)} figures has decimals")
    return Finding(assumption, "broken" if points else "held", f"{commas} figures with a comma, {points} with a point")


def _awaited(got: _Slice, subject: _Subject, members: tuple[str, ...], assumption: str) -> Finding:
    cells = [
        row.get("value") or ""
        for code, row in got.of_districts()
        if code in members and (row.get("time") or "").startswith(subject.awaited_year or "")
    ]
    filled = sum(1 for cell in cells if cell.lstrip("-").isdigit())
    if not cells:
        return Finding(assumption, "unknown", f"the newest slice is not of {subject.awaited_year}")
    if not filled:
        return Finding(assumption, "unknown", f"not yet: none of {len(cells)} cells holds a figure; nothing is wrong")
    return Finding(assumption, "held", f"{filled} of {len(cells)} cells hold a figure")
