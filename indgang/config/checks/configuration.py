"""Settings: unknown names, invalid values, and values that contradict each other."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.config import environment
from indgang.config.supervisor import split
from indgang.health.finding import Finding, error, ok, warning
from indgang.messaging.sms import gatewayapi, gateways

#: read outside the settings: by the start of the product, by tests, and by Asterisk's channels
_READ_ELSEWHERE = frozenset(("INDGANG_ASTERISK_ROOT", "INDGANG_CLOCK_OFFSET"))
_OF_TESTS = "_TEST_"
_EXCHANGES = ("simulator", "asterisk")
#: who an SMS can come from: letters and digits, or a number
_SENDER = re.compile(r"[A-Za-z0-9 ]{1,11}|[0-9]{1,15}")
#: characters of a secret for HS256 (RFC 7518, section 3.2)
_SHORTEST_SECRET = 32
#: the similarity, from 0 to 1, from which an unknown name is taken for a misspelt one
_ALIKE = 0.75


def look() -> Iterator[Finding]:
    found = [*_unknown(), *_bad(), *_addresses(), *_together(), *_sms(), *_static_files()]
    yield from found or [ok(_("Alle indstillinger kan bruges."))]


def _unknown() -> Iterator[Finding]:
    known = environment.asked | _READ_ELSEWHERE
    for name in sorted(os.environ):
        # some settings are themselves paths of files
        if not name.startswith("INDGANG_") or _OF_TESTS in name or known & {name, name.removesuffix("_FILE")}:
            continue
        near = difflib.get_close_matches(name.removesuffix("_FILE"), known, n=1, cutoff=_ALIKE)
        advice = (
            _("Mente du %(name)s?") % {"name": near[0]} if near else _("Fjern den, eller se navnene i .env.sample.")
        )
        yield warning(_("%(name)s er ingen indstilling og gør ingen forskel.") % {"name": name}, advice)


def _bad() -> Iterator[Finding]:
    for fault in environment.faults:
        yield error(fault, _("Ret den: produktet starter ikke med den."))
    for name in settings.EXCHANGES:
        if name and name not in _EXCHANGES:
            text = _("INDGANG_EXCHANGES nævner %(name)s, som ikke findes.") % {"name": repr(name)}
            yield error(text, _("Skriv simulator, asterisk eller begge med komma imellem."))


def _addresses() -> Iterator[Finding]:
    for name, address in (
        ("INDGANG_WEB_ADDRESS", settings.WEB_ADDRESS),
        ("INDGANG_LIVE_ADDRESS", settings.LIVE_ADDRESS),
    ):
        if not _is_listening_address(address):
            text = _("%(name)s er ingen adresse.") % {"name": name}
            yield error(text, _("Skriv vært og port, fx 127.0.0.1:8000."))
    for name, url, schemes in _urls():
        if url and (urlsplit(url).scheme not in schemes or not urlsplit(url).hostname):
            text = _("%(name)s er ingen adresse, som browsere kan bruge.") % {"name": name}
            yield error(
                text, _("Den skal begynde med %(schemes)s.") % {"schemes": " / ".join(f"{s}://" for s in schemes)}
            )


def _urls() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return (
        ("INDGANG_PUBLIC_URL", settings.PUBLIC_URL, ("https", "http")),
        ("INDGANG_LIVE_URL", settings.LIVE_URL, ("https", "http")),
        ("INDGANG_SIP_WEBSOCKET_URL", settings.SIP_WEBSOCKET_URL, ("wss", "ws")),
    )


def _is_listening_address(address: str) -> bool:
    try:
        return 0 < split(address)[1] < 65536
    except ValueError:
        return False


def _together() -> Iterator[Finding]:
    """Combinations of settings that are not allowed, although each setting is."""
    public = urlsplit(settings.PUBLIC_URL)
    if not _is_served(public.hostname or ""):
        text = _("Værten i INDGANG_PUBLIC_URL står ikke i INDGANG_HOSTS, så siderne afviser den.")
        yield error(text, _("Føj værten til INDGANG_HOSTS."))
    if public.scheme == "https":
        yield from _behind_tls()
    if settings.DEMO is False and settings.DEBUG:
        yield error(_("INDGANG_DEBUG er slået til: fejlsider viser koden."), _("Slå den fra i drift."))
    if bool(settings.OWNER_DATABASE_URL) != bool(settings.RETENTION_DATABASE_URL) and not _is_withheld():
        text = _("Kun den ene af INDGANG_OWNER_DATABASE_URL og INDGANG_RETENTION_DATABASE_URL er sat.")
        yield warning(text, _("Sæt begge eller ingen af dem (docs/adr/0018)."))
    if not Path(settings.VAR).is_absolute():
        text = _("INDGANG_VAR er en relativ sti, så mappen afhænger af, hvor processen starter.")
        yield warning(text, _("Skriv hele stien."))


def _sms() -> Iterator[Finding]:
    """Whether SMS can leave, and whether what the gateway reports can be taken."""
    if settings.SMS_GATEWAY == gateways.SIMULATOR and not settings.DEMO:
        text = _("INDGANG_SMS_GATEWAY er simulator: sms'er går til prøvetelefoner og ikke til borgere.")
        yield warning(text, _("Sæt INDGANG_SMS_GATEWAY=gatewayapi."))
    if settings.SMS_GATEWAY != gateways.GATEWAYAPI:
        return
    if not settings.SMS_TOKEN:
        yield error(_("INDGANG_SMS_TOKEN mangler, så gatewayen afviser alle sms'er."), _("Lav en nøgle hos gatewayen."))
    if not gatewayapi.is_safe(settings.SMS_ADDRESS):
        text = _("INDGANG_SMS_ADDRESS er ikke en https-adresse, så ingen sms bliver sendt.")
        yield error(text, _("Skriv for eksempel https://gatewayapi.eu."))
    if not _SENDER.fullmatch(settings.SMS_SENDER):
        text = _("INDGANG_SMS_SENDER kan ikke stå som afsender.")
        yield error(text, _("Skriv højst 11 bogstaver og cifre, eller et nummer med højst 15 cifre."))
    if len(settings.SMS_WEBHOOK_SECRET) < _SHORTEST_SECRET:
        text = _("INDGANG_SMS_WEBHOOK_SECRET er tom eller kort: kvitteringer og svar på sms kan ikke stoles på.")
        yield warning(text, _("Sæt den samme hemmelighed på mindst 32 tegn her og i gatewayens webhook."))


def _static_files() -> Iterator[Finding]:
    """Pages refer to static files by names that contain a hash of the content; without the list of those names they
    fail."""
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        text = _("De statiske filer er ikke samlet i %(folder)s: siderne ender i en fejl.")
        advice = _("Kør: indgang collectstatic --noinput, eller ret INDGANG_STATIC_FOLDER.")
        yield error(text % {"folder": settings.STATIC_ROOT}, advice)


def _behind_tls() -> Iterator[Finding]:
    if not settings.SECURE_COOKIES:
        text = _("Siderne nås med https, men INDGANG_SECURE_COOKIES er ikke true: cookies sendes også ukrypteret.")
        yield error(text, _("Sæt INDGANG_SECURE_COOKIES=true."))
    if re.match(r"ws://(?!127\.0\.0\.1|localhost)", settings.SIP_WEBSOCKET_URL):
        text = _("Siderne nås med https, men browserens telefon med ws://, som browsere ikke tillader.")
        yield error(text, _("Sæt INDGANG_SIP_WEBSOCKET_URL til en wss-adresse (docs/proxy.md)."))
    if settings.PROXIES == 0:
        text = _("Siderne nås med https, men INDGANG_PROXIES er 0: alle ser ud til at komme fra samme adresse.")
        yield warning(text, _("Sæt INDGANG_PROXIES til antallet af proxyer foran (docs/proxy.md)."))


def _is_served(host: str) -> bool:
    patterns = [each.strip().lower() for each in settings.ALLOWED_HOSTS]
    return any(each in ("*", host) or (each.startswith(".") and f".{host}".endswith(each)) for each in patterns)


def _is_withheld() -> bool:
    """Whether the owner's URL is withheld from this process, as `indgang up` does (config/database_roles.py)."""
    return environment.OWNER in os.environ and not os.environ[environment.OWNER]
