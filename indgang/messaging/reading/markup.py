"""HTML of strangers: cleaned by nh3 (Ammonia, an allow-list on a browser's parser), and made into text. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote, unquote

import nh3

from indgang.messaging.reading.charsets import body_text
from indgang.messaging.reading.limits import MailLimits

_TAG_NAMES = """
    a abbr address article aside b bdi blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section
    small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var
"""
_TAGS = frozenset(_TAG_NAMES.split())
_WITHOUT_CONTENT = frozenset(
    (
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "textarea",
        "head",
    )
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "ol": {"start", "type"},
    "li": {"value"},
    "col": {"span"},
    "colgroup": {"span"},
}
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?[/\\]{2}", re.IGNORECASE)
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]{1,3000000}", re.IGNORECASE)
_OLD_FORMAT = re.compile(r"<(/?)(?:font|big|nobr|tt)(?=[\s/>])", re.IGNORECASE)
_FORMAT_WITH_ATTRIBUTES = re.compile(r"<(?:b|strong|i|em|u|s|small|strike|code)(?=[\s/])", re.IGNORECASE)
_BLANK = re.compile(r"[\s/]+|=")
_NUMBER = re.compile(r"\d{1,4}")
_COUNTED = frozenset(("colspan", "rowspan", "span", "start", "value", "width", "height"))
_MOST_CELLS = 100
_TAG = re.compile(r"<(/?)([a-zA-Z0-9]*)[^<>]*>")
#: a picture of the mail in clean HTML; the same words in a text are no picture
_CID = re.compile(r'(<img(?: [a-z]+="[^"]*")*? src=)"cid:([^"]*)"')


@dataclass(frozen=True, slots=True)
class CleanMarkup:
    """Clean HTML, the ids of the pictures of the mail that it shows, and how many pictures from elsewhere it lacks."""

    html: str
    shown: frozenset[str]
    blocked_images: int


class _Filter:
    """Looks at every attribute that is left: no address but of links and of the mail's own pictures."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.shown = set[str]()
        self.blocked = 0

    def __call__(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return value if _LINK.match(value.strip()) else None
        if attribute == "src":
            return self._picture(value.strip()) if tag == "img" else None
        if attribute in _COUNTED:
            return self._number(attribute, value)
        return value[:500]

    def _picture(self, source: str) -> str | None:
        if source.lower().startswith("cid:"):
            inline_id = unquote(source[4:]).strip("<> ")
            if inline_id in self.known:
                self.shown.add(inline_id)
                return f"cid:{quote(inline_id, safe='@.-_')}"
            return None
        if _DATA_PICTURE.fullmatch(source):
            return source
        self.blocked += _REMOTE.match(source) is not None
        return None

    def _number(self, attribute: str, value: str) -> str | None:
        match = _NUMBER.match(value.strip())
        most = _MOST_CELLS if attribute in ("colspan", "rowspan", "span") else 9999
        return str(min(int(match[0]), most)) if match else None


def clean(html: str, inline_ids: Collection[str]) -> CleanMarkup:
    """The HTML without anything that runs, loads or leaves its place. `inline_ids` are those of the mail's pictures."""
    looked = _Filter(inline_ids)
    cleaner = nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_WITHOUT_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=looked,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    )
    html = cleaner.clean(_without_repeated_formats(body_text(html))).strip()
    return CleanMarkup(html, frozenset(looked.shown), looked.blocked)


def _without_repeated_formats(html: str) -> str:
    """The HTML without formats that have attributes. A browser's parser repeats every open format in each paragraph,
    but at most three that are alike; with attributes no two are alike, and a few thousand fill the memory."""
    return _FORMAT_WITH_ATTRIBUTES.sub("<span", _OLD_FORMAT.sub(r"<\1span", html))


def with_pictures(html: str, address_of: Callable[[str], str]) -> str:
    """Clean HTML with the addresses of the mail's pictures: `address_of` takes an `inline_id`."""
    return _CID.sub(lambda match: f'{match[1]}"{escape(address_of(unquote(unescape(match[2]))))}"', html)


def is_too_large(html: str, limits: MailLimits) -> bool:
    """Whether cleaning takes too long: the time grows with the square of the depth and of the attributes of one tag."""
    if len(html) > limits.html or html.count("<") > limits.tags:
        return True
    return any(number == limits.blanks for number, _blank in enumerate(_BLANK.finditer(html)))


_BLOCK_NAMES = """
    address article aside blockquote caption center dd div dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 header hr
    main nav ol p pre section table tr ul li
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_WITH_SPACE = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"))


class _Writer(HTMLParser):
    """Writes clean HTML as text: blocks on lines of their own, quotations behind >, links after their words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = list[str]()
        self.line = list[str]()
        self.quoted = 0
        self.verbatim = 0
        self.links = list[tuple[str, int]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS:
            self._end_block(tag)
        if tag == "br":
            self._end_line()
        elif tag == "blockquote":
            self.quoted = min(self.quoted + 1, 9)
        elif tag == "li":
            self.line.append("- ")
        elif tag == "img":
            self._write((values.get("alt") or "").strip())
        elif tag == "pre":
            self.verbatim += 1
        elif tag == "a":
            self.links.append((values.get("href") or "", len(self.line)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._write(" ")
        elif tag == "a" and self.links:
            self._close_link(*self.links.pop())
        if tag in _BLOCKS:
            self._end_block(tag)
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        elif tag == "pre":
            self.verbatim = max(0, self.verbatim - 1)

    def handle_data(self, data: str) -> None:
        if not self.verbatim:
            self._write(re.sub(r"[ \t\n\r]+", " ", data))
            return
        first, *more = data.split("\n")
        self.line.append(first)
        for each in more:
            self._end_line()
            self.line.append(each)

    def _write(self, text: str) -> None:
        if not self.line or self.line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def _close_link(self, address: str, begin: int) -> None:
        """The address behind the words, unless the words are the address."""
        words = "".join(self.line[begin:]).strip()
        bare = re.sub(r"^(mailto:|tel:|https?://)|/$", "", address)
        if bare and words and bare not in words:
            self._write(f" <{address}>")

    def _end_block(self, tag: str) -> None:
        if self.line:
            self._end_line()
        if tag in _WITH_SPACE and self.lines and self.lines[-1].strip("> "):
            self._end_line()

    def _end_line(self) -> None:
        words = "".join(self.line).replace("\xa0", " ").rstrip()
        self.lines.append(("> " * self.quoted + words).rstrip())
        self.line = []

    def text(self) -> str:
        self._end_line()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n ")


def as_text(clean_html: str) -> str:
    """What a reader sees, as plain text. It takes HTML that has been cleaned."""
    writer = _Writer()
    writer.feed(clean_html)
    writer.close()
    return writer.text()


def words_of(html: str) -> str:
    """The words of HTML that is too large to be cleaned, without any tag. The time grows with the size alone."""
    words, hidden, place = list[str](), False, 0
    for tag in _TAG.finditer(html):
        if not hidden:
            words.append(html[place : tag.start()])
        hidden = not tag[1] if tag[2].lower() in ("script", "style", "title") else hidden
        place = tag.end()
    words.append("" if hidden else html[place:])
    return unescape(" ".join(words))


def from_text(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>" if text.strip() else ""
