"""The receiver's page: lists with the time left, the card with its history, and each step."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.audit.models import Look
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.desk import handover_lists
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import Channel
from indgang.handover import case_note, history, recipients, work
from indgang.handover.models import Addition, Handover
from indgang.handover.recipients import Recipient
from indgang.knowledge.models import Article, Task
from indgang.workforce.models import Group, GroupMember
from tests.desk.conftest import PART, SignIn, Switchboard
from tests.handover.sent import CARD, NOON, enquiry, other_mails, send
from tests.knowledge_world import build as with_articles
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LISTS = "/desk/handovers/"


def page(sent: Handover) -> str:
    return reverse("desk:handover", args=[sent.pk])


def step(client: Client, sent: Handover, noun: str, **fields: str) -> Any:
    answer = client.post(reverse(f"desk:handover-{noun}", args=[sent.pk]), fields)
    sent.refresh_from_db()
    return answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_lists_say_how_long_there_is_left(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    send(world)
    send(world, to=Recipient(world.units["ctb-byliv"]))
    shown = text(as_(world.david).get(LISTS))
    assert shown.index("Hos mig") < shown.index(CARD.question) < shown.index("Resten af enheden")
    assert "2 t. 20 min. tilbage" in shown
    morning.at = NOON + timedelta(minutes=61)
    assert "1 t. 1 min. over fristen" in text(as_(world.david).get(LISTS))
    assert "Sendt af mig" in text(as_(world.anna).get(LISTS))


def test_the_desk_says_how_many_tasks_there_are(world: World, as_: SignIn) -> None:
    send(world)
    lists = as_(world.david).get("/desk/", headers=PART | {"HX-Target": "desk-lists"})
    assert "1 opgave hos dig" in text(lists)
    assert "hos dig" not in text(as_(world.bo).get("/desk/", headers=PART | {"HX-Target": "desk-lists"}))


def test_what_came_back_is_on_the_list_of_the_whole_centre(world: World, as_: SignIn) -> None:
    sent = send(world)
    assert "Sendt tilbage til centret" not in text(as_(world.david).get(LISTS))
    assert f"returned-{sent.pk}" not in text(as_(world.bo).get(LISTS))
    work.give_back(sent, why="lacks_information", note="", by=world.david, at=MORNING)
    shown = text(as_(world.bo).get(LISTS))
    assert "Sendt tilbage til centret" in shown
    assert f"returned-{sent.pk}" in shown
    assert f"returned-{sent.pk}" not in text(as_(world.otto).get(LISTS))
    assert f"mine-{sent.pk}" in text(as_(world.anna).get(LISTS))


def test_who_has_one_that_came_back_can_close_it(world: World, as_: SignIn) -> None:
    sent = send(world)
    work.give_back(sent, why="lacks_information", note="", by=world.david, at=MORNING)
    assert reverse("desk:handover-closure", args=[sent.pk]) in text(as_(world.bo).get(page(sent)))
    step(as_(world.bo), sent, "closure", outcome="answered", told_again="no", first_level="no")
    assert (sent.state, sent.outcome) == ("closed", "answered")


def test_a_member_of_its_group_opens_it_and_takes_it_whatever_their_unit(world: World, as_: SignIn) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    GroupMember.objects.create(group=group, person=world.otto, valid_from=day_of(MORNING))
    sent = send(world, to=recipients.of_group(group))
    assert f"mine-{sent.pk}" in text(as_(world.otto).get(LISTS))
    assert as_(world.otto).get(page(sent)).status_code == 200
    step(as_(world.otto), sent, "acceptance")
    assert (sent.state, sent.person) == ("accepted", world.otto)


def test_a_long_list_is_cut_after_the_most_urgent(world: World, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    later, soon = send(world, due=NOON + timedelta(hours=1)), send(world)
    monkeypatch.setattr(handover_lists, "MOST", 1)
    shown = text(as_(world.david).get(LISTS))
    assert f"mine-{soon.pk}" in shown
    assert f"mine-{later.pk}" not in shown


def test_the_card_is_read_by_both_sides_and_nobody_else(world: World, as_: SignIn) -> None:
    sent = send(world)
    for person in (world.david, world.anna, world.bo):
        shown = text(as_(person).get(page(sent)))
        assert CARD.question in shown
        assert CARD.told in shown
    assert as_(world.otto).get(page(sent)).status_code == 404
    assert as_(world.ukendt).get(page(sent)).status_code == 403
    looks = Look.objects.filter(page="desk.handover", subject_id=str(sent.pk))
    assert set(looks.values_list("by_label", flat=True)) >= {world.david.audit_label, world.anna.audit_label}


def test_a_colleague_takes_part_writes_and_leaves(world: World, as_: SignIn) -> None:
    sent, client = send(world), as_(world.bo)
    assert "Jeg deltager i" not in text(client.get(LISTS))
    assert "Du deltager nu i opgaven." in text(client.get(step(client, sent, "participation").url))
    assert f"part-{sent.pk}" in text(client.get(LISTS))
    card = text(as_(world.david).get(page(sent)))
    assert f"Deltager: {world.bo.name}" in " ".join(card.split())
    step(client, sent, "text", text="Jeg kender pladsen.")
    assert sent.additions.get().by == world.bo
    assert step(client, sent, "closure", outcome="answered").status_code == 422
    assert step(client, sent, "leaving").url == LISTS
    assert f"part-{sent.pk}" not in text(client.get(LISTS))


def test_the_lists_say_that_the_contact_has_added_something(world: World, as_: SignIn) -> None:
    sent = send(world)
    work.write(sent, text="Det er også om søndagen.", for_contact=True, by=None, at=MORNING)
    assert "Nyt fra den, der spurgte" in text(as_(world.david).get(LISTS))
    step(as_(world.david), sent, "acceptance")
    assert "Nyt fra den, der spurgte" not in text(as_(world.david).get(LISTS))


def test_it_is_taken_written_on_and_closed(world: World, as_: SignIn) -> None:
    sent, client = send(world), as_(world.david)
    step(client, sent, "acceptance")
    assert sent.state == "accepted"
    step(client, sent, "text", text="Jeg spørger vejfolkene.")
    step(client, sent, "attempt", result="not_reached")
    answer = step(
        client, sent, "closure", outcome="answered", note="Ja, til søndag.", told_again="no", first_level="yes",
        first_level_answer="Reglerne for pladsen",
    )  # fmt: skip
    assert answer.status_code == 302
    assert (sent.state, sent.told_again, sent.first_level) == ("closed", False, True)
    assert "Reglerne for pladsen" in Task.objects.get().question
    shown = text(client.get(page(sent)))
    for words in (
        "Taget",
        "Ringet op uden at få kontakt",
        "Jeg spørger vejfolkene.",
        "Afsluttet: Besvaret",
        "Løftet: holdt",
    ):
        assert words in shown
    assert Addition.objects.filter(for_contact=True).get().text == "Ja, til søndag."


def test_the_note_of_a_return_reaches_the_contact_only_when_it_is_ticked(world: World, as_: SignIn) -> None:
    sent, david = send(world), as_(world.david)
    step(david, sent, "return", why="lacks_information", note="Hvilken plads?", for_contact="on")
    assert Addition.objects.get().for_contact
    quiet = send(world)
    step(david, quiet, "return", why="lacks_information", note="Spørg hende.")
    assert not Addition.objects.get(handover=quiet).for_contact


def test_it_goes_back_with_a_reason_and_on_to_another_unit(world: World, as_: SignIn) -> None:
    sent = send(world)
    step(as_(world.david), sent, "return", why="not_ours", note="Det er Grav.")
    assert sent.state == "returned"
    anna = as_(world.anna)
    shown = text(anna.get(page(sent)))
    assert "Sendt tilbage: Ikke vores opgave" in shown
    assert "Det er Grav." in shown
    assert CARD.question in text(anna.get(LISTS))
    step(anna, sent, "placement", to="unit:ctb-grav", note="")
    assert (sent.state, sent.unit.code) == ("waiting", "ctb-grav")


@pytest.mark.parametrize(
    ("noun", "fields", "sentence"),
    [
        ("return", {"note": "Nej"}, "Vælg, hvorfor den sendes tilbage."),
        ("placement", {"note": "Til dig"}, "Vælg, hvem der skal have spørgsmålet"),
        ("closure", {"note": "Ja", "outcome": ""}, "Vælg, hvordan det endte."),
        ("text", {"text": " "}, "Skriv en tekst."),
        ("promise", {"time": "typed", "due": "2026-03-14T12:00"}, "Det kan vi ikke love den 14.3."),
        ("promise", {}, "Vælg, hvornår der senest bliver svaret."),
        ("laying-down", {}, "Du er ikke i gang med den."),
    ],
)
def test_a_refused_step_says_why_and_keeps_what_was_typed(
    world: World, as_: SignIn, noun: str, fields: dict[str, str], sentence: str
) -> None:
    sent = send(world)
    answer = step(as_(world.david), sent, noun, **fields)
    assert answer.status_code == 422
    shown = text(answer)
    assert sentence in shown
    assert all(words in shown for words in (fields.get("note", ""), fields.get("due", "")))


def test_a_refused_placement_keeps_who_was_chosen(world: World, as_: SignIn) -> None:
    sent, david = send(world), as_(world.david)
    answer = step(david, sent, "placement", to="unit:ctb-grav", q="grav", note="x" * 4_001)
    assert answer.status_code == 422
    chosen = re.findall(r'name="to" value="([^"]+)"\s+checked', text(answer))
    assert chosen == ["unit:ctb-grav"]
    assert text(answer).count('value="unit:ctb-grav"') == 1


def test_somebody_else_is_found_without_javascript(world: World, as_: SignIn) -> None:
    sent, david = send(world), as_(world.david)
    searched = step(david, sent, "placement", q="grav", note="Det er jeres.")
    assert 'value="unit:ctb-grav"' in text(searched)
    assert "Ingen fundet på “xyzzy”" in text(step(david, sent, "placement", q="xyzzy"))
    step(david, sent, "placement", q="grav", to="unit:ctb-grav", why="not_ours", note="Det er jeres.")
    assert sent.unit.code == "ctb-grav"


def test_another_time_is_agreed_on(world: World, as_: SignIn) -> None:
    sent = send(world)
    step(as_(world.david), sent, "promise", time="typed", due="2026-03-12T12:00")
    assert list(sent.promises.order_by("pk").values_list("state", flat=True)) == ["moved", "open"]


def answered_in_chats(world: World) -> None:
    """Byliv answers the subject in chats alone."""
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.bo, by_phone=False, by_chat=True)
    agreed.sign(agreement, world.david, world.ida)


def test_the_card_of_a_chat_finds_who_can_be_asked_in_chats(world: World, as_: SignIn) -> None:
    answered_in_chats(world)
    of_call, chatting, david = send(world), enquiry(world), as_(world.david)
    chatting.channel = Channel.CHAT
    chatting.save(update_fields=["channel"])
    of_chat = send(world, enquiry=chatting)
    assert "kan træffes på chat nu, til 14.00" in text(step(david, of_chat, "placement", q="arrangement"))
    shown = text(step(david, of_call, "placement", q="arrangement"))
    assert "Træffetid kun på chat" in shown
    assert "kan træffes på chat nu" not in shown
    live = {"q": "arrangement", "channel": "chat", "kind": "task"}
    assert "kan træffes på chat nu" in text(david.get(reverse("desk:recipients"), live, headers=PART))


def test_another_time_for_a_call_is_not_suggested_where_the_hours_are_for_chats(world: World, as_: SignIn) -> None:
    call = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    why = "Enheden svarer kun på chat om det"
    david = as_(world.david)
    assert why not in text(david.get(page(call)))
    answered_in_chats(world)
    assert why in text(david.get(page(call)))


def test_the_contact_is_called_by_the_telephone(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    sent = send(world)
    assert as_(world.david).post(reverse("desk:handover-call", args=[sent.pk])).status_code == 302
    assert switchboard.orders == [
        {"kind": "dial", "by": "david", "number": CARD.contact_number, "follows": str(sent.enquiry_id),
         "return_call": None},
    ]  # fmt: skip


def test_a_call_that_the_switchboard_refuses_is_told_on_the_card(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    switchboard.refuses = "busy"
    sent, client = send(world), as_(world.david)
    answer = client.post(reverse("desk:handover-call", args=[sent.pk]), follow=True)
    assert answer.redirect_chain == [(page(sent), 302)]
    assert 'class="alert' in text(answer)


def test_a_call_from_the_card_is_made_at_the_desk_when_its_telephone_is_connected(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    switchboard.refuses = "no_phone"
    sent, client = send(world), as_(world.david)
    url = reverse("desk:handover-call", args=[sent.pk])
    answer = client.post(url, follow=True)
    assert answer.redirect_chain == [(reverse("desk:home"), 302)]
    assert f'hx-post="{url}"' in text(answer)
    assert f'hx-post="{url}"' not in text(client.get(reverse("desk:home"))), "once"
    assert client.post(url, headers=PART).status_code == 409, "at the desk it is said there"
    switchboard.refuses = ""
    assert client.post(url, headers=PART).status_code == 204


def test_a_note_for_the_case_holds_what_was_written_and_is_mailed(world: World, as_: SignIn) -> None:
    world.david.email = "david@kommune.example"
    world.david.save()
    sent, client = send(world), as_(world.david)
    work.write(sent, text="Aftalt med vejfolkene.", for_contact=False, by=world.david, at=clock.now())
    shown = text(client.get(page(sent)))
    assert f"Spørgsmål: {CARD.question}" in shown
    step(client, sent, "case-note")
    mail = other_mails().get()
    assert mail.subject == f"Notat: opgave {sent.number}"
    for words in (
        "Aftalt med vejfolkene.",
        f"Opgave: {sent.number}, {MORNING:%d.%m.%Y}",
        "Sendt til David Degnemark, Byliv (opgave)",
        "Lovet svar senest 11.03.2026 kl. 12.00",
    ):
        assert words in mail.text
    assert "i dag" not in mail.text


def test_the_note_names_the_day_of_a_promised_call(world: World) -> None:
    sent = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=2))
    assert "Lovet opkald 11.03.2026 kl. 10.00–12.00" in case_note.text(sent, history.lines(sent))


def test_the_sender_withdraws_it(world: World, as_: SignIn) -> None:
    sent = send(world)
    step(as_(world.anna), sent, "cancellation")
    assert sent.state == "cancelled"


def test_the_card_links_to_the_articles_that_its_reader_may_open(world: World, as_: SignIn) -> None:
    made, sent = with_articles(world), send(world)
    version = made.articles["altan"].versions.first()
    assert version is not None
    knowledge_use.used(sent.enquiry, version, on=True, by=world.anna, at=MORNING)
    link = f'href="{reverse("desk:article", args=["altan"])}">{version.title}</a>'
    assert link in text(as_(world.david).get(page(sent)))
    assert f"Artikler: {version.title}" in case_note.text(sent, [])
    Article.objects.filter(slug="altan").update(withdrawn_at=MORNING - timedelta(days=1))
    assert link not in text(as_(world.david).get(page(sent)))


# --- the sender's side ----------------------------------------------------------------------------


def test_the_sender_sees_for_a_week_how_it_ended(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    sent = send(world)
    work.close(sent, outcome="in_case", by=world.david, at=MORNING)
    shown = text(as_(world.anna).get(LISTS))
    assert f"ended-{sent.pk}" in shown
    assert f"sent-{sent.pk}" not in shown
    assert "Afsluttet: Går videre i sagen" in shown
    assert f"ended-{sent.pk}" not in text(as_(world.bo).get(LISTS)), "it is the sender's"
    again = text(as_(world.anna).get(reverse("desk:handing-over", args=[sent.enquiry_id]), headers=PART))
    assert "Afsluttet: Går videre i sagen" in again
    morning.at = MORNING + timedelta(days=7, minutes=1)
    assert f"ended-{sent.pk}" not in text(as_(world.anna).get(LISTS))


def test_a_number_opens_its_card_for_who_may_read_it_and_the_look_is_logged(world: World, as_: SignIn) -> None:
    sent = send(world)
    opened = as_(world.bo).get(LISTS, {"number": f" {sent.number} "}, follow=True)
    assert opened.redirect_chain == [(page(sent), 302)]
    assert Look.objects.filter(page="desk.handover", subject_id=str(sent.pk)).count() == 1
    for person, number in ((world.otto, str(sent.number)), (world.bo, "999999")):
        answer = as_(person).get(LISTS, {"number": number})
        assert "Der er ingen opgave med det nummer, som du kan se." in text(answer)
        assert f'value="{number}"' in text(answer)
    for number in ("", "opgave", "9" * 29):
        assert "opgavens nummer" in text(as_(world.bo).get(LISTS, {"number": number}))
