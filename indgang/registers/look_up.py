"""Looks cases up for a person: by an agreement alone, and with the look in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.core.cvr import cvr_in, is_cvr
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.registers import agreements, asking
from indgang.registers.contract import Case, RegisterError, RegisterFault, SearchBy
from indgang.registers.models import CaseAgreement

_LONGEST_NUMBER = 60

WORDS: dict[SearchBy, str | Promise] = {
    SearchBy.NUMBER: gettext_lazy("sagsnummer"),
    SearchBy.CVR: gettext_lazy("CVR-nummer"),
    SearchBy.TELEPHONE: gettext_lazy("telefonnummer"),
}


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What one system has answered; with a `fault` there are no cases."""

    agreement: CaseAgreement
    by: SearchBy
    value: str
    cases: tuple[Case, ...] = ()
    fault: RegisterFault | None = None


def look_up(
    agreement: CaseAgreement,
    search: SearchBy,
    value: str,
    *,
    subject: models.Model,
    page: str,
    by: Person,
    at: datetime,
) -> CaseAnswer:
    """Ask the system of an agreement, and record who saw which cases. `subject` is the enquiry that it is about.

    A fault of the other system is a part of the answer. Raises RefusedChange (field `value`) for a value that cannot be
    looked up, for a search that the agreement does not give, and outside its time.
    """
    asked = searched(search, value)
    if search not in agreement.searches or not agreement.valid_on(day_of(at)):
        raise RefusedChange({"value": _("Aftalen giver ikke adgang til at søge på den måde.")})
    answer = _ask(agreement, search, asked, at)
    trail.look(by=by, at=at, subject=subject, page=page, why=_why(answer))
    return answer


def searched(search: SearchBy, value: str) -> str:
    """The value as systems get it. Raises RefusedChange for one that cannot be looked up."""
    if search is SearchBy.CVR:
        found = cvr_in(value)
        if not is_cvr(found):
            raise RefusedChange({"value": _("CVR-nummeret skal være otte cifre og er ikke gyldigt. Tjek det.")})
        return found
    return _telephone(value) if search is SearchBy.TELEPHONE else _case_number(value)


def _telephone(value: str) -> str:
    try:
        number = phone_numbers.normalise(value)
    except phone_numbers.NumberError:
        number = phone_numbers.ANONYMOUS
    if not number.startswith("+"):
        raise RefusedChange({"value": _("Det er ikke et telefonnummer, man kan finde sager på.")})
    return number


def _case_number(value: str) -> str:
    number = " ".join(value.split())
    if not number:
        raise RefusedChange({"value": _("Skriv et sagsnummer.")})
    if len(number) > _LONGEST_NUMBER or not number.isprintable():
        raise RefusedChange({"value": _("Sagsnummeret er for langt.")})
    if has_cpr(number):
        raise RefusedChange({"value": _("Søg på sagsnummeret, ikke på et CPR-nummer.")})
    return number


def _ask(agreement: CaseAgreement, search: SearchBy, value: str, at: datetime) -> CaseAnswer:
    try:
        system = agreements.system(agreement)
        found = asking.ask(agreements.key(agreement), lambda: system.find(search, value), at=at)
    except RegisterError as error:
        return CaseAnswer(agreement, search, value, fault=error.fault)
    return CaseAnswer(agreement, search, value, tuple(found))


def _why(answer: CaseAnswer) -> str:
    """What was asked and seen, for the audit trail, which outlives telephone numbers: those are not written there."""
    asked = f"{WORDS[answer.by]} {answer.value if answer.by is not SearchBy.TELEPHONE else ''}".strip()
    seen = ", ".join(case.number for case in answer.cases) or (_("intet svar") if answer.fault else _("ingen sager"))
    return f"{answer.agreement.name}: {asked}. {seen}"
