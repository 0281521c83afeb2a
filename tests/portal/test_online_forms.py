"""Forms on the public site: filled in without JavaScript, saved, checked, sent once, followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from indgang.core import clock
from indgang.core.clock import FrozenTime
from indgang.correspondence.forms import saving, submitting, uploading, versions
from indgang.correspondence.forms.definition import FieldKind, FormDefinition, FormField, FormSection
from indgang.correspondence.models import FormSubmission, OnlineForm, SavedAnswers, Thread, ThreadMessage, UploadPart
from indgang.portal import page_cache, visitors
from tests.correspondence.forms import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE = "/formular/aktindsigt/"
TYPED = {"hvad": "sag", "sagsnummer": "2026-0412", "navn": "Per Madsen", "mail": "per@example.dk"}


@pytest.fixture(autouse=True)
def morning(world: World) -> Iterator[FrozenTime]:
    page_cache.forget()
    visitors.forget()
    with clock.frozen(MORNING + timedelta(minutes=5)) as time:
        yield time


@pytest.fixture
def form(world: World) -> OnlineForm:
    return made.form(world)


def visitor(**more: Any) -> Any:
    return Client(**more)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def plan(name: str = "plan.pdf", content: bytes = made.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def post(page: str = PAGE, **typed: Any) -> Any:
    return visitor().post(page, {"do": "next", **typed})


def test_a_form_with_a_file_is_filled_in_checked_sent_and_followed(form: OnlineForm) -> None:
    first = post(**TYPED, bilag=plan())
    assert first.status_code == 302
    summary = text(visitor().get(first.url))
    assert all(
        part in summary for part in ("<dd>En bestemt sag</dd>", "<dd>plan.pdf</dd>", "finde dokumenterne", "365")
    )
    sent = visitor().post(first.url)
    receipt = text(visitor().get(sent.url))
    row = FormSubmission.objects.get()
    assert row.shown_number in receipt
    assert row.code in receipt
    followed = text(visitor().post("/foelg/", {"number": row.shown_number, "code": row.code}))
    assert "“Søg aktindsigt”, modtaget den" in followed
    assert "Du får svar senest" in followed
    assert "2026-0412" not in followed
    wrong = "000000" if row.code != "000000" else "111111"
    assert visitor().post("/foelg/", {"number": row.shown_number, "code": wrong}).status_code == 422


def test_pressing_send_twice_sends_once_and_shows_the_same_receipt(form: OnlineForm) -> None:
    summary = post(**TYPED).url
    first, again = visitor().post(summary), visitor().post(summary)
    assert (first.status_code, again.status_code, first.url) == (302, 302, again.url)
    assert FormSubmission.objects.count() == 1
    old_page = summary.removesuffix("kontrol/")
    assert visitor().get(old_page).url == first.url
    assert post(old_page, **TYPED).url == first.url


def test_a_fault_stands_at_its_field_and_in_the_summary_and_keeps_file_and_text(form: OnlineForm) -> None:
    answer = post(hvad="sag", navn="Per <b>Madsen</b>", mail="per@", bilag=plan())
    shown = text(answer)
    assert answer.status_code == 422
    assert '<a href="#felt-sagsnummer">Sagens nummer</a>: Feltet skal udfyldes.' in shown
    assert 'id="felt-mail-fejl">Det er ikke en mailadresse.' in shown
    assert 'value="Per &lt;b&gt;Madsen&lt;/b&gt;"' in shown
    assert "<title>Ret fejlen: Søg aktindsigt" in shown
    assert "plan.pdf" in shown
    action = re.search(r'<form method="post" action="([^"]+)"', shown)
    assert action
    again = post(action[1], **TYPED)
    assert "plan.pdf" in text(visitor().get(again.url))
    assert SavedAnswers.objects.count() == 1


def test_a_field_says_itself_when_it_is_to_be_filled_in(form: OnlineForm) -> None:
    page = visitor().get(PAGE)
    shown = text(page)
    assert "Udfyldes kun, hvis du har svaret “En bestemt sag” til “Hvad vil du se?”." in shown
    assert 'data-when="hvad=sag"' in shown
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not page.cookies


def test_saved_answers_are_found_again_by_their_link(form: OnlineForm, morning: FrozenTime) -> None:
    saved = visitor().post(PAGE, {"do": "save", "hvad": "emne", "emne": "Støj fra havnen"})
    shown = text(visitor().get(saved.url))
    assert "Dine svar er gemt" in shown
    assert "Støj fra havnen" in shown
    morning.move(timedelta(days=15))
    gone = visitor().get(saved.url)
    assert gone.status_code == 404
    assert "Svarene findes ikke længere" in text(gone)
    assert saving.forget_expired(clock.now()) >= 1


def test_a_file_is_attached_and_removed_with_buttons(form: OnlineForm) -> None:
    there = visitor().post(PAGE, {"do": "attach", "bilag": [plan("a.pdf"), plan("b.pdf")]})
    page = there.url.partition("#")[0]
    rows = SavedAnswers.objects.get().files
    assert "a.pdf" in text(visitor().get(page))
    visitor().post(page, {"remove": str(rows.all()[0].pk), "navn": "Per"})
    shown = text(visitor().get(page))
    assert "a.pdf" not in shown
    assert 'value="Per"' in shown


def test_a_file_that_is_no_document_is_refused_in_words(form: OnlineForm) -> None:
    answer = post(**TYPED, bilag=plan("regning.exe"))
    assert answer.status_code == 422
    assert "regning.exe er et program" in text(answer)
    assert "2026-0412" in text(answer)


def test_who_began_sees_the_version_that_they_began(form: OnlineForm, world: World) -> None:
    saved = visitor().post(PAGE, {"do": "save", **TYPED})
    other = FormDefinition((FormSection("Nyt", fields=(FormField("andet", FieldKind.TEXT, "Noget andet"),)),))
    made.publish(form, world, other)
    assert "Noget andet" in text(visitor().get(PAGE))
    assert "Sagens nummer" in text(visitor().get(saved.url))
    versions.withdraw(form, by=world.finn, at=clock.now())
    assert visitor().get(PAGE).status_code == 404
    assert "Sagens nummer" in text(visitor().get(saved.url))


def test_a_page_that_was_open_when_a_version_was_published_or_withdrawn_loses_nothing(
    form: OnlineForm, world: World
) -> None:
    page = text(visitor().get(PAGE))
    assert 'name="_version" value="1"' in page
    other = FormDefinition((FormSection("Nyt", fields=(FormField("andet", FieldKind.TEXT, "Noget andet"),)),))
    made.publish(form, world, other)
    first = post(**TYPED, _version="1")
    assert "2026-0412" in text(visitor().get(first.url))
    versions.withdraw(form, by=world.finn, at=clock.now())
    assert "2026-0412" in text(visitor().get(post(**TYPED, _version="1").url))
    assert post(**TYPED).status_code == 404, "a page of a form that is not open never said which version it asks"
    versions.draft(form, by=world.finn, at=clock.now())
    for number in ("3", "99", "-1"):
        assert post(**TYPED, _version=number).status_code == 404


def test_a_place_is_text_and_coordinates_without_a_map_and_has_one_where_there_are_tiles(
    form: OnlineForm, settings: Any
) -> None:
    page = visitor().get(PAGE)
    assert 'name="sted-koordinater"' in text(page)
    assert 'data-tiles=""' in text(page)
    assert "leaflet.css" not in text(page)
    settings.MAP_TILES = "https://kort.kommune.example/{z}/{x}/{y}.png"
    page = visitor().get(PAGE)
    assert "leaflet.css" in text(page)
    assert "img-src 'self' data: https://kort.kommune.example;" in page.headers["Content-Security-Policy"]
    settings.MAP_TILES = "/kort/{z}/{x}/{y}.png"
    assert "img-src 'self' data:;" in visitor().get(PAGE).headers["Content-Security-Policy"]


def test_a_full_database_ends_in_a_sentence_and_keeps_what_was_typed(
    form: OnlineForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise OperationalError("could not extend file: No space left on device")

    summary = post(**TYPED).url
    with monkeypatch.context() as patched:
        patched.setattr(submitting, "_next_number", full)
        answer = visitor().post(summary)
        assert "Dine svar er gemt. Prøv igen om lidt." in text(answer)
        assert not Thread.objects.exists()
        patched.setattr(saving, "keep", full)
        answer = post(**TYPED)
        assert answer.status_code == 503
        assert 'value="2026-0412"' in text(answer)
    assert visitor().post(summary).status_code == 302


def test_forms_from_elsewhere_and_too_many_presses_are_refused_with_the_text_kept(form: OnlineForm) -> None:
    elsewhere = visitor(headers={"Origin": "https://example.org"}).post(PAGE, {"do": "next", **TYPED})
    assert elsewhere.status_code == 429
    assert 'value="2026-0412"' in text(elsewhere)
    assert not SavedAnswers.objects.exists()


def parts(form: OnlineForm, name: str = "plan.pdf", content: bytes = made.PDF, field: str = "bilag") -> Any:
    """Begin a file in parts with saved answers of a new visitor; the address of their files, and the answer."""
    page = visitor().post(PAGE, {"do": "save", **TYPED}).url.partition("?")[0] + "filer/"
    told = {"field": field, "name": name, "size": len(content), "type": "application/pdf"}
    return page, visitor().post(page, told)


def put(page: str, begun: Any, content: bytes, start: Any = 0) -> Any:
    return visitor().post(f"{page}{begun.json()['id']}/?fra={start}", content, "application/octet-stream")


def test_a_file_in_parts_is_attached_with_the_last_part(form: OnlineForm) -> None:
    page, begun = parts(form)
    assert put(page, begun, made.PDF[:5]).json() == {"received": 5}
    assert "5 bytes af 13 bytes er modtaget" in text(visitor().get(page.removesuffix("filer/"))).replace("\xa0", " ")
    again = put(page, begun, made.PDF[:5])
    assert (again.status_code, again.json()) == (409, {"received": 5})
    assert put(page, begun, made.PDF[5:], 5).json() == {"done": True}
    assert put(page, begun, made.PDF[5:], 5).json() == {"done": True}
    assert bytes(SavedAnswers.objects.get().files.get().content) == made.PDF


def test_a_file_in_parts_that_is_not_taken_says_why(form: OnlineForm) -> None:
    page, begun = parts(form, "regning.exe")
    answer = put(page, begun, made.PDF)
    assert answer.status_code == 422
    assert "regning.exe er et program" in answer.json()["refused"]
    again = put(page, begun, made.PDF)
    assert (again.status_code, again.json()) == (422, {"refused": "Filen er ikke vedhæftet. Vælg den igen."})
    assert parts(form, field="navn")[1].status_code == 422
    assert parts(form, content=b"")[1].status_code == 422
    assert put(page, begun, b"x" * (uploading.PART + 1)).status_code == 400
    assert put(page, begun, b"x", "-1").status_code == 400
    assert visitor().post("/formular/aktindsigt/nix/filer/", {}).status_code == 404
    elsewhere = visitor(headers={"Origin": "https://example.org"})
    for address in (page, f"{page}{uuid4()}/?fra=0"):
        answer = elsewhere.post(address, {})
        assert (answer.status_code, "fra en anden hjemmeside" in answer.json()["refused"]) == (403, True)


def test_a_file_is_tried_again_later_when_many_are_on_their_way(
    form: OnlineForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, begun = parts(form)
    with monkeypatch.context() as patched:
        patched.setattr(uploading, "MOST_ON_THEIR_WAY", 12)
        patched.setattr(uploading, "MOST_OF_BEGUN", 12)
        for answer in (parts(form)[1], put(page, begun, made.PDF)):
            assert answer.status_code == 503
            assert "Prøv igen om lidt." in answer.json()["refused"]
    assert put(page, begun, made.PDF).json() == {"done": True}


def test_a_full_disk_while_a_part_comes_keeps_what_came_and_says_so(
    form: OnlineForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise OperationalError("could not extend file: No space left on device")

    page, begun = parts(form)
    assert put(page, begun, made.PDF[:5]).json() == {"received": 5}
    with monkeypatch.context() as patched:
        patched.setattr(UploadPart.objects, "create", full)
        answer = put(page, begun, made.PDF[5:], 5)
        assert answer.status_code == 503
        assert "Det, der er sendt, er gemt." in answer.json()["refused"]
    assert put(page, begun, made.PDF[5:], 5).json() == {"done": True}


def test_our_answer_is_on_the_status_page(form: OnlineForm) -> None:
    visitor().post(post(**TYPED).url)
    row = FormSubmission.objects.get()
    for state, words in (("sent", "Du kan se sagen fra mandag."), ("withdrawn", "Det her blev fortrudt.")):
        ThreadMessage.objects.create(
            thread=row.thread, direction="out", at=MORNING, state=state, state_at=MORNING, text=words
        )
    shown = text(visitor().post("/foelg/", {"number": row.shown_number, "code": row.code}))
    assert "Du kan se sagen fra mandag." in shown
    assert "fortrudt" not in shown


def test_in_english_and_in_the_list(form: OnlineForm) -> None:
    shown = text(visitor().get("/en" + PAGE))
    assert "What do you want to see?" in shown
    assert "Fill in only if you answered “A certain case” to “What do you want to see?”." in shown
    assert f'href="{PAGE}"' in text(visitor().get("/formular/"))
    assert submitting.FOLLOW_PATH == "/foelg/"


def test_the_contact_page_names_the_purposes_that_have_a_form(form: OnlineForm, world: World) -> None:
    page = text(visitor().get("/kontakt/"))
    assert f'<dt><a href="{PAGE}">Søg aktindsigt</a></dt>' in page
    versions.withdraw(form, by=world.finn, at=clock.now())
    page_cache.forget()
    assert "Skriv, når det skal være på skrift" not in text(visitor().get("/kontakt/"))
