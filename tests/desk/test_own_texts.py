"""One's own reply texts at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.correspondence.models import ReplyText
from tests.correspondence.texts.made import text
from tests.desk.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db
LIST = "/desk/texts/"
TYPED = {
    "title": "Tak", "code": "tak", "kind": "snippet", "body": "Tak, {navn}.", "language": "da", "in_chats": "on",
}  # fmt: skip


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_an_agent_writes_changes_and_ends_their_own_text(world: World, as_: SignIn) -> None:
    anna = as_(world.anna)
    assert anna.post(LIST, TYPED).status_code == 302
    row = ReplyText.objects.get()
    assert (row.person, row.in_mails, row.in_chats) == (world.anna, False, True)
    assert "brugt 0 gange" in shown(anna.get(LIST))
    anna.post(f"{LIST}{row.pk}/", {**TYPED, "body": "Mange tak, {fornavn}."})
    row.refresh_from_db()
    assert row.body == "Mange tak, {fornavn}."
    anna.post(f"{LIST}{row.pk}/end/")
    assert not ReplyText.objects.filter(valid_to=None).exists()


def test_what_is_wrong_is_told_and_what_was_typed_stays(world: World, as_: SignIn) -> None:
    answer = as_(world.anna).post(LIST, {**TYPED, "body": "Hej {kunde}", "in_chats": ""})
    assert answer.status_code == 422
    for each in ("{kunde} er ikke et felt", "Vælg mindst ét sted", "Hej {kunde}"):
        assert each in shown(answer)


@pytest.mark.parametrize(
    ("who", "status"),
    [("anna", 200), ("bo", 404), ("david", 404), ("eva", 404), ("ida", 404), ("finn", 403), ("gerda", 403),
     ("hans", 403), ("ukendt", 403)],
)  # fmt: skip
def test_only_its_owner_sees_it(world: World, as_: SignIn, who: str, status: int) -> None:
    row, client = text(world.anna), as_(getattr(world, who))
    assert client.get(f"{LIST}{row.pk}/").status_code == status
    assert client.post(f"{LIST}{row.pk}/end/").status_code == (302 if status == 200 else status)
    assert client.get(LIST).status_code == (403 if status == 403 else 200)
