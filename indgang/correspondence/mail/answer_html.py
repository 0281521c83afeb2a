"""The HTML of an answer to a mail: it says what its text says, with links, and loads nothing."""

from __future__ import annotations

from django.utils.html import escape, urlize

#: characters of an answer whose addresses become links
_MOST_WITH_LINKS = 50_000
_AS_TYPED = "white-space:pre-wrap"
_QUOTED = "white-space:pre-wrap;margin:0;padding-left:1em;border-left:2px solid #999"


def as_html(own: str, signature: str, below: str, language: str) -> str:
    """The answer, the signature, and below them the mail that is answered."""
    answer = urlize(own, autoescape=True) if len(own) <= _MOST_WITH_LINKS else escape(own)
    parts = [f'<div style="{_AS_TYPED}">{answer}</div>']
    if signature:
        parts.append(f'<div style="{_AS_TYPED};margin-top:1em">{urlize(signature, autoescape=True)}</div>')
    if below:
        parts += _quoted(below)
    code = "en" if language == "en" else "da"
    return f'<!doctype html><html lang="{code}"><body>{"".join(parts)}</body></html>\n'


def _quoted(below: str) -> list[str]:
    """The line that says who wrote, and the quoted lines without their marks."""
    said, _line, rest = below.partition("\n")
    lines = "\n".join(line.removeprefix(">").removeprefix(" ") for line in rest.splitlines())
    quote = f'<blockquote style="{_QUOTED}">{escape(lines)}</blockquote>'
    return [f'<p style="margin-top:1em">{escape(said)}</p>', quote]
