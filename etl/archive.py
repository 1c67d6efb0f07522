"""Zip archives from outside: looked at before anything is unpacked, and unpacked against a counter.

A few kilobytes can expand to gigabytes, and an archive's directory can lie about it. So its sizes are checked first,
and then each member is inflated only as far as the directory says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from etl.errors import ParseError

MEGABYTE = 1 << 20
_STEP = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field
_END, _END_SIZE, _COMMENT = b"PK\x05\x06", 22, 1 << 16
_ENTRY_BYTES = 400  # more than a directory entry takes
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Limits:
    """What an archive may hold: number of members, bytes of one and of all, bytes out of one byte in.

    The ratio counts from ``ratio_from`` bytes on: a small file of equal lines may shrink a lot.
    """

    members: int = 2000
    member_bytes: int = 150 * MEGABYTE
    total_bytes: int = 300 * MEGABYTE
    ratio: float = 150
    ratio_from: int = 4 * MEGABYTE


class Archive:
    """A zip archive within its limits; ``read`` gives a member's bytes.

    Raises ParseError (with the archive's place ``where`` and the member) if it is no archive, damaged, encrypted,
    or would expand beyond the limits.
    """

    def __init__(self, body: bytes, where: str, limits: Limits | None = None) -> None:
        self._body, self.where, self.limits = body, where, limits or Limits()
        self._members = {m.filename: m for m in self._directory() if not m.is_dir()}
        self._read_bytes = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """The member's bytes, checked against length and checksum of the directory."""
        info = self._members[name]
        self._read_bytes += info.file_size
        if self._read_bytes > self.limits.total_bytes:  # the same member may be asked for twice
            raise self._refusal(f"{name}: unpacked more than {self.limits.total_bytes:,} bytes")
        try:
            data = self._inflated(info)
        except (zlib.error, struct.error) as error:
            raise self._refusal(f"{name}: cannot be unpacked ({error})") from error
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise self._refusal(f"{name}: length or checksum is not what the archive says")
        return data

    def _inflated(self, info: zipfile.ZipInfo) -> bytes:
        signature, name_bytes, extra_bytes = _LOCAL_HEADER.unpack_from(self._body, info.header_offset)
        if signature != b"PK\x03\x04":
            raise self._refusal(f"{info.filename}: does not stand where the archive says")
        start = info.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes
        packed = memoryview(self._body)[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            return bytes(packed[: info.file_size + 1])
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        out = bytearray()
        for at in range(0, len(packed), _STEP):
            # one byte more than promised is enough to see the lie
            out += inflater.decompress(packed[at : at + _STEP], info.file_size + 1 - len(out))
            if len(out) > info.file_size:
                raise self._refusal(f"{info.filename}: expands beyond the {info.file_size:,} bytes the archive says")
        return bytes(out)

    def _directory(self) -> list[zipfile.ZipInfo]:
        self._check_the_end()
        try:
            with zipfile.ZipFile(io.BytesIO(self._body)) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
            raise self._refusal(f"expected a zip archive: {error}; it may be cut off, run again later") from error
        self._check_members(members)
        return members

    def _check_the_end(self) -> None:
        """Refuse a directory too long to be read at all."""
        at = self._body.rfind(_END, max(0, len(self._body) - _COMMENT - _END_SIZE))
        if at < 0 or at + _END_SIZE > len(self._body):
            raise self._refusal(f"expected a zip archive, came {_described(self._body)}")
        count, size = struct.unpack_from("<HI", self._body, at + 10)
        if count > self.limits.members or size > self.limits.members * _ENTRY_BYTES:
            raise self._refusal(f"holds {count:,} members, expected at most {self.limits.members:,}")

    def _check_members(self, members: list[zipfile.ZipInfo]) -> None:
        limits = self.limits
        if len(members) > limits.members:
            raise self._refusal(f"holds {len(members):,} members, expected at most {limits.members:,}")
        if len({m.filename for m in members}) < len(members):
            raise self._refusal("holds two members of the same name")
        for m in members:
            if m.flag_bits & _ENCRYPTED or m.compress_type not in _METHODS:
                raise self._refusal(f"{m.filename}: is encrypted or packed in an unknown way; look at the raw reply")
            if m.file_size > limits.member_bytes:
                raise self._refusal(f"{m.filename}: expands to {m.file_size:,} bytes, at most {limits.member_bytes:,}")
            if m.file_size > max(limits.ratio_from, limits.ratio * m.compress_size):
                raise self._refusal(f"{m.filename}: expands {m.file_size // max(m.compress_size, 1)}-fold")
        if (total := sum(m.file_size for m in members)) > limits.total_bytes:
            raise self._refusal(f"expands to {total:,} bytes, expected at most {limits.total_bytes:,}")

    def _refusal(self, what: str) -> ParseError:
        return ParseError(f"{self.where}: archive refused: {what}")


def _described(body: bytes) -> str:
    if not body.strip():
        return "an empty reply; run again later"
    if body.lstrip()[:1] == b"<":
        return "a web page (maintenance?); run again later"
    return f"{len(body):,} bytes of something else (cut off?); look at the raw reply or run again later"
