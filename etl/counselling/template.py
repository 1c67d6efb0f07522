"""The form of counselling counts as a workbook: empty, or filled with the catalogue's invented example.

One sheet to fill in with drop-down lists, one of notes, one with what the lists offer. It holds texts and numbers only:
no formula, no macro, no protection.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from etl.catalogue import CATALOGUE_DIR, Catalogue
from etl.counselling.form import HEADERS, INVENTED, Codes, FormColumn, codes, origin_of
from etl.counselling_entries import CONTENT_DIMS, Provider
from etl.entries import Text
from etl.errors import CatalogueError, EtlError
from etl.grid import column_letters
from etl.raw import write_atomically
from etl.sentences import Language

EXAMPLE_FILE: Final = CATALOGUE_DIR / "counselling_example.csv"
LAST_ROW: Final = 5000  # the last row of the form that has drop-down lists
DATA_SHEET: Final = Text(de="Daten", en="Data")
NOTES_SHEET: Final = Text(de="Hinweise", en="Notes")
LISTS_SHEET: Final = Text(de="Listen", en="Lists")

_COLUMNS: tuple[FormColumn, ...] = tuple(HEADERS)
_WIDTHS: dict[FormColumn, int] = {
    "period": 13, "office": 16, "kind": 26, "group": 22, "origin": 34, "topic": 30, "channel": 16, "count": 10,
    "mark": 17,
}  # fmt: skip
_NOTES_WIDTH = 110
_TEXT_FORMAT = 49  # "@" among the built-in ones
_TITLE = Text(de="Beratungskontakte: {provider}", en="Counselling contacts: {provider}")
_PERIOD = Text(de="2025-03 oder 2025-Q1", en="2025-03 or 2025-Q1")
_COUNT = Text(de="Erwartet wird eine ganze Zahl, 0 oder mehr.", en="Expected is a whole number, 0 or more.")
_LISTED = Text(
    de="Bitte einen Eintrag der Liste wählen; alle stehen im Blatt „Listen“.",
    en="Please choose an entry of the list; all of them are on the sheet “Lists”.",
)
_MARK = Text(
    de="Nur bei erfundenen Zahlen, dann in jeder Zeile. Sonst leer lassen.",
    en="For invented figures only, then in every row. Otherwise leave empty.",
)
_ALL_INVENTED = Text(
    de="Alle Zahlen in dieser Datei sind erfunden: Sie zeigen, wie das Formular ausgefüllt wird, mehr nicht.",
    en="All figures in this file are invented: they show how the form is filled in, nothing else.",
)
_FILLING = (
    Text(de="Ausfüllen", en="Filling in"),
    Text(
        de="Eine Zeile je Kombination aus Zeitraum, Büro, Art des Kontakts, Gruppe, Herkunft, Thema und Weg. Unter "
        "„Anzahl“ steht, wie viele Kontakte es so gab. Jede Kombination steht höchstens einmal da.",
        en="One row for each combination of period, office, kind of contact, client group, origin, topic and channel. "
        "“Count” says how many such contacts there were. Each combination stands there once at most.",
    ),
    Text(
        de="Zeitraum: ein abgeschlossener Monat (2025-03) oder ein abgeschlossenes Quartal (2025-Q1), für dasselbe "
        "Büro und Quartal nicht beides. Ein Quartal wird veröffentlicht, sobald alle seine Monate vorliegen, ein Jahr, "
        "sobald alle seine Quartale vorliegen.",
        en="Period: a month (2025-03) or a quarter (2025-Q1) that is over; not both for the same office and quarter. "
        "A quarter is published once all its months are there, a year once all its quarters are.",
    ),
    Text(
        de="Zeilen, die fehlen, zählen als 0. Hatte ein Büro in einem Zeitraum gar keinen Kontakt, sagt das eine Zeile "
        "mit der Anzahl 0 (mit beliebigen Einträgen der Listen); sonst gilt der Zeitraum als nicht gemeldet.",
        en="Rows that are missing count as 0. If an office had no contact at all in a period, one row with the count 0 "
        "says so (with any entries of the lists); otherwise the period counts as not reported.",
    ),
    Text(
        de="Herkunft: ein Land oder, wo es nicht bekannt ist, eine Herkunftsregion. Veröffentlicht werden nur die "
        "Herkunftsregionen.",
        en="Origin: a country or, where it is not known, a region of origin. No country is published, only regions of "
        "origin.",
    ),
    Text(
        de="Eine spätere Datei ersetzt die Zahlen, die früher für dieselben Zeiträume geliefert wurden.",
        en="A later file replaces the figures that were delivered earlier for the same periods.",
    ),
)
_KEPT_OUT = (
    Text(de="Was nicht in das Formular gehört", en="What has no place in the form"),
    Text(
        de="Das Formular nimmt nur zusammengezählte Kontakte auf. Namen, E-Mail-Adressen, Telefonnummern, "
        "Geburtsdaten, Aktenzeichen und freier Text werden zurückgewiesen, ebenso weitere Spalten und Formeln.",
        en="The form takes contacts added up, nothing else. Names, e-mail addresses, telephone numbers, dates of "
        "birth, file numbers and free text are refused, and so are further columns and formulas.",
    ),
)
_KINDS = Text(de="Arten des Kontakts", en="Kinds of contact")
_SMALL = (
    Text(de="Kleine Zahlen", en="Small counts"),
    Text(
        de="Bitte die wahren Zahlen eintragen, auch kleine: nichts runden, zusammenfassen oder weglassen.",
        en="Please enter the true counts, small ones too: do not round, combine or leave out anything.",
    ),
    Text(
        de="Geheim bleiben Anzahlen von 1 bis {secret}, Nullen in Gruppen von 1 bis {small} Kontakten und alles, "
        "woraus sich solche Zahlen errechnen ließen. Diese Datei selbst wird nicht veröffentlicht.",
        en="Counts of 1 to {secret} stay confidential, and so do zeros in groups of 1 to {small} contacts and all from "
        "which such figures could be worked out. This file itself is not published.",
    ),
)
_ROUNDED = Text(
    de="Veröffentlichte Anzahlen werden auf Vielfache von {round_to} gerundet.",
    en="Published counts are rounded to multiples of {round_to}.",
)
_MARKING = (
    Text(de="Kennzeichen", en="Mark"),
    Text(
        de="Bei wirklichen Zahlen bleibt diese Spalte leer. „erfunden“ steht dort nur, wenn die Zahlen zum Üben oder "
        "Vorführen ausgedacht sind, und dann in jeder Zeile. Sie werden überall als erfunden gezeigt.",
        en="With real figures this column stays empty. It says “invented” only where the figures are made up for "
        "practice or a demonstration, and then in every row. They are shown as invented everywhere.",
    ),
)


def example_rows(catalogue: Catalogue) -> pl.DataFrame:
    """The invented example as rows of a form: period, office, kind, group, origin, topic, channel (codes), count.

    Raises CatalogueError if the file lacks a column, has a row that is not marked as invented, or an unknown code.
    """
    try:
        rows = pl.read_csv(EXAMPLE_FILE, separator=";", infer_schema=False).fill_null("")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CatalogueError(f"{EXAMPLE_FILE}: cannot be read as CSV with semicolons: {error}") from error
    if tuple(rows.columns) != _COLUMNS:
        raise CatalogueError(
            f"{EXAMPLE_FILE}: expected the columns {';'.join(_COLUMNS)}, came {';'.join(rows.columns)}"
        )
    counselling = catalogue.counselling
    known: dict[FormColumn, set[str]] = {dim: set(counselling.codes[dim]) for dim in CONTENT_DIMS}
    for column, allowed in (known | {"origin": set(origin_of(catalogue)), "mark": {INVENTED}}).items():
        if unknown := sorted(set(rows[column]) - allowed):
            raise CatalogueError(f"{EXAMPLE_FILE}: {column}: expected codes of counselling.yaml, came {unknown}")
    if not rows["count"].str.contains(r"^\d{1,6}$").all():
        raise CatalogueError(f"{EXAMPLE_FILE}: count: expected whole numbers from 0")
    return rows.drop("mark").with_columns(pl.col("count").cast(pl.Int64))


def write_template(path: Path, catalogue: Catalogue, provider: Provider, lang: Language, example: bool) -> None:
    """Write the provider's form, with ``example`` filled with the invented rows; an old file stays until it is whole.

    Raises EtlError for an ending other than .xlsx, or if the example has no row of the provider's offices.
    """
    if path.suffix.lower() != ".xlsx":
        raise EtlError(f"{path.name}: the form is a workbook; expected a name that ends in .xlsx")
    rows = _example_of(catalogue, provider) if example else None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _book(catalogue, provider, lang, rows))


def _example_of(catalogue: Catalogue, provider: Provider) -> pl.DataFrame:
    """The rows of the example that the provider could have counted: its offices, its topics."""
    rows, offices = example_rows(catalogue), [o.id for o in provider.offices]
    own = rows.filter(pl.col("office").is_in(offices))
    if own.is_empty():
        raise EtlError(
            f"{EXAMPLE_FILE.name}: expected rows of an office of '{provider.id}' ({', '.join(offices)}), came only "
            f"{', '.join(sorted(set(rows['office'])))}; make the form without the example"
        )
    return own.filter(pl.col("topic").is_in(list(catalogue.counselling.codes_of(provider, "topic"))))


def _book(catalogue: Catalogue, provider: Provider, lang: Language, rows: pl.DataFrame | None) -> bytes:
    file = io.BytesIO()
    allowed = codes(catalogue, provider)
    offered = {column: _offered(allowed[column], lang) for column in _COLUMNS if column in allowed}
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": _in(_TITLE, lang).format(provider=_in(provider.name, lang))})
        sheets = [book.add_worksheet(_in(name, lang)) for name in (DATA_SHEET, NOTES_SHEET, LISTS_SHEET)]
        _lay_out(book, sheets[0], lang)
        _add_lists(sheets[0], offered, lang)
        if rows is not None:
            _fill(sheets[0], rows, allowed, lang)
        _write_notes(book, sheets[1], _notes(catalogue, provider, lang, rows is not None))
        _write_lists(book, sheets[2], offered, lang)
    return file.getvalue()


def _offered(allowed: Codes, lang: Language) -> list[str]:
    """The labels to choose from: codes in the form's order, further ones (countries) by name.

    A country that is called like its region is left out: the name means the region.
    """
    further = [_in(label, lang) for code, label in allowed.further.items() if allowed.code_of(label.de) == code]
    return [*(_in(label, lang) for label in allowed.labels.values()), *sorted(further, key=_without_accents)]


def _without_accents(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def _lay_out(book: Any, sheet: Any, lang: Language) -> None:  # noqa: ANN401 - the library has no types
    """Headers, widths, and formats by column: a period must stay text, or a spreadsheet makes a date of it."""
    header = book.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True})
    text, whole = book.add_format({"num_format": _TEXT_FORMAT}), book.add_format({"num_format": "0"})
    for place, column in enumerate(_COLUMNS):
        sheet.set_column(place, place, _WIDTHS[column], whole if column == "count" else text)
        sheet.write_string(0, place, _in(HEADERS[column], lang), header)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, LAST_ROW - 1, len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _add_lists(sheet: Any, offered: dict[FormColumn, list[str]], lang: Language) -> None:  # noqa: ANN401
    """What a spreadsheet program asks for while a cell is filled in; what is pasted passes it, not the import."""
    rules: dict[FormColumn, dict[str, object]] = {
        "period": {"validate": "any", "input_title": _in(HEADERS["period"], lang), "input_message": _in(_PERIOD, lang)},
        "count": {"validate": "integer", "criteria": ">=", "value": 0, "error_message": _in(_COUNT, lang)},
    }
    for place, (column, labels) in enumerate(offered.items()):
        letter = column_letters(place)
        source = f"={_in(LISTS_SHEET, lang)}!${letter}$2:${letter}${len(labels) + 1}"
        rules[column] = {"validate": "list", "source": source, "error_message": _in(_LISTED, lang)}
    rules["mark"] |= {"input_title": _in(HEADERS["mark"], lang), "input_message": _in(_MARK, lang)}
    for place, column in enumerate(_COLUMNS):
        sheet.data_validation(1, place, LAST_ROW - 1, place, rules[column])


def _fill(sheet: Any, rows: pl.DataFrame, allowed: dict[FormColumn, Codes], lang: Language) -> None:  # noqa: ANN401
    names = {
        column: {code: _in(label, lang) for code, label in (entry.further | entry.labels).items()}
        for column, entry in allowed.items()
    }
    for number, row in enumerate(rows.with_columns(pl.lit(INVENTED).alias("mark")).iter_rows(named=True), start=1):
        for place, column in enumerate(_COLUMNS):
            if column == "count":
                sheet.write_number(number, place, row[column])
            else:
                # never ``write``: it would make a formula of a text that begins with "="
                sheet.write_string(number, place, names[column][row[column]] if column in names else row[column])


def _notes(catalogue: Catalogue, provider: Provider, lang: Language, example: bool) -> Iterator[tuple[str, bool]]:
    """The lines of the notes, each with whether it is a heading."""
    rule = catalogue.counselling.rule_of(provider)
    kinds, used = catalogue.dimensions["kind"], catalogue.counselling.codes_of(provider, "kind")
    if example:
        yield _in(_ALL_INVENTED, lang), True
    yield _in(_TITLE, lang).format(provider=_in(provider.name, lang)), True
    for heading, *lines in (_FILLING, _KEPT_OUT):
        yield _in(heading, lang), True
        yield from ((_in(line, lang), False) for line in lines)
    yield _in(_KINDS, lang), True
    for code in used:
        label, definition = kinds.values[code], kinds.definitions.get(code)
        yield (f"{_in(label, lang)}: {_in(definition, lang)}" if definition else _in(label, lang)), False
    rounding = (_ROUNDED,) if provider.round_to else ()
    for heading, *lines in ((*_SMALL, *rounding), _MARKING):
        yield _in(heading, lang), True
        for line in lines:
            said = {"secret": rule.threshold - 1, "small": rule.small_group - 1, "round_to": provider.round_to}
            yield _in(line, lang).format(**said), False


def _write_notes(book: Any, sheet: Any, notes: Iterator[tuple[str, bool]]) -> None:  # noqa: ANN401
    heading, line = (book.add_format({"text_wrap": True, "valign": "top", "bold": bold}) for bold in (True, False))
    sheet.set_column(0, 0, _NOTES_WIDTH)
    for number, (text, is_heading) in enumerate(notes):
        sheet.write_string(number, 0, text, heading if is_heading else line)


def _write_lists(book: Any, sheet: Any, offered: dict[FormColumn, list[str]], lang: Language) -> None:  # noqa: ANN401
    header, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": _TEXT_FORMAT})
    for place, (column, labels) in enumerate(offered.items()):
        sheet.set_column(place, place, _WIDTHS[column], text)
        sheet.write_string(0, place, _in(HEADERS[column], lang), header)
        for number, label in enumerate(labels, start=1):
            sheet.write_string(number, place, label)
    sheet.freeze_panes(1, 0)


def _in(text: Text, lang: Language) -> str:
    return text.de if lang == "de" else text.en
