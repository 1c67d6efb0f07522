"""The errors of the ETL. Each message says what was expected, what came, where, and what to do."""

from __future__ import annotations


class EtlError(Exception):
    """Any failure that the ETL knows how to explain."""


class CatalogueError(EtlError):
    """A file of the catalogue is broken or contradicts another one."""


class FetchError(EtlError):
    """A publisher did not deliver: refused, too big, not found, out of order."""


class ParseError(EtlError):
    """A reply is not in the publisher's known shape."""


class CorrectionError(EtlError):
    """A correction no longer fits: the publisher seems to have mended the defect."""


class StoreError(EtlError):
    """The published store is missing, damaged, or does not know what was asked for."""
