"""Files attached to an article. The content of a file, not its name, decides its type; active content is refused.

Readers see a file only when the version in force links to it, so a file goes through the same approval as the text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.core import text
from indgang.core.refusals import RefusedChange
from indgang.knowledge import markdown
from indgang.knowledge.changes import person, record_change
from indgang.knowledge.models import Article, ArticleVersion, Attachment

#: bytes
MOST_BYTES = 10 * 1024 * 1024
_MEGABYTE = 1024 * 1024

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
#: media type and file extension
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
    "text/plain": "txt", _WORD: "docx", _OPEN_DOCUMENT: "odt",
}  # fmt: skip

_PAGE = re.compile(rb"<\s*(?:!doctype|html|svg|script|body|head|iframe|\?xml|[a-z]+:svg)", re.IGNORECASE)


def kind_of(content: bytes) -> str | None:
    """The media type found in the content; None for types that are refused, such as SVG, HTML and files with macros."""
    return next((kind for kind, fits in _KINDS if fits(content)), None)


def shown_with(version: ArticleVersion) -> QuerySet[Attachment]:
    """The files that a version links to, without their bytes; its readers may see these and no others."""
    names = markdown.attachments_in(f"{version.short}\n\n{version.body}"[: markdown.MOST_CHARACTERS])
    return Attachment.objects.filter(article=version.article_id, name__in=names).defer("content")


@transaction.atomic
def add(article: Article, *, name: str, content: bytes, description: str, by: Actor, at: datetime) -> Attachment:
    """Attach a file to the article. The same file under the same name is stored once.

    Raises RefusedChange, by field: the file is empty, larger than `MOST_BYTES` or of an unknown type, or the name is
    taken.
    """
    refuse_size(len(content))
    kind = kind_of(content)
    if kind is None:
        raise RefusedChange({"content": _(
            "Filen kan ikke bruges. Læg et billede (PNG, JPEG, GIF, WebP), en PDF, et Word- eller "
            "OpenDocument-dokument uden makroer eller ren tekst op."
        )})  # fmt: skip
    name, digest = cleaned_name(name, kind), sha256(content).hexdigest()
    there = Attachment.objects.filter(article=article, name=name).defer("content").first()
    if there is not None and there.digest == digest:
        return there
    if there is not None:
        raise RefusedChange(
            {"name": _("Der er allerede en fil med navnet “%(name)s”. Fjern den først.") % {"name": name}}
        )
    description = " ".join(description.replace("\x00", "").split())[:300]
    if kind.startswith("image/") and not description:
        raise RefusedChange({"description": _("Beskriv billedet for dem, der ikke kan se det.")})
    made = Attachment.objects.create(
        article=article, name=name, kind=kind, size=len(content), digest=digest, description=description,
        content=content, added_by=person(by), added_at=at,
    )  # fmt: skip
    after = {"article": article.slug, "kind": kind, "size": made.size, "digest": digest}
    record_change("attachment.add", made, by=by, at=at, after=after)
    return made


@transaction.atomic
def remove(attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Delete a file. Raises RefusedChange while a version that is or will be published links to it."""
    for version in _published_last(attachment.article, at):
        if shown_with(version).filter(pk=attachment.pk).exists():
            said = _("“%(title)s” viser filen. Udgiv først en tekst uden den.") % {"title": version.title}
            raise RefusedChange({"": said})
    before = {"article": attachment.article.slug, "kind": attachment.kind, "digest": attachment.digest}
    record_change("attachment.remove", attachment, by=by, at=at, before=before)
    attachment.delete()


def cleaned_name(name: str, kind: str) -> str:
    """A name without folders and without characters that are unsafe in file systems and URLs, with its type's
    extension."""
    stem = re.split(r"[\\/]", name)[-1].rpartition(".")
    return f"{text.slug(stem[0] or stem[2], 100) or 'fil'}.{ENDINGS[kind]}"


def _published_last(article: Article, at: datetime) -> list[ArticleVersion]:
    published = article.versions.filter(state=ArticleVersion.State.PUBLISHED)
    in_force = ArticleVersion.objects.in_force(at).filter(article=article)
    return [*in_force, *published.filter(published_from__gt=at)]


def refuse_size(size: int) -> None:
    """Raise RefusedChange, with the size, for a file with too many bytes."""
    if not size:
        raise RefusedChange({"content": _("Filen er tom.")})
    if size > MOST_BYTES:
        said = _("Filen fylder %(size)s MB; der er plads til %(most)s MB. Gør billedet mindre, eller del dokumentet.")
        told = f"{max(size / _MEGABYTE, MOST_BYTES / _MEGABYTE + 0.1):.1f}".replace(".", ",")
        raise RefusedChange({"content": said % {"size": told, "most": MOST_BYTES // _MEGABYTE}})


# --- File types --------------------------------------------------------------------------------


def _begins(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _parts(content: bytes) -> zipfile.ZipFile | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        return zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None


def _is_word(content: bytes) -> bool:
    parts = _parts(content)
    if parts is None:
        return False
    names = {name.lower() for name in parts.namelist()}
    return {"[content_types].xml", "word/document.xml"} <= names and not any("vbaproject" in name for name in names)


def _is_open_document(content: bytes) -> bool:
    parts = _parts(content)
    if parts is None:
        return False
    # the OpenDocument standard puts the media type first and uncompressed, so it can be read without unpacking anything
    at_front = content[30 : 38 + len(_OPEN_DOCUMENT)] == b"mimetype" + _OPEN_DOCUMENT.encode()
    return at_front and not any(name.lower().startswith(("basic/", "scripts/")) for name in parts.namelist())


def _is_plain(content: bytes) -> bool:
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    readable = all(sign in "\n\r\t\f" or ord(sign) >= 32 for sign in written)
    return readable and _PAGE.search(content) is None


_KINDS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    ("image/webp", _is_webp),
    ("application/pdf", _begins(b"%PDF-")),
    (_WORD, _is_word),
    (_OPEN_DOCUMENT, _is_open_document),
    ("text/plain", _is_plain),
)
