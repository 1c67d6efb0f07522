"""All that is said about a form that is refused, in German and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from etl.sentences import Language

WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    # where
    "cell": {"de": "Blatt „{sheet}“, Zelle {address}", "en": "sheet '{sheet}', cell {address}"},
    "row": {"de": "Blatt „{sheet}“, Zeile {row}", "en": "sheet '{sheet}', row {row}"},
    "line_column": {"de": "Zeile {row}, Spalte „{column}“", "en": "line {row}, column '{column}'"},
    "line_number": {"de": "Zeile {row}, Spalte {column}", "en": "line {row}, column {column}"},
    "line": {"de": "Zeile {row}", "en": "line {row}"},
    # the file
    "empty_file": {
        "de": "Die Datei ist leer; erwartet wird das ausgefüllte Formular (.xlsx oder .csv).",
        "en": "The file is empty; expected is the filled form (.xlsx or .csv).",
    },
    "too_large": {
        "de": "Die Datei hat mehr als {megabytes} MB; das Formular ist viel kleiner. Bitte nur das Formular "
        "einreichen.",
        "en": "The file has more than {megabytes} MB; the form is far smaller. Please hand in the form only.",
    },
    "encrypted": {
        "de": "Die Datei ist mit einem Kennwort verschlüsselt; bitte ohne Kennwort als .xlsx speichern.",
        "en": "The file is encrypted with a password; please save it as .xlsx without one.",
    },
    "old_workbook": {
        "de": "Die Datei ist eine Arbeitsmappe im alten Format .xls; bitte als .xlsx speichern.",
        "en": "The file is a workbook of the old format .xls; please save it as .xlsx.",
    },
    "no_table": {
        "de": "Die Datei ist weder eine Arbeitsmappe (.xlsx) noch eine CSV-Datei, sondern {what}.",
        "en": "The file is neither a workbook (.xlsx) nor a CSV file but {what}.",
    },
    "no_workbook": {
        "de": "Die Datei ist keine Arbeitsmappe (.xlsx).",
        "en": "The file is no workbook (.xlsx).",
    },
    "program": {"de": "ein Programm", "en": "a program"},
    "pdf": {"de": "ein PDF-Dokument", "en": "a PDF document"},
    "picture": {"de": "ein Bild", "en": "a picture"},
    "packed": {"de": "ein Archiv anderer Art", "en": "an archive of another kind"},
    "markup": {"de": "eine Webseite oder XML", "en": "a web page or XML"},
    "other_zip": {"de": "ein Archiv mit anderen Dateien", "en": "an archive of other files"},
    "binary": {"de": "etwas anderes (keine Textdatei)", "en": "something else (no text file)"},
    "utf16": {
        "de": "Die Textdatei ist in UTF-16 geschrieben; bitte als „CSV UTF-8“ speichern.",
        "en": "The text file is written in UTF-16; please save it as “CSV UTF-8”.",
    },
    "bad_csv": {
        "de": "Zeile {row}: ist kein ordentliches CSV (Anführungszeichen nicht geschlossen oder Zelle zu lang).",
        "en": "line {row}: is no proper CSV (quotation marks left open, or a cell too long).",
    },
    "bad_encoding": {
        "de": "Die Textdatei ist weder in UTF-8 noch in Windows-1252 geschrieben; bitte als „CSV UTF-8“ speichern.",
        "en": "The text file is written neither in UTF-8 nor in Windows-1252; please save it as “CSV UTF-8”.",
    },
    "damaged": {
        "de": "Die Arbeitsmappe ist beschädigt ({part}); bitte im Tabellenprogramm öffnen und neu als .xlsx speichern.",
        "en": "The workbook is damaged ({part}); please open it in a spreadsheet program and save it as .xlsx again.",
    },
    "bomb": {
        "de": "Die Arbeitsmappe wäre entpackt größer als {megabytes} MB oder schrumpft ungewöhnlich stark; das "
        "Formular ist viel kleiner. Vielleicht sind leere Zeilen formatiert: bitte löschen und neu speichern.",
        "en": "The workbook would unpack to more than {megabytes} MB or shrinks unusually far; the form is far "
        "smaller. Empty rows may be formatted: please delete them and save it again.",
    },
    "vast": {
        "de": "Die Arbeitsmappe ist zu groß für das Formular („{sheet}“: Zeilen, Spalten oder Texte); bitte leere "
        "formatierte Zeilen und Spalten löschen und neu speichern.",
        "en": "The workbook is too large for the form ('{sheet}': rows, columns or texts); please delete empty "
        "formatted rows and columns and save it again.",
    },
    "too_many_rows": {
        "de": "Die Datei hat mehr als {most} ausgefüllte Zeilen; bitte in mehreren Dateien einreichen.",
        "en": "The file has more than {most} filled rows; please hand it in as several files.",
    },
    "too_long": {
        "de": "Die Tabelle hat mehr als {most} Zeilen, leere mitgezählt; bitte die leeren Zeilen unter den "
        "Eintragungen löschen und neu speichern.",
        "en": "The table has more than {most} rows, empty ones included; please delete the empty rows below the "
        "entries and save it again.",
    },
    "macros": {
        "de": "Die Arbeitsmappe enthält Makros oder ist dafür eingerichtet; bitte als .xlsx ohne Makros speichern.",
        "en": "The workbook holds macros or is made for them; please save it as .xlsx without macros.",
    },
    "external": {
        "de": "Die Arbeitsmappe verweist auf andere Dateien oder Adressen ({part}); bitte Verknüpfungen, Verbindungen "
        "und Hyperlinks entfernen.",
        "en": "The workbook refers to other files or addresses ({part}); please remove links, connections and "
        "hyperlinks.",
    },
    "embedded": {
        "de": "Die Arbeitsmappe enthält eingebettete Objekte oder Steuerelemente ({part}); bitte entfernen.",
        "en": "The workbook holds embedded objects or controls ({part}); please remove them.",
    },
    "no_header": {
        "de": "Die Kopfzeile des Formulars fehlt: In den ersten {within} Zeilen werden die Spalten {columns} "
        "erwartet. Das leere Formular schreibt „etl template counselling DATEI.xlsx“.",
        "en": "The form's header row is missing: expected are the columns {columns} within the first {within} rows. "
        "The empty form is written by 'etl template counselling FILE.xlsx'.",
    },
    "two_sheets": {
        "de": "Die Blätter „{first}“ und „{second}“ haben beide die Spalten des Formulars; bitte nur eines ausfüllen "
        "und das andere löschen.",
        "en": "The sheets '{first}' and '{second}' both have the form's columns; please fill in one and delete the "
        "other.",
    },
    # the header
    "missing_column": {
        "de": "Die Spalte „{column}“ fehlt; bitte ergänzen, wie sie im Formular steht.",
        "en": "The column '{column}' is missing; please add it as it is in the form.",
    },
    "double_column": {
        "de": "Die Spalte „{column}“ steht schon in {first}; bitte nur einmal.",
        "en": "The column '{column}' stands already in {first}; please have it once only.",
    },
    "misspelt_column": {
        "de": "Unbekannte Spalte „{value}“; gemeint ist wohl „{column}“.",
        "en": "Unknown column '{value}'; '{column}' is probably meant.",
    },
    "unknown_column": {
        "de": "Unbekannte Spalte ({value}); Namen, E-Mail-Adressen, Geburtsdaten und Bemerkungen gehören nicht in das "
        "Formular. Bitte die Spalte löschen oder, ist eine des Formulars gemeint, wie dort benennen.",
        "en": "Unknown column ({value}); names, e-mails, dates of birth and remarks have no place in the form. Please "
        "delete the column or, if one of the form is meant, name it as it is there.",
    },
    "no_rows": {
        "de": "Unter der Kopfzeile steht keine ausgefüllte Zeile; bitte mindestens eine ausfüllen. Gab es in einem "
        "Zeitraum keinen Kontakt, dann mit der Anzahl 0.",
        "en": "There is no filled row below the header; please fill in at least one. If there was no contact in a "
        "period, give it the count 0.",
    },
    # the cells
    "outside": {
        "de": "Hier steht etwas außerhalb der Tabelle ({value}); bitte löschen, Bemerkungen gehören nicht in das "
        "Formular.",
        "en": "Something stands outside of the table here ({value}); please delete it, remarks have no place in the "
        "form.",
    },
    "stray": {
        "de": "Diese Zeile ist fast leer ({value}): Summen und Bemerkungen gehören nicht in das Formular. Bitte "
        "löschen oder alle Spalten ausfüllen.",
        "en": "This row is almost empty ({value}): sums and remarks have no place in the form. Please delete it or "
        "fill in all columns.",
    },
    "formula": {
        "de": "Hier steht eine Formel; bitte durch ihren Wert ersetzen.",
        "en": "There is a formula here; please replace it by its value.",
    },
    "link": {
        "de": "Hier liegt ein Link zu einer Adresse; bitte entfernen (rechte Maustaste, „Link entfernen“).",
        "en": "There is a link to an address here; please remove it (right mouse button, “Remove link”).",
    },
    "email": {
        "de": "Hier steht eine E-Mail-Adresse (nicht wiedergegeben); sie gehört nicht in das Formular. {allowed}",
        "en": "There is an e-mail address here (not repeated); it has no place in the form. {allowed}",
    },
    "date": {
        "de": "Hier steht ein Datum (nicht wiedergegeben); Geburtsdaten und andere Tage gehören nicht in das Formular. "
        "{allowed}",
        "en": "There is a date here (not repeated); dates of birth and other days have no place in the form. {allowed}",
    },
    "name": {
        "de": "Hier steht anscheinend ein Name ({value}); Namen gehören nicht in das Formular. {allowed}",
        "en": "This seems to be a person's name ({value}); names have no place in the form. {allowed}",
    },
    "empty": {"de": "Die Zelle ist leer. {allowed}", "en": "The cell is empty. {allowed}"},
    "unknown": {"de": "Unbekannter Eintrag ({value}). {allowed}", "en": "Unknown entry ({value}). {allowed}"},
    "negative": {"de": "Die Anzahl ist negativ. {allowed}", "en": "The count is negative. {allowed}"},
    "decimals": {"de": "Die Anzahl hat Nachkommastellen. {allowed}", "en": "The count has decimals. {allowed}"},
    "thousands": {
        "de": "Die Anzahl hat ein Tausendertrennzeichen (oder Nachkommastellen); bitte nur Ziffern. {allowed}",
        "en": "The count has a thousands separator (or decimals); please write digits only. {allowed}",
    },
    "no_number": {
        "de": "Die Anzahl ist keine Zahl ({value}). {allowed}",
        "en": "The count is no number ({value}). {allowed}",
    },
    "too_high": {"de": "Die Anzahl ist zu hoch. {allowed}", "en": "The count is too high. {allowed}"},
    "no_period": {"de": "Das ist kein Zeitraum ({value}). {allowed}", "en": "This is no period ({value}). {allowed}"},
    "not_over": {
        "de": "Der Zeitraum {value} ist noch nicht zu Ende. {allowed}",
        "en": "The period {value} is not over yet. {allowed}",
    },
    "too_early": {
        "de": "Der Zeitraum liegt vor dem Jahr {first}. {allowed}",
        "en": "The period is before the year {first}. {allowed}",
    },
    # between rows
    "duplicate": {
        "de": "Diese Kombination steht schon in Zeile {first}; bitte zu einer Zeile zusammenfassen.",
        "en": "This combination stands already in row {first}; please make one row of both.",
    },
    "quarter_beside_month": {
        "de": "Das Büro meldet {quarter} hier als Quartal, in Zeile {first} aber einen Monat daraus; bitte nur Monate "
        "oder nur das Quartal angeben.",
        "en": "The office reports {quarter} as a quarter here, but a month of it in row {first}; please give only "
        "months or only the quarter.",
    },
    "month_beside_quarter": {
        "de": "Das Büro meldet hier einen Monat aus {quarter}, in Zeile {first} aber das ganze Quartal; bitte nur "
        "Monate oder nur das Quartal angeben.",
        "en": "The office reports a month of {quarter} here, but the whole quarter in row {first}; please give only "
        "months or only the quarter.",
    },
    "marked": {
        "de": "Hier steht das Kennzeichen „erfunden“, in Zeile {first} nicht; bitte alle Zeilen kennzeichnen oder "
        "keine.",
        "en": "The mark 'invented' stands here, but not in row {first}; please mark all rows or none.",
    },
    "unmarked": {
        "de": "Hier fehlt das Kennzeichen „erfunden“, das in Zeile {first} steht; bitte alle Zeilen kennzeichnen oder "
        "keine.",
        "en": "The mark 'invented' is missing here, but stands in row {first}; please mark all rows or none.",
    },
    # the form of measures
    "no_measures_header": {
        "de": "Die Kopfzeile des Formulars fehlt: In der ersten Zeile eines Blattes werden die Spalten {columns} "
        "erwartet. Das leere Formular schreibt „etl template measures DATEI.xlsx“.",
        "en": "The form's header row is missing: expected are the columns {columns} in the first row of a sheet. The "
        "empty form is written by 'etl template measures FILE.xlsx'.",
    },
    "no_measures": {
        "de": "Unter der Kopfzeile steht keine ausgefüllte Zeile; bitte mindestens eine Maßnahme eintragen.",
        "en": "There is no filled row below the header; please enter at least one measure.",
    },
    "column_of_no_form": {
        "de": "Unbekannte Spalte „{value}“; bitte löschen oder wie im Formular benennen.",
        "en": "Unknown column '{value}'; please delete it or name it as in the form.",
    },
    "missing": {
        "de": "Die Zelle ist leer; erwartet wird {expected}.",
        "en": "The cell is empty; expected is {expected}.",
    },
    "expected": {
        "de": "Hier steht „{value}“; erwartet wird {expected}.",
        "en": "There is '{value}' here; expected is {expected}.",
    },
    "measure_twice": {
        "de": "Die Kennung „{value}“ steht schon in Zeile {first}; jede Maßnahme hat eine eigene.",
        "en": "The id '{value}' stands already in row {first}; each measure has its own.",
    },
    "measure_of_catalogue": {
        "de": "Die Kennung „{value}“ hat schon eine Maßnahme des Katalogs; bitte eine andere wählen.",
        "en": "The id '{value}' is that of a measure of the catalogue already; please choose another one.",
    },
    # what is allowed
    "allowed": {"de": "Erlaubt: {codes}.", "en": "Allowed: {codes}."},
    "near": {
        "de": "Ähnlich: {codes}; alle Einträge stehen im Blatt „Listen“ des Formulars.",
        "en": "Similar: {codes}; all entries are on the form's sheet “Lists”.",
    },
    "listed": {
        "de": "Alle Einträge stehen im Blatt „Listen“ des Formulars.",
        "en": "All entries are on the form's sheet “Lists”.",
    },
    "nothing_or": {"de": "Erlaubt: nichts oder {codes}.", "en": "Allowed: nothing or {codes}."},
    "whole": {
        "de": "Erwartet wird eine ganze Zahl von 0 bis {most}.",
        "en": "Expected is a whole number from 0 to {most}.",
    },
    "period": {
        "de": "Erwartet wird ein Monat wie 2025-03 oder ein Quartal wie 2025-Q1, der oder das zu Ende ist.",
        "en": "Expected is a month like 2025-03 or a quarter like 2025-Q1 that is over.",
    },
    "words": {"de": "{n} Wörter", "en": "{n} words"},
    "word": {"de": "1 Wort", "en": "1 word"},
    "more": {"de": "… und {n} weitere Fehler.", "en": "… and {n} more problems."},
}


def say(lang: Language, key: str, **values: object) -> str:
    """A text in the language, its places filled."""
    return WORDS[key][lang].format(**values).rstrip()
