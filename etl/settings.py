"""Settings of a run, from the environment (or a ``.env`` file beside the project)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dotenv import load_dotenv

from etl.catalogue import PROJECT, Catalogue
from etl.entries import Source
from etl.logs import keep_secret
from etl.sources.base import Context, Credentials


@dataclass(frozen=True)
class Settings:
    """Where data lies; addresses of sources that differ from the catalogue's; accounts."""

    data_dir: Path
    base_urls: dict[str, str]
    accounts: dict[str, Credentials] = field(default_factory=dict, repr=False)

    @property
    def raw_dir(self) -> Path:
        return self.data_dir / "raw"

    @property
    def published_dir(self) -> Path:
        return self.data_dir / "published"

    def context(self, source: Source, catalogue: Catalogue, today: date) -> Context:
        """What the source's code may know; ``ETL_BASE_URL_<SOURCE>`` wins over the catalogue's addresses."""
        account = self.accounts.get(source.id) if source.account else None
        if account is not None:
            keep_secret(account.user, account.password)
        override = self.base_urls.get(source.id) or self.base_urls.get(source.same_service_as or "")
        return Context(source, catalogue, account, today, override)


def account_hint(source: str) -> str:
    """What to set so that the source has an account; names the half that is missing if the other one is set."""
    user, password = f"{source.upper()}_USER", f"{source.upper()}_PASSWORD"
    there = [name for name in (user, password) if os.environ.get(name)]
    if len(there) == 1:
        missing = password if there == [user] else user
        return f"no account: {there[0]} is set, but {missing} is missing; set it to load the source"
    return f"no account; set {user} and {password} to load it"


def load_settings() -> Settings:
    """Read ``ETL_DATA_DIR``, every ``ETL_BASE_URL_<SOURCE>`` and every ``<SOURCE>_USER`` with ``<SOURCE>_PASSWORD``.

    A user without a password (or the other way round) is no account.
    """
    load_dotenv(PROJECT / ".env")
    prefix = "ETL_BASE_URL_"
    base_urls = {k.removeprefix(prefix).lower(): v for k, v in os.environ.items() if k.startswith(prefix) and v}
    accounts = {
        name.removesuffix("_USER").lower(): Credentials(user, password)
        for name, user in os.environ.items()
        if name.endswith("_USER") and user and (password := os.environ.get(f"{name.removesuffix('_USER')}_PASSWORD"))
    }
    return Settings(Path(os.environ.get("ETL_DATA_DIR") or PROJECT / "data"), base_urls, accounts)
