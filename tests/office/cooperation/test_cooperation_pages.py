"""The pages of cooperation agreements: who reads and makes them, drafting, signing, comparing and ending."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from indgang.agreements.models import AgreementPart, CooperationAgreement
from tests.agreements.agreed import TODAY, draft, operator, signed, written
from tests.office.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db
ROOM = "/office/cooperation/"
EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "karen", "otto", "ukendt")


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def able(as_person: SignIn, world: World, address: str) -> set[str]:
    operator(world)
    return {name for name in EVERYBODY if as_person(name).get(address).status_code == 200}


def test_drafts_are_for_the_two_parties_and_signed_agreements_for_those_who_see_figures(
    as_person: SignIn, world: World
) -> None:
    made = written(world)
    assert able(as_person, world, f"{ROOM}{made.pk}/") == {"finn", "hans", "karen"}
    made.delete()
    assert able(as_person, world, f"{ROOM}{signed(world).pk}/") == {"eva", "finn", "gerda", "hans", "ida", "karen"}


def test_each_owner_sees_its_own_centres(as_person: SignIn, world: World) -> None:
    assert "TMF kontaktcenter" in text_of(as_person("hans").get(ROOM))
    assert "Ydelsesservice" not in text_of(as_person("hans").get(ROOM))
    assert able(as_person, world, f"{ROOM}centres/yds/") == {"finn"}


@pytest.mark.parametrize("rest", ["terms/", "parts/tasks/", "targets/new/"])
def test_only_the_parties_write_a_draft(as_person: SignIn, world: World, rest: str) -> None:
    made = draft(world)
    assert able(as_person, world, f"{ROOM}{made.pk}/{rest}") == {"finn", "hans", "karen"}


def test_from_nothing_to_an_agreement_in_force(as_person: SignIn, world: World) -> None:
    karen, hans = operator(world), as_person("hans")
    parties = {"valid_from": TODAY, "owner": world.hans.pk, "operator": karen.pk}
    answer = hans.post(f"{ROOM}centres/tmf/draft/", parties)
    made = CooperationAgreement.objects.get()
    assert answer["Location"] == f"{ROOM}{made.pk}/"
    page = f"{ROOM}{made.pk}/"
    for kind in AgreementPart.Kind:
        assert hans.post(f"{page}parts/{kind}/", {"text": f"Om {kind.label}"}).status_code == 302
    hans.post(f"{page}estimate/", {"preset": "proposal"})
    fields = {"kpi": "first_contact_resolution", "level": "1", "aim": "at_least", "value": "70"}
    assert hans.post(f"{page}targets/new/", fields).status_code == 302
    shown = text_of(hans.get(page))
    assert "Straksafklaring, 1st level: mindst 70 %" in shown
    assert "70,71 kr." in shown
    made.refresh_from_db()
    for client in (hans, as_person("karen")):
        client.post(f"{page}signature/", {"revision": made.revision})
    made.refresh_from_db()
    assert made.state_on(TODAY) == "in_force"
    assert "I kraft" in text_of(hans.get(page))


def test_who_read_an_older_draft_is_told_before_signing(as_person: SignIn, world: World) -> None:
    made = written(world)
    as_person("karen" if operator(world) else "").post(f"{ROOM}{made.pk}/parts/tasks/", {"text": "Nyt"})
    answer = as_person("hans").post(f"{ROOM}{made.pk}/signature/", {"revision": made.revision}, follow=True)
    assert "Læs den igen" in text_of(answer)
    made.refresh_from_db()
    assert made.owner_signed_at is None


def test_a_new_version_shows_what_changed(as_person: SignIn, world: World) -> None:
    signed(world)
    later = draft(world, TODAY + timedelta(days=30))
    hans = as_person("hans")
    hans.post(f"{ROOM}{later.pk}/parts/tools/", {"text": "Fælles vidensbase"})
    shown = text_of(hans.get(f"{ROOM}{later.pk}/"))
    assert "Ændret siden aftalen fra 11.03.2026" in shown
    assert "Om Redskaber Fælles vidensbase" in shown


def test_a_refused_value_keeps_what_was_typed(as_person: SignIn, world: World) -> None:
    made = draft(world)
    fields = {"kpi": "first_contact_resolution", "level": "1", "aim": "at_least", "value": "170"}
    answer = as_person("hans").post(f"{ROOM}{made.pk}/targets/new/", fields)
    assert answer.status_code == 422
    assert 'value="170"' in answer.content.decode()
    assert "mellem 0 og 100 procent" in text_of(answer)


def test_a_draft_is_discarded_and_a_signed_agreement_ended(as_person: SignIn, world: World) -> None:
    made, hans = draft(world), as_person("hans")
    hans.post(f"{ROOM}{made.pk}/removal/")
    assert not CooperationAgreement.objects.exists()
    made = signed(world)
    hans.post(f"{ROOM}{made.pk}/end/", {"on": TODAY + timedelta(days=10)})
    made.refresh_from_db()
    assert made.valid_to == TODAY + timedelta(days=10)


@pytest.mark.parametrize("rest", ["", "terms/", "parts/tasks/", "targets/1/"])
def test_unknown_agreements_are_not_found(as_person: SignIn, rest: str) -> None:
    assert as_person("finn").get(f"{ROOM}999999/{rest}").status_code == 404


def test_an_unknown_part_is_not_found(as_person: SignIn, world: World) -> None:
    assert as_person("hans").get(f"{ROOM}{draft(world).pk}/parts/weather/").status_code == 404


def test_the_agreement_is_read_as_a_pdf(as_person: SignIn, world: World) -> None:
    answer = as_person("gerda").get(f"{ROOM}{signed(world).pk}/file/")
    assert answer["Content-Type"] == "application/pdf"
    assert "samarbejdsaftale-tmf-2026-03-11.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
