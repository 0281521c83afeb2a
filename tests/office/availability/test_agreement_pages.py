"""The pages of availability agreements: drafts, lines, signatures of both sides, the end, and permissions."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import RoleAssignment
from indgang.workforce import agreements
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow
from tests.office.availability.conftest import TODAY, TOMORROW, draft_of, line_of, signed
from tests.office.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db

ROOM = "/office/availability/"
READERS = {"anna", "david", "eva", "finn", "gerda", "hans", "ida"}
MAKERS = {"david", "eva", "finn", "ida"}
EVERYBODY = (*sorted(READERS), "otto", "ukendt")


def text_of(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", plain)


def page(agreement: AvailabilityAgreement, rest: str = "") -> str:
    return f"{ROOM}agreements/{agreement.pk}/{rest}"


def line_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "weekdays": ["0", "1", "2", "3", "4"], "opens": "09:00", "closes": "14:00", "by_phone": "on",
        "person0": world.david.pk, "person1": world.bo.pk,
    } | changed  # fmt: skip


def statuses(as_person: SignIn, address: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name in EVERYBODY:
        found.setdefault(as_person(name).get(address).status_code, set()).add(name)
    return found


# --- Permissions -----------------------------------------------------------------------------------


def test_signed_agreements_are_read_by_everybody_in_the_house_and_drafts_by_those_who_make_them(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    assert statuses(as_person, page(draft)) == {200: MAKERS, 404: READERS - MAKERS | {"otto"}, 403: {"ukendt"}}
    signed(draft)
    assert statuses(as_person, page(draft)) == {200: READERS, 404: {"otto"}, 403: {"ukendt"}}
    assert statuses(as_person, f"{ROOM}units/ctb-byliv/") == {200: READERS, 404: {"otto"}, 403: {"ukendt"}}
    assert statuses(as_person, ROOM) == {200: READERS | {"otto"}, 403: {"ukendt"}}


@pytest.mark.parametrize("rest", ["terms/", "lines/new/", "lines/{line}/"])
def test_only_those_who_make_agreements_of_the_unit_edit_a_draft(
    as_person: SignIn, draft: AvailabilityAgreement, rest: str
) -> None:
    address = page(draft, rest.format(line=draft.windows.get().pk))
    found = statuses(as_person, address)
    assert found == {200: MAKERS, 403: set(EVERYBODY) - MAKERS}


def test_a_case_worker_makes_agreements_of_their_own_unit_alone(as_person: SignIn, world: World) -> None:
    client = as_person("david")
    fields = {"valid_from": TODAY, "contact": world.david.pk, "coordinator": world.ida.pk}
    assert client.post(f"{ROOM}units/cby/draft/", fields).status_code == 404
    assert client.post(f"{ROOM}units/ctb-byliv/draft/", fields).status_code == 302
    assert [each.unit.code for each in AvailabilityAgreement.objects.all()] == ["ctb-byliv"]


@pytest.mark.parametrize("rest", ["removal/", "signature/", "end/", "lines/{line}/removal/"])
def test_people_of_another_administration_change_nothing(
    as_person: SignIn, world: World, draft: AvailabilityAgreement, rest: str
) -> None:
    RoleAssignment.objects.create(person=world.otto, role="subject_coordinator", unit=world.units["bif"])
    address = page(draft, rest.format(line=draft.windows.get().pk))
    assert as_person("otto").post(address, {"revision": draft.revision, "on": TOMORROW}).status_code == 404
    draft.refresh_from_db()
    assert draft.windows.count() == 1
    assert not draft.is_signed


# --- The list and the unit ---------------------------------------------------------------------------


def test_the_list_shows_what_is_in_force_what_is_on_its_way_and_who_has_none(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    draft_of(world, TOMORROW)
    client = as_person("ida")
    shown = text_of(client.get(ROOM))
    assert "Byliv Fra 11.03.2026" in shown
    assert "Kladde fra 12.03.2026 Mangler underskrift: David Degnemark, Ida Isdal" in shown
    assert "Center for Bygninger Ingen aftale" in shown
    assert "Kommunen" not in text_of(client.get(f"{ROOM}?text=kommunen")).split("Find")[-1], "nobody asks it"
    for state, there, gone in (("in_force", "Byliv", "Jord og affald"), ("none", "Jord og affald", "Byliv")):
        listed = {row.unit.name for row in client.get(f"{ROOM}?state={state}").context["rows"]}
        assert there in listed
        assert gone not in listed


def test_a_reader_does_not_hear_of_drafts(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    client = as_person("anna")
    assert "Kladde fra" not in text_of(client.get(ROOM))
    assert not list(client.get(f"{ROOM}?state=draft").context["rows"])
    assert client.get(f"{ROOM}units/ctb-byliv/").context["agreements"] == []


def test_a_new_agreement_begins_as_a_copy_and_the_history_stays(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    client = as_person("ida")
    unit = f"{ROOM}units/ctb-byliv/"
    fields = {"valid_from": TOMORROW, "contact": world.david.pk, "coordinator": world.ida.pk}
    answer = client.post(f"{unit}draft/", fields, follow=True)
    assert "Mandag–fredag 9.00–14.00" in text_of(answer)
    second = AvailabilityAgreement.objects.drafts().get()
    signed(second)
    shown = text_of(client.get(unit))
    assert "12.03.2026 indtil videre" in shown
    assert "11.03.2026 12.03.2026" in shown
    assert [state for _row, state in client.get(unit).context["agreements"]] == ["signed", "in_force"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "Dagen er passeret."),
        ({"contact": "ida"}, "aftalen er mellem to parter"),
        ({"contact": "otto"}, "Vælg en af mulighederne på listen."),
        ({"valid_from": "x"}, "Skriv en dato"),
    ],
)
def test_a_draft_with_bad_terms_is_refused_in_words(
    as_person: SignIn, world: World, changed: dict[str, Any], said: str
) -> None:
    fields = {"valid_from": TODAY, "contact": world.david.pk, "coordinator": world.ida.pk}
    typed = fields | {
        name: world.people[value].pk if value in world.people else value for name, value in changed.items()
    }
    answer = as_person("ida").post(f"{ROOM}units/ctb-byliv/draft/", typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not AvailabilityAgreement.objects.exists()


def test_a_unit_has_one_draft(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    fields = {"valid_from": TOMORROW, "contact": world.david.pk, "coordinator": world.ida.pk}
    answer = as_person("ida").post(f"{ROOM}units/ctb-byliv/draft/", fields)
    assert (answer.status_code, AvailabilityAgreement.objects.count()) == (422, 1)
    assert "har allerede en kladde" in text_of(answer)


# --- Lines -------------------------------------------------------------------------------------------


def test_a_line_is_added_and_read_as_a_sentence(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    fields = line_fields(world, service=world.services["udeservering"].pk, by_chat="on", is_back_up="on")
    answer = as_person("david").post(page(draft, "lines/new/"), fields | {"closes": "15:30"}, follow=True)
    shown = text_of(answer)
    assert "Mandag–fredag 9.00–15.30 reserve" in shown
    assert "Udendørsservering David Degnemark, dernæst Bo Bakkedal telefon og chat" in shown


def test_a_line_is_edited_with_its_people_in_order(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    line = draft.windows.get()
    client = as_person("ida")
    form = client.get(page(draft, f"lines/{line.pk}/")).context["form"]
    assert form["weekdays"].value() == ["0", "1", "2", "3", "4"]
    assert form["person0"].value() == world.david.pk
    fields = line_fields(world, weekdays=["0", "2", "3"], person0=world.bo.pk, person2=world.david.pk, person1="")
    assert client.post(page(draft, f"lines/{line.pk}/"), fields).status_code == 302
    line.refresh_from_db()
    assert (line.weekdays, line.opens) == ("M-OT---", time(9))
    assert [each.person for each in line.people.all()] == [world.bo, world.david]
    assert "Mandag og onsdag–torsdag 9.00–14.00" in text_of(client.get(page(draft)))


def test_a_line_over_midnight_says_so(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    fields = line_fields(world, opens="22:00", closes="06:00", weekdays=["5"])
    answer = as_person("ida").post(page(draft, "lines/new/"), fields, follow=True)
    assert "Gemt: Lørdag 22.00–6.00 næste dag." in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weekdays": []}, "Vælg mindst én dag."),
        ({"closes": "09:00"}, "Start og slut må ikke være samme klokkeslæt"),
        ({"by_phone": ""}, "Vælg telefon, chat eller begge."),
        ({"person0": "", "person1": ""}, "Vælg mindst én person eller en gruppe."),
        ({"opens": "25:00"}, "Skriv et klokkeslæt"),
        ({"weekdays": ["7"]}, "Marker en gyldig valgmulighed"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words_and_kept_as_typed(
    as_person: SignIn, world: World, draft: AvailabilityAgreement, changed: dict[str, Any], said: str
) -> None:
    answer = as_person("ida").post(page(draft, "lines/new/"), line_fields(world, **changed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert PromisedWindow.objects.count() == 1


def test_services_and_people_of_elsewhere_are_not_offered(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    client = as_person("ida")
    for changed in ({"service": world.services["affald"].pk}, {"person0": world.otto.pk}):
        assert client.post(page(draft, "lines/new/"), line_fields(world, **changed)).status_code == 422


def test_whoever_edits_after_somebody_else_sees_what_they_changed(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    line = draft.windows.get()
    address = page(draft, f"lines/{line.pk}/")
    first, second = as_person("ida"), as_person("david")
    html = second.get(address).content.decode()
    revision = re.search(r'name="revision" value="([^"]+)"', html)
    assert revision is not None
    first.post(address, line_fields(world, closes="15:00"))
    answer = second.post(address, line_fields(world, opens="10:00") | {"revision": revision[1]})
    assert answer.status_code == 422
    assert "Andre har ændret noget her" in text_of(answer)
    line.refresh_from_db()
    assert (line.opens, line.closes) == (time(9), time(15))


def test_a_line_is_removed(as_person: SignIn, draft: AvailabilityAgreement) -> None:
    client = as_person("ida")
    address = page(draft, f"lines/{draft.windows.get().pk}/")
    assert "Aftalen har ingen tider endnu." in text_of(client.post(f"{address}removal/", follow=True))
    answer = client.get(address)
    assert (answer.status_code, "slettet" in text_of(answer)) == (404, True)


def test_problems_stand_beside_their_line(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    line_of(world, draft, world.david, opens=13, closes=15, is_back_up=True)
    shown = text_of(as_person("david").get(page(draft)))
    assert "Mandag–fredag 13.00–15.00 reserve Samme person er både første valg og reserve" in shown
    assert "Ret det, der er markeret ovenfor" in shown


# --- Signing -----------------------------------------------------------------------------------------


def sign(client: Client, agreement: AvailabilityAgreement, revision: int | None = None) -> str:
    if revision is None:
        agreement.refresh_from_db()
        revision = agreement.revision
    return text_of(client.post(page(agreement, "signature/"), {"revision": revision}, follow=True))


def test_both_sign_and_the_agreement_is_in_force(as_person: SignIn, draft: AvailabilityAgreement) -> None:
    david, ida = as_person("david"), as_person("ida")
    assert "Du underskriver for Byliv" in text_of(david.get(page(draft)))
    assert "Du underskriver for kontaktcentret" in text_of(ida.get(page(draft)))
    assert "Venter på: Ida Isdal" in sign(david, draft)
    assert "Begge har underskrevet" in sign(ida, draft)
    draft.refresh_from_db()
    assert draft.state_on(TODAY) == "in_force"
    assert "Ret startdato, parter og arbejdsgang" not in text_of(ida.get(page(draft)))


def test_others_are_shown_no_button_and_their_signature_does_not_count(
    as_person: SignIn, draft: AvailabilityAgreement
) -> None:
    eva = as_person("eva")
    assert "Underskriv</" not in eva.get(page(draft)).content.decode()
    assert "Kun kontaktpersonen og fagkoordinatoren kan underskrive" in sign(eva, draft)


def test_nobody_signs_what_has_changed_since_they_read_it(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    read = draft.revision
    line_of(world, draft, world.bo, opens=7, closes=8)
    assert "Aftalen er ændret, efter at du læste den" in sign(as_person("david"), draft, read)
    draft.refresh_from_db()
    assert draft.contact_signed_at is None


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999999999999999999"])
def test_a_signature_without_a_revision_is_none(as_person: SignIn, draft: AvailabilityAgreement, revision: str) -> None:
    assert as_person("david").post(page(draft, "signature/"), {"revision": revision}).status_code in (302, 422)
    draft.refresh_from_db()
    assert draft.contact_signed_at is None


def test_a_signed_agreement_is_not_changed_by_a_page_that_was_open(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    client = as_person("ida")
    answer = client.post(page(in_force, f"lines/{in_force.windows.get().pk}/"), line_fields(world, closes="15:00"))
    assert answer.status_code == 422
    assert "underskrevet og kan ikke ændres" in text_of(answer)
    terms = {"valid_from": TOMORROW, "contact": world.david.pk, "coordinator": world.ida.pk, "procedure": ""}
    assert client.post(page(in_force, "terms/"), terms).status_code == 422
    assert "underskrevet" in text_of(client.post(page(in_force, "removal/"), follow=True))
    assert AvailabilityAgreement.objects.filter(pk=in_force.pk).exists()


# --- The end -----------------------------------------------------------------------------------------


def test_the_procedure_is_written_and_read(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    fields = {
        "valid_from": TODAY,
        "contact": world.david.pk,
        "coordinator": world.ida.pk,
        "procedure": "Spørg om sagen.",
    }
    answer = as_person("david").post(page(draft, "terms/"), fields, follow=True)
    assert "Spørg om sagen." in text_of(answer)


def test_a_draft_is_discarded(as_person: SignIn, draft: AvailabilityAgreement) -> None:
    client = as_person("ida")
    assert "Kladden er kasseret." in text_of(client.post(page(draft, "removal/"), follow=True))
    answer = client.get(page(draft))
    assert (answer.status_code, "slettet" in text_of(answer)) == (404, True)


def test_an_agreement_ends_once_and_does_not_come_back(as_person: SignIn, in_force: AvailabilityAgreement) -> None:
    client = as_person("ida")
    end = page(in_force, "end/")
    assert client.post(end, {"on": TODAY}).status_code == 422
    ended = text_of(client.post(end, {"on": TOMORROW}, follow=True))
    assert f"Aftalen slutter {TOMORROW:%d.%m.%Y} (dagen ikke medregnet)." in ended
    answer = client.post(end, {"on": TOMORROW + timedelta(days=9)})
    assert "Den slutter allerede" in text_of(answer)
    in_force.refresh_from_db()
    assert in_force.valid_to == TOMORROW


def test_an_agreement_that_has_not_begun_is_removed(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    later = signed(draft_of(world, TODAY + timedelta(days=7)))
    client = as_person("ida")
    assert "bliver aftalen fjernet, før den begynder" in text_of(client.get(page(later)))
    answer = client.post(page(later, "end/"), {"on": later.valid_from}, follow=True)
    assert "Aftalen er fjernet, før den begyndte." in text_of(answer)
    in_force.refresh_from_db()
    assert in_force.valid_to is None


def test_a_draft_is_not_ended(as_person: SignIn, draft: AvailabilityAgreement) -> None:
    answer = as_person("ida").post(page(draft, "end/"), {"on": TOMORROW})
    assert answer.status_code == 422


def test_the_trail_tells_the_changes_in_words(as_person: SignIn, world: World, draft: AvailabilityAgreement) -> None:
    as_person("ida").post(page(draft, "lines/new/"), line_fields(world))
    shown = text_of(as_person("finn").get("/office/audit/changes/"))
    assert "Hvem kontaktes" in shown
    assert "David Degnemark; Bo Bakkedal" in shown


def test_both_who_sign_are_told_who_is_a_first_choice_elsewhere_in_the_same_hours(
    as_person: SignIn, world: World, draft: AvailabilityAgreement
) -> None:
    elsewhere = draft_of(world, unit="ctb-grav")
    line_of(world, elsewhere, world.david, opens=13, closes=15)
    warning = "Er også første valg i"
    assert warning not in text_of(as_person("david").get(page(draft)))
    signed(elsewhere)
    for name in ("david", "ida"):
        shown = text_of(as_person(name).get(page(draft)))
        assert f"{warning} {world.units['ctb-grav'].name} (Mandag–fredag 13.00–15.00): David Degnemark." in shown
    signed(draft)
    assert draft.is_signed


def test_other_hours_and_reserves_elsewhere_are_no_warning(world: World, draft: AvailabilityAgreement) -> None:
    elsewhere = draft_of(world, unit="ctb-grav")
    line_of(world, elsewhere, world.david, opens=14, closes=15)
    line_of(world, elsewhere, world.bo)
    line_of(world, elsewhere, world.david, opens=10, closes=11, is_back_up=True)
    signed(elsewhere)
    assert list(agreements.warnings(draft)) == []
