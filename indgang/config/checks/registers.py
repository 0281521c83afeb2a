"""Registers of others: the company register answers, and the case systems of agreements in force can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.health.finding import Finding, error, ok, warning
from indgang.registers import addresses, agreements, companies
from indgang.registers.contract import RegisterError, RegisterFault
from indgang.registers.models import CaseAgreement

#: Erhvervsstyrelsen's own number
_KNOWN_CVR = "10150817"


def look() -> Iterator[Finding]:
    yield _company_register()
    yield from _case_systems()


def _company_register() -> Finding:
    if not companies.is_connected():
        return ok(_("Der slås ikke virksomheder op i CVR."))
    try:
        companies.look_up(_KNOWN_CVR, at=clock.now())
    except RegisterError as fault:
        if fault.fault is RegisterFault.REFUSED:
            return error(_("CVR afviser brugeren."), _("Ret INDGANG_CVR_USER og INDGANG_CVR_PASSWORD."))
        text = _("CVR svarer ikke, som det skal: %(reason)s") % {"reason": fault}
        return warning(text, _("Ret INDGANG_CVR_ADDRESS, eller åbn for den. Opkald går videre uden."))
    return ok(_("CVR svarer på %(address)s.") % {"address": settings.CVR_ADDRESS})


def _case_systems() -> Iterator[Finding]:
    """Without asking them: a look must have a reason, and the page of the agreement can try one."""
    rows = list(CaseAgreement.objects.valid_on(clock.today()))
    for row in rows:
        try:
            agreements.terms(row)
        except RegisterError:
            text = _("Adgangskoden til %(name)s kan ikke læses med den nuværende INDGANG_SECRET_KEY.")
            yield error(text % {"name": row.name}, _("Skriv adgangskoden ind igen under Fagsystemer."))
        if row.adapter != CaseAgreement.Adapter.DEMO and not addresses.is_allowed(row.address):
            text = _("Adressen på %(name)s må ikke læses.") % {"name": row.name}
            yield error(text, _("Føj den til INDGANG_REGISTER_ADDRESSES, eller ret den under Fagsystemer."))
    yield ok(_("Der er %(count)s aftaler om fagsystemer.") % {"count": len(rows)})
