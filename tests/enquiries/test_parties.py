from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.audit.models import Change, Look
from indgang.core import cvr
from indgang.enquiries import history, parties
from indgang.enquiries.models import Party, PartyNumber
from tests.enquiries.told_calls import BAKERY, abandoned, talked, talking
from tests.world import MORNING, World

LATER = MORNING + timedelta(minutes=10)


def names(found: Any) -> list[str]:
    return [party.name for party in found]


def test_a_number_tells_who_uses_it_and_a_withheld_one_nobody(world: World) -> None:
    assert names(parties.of_number(BAKERY)) == ["Bageriet Kornblomst ApS"]
    assert names(parties.of_number("anonymous")) == []
    assert names(parties.of_number("")) == []


@pytest.mark.parametrize(
    "text",
    [
        "korn",
        "Bageriet",
        "aps korn",
        "10000009",
        "99 99 01 01",
        "+4599990101",
        "(+45) 99 99 01 01",
        "99/99/01/01",
        "99–99–01–01",
        "tlf. 99990101",
        "DK10000009",
        "CVR-nr. 10 00 00 09",
    ],
)
def test_a_party_is_found_by_words_of_its_name_cvr_or_number(world: World, text: str) -> None:
    assert names(parties.search(text)) == ["Bageriet Kornblomst ApS"]


@pytest.mark.parametrize("text", ["", "k", "'; drop table", "korn | !", ":*&", "99999999", "\x00"])
def test_odd_searches_find_nothing_and_break_nothing(world: World, text: str) -> None:
    assert "Karla Kløverblad" not in names(parties.search(text))


def test_a_new_party_is_created_with_the_number_and_an_audit_row(world: World) -> None:
    party = parties.create(
        kind="business", name="  Ny   Café ", cvr="12345674", number="+4599990999", by=world.anna, at=LATER
    )
    assert (party.name, party.numbers.get().number) == ("Ny Café", "+4599990999")
    assert Change.objects.get(action="party.create").target_id == str(party.pk)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "  "}, "no_name"),
        ({"name": "x" * 201}, "name_too_long"),
        ({"name": "Karla 010190-1234"}, "name_has_cpr"),
        ({"name": "Ny", "cvr": "12345678"}, "bad_cvr"),
        ({"name": "Ny", "cvr": "10000009"}, "cvr_known"),
    ],
)
def test_a_party_that_cannot_be_is_refused(world: World, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(parties.PartyError, match=f"^{code}$"):
        parties.create(kind="business", by=world.anna, at=LATER, **fields)
    assert Party.objects.count() == 2


@given(st.integers(10_000_000, 99_999_999))
def test_changing_one_digit_of_a_valid_cvr_makes_it_invalid(number: int) -> None:
    text = str(number)
    if cvr.is_cvr(text):
        wrong = text[:7] + str((int(text[7]) + 1) % 10)
        assert not cvr.is_cvr(wrong)


def test_linking_remembers_the_number_and_unlinking_forgets_what_only_this_call_taught(world: World) -> None:
    enquiry = talked(world.anna, number="+4599990555")
    parties.link(enquiry, party=world.bakery, by=world.anna, at=LATER)
    parties.link(enquiry, party=world.bakery, by=world.anna, at=LATER)
    enquiry.refresh_from_db()
    assert enquiry.party == world.bakery
    assert PartyNumber.objects.filter(party=world.bakery, number="+4599990555").count() == 1
    assert Change.objects.filter(action="enquiry.link_party").count() == 1
    parties.unlink(enquiry, by=world.anna, at=LATER)
    enquiry.refresh_from_db()
    assert enquiry.party is None
    assert not PartyNumber.objects.filter(number="+4599990555").exists()


def test_unlinking_keeps_a_number_that_was_known_before(world: World) -> None:
    enquiry = talked(world.anna)
    parties.link(enquiry, party=world.bakery, by=world.anna, at=LATER)
    parties.unlink(enquiry, by=world.anna, at=LATER)
    assert names(parties.of_number(BAKERY)) == ["Bageriet Kornblomst ApS"]


def test_a_protected_party_shows_initials_until_somebody_looks_on_purpose(world: World) -> None:
    assert parties.facts(world.citizen)["name"] == "K. K."
    parties.reveal(world.citizen, by=world.anna, at=LATER)
    look = Look.objects.get()
    assert (look.by_id, look.subject_id, look.page) == (world.anna.audit_id, str(world.citizen.pk), "desk.party")


# --- History -----------------------------------------------------------------------------------


def test_history_holds_the_callers_earlier_enquiries_newest_first_and_what_is_owed(world: World) -> None:
    first = talked(world.bo, start=MORNING - timedelta(days=3))
    second = abandoned(start=MORNING - timedelta(days=1))
    talked(world.bo, number="+4599990777", start=MORNING - timedelta(days=1))
    now = talking(world.anna)
    assert [each.pk for each in history.earlier(now)] == [second.pk, first.pk]
    assert [each.enquiry for each in history.owed(now)] == [second.pk]


def test_the_history_of_a_known_party_spans_its_numbers_and_leaves_out_others_on_a_shared_number(
    world: World,
) -> None:
    by_mobile = talked(world.bo, number="+4599990102", start=MORNING - timedelta(days=2))
    parties.link(by_mobile, party=world.bakery, by=world.bo, at=LATER)
    talked(world.bo, start=MORNING - timedelta(days=1))
    PartyNumber.objects.create(party=world.citizen, number=BAKERY)
    now = talking(world.anna)
    parties.link(now, party=world.bakery, by=world.anna, at=LATER)
    now.refresh_from_db()
    assert [each.pk for each in history.earlier(now)] == [by_mobile.pk]


def test_withheld_numbers_share_no_history(world: World) -> None:
    talked(world.bo, number="anonymous", start=MORNING - timedelta(days=1))
    now = talking(world.anna, number="anonymous")
    assert (history.earlier(now), history.owed(now)) == ([], [])


def test_history_takes_the_same_queries_however_long_it_is(world: World, django_assert_max_num_queries: Any) -> None:
    for day in range(1, 9):
        talked(world.bo, start=MORNING - timedelta(days=day))
    now = talking(world.anna)
    with django_assert_max_num_queries(5):
        history.earlier(now)
        history.owed(now)


def test_the_story_of_a_call_leaves_out_the_plumbing(world: World) -> None:
    kinds = [event.kind for event in history.story(talked(world.anna))]
    assert kinds == ["arrived", "menu", "queued", "answered", "ended"]
