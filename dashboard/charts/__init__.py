"""Charts: a ``ChartModel`` in, a Vega-Lite specification out. No queries, no Streamlit."""
