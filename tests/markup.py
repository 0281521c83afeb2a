"""Normalizes markup, so that tests do not depend on the line breaks of templates."""

from __future__ import annotations

import re


def squeezed(html: str) -> str:
    """The markup without white space around tags and with single spaces elsewhere."""
    return re.sub(r" ?(<) ?| ?(>) ?", r"\1\2", " ".join(html.split()))
