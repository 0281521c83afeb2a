"""A form that is sent is a thread that waits in its queue, with its values and files; sent twice, it is sent once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.correspondence.forms import contact_words, page_answers, saving, submitting, versions
from indgang.correspondence.forms.definition import FieldKind, FormDefinition, FormField, FormSection
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.mail import answering
from indgang.correspondence.models import FormSubmission, RoutingRule, SavedAnswers, SavedFile, Thread, ThreadMessage
from indgang.enquiries import verification
from indgang.enquiries.models import Channel, Enquiry, Party, State
from indgang.entry.models import Queue
from indgang.messaging.models import Mail
from indgang.privacy import nightly
from indgang.privacy.store import DjangoStore
from tests.correspondence.forms import made
from tests.correspondence.mails import PER, orders
from tests.correspondence.secure_post import posts
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=10)
SAID = ["Kom mandag.", "Vi har svaret med Digital Post."]


def test_a_form_becomes_a_thread_in_its_queue_with_its_values_and_files(world: World) -> None:
    form = made.form(world)
    sent = submitting.send(made.filled(form, None, made.pdf()), at=LATER)
    thread = Thread.objects.get(pk=sent.pk)
    assert (thread.channel, thread.queue, thread.mailbox) == (Channel.FORM, form.queue, form.mailbox)
    assert (thread.subject, thread.contact_name, thread.contact_address) == ("Søg aktindsigt", "Per Madsen", PER)
    assert (thread.enquiry.channel, thread.enquiry.state) == (Channel.FORM, State.WAITING)
    (message,) = thread.messages.all()
    assert "Hvad vil du se?\nEn bestemt sag\n\nSagens nummer\n2026-0412" in message.text
    assert [(each.name, bytes(each.content)) for each in message.enclosures.all()] == [("plan.pdf", made.PDF)]
    assert sent.answers == {
        "hvad": "sag", "sagsnummer": "2026-0412", "bilag": ["plan.pdf"], "navn": "Per Madsen", "mail": PER,
    }  # fmt: skip
    ((kind, order),) = orders()
    assert (kind, order["enquiry"], order["queue"]) == ("written_order", str(thread.pk), form.queue.code)
    assert list(verification.Verification().run()) == []


def test_pressing_twice_sends_once_and_leaves_nothing_of_the_draft(world: World) -> None:
    saved = made.filled(made.form(world), None, made.pdf())
    first, again = submitting.send(saved, at=LATER), submitting.send(saved, at=LATER)
    assert first.pk == again.pk
    assert (FormSubmission.objects.count(), Enquiry.objects.count(), Mail.objects.count()) == (1, 1, 1)
    saved.refresh_from_db()
    assert (saved.data, SavedFile.objects.count()) == ({}, 0)
    with pytest.raises(RefusedChange):
        saving.keep(saved, data=made.TYPED, files=(), at=LATER)


def test_the_receipt_goes_by_mail_and_tells_number_and_code_but_no_answers(world: World) -> None:
    sent = submitting.send(made.filled(made.form(world)), at=LATER)
    (letter,) = Mail.objects.all()
    assert letter.to == PER
    assert sent.shown_number in letter.subject
    assert all(part in letter.text for part in (sent.code, sent.shown_number, "/foelg/?nummer=F", "syv hverdage"))
    assert "2026-0412" not in letter.text


def test_without_an_address_there_is_no_mail_and_no_mailbox_to_answer_from(world: World) -> None:
    typed = {name: text for name, text in made.TYPED.items() if name != "mail"}
    sent = submitting.send(made.filled(made.form(world), typed), at=LATER)
    assert (sent.thread.contact_address, sent.thread.mailbox, Mail.objects.count()) == ("", None, 0)


def test_what_is_wrong_is_not_sent(world: World) -> None:
    saved = made.filled(made.form(world), {"hvad": ["sag"]})
    with pytest.raises(submitting.WrongAnswers) as wrong:
        submitting.send(saved, at=LATER)
    assert set(wrong.value.faults) == {"sagsnummer"}
    assert not Thread.objects.exists()


def test_what_was_hidden_again_is_not_sent(world: World) -> None:
    typed = made.TYPED | {"emne": ["Noget, der ikke skal med"]}
    sent = submitting.send(made.filled(made.form(world), typed), at=LATER)
    assert "emne" not in sent.answers
    assert "ikke skal med" not in sent.thread.messages.get().text


def test_who_began_finishes_the_version_that_they_began(world: World) -> None:
    form = made.form(world)
    saved = made.filled(form)
    old = saved.version
    new = made.publish(
        form, world, FormDefinition((FormSection("Nyt", fields=(FormField("andet", FieldKind.TEXT, "Andet"),)),))
    )
    sent = submitting.send(saved, at=LATER)
    assert (sent.version, versions.published(form)) == (old, new)
    versions.withdraw(form, by=world.finn, at=LATER)
    assert submitting.send(made.filled(form, {"andet": ["x"]}), at=LATER).version == new


def test_a_published_version_never_changes_and_a_draft_knows_its_revision(world: World) -> None:
    form = made.form(world)
    published = versions.published(form)
    assert published is not None
    with pytest.raises(RefusedChange):
        versions.save(published, texts={"intro": "Nyt"}, revision=published.revision, by=world.finn, at=LATER)
    draft = versions.draft(form, by=world.finn, at=LATER)
    assert draft.definition == published.definition
    versions.save(draft, texts={"intro": "Nyt"}, revision=0, by=world.finn, at=LATER)
    with pytest.raises(EditedMeanwhile):
        versions.save(draft, texts={"intro": "Andet"}, revision=0, by=world.ida, at=LATER)
    assert published.intro == ""
    actions = set(Change.objects.filter(action__startswith="onlineform.").values_list("action", flat=True))
    assert actions == {f"onlineform.{verb}" for verb in ("create", "edit", "publish", "draft")}


def test_a_form_with_problems_is_not_published_and_says_why(world: World) -> None:
    form = made.form(world)
    draft = versions.draft(form, by=world.finn, at=LATER)
    draft = versions.save(
        draft, definition=FormDefinition((FormSection("A", fields=(FormField("a", FieldKind.CHOICE, "Hvilken?"),)),)),
        texts={"privacy": ""}, revision=draft.revision, by=world.finn, at=LATER,
    )  # fmt: skip
    with pytest.raises(RefusedChange) as refused:
        versions.publish(draft, revision=draft.revision, by=world.finn, at=LATER)
    assert "“Hvilken?”" in str(refused.value)
    assert "hvem der ser svarene" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (made.pdf("virus.exe"), "program"),
        (made.pdf("plan.pdf", b"MZ plan"), "anden slags fil"),
        (made.pdf("tom.pdf", b""), "tom"),
        (GivenFile("bilag", "stor.pdf", "application/pdf", 11_000_000, b""), "mere end 10 MB"),
    ],
)
def test_a_file_that_is_refused_costs_nothing_else(world: World, given: GivenFile, why: str) -> None:
    saved = made.filled(made.form(world))
    refused = saving.keep(saved, data=made.TYPED, files=(given, made.pdf()), at=LATER)
    assert why in refused["bilag"]
    saved.refresh_from_db()
    assert saved.data == made.TYPED
    assert [row.name for row in saved.files.all()] == ["plan.pdf"]


def test_a_name_with_a_path_loses_it_and_a_third_file_has_no_place(world: World) -> None:
    saved = made.filled(made.form(world), None, made.pdf("../../etc/plan.pdf"), made.pdf())
    assert [row.name for row in saved.files.all()] == ["plan.pdf", "plan (2).pdf"]
    assert "Der er plads til 2" in saving.keep(saved, data={}, files=(made.pdf(),), at=LATER)["bilag"]
    saving.remove(saved, str(saved.files.all()[0].pk))
    assert saved.files.count() == 1


def test_saved_answers_are_found_by_their_link_until_their_time_is_over(world: World) -> None:
    saved = made.filled(made.form(world), None, made.pdf())
    over = MORNING + timedelta(days=14)
    assert saving.find("aktindsigt", saved.token, at=over - timedelta(seconds=1)) == saved
    assert saving.find("andet", saved.token, at=LATER) is None
    assert saving.find("aktindsigt", saved.token, at=over) is None
    assert saving.forget_expired(over - timedelta(seconds=1)) == 0
    saving.forget_expired(over)
    assert (SavedAnswers.objects.count(), SavedFile.objects.count()) == (0, 0)


def test_the_business_with_the_cvr_number_is_the_party(world: World) -> None:
    party = Party.objects.create(kind=Party.Kind.BUSINESS, name="Kiosken", cvr="10000092", created_at=MORNING)
    fields = (FormField("cvr", FieldKind.CVR, "CVR"), FormField("telefon", FieldKind.PHONE, "Telefon"))
    form = made.form(world, FormDefinition((FormSection("Om jer", fields=fields),)))
    sent = submitting.send(made.filled(form, {"cvr": ["10000092"], "telefon": ["33 66 33 66"]}), at=LATER)
    enquiry = Enquiry.objects.get(pk=sent.pk)
    assert (enquiry.party, enquiry.caller_number) == (party, "+4533663366")


def test_a_rule_of_the_mailbox_that_names_the_party_decides_the_queue(world: World) -> None:
    form = made.form(world)
    assert form.mailbox is not None
    Party.objects.create(kind="business", name="Kiosken", email="per@example.dk", created_at=MORNING)
    other = Queue.objects.create(
        code="tmf-kiosker", work=Queue.Work.WRITTEN, name="Kiosker", centre=form.centre, ring_seconds=30
    )
    rules = (("Alle", {"senders": ["@example.dk"]}, form.mailbox.queue), ("Kiosken", {"parties": ["kiosken"]}, other))
    for order, (name, conditions, queue) in enumerate(rules):
        RoutingRule.objects.create(mailbox=form.mailbox, order=order, name=name, conditions=conditions, queue=queue)
    thread = submitting.send(made.filled(form), at=LATER).thread
    assert (thread.queue, thread.reasons) == (other, [["form", form.code], ["rule", "Kiosken"], ["parties", "kiosken"]])


def test_number_and_code_open_it_together_only(world: World) -> None:
    sent = submitting.send(made.filled(made.form(world)), at=LATER)
    assert submitting.find(sent.shown_number, sent.code) == sent
    assert submitting.find(f" f{sent.number} ", sent.code) == sent
    for number, code in ((sent.shown_number, ""), ("F1", sent.code), ("F²", sent.code), ("", sent.code)):
        assert submitting.find(number, code) is None


def test_who_gave_no_address_reads_the_answer_on_the_status_page(world: World) -> None:
    typed = {name: text for name, text in made.TYPED.items() if name != "mail"}
    sent = submitting.send(made.filled(made.form(world), typed), at=LATER)
    thread = Thread.objects.get(pk=sent.pk)
    with pytest.raises(RefusedChange):
        page_answers.reply(thread, text="Kom mandag.", closes=True, by=world.anna, at=LATER)
    Thread.objects.filter(pk=sent.pk).update(holder=world.anna, state=Thread.State.IN_WORK)
    first = page_answers.reply(thread, text="Kom mandag.", closes=True, by=world.anna, at=LATER)
    again = page_answers.reply(thread, text="Kom mandag.", closes=True, by=world.anna, at=LATER)
    assert first == again, "pressed twice"
    sent = FormSubmission.objects.get(pk=sent.pk)
    assert [each.text for each in contact_words.replies(sent)] == ["Kom mandag."]
    assert contact_words.what_happens(sent, LATER) == "Vi har svaret, og henvendelsen er afsluttet."
    assert (sent.thread.ending, sent.thread.waits_since) == (Thread.Ending.ANSWERED, None)


def test_who_gave_an_address_is_answered_by_mail(world: World) -> None:
    sent = submitting.send(made.filled(made.form(world)), at=LATER)
    Thread.objects.filter(pk=sent.pk).update(holder=world.anna, state=Thread.State.IN_WORK)
    thread = Thread.objects.get(pk=sent.pk)
    with pytest.raises(RefusedChange):
        page_answers.reply(thread, text="Kom mandag.", closes=True, by=world.anna, at=LATER)
    answering.reply(thread, to=[PER], subject="", text="Kom mandag.", closes=True, by=world.anna, at=LATER)
    (mail_out,) = thread.messages.filter(direction="out")
    assert (mail_out.to, mail_out.mailbox) == ([PER], sent.version.form.mailbox)


def test_an_answer_by_secure_post_is_named_on_the_status_page_and_not_shown(world: World) -> None:
    sent = submitting.send(made.filled(made.form(world)), at=LATER)
    posts.mailbox(world)
    thread = posts.in_hand(Thread.objects.get(pk=sent.pk), world.anna)
    answering.reply(thread, to=[PER], subject="", text="Kom mandag.", closes=False, by=world.anna, at=LATER)
    posts.answer(thread, world.anna, "Din diagnose er hemmelig.", number="0101701111", at=LATER)
    for state, told in (("held", []), ("doubt", ["Kom mandag."]), ("sent", SAID), ("delivered", SAID)):
        ThreadMessage.objects.filter(direction="out").update(state=state)
        assert [each.text for each in contact_words.replies(sent)] == told, state


def test_what_was_sent_and_what_was_not_sent_goes_when_its_time_is_over(world: World) -> None:
    form = made.form(world)
    sent = submitting.send(made.filled(form, None, made.pdf()), at=LATER)
    made.filled(form, None, made.pdf())
    Thread.objects.filter(pk=sent.pk).update(
        state=Thread.State.OVER, ending=Thread.Ending.ANSWERED, ended_at=LATER, waits_since=None
    )
    assert nightly.run(DjangoStore(), at=LATER + timedelta(days=364), rest=0)
    sent.refresh_from_db()
    assert sent.answers["navn"] == "Per Madsen"
    assert not SavedAnswers.objects.exists()
    assert nightly.run(DjangoStore(), at=LATER + timedelta(days=367), rest=0)
    sent.refresh_from_db()
    assert (sent.answers, sent.code) == ({}, "")
    assert submitting.find(sent.shown_number, "") is None
    assert not sent.thread.messages.get().enclosures.exists()
