"""The pages of prompts: written, recorded, played and deleted."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from indgang.entry.models import Prompt
from indgang.telephony import speech
from tests.office.conftest import SignIn
from tests.office.sounds import sound
from tests.world import World


def test_a_text_is_written_found_and_removed(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    new = {"code": "lukket-jul", "text_da": "Vi holder jul.", "text_en": "Merry Christmas."}
    finn.post("/office/prompts/", new)
    assert Prompt.objects.filter(code="lukket-jul").count() == 2
    assert finn.post("/office/prompts/", new).status_code == 422
    assert finn.post("/office/prompts/", {**new, "code": "Lukket_jul"}).status_code == 422
    assert "/prompts/lukket-jul/" in finn.get("/office/prompts/?q=holder jul").content.decode()
    assert "/prompts/lukket-jul/" not in finn.get("/office/prompts/?q=sommer").content.decode()
    empty = finn.post("/office/prompts/lukket-jul/", {"text_da": "Vi holder jul.", "text_en": ""})
    assert empty.status_code == 422, "a translation is taken away on purpose, not by emptying a field"
    finn.post("/office/prompts/lukket-jul/removal/")
    assert not Prompt.objects.filter(code="lukket-jul").exists()


def test_a_text_in_use_says_where_and_stays(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    assert "Køen Byggeri" in finn.get("/office/prompts/koe-hjemmeside/").content.decode()
    page = finn.post("/office/prompts/koe-hjemmeside/removal/", follow=True).content.decode()
    assert "Teksten bruges" in page
    assert Prompt.objects.filter(code="koe-hjemmeside").exists()


def test_a_recording_is_uploaded_heard_and_taken_away(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    file = SimpleUploadedFile("velkomst.wav", sound(), "audio/wav")
    eva.post("/office/prompts/velkomst/recording/", {"language": "da", "file": file})
    prompt = Prompt.objects.get(code="velkomst")
    assert prompt.recording_name == "velkomst.wav"
    heard = eva.get("/office/prompts/velkomst/sound/da/")
    assert speech.seconds_of(heard.content) == pytest.approx(0.5, abs=0.01)
    eva.post("/office/prompts/velkomst/recording/", {"forget": "da"})
    prompt.refresh_from_db()
    assert (prompt.recording, prompt.recording_name) == (None, "")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("sang.mp3", b"ID3" + b"\0" * 100, ""), ("tom.wav", b"", ""), ("lang.wav", sound(310, 4000), "")],
)
def test_what_is_no_recording_is_refused_in_words(
    world: World, as_person: SignIn, name: str, content: bytes, words: str
) -> None:
    data = {"language": "da", "file": SimpleUploadedFile(name, content)}
    answer = as_person("eva").post("/office/prompts/velkomst/recording/", data)
    assert answer.status_code == 422
    assert "form-error-message" in answer.content.decode()
    assert Prompt.objects.get(code="velkomst").recording is None


def test_a_file_that_is_too_large_is_refused_with_both_sizes(world: World, as_person: SignIn) -> None:
    data = {"language": "da", "file": SimpleUploadedFile("stor.wav", b"\0" * (12 * 1024 * 1024 + 1))}
    page = as_person("eva").post("/office/prompts/velkomst/recording/", data).content.decode()
    assert "højst fylde 12 MB" in page


def test_without_a_voice_the_page_says_what_to_do(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "has_voice", lambda: False)
    eva = as_person("eva")
    assert "ingen talestemme" in eva.get("/office/prompts/velkomst/").content.decode()
    assert "ingen talestemme" in eva.get("/office/speech/sample/", {"text": "Hej"}).content.decode()
    assert "Skriv først" in eva.get("/office/speech/sample/").content.decode()


def test_a_text_is_heard_before_callers_hear_it(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "has_voice", lambda: True)
    monkeypatch.setattr(speech, "speak", lambda text, language: f"{language}:{text}".encode())
    eva = as_person("eva")
    assert (
        "/office/speech/?text=Hej&amp;language=en"
        in eva.get("/office/speech/sample/", {"text_en": "Hej"}).content.decode()
    )
    assert eva.get("/office/speech/", {"text": "Hej", "language": "da"}).content == b"da:Hej"
    assert as_person("anna").get("/office/speech/", {"text": "Hej"}).status_code == 403
