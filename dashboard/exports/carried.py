"""What a picture carries inside its file beside what is seen: title, source, licence, link, and the figures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from re import search

PNG_START = b"\x89PNG\r\n\x1a\n"
_TEXT, _PIXELS = b"iTXt", b"IDAT"
_EFFORT = 6  # of compression: the renderer's own files are four times as large


def with_texts(png: bytes, texts: Mapping[str, str], lang: str) -> bytes:
    """A PNG with texts under keywords (Latin letters), in UTF-8 and with their language, its pixels packed tightly."""
    (_, header), *others = _chunks(png)
    pixels = zlib.decompress(b"".join(body for kind, body in others if kind == _PIXELS))
    said = [
        (_TEXT, keyword.encode("latin-1") + b"\0\1\0" + lang.encode() + b"\0\0" + zlib.compress(value.encode()))
        for keyword, value in texts.items()
    ]
    kept = [(kind, body) for kind, body in others if kind not in (_PIXELS, b"IEND")]
    packed = [(_PIXELS, zlib.compress(pixels, _EFFORT)), (b"IEND", b"")]
    return PNG_START + b"".join(_chunk(*chunk) for chunk in [(b"IHDR", header), *said, *kept, *packed])


def texts_of(png: bytes) -> dict[str, str]:
    """The texts that ``with_texts`` has put into a PNG."""
    found = {}
    for kind, body in _chunks(png):
        if kind == _TEXT:
            keyword, rest = body.split(b"\0", 1)
            _, _, said = rest[2:].split(b"\0", 2)
            found[keyword.decode("latin-1")] = zlib.decompress(said).decode()
    return found


def with_title(pdf: bytes, title: str, subject: str, lang: str) -> bytes:
    """A PDF of the renderer with title, subject and language, added at its end as the format provides for.

    Raises ValueError if the file is not built as expected.
    """
    root = search(rb"/Root (\d+) 0 R", pdf)
    size = search(rb"/Size (\d+)", pdf)
    start = search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf)
    catalogue = root and search(rb"(?s)\b" + root[1] + rb" 0 obj\s*<<(.*?)>>\s*endobj", pdf)
    if not (root and size and start and catalogue):
        raise ValueError("The PDF has no plain trailer and catalogue, which title and language need.")
    information, number = int(size[1]), int(root[1])
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    places = {}
    settings = b"/Lang (%s) /ViewerPreferences << /DisplayDocTitle true >>" % lang.encode()
    entries = {
        number: b"<<%s %s >>" % (catalogue[1], settings),
        information: b"<< /Title <%s> /Subject <%s> >>" % (_hexadecimal(title), _hexadecimal(subject)),
    }
    for key, entry in entries.items():
        places[key] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (key, entry)
    table = b"".join(b"%d 1\n%010d 00000 n\r\n" % (key, place) for key, place in places.items())
    trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %s >>" % (information + 1, number, information, start[1])
    return body + b"xref\n" + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _hexadecimal(said: str) -> bytes:
    """A text as PDF writes Unicode: UTF-16 with its mark, in hexadecimal digits."""
    return (b"\xfe\xff" + said.encode("utf-16-be")).hex().encode()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG_START)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12
