"""Targets of several centres together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indgang.agreements import centres_together, cooperation
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.targets import TargetVerdict
from indgang.core.ranges import DateRange
from indgang.entry.event_kinds import Kind
from tests.agreements.agreed import TODAY, operator, target
from tests.measures.test_reading import one, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 12))


def agreement(world: World, centre: str, value: int, **changed: object) -> CooperationAgreement:
    """A signed agreement of a centre with one target for the whole of it."""
    karen = operator(world)
    row = world.centres[centre]
    row.owner, row.operator = world.units["tmf"], world.units["kff"]
    row.save()
    made = cooperation.draft(row, valid_from=TODAY, owner=world.hans, operator=karen, by=world.hans, at=MORNING)
    for kind in AgreementPart.Kind:
        cooperation.write_part(made, kind, "Tekst", by=world.hans, at=MORNING)
    values = {"enquiries_a_year": 1, "full_time": Decimal(1), "price": Decimal(1)}
    cooperation.save(made, values, by=world.hans, at=MORNING)
    target(made, world.hans, **({"level": 0, "value": Decimal(value)} | changed))
    made.refresh_from_db()
    for person in (world.hans, karen):
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    return made


def calls(queue: str, resolved: int, others: int, first: int) -> None:
    outcomes = ["resolved"] * resolved + ["other"] * others
    write(*(one(Kind.ANSWERED, 5, first + n, queue=queue, outcomes=[each]) for n, each in enumerate(outcomes)))


def test_targets_are_weighted_by_contacts_and_held_against_all_centres_together(world: World) -> None:
    both = [agreement(world, "tmf", 80), agreement(world, "bif", 50)]
    calls("tmf-byggeri", 24, 6, 1_000)
    calls("bif-erhverv", 4, 6, 2_000)
    (found,) = centres_together.of_agreements(both, MARCH)
    assert [each.verdict for each in found.parts] == [TargetVerdict.KEPT, TargetVerdict.MISSED]
    assert found.limit is not None
    assert round(found.limit.value, 6) == 72.5, "(80 * 30 + 50 * 10) / 40"
    assert (found.figure.value, found.figure.base, found.verdict) == (70, 40, TargetVerdict.MISSED)


def test_a_centre_with_few_contacts_takes_another_with_it(world: World) -> None:
    both = [agreement(world, "tmf", 80), agreement(world, "bif", 50)]
    calls("tmf-byggeri", 24, 6, 1_000)
    calls("bif-erhverv", 3, 0, 2_000)
    (found,) = centres_together.of_agreements(both, MARCH)
    assert {(each.verdict, each.figure.base) for each in found.parts} == {(TargetVerdict.TOO_FEW, 0)}
    assert found.figure.base == 33


def test_percentiles_have_no_target_together(world: World) -> None:
    more = {"kpi": "p90_answer_seconds", "aim": "at_most"}
    both = [agreement(world, "tmf", 60, **more), agreement(world, "bif", 60, **more)]
    calls("tmf-byggeri", 5, 0, 1_000)
    (found,) = centres_together.of_agreements(both, MARCH)
    assert (found.figure.value, found.limit, found.verdict) == (5, None, None)


def test_without_contacts_nothing_is_kept(world: World) -> None:
    (found,) = centres_together.of_agreements([agreement(world, "tmf", 80)], MARCH)
    assert (found.limit, found.verdict, found.figure.value) == (None, None, None)


def test_counts_that_were_signed_as_plain_numbers_are_added_as_they_were_signed(world: World) -> None:
    more = {"kpi": "contacts_arrived", "aim": "at_most"}
    both = [agreement(world, "tmf", 25, **more), agreement(world, "bif", 15, **more)]
    AgreementTarget.objects.filter(agreement__in=both).update(is_per_day=False)
    calls("tmf-byggeri", 20, 0, 1_000)
    calls("bif-erhverv", 18, 0, 2_000)
    (found,) = centres_together.of_agreements(both, MARCH)
    assert found.limit is not None
    assert (found.limit.value, found.figure.value, found.verdict) == (40, 38, TargetVerdict.KEPT)
