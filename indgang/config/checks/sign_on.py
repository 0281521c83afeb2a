"""Sign-on: the identity providers answer and have the right time, their certificates are valid, and people can sign in
when they are down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.accounts.protocols import CLOCK_TOLERANCE
from indgang.accounts.providers import CERTIFICATE_WARNING, OpenIDProvider, Provider, SAMLProvider
from indgang.health.finding import Finding, error, ok, warning

_SECONDS = 3.0
#: seconds of difference between the clocks from which somebody should look at it
_NEARLY = 60


def look() -> Iterator[Finding]:
    if not settings.SIGN_ON:
        yield ok(_("Ingen loginudbyder er sat op: alle logger ind med brugernavn og adgangskode."))
    for provider in settings.SIGN_ON:
        yield from of(provider)
    yield _way_in()


def of(provider: Provider) -> Iterator[Finding]:
    """The findings about one provider."""
    if isinstance(provider, SAMLProvider):
        yield _certificate(provider)
        yield _asked(provider, provider.sso_url)
    if isinstance(provider, OpenIDProvider):
        yield _asked(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")


def _asked(provider: Provider, address: str) -> Finding:
    named = {"name": provider.name}
    try:
        answer = requests.get(address, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException as fault:
        text = _("%(name)s svarer ikke: %(reason)s") % (named | {"reason": type(fault).__name__})
        return error(text, _("Prøv adressen i en browser på denne maskine. Nødkontoen virker imens."))
    if isinstance(provider, OpenIDProvider) and _issuer(answer) != provider.issuer.rstrip("/"):
        text = _("%(name)s kalder sig noget andet end udstederen i indstillingen INDGANG_SIGN_ON.") % named
        return error(text, _("Ret issuer, så den er ens med issuer i udbyderens openid-configuration."))
    return _clock(provider, answer)


def _issuer(answer: requests.Response) -> str:
    try:
        return str(answer.json()["issuer"]).rstrip("/")
    except (ValueError, KeyError, TypeError):
        return ""


def _clock(provider: Provider, answer: requests.Response) -> Finding:
    """The finding about the provider's clock, by the Date header of its answer; without one the answer itself is
    enough."""
    shown = answer.headers.get("Date")
    wrong = round(abs(time.time() - parsedate_to_datetime(shown).timestamp())) if shown else 0
    said = {"name": provider.name, "seconds": wrong}
    if wrong < _NEARLY:
        return ok(_("%(name)s svarer.") % said)
    text = _("Uret hos %(name)s og her går %(seconds)s sekunder forskelligt.") % said
    advice = _("Stil urene (NTP). Ved mere end fem minutter kan ingen logge ind.")
    return error(text, advice) if wrong > CLOCK_TOLERANCE else warning(text, advice)


def _certificate(provider: SAMLProvider) -> Finding:
    ends = provider.certificate_ends()
    left = ends.timestamp() - time.time()
    said = {"name": provider.name, "day": f"{ends:%d.%m.%Y}"}
    advice = _("Skriv udbyderens nye certifikat i indstillingen INDGANG_SIGN_ON, og genstart (docs/sign-on.md).")
    if left <= 0:
        return error(_("Certifikatet fra %(name)s er udløbet %(day)s: ingen kan logge ind der.") % said, advice)
    text = _("Certifikatet fra %(name)s gælder til %(day)s.") % said
    return warning(text, advice) if left < CERTIFICATE_WARNING.total_seconds() else ok(text)


def _way_in() -> Finding:
    """Whether somebody can sign in when the provider is down."""
    if Person.objects.filter(is_break_glass=True, is_active=True).exists():
        return ok(_("Der er en nødkonto til den dag, loginudbyderen er nede."))
    advice = _("Lav en på siden Login og sessioner, og læg adgangskoden i en lukket kuvert.")
    if settings.LOCAL_PASSWORDS != "everybody":
        return error(_("Der er ingen nødkonto, og ingen andre kan logge ind med en adgangskode."), advice)
    text = _("Der er ingen nødkonto.")
    return warning(text, advice) if settings.SIGN_ON else ok(text)
