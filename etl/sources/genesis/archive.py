"""The one CSV file in the zip archive of a GENESIS reply, inflated block by block.

The archive's directory is judged before anything is unpacked, and no block is ever larger than asked for: an archive
that expands without end is refused with a few megabytes of memory, also if its directory lies.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from etl.archive import MEGABYTE, Archive, Limits
from etl.errors import ParseError

BLOCK = 4 * MEGABYTE
# the largest table used here has 33 MB of text a year, one byte of the archive makes 19 of it
LIMITS = Limits(members=1, member_bytes=1_500_000_000, total_bytes=1_500_000_000, ratio=100, ratio_from=MEGABYTE)

_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)


def csv_blocks(body: bytes, where: str, size: int = BLOCK) -> Iterator[bytes]:
    """The text of the archive's only member in blocks of at most ``size`` bytes, cut anywhere.

    Raises ParseError if it is no archive of one CSV file within LIMITS; a length or checksum that is not what the
    directory says is known after the last block only.
    """
    names = Archive(body, where, LIMITS).names
    if len(names) != 1 or not names[0].lower().endswith(".csv"):
        raise ParseError(f"{where}: expected an archive with one .csv file, it holds {list(names)}; look at the reply")
    name, length = names[0], 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(name) as member:
            while block := member.read(size):
                length += len(block)
                yield block
            promised = archive.getinfo(name).file_size
    except _DAMAGE as error:
        raise ParseError(
            f"{where}: {name} cannot be unpacked ({error}); the reply is damaged, fetch it again"
        ) from error
    if length != promised:
        raise ParseError(f"{where}: {name} has {length:,} bytes, the archive says {promised:,}; fetch it again")
