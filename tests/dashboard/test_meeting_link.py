"""The file of a meeting in a link and as JSON: nothing is lost, and nothing that comes in breaks anything."""

from __future__ import annotations

import base64
import json
import zlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.meeting.model import LONGEST_NOTE, MOST_CHARTS, Chart, MeetingFile
from dashboard.meeting.written import LONGEST_LINK, MOST_BYTES, FileError, loaded, packed, saved, unpacked
from dashboard.text import LANGUAGES, text
from tests.dashboard.meeting_files import random_file


def as_link(tree: object, version: str = "1") -> str:
    body = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return f"{version}.{base64.urlsafe_b64encode(zlib.compress(body)).decode().rstrip('=')}"


def problem(said: str) -> str:
    with pytest.raises(FileError) as refused:
        unpacked(said)
    for lang in LANGUAGES:
        assert text(lang, refused.value.note.key, **dict(refused.value.note.values))
    return refused.value.note.key.rpartition(".")[2]


def test_200_random_files_come_back_from_link_and_json():
    random = Random(6)
    files = [random_file(random) for _ in range(200)]
    assert len({len(file.charts) for file in files}) > 15
    for file in files:
        assert unpacked(packed(file)) == file
        assert loaded(saved(file)) == file
        assert set(packed(file)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_twelve_charts_with_notes_are_a_short_link():
    note = (
        "Zu besprechen: Welche Angebote vor und bei der Ankunft tragen die Zuzüge, wer bietet sie schon an, und wo "
        "fehlen sie? Die Ausländerbehörde berichtet in der nächsten Sitzung über Wartezeiten {n}."
    )
    view = "i=employees&r=BSR,03101,03102,03103,03151,03153,03154,03157,03158&b=nationality%3Dforeign;sex%3Df&from=2012"
    charts = tuple(Chart(view=f"{view}{n}", heading=f"Überschrift {n}", note=note.format(n=n)) for n in range(12))
    assert len(packed(MeetingFile(title="Runder Tisch", charts=charts))) < LONGEST_LINK / 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "no_file"),
        ("x", "no_file"),
        ("1", "no_file"),
        ("²." + "A" * 20, "no_file"),
        ("-1.AAAA", "no_file"),
        ("1.", "cut"),
        ("1.!!!", "cut"),
        ("1.AAAA", "cut"),
        (packed(MeetingFile(title="x" * 90))[:-9], "cut"),
        (as_link(b"no json"), "no_file"),
        (as_link([1]), "no_file"),
        (as_link(b'{"title": "\\ud800"}'), "no_file"),
        (as_link(b"\xff\xfe"), "no_file"),
        (as_link(b"[" * 190_000), "no_file"),
        (as_link({}, "0"), "no_file"),
        (as_link({}, "2"), "newer"),
        (as_link({}, "9" * 500), "newer"),
        (as_link({"nobody": 1}), "wrong"),
        (as_link({"title": 7}), "wrong"),
        (as_link({"day": "yesterday"}), "wrong"),
        (as_link({"vintage": "../../etc"}), "wrong"),
        (as_link({"lang": "fr"}), "wrong"),
        (as_link({"charts": [{}]}), "wrong"),
        (as_link({"charts": [{"view": "i=x"}] * (MOST_CHARTS + 1)}), "wrong"),
        (as_link({"charts": [{"view": "i=x", "note": "x" * (LONGEST_NOTE + 1)}]}), "wrong"),
        ("1." + "A" * 20_000, "too_large"),
        (as_link(b" " * (MOST_BYTES + 1)), "too_large"),
    ],
)
def test_what_is_no_file_says_why_and_breaks_nothing(said: str, why: str):
    assert problem(said) == why


def test_a_bomb_is_not_unpacked():
    bomb = as_link(b"[" * 11_000_000)
    assert len(bomb) < 15_000
    assert problem(bomb) == "too_large"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=80), st.binary(max_size=80).map(as_link), st.text(max_size=60).map(lambda s: f"1.{s}"))
)
def test_no_link_is_ever_an_exception(said: str):
    try:
        assert isinstance(unpacked(said), MeetingFile)
    except FileError as error:
        assert error.note.key


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t)
    )
)
def test_no_json_is_ever_an_exception(tree: object):
    with pytest.raises(FileError):
        loaded(json.dumps({"charts": tree}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\x00", b'{"version": "1"}', b'{"version": true}', b" " * 300_000]
)
def test_a_file_without_a_version_is_none(body: bytes):
    with pytest.raises(FileError):
        loaded(body)


def test_an_older_form_is_brought_to_the_newest():
    older = {"name": "Runder Tisch"}
    steps = {1: lambda tree: {"title": tree["name"]}}
    assert unpacked(as_link(older, "1"), steps).title == "Runder Tisch"
    assert loaded(json.dumps(older | {"version": 1}).encode(), steps).title == "Runder Tisch"
    assert unpacked(as_link({"title": "neu"}, "2"), steps).title == "neu"
    assert problem(as_link(older, "1")) == "wrong"


def test_what_nobody_sees_is_taken_out():
    chart = Chart(view="i=x", heading="a\x00b\u202ec\nd", note="eins\x1b[31m\r\nzwei\ufffe\ue000")
    assert (chart.heading, chart.note) == ("abc d", "eins[31m\nzwei")
