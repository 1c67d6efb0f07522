"""Eurostat's dissemination API: the requests a table needs, and the reading of its replies."""

from etl.sources.eurostat.parse import parse
from etl.sources.eurostat.probe import probe
from etl.sources.eurostat.recognise import recognise
from etl.sources.eurostat.requests import parts

__all__ = ["parse", "parts", "probe", "recognise"]
