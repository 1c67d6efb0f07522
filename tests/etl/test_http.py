"""The polite session: what it repeats, what it refuses, what it tells."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import stamina

from etl.catalogue import load_catalogue
from etl.errors import FetchError
from etl.http import USER_AGENT, PoliteSession, check_address, parse_retry_after

SOURCE = load_catalogue().sources["lsn"]


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


def session(**changes):
    return PoliteSession(SOURCE.model_copy(update=changes))


def test_a_reply_comes_with_its_headers_and_we_say_who_asks(httpserver):
    httpserver.expect_request("/a.csv", headers={"User-Agent": USER_AGENT}).respond_with_data(
        b"x", headers={"ETag": '"1"'}
    )
    reply = session().get(httpserver.url_for("/a.csv"))
    assert (reply.status, reply.body, reply.headers["ETag"]) == (200, b"x", '"1"')


def test_an_unchanged_reply_is_a_304_without_body(httpserver):
    httpserver.expect_request("/a.csv", headers={"If-None-Match": '"1"'}).respond_with_data(b"", status=304)
    assert session().get(httpserver.url_for("/a.csv"), validators={"If-None-Match": '"1"'}).status == 304


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_publisher_is_asked_again(httpserver, status):
    httpserver.expect_ordered_request("/a").respond_with_data(b"", status=status)
    httpserver.expect_ordered_request("/a").respond_with_data(b"good")
    assert session().get(httpserver.url_for("/a")).body == b"good"


def test_after_five_tries_the_error_says_so(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"", status=503)
    with pytest.raises(FetchError, match=r"lsn: http://.*/a answered HTTP 503 5 times.*run again later"):
        session().get(httpserver.url_for("/a"))
    assert len(httpserver.log) == 5


def test_what_is_not_there_is_not_asked_for_again(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"", status=404)
    with pytest.raises(FetchError, match="HTTP 404, expected 200"):
        session().get(httpserver.url_for("/a"))
    assert len(httpserver.log) == 1


def test_a_redirect_is_not_followed(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"", status=302, headers={"Location": "https://sorry.example/x"})
    with pytest.raises(FetchError, match=r"redirects to https://sorry\.example/x"):
        session().get(httpserver.url_for("/a"))


def test_a_reply_that_is_too_big_is_cut_off(httpserver):
    httpserver.expect_request("/a").respond_with_data(b"x" * 200_000)
    with pytest.raises(FetchError, match="more than 100,000 bytes"):
        session(max_bytes=100_000).get(httpserver.url_for("/a"))


def test_half_a_reply_is_no_reply():
    """The connection breaks in the middle of the body: asked again, never taken for the whole."""
    server = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            asked.append(connection.recv(4096))
            body = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + (b"half!" if len(asked) < 3 else b"whole body")
            connection.sendall(body)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        reply = session().get(f"http://127.0.0.1:{server.getsockname()[1]}/a")
    finally:
        server.close()
    assert reply.body == b"whole body"
    assert len(asked) == 3


def test_a_gap_is_kept_between_requests(httpserver, monkeypatch):
    monkeypatch.setattr("etl.http.is_loopback", lambda url: False)
    monkeypatch.setattr("etl.http.check_address", lambda url: None)
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    httpserver.expect_request("/a").respond_with_data(b"x")
    polite = session(gap_seconds=3)
    polite.get(httpserver.url_for("/a"))
    polite.get(httpserver.url_for("/a"))
    assert 2.5 < slept[-1] <= 3


@pytest.mark.parametrize("url", ["http://publisher.example/a", "ftp://publisher.example/a", "file:///etc/passwd"])
def test_only_https_leaves_this_machine(url):
    with pytest.raises(FetchError, match="only https"):
        check_address(url)


def test_an_address_that_is_none_is_explained():
    with pytest.raises(FetchError, match="is no address"):
        session().get("http://127.0.0.1:abc/x")


def test_an_error_holds_no_password():
    with pytest.raises(FetchError) as caught:
        check_address("http://name:geheim@publisher.example/a")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("-3", 0),
        ("99999", 60),
        ("soon", None),
        ("nan", None),
        (None, None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_honoured_within_reason(header, seconds):
    assert parse_retry_after(header) == seconds
