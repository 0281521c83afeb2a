"""Whose settlements a person may see and decide on.

Settlements are between owners: whoever operates a centre for another does not see them. The owner's side sees all of a
statement, and the answering side what its centre answered. Only the owner's side, with the right to the catalogue,
agrees on terms and closes months.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.models import SettlementStatement, SettlementTerms, StatementLine
from indgang.measures.settlement import statements
from indgang.measures.settlement.prices import SettlementLine, SettlementSum

SEE, DECIDE = Permission.SEE_FIGURES, Permission.EDIT_CATALOGUE


@dataclass(frozen=True, slots=True)
class VisibleCentres:
    """The centres (codes) whose figures a person may see."""

    codes: frozenset[str]

    def of(self, owner: str, lines: list[SettlementLine]) -> list[SettlementLine]:
        """The counted lines of a settlement of `owner` that the person may see."""
        return lines if owner in self.codes else [line for line in lines if line.answered_by in self.codes]

    def lines_of(self, statement: SettlementStatement) -> QuerySet[StatementLine]:
        """The lines of a statement that the person may see."""
        rows = statement.lines.order_by("id")
        return rows if statement.owner.code in self.codes else rows.filter(answered_by__in=self.codes)

    def with_sums(self, shown: Iterable[SettlementStatement]) -> list[tuple[SettlementStatement, SettlementSum]]:
        """Each statement with the sum of what the person may see of it: the whole, or the lines of their centres."""
        shown = list(shown)
        others = [each for each in shown if each.owner.code not in self.codes]
        parts = StatementLine.objects.filter(statement__in=others, answered_by__in=self.codes)
        sums = {each.pk: _whole(each) for each in shown if each not in others} | statements.sums_by_statement(parts)
        return [(each, sums[each.pk]) for each in shown]


def _whole(statement: SettlementStatement) -> SettlementSum:
    return SettlementSum(calls=statement.calls, net=statement.net, vat=statement.vat)


def seen_by(person: Person) -> VisibleCentres:
    return VisibleCentres(frozenset(_owned(person, SEE).values_list("code", flat=True)))


def terms_of(person: Person) -> QuerySet[SettlementTerms]:
    """The terms of the person's centres with others, on either side."""
    codes = seen_by(person).codes
    sides = Q(owner__code__in=codes) | Q(answered_by__code__in=codes) | (Q(answered_by=None) if codes else Q(pk=None))
    found: QuerySet[SettlementTerms] = SettlementTerms.objects.filter(sides).select_related("owner", "answered_by")
    return found


def terms_to_decide(person: Person, pk: int) -> SettlementTerms:
    """Raises Http404 when they do not exist or another centre decides on them."""
    rows = SettlementTerms.objects.filter(owner__in=centres_to_decide(person)).select_related("owner", "answered_by")
    found: SettlementTerms | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def centres_to_decide(person: Person) -> list[ContactCentre]:
    return list(_owned(person, DECIDE).order_by("name"))


def owner(person: Person, code: str, permission: Permission = SEE) -> ContactCentre:
    """Raises Http404 when the centre does not exist or is another's."""
    found = _owned(person, permission).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def statements_of(person: Person) -> QuerySet[SettlementStatement]:
    """The statements of the person's centres, and those with lines of them."""
    codes = seen_by(person).codes
    answered = SettlementStatement.objects.filter(lines__answered_by__in=codes).values("pk")
    return SettlementStatement.objects.filter(Q(owner__code__in=codes) | Q(pk__in=answered)).select_related(
        "owner", "corrects"
    )


def _owned(person: Person, permission: Permission) -> QuerySet[ContactCentre]:
    """The centres of today for whose owner the person has `permission`."""
    centres = ContactCentre.objects.valid_on(clock.today()).filter(owner__in=units_of(person, permission))
    found: QuerySet[ContactCentre] = centres.select_related("owner", "operator", "schedule")
    return found


def statement(person: Person, number: int) -> SettlementStatement:
    """Raises Http404 when there is none with this number or the person's centres are not in it."""
    found = statements_of(person).filter(number=number).first()
    if found is None:
        raise Http404
    return found
