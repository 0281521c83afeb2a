"""A passkey in software: answers to the options of the product as a browser does, with its own key pair."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

HOST, ORIGIN = "testserver", "http://testserver"
_FLAG = AuthenticatorData.FLAG


@dataclass
class SoftwarePasskey:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    counter: int = 0

    def make(self, client: Client) -> Any:
        """Store the passkey for the person who is signed in; returns the product's answer."""
        typed = self._client_data("webauthn.create", client.post("/account/passkeys/asked/").json())
        public_key = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        public = AttestedCredentialData.create(bytes(16), self.id, public_key)
        stated = AttestationObject.create("none", self._data(_FLAG.AT, bytes(public)), {})
        said = {"clientDataJSON": websafe_encode(typed), "attestationObject": websafe_encode(stated)}
        return self._send(client, "/account/passkeys/", said, name="Min nøgle")

    def show(self, client: Client, **more: str) -> Any:
        """Sign in; returns the product's answer."""
        typed = self._client_data("webauthn.get", client.post("/sign-in/passkey/asked/").json())
        self.counter += 1
        stated = self._data(_FLAG(0))
        signature = self.key.sign(bytes(stated) + sha256(typed), ec.ECDSA(SHA256()))
        said = {"clientDataJSON": websafe_encode(typed), "authenticatorData": websafe_encode(stated)}
        return self._send(client, "/sign-in/passkey/", said | {"signature": websafe_encode(signature)}, **more)

    def _client_data(self, kind: str, asked: Any) -> CollectedClientData:
        return CollectedClientData.create(type=kind, challenge=asked["publicKey"]["challenge"], origin=ORIGIN)

    def _data(self, more: AuthenticatorData.FLAG, credential: bytes = b"") -> AuthenticatorData:
        flags = _FLAG.UP | _FLAG.UV | more
        data: AuthenticatorData = AuthenticatorData.create(sha256(HOST.encode()), flags, self.counter, credential)
        return data

    def _send(self, client: Client, address: str, response: dict[str, str], **more: str) -> Any:
        own = websafe_encode(self.id)
        credential = {"id": own, "rawId": own, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return client.post(address, {"credential": credential, **more}, content_type="application/json")
