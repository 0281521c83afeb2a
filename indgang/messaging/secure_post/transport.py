"""Requests to a secure post service: TLS with our certificate, and what went wrong as a fault of the service."""

from __future__ import annotations

import ssl

from indgang.messaging import one_request
from indgang.messaging.one_request import NoAnswer, RequestFailed, RequestFault, ServiceRequest, ServiceResponse
from indgang.messaging.secure_post import contract
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault

#: how long a connection may take, in seconds
_CONNECT_SECONDS = 10.0
_FAULTS = {
    RequestFault.CERTIFICATE: SecurePostFault.CERTIFICATE,
    RequestFault.UNREACHABLE: SecurePostFault.UNREACHABLE,
    RequestFault.SLOW: SecurePostFault.SLOW,
    RequestFault.CUT: SecurePostFault.CUT,
}


class PostNoAnswer(SecurePostError):
    """The request may have arrived, and there is no whole answer."""


def context_of(certificate: str, key: str) -> ssl.SSLContext:
    """TLS as a client with this certificate (a PEM file, with its key unless that has a file of its own). Raises
    SecurePostError."""
    context = ssl.create_default_context()
    if certificate:
        try:
            context.load_cert_chain(certificate, key or None)
        except (OSError, ssl.SSLError) as error:
            raise SecurePostError(SecurePostFault.NO_CERTIFICATE, type(error).__name__) from None
    return context


def ask(request: ServiceRequest, *, tls: ssl.SSLContext | None, largest: int) -> ServiceResponse:
    """Send the request. Raises SecurePostError when it has not left, and PostNoAnswer when it may have arrived."""
    try:
        return one_request.ask(
            request, seconds=contract.ANSWER_SECONDS, connect_seconds=_CONNECT_SECONDS, largest=largest, tls=tls
        )
    except RequestFailed as failed:
        kind = PostNoAnswer if isinstance(failed, NoAnswer) else SecurePostError
        raise kind(_FAULTS[failed.fault], failed.detail) from None
