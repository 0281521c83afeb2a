"""The certificates of the addresses that people and telephones use: whether they are trusted, for the right name, and
for how much longer."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.health.finding import Finding, error, ok, warning

_SECONDS = 3.0
_PORTS = {"https": 443, "wss": 443}
#: days left from which the certificate should be renewed, and from which somebody must act today
_SOON, _NOW = 14, 3
_DAY = 86_400


def look() -> Iterator[Finding]:
    places = sorted(set(_places()))
    if not places:
        yield ok(_("Ingen adresse bruger TLS."))
    for host, port in places:
        yield of(host, port)


def of(host: str, port: int) -> Finding:
    """The findings about the certificate at this address."""
    where = f"{host}:{port}"
    advice = _("Forny certifikatet, og genindlæs proxyen (docs/running.md).")
    try:
        days = _days_left(host, port)
    except ssl.SSLCertVerificationError as fault:
        text = _("Certifikatet på %(where)s godkendes ikke: %(reason)s")
        return error(text % {"where": where, "reason": fault.verify_message}, advice)
    except OSError as fault:
        reason = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
        text = _("Certifikatet på %(where)s kan ikke læses: %(reason)s") % {"where": where, "reason": reason}
        return error(text, _("Kører proxyen, og kan adressen nås herfra?"))
    said = ngettext(
        "Certifikatet på %(where)s gælder %(days)s dag endnu.",
        "Certifikatet på %(where)s gælder %(days)s dage endnu.",
        days,
    )
    text = said % {"where": where, "days": days}
    if days < _SOON:
        return error(text, advice) if days < _NOW else warning(text, advice)
    return ok(text)


def _places() -> Iterator[tuple[str, int]]:
    for url in (settings.PUBLIC_URL, settings.LIVE_URL, settings.SIP_WEBSOCKET_URL):
        parts = urlsplit(url)
        if parts.scheme in _PORTS and parts.hostname:
            yield parts.hostname, parts.port or _PORTS[parts.scheme]


def _days_left(host: str, port: int) -> int:
    """Days until the certificate ends. Raises OSError; also SSLCertVerificationError, a subclass, when browsers would
    refuse it."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as protected,
    ):
        certificate = protected.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return int((ends - time.time()) // _DAY)
