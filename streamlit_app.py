"""The entry: ``streamlit run streamlit_app.py --server.port 8501`` serves pages, data routes and headers.

Started from the project's folder, so that ``.streamlit/config.toml`` is found.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.api import routes_under
from dashboard.middleware import PageMiddleware
from dashboard.page import show_failure

# imported before the first visitor comes, who would otherwise wait for them
_PRELOADED = ("polars", "duckdb", "pyarrow", "babel.dates", "dashboard.charting", "dashboard.controls")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    for module in _PRELOADED:
        importlib.import_module(module)
    yield {}


app = st.App(
    "dashboard/pages/main.py",
    routes=routes_under(str(st.get_option("server.baseUrlPath") or "")),
    middleware=[Middleware(PageMiddleware)],
    lifespan=lifespan,
    on_script_error=show_failure,
)
