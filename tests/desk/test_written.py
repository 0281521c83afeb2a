"""Written enquiries at the desk: the lists, the conversation, answering, undoing, and what else ends one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indgang.audit.models import Look
from indgang.core import clock
from indgang.correspondence import drafts
from indgang.correspondence.mail import composing, receiving, sending
from indgang.correspondence.models import BlockedSender, Enclosure, Mailbox, Thread, ThreadMessage
from indgang.enquiries import knowledge_use
from indgang.entry.models import AgentState, Queue, QueueMembership, QueueTerms
from indgang.handover.models import Handover
from indgang.routing.distribution.requirement import CALL, CHAT, WRITTEN
from tests.correspondence.mails import PER, mailbox, orders, raw, receive
from tests.correspondence.test_answering import in_hand
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange
from tests.desk.known import build
from tests.desk.test_handing_over import noon
from tests.desk.test_promised_calls import part as part_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LISTS = "/desk/written/"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def page(thread: Thread, name: str = "written", *more: Any) -> str:
    return reverse(f"desk:{name}", args=[thread.pk, *more])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def hers(world: World, **more: Any) -> Thread:
    """A mail that Anna has in hand."""
    thread = in_hand(world, receive(mailbox(world), **more))
    exchange()
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    return thread


def post(client: Client, thread: Thread, name: str, *more: Any, **fields: Any) -> Any:
    answer = client.post(page(thread, name, *more), fields)
    thread.refresh_from_db()
    return answer


# --- the lists ------------------------------------------------------------------------------------


def test_the_list_has_what_waits_with_the_time_left_and_what_is_in_hand(
    world: World, as_: SignIn, morning: clock.FrozenTime
) -> None:
    thread = hers(world)
    box = Mailbox.objects.get()
    QueueTerms.objects.update(service_level_seconds=7200)
    receive(box, number=2, subject="Skilt på gaden", sender="Mette <mette@example.dk>")
    shown = text(as_(world.anna).get(LISTS))
    assert shown.index("I hånden") < shown.index(thread.subject) < shown.index("Venter i dine køer")
    assert shown.index("Venter i dine køer") < shown.index("Skilt på gaden")
    assert "tilbage" in shown
    morning.at += timedelta(days=1)
    assert "over fristen" in text(as_(world.bo).get(LISTS))


@pytest.mark.parametrize("asked", ["skilt", "METTE@", "Mette Holm", "token"])
def test_a_search_finds_by_subject_sender_and_number(world: World, as_: SignIn, asked: str) -> None:
    box = mailbox(world)
    receive(box)
    found = receive(box, number=2, subject="Skilt på gaden", sender="Mette Holm <mette@example.dk>")
    asked = f"[#{found.token[:4]}-{found.token[4:].lower()}]" if asked == "token" else asked
    shown = text(as_(world.anna).get(LISTS, {"q": asked}))
    assert "Skilt på gaden" in shown
    assert "Byggetilladelse" not in shown


@pytest.mark.parametrize(
    ("who", "status"),
    [("anna", 200), ("bo", 200), ("otto", 404), ("david", 404), ("eva", 404), ("ida", 404), ("clara", 404),
     ("finn", 403), ("gerda", 403), ("hans", 403), ("ukendt", 403)],
)  # fmt: skip
def test_only_who_serves_the_queue_reads_a_mail(world: World, as_: SignIn, who: str, status: int) -> None:
    thread = hers(world)
    client = as_(getattr(world, who))
    assert client.get(page(thread)).status_code == status
    assert client.get(LISTS).status_code == (403 if status == 403 else 200)
    shown = thread.subject in text(client.get(LISTS, {"q": thread.subject[:6]}))
    assert shown is (status == 200)


def test_a_case_worker_with_a_mail_queue_answers_mails(world: World, as_: SignIn) -> None:
    thread = receive(mailbox(world))
    queue = Mailbox.objects.get().queue
    queue.unit = world.units["ctb-byliv"]
    queue.save()
    QueueMembership.objects.create(person=world.david, queue=queue)
    assert as_(world.david).get(page(thread)).status_code == 200


# --- the conversation -----------------------------------------------------------------------------


def test_the_page_shows_the_conversation_and_logs_the_look(world: World, as_: SignIn) -> None:
    thread = hers(world, files=(("plan.pdf", b"%PDF-1.4 plan"), ("farlig.exe", b"MZ program")))
    shown = text(as_(world.anna).get(page(thread)))
    for each in (
        "Hvornår kan jeg få min tilladelse?",
        "plan.pdf",
        "Filen er et program",
        "Hvem skriver",
        "Registrering",
    ):
        assert each in shown
    assert Look.objects.filter(page="desk.written", subject_id=str(thread.pk)).exists()


def test_a_colleague_sees_who_has_it_and_cannot_answer(world: World, as_: SignIn) -> None:
    thread = hers(world)
    shown = text(as_(world.bo).get(page(thread)))
    assert "Anna Agerbæk har arbejdet på henvendelsen siden" in shown
    assert 'id="written-reply"' not in shown
    answer = post(as_(world.bo), thread, "written-reply", to=PER, text="Hej", closes="yes")
    assert (answer.status_code, thread.messages.count()) == (422, 1)


def test_a_mail_as_html_loads_and_runs_nothing(world: World, as_: SignIn) -> None:
    came = (
        b"From: Per <per@example.dk>\r\nTo: erhverv@example.dk\r\nSubject: Hej\r\nMessage-ID: <h@example.dk>\r\n"
        b"Content-Type: text/html\r\n\r\n<p onclick='x()'>Hej <b>der</b></p><script>alert(1)</script>"
        b"<img src='https://sporing.example/a.png'>\r\n"
    )
    thread = in_hand(world, receiving.receive(mailbox(world), came, at=MORNING).thread)
    message = thread.messages.get()
    shown = text(as_(world.anna).get(page(thread)))
    assert "<b>der</b>" not in shown
    assert f"?html={message.pk}" in shown
    framed = text(as_(world.anna).get(page(thread), {"html": str(message.pk)}))
    assert 'sandbox title="Mailen som HTML"' in framed
    alone = as_(world.anna).get(page(thread, "written-html", message.pk))
    assert "<b>der</b>" in text(alone)
    for each in ("script", "onclick", "sporing.example"):
        assert each not in text(alone)
    assert "default-src 'none'" in alone.headers["Content-Security-Policy"]
    assert "sandbox" in alone.headers["Content-Security-Policy"]


def test_a_file_is_given_out_unless_it_is_refused_or_has_a_virus(world: World, as_: SignIn) -> None:
    thread = hers(world, files=(("plan.pdf", b"%PDF-1.4 plan"), ("farlig.exe", b"MZ program")))
    message, client = thread.messages.get(), as_(world.anna)
    good = client.get(page(thread, "written-file", message.pk, 0))
    assert (good.content, good.headers["Content-Disposition"]) == (
        b"%PDF-1.4 plan", "attachment; filename*=UTF-8''plan.pdf",
    )  # fmt: skip
    assert client.get(page(thread, "written-file", message.pk, 1)).status_code == 404
    Enclosure.objects.update(scan=Enclosure.Scan.INFECTED)
    assert client.get(page(thread, "written-file", message.pk, 0)).status_code == 404


@pytest.mark.parametrize("name", ["written-html", "written-file"])
def test_what_is_given_out_beside_the_page_is_logged_as_a_look(world: World, as_: SignIn, name: str) -> None:
    thread = hers(world, files=(("plan.pdf", b"%PDF-1.4 plan"),))
    order = [0] if name == "written-file" else []
    assert as_(world.anna).get(page(thread, name, thread.messages.get().pk, *order)).status_code == 200
    assert Look.objects.filter(page="desk.written", subject_id=str(thread.pk)).count() == 1


@pytest.mark.parametrize(
    ("scan", "status", "said"),
    [
        (Enclosure.Scan.NONE, 404, "undersøges for virus"),
        (Enclosure.Scan.UNKNOWN, 404, "kunne ikke undersøges for virus"),
        (Enclosure.Scan.CLEAN, 200, "plan.pdf"),
    ],
)
def test_where_a_scanner_is_set_up_only_clean_files_are_given_out(
    world: World, as_: SignIn, settings: Any, scan: str, status: int, said: str
) -> None:
    settings.VIRUS_SCANNER = "127.0.0.1:9"
    thread = hers(world, files=(("plan.pdf", b"%PDF-1.4 plan"),))
    message, client = thread.messages.get(), as_(world.anna)
    Enclosure.objects.update(scan=scan)
    assert client.get(page(thread, "written-file", message.pk, 0)).status_code == status
    assert said in text(client.get(page(thread)))


# --- answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("written-reply", 422), ("written-closure", 302), ("written-spam", 302)])
def test_a_mail_that_came_since_the_page_was_opened_is_read_first(
    world: World, as_: SignIn, name: str, status: int
) -> None:
    thread, client = hers(world), as_(world.anna)
    typed = {"to": PER, "text": "Om to uger.", "closes": "yes", "seen": _seen(client, thread)}
    receive(Mailbox.objects.get(), "Vent lidt.\n", number=2, In_Reply_To="<1@example.dk>")
    answer = post(client, thread, name, **typed)
    assert (answer.status_code, thread.is_over) == (status, False)
    shown = text(answer if status == 422 else client.get(page(thread)))
    assert "Der er kommet en ny mail" in shown
    assert "Vent lidt." in shown
    post(client, thread, name, **typed | {"seen": _seen(client, thread)})
    assert thread.is_over


def _seen(client: Client, thread: Thread) -> str:
    """What the forms of the page say that it shows."""
    found = set(re.findall(r'name="seen" value="([0-9a-f-]{36})"', text(client.get(page(thread)))))
    assert len(found) == 1
    return str(found.pop())


def test_an_answer_is_sent_with_its_file_and_closes(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    thread = hers(world)
    file = SimpleUploadedFile("vejledning.txt", b"Trin 1")
    answer = post(
        as_(world.anna), thread, "written-reply", to=f"{PER}, mette@example.dk", cc="", subject="Din byggesag",
        text="Om to uger.\n", closes="yes", files=[file],
    )  # fmt: skip
    assert (answer.status_code, thread.ending) == (302, Thread.Ending.ANSWERED)
    message = thread.messages.get(direction="out")
    assert (message.to, message.subject) == (
        [PER, "mette@example.dk"],
        composing.answer_subject(thread, "Din byggesag"),
    )
    assert message.enclosures.get().name == "vejledning.txt"
    shown = text(as_(world.anna).get(page(thread)))
    assert "Svaret sendes om lidt." in shown
    morning.at += timedelta(seconds=11)
    sending.send_due(at=morning.at)
    after = text(as_(world.anna).get(page(thread), headers=PART | {"HX-Target": "written-messages"}))
    assert "Sendt" in after
    assert "Fortryd" not in after


def test_a_refused_answer_keeps_what_was_typed(world: World, as_: SignIn) -> None:
    thread = hers(world)
    answer = post(as_(world.anna), thread, "written-reply", to="ikke en adresse", text="Om to uger.", closes="yes")
    assert answer.status_code == 422
    assert "er ikke en mailadresse" in text(answer)
    assert "Om to uger." in text(answer)
    assert thread.state == Thread.State.IN_WORK


def test_an_answer_that_is_undone_comes_back_as_a_draft(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    thread = hers(world)
    post(as_(world.anna), thread, "written-reply", to=PER, text="Om to uger.", closes="yes")
    message = thread.messages.get(direction="out")
    post(as_(world.anna), thread, "written-undo", message.pk)
    assert switchboard.orders[-1] == {"kind": "written_take", "by": "anna", "enquiry": str(thread.pk)}
    assert (thread.state, ThreadMessage.objects.get(pk=message.pk).state) == (Thread.State.WAITING, "withdrawn")
    in_hand(world, thread)
    assert "Om to uger.</textarea>" in text(as_(world.anna).get(page(thread)))


def test_a_draft_survives_and_says_when_another_tab_saved_it(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    saved = text(post(client, thread, "written-draft", to=PER, text="Om to", revision="0"))
    assert 'value="1"' in saved
    assert "Kladden er gemt" in saved
    assert "anden fane" in text(post(client, thread, "written-draft", to=PER, text="Om tre", revision="0"))
    assert "Om tre</textarea>" in text(client.get(page(thread)))
    too_long = post(client, thread, "written-draft", to=PER, text="x" * (drafts.MOST + 1), revision="2")
    assert (too_long.status_code, "for lang" in text(too_long)) == (422, True)


def test_the_open_article_goes_into_the_answer(world: World, as_: SignIn) -> None:
    known, thread = build(world), hers(world)
    knowledge_use.opened(thread.enquiry, known.flea_version, by=world.anna, at=MORNING)
    assert 'data-pick="article:loppemarked" data-key="F8"' in text(as_(world.anna).get(page(thread)))
    post(as_(world.anna), thread, "written-reply", to=PER, text="Hej Per", picks="article:loppemarked")
    draft = drafts.of(thread, world.anna)
    assert draft is not None
    assert draft.fields["text"].startswith("Hej Per\n\n")
    assert len(draft.fields["text"]) > 20
    assert knowledge_use.in_knowledge(thread.enquiry) is True
    anna = as_(world.anna)
    assert post(anna, thread, "written-reply", to=PER, text="Hej", picks="article:ukendt").status_code == 302
    assert "Vælg en standardtekst eller en artikel." in text(anna.get(page(thread)))


def test_an_answer_in_doubt_is_settled_by_a_person(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    thread = hers(world)
    post(as_(world.anna), thread, "written-reply", to="tvivl@example.dk", text="Om to uger.", closes="yes")
    morning.at += timedelta(seconds=11)
    sending.send_due(at=morning.at)
    message = thread.messages.get(direction="out")
    assert "Vi ved ikke, om svaret nåede ud" in text(as_(world.anna).get(page(thread)))
    assert post(as_(world.anna), thread, "written-settlement", message.pk, result="ved ikke").status_code == 400
    post(as_(world.anna), thread, "written-settlement", message.pk, result="sent")
    message.refresh_from_db()
    assert message.state == "sent"


# --- having it, and other ends --------------------------------------------------------------------


def test_one_is_taken_and_put_back(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    thread, client = receive(mailbox(world)), as_(world.anna)
    assert post(client, thread, "written-taking").url == page(thread)
    assert post(client, thread, "written-putting-back").url == LISTS
    told = [(order["kind"], order["enquiry"]) for order in switchboard.orders]
    assert told == [("written_take", str(thread.pk)), ("written_put_back", str(thread.pk))]
    switchboard.refuses = "taken"
    client.post(page(thread, "written-taking"))
    assert "En kollega har taget den." in text(client.get(page(thread)))


def test_it_is_answered_by_telephone_when_the_number_is_known(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    thread, client = hers(world), as_(world.anna)
    assert "Ring i stedet" not in text(client.get(page(thread)))
    post(client, thread, "written-call")
    assert switchboard.orders == []
    thread.enquiry.party = world.bakery
    thread.enquiry.save()
    assert "Ring i stedet" in text(client.get(page(thread)))
    post(client, thread, "written-call")
    (order,) = switchboard.orders
    assert (order["kind"], order["follows"]) == ("dial", str(thread.pk))


def test_closed_spam_and_back_again(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    post(client, thread, "written-spam", blocks="on")
    assert (thread.ending, receive(Mailbox.objects.get(), number=2).ending) == ("spam", "spam")
    post(client, thread, "written-no-spam")
    assert thread.state == Thread.State.WAITING
    in_hand(world, thread)
    post(client, thread, "written-closure")
    assert thread.ending == Thread.Ending.CLOSED
    post(client, thread, "written-closure")
    assert "Henvendelsen er afsluttet." in text(client.get(page(thread)))


def test_taken_back_from_spam_the_page_says_that_the_domain_is_blocked(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    BlockedSender.objects.create(sender="@example.dk", since=MORNING)
    post(client, thread, "written-spam", blocks="on")
    post(client, thread, "written-no-spam")
    assert "fra @example.dk er stadig spærret" in text(client.get(page(thread)))


def test_it_is_merged_into_none_that_the_person_may_not_see(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    other = receive(Mailbox.objects.get(), number=2)
    centre = world.centres["tmf"]
    elsewhere = Queue.objects.create(
        code="elsewhere", work=Queue.Work.WRITTEN, name="Andre", centre=centre, ring_seconds=30,
        schedule=centre.schedule,
    )  # fmt: skip
    Thread.objects.filter(pk=other.pk).update(queue=elsewhere)
    assert f'<option value="{other.pk}">' not in text(client.get(page(thread)))
    post(client, thread, "written-merger", into=str(other.pk))
    assert (thread.is_over, thread.merged_into) == (False, None)


def test_two_are_merged_and_one_is_split_off(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    box = Mailbox.objects.get()
    other = receive(box, "Husnummeret er 7.\n", number=2, subject="Mere", at=MORNING)
    assert f'<option value="{other.pk}">' in text(client.get(page(thread)))
    assert post(client, thread, "written-merger", into=str(other.pk)).url == page(other)
    shown = text(client.get(page(other)))
    assert "Husnummeret er 7." in shown
    assert "Hvornår kan jeg få min tilladelse?" in shown
    third = in_hand(world, receive(box, number=3, sender="Mette <mette@example.dk>"))
    receive(box, "Noget andet.\n", number=4, sender="Mette <mette@example.dk>", In_Reply_To="<3@example.dk>")
    apart = third.messages.get(message_id="<4@example.dk>")
    assert "Skil ud som egen henvendelse" in text(client.get(page(third)))
    new = Thread.objects.exclude(pk=third.pk).filter(messages=apart)
    post(client, third, "written-division", apart.pk)
    assert new.get().enquiry.follows_id == third.pk


def test_a_mail_that_is_handed_over_ends_at_this_desk(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    url = reverse("desk:handing-over", args=[thread.pk])
    shown = text(client.get(url))
    assert "Hvornår kan jeg få min tilladelse?" in shown
    assert PER in shown
    answer = client.post(
        url,
        {"to": "unit:ctb-byliv@arrangement", "kind": "task", "time": noon(),
         "question": "Hvornår kan jeg få min tilladelse?", "contact_name": "Per", "contact_email": PER},
    )  # fmt: skip
    assert answer.status_code == 200, text(answer)
    thread.refresh_from_db()
    assert Handover.objects.get().contact_email == PER
    assert thread.ending == Thread.Ending.HANDED_OVER
    assert [(kind, told["why"]) for kind, told in orders()] == [("written_over", "handed_over")]


def test_a_mail_that_came_while_the_panel_was_open_is_read_before_it_is_handed_over(world: World, as_: SignIn) -> None:
    thread, client = hers(world), as_(world.anna)
    url = reverse("desk:handing-over", args=[thread.pk])
    typed = {"to": "unit:ctb-byliv@arrangement", "kind": "task", "time": noon(), "question": "Hvornår?"}
    opened = client.get(url).content.decode()
    receive(Mailbox.objects.get(), "Vent lidt.\n", number=2, In_Reply_To="<1@example.dk>")
    answer = client.post(url, {**typed, "seen": _newest_in(opened)})
    assert (answer.status_code, Handover.objects.count()) == (422, 0)
    assert "Der er kommet en ny mail" in text(answer)
    assert client.post(url, {**typed, "seen": _newest_in(answer.content.decode())}).status_code == 200
    thread.refresh_from_db()
    assert thread.ending == Thread.Ending.HANDED_OVER


def _newest_in(html: str) -> str:
    return str(re.findall(r'name="seen" value="([0-9a-f-]{36})"', html)[0])


def test_the_desk_shows_the_mail_that_is_offered_and_in_hand(world: World, as_: SignIn) -> None:
    thread = receive(mailbox(world))
    exchange()
    at_desk(world.anna, AgentState.RINGING, thread.enquiry, kind=WRITTEN)
    shown = part_of(as_(world.anna), "call")
    for each in ("Mail", thread.subject, "Per Madsen", "Tag den"):
        assert each in shown
    assert "data-phone-answer" not in shown
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    assert page(thread) in part_of(as_(world.anna), "call")


@pytest.mark.parametrize(
    ("kind", "says"), [(WRITTEN, "Tilbydes en skriftlig henvendelse"), (CHAT, "Tilbydes en chat"), (CALL, "Ringer")]
)
def test_the_state_says_what_is_offered(world: World, as_: SignIn, kind: str, says: str) -> None:
    thread = receive(mailbox(world))
    exchange()
    at_desk(world.anna, AgentState.RINGING, thread.enquiry, kind=kind)
    shown = part_of(as_(world.anna), "state")
    assert says in shown
    assert ("Ringer" in shown) == (kind == CALL)


def test_raw_headers_cannot_break_the_page(world: World, as_: SignIn) -> None:
    came = raw(subject="<script>alert(1)</script>", sender='"<b>Per</b>" <per@example.dk>')
    thread = receiving.receive(mailbox(world), came, at=MORNING).thread
    for url in (LISTS, page(thread)):
        shown = text(as_(world.anna).get(url))
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert(1)" not in shown


def test_two_who_have_the_same_mail_open_are_warned(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    thread = hers(world)
    warning = "Bo Bakkedal har også haft denne side åben siden"
    anna, bo = as_(world.anna), as_(world.bo)
    assert warning not in text(anna.get(page(thread)))
    bo.get(page(thread))
    assert warning in text(anna.get(page(thread)))
    assert "Anna Agerbæk har også" not in text(bo.get(page(thread))), "she is named as the one who has it"
    morning.at += timedelta(minutes=2)
    bo.get(page(thread), headers=PART | {"HX-Target": "written-state"})
    morning.at += timedelta(minutes=3)
    assert warning in text(anna.get(page(thread)))
    assert bo.delete(page(thread, "written-reading")).status_code == 204
    assert warning not in text(anna.get(page(thread)))
    bo.get(page(thread))
    morning.at += timedelta(minutes=5)
    assert warning not in text(anna.get(page(thread))), "his browser is gone"
