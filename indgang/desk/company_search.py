"""Finds a company for the form of a new party, and says what is special about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.cvr import cvr_in, is_cvr
from indgang.enquiries.models import Enquiry, Party
from indgang.registers import companies, fault_words
from indgang.registers.companies import Company
from indgang.registers.contract import RegisterError

#: the page in the audit trail
PAGE = "desk.company"


@dataclass(frozen=True, slots=True)
class CompanySearch:
    """`fields` are values for the form; `sentences` are for the agent, and `is_warning` when something is wrong."""

    sentences: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)
    is_warning: bool = False


def cvr_to_look_up(text: str) -> str:
    """The CVR number that was typed, when companies can be looked up; else empty."""
    number = cvr_in(text)
    return number if companies.is_connected() and is_cvr(number) else ""


def search(text: str, *, enquiry: Enquiry, by: Person, at: datetime) -> CompanySearch:
    """Look a company up in the register, and record the look with the enquiry."""
    number = cvr_to_look_up(text)
    if not number:
        return CompanySearch((_("CVR-nummeret skal være otte cifre og er ikke gyldigt. Tjek det."),), is_warning=True)
    trail.look(by=by, at=at, subject=enquiry, page=PAGE, why=f"CVR {number}")
    try:
        found = companies.look_up(number, at=at)
    except RegisterError as error:
        return CompanySearch((f"CVR {fault_words.WORDS[error.fault]}",), is_warning=True)
    if found is None:
        return CompanySearch((_("CVR kender ikke nummeret. Tjek det."),), is_warning=True)
    fields = {"name": found.name, "cvr": found.cvr, "kind": str(Party.Kind.BUSINESS)}
    return CompanySearch(_sentences(found), fields, is_warning=found.ceased_on is not None)


def _sentences(found: Company) -> tuple[str, ...]:
    ceased = found.ceased_on and _("Ophørt %(day)s.") % {"day": date_format(found.ceased_on, "j. F Y")}
    status = found.status and _("Status i CVR: %(status)s.") % {"status": found.status}
    protected = found.is_protected and _("Reklamebeskyttet: virksomheden må ikke kontaktes med reklame.")
    address = found.address or _("CVR viser ingen adresse.")
    return tuple(str(each) for each in (ceased, status, found.form, address, protected) if each)
