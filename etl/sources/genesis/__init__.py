"""GENESIS web services of Destatis and of the statistical offices' Regionalstatistik: one client, two hosts."""

from etl.sources.genesis.fetch import fetcher, updated
from etl.sources.genesis.parse import parse
from etl.sources.genesis.probe import probe
from etl.sources.genesis.recognise import recognise
from etl.sources.genesis.requests import parts

__all__ = ["fetcher", "parse", "parts", "probe", "recognise", "updated"]
