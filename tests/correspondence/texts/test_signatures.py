"""The signature below mails: of the mailbox, else of the centre, with the agent's name as the centre says."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import answering
from indgang.correspondence.models import CentreSignature, Thread
from indgang.correspondence.texts import signatures
from tests.correspondence.mails import PER, mailbox, receive
from tests.correspondence.test_answering import in_hand
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TEXT = "Venlig hilsen\n{medarbejder}\n{center}\nTlf. {telefon}\nkontakt@kommune.example"


def of_centre(world: World, naming: str = "full", text: str = TEXT, text_en: str = "") -> CentreSignature:
    row = CentreSignature(centre=world.centres["tmf"])
    values = {"text": text, "text_en": text_en, "naming": naming}
    signatures.save(row, values, by=world.finn, at=MORNING)
    return row


def sent(world: World, thread: Thread, text: str = "Du får svar om to uger.") -> EmailMessage:
    message = answering.reply(thread, to=[PER], subject="", text=text, closes=True, by=world.anna, at=MORNING)
    return message_from_bytes(bytes(message.source.raw), policy=policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(("naming", "name"), [("full", "Anna Agerbæk"), ("first", "Anna"), ("none", "")])
def test_the_name_is_written_as_the_centre_says(world: World, naming: str, name: str) -> None:
    of_centre(world, naming)
    box = mailbox(world)
    lines = signatures.of(box, world.anna, language="da").splitlines()
    rest = ["TMF kontaktcenter", "kontakt@kommune.example"]  # the unit has no number
    assert lines == ["Venlig hilsen", *([name] if name else []), *rest]


def test_the_mailbox_comes_before_the_centre_and_each_language_has_its_own(world: World) -> None:
    of_centre(world, text_en="Kind regards\n{medarbejder}")
    box = mailbox(world)
    assert signatures.of(box, world.anna, language="en") == "Kind regards\nAnna Agerbæk"
    box.signature = "Postkassens"
    assert signatures.of(box, world.anna, language="da") == "Postkassens"
    assert signatures.of(box, world.anna, language="en") == "Postkassens"


def test_a_centre_without_a_signature_has_none(world: World) -> None:
    assert signatures.of(mailbox(world), world.anna, language="da") == ""


def test_a_signature_is_saved_with_its_audit_and_refuses_other_fields(world: World) -> None:
    of_centre(world)
    assert Change.objects.get(action="centresignature.add").after["naming"] == "full"
    with pytest.raises(RefusedChange) as refused:
        of_centre(world, text="Hej {navn}", text_en="{?dag}")
    assert set(refused.value.reasons) == {"text", "text_en"}


def test_an_answer_has_the_signature_as_text_and_as_html(world: World) -> None:
    of_centre(world)
    thread = in_hand(world, receive(mailbox(world), "<script>alert(1)</script> & så?\n"))
    mail = sent(world, thread, "Se https://kommune.example/byg & <b>læs</b>.")
    plain, html = body(mail, "plain"), body(mail, "html")
    assert "Se https://kommune.example/byg & <b>læs</b>.\n\nVenlig hilsen\nAnna Agerbæk" in plain
    assert '<a href="https://kommune.example/byg"' in html
    assert "&lt;b&gt;læs&lt;/b&gt;" in html
    assert "Venlig hilsen\nAnna Agerbæk" in html
    assert 'href="mailto:kontakt@kommune.example"' in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html, "the mail that is answered is quoted"


def test_a_receipt_has_no_html(world: World) -> None:
    of_centre(world)
    thread = receive(mailbox(world, receipt="Tak. {nummer}"))
    mail = message_from_bytes(bytes(thread.messages.get(automatic=True).source.raw), policy=policy.default)
    assert mail.get_content_type() == "text/plain"
