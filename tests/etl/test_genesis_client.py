"""The GENESIS web service: what is asked, what each answer means, jobs that outlive a kill, accounts kept secret."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import stamina
import structlog
from werkzeug import Request as Incoming
from werkzeug import Response

from etl.catalogue import load_catalogue
from etl.entries import TableOptions
from etl.errors import AccessError, FetchError, NotOfferedError, OutageError
from etl.http import PoliteSession
from etl.logs import keep_secret
from etl.raw import RawStore
from etl.sources.base import Context, Credentials, Request
from etl.sources.genesis import fetcher, jobs, parts, probe, updated
from etl.sources.genesis.envelope import zip_fingerprint
from tests.recordings import control, needs_recordings, replay

TABLE = "13111-01-03-4"
USER, PASSWORD = "kennung-4711", "losung-0815"
EIGHT = "03101,03102,03103,03151,03153,03154,03157,03158"
PATH = {"regionalstatistik": "/genesisws/rest/2020", "genesis": "/genesisWS/rest/2020"}
COLUMNS = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label;"
    "value_q"
)
CATALOGUE = load_catalogue()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "LOOPBACK_POLL_SECONDS", 0)
    keep_secret(USER, PASSWORD)
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


def ffcsv(value: str = "15853", stamp: int = 1, rows: tuple[tuple[str, str], ...] = (), **changes: str) -> bytes:
    """A zip as the service sends it: the name of its one member changes at every download."""
    cells = rows or (("03101", value),)
    lines = [
        f"13111;Beschäftigte;STAG;Stichtag;{changes.get('time', '2025-06-30')};KREISE;Kreise;{region};Name;{cell};"
        "Anzahl;ERW032;Beschäftigte;e"
        for region, cell in cells
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo(f"{TABLE}_17731750{stamp:05}_de_flat.csv")
        archive.writestr(member, "\ufeff" + "\n".join([COLUMNS, *lines]) + "\n")
    return buffer.getvalue()


def nested(code: int, content: str, kind: str = "Information", status: int = 200, **extra: object) -> Response:
    """The service's usual JSON; ``Parameter`` echoes the account here as it must never be kept."""
    body = {
        "Ident": {"Service": "data", "Method": "tablefile"},
        "Status": {"Code": code, "Content": content, "Type": kind},
        "Parameter": {"username": USER, "password": PASSWORD, "area": "Alle"},
        "Object": None,
        **extra,
        "Copyright": "© Statistische Ämter",
    }
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def flat(status: int, code: int, content: str) -> Response:
    body = {"Code": code, "Content": content, "Type": "ERROR"}
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def login(name: str = USER, text: str = "Sie wurden erfolgreich an- und abgemeldet!") -> Response:
    return Response(json.dumps({"Status": text, "Username": name}), content_type="application/json")


def metadata(at: str = "31.03.2025 11:18:07h", to: str = "30.06.2025") -> Response:
    return nested(0, "erfolgreich", Object={"Code": TABLE, "Time": {"From": "30.06.2008", "To": to}, "Updated": at})


def archive(body: bytes) -> Response:
    return Response(body, content_type="application/zip")


TOO_BIG = nested(98, "Die Tabelle ist zu gross (job=true).", "Fehler")
NOT_YET = nested(104, "Es gibt keine Objekte zum Selektionskriterium", List=None)
REFUSED_401 = flat(401, 15, "Sie sind nicht berechtigt diesen Service aufzurufen.")
BAD_LOGIN = flat(404, 2, "Ein Fehler ist aufgetreten. (Bitte prüfen Sie Ihren Nutzernamen bzw.\n das Passwort.)")
OUTAGE = flat(404, 2, "Ein Fehler ist aufgetreten. (Abbruch wegen eines unerwarteten Systemfehlers.)")
PAGE = Response("<!doctype html>\n<html><title>Wartung</title></html>", content_type="text/html; charset=utf-8")


@dataclass(frozen=True)
class Seen:
    method: str
    call: str
    form: dict[str, str]
    headers: dict[str, str]
    url: str


Answer = Response | Callable[[dict[str, str]], Response]


class Host:
    """One host of the service. ``answers[call]`` is what it says, a list one after the other, its last for ever."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        counter = itertools.count(1)
        self.answers: dict[str, Answer | list[Answer]] = {
            "whoami": Response('{"User-Agent":"x","User-IP":"y"}', content_type="application/json"),
            "logincheck": login(),
            "table": metadata(),
            "qualitysigns": nested(0, "erfolgreich", List=[{"Code": "-"}, {"Code": "..."}, {"Code": "x"}]),
            "tablefile": lambda form: archive(ffcsv(stamp=next(counter))),
            "csv": Response("Tabelle: 13111\n", content_type="text/csv"),
        }

    def __call__(self, request: Incoming) -> Response:
        call = "csv" if request.path.endswith(".csv") else request.path.split("/")[-1]
        form = dict(request.form.items())
        headers = {k.lower(): v for k, v in request.headers.items()}
        self.seen.append(Seen(request.method, call, form, headers, request.url))
        answer = self.answers[call]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer(form) if callable(answer) and not isinstance(answer, Response) else answer

    def works_by_job(self, running: int = 2) -> None:
        """The table is too big for a dialogue; its job is done at the question after ``running`` ones."""
        numbers = itertools.count(175879554)

        def tablefile(form: dict[str, str]) -> Response:
            if form["job"] == "false":
                return TOO_BIG
            return nested(99, f"Der Auftrag wurde erstellt. Ergebnis mit folgendem Namen: {TABLE}_{next(numbers)}")

        def done(form: dict[str, str]) -> Response:
            return nested(0, "erfolgreich", List=[{"Code": form["selection"], "Values": "1"}])

        self.answers |= {
            "tablefile": tablefile,
            "results": [*[NOT_YET] * running, done],
            "resultfile": lambda form: archive(ffcsv(stamp=int(form["name"][-4:]))),
        }

    def calls(self) -> list[str]:
        return [s.call for s in self.seen]

    def orders(self) -> int:
        return sum(s.form.get("job") == "true" for s in self.seen)


@pytest.fixture
def host(httpserver) -> Host:
    it = Host()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(it)
    return it


def context(
    base: str, source: str = "regionalstatistik", account: bool | Credentials = True, **options: object
) -> Context:
    credentials = account if isinstance(account, Credentials) else Credentials(USER, PASSWORD) if account else None
    known = TableOptions.model_validate({"source": source, "table": TABLE, **options})
    catalogue = replace(CATALOGUE, table_options=(known,))
    return Context(CATALOGUE.sources[source], catalogue, credentials, date(2026, 11, 22), base)


class Asker:
    """One run against the host."""

    def __init__(self, base: str, folder: Path, **changes: object) -> None:
        self.context = context(base, **changes)  # type: ignore[arg-type]
        self.raw = RawStore(folder)
        self._fetch = fetcher(self.raw, PoliteSession(self.context.source), self.context)

    def requests(self, table: str = TABLE) -> tuple[Request, ...]:
        return parts(table, self.context)[0].alternatives

    def ask(self, table: str = TABLE, way: int = 0):
        return self._fetch(table, self.requests(table)[way])

    def log(self) -> list[tuple[str, str]]:
        return [(line.name, line.outcome) for line in self.raw.request_log(self.context.source.id)]


@pytest.fixture
def run(httpserver, host: Host, tmp_path: Path) -> Callable[..., Asker]:
    """A new run, as after a restart, over the same raw store."""
    return lambda **changes: Asker(httpserver.url_for(PATH["regionalstatistik"]), tmp_path / "raw", **changes)


# what is asked


def test_the_form_holds_exactly_the_documented_fields():
    by_country = {"STAAG6": "ST166,ST475"}
    asked = context(
        "https://x.example/rest/2020",
        since=2008,
        regional_variable="KREISE",
        regional_key=EIGHT,
        classifying=by_country,
    )
    (part,) = parts(TABLE, asked)
    (request,) = part.alternatives
    assert request.url == "https://x.example/rest/2020/data/tablefile"
    assert dict(request.form or ()) == {
        "name": TABLE,
        "area": "all",
        "format": "ffcsv",
        "language": "de",
        "startyear": "2008",
        "endyear": "2026",
        "quality": "on",
        "compress": "false",
        "job": "false",
        "classifyingvariable1": "STAAG6",
        "classifyingkey1": "ST166,ST475",
        "regionalvariable": "KREISE",
        "regionalkey": EIGHT,
    }


def test_without_a_first_year_in_the_catalogue_the_whole_series_is_asked_for():
    """The service would send the newest period only."""
    (request,) = parts(TABLE, context("https://x.example/rest/2020"))[0].alternatives
    assert int(dict(request.form or ())["startyear"]) <= 1995
    assert "regionalkey" not in dict(request.form or ())


@pytest.mark.parametrize(
    ("source", "account", "classic", "names"),
    [
        ("regionalstatistik", True, ["time"], [["ffcsv", "classic"]]),
        ("regionalstatistik", True, None, [["ffcsv"]]),
        ("regionalstatistik", False, ["time"], [["classic"]]),
        ("regionalstatistik", False, None, []),
        ("genesis", True, ["time"], [["ffcsv"]]),
        ("genesis", False, ["time"], []),
    ],
)
def test_the_ways_to_a_table_depend_on_the_account_and_the_catalogue(source, account, classic, names):
    asked = context("https://x.example/rest/2020", source=source, account=account, classic=classic)
    assert [[r.name for r in p.alternatives] for p in parts(TABLE, asked)] == names


@pytest.mark.parametrize(
    ("override", "service", "classic"),
    [
        (
            None,
            "https://www.regionalstatistik.de/genesisws/rest/2020",
            "https://www.regionalstatistik.de/genesisws/downloader",
        ),
        ("http://127.0.0.1:1/r/genesisws/rest/2020/", "http://127.0.0.1:1/r/genesisws/rest/2020", None),
        ("http://127.0.0.1:1/r", "http://127.0.0.1:1/r/genesisws/rest/2020", None),
    ],
)
def test_the_keyless_download_lies_beside_the_web_service(override, service, classic):
    asked = replace(context("x", classic=["time"]), override=override)
    table, keyless = parts(TABLE, asked)[0].alternatives
    assert table.url == f"{service}/data/tablefile"
    assert keyless.url == f"{classic or 'http://127.0.0.1:1/r/genesisws/downloader'}/00/tables/{TABLE}_00.csv"


def test_data_come_by_post_after_one_login_with_the_account_in_headers_only(run, host):
    asker = run()
    asker.ask()
    asker.ask()
    assert host.calls() == ["logincheck", *["table", "tablefile"] * 2]
    assert {s.method for s in host.seen} == {"POST"}
    assert all((s.headers["username"], s.headers["password"]) == (USER, PASSWORD) for s in host.seen)
    assert not any(secret in s.url + str(s.form) for s in host.seen for secret in (USER, PASSWORD))


# what comes, and what is kept


def test_a_table_is_kept_with_its_form_and_without_the_account(run, host):
    asker = run()
    reply = asker.ask()
    (meta, _) = asker.raw.newest_meta("regionalstatistik", TABLE, "ffcsv")
    assert reply.body.startswith(b"PK")
    assert meta.form == dict(asker.requests()[0].form)
    assert asker.log() == [("ffcsv", "stored"), ("metadata", "stored")]


def test_the_same_content_under_another_name_is_not_kept_twice(run, host):
    first = run().ask()
    asker = run()
    assert asker.ask() == first
    assert asker.log()[2:] == [("ffcsv", "unchanged"), ("metadata", "unchanged")]
    assert len(list(asker.raw.root.rglob("*_ffcsv.body"))) == 1


def test_a_changed_figure_is_kept_beside_the_old_one(run, host):
    run().ask()
    host.answers["tablefile"] = archive(ffcsv("15854"))
    asker = run()
    assert asker.ask().body == ffcsv("15854")
    assert len(list(asker.raw.root.rglob("*_ffcsv.body"))) == 2


def test_a_refused_reply_gives_way_to_one_that_looks_the_same(run, host):
    """Bytes flipped inside a zip leave its directory, and so the fingerprint, as they were."""
    good = ffcsv(stamp=1)
    damaged = good[:60] + bytes([good[60] ^ 0x5A]) + good[61:]
    assert zip_fingerprint(damaged) == zip_fingerprint(good)
    host.answers["tablefile"] = [archive(damaged), archive(good)]
    asker = run()
    asker.raw.mark(asker.ask(), rejected="damaged")
    assert asker.ask().body == good


def test_the_same_content_for_other_years_is_kept_with_its_own_form(run, host):
    """Else the stored form would never fit again, and a big table would be ordered in every run."""
    run(since=2008).ask()
    asker = run(since=2009)
    asker.ask()
    (meta, _) = asker.raw.newest_meta("regionalstatistik", TABLE, "ffcsv")
    assert meta.form["startyear"] == "2009"


def test_a_zip_that_was_cut_has_no_fingerprint():
    assert all(zip_fingerprint(ffcsv()[:size]) is None for size in range(4, len(ffcsv()) - 1))


def test_the_state_of_a_table_is_kept_for_the_status(run, host):
    asker = run()
    asker.ask()
    at, newest = updated(asker.raw, "regionalstatistik", TABLE)
    assert at == datetime(2025, 3, 31, 9, 18, 7, tzinfo=UTC)
    assert newest == "30.06.2025"
    assert updated(asker.raw, "regionalstatistik", "99999-01") == (None, None)


def test_metadata_never_tells_of_figures_that_did_not_come(run, host):
    host.answers["tablefile"] = nested(7, "anderes", "Fehler")
    asker = run()
    with pytest.raises(FetchError):
        asker.ask()
    assert updated(asker.raw, "regionalstatistik", TABLE) == (None, None)


def test_metadata_that_nobody_can_read_do_not_keep_the_figures_back(run, host):
    host.answers["table"] = nested(77, "Metadaten gestört", "Fehler")
    asker = run()
    assert asker.ask().body.startswith(b"PK")
    assert asker.log() == [("ffcsv", "stored")]


def test_a_corrected_parameter_is_noted(run, host):
    host.answers["table"] = nested(22, "Parameteranpassung: area", "Warnung", Object=None)
    with structlog.testing.capture_logs() as lines:
        run().ask()
    assert [(e["event"], e["content"]) for e in lines] == [("parameter corrected", "Parameteranpassung: area")]


def test_no_update_confirms_the_stored_reply(run, host):
    first = run().ask()
    host.answers["tablefile"] = nested(50, "keine aktualisierten Daten")
    asker = run()
    assert asker.ask() == first
    assert asker.log()[-1] == ("ffcsv", "not_modified")


def test_no_update_of_a_table_that_is_not_stored_is_an_error(run, host):
    host.answers["tablefile"] = nested(50, "keine aktualisierten Daten")
    with pytest.raises(FetchError, match=f"table {TABLE}.*nothing was updated, but no reply"):
        run().ask()


# every refusal has its own meaning


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (REFUSED_401, AccessError, "does not accept the account .HTTP 401, Code 15 'Sie sind nicht berechtigt"),
        (flat(403, 15, "Zugangsdaten nicht erkannt"), AccessError, "does not accept the account .HTTP 403, Code 15"),
        (Response("", 401), AccessError, "does not accept the account"),
        (BAD_LOGIN, AccessError, "does not accept the account .HTTP 404, Code 2.*Passwort.*REGIONALSTATISTIK_PASSWORD"),
        (nested(90, "Tabelle nicht vorhanden", "Fehler"), NotOfferedError, "has no such table; check its name"),
        (nested(-1, "kein Datenquader", "Fehler"), NotOfferedError, "selection of the table is empty; check since"),
        (nested(104, "Es gibt keine Objekte"), NotOfferedError, "nothing is found under that name"),
        (nested(0, "erfolgreich"), FetchError, "answered Code 0 'erfolgreich', expected a zip"),
        (
            nested(7, "Etwas Neues", "Fehler"),
            FetchError,
            "answered Code 7 'Etwas Neues', expected a zip or Code 50, 98",
        ),
        (Response("[1, 2]"), FetchError, "neither a zip nor JSON"),
        (Response('{"Ident": {"Serv'), FetchError, "neither a zip nor JSON"),
        (Response("<html></html>", 404), FetchError, "HTTP 404 with a web page.*ETL_BASE_URL_REGIONALSTATISTIK"),
    ],
)
def test_a_refusal_is_told_apart_and_not_asked_again(run, host, answer, error, message):
    host.answers["tablefile"] = answer
    asker = run()
    with pytest.raises(error, match=message) as caught:
        asker.ask()
    assert type(caught.value) is error
    assert str(caught.value).startswith(f"regionalstatistik: table {TABLE}: ")
    assert host.calls().count("tablefile") == 1
    assert asker.log() == [("ffcsv", "failed")]


@pytest.mark.parametrize("code", [90, 104])
def test_a_table_unknown_to_metadata_is_not_asked_for(run, host, code):
    host.answers["table"] = nested(code, "nicht vorhanden", "Fehler")
    with pytest.raises(NotOfferedError, match=f"table {TABLE}: metadata/table answered Code {code}"):
        run().ask()
    assert "tablefile" not in host.calls()


PASSING = [
    (OUTAGE, "HTTP 404, Code 2 .*Systemfehlers"),
    (PAGE, "a web page in place of data"),
    (Response(b""), "an empty body"),
    (Response("busy", 503), "HTTP 503"),
    (Response("slow down", 429), "HTTP 429"),
]


@pytest.mark.parametrize(("answer", "message"), PASSING)
def test_what_passes_is_asked_again(run, host, answer, message):
    host.answers["tablefile"] = [answer, answer, archive(ffcsv())]
    assert run().ask().body == ffcsv()


@pytest.mark.parametrize(("answer", "message"), PASSING)
def test_what_does_not_pass_is_an_outage(run, host, answer, message):
    host.answers["tablefile"] = answer
    with pytest.raises(OutageError, match=f"regionalstatistik: table {TABLE}: .*{message}.* 5 times"):
        run().ask()
    assert host.calls().count("tablefile") == 5


def test_a_redirect_is_not_followed(run, host):
    host.answers["tablefile"] = Response("", 307, headers={"Location": "https://elsewhere.example/rest"})
    with pytest.raises(FetchError, match=r"redirects to https://elsewhere\.example.*not followed"):
        run().ask()
    assert host.calls().count("tablefile") == 1


# the account


def refused(asker: Asker, table: str = TABLE) -> str:
    with pytest.raises(AccessError) as caught:
        asker.ask(table)
    return str(caught.value)


GUEST = login("GAST")
ANSWERS_TO_THE_LOGIN = {
    "guest": GUEST,
    "wrong": login("GAST", "Bitte prüfen und korrigieren Sie Ihren Nutzernamen bzw. das Passwort."),
    "unauthorised": REFUSED_401,
    "bad": BAD_LOGIN,
}


@pytest.mark.parametrize("kind", ANSWERS_TO_THE_LOGIN)
def test_an_account_that_is_not_recognised_asks_for_no_data_and_is_not_tried_again(run, host, kind):
    host.answers["logincheck"] = ANSWERS_TO_THE_LOGIN[kind]
    asker = run(classic=["time"])
    message = refused(asker)
    assert ("guest GAST" in message) == (kind == "guest")
    assert ("does not accept the account" in message) == (kind != "guest")
    other = "12411-01-01-4"
    assert refused(asker, other) == message.replace(TABLE, other)
    assert host.calls() == ["logincheck"]
    assert asker.ask(way=1).body.startswith(b"Tabelle")  # the keyless way stays open
    assert not {"username", "password"} & host.seen[-1].headers.keys()


def test_a_password_that_is_found_wrong_at_the_first_table_is_not_tried_again(run, host):
    """The login may tell of success to a wrong password."""
    host.answers["table"] = BAD_LOGIN
    asker = run()
    assert refused(asker) == refused(asker)
    assert host.calls() == ["logincheck", "table"]


def test_guest_wrong_and_no_account_give_three_messages(run, host):
    host.answers["logincheck"] = GUEST
    guest = refused(run())
    host.answers["logincheck"] = BAD_LOGIN
    wrong = refused(run())
    request = run().requests()[0]
    nobody = context("http://127.0.0.1:1/rest/2020", account=False)
    with pytest.raises(AccessError) as caught:
        fetcher(run().raw, PoliteSession(nobody.source), nobody)(TABLE, request)
    none = str(caught.value)
    assert len({guest, wrong, none}) == 3
    for message in (guest, wrong, none):
        assert "REGIONALSTATISTIK_USER and REGIONALSTATISTIK_PASSWORD" in message
    assert "needs an account" in none


@pytest.mark.parametrize("password", ["schlüssel-ü", "zwei\nzeilen", " am Rand"])
def test_a_password_that_fits_no_header_is_refused_before_it_is_sent(run, host, password):
    message = refused(run(account=Credentials(USER, password)))
    assert "printable ASCII" in message
    assert password not in message
    assert host.seen == []


# the keyless file


def test_an_empty_keyless_file_means_that_there_is_none(run, host):
    host.answers["csv"] = Response(b"", content_type="text/csv")
    asker = run(account=False, classic=["time"])
    with pytest.raises(NotOfferedError, match=f"table {TABLE}: .* is empty: there is no keyless download"):
        asker.ask()
    assert list(asker.raw.root.rglob("*.body")) == []


def test_a_web_page_in_place_of_the_keyless_file_is_asked_again(run, host):
    host.answers["csv"] = [PAGE, Response("Tabelle: 13111\n")]
    assert run(account=False, classic=["time"]).ask().body == b"Tabelle: 13111\n"


# jobs


def test_a_table_that_is_too_big_comes_by_job(run, host):
    host.works_by_job(running=2)
    asker = run()
    assert zip_fingerprint(asker.ask().body) == zip_fingerprint(ffcsv())
    assert host.calls() == [
        "logincheck",
        "table",
        "tablefile",
        "tablefile",
        "results",
        "results",
        "results",
        "resultfile",
    ]
    order, result = (next(s.form for s in host.seen if s.form.get("job") == "true"), host.seen[-1].form)
    assert (order["compress"], order["name"], order["startyear"]) == ("true", TABLE, "1995")
    assert (result["name"], result["compress"]) == (f"{TABLE}_175879554", "true")
    assert not list(asker.raw.root.rglob(jobs.FILE))


def kill(seconds: float) -> None:
    raise KeyboardInterrupt


def killed_while_waiting(run, host, monkeypatch) -> Path:
    """A run that is killed after it ordered the job; returns where the job lies on record."""
    host.works_by_job(running=3)
    asker = run()
    with monkeypatch.context() as patch:
        patch.setattr(jobs.time, "sleep", kill)
        with pytest.raises(KeyboardInterrupt):
            asker.ask()
    (path,) = asker.raw.root.rglob(jobs.FILE)
    return path


def test_a_killed_run_is_resumed_and_nothing_is_ordered_twice(run, host, monkeypatch):
    path = killed_while_waiting(run, host, monkeypatch)
    reply = run().ask()
    assert zip_fingerprint(reply.body) == zip_fingerprint(ffcsv())
    assert host.orders() == 1
    assert host.calls().count("tablefile") == 2
    assert not path.exists()


def older(job: dict) -> dict:
    return {**job, "ordered_at": (datetime.now(UTC) - timedelta(hours=25)).isoformat()}


def for_other_years(job: dict) -> dict:
    return {**job, "form": {**job["form"], "startyear": "2019"}}


def before_an_update(job: dict) -> dict:
    return {**job, "updated": "2024-01-01T00:00:00Z"}


def damaged(job: dict) -> dict:
    return {"name": job["name"]}


@pytest.mark.parametrize("change", [older, for_other_years, before_an_update, damaged])
def test_a_job_that_no_longer_fits_is_ordered_anew(run, host, monkeypatch, change):
    path = killed_while_waiting(run, host, monkeypatch)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    run().ask()
    assert host.orders() == 2


def test_a_job_outlives_an_outage(run, host):
    host.works_by_job()
    fetched = host.answers["resultfile"]
    host.answers["resultfile"] = OUTAGE
    with pytest.raises(OutageError, match=f"table {TABLE}"):
        run().ask()
    host.answers["resultfile"] = fetched
    run().ask()
    assert host.orders() == 1


def test_a_job_that_never_ends_is_given_up_with_a_clear_error(run, host, monkeypatch):
    host.works_by_job()
    host.answers["results"] = NOT_YET
    monkeypatch.setattr(jobs, "POLLS", 4)
    asker = run()
    with pytest.raises(FetchError, match=f"the job {TABLE}_175879554, ordered .* was not ready after 4 questions"):
        asker.ask()
    assert host.calls().count("results") == 4
    assert not list(asker.raw.root.rglob(jobs.FILE))


def test_a_result_that_is_gone_is_ordered_anew_by_the_next_run(run, host):
    host.works_by_job()
    fetched = host.answers["resultfile"]
    host.answers["resultfile"] = nested(104, "Es gibt keine Objekte")
    with pytest.raises(FetchError, match="is gone from the publisher; run again"):
        run().ask()
    host.answers["resultfile"] = fetched
    run().ask()
    assert host.orders() == 2


def test_a_job_without_a_name_is_an_error(run, host):
    host.answers["tablefile"] = [TOO_BIG, nested(99, "Der Auftrag wurde erstellt.")]
    with pytest.raises(FetchError, match=r"answered Code 99 .+, expected its name"):
        run().ask()


def test_an_account_that_may_order_no_job_still_reads_other_tables(run, host):
    host.answers["tablefile"] = [TOO_BIG, REFUSED_401, archive(ffcsv())]
    asker = run()
    assert "does not accept the account" in refused(asker)
    assert asker.ask().body == ffcsv()


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stub counts as a publisher's host."""
    monkeypatch.setattr("etl.sources.genesis.fetch.is_loopback", lambda url: False)


def test_an_unchanged_big_table_is_not_ordered_again(run, host, far_away):
    host.works_by_job()
    first = run().ask()
    asker = run()
    assert asker.ask() == first
    assert host.orders() == 1
    assert asker.log()[-1] == ("ffcsv", "not_modified")


def is_updated(host: Host, asker: Asker) -> None:
    host.answers["table"] = metadata(at="01.04.2026 08:00:00h")


def has_a_new_period(host: Host, asker: Asker) -> None:
    host.answers["table"] = metadata(to="30.06.2026")


def was_refused(host: Host, asker: Asker) -> None:
    asker.raw.mark(asker.raw.newest("regionalstatistik", TABLE, "ffcsv"), rejected="by a check")


def was_fetched_long_ago(host: Host, asker: Asker) -> None:
    """The confirmations since then do not make it younger."""
    asker.ask()
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    (meta,) = asker.raw.root.rglob("*_ffcsv.json")
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "fetched_at": long_ago}))
    log = next(asker.raw.root.rglob("requests.jsonl"))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    aged = [{**e, "at": long_ago} if e["outcome"] == "stored" else e for e in lines]
    assert [e["outcome"] for e in aged if e["name"] == "ffcsv"] == ["stored", "not_modified"]
    log.write_text("".join(json.dumps(e) + "\n" for e in aged))


@pytest.mark.parametrize("what", [is_updated, has_a_new_period, was_refused, was_fetched_long_ago])
def test_a_big_table_is_ordered_again_when_it(run, host, far_away, what):
    host.works_by_job()
    asker = run()
    asker.ask()
    what(host, asker)
    run().ask()
    assert host.orders() == 2


def test_a_big_table_is_ordered_again_for_other_years(run, host, far_away):
    host.works_by_job()
    run(since=2008).ask()
    run(since=2009).ask()
    assert host.orders() == 2


def test_on_this_machine_a_big_table_is_always_fetched(run, host):
    host.works_by_job()
    run().ask()
    run().ask()
    assert host.orders() == 2


# credentials


def test_no_credential_leaves_its_header(run, host, tmp_path, capsys):
    """Replies that echo the account, refusals that quote it, a job on the way: none of it is written anywhere."""
    said: list[str] = []

    def attempt(asker: Asker) -> None:
        try:
            asker.ask()
        except FetchError as error:
            while error is not None:
                said.append(f"{error} {error!r}")
                error = error.__cause__  # type: ignore[assignment]

    with structlog.testing.capture_logs() as lines:
        attempt(run())
        for answer in (
            flat(404, 2, f"Nutzernamen {USER} mit Passwort {PASSWORD} prüfen"),
            flat(404, 2, f"Systemfehler bei {USER}"),
            nested(7, f"Unbekannt: {USER} {PASSWORD}"),
            Response(f"garbage {USER} {PASSWORD}"),
            Response("", 307, headers={"Location": f"https://{USER}:{PASSWORD}@elsewhere.example/"}),
        ):
            host.answers["tablefile"] = answer
            attempt(run())
        host.works_by_job()
        host.answers["results"] = nested(7, f"Unbekannt: {USER} {PASSWORD}")
        attempt(run())
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {jobs.FILE, "requests.jsonl"} <= {p.name for p in written}
    everything = b"".join(p.read_bytes() for p in written).decode("utf-8", "replace")
    output = capsys.readouterr()
    everything += " ".join(said) + str(lines) + output.out + output.err + repr(run().context)
    assert len(said) >= 6
    assert "***" in " ".join(said)
    assert USER not in everything and PASSWORD not in everything
    assert '"Parameter"' not in everything


# the probe


def findings(run, **changes) -> dict[str, str]:
    asked = run(**changes).context
    return {f.assumption: f.state for f in probe(PoliteSession(asked.source), asked)}


def test_the_probe_finds_what_holds(run, host):
    rows = tuple((code, "12,5") for code in EIGHT.split(","))
    host.answers["tablefile"] = [
        archive(ffcsv(rows=tuple((c, "1") for c in EIGHT.split(",")))),
        archive(ffcsv(rows=rows)),
    ]
    assert set(findings(run).values()) == {"held"}
    without_account = [s for s in host.seen if s.method == "GET"]
    assert [s.call for s in without_account] == ["whoami", "qualitysigns"]
    assert not any("username" in s.headers for s in without_account)
    assert {s.form["regionalkey"] for s in host.seen if s.call == "tablefile"} == {EIGHT}


AWAITED = f"{TABLE}: the districts' figures of 2025, published late, are there"


def test_figures_that_are_published_late_break_nothing_and_are_told_once_they_are_there(run, host):
    rows = tuple((code, "-") for code in EIGHT.split(","))
    host.answers["tablefile"] = [archive(ffcsv(rows=rows)), archive(ffcsv(rows=rows))]
    assert findings(run)[AWAITED] == "unknown"
    host.answers["tablefile"] = [archive(ffcsv(rows=tuple((c, "1") for c, _ in rows)))] * 2
    assert findings(run)[AWAITED] == "held"


def test_the_probe_finds_what_does_not_hold(run, host):
    rows = (*((code, "-") for code in EIGHT.split(",")), ("01001", "-"))
    body = ffcsv(rows=rows)
    host.answers |= {
        "tablefile": [archive(body), archive(ffcsv("12.5"))],
        "qualitysigns": nested(0, "erfolgreich", List=[{"Code": "§"}]),
        "table": metadata(at="gestern"),
    }
    found = findings(run)
    broken = {name for name, state in found.items() if state == "broken"}
    assert broken == {
        "the quality signs are the known ones",
        "metadata/table gives Updated and Time.To",
        "regionalkey on tablefile is honoured: the 8 districts come and no other",
        "decimals have a comma with language=de",
    }
    assert [name for name, state in found.items() if state == "unknown"] == [AWAITED]


@pytest.mark.parametrize(
    "answers",
    [
        {"tablefile": nested(104, "nichts")},
        {"tablefile": archive(b"PK\x03\x04 no zip")},
        {"tablefile": OUTAGE},
        {"table": NOT_YET},
        {"logincheck": GUEST},
        {"logincheck": BAD_LOGIN, "whoami": PAGE},
        {"qualitysigns": PAGE, "table": Response("?")},
    ],
)
def test_the_probe_never_fails(run, host, answers):
    host.answers |= answers
    found = findings(run)
    assert len(found) == 10
    assert "broken" in found.values()


def test_the_probe_without_an_account_says_so(run, host):
    found = probe(PoliteSession(run().context.source), run(account=False).context)
    assert "set REGIONALSTATISTIK_USER and REGIONALSTATISTIK_PASSWORD" in found[2].detail
    assert [f.state for f in found] == ["held", "held", *["unknown"] * 8]
    assert host.calls() == ["whoami", "qualitysigns"]


# genuine replies

RECORDED = [
    ("regionalstatistik", "12411-01-01-4"),
    ("regionalstatistik", "13111-01-03-4"),
    ("regionalstatistik", "21311-01-01-4-B"),
    ("genesis", "12531-0043"),
]


@needs_recordings
def test_recorded_tables_come_down_politely(tmp_path):
    demo = Credentials("demo", "demo")
    with replay() as base:
        for source, table in RECORDED:
            asker = Asker(f"{base}/{source}{PATH[source]}", tmp_path, source=source, account=demo)
            assert asker.ask(table).body.startswith(b"PK")
            assert asker.ask(table).name == "ffcsv"
            assert asker.log()[-2:] == [("ffcsv", "unchanged"), ("metadata", "unchanged")]
            assert updated(asker.raw, source, table)[0] is not None
        log = control(base, "log")
    assert set(log["parallel"].values()) == {1}
    assert {r["method"] for r in log["requests"]} == {"POST"}
    assert sum(r["form"].get("job") == "true" for r in log["requests"]) == 2


@needs_recordings
def test_recorded_refusals_are_told_apart(tmp_path):
    with replay() as base:
        address = f"{base}/regionalstatistik{PATH['regionalstatistik']}"
        assert "does not accept" in refused(Asker(address, tmp_path))
        control(base, "fault", {"path": "logincheck", "kind": "guest", "times": 1})
        assert "guest GAST" in refused(Asker(address, tmp_path))
        demo = Asker(address, tmp_path, account=Credentials("demo", "demo"))
        with pytest.raises(NotOfferedError, match="table 99999-01-01-4"):
            demo.ask("99999-01-01-4")
        control(base, "fault", {"path": "tablefile", "kind": "html", "times": 2})
        assert demo.ask().body.startswith(b"PK")
