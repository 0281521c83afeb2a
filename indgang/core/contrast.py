"""Whether text is readable on a background, by the formulas of WCAG 2.1 (relative luminance, contrast ratio)."""

from __future__ import annotations

import re

#: the least ratio for text, level AA
READABLE = 4.5

Rgb = tuple[int, int, int]
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)


def read(text: str) -> Rgb:
    """The three numbers of `#0a3d62` or `0A3D62`. Raises ValueError for anything else."""
    found = re.fullmatch(r"#?([0-9a-fA-F]{6})", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no colour; write six hexadecimal digits")
    return bytes.fromhex(found[1])[0], bytes.fromhex(found[1])[1], bytes.fromhex(found[1])[2]


def write(colour: Rgb) -> str:
    return "#" + bytes(colour).hex()


def ratio(a: Rgb, b: Rgb) -> float:
    """The contrast ratio, from 1 (the same colour) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(a: Rgb, b: Rgb, share: float) -> Rgb:
    """A mix of both colours with `share` (0 to 1) of `b`."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(each / 255) for each in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
