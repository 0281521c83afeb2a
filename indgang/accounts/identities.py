"""People who come from an identity provider: they are recognised by their subject, created at their first sign-in, and
given the roles of their groups again at each sign-in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from indgang.accounts import claim_rules, people, second_factor
from indgang.accounts.claim_rules import Grant
from indgang.accounts.claims import Claims
from indgang.accounts.faults import Fault
from indgang.accounts.models import Identity, Person, RoleAssignment
from indgang.accounts.providers import Provider
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core import clock

_LONGEST_USERNAME = 60


@transaction.atomic
def arrive(provider: Provider, claims: Claims, *, at: datetime) -> Person | Fault:
    """The person who has signed in at `provider`, with the roles that their groups give today, or the reason for a
    refusal.

    Roles of groups that the person has left end in either case. A fault creates no person.
    """
    collisions.wait_for_turn("accounts_identity")
    by, today = trail.System(f"login: {provider.name}"), clock.today()
    given = claim_rules.grants(provider.id, claims.groups or (), today)
    person = _known(provider, claims, by, at)
    if person is None:
        return _first_time(provider, claims, given, by, at) if given else _without_role(claims)
    if not person.is_active:
        return Fault.CLOSED
    _follow(provider, person, claims, given, by, at)
    return person if RoleAssignment.objects.valid_on(today).filter(person=person).exists() else _without_role(claims)


def _without_role(claims: Claims) -> Fault:
    return Fault.NO_ROLE if claims.groups else Fault.NO_GROUPS


def _known(provider: Provider, claims: Claims, by: trail.Actor, at: datetime) -> Person | None:
    identity = Identity.objects.filter(provider=provider.id, subject=claims.subject).select_related("person").first()
    if identity is not None:
        identity.last_used = at
        identity.save(update_fields=["last_used"])
        found: Person = identity.person
        return found
    person = _by_email(provider, claims)
    if person is not None and person.is_active:
        _take_over(person, by, at)
        connect(person, provider, claims.subject, by=by, at=at)
    return person


def _by_email(provider: Provider, claims: Claims) -> Person | None:
    """The one person with that e-mail address who has no identity at the provider yet, if the provider's addresses are
    trusted. Never a break-glass account."""
    if not (provider.trusts_email and claims.email and claims.email_verified):
        return None
    same = Person.objects.filter(email__iexact=claims.email).exclude(identities__provider=provider.id)
    found = list(same[:2])
    return found[0] if len(found) == 1 and not found[0].is_break_glass else None


def _take_over(person: Person, by: trail.Actor, at: datetime) -> None:
    """Let every other way into the account stop working. Whoever made it may know its password, and the roles of the
    groups are given to it now."""
    people.remove_password(person, by=by, at=at)
    if person.second_factors.exists():
        second_factor.reset(person, by=by, at=at)


def connect(person: Person, provider: Provider, subject: str, *, by: trail.Actor, at: datetime) -> None:
    """From now on `subject` signs in at `provider` as `person`. Call it inside a transaction."""
    Identity.objects.create(person=person, provider=provider.id, subject=subject, connected_at=at, last_used=at)
    trail.record(by=by, at=at, action="identity.connect", target=person, after={"provider": provider.id})


def _first_time(provider: Provider, claims: Claims, given: Sequence[Grant], by: trail.Actor, at: datetime) -> Person:
    name = claims.name or claims.username or claims.email.partition("@")[0] or claims.subject
    person = people.create(
        username=_free_username(claims), name=name[:200], email=claims.email, password=None, by=by, at=at
    )
    connect(person, provider, claims.subject, by=by, at=at)
    _give(provider, person, given, by, at)
    return person


def _follow(
    provider: Provider, person: Person, claims: Claims, given: Sequence[Grant], by: trail.Actor, at: datetime
) -> None:
    """Take the name and e-mail of the provider (what it does not send stays), and the roles of the groups."""
    name, email = claims.name or person.name, claims.email or person.email
    people.edit(person, name=name, email=email, language=person.language, by=by, at=at)
    _give(provider, person, given, by, at)


def _give(provider: Provider, person: Person, given: Sequence[Grant], by: trail.Actor, at: datetime) -> None:
    """Make the roles from this provider exactly these from today. Roles that somebody gave by hand stay."""
    today = clock.today()
    given = [_until_given_by_hand(provider, person, grant, today) for grant in given]
    wanted = {(grant.place, grant.valid_to) for grant in given}
    for role in RoleAssignment.objects.filter(person=person, provider=provider.id).exclude(valid_to__lte=today):
        if ((role.role, role.unit_id), role.valid_to) not in wanted:
            people.end_role(role, on=today, by=by, at=at)
    for grant in given:
        _give_one(provider, person, grant, today, by, at)


def _give_one(provider: Provider, person: Person, grant: Grant, today: date, by: trail.Actor, at: datetime) -> None:
    """Give a role from today unless the person has it."""
    same = RoleAssignment.objects.filter(person=person, role=grant.role, unit=grant.unit)
    if same.valid_on(today).exists():
        return
    people.give_role(
        person, role=grant.role, unit=grant.unit, valid_from=today, valid_to=grant.valid_to, provider=provider.id,
        by=by, at=at,
    )  # fmt: skip


def _until_given_by_hand(provider: Provider, person: Person, grant: Grant, today: date) -> Grant:
    """The grant; it ends at the latest on the day on which the same role that somebody has given by hand begins."""
    by_hand = RoleAssignment.objects.filter(person=person, role=grant.role, unit=grant.unit, valid_from__gt=today)
    others = by_hand.exclude(provider=provider.id).order_by("valid_from").values_list("valid_from", flat=True)
    return replace(grant, valid_to=min((day for day in (grant.valid_to, others.first()) if day), default=None))


def _free_username(claims: Claims) -> str:
    """The name at the provider, in the characters that user names may have; with a number when it is taken."""
    wish = claims.username or claims.email or claims.name or claims.subject
    base = re.sub(r"[^\w.@-]+", "-", wish).strip("-")[: _LONGEST_USERNAME - 5] or "bruger"
    number = 1
    name = base
    while not people.is_free(name):
        number += 1
        name = f"{base}-{number}"
    return name
