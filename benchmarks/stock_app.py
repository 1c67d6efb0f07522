"""A stock Streamlit app with one chart and one widget: what ``bench_serving`` measures the monitor beside."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

st.title("One chart")
chosen = st.pills("Series", ["a", "b", "c"], default="a", selection_mode="single") or "a"
start = {"a": 100, "b": 200, "c": 300}[chosen]
figures = pd.DataFrame({"year": range(2000, 2025), "value": [start + 7 * n % 40 for n in range(25)]})
st.altair_chart(alt.Chart(figures).mark_line().encode(x="year:O", y="value:Q"))
