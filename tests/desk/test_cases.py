"""Cases of other systems at the desk: found by number or by the caller, in requests that hold nothing up."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from indgang.accounts.form_tokens import FIELD, token_for
from indgang.audit.models import Change, Look
from indgang.core import clock
from indgang.desk import handing_over
from indgang.enquiries import case_references, parties
from indgang.enquiries.models import CaseReference, Enquiry, Party
from indgang.registers import asking
from indgang.registers.contract import SearchBy, Terms
from indgang.registers.models import CaseAgreement
from tests.desk.conftest import PART, SignIn
from tests.desk.test_caller import caller, text
from tests.enquiries.told_calls import talking
from tests.registers import servers
from tests.registers.test_look_up import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

BY_CALLER = {"search": "caller"}


@pytest.fixture(autouse=True)
def no_failures() -> Iterator[None]:
    asking.forget_all()
    yield
    asking.forget_all()


@pytest.fixture
def rest_terms(settings: Any) -> Iterator[Terms]:
    with servers.http(servers.case_api) as root:
        settings.REGISTER_ADDRESSES = (f"{root}api/",)
        yield servers.rest_terms(root)


@pytest.fixture
def agreement(world: World, rest_terms: Terms) -> CaseAgreement:
    found: CaseAgreement = agreed(world, rest_terms)
    return found


def ask(client: Any, enquiry: Enquiry, agreement: CaseAgreement, **fields: str) -> Any:
    return client.post(reverse("desk:case-answer", args=[enquiry.pk, agreement.pk]), fields, headers=PART)


def test_the_panel_offers_the_search_and_asks_nothing_by_itself(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry = talking(world.anna)
    page = text(as_(world.anna).get(caller(enquiry), headers=PART))
    assert "Find sager for den, der ringer" in page
    assert 'data-key="c"' in page
    assert reverse("desk:case-answer", args=[enquiry.pk, agreement.pk]) not in page
    assert not Look.objects.filter(page="desk.cases").exists()


def test_who_has_no_agreement_sees_no_search(world: World, as_: SignIn, agreement: CaseAgreement) -> None:
    enquiry = talking(world.otto)
    assert "Find sager" not in text(as_(world.otto).get(caller(enquiry), headers=PART))
    client = as_(world.otto)
    assert ask(client, enquiry, agreement, search="number", value="2026-0412").status_code == 404
    assert not Look.objects.filter(page="desk.cases").exists()


def test_a_case_is_shown_by_its_number_with_who_has_it_and_what_comes_next(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    named = text(client.post(reverse("desk:cases", args=[enquiry.pk]), {"search": "number", "value": "2026-0412"}))
    assert "Spørger Byggesager" in named
    page = text(ask(client, enquiry, agreement, search="number", value="2026-0412"))
    for word in ("2026-0412", "Under behandling", "Ida Isdal", "Afgørelse", "17. marts 2026", "Stil om til Ida Isdal"):
        assert word in page
    assert "Center for Bygninger" not in page, "the agreement does not give the unit"
    assert "Intern" not in page
    look = Look.objects.get(page="desk.cases")
    assert (look.subject_id, look.by_id) == (str(enquiry.pk), world.anna.audit_id)


def test_the_same_search_of_the_same_page_is_answered_again(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    sent = {"search": "number", "value": "2026-0412", FIELD: token_for(world.anna.pk)}
    for _time in range(2):
        named = client.post(reverse("desk:cases", args=[enquiry.pk]), sent, headers=PART)
        assert (named.status_code, "Spørger Byggesager" in text(named)) == (200, True)
        answered = ask(client, enquiry, agreement, **sent)
        assert (answered.status_code, "2026-0412" in text(answered)) == (200, True)
    assert Look.objects.filter(page="desk.cases").count() == 2


def test_the_caller_is_found_by_company_when_linked_and_else_by_telephone(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    assert "2026-0377" in text(ask(client, enquiry, agreement, **BY_CALLER))
    parties.link(enquiry, party=world.bakery, by=world.anna, at=clock.now())
    assert "2026-0377" in text(ask(client, enquiry, agreement, **BY_CALLER))
    whys = list(Look.objects.filter(page="desk.cases").order_by("pk").values_list("why", flat=True))
    assert [why.split(".")[0] for why in whys] == ["Byggesager: telefonnummer", "Byggesager: CVR-nummer 10000009"]


def test_a_caller_without_number_and_party_is_said_so(world: World, as_: SignIn, agreement: CaseAgreement) -> None:
    enquiry, client = talking(world.anna, number="anonymous"), as_(world.anna)
    page = text(client.post(reverse("desk:cases", args=[enquiry.pk]), BY_CALLER, headers=PART))
    assert "spørg efter sagsnummeret" in page


def test_a_caller_whose_number_is_none_in_use_is_said_so(world: World, as_: SignIn, agreement: CaseAgreement) -> None:
    answer = ask(as_(world.anna), talking(world.anna, number="+99912345"), agreement, **BY_CALLER)
    assert (answer.status_code, "Det er ikke et telefonnummer" in text(answer)) == (422, True)
    assert not Look.objects.filter(page="desk.cases").exists()


@pytest.mark.parametrize(
    ("value", "said"), [("", "Skriv et sagsnummer"), ("010190-1234", "ikke på et CPR-nummer"), ("9" * 61, "for langt")]
)
def test_a_number_that_is_none_is_refused_before_a_system_is_asked(
    world: World, as_: SignIn, agreement: CaseAgreement, value: str, said: str
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    sent = {"search": "number", "value": value}
    answer = client.post(reverse("desk:cases", args=[enquiry.pk]), sent, headers=PART)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert ask(client, enquiry, agreement, **sent).status_code == 422
    assert not Look.objects.filter(page="desk.cases").exists()


def test_a_system_that_answers_after_thirty_seconds_is_told_after_the_limit_and_can_be_tried_again(
    world: World,
    as_: SignIn,
    rest_terms: Terms,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.2)
    ends = threading.Event()
    with servers.http(lambda handler: ends.wait(30)) as root:
        settings.REGISTER_ADDRESSES = (root,)
        agreement = agreed(world, rest_terms, address=root)
        enquiry, client = talking(world.anna), as_(world.anna)
        page = text(ask(client, enquiry, agreement, search="number", value="2026-0412"))
        ends.set()
    assert "Byggesager svarer ikke inden for tre sekunder" in page
    assert "Prøv igen" in page
    assert Look.objects.get(page="desk.cases").why.endswith("intet svar")


def test_an_agreement_can_say_that_cases_of_a_known_caller_are_fetched_at_once(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    CaseAgreement.objects.update(asks_at_once=True)
    known, hidden = talking(world.anna), talking(world.anna, number="anonymous")
    client = as_(world.anna)
    answer = reverse("desk:case-answer", args=[known.pk, agreement.pk])
    assert answer in text(client.get(caller(known), headers=PART))
    assert "Spørger Byggesager" not in text(client.get(caller(hidden), headers=PART))


def preserved(page: str) -> tuple[str, str]:
    """The ids under which the answers by number and by caller stay on the page."""
    by_number, by_caller = re.findall(r'id="([^"]+)" hx-preserve', page)
    return by_number, by_caller


def test_the_answers_for_a_caller_go_when_another_company_is_linked(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    other = Party.objects.create(kind=Party.Kind.BUSINESS, name="Slagter Sund", cvr="10000017", created_at=MORNING)
    asked = preserved(text(client.get(caller(enquiry), headers=PART)))
    confirmed = text(client.post(reverse("desk:party", args=[enquiry.pk, world.bakery.pk]), headers=PART))
    assert preserved(confirmed) == asked, "it is the party that the number belongs to"
    by_number, by_caller = preserved(
        text(client.post(reverse("desk:party", args=[enquiry.pk, other.pk]), headers=PART))
    )
    assert by_number == asked[0]
    assert by_caller != asked[1]


def test_a_system_that_is_asked_at_once_is_asked_when_the_company_becomes_known(
    world: World, as_: SignIn, rest_terms: Terms
) -> None:
    searches: dict[SearchBy, str] = {
        by: where for by, where in rest_terms.searches.items() if by is not SearchBy.TELEPHONE
    }
    agreement = agreed(world, replace(rest_terms, searches=searches), asks_at_once=True)
    enquiry, client = talking(world.anna), as_(world.anna)
    before = text(client.get(caller(enquiry), headers=PART))
    after = text(client.post(reverse("desk:party", args=[enquiry.pk, world.bakery.pk]), headers=PART))
    answer = reverse("desk:case-answer", args=[enquiry.pk, agreement.pk])
    assert (answer in before, answer in after) == (False, True)
    assert preserved(before)[1] != preserved(after)[1], "else the page keeps what it has, and nothing is asked"


def test_a_case_number_is_put_on_the_enquiry_and_taken_off_again(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    address = reverse("desk:case-reference", args=[enquiry.pk, agreement.pk])
    for number in ("2026-0412", "2026-0377", "2026-0412"):
        assert "står på henvendelsen" in text(client.post(address, {"number": number}, headers=PART))
    assert [each.number for each in case_references.of(enquiry)] == ["2026-0412", "2026-0377"]
    case_references.note(
        enquiry, system="Byggesager", number="2026-0412", by=world.anna, at=clock.now() + timedelta(minutes=1)
    )
    assert case_references.latest_number(enquiry) == "2026-0412", "noting it again makes it the latest"
    first = CaseReference.objects.get(number="2026-0412")
    removal = reverse("desk:case-removal", args=[enquiry.pk, first.pk])
    assert "2026-0412" not in text(client.post(removal, headers=PART))
    assert case_references.latest_number(enquiry) == "2026-0377"
    assert client.post(address, {"number": "010190-1234"}, headers=PART).status_code == 422
    done = list(Change.objects.filter(action__contains="_case").values_list("action", flat=True))
    assert sorted(done) == ["enquiry.note_case", "enquiry.note_case", "enquiry.remove_case"]


def test_others_enquiries_and_their_case_numbers_are_out_of_reach(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry = talking(world.bo)
    noted = case_references.note(enquiry, system="Byggesager", number="1", by=world.bo, at=MORNING)
    client = as_(world.anna)
    assert ask(client, enquiry, agreement, search="number", value="2026-0412").status_code == 404
    for name, key in (("desk:case-reference", agreement.pk), ("desk:case-removal", noted.pk)):
        assert client.post(reverse(name, args=[enquiry.pk, key]), {"number": "2"}, headers=PART).status_code == 404


def test_the_second_level_reads_the_case_numbers_in_the_story(
    world: World, as_: SignIn, agreement: CaseAgreement
) -> None:
    enquiry = talking(world.anna)
    case_references.note(enquiry, system="Byggesager", number="2026-0412", by=world.anna, at=MORNING)
    Enquiry.objects.filter(pk=enquiry.pk).update(agent=world.bo, transfers=1)
    assert "Sag: <strong>2026-0412</strong>" in text(as_(world.bo).get(caller(enquiry), headers=PART))


def test_the_latest_case_number_is_on_the_card_of_a_hand_over(world: World) -> None:
    enquiry = talking(world.anna)
    assert handing_over.prefilled(enquiry, world.anna)["case_number"] == ""
    case_references.note(enquiry, system="Byggesager", number="2026-0377", by=world.anna, at=MORNING)
    case_references.note(
        enquiry, system="Byggesager", number="2026-0412", by=world.anna, at=MORNING + timedelta(minutes=1)
    )
    assert handing_over.prefilled(enquiry, world.anna)["case_number"] == "2026-0412"
