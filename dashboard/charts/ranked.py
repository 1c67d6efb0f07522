"""The districts of a map as bars, the highest first, in the map's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.charts.bar import NAME_LINE, names_in_the_middle
from dashboard.charts.map import MapModel, MapPlace
from dashboard.charts.model import FOOTER_WIDTH, footer_lines, label_lines, value_axis
from dashboard.charts.spec import Spec, framed, quoted, value_axis_spec

FEW_ROW, MANY_ROW = 30, 21  # px
NAME_WIDTH = 22  # characters


def ranked_bars(model: MapModel, order: Sequence[str], footer: str) -> Spec:
    """The specification; ``order`` are the regions from the top, those without a figure last, with the word for it.

    ``footer`` is the source line without that of the boundaries, which are not drawn here.
    """
    places = {place.region: place for place in model.places}
    rows = [_row(places[region], model) for region in order if region in places]
    axis = value_axis([row["v"] for row in rows if row["v"] is not None], zero=True)
    names = ",".join(f"'{row['key']}':{_listed(row['lines'])}" for row in rows)
    bold = ",".join(quoted(place.region) for place in model.places if place.chosen)
    literal: Spec = {"type": "nominal", "scale": None, "legend": None}
    y: Spec = {
        "field": "key",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelExpr": f"({{{names}}})[datum.value]",
            **names_in_the_middle([row["lines"] for row in rows], [row["key"] for row in rows]),
            "labelFontWeight": {"expr": f"indexof([{bold}], datum.value) >= 0 ? 700 : 400"},
            "labelLimit": 0,
            "labelOverlap": False,
            "labelColor": model.chart.palette.text,
            "labelPadding": 8,
        },
        "scale": {"paddingInner": 0.3, "paddingOuter": 0.15, "domain": [row["key"] for row in rows]},
    }
    x: Spec = {"field": "v", "type": "quantitative", **value_axis_spec(axis, labels=False)}
    x["axis"] |= {"grid": False, "domain": False}
    # no axis is drawn, so no room up to its next round step is needed to the left
    x["scale"] |= {"domain": [min([0.0, *(row["v"] or 0.0 for row in rows)]), axis.high]}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "strokeWidth": 1},
            "encoding": {
                "y": y,
                "x": x,
                "fill": {"field": "fill", **literal},
                "stroke": {"field": "stroke", **literal},
            },
        },
        *_words([row for row in rows if row["v"] is not None and row["v"] >= 0], {"field": "v"}),
        # of a bar to the left the figure stands on the other side of zero, where it never meets a name
        *_words([row for row in rows if row["v"] is None or row["v"] < 0], {"datum": 0}),
    ]
    height = max([FEW_ROW if model.few else MANY_ROW, *(len(row["lines"]) * NAME_LINE + 4 for row in rows)])
    lines = footer_lines(footer, FOOTER_WIDTH)
    chart = replace(model.chart, footer=tuple(lines))
    spec = framed(layers, chart, plot_height=height * max(1, len(rows)), right=12)
    if lines:
        # names make the plot narrower only after Vega has chosen between the wide and the narrow form
        spec["title"]["text"] = lines
    return spec


def _listed(lines: Sequence[str]) -> str:
    """Lines as a list of a Vega expression."""
    return "[" + ",".join(quoted(line) for line in lines) + "]"


def _row(place: MapPlace, model: MapModel) -> Spec:
    """A bar; hollow where its figure is not final, in a border that stands out from the ground."""
    palette = model.chart.palette
    hue = palette.hues[1 if (place.value or 0) < 0 else 0]
    fill = (place.fill or palette.ground) if model.classes else hue
    return {
        "key": place.region,
        "lines": label_lines(place.name, NAME_WIDTH),
        "v": place.value,
        "figure": place.words,
        "fill": palette.ground if place.marked else fill,
        "stroke": palette.muted if model.classes else hue,
    }


def _words(rows: Sequence[Spec], x: Spec) -> list[Spec]:
    """The figures behind their bars, and words where there is no bar."""
    if not rows:
        return []
    return [
        {
            "data": {"values": list(rows)},
            "mark": {"type": "text", "align": "left", "dx": 6},
            "encoding": {
                "y": {"field": "key", "type": "nominal", "sort": None},
                "x": {**x, "type": "quantitative"},
                "text": {"field": "figure", "type": "nominal"},
            },
        }
    ]
