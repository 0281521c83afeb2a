"""The secret that sessions and page tokens are signed with: who knows it signs in as anybody."""

from __future__ import annotations

from django.conf import settings

from indgang.config.environment import BadSetting

#: characters, and different ones among them: what 32 random bytes have in base64 or in hexadecimal
_LENGTH, _VARIETY = 40, 12

_HOW = (
    "Set it to at least 50 random characters, the same for all processes, for example the output of\n"
    "  python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
)


def check() -> None:
    """Raise BadSetting, saying what to do, when the secret is known to everybody or easily guessed.

    The demo and development (INDGANG_DEMO, INDGANG_DEBUG) may do without a secret of their own.
    """
    if settings.DEMO or settings.DEBUG:
        return
    if fault := fault_of(settings.SECRET_KEY):
        raise BadSetting(f"INDGANG_SECRET_KEY {fault}, so anybody could sign in as anybody. {_HOW}")


def fault_of(secret: str) -> str | None:
    """What is wrong with it, as the end of a sentence; None when it will do."""
    if secret == settings.OPEN_SECRET:
        return "is not set"
    if len(secret) < _LENGTH:
        return f"has {len(secret)} characters"
    if len(set(secret)) < _VARIETY or _is_repeated(secret):
        return "repeats itself"
    if settings.OPEN_SECRET in secret or "django-insecure" in secret:
        return "contains one that everybody knows"
    return None


def _is_repeated(secret: str) -> bool:
    """Whether it is a shorter text several times over."""
    return (secret + secret).find(secret, 1) < len(secret)
