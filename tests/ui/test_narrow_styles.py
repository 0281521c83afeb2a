"""What the browser tests take for granted about styles: between 320 and 400 px a page shows the same elements."""

from __future__ import annotations

import re
from pathlib import Path

_PRODUCT = Path(__file__).resolve().parents[2] / "indgang"
#: condition of a style, such as `(max-width: 640px)` or `(width <= 800px)`
_CONDITION = re.compile(r"@(?:media|container)([^{]*)\{")
_WIDTH = re.compile(r"width\s*(?::|[<>]=?)\s*([\d.]+)(px|r?em)")


def test_no_style_depends_on_a_width_between_those_of_the_browser_tests() -> None:
    found = [
        float(number) * (1 if unit == "px" else 16)
        for sheet in (*_PRODUCT.rglob("*.css"), *_PRODUCT.rglob("*.html"))
        for condition in _CONDITION.findall(sheet.read_text(encoding="utf-8"))
        for number, unit in _WIDTH.findall(condition)
    ]
    assert len(found) > 20, "the styles were read"
    assert not [width for width in found if 319 <= width <= 401]
