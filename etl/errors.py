"""The errors of the ETL. Each message says what was expected, what came, where, and what to do."""

from __future__ import annotations


class EtlError(Exception):
    """Any failure that the ETL knows how to explain."""


class CatalogueError(EtlError):
    """A file of the catalogue is broken or contradicts another one."""


class FetchError(EtlError):
    """A publisher did not deliver: refused, too big, not found, out of order."""


class OutageError(FetchError):
    """The publisher is down, overloaded or being maintained; the same request may work later."""


class AccessError(FetchError):
    """The publisher does not accept the account (or there is none); asking again changes nothing."""


class NotOfferedError(FetchError):
    """The publisher does not have what was asked for: no such table, file, or period."""


class ParseError(EtlError):
    """A reply is not in the publisher's known shape."""


class CorrectionError(EtlError):
    """A correction no longer fits: the publisher seems to have mended the defect."""


class StoreError(EtlError):
    """The published store is missing, damaged, or does not know what was asked for."""
