"""Fællespostkasser: an administrator sets one up, tries it, writes its rules, tries and orders them, and ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indgang.accounts import sealing
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import mailboxes
from indgang.correspondence.models import Mailbox, MailboxState, RoutingRule
from indgang.entry.models import Queue
from tests.correspondence.mails import mailbox, receive
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

PAGE = "/office/mailboxes/"


@pytest.fixture(autouse=True)
def _folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path  # the simulated mailbox lies there


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(world: World, **changed: Any) -> dict[str, Any]:
    queue = Queue.objects.get(code="tmf-mail")
    return {
        "name": "Byggeri", "mail_address": "byggeri@example.dk", "centre": world.centres["tmf"].pk, "queue": queue.pk,
        "language": "da", "adapter": "imap", "imap_host": "imap.example.dk", "imap_port": "993", "imap_security": "tls",
        "smtp_host": "smtp.example.dk", "smtp_port": "465", "smtp_security": "tls", "login": "",
        "secret": "kodeord-7x9", "folder": "INBOX", "reopens_days": "14", "undo_seconds": "10",
        "valid_from": "2026-03-11",
    } | changed  # fmt: skip


def test_a_mailbox_is_set_up_and_its_password_never_shown(as_person: SignIn, world: World) -> None:
    mailbox(world)
    client = as_person("finn")
    client.post(f"{PAGE}new/", typed(world))
    made = Mailbox.objects.get(address="byggeri@example.dk")
    assert made.code == "byggeri"
    assert sealing.unseal(made.secret, "mailbox") == "kodeord-7x9"
    page = text(client.get(f"{PAGE}byggeri/"))
    assert "kodeord-7x9" not in page
    client.post(f"{PAGE}byggeri/", typed(world, name="Byggesager", secret="", revision=_revision(page)))
    made.refresh_from_db()
    assert (made.name, sealing.unseal(made.secret, "mailbox")) == ("Byggesager", "kodeord-7x9")


def saved(world: World) -> tuple[Mailbox, dict[str, Any]]:
    """A mailbox that has been read up to its seventh mail, and the values it was made with."""
    values = {
        "name": "Byggeri", "address": "byggeri@example.dk", "centre": world.centres["tmf"],
        "queue": Queue.objects.get(code="tmf-mail"), "adapter": "imap", "imap_host": "imap.example.dk",
        "smtp_host": "smtp.example.dk", "imap_security": "tls", "smtp_security": "tls", "valid_from": MORNING.date(),
    }  # fmt: skip
    made = mailboxes.save(Mailbox(), values, secret="kodeord-7x9", by=world.anna, at=MORNING)
    MailboxState.objects.create(mailbox=made, uid_validity=5, last_uid=7)
    return made, values


@pytest.mark.parametrize(
    "moved",
    [{"imap_host": "imap.example.com"}, {"smtp_host": "smtp.example.com"}, {"imap_port": 994}, {"login": "other"},
     {"smtp_security": "starttls"}, {"adapter": "microsoft", "tenant": "t", "client": "c"}],
)  # fmt: skip
def test_the_password_is_given_to_no_other_server_than_it_was_typed_for(world: World, moved: dict[str, Any]) -> None:
    mailbox(world)
    made, values = saved(world)
    with pytest.raises(RefusedChange, match="adgangskode"):
        mailboxes.save(Mailbox.objects.get(pk=made.pk), values | moved, by=world.anna, at=MORNING)
    made.refresh_from_db()
    assert (made.imap_host, made.state.uid_validity) == ("imap.example.dk", 5)
    mailboxes.save(made, values | moved, secret="ny-kode-3", by=world.anna, at=MORNING)
    assert MailboxState.objects.get(mailbox=made).uid_validity is None, "numbers of another server mean nothing"


def test_another_folder_is_read_from_its_first_mail_and_another_name_is_not(world: World) -> None:
    mailbox(world)
    made, values = saved(world)
    mailboxes.save(made, values | {"name": "Byggesager"}, by=world.anna, at=MORNING)
    assert MailboxState.objects.get(mailbox=made).uid_validity == 5
    mailboxes.save(made, values | {"folder": "Sager"}, by=world.anna, at=MORNING)
    assert MailboxState.objects.get(mailbox=made).uid_validity is None


def _revision(page: str) -> str:
    return page.split('name="revision" value="', 1)[1].split('"', 1)[0] if 'name="revision"' in page else ""


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"imap_host": ""}, "Skriv serverens navn"),
        ({"secret": ""}, "Skriv postkassens adgangskode"),
        ({"smtp_security": "none"}, "Uden kryptering kan adgangskoden læses undervejs"),
        ({"reopens_days": "400"}, "365"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    as_person: SignIn, world: World, changed: dict[str, Any], says: str
) -> None:
    mailbox(world)
    answer = as_person("finn").post(f"{PAGE}new/", typed(world, **changed))
    assert answer.status_code == 422
    assert says in text(answer)
    assert Mailbox.objects.count() == 1


def test_a_queue_of_calls_is_not_offered(as_person: SignIn, world: World) -> None:
    mailbox(world)
    calls = world.queues["tmf-byggeri"]
    answer = as_person("finn").post(f"{PAGE}new/", typed(world, queue=calls.pk))
    assert answer.status_code == 422
    assert calls.name not in text(as_person("finn").get(f"{PAGE}new/"))


def test_the_trial_says_whether_the_mailbox_can_be_read(as_person: SignIn, world: World) -> None:
    mailbox(world)
    client = as_person("finn")
    assert "Postkassen kan læses." in text(client.post(f"{PAGE}tmf/trial/"))
    Mailbox.objects.update(adapter="imap", imap_host="127.0.0.1", imap_port=1, imap_security="none", secret="")
    assert "Mailserveren svarer ikke" in text(client.post(f"{PAGE}tmf/trial/"))
    Mailbox.objects.update(secret="lukket med en anden nøgle")
    assert "Skriv den igen" in text(client.post(f"{PAGE}tmf/trial/"))


def test_the_list_says_what_is_wrong(as_person: SignIn, world: World) -> None:
    box = mailbox(world)
    MailboxState.objects.create(mailbox=box, checked_at=MORNING, down_since=MORNING, fault="login_refused")
    assert "Mailserveren afviser brugeren eller adgangskoden" in text(as_person("finn").get(PAGE))


def test_a_rule_is_tried_on_mails_of_the_past_and_then_holds(as_person: SignIn, world: World) -> None:
    box = mailbox(world)
    receive(box, number=1)
    receive(box, "Hvornår hentes mit affald?\n", number=2, subject="Affald")
    client, new = as_person("finn"), f"{PAGE}tmf/rules/new/"
    rule = {"name": "Byggeri", "words": "byggetilladelse\ntilladelse", "treatment": "route", "priority": "0"}
    tried = text(client.post(new, {**rule, "try": "1"}))
    assert "1 af de seneste 2 mails passer" in tried
    assert RoutingRule.objects.count() == 0, "a trial changes nothing"
    client.post(new, rule)
    (made,) = RoutingRule.objects.all()
    assert (made.conditions, made.order) == ({"words": ["byggetilladelse", "tilladelse"]}, 1)
    assert receive(box, number=3).rule == made


def test_a_rule_without_conditions_is_refused(as_person: SignIn, world: World) -> None:
    mailbox(world)
    answer = as_person("finn").post(
        f"{PAGE}tmf/rules/new/", {"name": "Alt", "words": "", "treatment": "spam", "priority": "0"}
    )
    assert answer.status_code == 422
    assert "Ellers gælder reglen for alle mails" in text(answer)


def test_rules_change_places_and_end(as_person: SignIn, world: World) -> None:
    box = mailbox(world)
    one, two = (
        RoutingRule.objects.create(mailbox=box, order=number, name=str(number), conditions={"words": ["x"]})
        for number in (1, 2)
    )
    client = as_person("finn")
    client.post(f"{PAGE}tmf/rules/{two.pk}/move/", {"up": ""})
    assert list(box.rules.order_by("order").values_list("name", flat=True)) == ["2", "1"]
    client.post(f"{PAGE}tmf/rules/{two.pk}/move/", {"up": ""})
    assert list(box.rules.order_by("order").values_list("name", flat=True)) == ["2", "1"], "the first stays"
    client.post(f"{PAGE}tmf/rules/{one.pk}/end/", {"on": "2099-01-01"})
    one.refresh_from_db()
    assert str(one.valid_to) == "2099-01-01"


@pytest.mark.parametrize("username", ["anna", "clara", "eva"])
def test_only_who_may_set_mailboxes_up_sees_them(as_person: SignIn, world: World, username: str) -> None:
    mailbox(world)
    assert as_person(username).get(PAGE).status_code in (302, 403, 404)
    assert as_person(username).post(f"{PAGE}tmf/trial/").status_code in (302, 403, 404)


@pytest.mark.parametrize(
    ("field", "typed"), [("words", "\n".join(map(str, range(51)))), ("senders", "a" * 255), ("recipients", "b" * 255)]
)
def test_too_many_conditions_are_refused_in_danish_where_they_stand(
    as_person: SignIn, world: World, field: str, typed: str
) -> None:
    mailbox(world)
    rule = {"name": "Alt", "words": "", "treatment": "spam", "priority": "0", field: typed}
    answer = as_person("finn").post(f"{PAGE}tmf/rules/new/", rule)
    assert answer.status_code == 422
    assert "Skriv højst 50 linjer med højst 254 tegn i feltet" in text(answer)
    assert field in answer.context["form"].errors
