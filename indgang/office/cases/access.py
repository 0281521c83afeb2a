"""Which cases a person sees."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.permissions import Permission as P
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.library import SHIPPED, shipped

SEE = (P.SEE_FIGURES,)


def case_for(code: str) -> BusinessCase:
    if code not in SHIPPED:
        raise Http404
    return shipped(code)
