"""The roles of a provider's groups beside roles that somebody gives by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.accounts import claim_rules, identities, people
from indgang.accounts.claims import Claims
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.providers import OpenIDProvider
from indgang.audit.models import Change
from indgang.core import clock

pytestmark = pytest.mark.django_db
PROVIDER = OpenIDProvider(
    id="prove", name="Prøvekommunen", issuer="https://login.example", client_id="a", client_secret="b"
)


def _arrive() -> Person:
    claims = Claims(subject="subject-1", name="Nina", groups=frozenset({"kc-tmf"}))
    person = identities.arrive(PROVIDER, claims, at=clock.now())
    assert isinstance(person, Person)
    return person


def test_a_role_that_ends_where_the_same_by_hand_begins_is_given_once(world: Any) -> None:
    today, tmf = clock.today(), world.units["tmf"]
    claim_rules.add(
        provider="prove", value="kc-tmf", role="agent", unit=tmf, valid_from=today, by=world.finn, at=clock.now()
    )
    nina = _arrive()
    RoleAssignment.objects.filter(person=nina).delete()
    later = today + timedelta(days=9)
    people.give_role(nina, role="agent", unit=tmf, valid_from=later, by=world.finn, at=clock.now())
    _arrive()
    given = RoleAssignment.objects.get(person=nina, provider="prove")
    assert (given.valid_from, given.valid_to) == (today, later)
    told = Change.objects.count()
    _arrive()
    assert RoleAssignment.objects.get(person=nina, provider="prove") == given
    assert Change.objects.count() == told
