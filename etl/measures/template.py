"""The form of measures as a workbook: those imported before are in it, so that they can be changed and handed in again.

One sheet to fill in, with a list of what to choose where a cell takes one entry, and one with what may stand in each
column. It holds texts only: no formula, no macro, no protection.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from etl.catalogue import Catalogue
from etl.entries import Text
from etl.errors import EtlError
from etl.measure_entries import Measure, Moved
from etl.measures.form import COLUMNS, SEPARATOR, MeasureColumn, choices
from etl.raw import write_atomically
from etl.sentences import Language

SHEET: Final = Text(de="Maßnahmen", en="Measures")
NOTES: Final = Text(de="Hinweise", en="Notes")
LAST_ROW: Final = 200  # the last row that has drop-down lists
_TEXT_FORMAT = 49  # "@" among the built-in ones: a day stays as it is typed
_WIDTH, _NOTES_WIDTH = 24, 110
_NEEDED = Text(de="muss ausgefüllt sein", en="must be filled in")
_ABOUT = Text(
    de="Eine Zeile je Maßnahme. Die Datei ist die ganze Liste: Was in ihr fehlt, entfällt. Die Maßnahmen des Katalogs "
    "bleiben.",
    en="One row for each measure. The file is the whole list: what it leaves out is gone. Those of the catalogue stay.",
)
_PERSONS = Text(
    de="Namen von Personen, E-Mail-Adressen und Telefonnummern gehören nicht in das Formular: Es wird veröffentlicht.",
    en="Names of persons, e-mail addresses and telephone numbers have no place in the form: it is published.",
)


def write_measures_form(path: Path, catalogue: Catalogue, measures: Sequence[Measure], lang: Language) -> None:
    """Write the form with the given measures in it; an old file stays until it is whole.

    Raises EtlError for an ending other than .xlsx.
    """
    if path.suffix.lower() != ".xlsx":
        raise EtlError(f"{path.name}: the form is a workbook; expected a name that ends in .xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _book(catalogue, measures, lang))


def _book(catalogue: Catalogue, measures: Sequence[Measure], lang: Language) -> bytes:
    file = io.BytesIO()
    offered = choices(catalogue)
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, notes = (book.add_worksheet(_in(name, lang)) for name in (SHEET, NOTES))
        header = book.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True})
        text = book.add_format({"num_format": _TEXT_FORMAT, "text_wrap": True, "valign": "top"})
        for place, (column, about) in enumerate(COLUMNS.items()):
            sheet.set_column(place, place, _WIDTH, text)
            sheet.write_string(0, place, _in(about.header, lang), header)
            if column in ("duty", "status"):
                labels = [_in(label, lang) for label in offered[column].values()]
                sheet.data_validation(1, place, LAST_ROW - 1, place, {"validate": "list", "source": labels})
        for number, measure in enumerate(measures, start=1):
            for place, written in enumerate(_cells(measure, offered, lang)):
                sheet.write_string(number, place, written)
        sheet.freeze_panes(1, 0)
        _write_notes(book, notes, offered, lang)
    return file.getvalue()


def _cells(measure: Measure, offered: dict[MeasureColumn, dict[str, Text]], lang: Language) -> list[str]:
    """A measure's cells in the order of the columns."""

    def listed(column: MeasureColumn, codes: Sequence[str]) -> str:
        return f"{SEPARATOR} ".join(_in(offered[column][code], lang) for code in codes)

    def english(text: Text) -> str:
        return text.en if text.en != text.de else ""

    source = measure.sources[0]
    cells: dict[MeasureColumn, str] = {
        "id": measure.id,
        "name": measure.name.de,
        "name_en": english(measure.name),
        "short": measure.short.de,
        "what": measure.what.de,
        "what_en": english(measure.what),
        "lead": measure.lead.de,
        "duty": listed("duty", [measure.duty]),
        "status": listed("status", [measure.status]),
        "groups": listed("groups", measure.groups),
        "topics": listed("topics", measure.topics),
        "begins": measure.begins or "",
        "ends": measure.ends or "",
        "budget": measure.budget.de if measure.budget else "",
        "indicators": f"{SEPARATOR} ".join(_series(one) for one in measure.indicators),
        "districts": listed("districts", measure.districts),
        "compared_with": listed("compared_with", measure.compared_with),
        "compared_why": measure.compared_why.de if measure.compared_why else "",
        "source": source.text.de,
        "link": source.link or "",
        "entered_by": measure.entered_by or "",
    }
    return [cells[column] for column in COLUMNS]


def _series(one: Moved) -> str:
    """``residence_permits purpose=employment sex=f``: the separator of a breakdown is that of the entries."""
    return f"{one.indicator} {' '.join(one.breakdown.split(';'))}".strip()


def _write_notes(book: Any, sheet: Any, offered: dict[MeasureColumn, dict[str, Text]], lang: Language) -> None:  # noqa: ANN401 - the library has no types
    bold, plain = (book.add_format({"text_wrap": True, "valign": "top", "bold": heading}) for heading in (True, False))
    sheet.set_column(0, 0, _NOTES_WIDTH)
    lines = [(_in(_ABOUT, lang), False), (_in(_PERSONS, lang), False)]
    for column, about in COLUMNS.items():
        needed = f" ({_in(_NEEDED, lang)})" if about.needed else ""
        lines.append((f"{_in(about.header, lang)}{needed}", True))
        lines.append((_in(about.expected, lang), False))
        if column in offered:
            lines.append((", ".join(_in(label, lang) for label in offered[column].values()), False))
    for number, (said, heading) in enumerate(lines):
        sheet.write_string(number, 0, said, bold if heading else plain)


def _in(text: Text, lang: Language) -> str:
    return text.de if lang == "de" else text.en
