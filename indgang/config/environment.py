"""Typed reading of the environment: a wrong value stops the start with a sentence that says what to do."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, unquote, urlsplit

#: addresses of the same database for its other roles (config/database_roles.py)
OWNER, RETENTION = "INDGANG_OWNER_DATABASE_URL", "INDGANG_RETENTION_DATABASE_URL"


class BadSetting(SystemExit):
    """A setting in the environment cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file named by NAME_FILE (for secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in ("true", "false"):
        raise BadSetting(f"{name} is {value!r}; write true or false")
    return value.lower() == "true"


def number(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}; write a whole number") from None


def words(name: str, default: str = "") -> tuple[str, ...]:
    """What stands between the commas, without spaces around it."""
    return tuple(word for part in text(name, default).split(",") if (word := part.strip()))


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    value = text(name, default).lower()
    if value not in known:
        raise BadSetting(f"{name} is {value!r}; write one of {', '.join(known)}")
    return value


#: libpq's words: a database on another machine that has gone without a farewell is given up after 15 to 25 seconds
_SIGNS_OF_LIFE: dict[str, object] = {
    "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}  # fmt: skip


def database(url: str) -> dict[str, object]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting(f"DATABASE_URL must begin with postgresql://, not {parts.scheme or url!r}")
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
