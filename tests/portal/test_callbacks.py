"""Callbacks ordered on the site: for now or later, refused with an explanation, and cancelled by the link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.portal import visitors
from tests.enquiries.told_calls import BAKERY, happen
from tests.world import World

PAGE = "/kontakt/ring-mig-op/"
#: a Wednesday, 10.10 in Copenhagen
NOW = datetime(2026, 11, 25, 9, 10, tzinfo=UTC)


class Switchboard:
    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.refuses = ""
        self.standing = False

    def give_and_wait(self, kind: str, *, by: Any, at: Any, **payload: Any) -> dict[str, Any]:
        if self.refuses:
            raise commands.Refused(self.refuses)
        self.orders.append({"kind": kind, "by": by, **payload})
        return {"enquiry": "01a2247c-8b45-74b4-b532-d268ae3bfffd", "standing": self.standing}


@pytest.fixture
def switchboard(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[Switchboard]:
    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    visitors.forget()
    with clock.frozen(NOW):
        yield stand_in


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def asked(**more: str) -> dict[str, str]:
    return {"queue": "tmf-byggeri", "number": "20 30 40 50", "name": "Lis Holm", "due": ""} | more


def test_the_contact_page_leads_to_it_in_both_languages(switchboard: Switchboard) -> None:
    assert f'href="{PAGE}"' in text(Client().get("/kontakt/"))
    assert "Get a call back" in text(Client().get(f"/en{PAGE}"))


def test_only_queues_with_a_public_name_can_be_chosen(switchboard: Switchboard) -> None:
    Queue.objects.filter(code="tmf-byliv").update(name="TMF byliv intern", public_name="Byliv", public_name_en="City")
    shown = text(Client().get(PAGE))
    assert ">Byliv</option>" in shown
    assert "TMF byliv intern" not in shown
    assert ">City</option>" in text(Client().get(f"/en{PAGE}"))
    assert "kff-borger" not in shown
    assert Client().post(PAGE, asked(queue="kff-borger")).status_code == 422
    assert not switchboard.orders


def test_a_call_is_ordered_as_soon_as_it_is_their_turn(switchboard: Switchboard) -> None:
    answer = Client().post(PAGE, asked())
    assert answer.status_code == 200
    assert "Vi ringer til 20 30 40 50, når det er din tur" in text(answer)
    assert "kun i åbningstiden" in text(answer)
    assert switchboard.orders == [
        {"kind": "callback_order", "by": None, "number": "+4520304050", "queue": "tmf-byggeri", "due": None,
         "name": "Lis Holm", "language": "da", "channel": "web"},
    ]  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_call_is_ordered_for_a_time_that_is_offered(switchboard: Switchboard) -> None:
    shown = text(Client().get(f"{PAGE}?emne=tmf-byggeri"))
    offered = re.findall(r'<option value="(2026[^"]+)"', shown)
    assert offered[0].startswith("2026-11-25T10:00"), "11.00 in Copenhagen: the next half hour but one"
    assert len({iso[:10] for iso in offered}) == 5
    times = [datetime.fromisoformat(iso).astimezone(clock.COPENHAGEN) for iso in offered]
    assert all(each.weekday() < 5 and 9 <= each.hour < 16 for each in times), "the centre's hours: the queue has none"
    answer = Client().post(PAGE, asked(due=offered[3]))
    assert switchboard.orders[-1]["due"] == offered[3]
    assert "eller kort efter" in text(answer)
    assert "Wednesday 25 November, 11.00" in text(Client().get(f"/en{PAGE}?emne=tmf-byggeri"))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"number": "123"}, "Det er ikke et telefonnummer"),
        ({"number": "112"}, "Det er ikke et telefonnummer"),
        ({"number": "mit nummer"}, "Det er ikke et telefonnummer"),
        ({"number": ""}, "Skriv det nummer"),
        ({"queue": ""}, "Vælg, hvad det drejer sig om"),
        ({"queue": "sikker-koe"}, "Vælg fra listen"),
        ({"due": "2026-11-25T02:00:00+00:00"}, "Vælg et andet"),
        ({"due": "snart"}, "Vælg et andet"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    switchboard: Switchboard, what: dict[str, str], said: str
) -> None:
    answer = Client().post(PAGE, asked(**what))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Lis Holm" in text(answer)
    assert switchboard.orders == []


@pytest.mark.parametrize(("code", "said"), [("no_switchboard", "Prøv igen om lidt"), ("barred_premium", "kan vi ikke")])
def test_a_refusal_is_put_in_words(switchboard: Switchboard, code: str, said: str) -> None:
    switchboard.refuses = code
    answer = Client().post(PAGE, asked())
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_who_stands_in_the_queue_already_keeps_the_place(switchboard: Switchboard) -> None:
    switchboard.standing = True
    shown = text(Client().post(PAGE, asked()))
    assert "Du beholder din plads" in shown
    assert "Ring mig ikke op" not in shown, "whoever knows a number could call off its owner's call"


def test_other_sites_cannot_order_and_nobody_orders_for_ever(switchboard: Switchboard) -> None:
    foreign = Client().post(PAGE, asked(), headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 422
    answers = [Client().post(PAGE, asked()).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


def test_it_is_called_off_by_the_link_and_by_nobody_without_it(switchboard: Switchboard) -> None:
    answer = text(Client().post(PAGE, asked()))
    found = re.search(rf'action="({PAGE}[^"]+)"', answer)
    assert found is not None
    assert "Ring mig ikke op" in text(Client().get(found[1])), "looking calls nothing off"
    assert len(switchboard.orders) == 1
    assert "Vi ringer ikke." in text(Client().post(found[1]))
    assert switchboard.orders[-1]["kind"] == "callback_cancel"
    switchboard.refuses = "no_callback"
    assert "Vi ringer ikke." in text(Client().post(found[1])), "a second time says the same"
    switchboard.refuses = "no_switchboard"
    assert Client().post(found[1]).status_code == 503
    assert Client().post(f"{PAGE}made-up/").status_code == 404


def enquiry_of(*steps: Any) -> str:
    """Create a callback ordered on the site, with these further events. Returns the address of its link."""
    enquiry = str(uuid7())
    begun = {"queue": "tmf-byggeri", "number": BAKERY, "asked_at": NOW.isoformat(), "channel": "web", "centre": "tmf"}
    happen(enquiry, (Kind.CALLBACK_ORDERED, 0, begun), *steps, start=NOW)
    return f"{PAGE}{signing.dumps(enquiry, salt='portal.callback')}/"


FAILED = {"queue": "tmf-byggeri", "why": "no_answer"}


def test_the_link_says_when_it_is_tried_again(switchboard: Switchboard) -> None:
    again = datetime(2026, 11, 25, 10, 30, tzinfo=UTC).isoformat()
    shown = text(Client().get(enquiry_of((Kind.CALLBACK_FAILED, 600, {**FAILED, "attempt": 1, "next": again}))))
    assert "Vi prøver igen den 25. november 2026 kl. 11.30" in shown
    assert "25. november 2026 kl. 10.20" in shown, "when we rang"
    assert "Ring mig ikke op" in shown


def test_the_link_says_that_we_rang_in_vain_when_and_what_to_do(switchboard: Switchboard) -> None:
    link = enquiry_of(
        (Kind.CALLBACK_FAILED, 600, {**FAILED, "attempt": 1}), (Kind.CALLBACK_FAILED, 1600, {**FAILED, "attempt": 2}),
        (Kind.CALLBACK_OVER, 1600, {"queue": "tmf-byggeri", "why": "not_reached", "attempts": 2, "number": BAKERY}),
    )  # fmt: skip
    shown = text(Client().get(link))
    assert "Vi har ringet til dig 2 gange uden at få fat i dig" in shown
    assert "25. november 2026 kl. 10.36" in shown
    assert f'href="{PAGE}"' in shown
    assert "Ring mig ikke op" not in shown
    english = text(Client().get(f"/en{link}"))
    assert "We have called you 2 times" in english


def test_the_link_says_that_we_have_talked(switchboard: Switchboard, world: World) -> None:
    link = enquiry_of(
        (Kind.CALLED_BACK, 60, {"number": BAKERY, "person": world.bo}), (Kind.ANSWERED, 90, {"person": world.bo})
    )
    assert "Vi har talt sammen" in text(Client().get(link))
    assert "Du står i køen" in text(Client().get(enquiry_of()))
