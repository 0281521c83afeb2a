"""Cooperation agreements: drafted by either party, signed by both, never changed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from indgang.accounts import two_parties
from indgang.agreements import agreed_prices, cooperation, differences
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.words import price_of, terms_words
from indgang.audit.models import Change
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.measures import definitions
from tests.agreements.agreed import TODAY, draft, operator, signed, target, written
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
NEXT_YEAR = TODAY + timedelta(days=365)


def test_it_is_in_force_when_both_parties_have_signed(world: World) -> None:
    agreement = written(world)
    once = cooperation.sign(agreement, revision=agreement.revision, by=world.hans, at=MORNING)
    assert two_parties.in_force(CooperationAgreement, world.centres["tmf"], TODAY) is None
    assert [each.name for each in once.yet_to_sign] == ["Karen Kildevang"]
    twice = cooperation.sign(agreement, revision=agreement.revision, by=operator(world), at=MORNING)
    assert two_parties.in_force(CooperationAgreement, world.centres["tmf"], TODAY) == twice
    assert twice.state_on(TODAY) == "in_force"


@pytest.mark.parametrize("missing", ["part", "target", "price"])
def test_nothing_is_signed_while_a_part_a_target_or_the_price_is_missing(world: World, missing: str) -> None:
    agreement = written(world)
    if missing == "part":
        cooperation.write_part(agreement, AgreementPart.Kind.TOOLS, "", by=world.hans, at=MORNING)
    elif missing == "target":
        cooperation.remove_target(agreement.targets.get(), by=world.hans, at=MORNING)
    else:
        cooperation.save(agreement, {"price": None}, by=world.hans, at=MORNING)
    agreement.refresh_from_db()
    with pytest.raises(RefusedChange):
        cooperation.sign(agreement, revision=agreement.revision, by=world.hans, at=MORNING)


def test_a_change_of_the_draft_withdraws_the_signature(world: World) -> None:
    agreement = written(world)
    read = agreement.revision
    cooperation.sign(agreement, revision=read, by=world.hans, at=MORNING)
    cooperation.write_part(agreement, AgreementPart.Kind.TASKS, "Noget andet", by=operator(world), at=MORNING)
    agreement.refresh_from_db()
    assert len(agreement.yet_to_sign) == 2
    with pytest.raises(EditedMeanwhile):
        cooperation.sign(agreement, revision=read, by=operator(world), at=MORNING)


def test_the_same_text_again_is_no_change(world: World) -> None:
    agreement = written(world)
    cooperation.sign(agreement, revision=agreement.revision, by=world.hans, at=MORNING)
    text = agreement.parts.get(kind="tasks").text
    cooperation.write_part(agreement, AgreementPart.Kind.TASKS, text, by=world.hans, at=MORNING)
    agreement.refresh_from_db()
    assert [each.name for each in agreement.yet_to_sign] == ["Karen Kildevang"]


@pytest.mark.parametrize("act", ["part", "terms", "target", "discard"])
def test_a_signed_agreement_is_never_changed(world: World, act: str) -> None:
    agreement = signed(world)
    acts: dict[str, Any] = {
        "part": lambda: cooperation.write_part(agreement, "tasks", "x", by=world.hans, at=MORNING),
        "terms": lambda: cooperation.save(agreement, {"price": Decimal(1)}, by=world.hans, at=MORNING),
        "target": lambda: target(agreement, world.hans, kpi="transfers", aim="at_most"),
        "discard": lambda: cooperation.discard(agreement, by=world.hans, at=MORNING),
    }
    with pytest.raises(RefusedChange, match="kan ikke ændres"):
        acts[act]()


def test_a_new_version_begins_as_a_copy_and_takes_over_on_its_first_day(world: World) -> None:
    first = signed(world)
    later = draft(world, NEXT_YEAR)
    assert later.price == first.price
    assert later.parts.count() == 6
    cooperation.save_target(
        later.targets.get(), _values(later.targets.get(), value=Decimal(75)), by=world.hans, at=MORNING
    )
    cooperation.save(later, {"price": Decimal(4_800_000)}, by=world.hans, at=MORNING)
    cooperation.write_part(later, AgreementPart.Kind.TOOLS, "Nye redskaber", by=world.hans, at=MORNING)
    later.refresh_from_db()
    for person in (world.hans, operator(world)):
        cooperation.sign(later, revision=later.revision, by=person, at=MORNING)
    first.refresh_from_db()
    assert first.valid_to == NEXT_YEAR
    assert [(each.heading, each.now) for each in differences.between(first, later)] == [
        ("Redskaber", "Nye redskaber"),
        ("Pris om året", "4.800.000,00 kr."),
        ("Pris for hver henvendelse", "68,57 kr."),
        ("Mål", "Straksafklaring, 1st level: mindst 75 % (first_contact_resolution v1)"),
    ]


def _values(row: AgreementTarget, **changed: object) -> dict[str, object]:
    names = ("kpi", "level", "service", "aim", "value", "is_floor")
    return {name: getattr(row, name) for name in names} | changed


def test_a_version_that_is_taken_back_before_it_begins_leaves_the_earlier_one_as_it_was(world: World) -> None:
    first = signed(world)
    later = draft(world, NEXT_YEAR)
    for person in (world.hans, operator(world)):
        later = cooperation.sign(later, revision=later.revision, by=person, at=MORNING)
    assert not cooperation.end(later, on=NEXT_YEAR, by=world.hans, at=MORNING)
    first.refresh_from_db()
    assert first.valid_to is None


def test_a_target_names_the_version_of_its_definition(world: World) -> None:
    agreement = draft(world)
    made = target(agreement, world.hans, kpi="service_level_sl4", value=Decimal(80))
    assert (made.kpi, made.version) == ("service_level_sl4", 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kpi": "weather"}, "kpi"),
        ({"value": Decimal(101)}, "value"),
        ({"kpi": "average_answer_seconds", "aim": "down", "value": Decimal(101)}, "value"),
        ({"value": Decimal(-1)}, "value"),
        ({"is_floor": True, "aim": "at_most"}, "is_floor"),
        ({"is_floor": True, "aim": "up"}, "is_floor"),
        ({"is_floor": True, "kpi": "given_up"}, "is_floor"),
        ({"kpi": "occupancy", "channel": "phone"}, "channel"),
        ({"kpi": "cost_per_contact", "level": 1}, "level"),
        ({"kpi": "cost_per_contact", "level": 0, "is_floor": True, "aim": "at_most"}, "service"),
    ],
)
def test_a_target_that_cannot_be_is_refused_at_its_field(world: World, changed: dict[str, object], field: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        target(draft(world), world.hans, **changed)
    assert list(refused.value.reasons) == [field]


def test_a_kpi_has_one_target_for_each_level_and_service_and_one_floor(world: World) -> None:
    agreement = draft(world)
    target(agreement, world.hans)
    target(agreement, world.hans, level=2)
    target(agreement, world.hans, service=world.services["arrangement"])
    target(agreement, world.hans, is_floor=True, value=Decimal(40))
    with pytest.raises(RefusedChange):
        target(agreement, world.hans, value=Decimal(60))


def test_only_who_stands_for_the_units_may_sign(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        cooperation.draft(
            world.centres["tmf"], valid_from=TODAY, owner=operator(world), operator=world.hans, by=world.hans,
            at=MORNING,
        )  # fmt: skip
    assert list(refused.value.reasons) == ["owner"]
    agreement = written(world)
    with pytest.raises(RefusedChange, match="Kun de to"):
        cooperation.sign(agreement, revision=agreement.revision, by=world.finn, at=MORNING)


def test_one_person_is_not_both_parties(world: World) -> None:
    with pytest.raises(RefusedChange):
        cooperation.draft(
            world.centres["tmf"], valid_from=TODAY, owner=world.finn, operator=world.finn, by=world.finn, at=MORNING
        )


def test_a_centre_has_one_draft(world: World) -> None:
    draft(world)
    with pytest.raises(RefusedChange):
        draft(world, NEXT_YEAR)


def test_a_floor_holds_for_every_service_and_not_for_one(world: World) -> None:
    agreement = draft(world)
    with pytest.raises(RefusedChange):
        target(agreement, world.hans, is_floor=True, service=world.services["arrangement"])
    assert target(agreement, world.hans, is_floor=True, kpi="given_up", aim="at_most").is_floor


def test_targets_name_the_version_that_holds_on_the_first_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    agreement = written(world)
    first = next(each for each in definitions.DEFINITIONS if each.code == "first_contact_resolution")
    second = replace(first, version=2, valid_from=NEXT_YEAR)
    monkeypatch.setattr(definitions, "DEFINITIONS", (*definitions.DEFINITIONS, second))
    assert agreement.targets.get().version == 1
    cooperation.save(agreement, {"valid_from": NEXT_YEAR}, by=world.hans, at=MORNING)
    assert agreement.targets.get().version == 2


def test_a_change_of_the_centre_changes_no_agreement(world: World) -> None:
    agreement, centre = signed(world), world.centres["tmf"]
    centre.operator = world.units["bif"]
    centre.save()
    agreement.refresh_from_db()
    assert agreement.operator_unit == world.units["kff"]


def test_a_fall_in_price_happens_once_whoever_writes_a_new_version(world: World) -> None:
    agreement = written(world)
    falls = {"price_falls_percent": Decimal(10), "price_falls_after_years": 3}
    agreement = cooperation.save(agreement, falls, by=world.hans, at=MORNING)
    for person in (world.hans, operator(world)):
        cooperation.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    second = draft(world, date(TODAY.year + 2, TODAY.month, TODAY.day))
    assert (second.price, second.price_falls_after_years) == (Decimal(4_950_000), 3)
    assert second.price_began == agreement.valid_from
    cooperation.discard(second, by=world.hans, at=MORNING)
    fourth = draft(world, date(TODAY.year + 3, TODAY.month, TODAY.day))
    assert (fourth.price, fourth.price_falls_percent) == (Decimal(4_455_000), Decimal(0))


def test_the_price_falls_after_three_years_also_when_each_half_year_has_its_own_version(world: World) -> None:
    first = cooperation.save(
        written(world), {"price_falls_percent": Decimal(10), "price_falls_after_years": 3}, by=world.hans, at=MORNING
    )
    latest = signed_by_both(world, first)
    for day in (date(2026, 9, 11), date(2027, 3, 11), date(2028, 9, 11)):
        latest = signed_by_both(world, draft(world, day))
        assert (latest.valid_from, latest.price_began) == (day, first.valid_from)
    falls = date(2029, 3, 11)
    days = [price_of(latest).of_days(latest.price_began, day, day + timedelta(days=1))
            for day in (falls - timedelta(days=1), falls)]  # fmt: skip
    assert days == [Decimal("13561.64"), Decimal("12205.48")], "a day of 4.95 million a year, and ten per cent less"
    days_of_both = falls - timedelta(days=1), falls
    (priced,) = agreed_prices.priced_days({"tmf"}, *days_of_both, today=falls + timedelta(days=1))
    assert [round(each, 2) for each in priced.kroner.values()] == days, "and the figure of costs says the same"
    assert dict(terms_words(latest))["Prisen falder"] == dict(terms_words(first))["Prisen falder"]
    fifth = draft(world, date(2029, 1, 1))
    with pytest.raises(RefusedChange) as refused:
        cooperation.save(fifth, {"price_from": date(2031, 1, 1)}, by=world.hans, at=MORNING)
    assert list(refused.value.reasons) == ["price_from"]


def signed_by_both(world: World, agreement: CooperationAgreement) -> CooperationAgreement:
    for person in (world.hans, operator(world)):
        agreement = cooperation.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    return agreement


def test_signs_that_the_pdf_cannot_show_are_refused_while_they_can_be_changed(world: World) -> None:
    with pytest.raises(RefusedChange, match="😀"):
        cooperation.write_part(draft(world), AgreementPart.Kind.TASKS, "Tak 😀", by=world.hans, at=MORNING)


def test_a_draft_stays_between_its_parties_when_the_centre_gets_another_operator(world: World) -> None:
    agreement, centre = written(world), world.centres["tmf"]
    centre.operator = world.units["bif"]
    centre.save()
    agreement.refresh_from_db()
    for person in (world.hans, operator(world)):
        agreement = cooperation.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    assert agreement.is_signed


def test_an_agreement_ends_when_its_centre_moves_to_another_party(world: World) -> None:
    made, later = signed(world), MORNING + timedelta(days=10)
    changes.save(made.centre, {"site": "Et andet sted"}, by=world.hans, at=later)
    made.refresh_from_db()
    assert made.valid_to is None, "the same parties"
    changes.save(made.centre, {"operator": world.units["tmf"]}, by=world.hans, at=later)
    made.refresh_from_db()
    assert made.valid_to == day_of(later)
    assert two_parties.in_force(CooperationAgreement, made.centre, day_of(later)) is None


def test_an_agreement_that_has_not_begun_goes_when_its_centre_moves(world: World) -> None:
    made = signed(world, TODAY + timedelta(days=20))
    changes.save(made.centre, {"operator": world.units["tmf"]}, by=world.hans, at=MORNING)
    assert not CooperationAgreement.objects.filter(pk=made.pk).exists()


def test_the_upgrade_ends_agreements_of_former_parties_in_the_trail_and_not_those_of_a_unit_under_another_code(
    world: World,
) -> None:
    agreement, centre = signed(world), world.centres["tmf"]
    same = Unit.objects.create(code="tmf-ny", name=centre.owner.name, kind=centre.owner.kind, path="kk/tmf-ny/")
    upgrade = import_module("indgang.agreements.migrations.0005_former_parties")._END
    for owner, is_ended in ((same, False), (world.units["kff"], True)):
        ContactCentre.objects.filter(pk=centre.pk).update(owner=owner)
        with connection.cursor() as own:
            own.execute(upgrade)
        agreement.refresh_from_db()
        written_down = Change.objects.filter(by_id="system:upgrade", target_id=str(agreement.pk))
        assert ((agreement.valid_to is not None), written_down.count()) == (is_ended, int(is_ended))
    row = written_down.get()
    assert (row.before, row.after) == ({"valid_to": None}, {"valid_to": str(agreement.valid_to)})
    assert row.target_label == str(agreement)
