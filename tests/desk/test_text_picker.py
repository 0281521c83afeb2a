"""The list of reply texts and articles in an answer: mails, SMS and chats, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indgang.correspondence import drafts
from indgang.correspondence.models import Chat, TextUse, Thread
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import ArticleUse, Channel
from tests.correspondence.chats import begun, chat_queue, taken
from tests.correspondence.mails import PER, mailbox, receive
from tests.correspondence.test_answering import in_hand
from tests.correspondence.texts.made import text
from tests.desk.conftest import PART, SignIn
from tests.desk.known import build
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    settings.PUBLIC_URL = "https://kommune.example"


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def mail(world: World, **more: Any) -> Thread:
    return in_hand(world, receive(mailbox(world), **more))


def chat_of_anna(world: World) -> Chat:
    return taken(begun(chat_queue(world), name="Per Madsen"), world.anna)


def put(client: Any, pk: Any, pick: str, **more: Any) -> Any:
    sent = {"pick": pick, "text": "", "start": "0", "end": "0", **more}
    return client.post(f"/desk/texts/for/{pk}/insertion/", sent, headers={"HX-Request": "true"})


def test_the_list_has_the_texts_for_the_enquiry_and_what_matches(world: World, as_: SignIn) -> None:
    thread, anna = mail(world), as_(world.anna)
    text(world.anna, "Vi har lukket i dag.", code="lukket")
    text(world.anna, "Tak for din mail.", code="tak")
    address = f"/desk/texts/for/{thread.pk}/"
    assert "/lukket" in (found := shown(anna.get(address)))
    assert "/tak" in found
    assert "/tak" not in shown(anna.get(address, {"q": "lukket"}))
    assert "Intet fundet" in shown(anna.get(address, {"q": "\x00pingvin"}))


def test_a_text_is_inserted_with_its_values_and_counted(world: World, as_: SignIn) -> None:
    thread = mail(world)
    made = text(world.anna, "Hej {fornavn}, dit nummer er {nummer}. {?dag} Hilsen {medarbejder}")
    number = f"{thread.token[:4]}-{thread.token[4:]}"
    filled = put(as_(world.anna), thread.pk, f"text:{made.pk}", text="ab", start="1", end="1").json()
    assert filled["piece"] == f"Hej Per, dit nummer er {number}. [udfyld: dag] Hilsen Anna Agerbæk"
    first, last = filled["select"]
    assert filled["piece"][first:last] == "[udfyld: dag]"
    assert filled["around"] is False
    assert TextUse.objects.get().count == 1


def test_a_whole_answer_goes_around_what_is_typed(world: World, as_: SignIn) -> None:
    thread = mail(world)
    text(world.anna, "Hej {navn}\n\n{svar}\n\nHilsen", kind="answer")
    filled = put(as_(world.anna), thread.pk, "code:TAK", text="Ja 😀.", start="2", end="2").json()
    assert (filled["around"], filled["piece"]) == (True, "Hej Per Madsen\n\nJa 😀.\n\nHilsen")


def test_a_chat_has_first_names_alone(world: World, as_: SignIn) -> None:
    chat = chat_of_anna(world)
    text(world.anna, "Hej {navn}, du taler med {medarbejder}")
    assert put(as_(world.anna), chat.pk, "code:tak").json()["piece"] == "Hej Per Madsen, du taler med Anna"


@pytest.mark.parametrize("pick", ["", "text:", "text:x", "text:99999999999999999999", "code:findes-ikke", "article:x",
                                  "link:\x00", "svar", "code:\x00"])  # fmt: skip
def test_what_is_not_there_is_told(world: World, as_: SignIn, pick: str) -> None:
    thread = mail(world)
    answer = put(as_(world.anna), thread.pk, pick, start="x", end="-1")
    assert (answer.status_code, shown(answer)) == (404, "Teksten findes ikke længere. Søg igen.")


def test_the_text_of_a_colleague_is_not_inserted(world: World, as_: SignIn) -> None:
    thread, bos = mail(world), text(world.bo)
    assert put(as_(world.anna), thread.pk, f"text:{bos.pk}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("anna", 200), ("bo", 404), ("otto", 404), ("david", 404), ("eva", 404), ("ida", 404), ("finn", 403),
     ("gerda", 403), ("hans", 403), ("ukendt", 403)],
)  # fmt: skip
def test_only_who_has_it_in_hand_inserts(world: World, as_: SignIn, who: str, status: int) -> None:
    thread, client = mail(world), as_(getattr(world, who))
    text(world.anna)
    assert client.get(f"/desk/texts/for/{thread.pk}/").status_code == status
    assert put(client, thread.pk, "code:tak").status_code == status


# --- articles -------------------------------------------------------------------------------------


def test_an_article_is_found_inserted_and_counts_as_used(world: World, as_: SignIn) -> None:
    build(world)
    thread, anna = mail(world), as_(world.anna)
    found = shown(anna.get(f"/desk/texts/for/{thread.pk}/", {"q": "loppemarked"}))
    assert 'data-pick="article:loppemarked"' in found
    piece = put(anna, thread.pk, "article:loppemarked").json()["piece"]
    use = knowledge_use.used_for(thread.enquiry).get()
    assert (use.version.article.slug, use.used) == ("loppemarked", True)
    assert use.version.short[:20] in piece
    assert 'data-pick="article:loppemarked"' in shown(anna.get(f"/desk/texts/for/{thread.pk}/")), "it has been read"


def test_an_article_in_a_chat_is_its_short_answer(world: World, as_: SignIn) -> None:
    build(world)
    mail_piece = put(as_(world.anna), mail(world).pk, "article:loppemarked").json()["piece"]
    chat_piece = put(as_(world.anna), chat_of_anna(world).pk, "article:loppemarked").json()["piece"]
    assert mail_piece.startswith(chat_piece)
    assert len(chat_piece) < len(mail_piece)


def test_a_link_to_a_public_article_is_in_the_language_of_the_contact(world: World, as_: SignIn) -> None:
    known = build(world)
    thread, anna = mail(world), as_(world.anna)
    piece = put(anna, thread.pk, "link:loppemarked").json()["piece"]
    assert "https://kommune.example/" in piece
    assert "loppemarked" in piece
    Thread.objects.filter(pk=thread.pk).update(language="en")
    assert "På dansk" in shown(anna.get(f"/desk/texts/for/{thread.pk}/")), "there is no English version"
    assert put(anna, thread.pk, f"link:{known.staff.slug}").status_code == 404, "citizens cannot read it"


# --- without JavaScript ---------------------------------------------------------------------------


def test_a_mail_gets_a_text_by_choice_and_button(world: World, as_: SignIn) -> None:
    thread, anna = mail(world), as_(world.anna)
    made = text(world.anna, "Hilsen {medarbejder}")
    address = f"/desk/written/{thread.pk}/"
    assert f'<option value="text:{made.pk}">' in shown(anna.get(address))
    answer = anna.post(f"{address}reply/", {"to": PER, "text": "Hej.", "picks": "yes", "pick": f"text:{made.pk}"})
    assert answer.status_code == 302
    draft = drafts.of(thread, world.anna)
    assert draft is not None
    assert draft.fields["text"] == "Hej.\n\nHilsen Anna Agerbæk"
    anna.post(f"{address}reply/", {"to": PER, "text": "Hej igen.", "picks": "yes", "pick": ""})
    page = shown(anna.get(address))
    assert "Vælg en standardtekst eller en artikel." in page
    assert "Hej igen." in page
    assert thread.messages.count() == 1


def test_a_mail_with_a_gap_is_not_sent_and_stays_typed(world: World, as_: SignIn) -> None:
    thread, anna = mail(world), as_(world.anna)
    sent = {"to": PER, "text": "Vi ses [udfyld: dag].", "closes": "yes"}
    answer = anna.post(f"/desk/written/{thread.pk}/reply/", sent)
    assert answer.status_code == 422
    assert "Udfyld det, der mangler i svaret, før du sender: dag." in shown(answer)
    assert "[udfyld: dag]" in shown(answer)


def test_an_sms_offers_the_texts_for_sms(world: World, as_: SignIn) -> None:
    thread = mail(world)
    Thread.objects.filter(pk=thread.pk).update(channel=Channel.SMS, contact_address="+4520304050", mailbox=None)
    text(world.anna, code="sms")
    text(world.anna, code="uden", in_sms=False)
    page = shown(as_(world.anna).get(f"/desk/written/{thread.pk}/"))
    assert "(/sms)" in page
    assert "(/uden)" not in page


def test_a_code_alone_in_a_chat_is_expanded_and_not_sent(world: World, as_: SignIn) -> None:
    chat, anna = chat_of_anna(world), as_(world.anna)
    text(world.anna, "Hej {fornavn}")
    lines = chat.lines.count()
    answer = anna.post(f"/desk/chats/{chat.pk}/", {"text": " /Tak ", "client_id": "a"})
    assert ">Hej Per</textarea>" in shown(answer)
    refused = anna.post(f"/desk/chats/{chat.pk}/", {"text": "/tka", "client_id": "b"}, headers=PART)
    assert refused.status_code == 422
    assert "ingen standardtekst med den kode" in shown(refused)
    assert chat.lines.count() == lines


def test_a_chat_gets_a_text_or_the_article_read_last_by_button(world: World, as_: SignIn) -> None:
    build(world)
    chat, anna = chat_of_anna(world), as_(world.anna)
    made = text(world.anna, "Hej {fornavn}")
    address = f"/desk/chats/{chat.pk}/"
    answer = anna.post(address, {"text": "Øjeblik.", "picks": "yes", "pick": f"text:{made.pk}", "client_id": "a"})
    assert "Øjeblik. Hej Per</textarea>" in shown(answer)
    put(anna, chat.pk, "article:loppemarked")
    page = shown(anna.get(address))
    assert 'data-pick="article:loppemarked" data-key="F8"' in page
    answer = anna.post(address, {"text": "", "picks": "article:loppemarked", "client_id": "b"})
    assert answer.status_code == 200
    assert ArticleUse.objects.get(enquiry=chat.pk).used
    assert anna.post(address, {"text": "", "picks": "yes", "pick": "", "client_id": "c"}).status_code == 422
    assert not chat.lines.filter(by_contact=False).exists()
