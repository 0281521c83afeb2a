"""The certificates of the addresses that people and telephones use: whether they are trusted, for the right name, and
for how much longer."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.core.clock import COPENHAGEN
from indgang.health.finding import Finding, error, ok, warning

_SECONDS = 3.0
_PORTS = {"https": 443, "wss": 443}
#: days left from which the certificate should be renewed, and from which somebody must act today
_SOON, _NOW = 14, 3
_DAY = timedelta(days=1)


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
        ends = _ends(host, port)
    except ssl.SSLCertVerificationError as fault:
        text = _("Certifikatet på %(where)s godkendes ikke: %(reason)s")
        return error(text % {"where": where, "reason": fault.verify_message}, advice)
    except OSError as fault:
        reason = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
        text = _("Certifikatet på %(where)s kan ikke læses: %(reason)s") % {"where": where, "reason": reason}
        return error(text, _("Kører proxyen, og kan adressen nås herfra?"))
    # the machine's own clock, as browsers compare: a demo's clock may be moved
    left = ends - datetime.fromtimestamp(time.time(), UTC)
    text = _sentence(where, ends, left)
    if left < _SOON * _DAY:
        return error(text, advice) if left < _NOW * _DAY else warning(text, advice)
    return ok(text)


def _sentence(where: str, ends: datetime, left: timedelta) -> str:
    if left < _DAY:
        text = _("Certifikatet på %(where)s udløber inden for et døgn, kl. %(time)s. Så kan ingen komme ind.")
        return text % {"where": where, "time": f"{ends.astimezone(COPENHAGEN):%H.%M}"}
    said = ngettext(
        "Certifikatet på %(where)s gælder %(days)s dag endnu.",
        "Certifikatet på %(where)s gælder %(days)s dage endnu.",
        left.days,
    )
    return said % {"where": where, "days": left.days}


def _places() -> Iterator[tuple[str, int]]:
    for url in (settings.PUBLIC_URL, settings.LIVE_URL, settings.SIP_WEBSOCKET_URL):
        parts = urlsplit(url)
        if parts.scheme in _PORTS and parts.hostname:
            yield parts.hostname, parts.port or _PORTS[parts.scheme]


def _ends(host: str, port: int) -> datetime:
    """The end of the certificate. Raises OSError; also SSLCertVerificationError, a subclass, when browsers would
    refuse it."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as protected,
    ):
        certificate = protected.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
