"""The page on which spoken comments are heard and written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from indgang.audit.models import Look
from indgang.core import clock
from indgang.feedback.models import Comment, SpokenComment
from indgang.ui.templatetags.ui import day
from tests.feedback import spoken
from tests.feedback.conftest import asked, invite
from tests.feedback.test_robot_asking import Invite
from tests.office.conftest import SignIn
from tests.world import World

__all__ = ["asked", "invite"]
pytestmark = pytest.mark.django_db
LIST = "/office/feedback/spoken/"
EVERYBODY = ("anna", "bo", "clara", "david", "eva", "finn", "gerda", "hans", "ida", "otto", "ukendt")


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    with clock.frozen(spoken.ENDED):
        yield


def test_one_is_heard_which_is_logged_and_written_down(world: World, invite: Invite, as_person: SignIn) -> None:
    found, eva = spoken.comment(invite), as_person("eva")
    page = f"{LIST}{found.pk}/"
    assert "1 indtalt kommentar" in eva.get("/office/comments/").content.decode()
    assert page in eva.get(LIST).content.decode()
    assert "<audio" not in eva.get(page).content.decode()
    player = eva.post(f"{page}listening/", follow=True).content.decode()
    look = Look.objects.get(page="office.spoken_comment")
    assert (look.by_id, look.subject_id) == (world.eva.audit_id, str(found.pk))
    address = f"{page}sound/{look.pk}/"
    assert address in player
    sound = eva.get(address)
    assert (sound.status_code, sound["Content-Type"], sound["Cache-Control"]) == (200, "audio/wav", "no-store")
    assert sound.content[:4] == b"RIFF"
    part = eva.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    refused = eva.post(f"{page}words/", {"text": " ", "look": str(look.pk)})
    assert (refused.status_code, address in refused.content.decode()) == (422, True), "the player stays"
    assert f'name="look" value="{look.pk}"' in player
    assert eva.post(f"{page}words/", {"text": "Ring på 20304050"}).status_code == 302
    assert "20304050" not in Comment.objects.get().text
    assert eva.get(address).status_code == 404
    after = eva.get(page).content.decode()
    assert "Lyden er slettet." in after
    assert look.by_label in after
    again = eva.post(f"{page}words/", {"text": "Noget andet"})
    assert (again.status_code, "i mellemtiden" in again.content.decode()) == (422, True)
    assert Comment.objects.count() == 1


def test_one_that_cannot_be_used_is_put_away(world: World, invite: Invite, as_person: SignIn) -> None:
    found, eva = spoken.comment(invite), as_person("eva")
    unheard = eva.post(f"{LIST}{found.pk}/unusable/", follow=True).content.decode()
    assert "Hør kommentaren først." in unheard
    page = eva.post(f"{LIST}{found.pk}/listening/", follow=True).content.decode()
    assert "Slet optagelsen" in page
    assert "Du kan ikke fortryde." in page
    for _ in range(2):
        assert eva.post(f"{LIST}{found.pk}/unusable/").status_code == 302
    assert "Kan ikke bruges" in eva.get(LIST).content.decode()
    assert "indtalt kommentar" not in eva.get("/office/comments/").content.decode()


def test_the_pages_say_when_the_sound_goes_where_it_stays_until_its_day(
    world: World, invite: Invite, as_person: SignIn, settings: Any
) -> None:
    settings.SPOKEN_COMMENT_STAYS = True
    found, eva = spoken.comment(invite), as_person("eva")
    page = eva.post(f"{LIST}{found.pk}/listening/", follow=True).content.decode()
    assert "Slet optagelsen" not in page
    assert "Optagelsen bliver slettet" in page
    assert eva.post(f"{LIST}{found.pk}/words/", {"text": "Det gik fint"}).status_code == 302
    shown = eva.get(LIST).content.decode()
    assert day(found.delete_at) in shown
    assert "når du har skrevet kommentaren ned" not in shown


def test_what_a_program_proposes_stands_in_the_form(world: World, invite: Invite, as_person: SignIn) -> None:
    found = spoken.comment(invite)
    SpokenComment.objects.filter(pk=found.pk).update(draft="Det gik fint")
    page = as_person("eva").get(f"{LIST}{found.pk}/").content.decode()
    assert "Et program har foreslået teksten" in page
    assert ">\nDet gik fint</textarea>" in page


def test_nobody_else_opens_hears_or_settles_it(world: World, invite: Invite, as_person: SignIn) -> None:
    found = spoken.comment(invite)
    look = Look.objects.count()
    page = f"{LIST}{found.pk}/"
    opens = {name for name in EVERYBODY if as_person(name).get(page).status_code == 200}
    assert opens == {"eva", "finn"}
    for name in set(EVERYBODY) - opens:
        client = as_person(name)
        assert client.get(f"{page}sound/1/").status_code in (403, 404)
        for what in ("listening", "words", "unusable"):
            assert client.post(f"{page}{what}/", {"text": "Noget"}).status_code in (403, 404)
        assert page not in client.get(LIST).content.decode()
    assert Look.objects.count() == look
    assert SpokenComment.objects.get().is_waiting


@pytest.mark.parametrize("pk", ["999", "99999999999999999999"])
def test_an_unknown_one_is_not_found(world: World, as_person: SignIn, pk: str) -> None:
    assert as_person("eva").get(f"{LIST}{pk}/").status_code == 404
