"""Pieces of SVG that every plot is made of: shapes of the picture, colours on paper, elements, text that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

#: an estimate of the width of a letter, in text sizes; wide letters make up for narrow ones
LETTER = 0.58
#: signs that XML cannot hold
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"[ \t\n]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a picture: `width` and text in pixels, the height of the lines' area, the room beside it."""

    width: int
    text: int
    tall: int
    left: int
    right: int
    #: the widest name left of a bar; 0: names stand above their bars
    names: int

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return self.text * 1.5


WIDE = Shape(width=720, text=14, tall=240, left=76, right=84, names=230)
#: for telephones: the text is as large there
NARROW = Shape(width=340, text=13, tall=190, left=66, right=66, names=0)

#: what each class looks like on paper. A page's style sheet (ui/plots.css) sets the colours of its theme instead, so
#: these colours are those of ui/tokens.css.
_PAPER: Mapping[str, Mapping[str, str | float]] = {
    "plot-text": {"fill": "#17222b"},
    "plot-soft": {"fill": "#4a5862"},
    "plot-grid": {"stroke": "#d5dce1", "stroke-width": 1},
    "plot-axis": {"stroke": "#7d8a93", "stroke-width": 1},
    "plot-baseline": {"fill": "#e3eef6", "stroke": "#4b8fc0", "stroke-width": 1},
    "plot-range-0": {"fill": "#e3eef6", "stroke": "#4b8fc0", "stroke-width": 1, "stroke-dasharray": "2 3"},
    "plot-range-1": {"fill": "#4b8fc0", "fill-opacity": 0.35, "stroke": "#4b8fc0", "stroke-width": 1},
    "plot-limits": {"fill": "none", "stroke": "#8a5300", "stroke-width": 1.5, "stroke-dasharray": "2 4"},
    "plot-target": {"fill": "none", "stroke": "#23701b", "stroke-width": 2, "stroke-dasharray": "12 4"},
    "plot-happening": {"fill": "none", "stroke": "#4a5862", "stroke-width": 1, "stroke-dasharray": "1 3"},
    "plot-label": {"fill": "#17222b", "stroke": "#ffffff", "stroke-width": 4, "paint-order": "stroke"},
    "plot-bar": {"fill": "#4b8fc0"},
    "plot-ring": {"fill": "none", "stroke": "#b97400", "stroke-width": 2},
    "plot-heat": {"fill": "#4b8fc0"},
    "plot-heat-below": {"fill": "#8a5300"},
    "plot-flow": {"fill": "#4b8fc0", "fill-opacity": 0.28},
    **{f"plot-series-{number}": {"fill": "none", "stroke": colour, "stroke-width": 2.5}
       for number, colour in enumerate(("#0a3d62", "#b3121d", "#5b4b8a", "#8a5300", "#23701b", "#4a5862"))},
}  # fmt: skip


def element(name: str, style: str = "", content: str = "", **attributes: str | float) -> str:
    """An element of a class with its look on paper; `_` in attributes is `-`. Content is SVG."""
    given: dict[str, str | float] = {"class": style, **_PAPER[style]} if style else {}
    given |= {key.replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{_attribute(value)}"' for key, value in given.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return pixels(value) if isinstance(value, float) else safe(str(value))


def pixels(value: float) -> str:
    """To a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def safe(text: str) -> str:
    """The text for SVG."""
    return escape(_FORBIDDEN.sub("", text))


def words(text: str, x: float, y: float, *, room: float, shape: Shape, style: str = "plot-text",
          anchor: str = "start") -> str:  # fmt: skip
    """One line of text, cut to the room."""
    return element("text", style, safe(fitted(text, room, shape)) or " ", x=x, y=y, text_anchor=anchor)


def entry(sample: str, name: str, y: float, shape: Shape) -> str:
    """A line of the legend: a sample of 40 pixels drawn at (0, 0), and a name."""
    text = words(name, 46, 0, room=shape.width - 50.0, shape=shape)
    return f'<g transform="translate(0 {pixels(y)})">{sample}{text}</g>'


def text_width(text: str, shape: Shape) -> float:
    return len(text) * LETTER * shape.text


def fitted(text: str, room: float, shape: Shape) -> str:
    """The text, or as much of it as fits, with an ellipsis."""
    text = _SPACE.sub(" ", _FORBIDDEN.sub("", text)).strip(" ")
    most = int(room / (LETTER * shape.text))
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def picture(shape: Shape, height: float, *, key: str, title: str, about: str, inside: Sequence[str]) -> str:
    """The whole picture; `key` makes its ids unique on a page."""
    size = f"0 0 {shape.width} {pixels(height)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot-picture" viewBox="{size}" role="img"'
        f' aria-labelledby="{safe(key)}-title {safe(key)}-about" font-family="sans-serif" font-size="{shape.text}">'
        f'<title id="{safe(key)}-title">{safe(title)}</title><desc id="{safe(key)}-about">{safe(about)}</desc>'
        f"{''.join(inside)}</svg>"
    )
