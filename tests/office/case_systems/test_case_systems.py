"""Fagsystemer: an administrator writes an agreement in, tries it, changes it and ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from indgang.accounts.form_tokens import FIELD, token_for
from indgang.accounts.models import RoleAssignment
from indgang.audit.models import Look
from indgang.registers import agreements, asking
from indgang.registers.contract import NUMBER, CaseField, SearchBy
from indgang.registers.models import CaseAgreement
from tests.office.conftest import SignIn
from tests.registers import servers
from tests.world import World

pytestmark = pytest.mark.django_db

PAGE = "/office/case-systems/"


@pytest.fixture(autouse=True)
def no_failures() -> Iterator[None]:
    asking.forget_all()
    yield
    asking.forget_all()


@pytest.fixture
def root(settings: Any) -> Iterator[str]:
    with servers.http(servers.case_api) as root:
        settings.REGISTER_ADDRESSES = (f"{root}api/",)
        yield root


def typed(world: World, root: str, **changed: Any) -> dict[str, Any]:
    terms = servers.rest_terms(root)
    return {
        "name": "Byggesager", "reference": "2026-1", "units": [world.units["cby"].pk], "adapter": "rest",
        "address": terms.address, "secret": terms.secret, "place": terms.place,
        "given": [str(each) for each in sorted(terms.given)], "statuses": "UB = Under behandling\nAF = Afgjort",
        "valid_from": "2026-03-11", "valid_to": "",
        **{f"search_{by}": where for by, where in terms.searches.items()},
        **{f"source_{name}": where for name, where in terms.sources.items()},
    } | changed  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_an_agreement_is_written_in_tried_changed_and_ended(as_person: SignIn, world: World, root: str) -> None:
    client = as_person("finn")
    assert "Ingen fagsystemer endnu" in text(client.get(PAGE))
    client.post(f"{PAGE}new/", typed(world, root))
    made = CaseAgreement.objects.get()
    assert (made.statuses, list(made.units.all())) == (
        {"UB": "Under behandling", "AF": "Afgjort"},
        [world.units["cby"]],
    )
    page = f"{PAGE}{made.pk}/"
    assert servers.TOKEN not in text(client.get(page))
    tried = text(client.post(f"{page}trial/", {"search": "number", "value": "2026-0412"}))
    assert "Facadeskilt" in tried
    assert "Under behandling" in tried
    look = Look.objects.get(page="office.case_system")
    assert (look.subject_type, look.by_id) == ("registers.caseagreement", world.finn.audit_id)
    client.post(page, typed(world, root, name="Sager om byggeri", secret=""))
    made.refresh_from_db()
    assert (made.name, agreements.terms(made).secret) == ("Sager om byggeri", servers.TOKEN)
    client.post(f"{page}end/", {"on": "2026-03-20"})
    made.refresh_from_db()
    assert f"{made.valid_to:%Y-%m-%d}" == "2026-03-20"
    assert "Sager om byggeri" in text(client.get(PAGE))


def test_services_are_written_in_shown_and_taken_out_again(as_person: SignIn, world: World, root: str) -> None:
    client = as_person("finn")
    service = world.services["byggetilladelse"]
    wrong = client.post(f"{PAGE}new/", typed(world, root, services="FAC = Facadeskilteri"))
    assert (wrong.status_code, "Ydelsen “Facadeskilteri” findes ikke." in text(wrong)) == (422, True)
    other = client.post(f"{PAGE}new/", typed(world, root, services="ARR = arrangement"))
    assert (other.status_code, "hører ikke til en af enhederne" in text(other)) == (422, True)
    client.post(f"{PAGE}new/", typed(world, root, services=f"FAC = {service.name.upper()}\nALT = byggetilladelse"))
    made = CaseAgreement.objects.get()
    page = f"{PAGE}{made.pk}/"
    assert f"ALT = {service.name} FAC = {service.name}" in text(client.get(page))
    assert service.name in text(client.get(PAGE))
    assert "Systemet svarer. Der er ingen sager." in text(
        client.post(f"{page}trial/", {"search": "number", "value": "2026-0377"})
    )
    client.post(page, typed(world, root, services="", secret="", **revision_of(client.get(page))))
    assert not made.given_services.exists()


def revision_of(page: Any) -> dict[str, str]:
    """The revision that the form read."""
    found = re.search(r'name="(revision)" value="([^"]*)"', page.content.decode())
    return {found[1]: found[2]} if found else {}


def test_a_trial_says_what_is_wrong(as_person: SignIn, world: World, root: str) -> None:
    client = as_person("finn")
    client.post(f"{PAGE}new/", typed(world, root, secret="Bearer forkert"))
    trial = f"{PAGE}{CaseAgreement.objects.get().pk}/trial/"
    assert "Byggesager afviser os" in text(client.post(trial, {"search": "number", "value": "2026-0412"}))
    refused = client.post(trial, {"search": "cvr", "value": "12"})
    assert (refused.status_code, "er ikke gyldigt" in text(refused)) == (422, True)


def test_a_trial_is_made_as_often_as_somebody_asks(as_person: SignIn, world: World, root: str) -> None:
    client = as_person("finn")
    client.post(f"{PAGE}new/", typed(world, root))
    sent = {"search": "number", "value": "2026-0412", FIELD: token_for(world.finn.pk)}
    trial = f"{PAGE}{CaseAgreement.objects.get().pk}/trial/"
    answers = [client.post(trial, sent, headers={"HX-Request": "true"}) for _time in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert Look.objects.filter(page="office.case_system").count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "https://evil.example/"}, "INDGANG_REGISTER_ADDRESSES"),
        ({"statuses": "UB"}, "Skriv KODE = ord"),
        ({f"search_{by}": "" for by in SearchBy}, "mindst én måde"),
        ({f"source_{NUMBER}": ""}, "hvad feltet hedder"),
        ({f"source_{CaseField.STATUS}": ""}, "hvad feltet hedder"),
        ({"units": []}, "Vælg mindst én enhed."),
        ({"adapter": "demo"}, "gyldig"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(
    as_person: SignIn, world: World, root: str, changed: dict[str, Any], said: str
) -> None:
    answer = as_person("finn").post(f"{PAGE}new/", typed(world, root, **changed))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Byggesager" in text(answer), "what was typed is kept"
    assert not CaseAgreement.objects.exists()


def test_the_pages_are_for_those_who_run_the_whole_municipality(as_person: SignIn, world: World) -> None:
    everybody = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt")
    assert {name for name in everybody if as_person(name).get(PAGE).status_code == 200} == {"finn"}
    RoleAssignment.objects.create(person=world.eva, role="administrator", unit=world.units["tmf"])
    assert as_person("eva").get(PAGE).status_code == 404
    assert as_person("eva").post(f"{PAGE}new/", {}).status_code == 404
    assert as_person("finn").get(reverse("office:case-system", args=[1])).status_code == 404
