"""Blocks of bytes as whole lines of a semicolon-separated file, and these as columns of text.

Nothing is guessed: a line that has another number of fields than the header is an error with the line's number. Where
no quotation mark is in sight, polars reads the lines; else Python's own reader, which is slower and knows them all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from etl.errors import ParseError

LONGEST = 1 << 20  # bytes of one line

_SEPARATORS = b";\n"
_ALL_BUT_SEPARATORS = bytes(set(range(256)) - set(_SEPARATORS))


def whole_lines(blocks: Iterable[bytes], where: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Number of the first line and bytes of whole lines, without byte-order mark, lines ending in LF.

    The third bytes are what is left of the lines without all that is no separator: what they are counted by.
    """
    line, rest, begun = 1, b"", False
    for block in blocks:
        rest += block
        if not begun:
            if len(rest) < 3:
                continue
            rest, begun = rest.removeprefix(b"\xef\xbb\xbf"), True
        end = _end_of_records(rest)
        if len(rest) - end > LONGEST:
            raise ParseError(
                f"{where}: no end of the line within {LONGEST:,} bytes from line {line} on (a quotation mark that is "
                "not closed?); look at the raw reply"
            )
        if end:
            records = _plain_ends(rest[:end], line, where)
            rest = rest[end:]
            separators = records.translate(None, _ALL_BUT_SEPARATORS)
            yield line, records, separators
            line += separators.count(b"\n")
    if rest:
        records = _plain_ends(rest if rest.endswith(b"\n") else rest + b"\n", line, where)
        yield line, records, records.translate(None, _ALL_BUT_SEPARATORS)


def _end_of_records(text: bytes) -> int:
    """Where the last line ends that is complete: a line end within quotation marks is none."""
    end = text.rfind(b"\n") + 1
    while b'"' in text and end and text.count(b'"', 0, end) % 2:
        opening = text.rfind(b'"', 0, end)
        end = text.rfind(b"\n", 0, opening) + 1
    return end


def _plain_ends(records: bytes, line: int, where: str) -> bytes:
    if b"\r" not in records:
        return records
    records = records.replace(b"\r\n", b"\n")
    if b"\r" in records:
        at = line + records[: records.index(b"\r")].count(b"\n")
        raise ParseError(f"{where}: line {at} holds a carriage return; the reply is garbled, fetch it again")
    return records


def checked(records: bytes, separators: bytes, line: int, width: int, where: str, *, windows: bool = False) -> bytes:
    """The lines as UTF-8, all of them with ``width`` fields (lines with quotation marks are counted when read).

    With ``windows`` text that is not UTF-8 counts as cp1252. Raises ParseError naming the line that does not fit.
    """
    records = _as_utf8(records, line, windows, where)
    if b'"' not in records:
        _check_widths(records, separators, line, width, where)
    return records


def columns(records: bytes, line: int, names: Sequence[str], needed: Sequence[int], where: str) -> pl.DataFrame:
    """The ``needed`` columns (positions in ``names``) of ``checked`` lines as texts, with ``line``: each one's number.

    Raises ParseError naming the line that does not fit.
    """
    read = _careful if b'"' in records else _quick
    return read(records, line, names, needed, where)


def _as_utf8(records: bytes, line: int, windows: bool, where: str) -> bytes:
    """The old layout exists in Windows' encoding too."""
    if records.isascii():
        return records
    try:
        records.decode("utf-8")
    except UnicodeDecodeError as error:
        if windows:
            return records.decode("cp1252", "replace").encode()
        at = line + records[: error.start].count(b"\n")
        raise ParseError(f"{where}: line {at} is not UTF-8; the reply is garbled, fetch it again") from error
    return records


def _quick(records: bytes, line: int, names: Sequence[str], needed: Sequence[int], where: str) -> pl.DataFrame:
    try:
        return pl.read_csv(
            records,
            separator=";",
            has_header=False,
            schema=dict.fromkeys(names, pl.String()),
            columns=list(needed),
            quote_char=None,
            empty_string_is_null=False,
            row_index_name="line",
            row_index_offset=line,
        )
    except pl.exceptions.PolarsError as error:
        raise ParseError(f"{where}: from line {line} on: {str(error)[:120]}; fetch it again") from error


def _check_widths(records: bytes, separators: bytes, line: int, width: int, where: str) -> None:
    """Every line has as many fields as the header, which its separators show."""
    if separators != (b";" * (width - 1) + b"\n") * separators.count(b"\n"):
        for number, record in enumerate(records.split(b"\n"), start=line):
            if record.count(b";") != width - 1:
                raise _wrong_width(number, record.count(b";") + 1, width, record.decode("utf-8", "replace"), where)


def _careful(records: bytes, line: int, names: Sequence[str], needed: Sequence[int], where: str) -> pl.DataFrame:
    """The same where quotation marks are: a field may then hold separators and line ends."""
    reader = csv.reader(io.StringIO(records.decode("utf-8"), newline=""), delimiter=";", strict=True)
    columns: list[list[str]] = [[] for _ in needed]
    lines: list[int] = []
    before = 0
    try:
        for fields in reader:
            if len(fields) != len(names):
                raise _wrong_width(line + before, len(fields), len(names), ";".join(fields), where)
            for column, at in zip(columns, needed, strict=True):
                column.append(fields[at])
            lines.append(line + before)
            before = reader.line_num
    except csv.Error as error:
        raise ParseError(f"{where}: line {line + before}: {error}; the reply is garbled, fetch it again") from error
    texts = [pl.Series(names[at], column, dtype=pl.String) for at, column in zip(needed, columns, strict=True)]
    index = pl.Series("line", lines, dtype=pl.get_index_type())
    return pl.DataFrame([index, *texts])


def _wrong_width(line: int, came: int, width: int, text: str, where: str) -> ParseError:
    return ParseError(
        f"{where}: line {line} should have {width} fields as the header has, got {came}: {text!r:.120}; "
        "the reply is cut or garbled, fetch it again"
    )
