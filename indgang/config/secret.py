"""The secrets of the settings, and their faults: somebody who knows the key can sign in as anybody."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from indgang.config import telephone_nodes
from indgang.config.environment import OWNER, RETENTION, BadSetting
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile

#: the least number of characters, and of different characters: 32 random bytes in base64 or hexadecimal pass
_LENGTH, _VARIETY = 40, 12

#: the mode bits of a file that other users of the machine may read or change
OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP

_HOW = (
    "`indgang init` makes one in INDGANG_VAR; or set it to at least 50 random characters, the same for all processes, "
    "for example the output of\n  python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
)

#: passwords that appear in documents, packages and lists of common passwords
_PUBLIC = frozenset(
    ("admin", "asterisk", "changeme", "change-me", "change_me", "default", "example", "indgang", "kornblomst",
     "password", "passw0rd", "postgres", "root", "secret", "test", "1234", "12345", "123456", "12345678")
)  # fmt: skip
#: the shortest password for a program, which nobody has to remember
PASSWORD_LENGTH = 16


def check() -> None:
    """Raise BadSetting, which says what to do, when a secret is publicly known or easily guessed.

    The demo and development (INDGANG_DEMO, INDGANG_DEBUG) may run without secrets of their own.
    """
    if settings.DEMO or settings.DEBUG:
        return
    if settings.SECRET_FILE.exists() and settings.SECRET_FILE.stat().st_mode & OTHERS:
        file = settings.SECRET_FILE
        raise BadSetting(f"{file} may be read by others, who could sign in as anybody. Run: chmod 600 {file}")
    if faults := refused():
        raise BadSetting("\n".join(f"{name} {fault}" for name, fault in faults.items()))


def refused() -> dict[str, str]:
    """The settings that prevent a start outside the demo, each with the reason and the remedy."""
    faults = {}
    if fault := fault_of(settings.SECRET_KEY):
        faults["INDGANG_SECRET_KEY"] = f"{fault}, so anybody could sign in as anybody. {_HOW}"
    return faults | {name: f"{fault}. Choose another one." for name, fault in _public_passwords()}


def fault_of(secret: str) -> str | None:
    """The fault of a key, as the end of a sentence; None for a good key."""
    if secret == settings.OPEN_SECRET:
        return "is not set"
    if len(secret) < _LENGTH:
        return f"has {len(secret)} characters"
    if len(set(secret)) < _VARIETY or _is_repeated(secret):
        return "repeats itself"
    if settings.OPEN_SECRET in secret or "django-insecure" in secret:
        return "contains one that everybody knows"
    return None


def passwords() -> dict[str, str]:
    """The passwords in use, by the setting that holds each."""
    found = {name: _password(url) for name, url in _database_addresses().items()}
    found["INDGANG_MAIL_PASSWORD"] = settings.EMAIL_HOST_PASSWORD
    found["INDGANG_METRICS_TOKEN"] = settings.METRICS_TOKEN
    used = {name: password for name, password in found.items() if password}
    if "asterisk" in settings.EXCHANGES:
        used |= _node_passwords()
    return used


def _node_passwords() -> dict[str, str]:
    """The password of each Asterisk, by its source. An unusable telephone file gives none; an alert reports it."""
    try:
        nodes = telephone_nodes.read()
    except BadTelephoneFile:
        return {}
    return {
        "INDGANG_ARI_PASSWORD" if node.ari_password == settings.ARI_PASSWORD else f"The ari_password of {node.name}": (
            node.ari_password
        )
        for node in nodes
    }


def _public_passwords() -> list[tuple[str, str]]:
    faults = []
    for name, password in passwords().items():
        if not password:
            faults.append((name, "is not set"))
        elif password.lower() in _PUBLIC or password in (settings.OPEN_SECRET, settings.DEMO_PASSWORD):
            faults.append((name, "is or holds a password that everybody knows"))
    return faults


def _database_addresses() -> dict[str, str]:
    return {
        "DATABASE_URL": settings.DATABASE_URL,
        OWNER: settings.OWNER_DATABASE_URL,
        RETENTION: settings.RETENTION_DATABASE_URL,
    }


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _is_repeated(secret: str) -> bool:
    """Whether it repeats a shorter text."""
    return (secret + secret).find(secret, 1) < len(secret)


# --- The secret that `indgang init` makes -------------------------------------------------------


def keep_one() -> bool:
    """Create settings.SECRET_FILE, readable by its owner alone, unless there is a secret. Return whether it was
    created.

    The file appears complete or not at all, also when another process creates it at the same time.
    """
    file: Path = settings.SECRET_FILE
    if settings.SECRET_KEY != settings.OPEN_SECRET or file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=file.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write(secrets.token_urlsafe(50))
            writing.flush()
            os.fsync(writing.fileno())
        os.link(half, file)
    except FileExistsError:
        return False
    finally:
        os.unlink(half)
    settings.SECRET_KEY = file.read_text(encoding="ascii")
    return True
