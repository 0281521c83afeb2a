"""A mailbox in Digital Post: an administrator sets it up, tries it, writes its rules, and ends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from indgang.accounts import sealing
from indgang.correspondence.models import Mailbox, RoutingRule
from indgang.entry.models import Queue
from tests.correspondence import mails
from tests.correspondence.secure_post.posts import mailbox
from tests.messaging.secure_post import stand_in
from tests.office.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/office/mailboxes/secure-post/"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(world: World, **changed: Any) -> dict[str, Any]:
    queue = Queue.objects.filter(work=Queue.Work.WRITTEN).first()
    assert queue is not None
    return {
        "name": "Byggeri i Digital Post", "centre": world.centres["tmf"].pk, "queue": queue.pk, "language": "da",
        "adapter": "post", "login": stand_in.SYSTEM, "secret": stand_in.KEY, "cvr": "10 00 00 09",
        "reopens_days": "14", "undo_seconds": "10", "valid_from": "2026-03-11",
    } | changed  # fmt: skip


def made(client: Client, world: World) -> Mailbox:
    answer = client.post(f"{PAGE}new/", typed(world))
    assert answer.status_code == 302, text(answer)
    found: Mailbox = Mailbox.objects.get(code="byggeri-i-digital-post")
    return found


def test_a_mailbox_is_set_up_and_its_key_never_shown(as_person: SignIn, world: World) -> None:
    mails.mailbox(world)
    client = as_person("finn")
    box = made(client, world)
    assert (box.cvr, sealing.unseal(box.secret, "mailbox")) == ("10000009", stand_in.KEY)
    shown = text(client.get(f"{PAGE}{box.code}/"))
    assert stand_in.KEY not in shown
    assert stand_in.SYSTEM in shown
    assert "Byggeri i Digital Post" in text(client.get("/office/mailboxes/"))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cvr": "12345678"}, "Skriv kommunens CVR-nummer."), ({"login": "abc"}, "Skriv systemets id"),
        ({"secret": ""}, "Skriv systemets nøgle."), ({"name": ""}, "Navn"),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_for(as_person: SignIn, world: World, changed: dict[str, str], words: str) -> None:
    mails.mailbox(world)
    answer = as_person("finn").post(f"{PAGE}new/", typed(world, **changed))
    assert answer.status_code == 422
    assert words in text(answer)


def test_it_is_tried_against_the_service(as_person: SignIn, world: World, settings: Any) -> None:
    mails.mailbox(world)
    client = as_person("finn")
    box = made(client, world)
    with stand_in.running() as server:
        settings.SECURE_POST_ADDRESS = server.address
        assert "Postkassen kan læses." in text(client.post(f"{PAGE}{box.code}/trial/"))
        assert server.requests == ["GET /memos/"]
    assert "Digital Post svarer ikke." in text(client.post(f"{PAGE}{box.code}/trial/"))
    settings.SECURE_POST_ADDRESS = "https://digitalpost.example/apis/v1"
    assert "Vores certifikat kan ikke læses." in text(client.post(f"{PAGE}{box.code}/trial/"))


def test_its_rules_are_those_of_every_mailbox(as_person: SignIn, world: World) -> None:
    box = mailbox(world)
    client = as_person("finn")
    page = f"/office/mailboxes/{box.code}/rules/new/"
    assert f"{PAGE}{box.code}/" in text(client.get(page))
    rule = {"name": "Jord", "recipients": "Jord og grundvand", "treatment": "route", "priority": "0", "level": "1"}
    answer = client.post(page, rule)
    assert answer.status_code == 302, text(answer)
    assert answer["Location"] == f"{PAGE}{box.code}/"
    assert RoutingRule.objects.get().mailbox == box
    assert "Jord" in text(client.get(f"{PAGE}{box.code}/"))


def test_the_pages_of_the_other_kind_are_not_found(as_person: SignIn, world: World) -> None:
    mails.mailbox(world)
    mailbox(world)
    client = as_person("finn")
    assert client.get("/office/mailboxes/post/").status_code == 404
    assert client.get(f"{PAGE}tmf/").status_code == 404
    assert client.get(f"{PAGE}findes-ikke/").status_code == 404


def test_it_is_ended(as_person: SignIn, world: World) -> None:
    box = mailbox(world)
    assert as_person("finn").post(f"{PAGE}{box.code}/end/", {"on": "2030-01-01"}).status_code == 302
    box.refresh_from_db()
    assert box.valid_to is not None
