"""The second factor of people who sign in with a local password: codes from an app, and recovery codes on paper.

A code counts once: the last time step of each app is stored, and a code of that step or an older one is refused.
Secrets are stored encrypted, with a key that is derived from the product's own secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import b32decode, b32encode
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import qrcode
import qrcode.image.svg
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from indgang.accounts import sealing, sessions
from indgang.accounts.models import Person, RoleAssignment, RoleSignOn, SecondFactor
from indgang.audit import trail

Kind = SecondFactor.Kind
STEP = 30
#: steps before and after the present one whose code counts too, for a telephone whose clock is slightly wrong
_NEIGHBOURS = (0, -1, 1)
RECOVERY_CODES = 10


def has(person: Person) -> bool:
    """Whether `person` must show a second factor after the password."""
    return SecondFactor.objects.filter(person=person).exclude(kind=Kind.RECOVERY).exists()


def is_needed(person: Person, on: date) -> bool:
    """Whether one of the roles that `person` has on that day requires a second factor; never for a break-glass
    account."""
    held = RoleAssignment.objects.valid_on(on).filter(person=person).values("role")
    return not person.is_break_glass and RoleSignOn.objects.filter(role__in=held, needs_second_factor=True).exists()


def new_secret() -> str:
    """A secret for an app, as base32."""
    return b32encode(secrets.token_bytes(20)).decode()


def address_for_app(secret: str, person: Person) -> str:
    """The otpauth:// address in the QR code."""
    return _totp(secret).get_provisioning_uri(person.username, "Indgang")


def picture_for_app(secret: str, person: Person) -> str:
    """The QR code as SVG."""
    code = qrcode.make(address_for_app(secret, person), image_factory=qrcode.image.svg.SvgPathImage, border=2)
    written = BytesIO()
    code.save(written)
    return written.getvalue().decode().partition("?>")[2].strip()


@transaction.atomic
def add_app(person: Person, *, secret: str, code: str, by: trail.Actor, at: datetime) -> list[str] | None:
    """Activate an app when its code is right. Return new recovery codes, which are shown once, or None for a wrong
    code."""
    _one_at_a_time(person)
    step = _step_of(secret, code, after=0)
    if step is None:
        return None
    SecondFactor.objects.filter(person=person, kind=Kind.APP).delete()
    SecondFactor.objects.create(person=person, kind=Kind.APP, secret=_sealed(secret), counter=step, made_at=at)
    trail.record(by=by, at=at, action="second_factor.add", target=person, after={"kind": Kind.APP})
    return new_recovery_codes(person, by=by, at=at)


@transaction.atomic
def new_recovery_codes(person: Person, *, by: trail.Actor, at: datetime) -> list[str]:
    """Make ten new recovery codes; earlier ones stop working. They are shown once and stored as hashes."""
    _one_at_a_time(person)
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _code in range(RECOVERY_CODES)]
    SecondFactor.objects.filter(person=person, kind=Kind.RECOVERY).delete()
    rows = [SecondFactor(person=person, kind=Kind.RECOVERY, secret=_digest(code), made_at=at) for code in codes]
    SecondFactor.objects.bulk_create(rows)
    trail.record(by=by, at=at, action="second_factor.recovery_codes", target=person)
    return codes


@transaction.atomic
def check(person: Person, typed: str, *, at: datetime) -> bool:
    """Whether the text is an unused code of the person's app, or one of their recovery codes."""
    code = "".join(typed.split())
    app = SecondFactor.objects.select_for_update().filter(person=person, kind=Kind.APP).first()
    step = _step_of(_opened(app.secret), code, after=app.counter) if app else None
    if app is not None and step is not None:
        app.counter, app.last_used = step, at
        app.save(update_fields=["counter", "last_used"])
        return True
    return _use_recovery_code(person, code, at)


@transaction.atomic
def remove(factor: SecondFactor, *, by: trail.Actor, at: datetime) -> None:
    """Remove an app or a passkey. When no second factor is left, the recovery codes are removed too."""
    person = factor.person
    _one_at_a_time(person)
    if SecondFactor.objects.filter(pk=factor.pk).delete()[0]:
        trail.record(by=by, at=at, action="second_factor.remove", target=person, before={"kind": factor.kind})
    if not has(person):
        SecondFactor.objects.filter(person=person).delete()


@transaction.atomic
def reset(person: Person, *, by: trail.Actor, at: datetime) -> None:
    """Remove every second factor, for example when the telephone is lost. Every session ends."""
    gone: Sequence[str] = sorted(SecondFactor.objects.filter(person=person).values_list("kind", flat=True))
    SecondFactor.objects.filter(person=person).delete()
    trail.record(by=by, at=at, action="second_factor.reset", target=person, before={"kinds": gone})
    sessions.end_all(person, at=at)


def _one_at_a_time(person: Person) -> None:
    """Wait for any other change of the second factors of `person`, until the end of the transaction."""
    Person.objects.select_for_update().get(pk=person.pk)


def _use_recovery_code(person: Person, code: str, at: datetime) -> bool:
    found = SecondFactor.objects.filter(person=person, kind=Kind.RECOVERY, secret=_digest(code.lower()))
    if not found.delete()[0]:
        return False
    trail.record(by=person, at=at, action="second_factor.recovery_code_used", target=person)
    return True


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step of this code, later than `after`; None when there is none."""
    now = int(time.time()) // STEP
    for step in (now + neighbour for neighbour in _NEIGHBOURS):
        if step > after and hmac.compare_digest(_totp(secret).generate(step * STEP), code.encode()):
            return step
    return None


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303  # apps support only this


def _digest(code: str) -> str:
    return hashlib.sha256(f"indgang.recovery:{code}".encode()).hexdigest()


def _sealed(secret: str) -> str:
    return sealing.seal(secret, "second_factor")


def _opened(sealed: str) -> str:
    return sealing.unseal(sealed, "second_factor")
