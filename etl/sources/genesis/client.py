"""One account at one GENESIS host: every call is a POST with the credentials in two headers, one at a time.

Calls without credentials run as the guest ``GAST``, who may read no table; a login is therefore checked by the name
under which the service has logged us in. Redirects are never followed (see ``etl.http``).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import structlog

from etl.errors import AccessError
from etl.http import HttpReply, PoliteSession
from etl.sources.base import Context, Credentials
from etl.sources.genesis.envelope import (
    CORRECTED,
    GUEST,
    OK,
    Answer,
    Asked,
    check_answer,
    read_answer,
    speaks_of_the_login,
    wrong_login,
)
from etl.sources.genesis.requests import LANGUAGE, Form, service_address

DONE = frozenset({OK, CORRECTED})
SILENT_SECONDS = 300  # the service computes a table before it sends the first byte; asking twice would be two requests
_HOME = ZoneInfo("Europe/Berlin")

log = structlog.get_logger()


@dataclass(frozen=True)
class TableState:
    """What the publisher says of a table: when it was updated (its own time zone), its newest period as published."""

    updated: datetime | None
    newest: str | None


class GenesisClient:
    """The calls of the web service. Raises what ``check_answer`` raises, and OutageError where that says: again."""

    def __init__(self, session: PoliteSession, context: Context) -> None:
        self.source = context.source.id
        self.base = service_address(context)
        self._session = session
        self._account = context.credentials
        self._one_at_a_time = threading.Lock()
        self._logged_in = False
        self._refused: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the account was refused in this run; it is not tried again."""
        return self._refused is not None

    def log_in(self, table: str = "") -> None:
        """Check the account once a run; raises AccessError, at once if it was refused before."""
        if self._refused is not None:
            raise AccessError(Asked(self.source, table, "").prefix + self._refused)
        if self._logged_in:
            return
        asked = Asked(self.source, table, "helloworld/logincheck", codes=DONE)
        try:
            _, answer = self._post(asked, (LANGUAGE,), login=True)
            self._check_name(asked, answer)
        except AccessError as error:
            self._remember(asked, error)
            raise
        self._logged_in = True

    def ask(self, asked: Asked, form: Form) -> tuple[HttpReply, Answer]:
        """One call after the login; notes in the log if the service corrected a parameter."""
        self.log_in(asked.table)
        try:
            reply, answer = self._post(asked, form)
        except AccessError as error:
            if ("job", "true") not in form:  # an account by token may read tables and yet order no job
                self._remember(asked, error)
            raise
        if answer.code == CORRECTED:
            log.warning("parameter corrected", source=self.source, table=asked.table, content=answer.content)
        return reply, answer

    def metadata(self, table: str) -> tuple[HttpReply, TableState]:
        """``metadata/table``: the reply without its ``Parameter`` block, and the state of the table."""
        asked = Asked(self.source, table, "metadata/table", codes=DONE)
        reply, answer = self.ask(asked, (("name", table), ("area", "all"), LANGUAGE))
        return without_parameter(reply, answer), table_state(answer.document)

    def _post(self, asked: Asked, form: Form, login: bool = False) -> tuple[HttpReply, Answer]:
        headers = self._headers(asked)
        secrets = (headers["username"], headers["password"])
        answers: list[Answer] = []

        def judge(reply: HttpReply) -> None:
            answer = read_answer(reply, secrets)
            if not (login and _tells_a_name(answer)):
                check_answer(answer, asked)
            answers.append(answer)

        with self._one_at_a_time:
            reply = self._session.post(f"{self.base}/{asked.call}", form, headers, judge, SILENT_SECONDS)
        return reply, answers[-1]

    def _headers(self, asked: Asked) -> dict[str, str]:
        account = self._account
        if account is None:
            raise AccessError(f"{asked.where}: needs an account; set {asked.variables}")
        if not _fits_a_header(account):
            raise AccessError(
                f"{asked.where}: the account travels in HTTP headers, which take printable ASCII without blanks around "
                f"it only; choose such a password at the publisher and set {asked.variables}"
            )
        return {"username": account.user, "password": account.password}

    def _check_name(self, asked: Asked, answer: Answer) -> None:
        """The status is 200 whatever the account, and the text may tell of success to a guest: the name decides."""
        if speaks_of_the_login(answer):
            raise AccessError(wrong_login(asked, answer))
        if str(answer.document.get("Username", "")).strip().upper() == GUEST:
            raise AccessError(
                f"{asked.where}: the service runs the requests as its guest {GUEST}, it did not recognise the account; "
                f"check that {asked.variables} are those of an account at this very host"
            )

    def _remember(self, asked: Asked, error: AccessError) -> None:
        self._refused = str(error).removeprefix(asked.prefix)


def without_parameter(reply: HttpReply, answer: Answer) -> HttpReply:
    """The reply as it may be kept: the ``Parameter`` block, which echoes the account, was dropped on reading."""
    return replace(reply, body=orjson.dumps(answer.document))


def table_state(document: dict[str, Any]) -> TableState:
    """``Object.Updated`` and ``Object.Time.To`` of a ``metadata/table`` reply; None for what is not readable."""
    about = document.get("Object")
    about = about if isinstance(about, dict) else {}
    time = about.get("Time")
    newest = time.get("To") if isinstance(time, dict) else None
    try:
        updated = datetime.strptime(str(about.get("Updated")).strip(), "%d.%m.%Y %H:%M:%Sh").replace(tzinfo=_HOME)
    except ValueError:
        updated = None
    return TableState(updated, newest if isinstance(newest, str) and newest else None)


def _tells_a_name(answer: Answer) -> bool:
    return answer.kind == "json" and answer.status == 200 and answer.code is None and "Username" in answer.document


def _fits_a_header(account: Credentials) -> bool:
    values = (account.user, account.password)
    return all(v.isascii() and v.isprintable() and v == v.strip() for v in values)
