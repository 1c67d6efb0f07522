"""Reading a form: the same rows whatever it was written with, or everything that is wrong with it, and nothing else."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from string import Formatter
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from etl.counselling.form import HEADERS, KEY_COLUMNS
from etl.counselling.meaning import HIGHEST
from etl.counselling.problems import MOST, RefusedForm, masked
from etl.counselling.reading import Form, read_form
from etl.counselling.wording import WORDS
from etl.counselling_entries import CONTENT_DIMS
from etl.sentences import LANGUAGES, Language
from tests.etl.forms import (
    BODY,
    CATALOGUE,
    GOOD,
    KNOWN,
    MARKED,
    Row,
    Rows,
    as_book,
    as_csv,
    filled,
    frame,
    headers,
    in_words,
    read,
)
from tests.generators_workbook import rezipped

COLUMN = {column: place for place, column in enumerate(HEADERS)}


def problems(body: bytes, lang: Language = "en") -> tuple[str, ...]:
    with pytest.raises(RefusedForm) as caught:
        read(body, lang)
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return caught.value.problems


def changed(column: str, value: Any, row: int = 0, rows: Rows = GOOD) -> list[Row]:
    """The good rows, one cell of them another."""
    out = [(*r, *[None] * (len(HEADERS) - len(r))) for r in rows]
    out[row] = tuple(value if place == COLUMN[column] else cell for place, cell in enumerate(out[row]))  # type: ignore[index]
    return out


def only(body: bytes, lang: Language = "en") -> str:
    (problem,) = problems(body, lang)
    return problem


# --- good files


def plain(text: str) -> str:
    """A text as who has no umlauts on the keyboard types it."""
    return text.translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}))


def in_plain_words(rows: Rows) -> list[list[str]]:
    return [[plain(str(cell)) for cell in row] for row in in_words(rows, "de")]


def in_german(rows: Rows) -> str:
    return as_csv([headers("de"), *in_words(rows, "de")]).decode()


GOOD_FILES: dict[str, Callable[[], bytes]] = {
    "XLSX, German": lambda: filled(in_words(GOOD, "de"), "de"),
    "XLSX, English": lambda: filled(in_words(GOOD, "en"), "en"),
    "XLSX, codes": lambda: as_book({"x": [list(HEADERS), *GOOD]}),
    "XLSX, counts as texts": lambda: filled([(*row[:7], str(row[7])) for row in GOOD]),
    "XLSX, beside an empty form": lambda: as_book({"Data": [headers("en")], "Daten": [headers("de"), *GOOD]}),
    "XLSX, lower in the sheet": lambda: as_book({"x": [[], [], headers("de"), *GOOD[:2], [], *GOOD[2:]]}),
    "CSV ;": lambda: as_csv([headers("de"), *in_words(GOOD, "de")]),
    "CSV ,": lambda: as_csv([headers("en"), *in_words(GOOD, "en")], ","),
    "CSV with tabs": lambda: as_csv([headers("de"), *in_words(GOOD, "de")], "\t"),
    "CSV without umlauts": lambda: as_csv([[plain(h) for h in headers("de")], *in_plain_words(GOOD)]),
    "CSV with letters in pieces": lambda: unicodedata.normalize("NFD", in_german(GOOD)).encode(),
    "CSV with BOM": lambda: as_csv([headers("de"), *in_words(GOOD, "de")], encoding="utf-8-sig"),
    "CSV cp1252": lambda: as_csv([headers("de"), *in_words(GOOD, "de")], encoding="cp1252"),
    "CSV quoted": lambda: as_csv([headers("de"), *in_words(GOOD, "en")], ",", quoted=True),
    "CSV shouting": lambda: as_csv([[h.upper() for h in headers("de")], *[[str(c).upper() for c in r] for r in GOOD]]),
    "CSV with blanks": lambda: as_csv([[f" {h} " for h in headers("de")], *[[f" {c} " for c in r] for r in GOOD]]),
    "CSV with empty lines": lambda: as_csv([headers("de"), [], *GOOD[:2], [""] * 9, *GOOD[2:], []]),
    "CSV without marks": lambda: as_csv([headers("de")[:-1], *GOOD]),
    "CSV with a hint for Excel": lambda: b"sep=;\r\n" + as_csv([headers("de"), *GOOD]),
    "CSV in another order": lambda: as_csv([headers("de")[:8][::-1], *[row[::-1] for row in GOOD]]),
}


@pytest.mark.parametrize("kind", GOOD_FILES)
def test_a_good_file_of_any_kind_gives_the_same_rows(kind: str) -> None:
    form = read(GOOD_FILES[kind]())
    assert_frame_equal(form.rows, frame())
    assert form.periods == ("2025-03", "2025-Q2")
    assert not form.invented


@pytest.mark.parametrize("mark", ["erfunden", "Invented", "INVENTED"])
def test_a_form_whose_rows_are_all_marked_is_invented(mark: str) -> None:
    form = read(filled([(*row, mark) for row in GOOD]))
    assert form.invented
    assert_frame_equal(form.rows, frame())


def test_a_month_that_a_spreadsheet_made_a_date_of_is_the_month() -> None:
    rows = [(date(2025, 3, 1) if row[0] == "2025-03" else row[0], *row[1:]) for row in GOOD]
    assert_frame_equal(read(filled(rows)).rows, frame())


def test_a_topic_that_is_not_the_bodys_job_is_refused() -> None:
    other = BODY.model_copy(update={"leaves_out": ("residence",)})
    with pytest.raises(RefusedForm, match=r"^Zeile 2, Spalte „Thema“: Unbekannter Eintrag[^\n]*$"):
        read(as_csv([list(HEADERS), *GOOD]), provider=other)


CODES = {dim: st.sampled_from([*KNOWN[dim].labels, *KNOWN[dim].further]) for dim in ("office", *CONTENT_DIMS)}
ROW = st.tuples(st.sampled_from(["2024-12", "2025-01", "2025-Q2", "2026-10"]), *CODES.values(), st.integers(0, 100_000))
# months and a quarter of different years, so that no quarter is given twice
TABLES = st.lists(ROW, min_size=1, max_size=25, unique_by=lambda row: row[:7])


@given(TABLES, st.sampled_from([";", ",", "XLSX"]), st.sampled_from(["codes", *LANGUAGES]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_goes_in_comes_out(rows: list[Row], how: str, words: Any, is_invented: bool) -> None:
    written = rows if words == "codes" else in_words(rows, words)
    written = [(*row, "erfunden" if is_invented else None) for row in written]
    body = filled(written) if how == "XLSX" else as_csv([headers("en"), *written], how)
    form = read(body)
    named_alike = {code for code in KNOWN["origin"].further if KNOWN["origin"].code_of(code_label(code)) != code}
    if words == "codes" or not named_alike & {str(row[4]) for row in rows}:
        assert_frame_equal(form.rows, frame(rows))
    assert form.invented == is_invented


def code_label(code: str) -> str:
    return KNOWN["origin"].further[code].de


# --- single defects: what is said, and where


SINGLE: dict[str, tuple[str, Any, str]] = {
    "unknown code": ("topic", "Wetter", r"Unknown entry \(W…, 1 word\)\. Allowed: .*recognition"),
    "slip of the pen": ("kind", "Erstkontakd", r"Unknown entry \(Erstkontakd\)\. Allowed: first contact"),
    "country with a slip": ("origin", "Syrjen", r"Unknown entry \(Syrjen\)\. Similar: .*Syria.*sheet “Lists”"),
    "unknown origin": ("origin", "Entenhausen", r"Unknown entry \(E…, 1 word\)\. "),
    "unknown office": ("office", "Gifhorn", r"Allowed: Braunschweig, Wolfsburg\."),
    "empty code": ("channel", None, r"The cell is empty\. Allowed: in person"),
    "empty period": ("period", "", r"The cell is empty\. Expected is a month like 2025-03"),
    "empty count": ("count", None, r"The cell is empty\. Expected is a whole number"),
    "negative": ("count", -37, r"The count is negative"),
    "decimals": ("count", 37.5, r"The count has decimals"),
    "decimals with a comma": ("count", "37,5", r"The count has decimals"),
    "thousands": ("count", "1.237", r"thousands separator"),
    "text": ("count", "37 Personen", r"The count is no number \(# P…, 2 words\)"),
    "word": ("count", "viele", r"The count is no number \(v…, 1 word\)"),
    "too high": ("count", 100_001, r"The count is too high"),
    "endless": ("count", "9" * 5000, r"The count is too high"),
    "date as count": ("count", date(2025, 2, 1), r"There is a date here"),
    "truth": ("count", True, r"The count is no number"),
    "no month": ("period", "2025-13", r"This is no period \(2025-13\)"),
    "month in German": ("period", "Mrz 25", r"This is no period \(M… #, 2 words\)"),
    "no quarter": ("period", "2025-Q5", r"This is no period \(2025-Q5\)"),
    "count in a wrong column": ("period", "3737", r"This is no period \(#, 1 word\)"),
    "decimal in a wrong column": ("period", "2025.37", r"This is no period \(#, 1 word\)"),
    "year": ("period", "2025", r"This is no period"),
    "month that is not over": ("period", "2026-11", r"The period 2026-11 is not over yet"),
    "quarter that is not over": ("period", "2026-Q4", r"The period 2026-Q4 is not over yet"),
    "end of time": ("period", "9999-12", r"The period 9999-12 is not over yet"),
    "long ago": ("period", "1999-12", r"before the year 2000"),
    "day": ("period", date(2025, 3, 14), r"There is a date here \(not repeated\)"),
    "date of birth": ("period", "14.03.1985", r"There is a date here \(not repeated\)"),
    "date of birth beside a code": ("group", "*14.03.1985", r"There is a date here \(not repeated\)"),
    "date in words": ("topic", "14. März 1985", r"There is a date here \(not repeated\)"),
    "e-mail": ("topic", "karla.muster@example.org", r"There is an e-mail address here \(not repeated\)"),
    "name": ("group", "Karla Musterfrau", r"seems to be a person's name \(K… M…, 2 words\)"),
    "name, family first": ("origin", "Musterfrau, Karla", r"seems to be a person's name \(M… K…, 2 words\)"),
    "Mrs": ("kind", "Frau musterfrau", r"seems to be a person's name"),
    "name behind a code": ("origin", "Vietnam Karla", r"seems to be a person's name \(V… K…, 2 words\)"),
    "name behind a long code": ("kind", "Unternehmenskontakt Mu", r"seems to be a person's name"),
    "unknown mark": ("mark", "geschätzt", r"Unknown entry \(g…, 1 word\)\. Allowed: nothing or invented"),
}  # fmt: skip


@pytest.mark.parametrize("what", SINGLE)
@pytest.mark.parametrize("row", [0, 3])
def test_a_cell_that_is_wrong_is_one_message_with_its_address(what: str, row: int) -> None:
    column, value, words = SINGLE[what]
    address = f"{'ABCDEFGHI'[COLUMN[column]]}{row + 2}"
    told = only(filled(changed(column, value, row)))
    assert told.startswith(f"sheet 'Daten', cell {address}: ")
    assert re.search(words, told)
    text = only(as_csv([headers("de"), *changed(column, value, row)]))
    assert text.startswith(f"line {row + 2}, column '{HEADERS[column].en}': ")  # type: ignore[index]


@pytest.mark.parametrize("what", SINGLE)
def test_no_message_repeats_what_could_be_a_person_or_a_count(what: str) -> None:
    column, value, _ = SINGLE[what]
    for lang in LANGUAGES:
        told = only(as_csv([headers("de"), *changed(column, value)]), lang)
        assert not re.search(r"karla|musterfrau|example|14\.|1985|37|237", told, re.IGNORECASE)


def test_a_masked_value_shows_initials_and_no_digit() -> None:
    assert masked("Karla Muster", "en") == "K… M…, 2 words"
    assert masked("12345 x-9 (Amt) Straße 7", "de") == "# # A…, 5 Wörter"


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_things(key: str) -> None:
    fields = [{name for _, name, _, _ in Formatter().parse(WORDS[key][lang]) if name} for lang in LANGUAGES]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_messages_come_in_the_language_asked_for(lang: Language) -> None:
    told = only(filled(changed("channel", None)), lang)
    assert told.startswith(
        {"de": "Blatt „Daten“, Zelle G2: Die Zelle ist leer. Erlaubt: persönlich", "en": "sheet"}[lang]
    )


@pytest.mark.parametrize("period", ["2025-03", "2025-Q1"])
def test_a_period_is_over_on_the_day_after_its_last_one(period: str) -> None:
    body = as_csv([headers("de"), (period, *GOOD[0][1:])])
    assert read_form(body, CATALOGUE, BODY, date(2025, 4, 1), "de").periods == (period,)
    with pytest.raises(RefusedForm, match="noch nicht zu Ende"):
        read_form(body, CATALOGUE, BODY, date(2025, 3, 31), "de")


# --- defects between rows and around the table


def test_a_row_that_stands_twice_names_both_places() -> None:
    again = (*GOOD[0][:4], "Indien", *GOOD[0][5:7], 99)
    assert "sheet 'Daten', row 6: This combination stands already in row 2" in only(filled([*GOOD, again]))


def test_a_quarter_and_one_of_its_months_from_one_office_are_refused() -> None:
    rows = [*GOOD, ("2025-05", *GOOD[3][1:]), ("2025-05", "braunschweig", *GOOD[3][2:])]
    assert only(filled(rows)).startswith(
        "sheet 'Daten', cell A6: The office reports a month of 2025-Q2 here, but the whole quarter in row 5"
    )
    assert only(filled([*GOOD[:3], rows[4], GOOD[3]])).startswith(
        "sheet 'Daten', cell A6: The office reports 2025-Q2 as a quarter here, but a month of it in row 5"
    )


@pytest.mark.parametrize(
    ("unmarked", "said"),
    [
        ((2,), "I4: The mark 'invented' is missing here, but stands in row 2"),
        ((0, 2, 3), "I3: The mark 'invented' stands here, but not in row 2"),
    ],
)
def test_rows_that_are_partly_marked_are_refused_once(unmarked: Sequence[int], said: str) -> None:
    rows = [GOOD[n] if n in unmarked else MARKED[n] for n in range(4)]
    assert only(filled(rows)).startswith(f"sheet 'Daten', cell {said}")


HEADER_DEFECTS: dict[str, tuple[Callable[[list[Any]], None], str]] = {
    "missing": (lambda h: h.__setitem__(5, None), "row 1: The column 'Topic' is missing"),
    "double": (lambda h: h.append("thema"), "cell J1: The column 'Topic' stands already in sheet 'Daten', cell F1"),
    "misspelt": (lambda h: h.__setitem__(5, "Themen"), "cell F1: Unknown column 'Themen'; 'Topic' is probably meant"),
    "further": (lambda h: h.append("Karlas Bemerkung"), "cell J1: Unknown column (K… B…, 2 words); names, e-mails"),
}


@pytest.mark.parametrize("what", HEADER_DEFECTS)
def test_a_header_that_is_wrong_is_one_message(what: str) -> None:
    damage, words = HEADER_DEFECTS[what]
    header: list[Any] = headers("de")
    damage(header)
    rows = [list(row) for row in GOOD]
    if what == "missing":
        rows = [[*row[:5], None, *row[6:]] for row in rows]
    assert f"sheet 'Daten', {words}" in only(as_book({"Daten": [header, *rows]}))


def test_what_stands_outside_of_the_table_is_refused() -> None:
    header = headers("de")
    right = [(*GOOD[0], None, None, "Bitte an Karla"), *GOOD[1:]]
    assert only(filled(right)).startswith(
        "sheet 'Daten', cell K2: Something stands outside of the table here (B… a… K…"
    )
    below = [*GOOD, (), ("Summe", None, None, None, None, None, None, 37)]
    assert only(filled(below)).startswith("sheet 'Daten', cell A7: This row is almost empty (S…, 1 word)")
    above = as_book({"Daten": [["Stand: Karla Muster"], header, *GOOD]})
    assert only(above).startswith("sheet 'Daten', cell A1: Something stands outside")
    assert "e-mail" in only(as_book({"Daten": [["karla@example.org"], header, *GOOD]}))


def test_a_form_without_rows_is_refused() -> None:
    assert only(filled([])).startswith("sheet 'Daten', row 1: There is no filled row below the header; please fill in")
    assert only(as_csv([headers("de")])).startswith("line 1: There is no filled row below the header")


def test_formulas_are_refused_wherever_they_stand() -> None:
    assert only(filled(changed("count", "=2+3", 1))) == (
        "sheet 'Daten', cell H3: There is a formula here; please replace it by its value."
    )
    assert only(filled([*GOOD, (), (None,) * 7 + ("=SUM(H2:H5)",)])).startswith(
        "sheet 'Daten', cell H7: There is a formula"
    )
    elsewhere = as_book({"Daten": [headers("de"), *GOOD], "Notiz": [["x"], [None, "=1+1"]]})
    assert only(elsewhere).startswith("sheet 'Notiz', cell B2: There is a formula")
    assert "There is a formula" in only(as_csv([headers("de"), *changed("topic", "=1+1")]))


def test_texts_on_other_sheets_are_nobodys_business() -> None:
    body = as_book({"Notiz": [["Karla Muster", "karla@example.org"]], "Daten": [headers("de"), *GOOD]})
    assert_frame_equal(read(body).rows, frame())


# --- all at once


def twelve_defects() -> list[list[Any]]:
    rows: list[list[Any]] = [[*GOOD[n % 2][:7], 20 + n] for n in range(14)]
    for n, row in enumerate(rows):
        row[0] = f"2024-{n + 1:02d}" if n < 12 else f"2023-{n - 1:02d}"
    rows[0][5] = "Wetter"
    rows[1][7] = -1
    rows[2][7] = 2.5
    rows[3][7] = "12 Personen"
    rows[4][:7] = rows[5][:7]
    rows[6][0] = "2027-01"
    rows[7][3] = "Karla Muster"
    rows[8][4] = "karla@example.org"
    rows[9][6] = "14.03.1985"
    rows[10][2] = None
    rows[11][7] = "=1+2"
    rows[12][7] = "1.200"
    return rows


def test_twelve_defects_are_twelve_messages_with_their_addresses() -> None:
    told = problems(filled(twelve_defects()))
    places = [re.match(r"sheet 'Daten', (?:cell|row) (\w+): ", problem)[1] for problem in told]  # type: ignore[index]
    assert places == ["F2", "H3", "H4", "H5", "7", "A8", "D9", "E10", "G11", "C12", "H13", "H14"]
    assert len(set(told)) == 12


def test_twelve_defects_of_a_text_file_are_twelve_messages_with_their_lines() -> None:
    told = problems(as_csv([headers("de"), *twelve_defects()]), "de")
    assert len(told) == 12
    assert [int(re.match(r"Zeile (\d+)", problem)[1]) for problem in told] == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14]  # type: ignore[index]


def test_after_the_first_500_problems_the_others_are_counted() -> None:
    rows = [(*GOOD[0][:5], "Wetter", "phone", 1)] * (MOST + 37)
    told = problems(as_csv([headers("de"), *rows]))
    assert len(told) == MOST + 1
    assert told[-1] == "… and 37 more problems."


# --- damage


def outcome(body: bytes) -> Form | None:
    """The form, or None if it is refused; anything else fails the test."""
    try:
        return read(body)
    except RefusedForm as refusal:
        assert refusal.problems
        return None


def damaged(good: bytes, random: Random) -> bytes:
    """A few bytes set, cut off, left out or doubled."""
    body = bytearray(good)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(body))
        change = random.choice(("set", "set", "cut", "drop", "double"))
        if change == "set":
            body[at] = random.randrange(256)
        elif change == "cut" and at > 10:
            del body[at:]
        elif change == "drop":
            del body[at : at + random.randint(1, 20)]
        else:
            body[at:at] = body[at : at + random.randint(1, 20)]
    return bytes(body)


MEMBERS = [
    "xl/worksheets/sheet2.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "[Content_Types].xml",
]


@pytest.mark.parametrize("kind", ["CSV", "XLSX", *MEMBERS])
def test_damaged_files_are_refused_or_read_and_never_break_the_reader(kind: str) -> None:
    random, refused = Random(4), 0
    good = as_csv([headers("de"), *in_words(GOOD, "de")]) if kind == "CSV" else filled(in_words(GOOD, "de"))
    for _ in range(300):
        if kind in MEMBERS:
            body = rezipped(good, {kind: damaged(zipfile.ZipFile(io.BytesIO(good)).read(kind), random)})
        else:
            body = damaged(good, random)
        form = outcome(body)
        refused += form is None
        if form is not None:
            assert list(form.rows.columns) == [*KEY_COLUMNS, "count"]
            assert form.rows["count"].is_between(0, HIGHEST).all()
    assert refused > 100


def test_a_link_is_a_message_at_its_cell_beside_all_others() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet, notes = made.add_worksheet("Daten"), made.add_worksheet("Notiz")
        for place, row in enumerate([headers("de"), *changed("count", -4)]):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in row])
        sheet.write_url(2, 4, "https://example.org/", string="Indien")
        sheet.write_url(3, 5, "mailto:karla@example.org", string="karla@example.org")
        sheet.write_url(4, 6, "internal:'Notiz'!A1", string="phone")
        notes.write_url(1, 1, "https://example.org/", string="mehr")
    told = problems(book.getvalue())
    assert [re.match(r"sheet '\w+', cell \w+: [\w ]{9}", line)[0] for line in told] == [  # type: ignore[index]
        "sheet 'Daten', cell H2: The count",
        "sheet 'Daten', cell E3: There is ",
        "sheet 'Daten', cell F4: There is ",
        "sheet 'Notiz', cell B2: There is ",
    ]
    assert "link to an address" in told[1]
    assert "e-mail" in told[2]
    assert "link to an address" in told[3]
