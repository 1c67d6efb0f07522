"""Random GENESIS tables in the publishers' own shapes: flat CSV (new and old layout) in a zip, and classic CSV.

As in ``tests.generators`` the writers and the expectations are plain loops, so that they share no mistake with the
code under test, which works on whole columns.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

EIGHT = ("03101", "03102", "03103", "03151", "03153", "03154", "03157", "03158")
# region variable and code as the publisher sends them; those behind the eight are of other levels or not ours
REGIONS = (*(("KREISE", code) for code in EIGHT), ("DLAND", "03"), ("DINSG", "DG"), ("KREISE", "03241"))
STRANGE_REGIONS = (("REGBEZ", "031"), ("KREISE", "02000"), ("DLAND", "02"), ("KREISE", "03152"), ("NUTS-2", "03101"))
VARIABLES = {
    "GES": ("", "GESM", "GESW"),
    "NAT01": ("INSGESAMT", "NATD", "NATA"),
    "WZ08S1": ("", "WZ08-A", "03", "DG"),
    "ALTX20": ("", "ALT000B03"),
}
MEASURES = (("BEVSTD", "Anzahl"), ("ERWP06", "Anzahl"), ("BIP802", "Tsd. EUR"), ("BIP802", "2020=100"))
TIMES = ("2024-12-31", "2023-12-31", "2024", "2023-10P6M")

Figure = tuple[str, str]  # the cell's text, its quality mark
Row = tuple[str | float | None, ...]  # attribute codes in order of the variables, measure, unit, region, time, …


@dataclass(frozen=True)
class Record:
    """One region, time and combination of attributes, with a figure for each measure."""

    region: tuple[str, str]
    time: str
    attributes: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class FlatTable:
    """What the publisher means: variables, measures, records."""

    variables: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    records: tuple[Record, ...]

    def expected(self, *, quality: bool = True) -> set[Row]:
        """Every figure of our regions, as a reader should return it."""
        rows: set[Row] = set()
        for record in self.records:
            if record.region in REGIONS:
                for (code, unit), (text, mark) in zip(self.measures, record.figures, strict=True):
                    value, status = meaning(text, mark if quality else "")
                    rows.add((*record.attributes, code, unit, record.region[1], record.time, value, status))
        return rows


SIGNS = {
    "-": "nil",
    ".": "secret",
    "...": "pending",
    "…": "pending",
    "/": "unreliable",
    "x": "not_applicable",
}


def meaning(text: str, mark: str) -> tuple[float | None, str]:
    """Value and status of a cell, written down once more without a table library."""
    if text in SIGNS:
        return None, SIGNS[text]
    if not text:
        return None, "not_applicable"
    if mark in SIGNS:
        return None, SIGNS[mark]
    value = float(text.strip("()").replace(",", "."))
    if text.startswith("(") or "()" in mark:
        return value, "limited"
    for letter, status in (("s", "estimated"), ("p", "provisional"), ("r", "revised")):
        if letter in mark:
            return value, status
    return value, "rounded_zero" if text == "0" else "ok"


def random_figure(rng: random.Random) -> Figure:
    number = rng.choice(["0", str(rng.randint(1, 10**7)), f"{rng.randint(-99, 99)},{rng.randint(0, 99):02d}", "-12"])
    text = rng.choice([number, number, number, f"({number})", rng.choice(list(SIGNS))])
    return text, rng.choice(["", "", "e", "()", "p", "r", "s", "p()", "rp", "e r", "."])


@st.composite
def flat_tables(draw: st.DrawFn) -> FlatTable:
    """Tables of up to three variables, two measures, two times; all eight districts, other levels mixed in."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    variables = tuple(draw(st.lists(st.sampled_from(sorted(VARIABLES)), max_size=3, unique=True)))
    measures = tuple(draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=2, unique=True)))
    times = draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=2, unique=True))
    combinations = list(product(*(VARIABLES[v] for v in variables)))
    combinations = rng.sample(combinations, min(len(combinations), 4))
    strange = draw(st.lists(st.sampled_from(STRANGE_REGIONS), max_size=3, unique=True))
    records = [
        Record(region, time, attributes, tuple(random_figure(rng) for _ in measures))
        for region in (*REGIONS, *strange)
        for time in times
        for attributes in combinations
    ]
    rng.shuffle(records)
    return FlatTable(variables, measures, tuple(records))


@dataclass(frozen=True)
class Style:
    """How the same table may be written."""

    seed: int = 0
    shuffled: bool = False  # blocks in another order in every row
    quality: bool = True
    quoted: bool = False  # labels with separators in quotation marks
    bom: bool = True
    ends: str = "\n"
    doubled: bool = False  # some rows stand twice


STYLES = st.builds(
    Style,
    seed=st.integers(0, 99),
    shuffled=st.booleans(),
    quality=st.booleans(),
    quoted=st.booleans(),
    bom=st.booleans(),
    ends=st.sampled_from(["\n", "\r\n"]),
    doubled=st.booleans(),
)


def _blocks(table: FlatTable, record: Record, style: Style, rng: random.Random) -> list[str]:
    """The fields of a row's blocks: variable, label, attribute, label of each."""
    label = '"Land; ""Kreis"" und Stadt"' if style.quoted and rng.random() < 0.5 else "Würzburg, Kreis"
    blocks = [[record.region[0], "Region", record.region[1], label]]
    blocks += [[v, "Merkmal", a, "Label"] for v, a in zip(table.variables, record.attributes, strict=True)]
    if style.shuffled:
        rng.shuffle(blocks)
    return [field for block in blocks for field in block]


def _written(lines: list[str], style: Style, rng: random.Random) -> bytes:
    header, *rows = lines
    if style.doubled:
        rows += rng.sample(rows, min(3, len(rows)))
    text = "".join(line + style.ends for line in (header, *rows))
    return (("\ufeff" if style.bom else "") + text).encode()


def as_ffcsv(table: FlatTable, style: Style | None = None) -> bytes:
    """The layout since 2025: one row a figure."""
    style = style or Style()
    rng = random.Random(style.seed)
    parts = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
    header = ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    header += [f"{n}_{part}" for n in range(1, len(table.variables) + 2) for part in parts]
    header += ["value", "value_unit", "value_variable_code", "value_variable_label"]
    lines = [";".join(header + (["value_q"] if style.quality else []))]
    for record in table.records:
        for (code, unit), (text, mark) in zip(table.measures, record.figures, strict=True):
            fields = ["12345", "Statistik", "STAG", "Stichtag", record.time, *_blocks(table, record, style, rng)]
            fields += [text, unit, code, "Merkmal"]
            lines.append(";".join(fields + ([mark] if style.quality else [])))
    return _written(lines, style, rng)


def as_old_ffcsv(table: FlatTable, style: Style | None = None) -> bytes:
    """The layout before: a column a measure, named ``CODE__Label__Unit``."""
    style = style or Style()
    rng = random.Random(style.seed)
    parts = ("Merkmal_Code", "Merkmal_Label", "Auspraegung_Code", "Auspraegung_Label")
    header = ["Statistik_Code", "Statistik_Label", "Zeit_Code", "Zeit_Label", "Zeit"]
    header += [f"{n}_{part}" for n in range(1, len(table.variables) + 2) for part in parts]
    for code, unit in table.measures:
        header.append(f"{code}__Merkmal__{unit.replace(' ', '_')}")
        header += [f"{code}__Merkmal__q"] if style.quality else []
    lines = [";".join(header)]
    for record in table.records:
        fields = ["12345", "Statistik", "STAG", "Stichtag", record.time, *_blocks(table, record, style, rng)]
        for text, mark in record.figures:
            fields += [text, mark] if style.quality else [text]
        lines.append(";".join(fields))
    return _written(lines, style, rng)


def zipped(text: bytes, name: str = "12345-0001_1773175029986_de_flat.csv") -> bytes:
    """The reply as it comes: a zip archive with one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


NAMES = {
    "DG": "Deutschland",
    "03": "  Niedersachsen",
    "031": "    Braunschweig, Stat. Region",
    "02000": "      Hamburg, kreisfreie Stadt",
    "03241": "      Region Hannover, Landkreis",
    "03152": "      Göttingen, Landkreis (bis 31.10.2016)",
    **{code: f"      Kreis {code}, Landkreis" for code in EIGHT},
}
OURS = ("DG", "03", "03241", *EIGHT)
FOOTER = ['"zu ""gesamte Tabelle"":', "Berichtsjahre 2001-2007: Daten sind nicht revidiert.", " ", 'lich.)"', "© 2026."]


@dataclass(frozen=True)
class ClassicTable:
    """A page: what each header row stands for, the columns' labels in that order, and rows (time, region, texts)."""

    table: str
    meanings: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str | None, str, tuple[str, ...]], ...]
    measure: tuple[str, str] | None = None

    def dims(self) -> list[str]:
        """The tidy columns in their order."""
        return sorted(set(self.meanings) - {"-", "time", "value_variable_code", "value_unit"})

    def expected(self) -> set[Row]:
        rows: set[Row] = set()
        for time, region, texts in self.rows:
            for labels, text in zip(self.columns, texts, strict=True):
                said = dict(zip(self.meanings, labels, strict=True))
                if self.measure:
                    said |= dict(zip(("value_variable_code", "value_unit"), self.measure, strict=True))
                if region in OURS:
                    names = (*self.dims(), "value_variable_code", "value_unit")
                    when = said["time"] if time is None else time
                    rows.add((*(said[n] for n in names), region, when, *meaning(text, "")))
        return rows


@st.composite
def classic_tables(draw: st.DrawFn) -> ClassicTable:
    """One of the three layouts: by sex, by year, or with the time before the region."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    layout = draw(st.sampled_from(["sex", "years", "groups"]))
    measure: tuple[str, str] | None = ("Bevölkerungsstand", "Anzahl")
    times: list[str | None] = [None]
    if layout == "sex":
        meanings: tuple[str, ...] = ("-", "time", "GES")
        columns = [("Stichtag", "31.12.2024", sex) for sex in ("Insgesamt", "männlich", "weiblich")]
    elif layout == "years":
        meanings = ("-", "time")
        columns = [("Stichtag", f"31.12.{year}") for year in range(1995, 1995 + draw(st.integers(1, 5)))]
    else:
        meanings, measure = ("value_variable_code", "group", "value_unit"), None
        groups = draw(
            st.lists(
                st.sampled_from(["", "ausländisch", "Männer", "Frauen", "15 bis unter 25 Jahre"]),
                min_size=1,
                unique=True,
            )
        )
        columns = [("Arbeitslose", group, "Anzahl") for group in groups]
        columns += [("Arbeitslosenquote bez. auf alle zivile Erwerbsp.", group, "Prozent") for group in groups]
        times = ["2025"]
    regions = [code for code in NAMES if code in OURS or rng.random() < 0.5]
    rows = [(t, r, tuple(random_figure(rng)[0] for _ in columns)) for t in times for r in regions]
    return ClassicTable("12411-01-01-4", meanings, tuple(columns), tuple(rows), measure)


def as_classic(table: ClassicTable, *, ends: str = "\n") -> bytes:
    """The page in cp1252; a text that cp1252 does not have as such is not drawn."""
    keys = 3 if table.rows[0][0] is not None else 2
    blank = ";" * (keys + len(table.columns) - 1)
    measure = f"{table.measure[0]} ({table.measure[1]})" if table.measure else "Arbeitsmarktstatistik"
    lines = [
        f"{'GENESIS-' if table.measure else ''}Tabelle: {table.table}",
        f"Eine Tabelle - Stichtag - (ab 2009) - regionale{blank}",
        f"Tiefe: Kreise und krfr. Städte{blank}",
        measure + blank,
    ]
    for at in range(len(table.meanings)):
        lines.append(";".join([""] * keys + [labels[at] for labels in table.columns]))
    for time, region, texts in table.rows:
        lines.append(";".join([*([time] if time is not None else []), region, NAMES[region], *texts]))
    lines += ["__________", *FOOTER, "Stand: 26.02.2026 / 15:28:28"]
    return "".join(line + ends for line in lines).encode("cp1252")


def columns_swapped(text: bytes, first: int, second: int, separator: bytes = b";") -> bytes:
    """The same file with two columns in each other's place, in every line that has both."""
    lines = []
    for line in re.split(rb"(?<=\n)", text):
        content, end = (line[:-1], b"\n") if line.endswith(b"\n") else (line, b"")
        fields = content.split(separator)
        if max(first, second) < len(fields):
            fields[first], fields[second] = fields[second], fields[first]
        lines.append(separator.join(fields) + end)
    return b"".join(lines)
