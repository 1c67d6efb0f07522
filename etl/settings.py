"""Settings of a run, from the environment (or a ``.env`` file beside the project)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dotenv import load_dotenv

from etl.catalogue import PROJECT
from etl.entries import Source


@dataclass(frozen=True)
class Settings:
    """Where data lies; addresses of sources that differ from the catalogue's."""

    data_dir: Path
    base_urls: dict[str, str]

    @property
    def raw_dir(self) -> Path:
        return self.data_dir / "raw"

    @property
    def published_dir(self) -> Path:
        return self.data_dir / "published"

    def base_url(self, source: Source) -> str:
        """The source's address without a trailing slash; ``ETL_BASE_URL_<SOURCE>`` wins over the catalogue."""
        return self.base_urls.get(source.id, source.address).rstrip("/")


def load_settings() -> Settings:
    """Read ``ETL_DATA_DIR`` and every ``ETL_BASE_URL_<SOURCE>``."""
    load_dotenv(PROJECT / ".env")
    prefix = "ETL_BASE_URL_"
    base_urls = {k.removeprefix(prefix).lower(): v for k, v in os.environ.items() if k.startswith(prefix) and v}
    return Settings(Path(os.environ.get("ETL_DATA_DIR") or PROJECT / "data"), base_urls)
