"""Secrets: those that are publicly known, those that are too short, and files of secrets that others may read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.config import environment, secret
from indgang.health.finding import Finding, error, ok, warning


def look() -> Iterator[Finding]:
    found = [*_public(), *_short(), *_readable_by_others()]
    yield from found or [ok(_("Ingen hemmelighed er kendt, kort eller læselig for andre."))]


def _public() -> Iterator[Finding]:
    excused = settings.DEMO or settings.DEBUG
    for name in secret.refused():
        text = _("%(name)s er ikke sat, kendt af alle eller let at gætte: uden for demoen starter produktet ikke.")
        advice = _("Vælg en tilfældig, fx med: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'")
        yield warning(text % {"name": name}, advice) if excused else error(text % {"name": name}, advice)


def _short() -> Iterator[Finding]:
    for name, password in secret.passwords().items():
        if 0 < len(password) < secret.PASSWORD_LENGTH:
            text = _("%(name)s har kun %(length)s tegn.") % {"name": name, "length": len(password)}
            yield warning(text, _("Vælg mindst %(length)s tilfældige tegn.") % {"length": secret.PASSWORD_LENGTH})


def _readable_by_others() -> Iterator[Finding]:
    for path in _files():
        mode = _mode(path)
        if mode is not None and mode & secret.OTHERS:
            text = _("%(path)s kan læses eller ændres af andre på maskinen.") % {"path": path}
            yield error(text, _("Kør: chmod o=,g-w %(path)s") % {"path": path})


def _files() -> list[Path]:
    """Files of secrets, and the folders of mails and of the embedded database."""
    named = [os.environ[f"{name}_FILE"] for name in sorted(environment.asked) if os.environ.get(f"{name}_FILE")]
    ours = (settings.SECRET_FILE, settings.EXCHANGE_FILE, settings.MAIL_FOLDER, settings.VAR / "postgres")
    return [*(Path(each) for each in named), *ours]


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None
