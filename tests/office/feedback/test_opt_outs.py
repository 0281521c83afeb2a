"""A no that is said to an employee is kept, found again by any number of the contact, and taken back."""

from __future__ import annotations

import pytest

from indgang.audit.models import Change
from indgang.enquiries.models import Party, PartyNumber
from indgang.feedback import addresses, opting_out
from indgang.feedback.models import OptOut
from tests.office.feedback.test_pages import client
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ADDRESS = "/office/feedback/opt-outs/"


def said(world: World, asked: str, wish: str) -> str:
    answer = client(world.eva).post(ADDRESS, {"asked": asked, "wish": wish}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_no_is_kept_looked_up_and_taken_back(world: World) -> None:
    assert "ikke sagt nej tak" in said(world, "20 30 40 50", "look")
    assert "Det er gemt" in said(world, "20 30 40 50", "no")
    assert OptOut.objects.get().how == "said"
    assert "gemt i forvejen" in said(world, "+45 20304050", "no")
    assert "Der er sagt nej tak" in said(world, "20304050", "look")
    assert "er fjernet" in said(world, "20304050", "yes")
    assert not OptOut.objects.exists()
    changes = Change.objects.filter(action__startswith="opt_out", by_id=world.eva.audit_id).order_by("pk")
    assert [each.action for each in changes] == ["opt_out.create", "opt_out.remove"]


def test_a_no_by_another_number_of_the_contact_is_found_and_taken_back(world: World) -> None:
    party = Party.objects.create(kind="business", name="Kiosken", created_at=MORNING)
    for number in ("+4520304050", "+4520304051"):
        PartyNumber.objects.create(party=party, number=number)
    opting_out.opt_out(how="key", at=MORNING, address="+4520304050", party=party.pk)
    assert opting_out.is_known("+4520304051")
    assert opting_out.take_back("+4520304051", by=world.eva, at=MORNING)
    assert not opting_out.is_out(addresses.ever("+4520304050", party=party.pk))


def test_what_is_no_number_or_address_is_refused(world: World) -> None:
    for asked in ("", "hej", "x@", "anonymous"):
        assert client(world.eva).post(ADDRESS, {"asked": asked, "wish": "no"}).status_code == 422
    assert not OptOut.objects.exists()
