"""The benefits of a case, by its code: its contracts, and the case computed again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.programme import known_cases, words
from indgang.programme.benefits import again, listing
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.cases.case import CaseFault


def contracts(code: str) -> QuerySet[BenefitContract]:
    """The contracts about a case, withdrawn ones too; "" for all. Raises RefusedChange for a code that neither a case
    nor a contract has."""
    rows = BenefitContract.objects.filter(case=code) if code else BenefitContract.objects.all()
    if code and not rows.exists() and not known_cases.exists(code):
        raise RefusedChange({"case": _("Der er ikke noget investeringsforslag %(code)s.") % {"code": code}})
    return rows


def computed_again(code: str, today: date) -> dict[str, Any] | None:
    """A case before and after what was measured, as plain values; None for a code that there is no case of. Raises
    RefusedChange, in the language of the moment, for a case that cannot be computed."""
    case = known_cases.required(code)
    if case is None:
        return None
    try:
        found = [again.of_case(case, today, goes_on=goes_on) for goes_on in (False, True)]
    except CaseFault as fault:
        raise RefusedChange({"": words.sentence(fault)}) from fault
    return listing.case_again(case, *found)
