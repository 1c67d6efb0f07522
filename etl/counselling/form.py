"""The form of counselling counts: its columns and what may stand in each, in German and English.

A row is a count of contacts of one period, office and combination of codes; rows that are not there count 0.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from babel import Locale

from etl.catalogue import Catalogue
from etl.counselling_entries import CONTENT_DIMS, Provider
from etl.entries import Text

FormColumn = Literal["period", "office", "kind", "group", "origin", "topic", "channel", "count", "mark"]
HEADERS: dict[FormColumn, Text] = {
    "period": Text(de="Zeitraum", en="Period"),
    "office": Text(de="Büro", en="Office"),
    "kind": Text(de="Art des Kontakts", en="Kind of contact"),
    "group": Text(de="Gruppe", en="Client group"),
    "origin": Text(de="Herkunft", en="Origin"),
    "topic": Text(de="Thema", en="Topic"),
    "channel": Text(de="Weg", en="Channel"),
    "count": Text(de="Anzahl", en="Count"),
    "mark": Text(de="Kennzeichen", en="Mark"),
}
KEY_COLUMNS: tuple[FormColumn, ...] = ("period", "office", *CONTENT_DIMS)
INVENTED = "invented"  # code of the mark that says that a row's count is made up
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_INVENTED_LABEL = Text(de="erfunden", en="invented")


@dataclass(frozen=True)
class Codes:
    """What may stand in a column: its codes in the form's order, each with its label.

    ``further`` are codes that are understood but not offered first (countries, in the column of origins).
    """

    column: FormColumn
    labels: dict[str, Text]
    further: dict[str, Text]

    def code_of(self, written: str) -> str | None:
        """The code that a cell means by its id or its label in either language; None if it is none."""
        return self._by_name.get(folded(written))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for code, label in {**self.further, **self.labels}.items():
            names |= {folded(code): code, folded(label.de): code, folded(label.en): code}
        return names


def codes(catalogue: Catalogue, provider: Provider) -> dict[FormColumn, Codes]:
    """The codes of every column of the provider's form that has some (all but period and count)."""
    counselling, dimensions = catalogue.counselling, catalogue.dimensions
    found: dict[FormColumn, Codes] = {"office": Codes("office", {o.id: o.name for o in provider.offices}, {})}
    for dim in CONTENT_DIMS:
        labels = {code: dimensions[dim].values[code] for code in counselling.codes_of(provider, dim)}
        found[dim] = Codes(dim, labels, _countries(catalogue) if dim == "origin" else {})
    found["mark"] = Codes("mark", {INVENTED: _INVENTED_LABEL}, {})
    return found


def origin_of(catalogue: Catalogue) -> dict[str, str]:
    """The region of origin of every code of the column ``origin``: of a country its region, of a region itself."""
    groups = catalogue.counselling.origins
    return {c: g.id for g in groups for c in g.countries} | {g.id: g.id for g in groups}


def _countries(catalogue: Catalogue) -> dict[str, Text]:
    """The countries of all regions of origin with the names of the Unicode CLDR."""
    german, english = Locale("de").territories, Locale("en").territories
    return {c: Text(de=german[c], en=english[c]) for group in catalogue.counselling.origins for c in group.countries}


def folded(written: str) -> str:
    """A header or label as it is compared: however its letters are typed, "Büro" and "BUERO" are the same."""
    letters = unicodedata.normalize("NFKC", " ".join(written.split())).casefold()
    return letters.translate(_UMLAUTS)
