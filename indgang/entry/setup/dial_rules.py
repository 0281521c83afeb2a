"""Which numbers outside the holders of a role may call: the rules as administrators set them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.roles import ROLES
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core.dial_rules import DialRule, NumberKind
from indgang.entry.models import RoleDialRule
from indgang.entry.setup.changes import record_change

_FIELDS = ("kinds", "countries", "longest_minutes", "at_once", "own_numbers")


def by_person(day: date) -> dict[int, tuple[DialRule, ...]]:
    """The rules of everybody who has a role with a rule on this day."""
    rules = {row.role: _rule(row) for row in RoleDialRule.objects.all()}
    found: dict[int, set[str]] = defaultdict(set)
    for person, role in RoleAssignment.objects.valid_on(day).filter(role__in=rules).values_list("person", "role"):
        found[person].add(role)
    return {person: tuple(rules[role] for role in sorted(roles)) for person, roles in found.items()}


def of_person(person: Person, day: date) -> tuple[DialRule, ...]:
    """The rules of this person's roles on the day."""
    return by_person(day).get(person.pk, ())


@transaction.atomic
def put(role: str, *, rule: DialRule, by: Person, at: datetime) -> RoleDialRule:
    """Let this rule hold for the role from now on. Raises LookupError for a role that is none."""
    ROLES[role]
    collisions.wait_for_turn(f"dial rule {role}")
    row = RoleDialRule.objects.filter(role=role).first() or RoleDialRule(role=role)
    before = trail.values_of(row, _FIELDS) if row.pk else None
    row.kinds, row.countries = sorted(rule.kinds), sorted(rule.countries)
    row.longest_minutes, row.at_once = rule.longest_seconds // 60, rule.at_once
    row.own_numbers = rule.own_numbers
    row.save()
    record_change("dial_rule.put", row, by=by, at=at, before=before, after=trail.values_of(row, _FIELDS))
    return row


@transaction.atomic
def remove(role: str, *, by: Person, at: datetime) -> None:
    """The role is not limited any more; nothing happens when it was not."""
    row = RoleDialRule.objects.select_for_update().filter(role=role).first()
    if row is not None:
        before = trail.values_of(row, _FIELDS)
        record_change("dial_rule.remove", row, by=by, at=at, before=before)
        row.delete()


def _rule(row: RoleDialRule) -> DialRule:
    known = {kind.value for kind in NumberKind}
    return DialRule(
        role=row.role,
        kinds=frozenset(NumberKind(kind) for kind in row.kinds if kind in known),
        countries=frozenset(row.countries),
        longest_seconds=60 * row.longest_minutes,
        at_once=row.at_once,
        own_numbers=row.own_numbers,
    )
