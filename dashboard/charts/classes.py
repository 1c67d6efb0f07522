"""Classes of a map: round bounds of equal width, and a colour for each.

Colours are one hue from pale to strong, or two hues away from zero; told apart with any colour vision. Each is so
light or so dark that words on it have a contrast of 4.5:1 in one of the ground's two inks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from dashboard.charts.palette import Palette, Theme

MOST = 5
_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0)
_SMALLEST = 1e-9  # of a span: below it all figures are one

# from pale to strong on the light ground, from dim to bright on the dark one
ABOVE: dict[Theme, tuple[str, ...]] = {
    "light": ("#e1edf7", "#b3d1ea", "#78acd8", "#2b76b0", "#0b4375"),
    "dark": ("#12283b", "#1d4667", "#2a6796", "#6db0e2", "#c3e2f8"),
}
BELOW: dict[Theme, tuple[str, ...]] = {
    "light": ("#fbe9dc", "#f2c8a5", "#df9a5f", "#ae5a1b", "#723506"),
    "dark": ("#35210f", "#5a3512", "#87501c", "#e09d5c", "#f8d9b8"),
}
EVEN: dict[Theme, str] = {"light": "#eceff2", "dark": "#252c34"}  # no change, and areas under circles
_PICKED = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}


@dataclass(frozen=True)
class Classes:
    """Classes from each bound up to and without the next; the last one holds its end."""

    bounds: tuple[float, ...]
    colors: tuple[str, ...]

    def color_of(self, value: float) -> str:
        """The colour of a value, which must lie inside the bounds."""
        above = sum(value >= bound for bound in self.bounds[1:-1])
        return self.colors[above]


def classes_of(values: Sequence[float], theme: Theme, *, around_zero: bool) -> Classes:
    """At most five classes that hold all values, which must not be empty.

    ``around_zero`` makes zero one of the bounds, and colours both sides differently.
    """
    low, high = min(values), max(values)
    if around_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    step = _step(low, high)
    first, last = floor(low / step + _SMALLEST), ceil(high / step - _SMALLEST)
    last = max(last, first + 1)
    bounds = tuple(round(n * step, 10) for n in range(first, last + 1))
    if not around_zero:
        return Classes(bounds, tuple(ABOVE[theme][n] for n in _PICKED[last - first]))
    longest = max(-first, last)
    arm = _PICKED[longest]
    below = [BELOW[theme][arm[n]] for n in reversed(range(-first))]
    above = [ABOVE[theme][arm[n]] for n in range(last)]
    return Classes(bounds, (*below, *above))


def ink_on(fill: str, palette: Palette) -> str:
    """The better readable of the ground's text colour and the ground itself."""
    return max((palette.text, palette.ground), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _step(low: float, high: float) -> float:
    """The smallest round width with which no more than five classes hold the span."""
    span = high - low
    if span < _SMALLEST:
        return 10.0 ** floor(log10(abs(high))) if abs(high) > _SMALLEST else 1.0
    power = 10.0 ** floor(log10(span / MOST))
    candidates = [n * power * ten for ten in (1, 10) for n in _STEPS]
    return next(s for s in candidates if ceil(high / s - _SMALLEST) - floor(low / s + _SMALLEST) <= MOST)
