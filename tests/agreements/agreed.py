"""Cooperation agreements about the TMF centre between Hans (owner) and Karen, who leads the operator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from indgang.accounts.models import Person, RoleAssignment
from indgang.agreements import cooperation
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.core.clock import day_of
from tests.world import MORNING, World

TODAY = day_of(MORNING)


def operator(world: World) -> Person:
    """Karen, who may sign for the unit that operates the centre, and sees nothing of its owner."""
    karen: Person
    karen, made = Person.objects.get_or_create(username="karen", defaults={"name": "Karen Kildevang"})
    if made:
        karen.password = world.hans.password
        karen.save()
        RoleAssignment.objects.create(person=karen, role="agreement_party", unit=world.units["kff"])
    world.people["karen"] = karen
    return karen


def draft(world: World, valid_from: date = TODAY) -> CooperationAgreement:
    return cooperation.draft(
        world.centres["tmf"], valid_from=valid_from, owner=world.hans, operator=operator(world), by=world.hans,
        at=MORNING,
    )  # fmt: skip


def target(agreement: CooperationAgreement, by: Person, **changed: object) -> AgreementTarget:
    values = {
        "kpi": "first_contact_resolution", "level": 1, "service": None, "aim": "at_least", "value": Decimal(70),
        "is_floor": False,
    }  # fmt: skip
    return cooperation.save_target(AgreementTarget(agreement=agreement), values | changed, by=by, at=MORNING)


def written(world: World, valid_from: date = TODAY) -> CooperationAgreement:
    """A draft that can be signed."""
    made = draft(world, valid_from)
    for kind in AgreementPart.Kind:
        cooperation.write_part(made, kind, f"Om {kind.label}", by=world.hans, at=MORNING)
    target(made, world.hans)
    values = {"enquiries_a_year": 70_000, "full_time": Decimal(9), "price": Decimal(4_950_000)}
    return cooperation.save(made, values, by=world.hans, at=MORNING)


def signed(world: World, valid_from: date = TODAY) -> CooperationAgreement:
    made = written(world, valid_from)
    for person in (made.owner, made.operator):
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    return made
