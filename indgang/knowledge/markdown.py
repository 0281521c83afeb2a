"""Article text: Markdown without HTML, with safe links only.

Links lead to web pages, mail addresses, telephone numbers, other articles (`article:slug`) and files of the article
(`attachment:name`). Images come from the article's files only, so that no other server learns who reads the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

#: characters; the length of a book rather than of an answer
MOST_CHARACTERS = 200_000

_ARTICLE, _ATTACHMENT = "article:", "attachment:"
_SAFE = re.compile(r"(?:https?://|mailto:|tel:|article:|attachment:|/(?!/)|#)", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BLOCKS = {"paragraph_close", "heading_close", "fence", "code_block", "tr_close", "list_item_close"}

Address = Callable[[str], str]


class TooLong(ValueError):
    """The text is longer than an article may be."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} characters; {MOST_CHARACTERS} at most")
        self.size = size


def render(
    text: str,
    *,
    link_to_article: Address | None,
    link_to_attachment: Address | None = None,
    top: int = 2,
) -> SafeString:
    """Safe HTML for a page. Raises TooLong.

    `link_to_article` gives the URL of a slug, `link_to_attachment` that of a file name. Without them, or when they
    return "", the link text stays and the link is removed. The highest heading of the text becomes `<h{top}>`.
    """
    tokens = _parse(text)
    _move_headings(tokens, top)
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, link_to_article, link_to_attachment))
    html = _parser().renderer.render(tokens, _parser().options, {})
    return SafeString(html)  # the parser escapes everything; its HTML is switched off


def plain(text: str) -> str:
    """The text without markup, one line per paragraph, for search, snippets and feeds. Raises TooLong."""
    pieces: list[str] = []
    for token in _parse(text):
        if token.type == "inline":
            pieces += _words(token.children or ())
        elif token.type in ("fence", "code_block"):
            pieces.append(token.content)
        elif token.type in ("td_close", "th_close"):
            pieces.append(" ")
        if token.type in _BLOCKS:
            pieces.append("\n")
    lines = (" ".join(line.split()) for line in "".join(pieces).splitlines())
    return "\n".join(line for line in lines if line)


def targets(text: str) -> list[str]:
    """The targets of links and images as they are written, in order. Raises TooLong."""
    return [
        str(token.attrGet("href" if token.type == "link_open" else "src"))
        for block in _parse(text)
        for token in block.children or ()
        if token.type in ("link_open", "image")
    ]


def articles_in(text: str) -> list[str]:
    """Slugs of the articles that the text links to."""
    return [target[len(_ARTICLE) :].partition("#")[0] for target in targets(text) if target.startswith(_ARTICLE)]


def attachments_in(text: str) -> list[str]:
    """Names of the files that the text shows or links to."""
    return [unquote(target[len(_ATTACHMENT) :]) for target in targets(text) if target.startswith(_ATTACHMENT)]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = lambda url: _SAFE.match(url.strip()) is not None  # type: ignore[method-assign]  # documented way
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _table_open(*_: Any) -> str:
    # a wide table scrolls by itself instead of the page, with the keyboard too
    return '<div class="table--responsive-scroll" tabindex="0"><table class="table">\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


def _parse(text: str) -> list[Token]:
    if len(text) > MOST_CHARACTERS:
        raise TooLong(len(text))
    env: MutableMapping[str, Any] = {}
    return _parser().parse(text, env)


def _move_headings(tokens: Sequence[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1:]) for token in headings), default=top)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + top, 6)}"


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "image"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _linked(tokens: Sequence[Token], article: Address | None, attachment: Address | None) -> Iterator[Token]:
    """The tokens with our URLs in place of the targets, and without links that lead nowhere."""
    dropped: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            lives = _point(token, "href", article, attachment)
            dropped.append(not lives)
            if lives:
                yield token
        elif token.type == "link_close":
            if not dropped.pop():
                yield token
        elif token.type == "image":
            yield from _picture(token, attachment)
        else:
            yield token


def _point(token: Token, name: str, article: Address | None, attachment: Address | None) -> bool:
    """Put the URL in place of the target; False when there is none."""
    target = str(token.attrGet(name) or "")
    for scheme, address in ((_ARTICLE, article), (_ATTACHMENT, attachment)):
        if target.lower().startswith(scheme):
            rest, mark, fragment = target[len(scheme) :].partition("#")
            found = address(unquote(rest)) if address else ""
            token.attrSet(name, found + mark + fragment)
            return bool(found)
    if _WEB.match(target):
        token.attrSet("class", "external")
        token.attrSet("rel", "external noopener")
    return True


def _picture(token: Token, attachment: Address | None) -> Iterator[Token]:
    own = str(token.attrGet("src") or "").lower().startswith(_ATTACHMENT)
    if own and _point(token, "src", None, attachment):
        token.attrSet("loading", "lazy")
        yield token
    elif token.content:
        words = Token("text", "", 0)
        words.content = token.content
        yield words
