"""Passkeys (WebAuthn): a key in the person's computer, telephone or security key replaces the password and the second
factor. The library fido2 verifies them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from indgang.accounts.models import Person, SecondFactor
from indgang.audit import trail

Kind = SecondFactor.Kind
#: the session key under which the pending challenge is stored
ASKED = "passkey_asked"
_VERIFIED = UserVerificationRequirement.REQUIRED


class BadPasskey(ValueError):
    """The browser's answer is not valid."""


def options_to_make(request: HttpRequest, person: Person) -> dict[str, Any]:
    """The options, as JSON, with which the browser makes a passkey for `person`; their challenge is kept in the session
    until it answers."""
    user = PublicKeyCredentialUserEntity(id=str(person.pk).encode(), name=person.username, display_name=person.name)
    options, state = _server(request).register_begin(
        user, _known(person), resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
    )
    request.session[ASKED] = state
    return dict(options)


@transaction.atomic
def make(request: HttpRequest, person: Person, answer: object, *, name: str, at: datetime) -> None:
    """Store the passkey that the browser has made. Raises `BadPasskey`, also for a passkey that is stored already."""
    made = _made(request, answer)
    credential = made.credential_data
    assert credential is not None
    try:
        SecondFactor.objects.create(
            person=person, kind=Kind.PASSKEY, name=name, secret=websafe_encode(bytes(credential)),
            key_id=websafe_encode(credential.credential_id), counter=made.counter, made_at=at,
        )  # fmt: skip
    except IntegrityError as error:
        raise BadPasskey("it is stored already") from error
    trail.record(by=person, at=at, action="second_factor.add", target=person, after={"kind": Kind.PASSKEY})


def options_to_show(request: HttpRequest) -> dict[str, Any]:
    """The options, as JSON, with which the browser shows one of its passkeys for this site."""
    options, state = _server(request).authenticate_begin(user_verification=_VERIFIED)
    request.session[ASKED] = state
    return dict(options)


@transaction.atomic
def shown(request: HttpRequest, answer: object, *, at: datetime) -> Person:
    """The person whose passkey the browser has shown. Raises `BadPasskey`, also for a passkey that has been copied."""
    state = request.session.pop(ASKED, None)
    if not isinstance(answer, dict):
        raise BadPasskey("it is no JSON object")
    key_id = str(answer.get("id", "")).replace("\0", "")  # which no text in the database may hold
    row = SecondFactor.objects.select_for_update(of=("self",)).filter(
        kind=Kind.PASSKEY, key_id=key_id, person__is_active=True
    ).select_related("person").first()  # fmt: skip
    if state is None or row is None:
        raise BadPasskey("it is not known here, or nothing was asked for")
    counter = _checked(request, state, row, answer)
    if counter <= row.counter and (counter or row.counter):
        raise BadPasskey("its counter has gone back: somebody may have copied it")
    row.counter, row.last_used = counter, at
    row.save(update_fields=["counter", "last_used"])
    found: Person = row.person
    return found


def _made(request: HttpRequest, answer: object) -> AuthenticatorData:
    if not isinstance(answer, dict):
        raise BadPasskey("it is no JSON object")
    try:
        return _server(request).register_complete(request.session.pop(ASKED), answer)
    except Exception as error:  # the library passes on any error of its cryptography and CBOR
        raise BadPasskey(str(error)) from error


def _checked(request: HttpRequest, state: Any, row: SecondFactor, answer: dict[str, Any]) -> int:
    credential = AttestedCredentialData(websafe_decode(row.secret))
    try:
        response = AuthenticationResponse.from_dict(answer)
        _server(request).authenticate_complete(state, [credential], response)
    except Exception as error:  # the library passes on any error of its cryptography and CBOR
        raise BadPasskey(str(error)) from error
    return int(response.response.authenticator_data.counter)


def _known(person: Person) -> list[PublicKeyCredentialDescriptor]:
    ids = SecondFactor.objects.filter(person=person, kind=Kind.PASSKEY).values_list("key_id", flat=True)
    return [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(each)) for each in ids
    ]


def _server(request: HttpRequest) -> Fido2Server:
    """The WebAuthn server for the host of the request. A passkey belongs to one host."""
    host = request.get_host().partition(":")[0]
    origins = {f"{request.scheme}://{request.get_host()}"}
    entity = PublicKeyCredentialRpEntity(name="Indgang", id=host)
    return Fido2Server(entity, verify_origin=lambda origin: origin in origins)
