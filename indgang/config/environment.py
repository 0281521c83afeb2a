"""Typed reading of the environment: an invalid value stops the start with a sentence that says what to do."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from indgang.accounts import providers
from indgang.accounts.providers import Provider
from indgang.messaging import scanning

#: URLs of the same database for its other roles (config/database_roles.py)
OWNER, RETENTION = "INDGANG_OWNER_DATABASE_URL", "INDGANG_RETENTION_DATABASE_URL"


#: the variables that the settings have read so far
asked: set[str] = set()
#: the invalid values, when the settings use the defaults instead of stopping (`collect_faults`)
faults: list[str] = []
_collects = False


class BadSetting(SystemExit):
    """A setting in the environment is invalid."""


def collect_faults() -> None:
    """Treat invalid settings as unset and collect them in `faults`, so that `indgang doctor` reports all of them."""
    global _collects
    _collects = True


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file named by NAME_FILE (for secrets)."""
    asked.add(name)
    if path := os.environ.get(f"{name}_FILE"):
        return _content(name, path, default)
    return os.environ.get(name, default)


def content(file: Path) -> str:
    """The content of a file; empty when it does not exist."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        _refuse(f"{file} cannot be read ({error.strerror}); run as the user who owns it")
        return ""


def flag(name: str, default: bool) -> bool:
    value = text(name, str(default))
    if value.lower() not in ("true", "false"):
        _refuse(f"{name} is {value!r}; write true or false")
        return default
    return value.lower() == "true"


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        _refuse(f"{name} is {value!r}; write a whole number")
    return default


def words(name: str, default: str = "") -> tuple[str, ...]:
    """The values between the commas, without spaces around them."""
    return tuple(word for part in text(name, default).split(",") if (word := part.strip()))


def day(name: str) -> date | None:
    """A date as 2027-05-31; None when it is not set."""
    value = text(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        _refuse(f"{name} is {value!r}; write a date as 2027-05-31")
    return None


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    value = text(name, default).lower()
    if value not in known:
        _refuse(f"{name} is {value!r}; write one of {', '.join(known)}")
        return default
    return value


def scanner_address(name: str) -> str:
    """The address of a virus scanner; empty when it is not set."""
    value = text(name)
    try:
        return scanning.checked_address(value) if value else ""
    except ValueError:
        _refuse(f"{name} is {value!r}; write the path of a socket or host:port")
    return ""


def identity_providers(name: str) -> tuple[Provider, ...]:
    try:
        return providers.parse(text(name))
    except providers.BadProviders as error:
        _refuse(f"{name}: {error}")
    return ()


def _database_address(url: str) -> SplitResult:
    """The parts of the URL. An error does not repeat the URL, because it may hold a password."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("postgres", "postgresql") and parts.port != 0:  # reading an invalid port raises
            return parts
    except ValueError:
        pass
    _refuse("DATABASE_URL cannot be used; write it as postgresql://user:password@host:5432/indgang")
    return urlsplit("postgresql://postgres@127.0.0.1/indgang")


def _content(name: str, path: str, default: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        _refuse(f"{name}_FILE names {path!r}, which cannot be read ({reason})")
    return default


def _refuse(fault: str) -> None:
    if not _collects:
        raise BadSetting(fault) from None
    faults.append(fault)


#: libpq's options: a connection to a machine that has gone silent is given up after 15 to 25 seconds
_SIGNS_OF_LIFE: dict[str, object] = {
    "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}  # fmt: skip


def database(url: str) -> dict[str, object]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`."""
    parts = _database_address(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "indgang.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "indgang",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": _SIGNS_OF_LIFE | options,
    }
