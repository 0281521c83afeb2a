"""Articles as files: one Markdown file with front matter for each article and language, or rows of a CSV table.

`<slug>.md` is Danish, `<slug>.en.md` is the same article in English. After the front matter comes the short answer (the
first paragraph) and then the full answer. The columns of a table have the same names as the fields of the front matter.
Lists are separated by commas, and links are JSON. A field that a file leaves out stays unchanged in the knowledge base.
This module reads and writes text and does not use the database.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from indgang.core import plain_yaml, spreadsheet

#: bytes of one Markdown file; well above the longest text that an article may hold
MOST_BYTES = 2 * 1024 * 1024
COLUMNS = (
    "slug", "language", "title", "short", "body", "service", "purposes", "audience", "elsewhere", "unit", "owner",
    "approver", "words", "review", "published", "links",
)  # fmt: skip

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NAME = re.compile(rf"(?P<slug>{_SLUG})(?:\.(?P<language>[a-z]{{2}}))?\.md\Z")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: the character that stands for a byte that is not UTF-8
_UNDECODED = re.compile("[\udc80-\udcff]")
_ABOUT = ("service", "audience", "unit", "owner", "approver")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read or used: the file, the line in it (from 1), and the reason as a sentence."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article in one language, as read from a file. `about` holds the codes in the file; "" means none."""

    file: str
    line: int
    slug: str
    language: str
    title: str
    short: str
    body: str
    words: tuple[str, ...] = ()
    links: tuple[Mapping[str, Any], ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    purposes: tuple[str, ...] | None = None
    elsewhere: bool | None = None
    review: date | None = None
    published: date | None = None

    def bad(self, reason: str) -> BadRow:
        return BadRow(self.file, self.line, reason)


class _Unreadable(ValueError):
    """A value that cannot be used. `column` is its name, if it has one, and `line` is its line."""

    def __init__(self, reason: str, *, column: str = "", line: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.column, self.line = reason, column, line


def is_slug(text: str) -> bool:
    """Whether the text can be a slug: a-z, 0-9 and single hyphens, at most 120 characters."""
    return len(text) <= 120 and re.fullmatch(_SLUG, text) is not None


def read(path: Path) -> Iterator[ArticleRow | BadRow]:
    """All articles of a file, or of a folder and its subfolders, in the order of the file names."""
    if not path.exists():
        yield BadRow(str(path), 0, _("Filen eller mappen findes ikke."))
        return
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        if file.suffix not in (".md", ".csv") or file.name.lower() == "readme.md":
            continue
        try:
            if file.suffix == ".csv":
                yield from _table(file, name)
            else:
                yield _article(file, name)
        except _Unreadable as wrong:
            yield BadRow(name, wrong.line, wrong.reason)
        except OSError as error:
            yield BadRow(name, 0, str(error.strerror or error))


# --- Markdown ----------------------------------------------------------------------------------


def _article(file: Path, name: str) -> ArticleRow:
    named = _NAME.match(file.name)
    if named is None:
        raise _Unreadable(_("Filens navn skal være a-z, 0-9 og bindestreg, og ende på .md eller .en.md."))
    front, said = _parted(_text(file))
    values = _front_matter(front)
    short, _gap, body = said.strip().partition("\n\n")
    try:
        return _row(name, 1, values, slug=named["slug"], language=named["language"] or "da", short=short, body=body)
    except _Unreadable as wrong:
        raise _Unreadable(wrong.reason, line=_line_of(front, wrong.column)) from wrong


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise _Unreadable(_("Filen er for stor til en artikel."))
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _Unreadable(_("Filen er ikke skrevet i UTF-8."), line=line_of_byte(content, error.start)) from error


def line_of_byte(content: bytes, position: int) -> int:
    """The line, from 1, that contains the byte at `position`."""
    return content.count(b"\n", 0, position) + 1


def _parted(text: str) -> tuple[str, str]:
    """The front matter and the text after it."""
    parts = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if parts is None:
        raise _Unreadable(_("Filen skal begynde med oplysninger mellem to linjer med ---."))
    return parts[1], text[parts.end() :]


def _front_matter(front: str) -> Mapping[str, Any]:
    try:
        values = plain_yaml.load(front, _LOADER)
    except plain_yaml.NotPlain as error:
        raise _Unreadable(_not_plain(error.why), line=error.line + 1) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _Unreadable(_("Oplysningerne kan ikke læses som YAML."), line=mark.line + 2 if mark else 1) from error
    except ValueError as error:  # a date such as 2026-13-45
        raise _Unreadable(_("Oplysningerne rummer en dato, der ikke findes.")) from error
    if not isinstance(values, dict):
        raise _Unreadable(_("Oplysningerne skal være navne med værdier."))
    return values


def _not_plain(why: str) -> str:
    if why == "alias":
        return _("Oplysningerne henviser med * til noget andet. Skriv det helt ud.")
    return _("Oplysningerne er for store, eller der er for mange lag i hinanden.")


def _line_of(front: str, name: str) -> int:
    """The line of the file on which the front matter sets `name`."""
    lines = enumerate(front.splitlines(), start=2)
    return next((number for number, line in lines if name and line.startswith(f"{name}:")), 1)


# --- Tables ------------------------------------------------------------------------------------


def _table(file: Path, name: str) -> Iterator[ArticleRow | BadRow]:
    csv.field_size_limit(MOST_BYTES)
    # bytes that are not UTF-8 are kept as surrogates, so that one of them spoils its own row and not the rest of the
    # table
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        header = lines.readline()
        columns = [each.strip().lower() for each in next(csv.reader([header], delimiter=_delimiter(header)), [])]
        if not {"slug", "title", "short"} <= set(columns):
            raise _Unreadable(_("Første linje skal navngive kolonnerne; slug, title og short skal være der."))
        yield from _rows(csv.reader(lines, delimiter=_delimiter(header)), name, columns)


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _rows(reader: Any, name: str, columns: Sequence[str]) -> Iterator[ArticleRow | BadRow]:
    while True:
        line = reader.line_num + 2  # the line of the column names came before, and the row begins on the next
        try:
            cells = next(reader, None)
        except csv.Error:
            yield BadRow(name, line, _("Linjen kan ikke læses som CSV."))
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _cells(name, line, columns, cells)


def _cells(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> ArticleRow | BadRow:
    spoilt = [column for column, cell in zip_longest(header, cells, fillvalue="") if _UNDECODED.search(cell)]
    if spoilt:
        said = _("Linjen er ikke skrevet i UTF-8 (kolonnen %(column)s).")
        return BadRow(name, line, said % {"column": spoilt[0] or "?"})
    if len(cells) != len(header):
        said = _("Linjen har %(cells)s felter; overskriften har %(columns)s.")
        return BadRow(name, line, said % {"cells": len(cells), "columns": len(header)})
    # an empty cell changes nothing; only the texts themselves may be empty
    texts = {key: spreadsheet.text_of(cell) for key, cell in zip(header, cells, strict=True)}
    values: dict[str, Any] = {key: cell for key, cell in texts.items() if cell.strip()}
    try:
        for key in ("words", "purposes"):
            if key in values:
                values[key] = [each.strip() for each in values[key].split(",") if each.strip()]
        if "links" in values:
            values["links"] = _json(values["links"])
        language = str(values.get("language") or "da").strip()
        slug, short, body = (str(values.get(key) or "") for key in ("slug", "short", "body"))
        return _row(name, line, values, slug=slug.strip(), language=language, short=short, body=body)
    except _Unreadable as wrong:
        return BadRow(name, line, wrong.reason)


def _json(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(_("Kolonnen links er ikke JSON."), column="links") from error


# --- Values ------------------------------------------------------------------------------------


def _row(
    name: str, line: int, values: Mapping[str, Any], *, slug: str, language: str, short: str, body: str
) -> ArticleRow:
    unknown = sorted(str(key) for key in set(values) - set(COLUMNS))
    if unknown:
        raise _Unreadable(_("Ukendt navn: %(names)s.") % {"names": ", ".join(unknown)})
    about = {key: str(values[key] or "").strip() for key in _ABOUT if key in values}
    return ArticleRow(
        name, line, slug, language, str(values.get("title") or ""), short, body,
        words=_texts(values, "words") or (),
        links=_links(values),
        about=about,
        purposes=_texts(values, "purposes"),
        elsewhere=_yes_or_no(values, "elsewhere"),
        review=_date(values, "review"),
        published=_date(values, "published"),
    )  # fmt: skip


def _texts(values: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    if key not in values:
        return None
    given = values[key] or []
    if not isinstance(given, list) or any(isinstance(each, list | dict) for each in given):
        raise _Unreadable(_("%(name)s skal være en liste.") % {"name": key}, column=key)
    return tuple(str(each) for each in given)


def _links(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    given = values.get("links") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise _Unreadable(_("%(name)s skal være en liste.") % {"name": "links"}, column="links")
    return tuple(given)


def _yes_or_no(values: Mapping[str, Any], key: str) -> bool | None:
    given = values.get(key)
    if given is None or isinstance(given, bool):
        return given
    answers = {"true": True, "ja": True, "false": False, "nej": False}
    if (said := answers.get(str(given).strip().casefold())) is None:
        raise _Unreadable(_("%(name)s skal være ja eller nej.") % {"name": key}, column=key)
    return said


def _date(values: Mapping[str, Any], key: str) -> date | None:
    given = values.get(key)
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        return given.date() if isinstance(given, datetime) else date.fromisoformat(str(given).strip())
    except ValueError as error:
        said = _("%(name)s skal være en dato som 2027-05-01.") % {"name": key}
        raise _Unreadable(said, column=key) from error


# --- Writing -----------------------------------------------------------------------------------


def file_name(row: ArticleRow) -> str:
    return f"{row.slug}.md" if row.language == "da" else f"{row.slug}.{row.language}.md"


def as_markdown(row: ArticleRow) -> str:
    """The Markdown file for this row; reading it gives an equal row."""
    values: dict[str, Any] = {"title": row.title, **{key: value for key, value in row.about.items() if value}}
    if row.purposes:
        values["purposes"] = list(row.purposes)
    if row.elsewhere:
        values["elsewhere"] = True
    values |= {"words": list(row.words), "review": row.review, "published": row.published}
    values["links"] = [dict(link) for link in row.links]
    front = yaml.safe_dump(
        {key: value for key, value in values.items() if value}, allow_unicode=True, sort_keys=False, width=10_000
    )
    return f"---\n{front}---\n{row.short}\n" + (f"\n{row.body}\n" if row.body else "")


def write_table(file: Path, rows: Sequence[ArticleRow]) -> None:
    """Write a CSV table; reading it gives equal rows."""
    spreadsheet.write(file, [COLUMNS, *([_cell(row, name) for name in COLUMNS] for row in rows)])


def _cell(row: ArticleRow, name: str) -> str:
    if name in _ABOUT:
        return row.about.get(name, "")
    value = getattr(row, name)
    if name == "links":
        return json.dumps([dict(link) for link in value], ensure_ascii=False) if value else ""
    if name in ("words", "purposes"):
        return ", ".join(value or ())
    if name == "elsewhere":
        return "ja" if value else ""
    return "" if value is None else str(value)
