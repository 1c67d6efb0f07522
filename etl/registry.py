"""The registry of publishers: which code asks each source and reads its replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from etl.catalogue import Catalogue
from etl.http import PoliteSession
from etl.raw import RawStore
from etl.sources import ba, bamf, eurostat, genesis, jobsuche, lsn, statistikportal, vgrdl
from etl.sources.base import Context, Fetcher, Finding, Part, Reply, Tidy


@dataclass(frozen=True)
class SourceCode:
    """A publisher's halves: ``parts`` (table → what to request) and ``parse`` (reply → tidy).

    ``parts`` gives nothing where the source cannot be asked without an account. ``fetcher`` is for publishers that
    need more than one plain GET (login, jobs, a search page); ``probe`` makes the smallest live request and tells
    which assumptions about the publisher hold. ``recognise`` (body, file name) says which table of the source a file
    that came by hand holds or claims to hold (``parse`` then says where it departs), None if it is none of them; it
    raises ParseError where it can say more. ``by_hand``: the tables that one file holds whole, None if all are.
    """

    parts: Callable[[str, Context], list[Part]]
    parse: Callable[[Reply, Catalogue], Tidy]
    fetcher: Callable[[RawStore, PoliteSession, Context], Fetcher] | None = None
    probe: Callable[[PoliteSession, Context], list[Finding]] | None = None
    recognise: Callable[[bytes, str], str | None] | None = None
    by_hand: frozenset[str] | None = None


SOURCES: dict[str, SourceCode] = {
    "lsn": SourceCode(lsn.parts, lsn.parse, probe=lsn.probe, recognise=lsn.recognise),
    "eurostat": SourceCode(eurostat.parts, eurostat.parse, probe=eurostat.probe, recognise=eurostat.recognise),
    "regionalstatistik": SourceCode(genesis.parts, genesis.parse, genesis.fetcher, genesis.probe, genesis.recognise),
    "genesis": SourceCode(genesis.parts, genesis.parse, genesis.fetcher, genesis.probe, genesis.recognise),
    "ba": SourceCode(ba.parts, ba.parse, ba.fetcher, ba.probe, ba.recognise, ba.BY_HAND),
    "statistikportal": SourceCode(
        statistikportal.parts, statistikportal.parse, probe=statistikportal.probe, recognise=statistikportal.recognise
    ),
    "vgrdl": SourceCode(vgrdl.parts, vgrdl.parse, probe=vgrdl.probe, recognise=vgrdl.recognise),
    "jobsuche": SourceCode(jobsuche.parts, jobsuche.parse, jobsuche.fetcher, jobsuche.probe),
    "bamf": SourceCode(bamf.parts, bamf.parse, recognise=bamf.recognise),
}
