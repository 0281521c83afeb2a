"""Queues, prompts, entry points and operations, through the browser's eyes."""

from __future__ import annotations

import io
import re
import wave
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from indgang import __version__
from indgang.audit.models import Change, Look
from indgang.entry import set_aside
from indgang.entry.journal import Batch, Happening, Kind
from indgang.entry.models import Alert, EntryPoint, ExchangeStatus, Prompt, Queue, QueueMessage, SetAside
from indgang.live.models import RunningProcess
from indgang.telephony import speech
from tests.entry.test_flow_versions import SOUND
from tests.office.conftest import SignIn
from tests.world import MORNING, World


def sound(seconds: float = 0.5, rate: int = 16000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"\1\2" * int(rate * seconds))
    return buffer.getvalue()


# --- Who may -----------------------------------------------------------------------------------

PAGES = {
    "/office/queues/": {"finn"},
    "/office/queues/tmf-byggeri/": {"finn"},
    "/office/queues/tmf-byggeri/messages/": {"finn"},
    "/office/prompts/": {"finn", "eva", "ida"},
    "/office/prompts/velkomst/": {"finn", "eva", "ida"},
    "/office/entry-points/": {"finn"},
    "/office/entry-points/new/": {"finn"},
    "/office/operations/": {"finn"},
}
EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt")


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_for_the_roles_that_may(as_person: SignIn, address: str) -> None:
    allowed = {name for name in EVERYBODY if as_person(name).get(address).status_code == 200}
    refused = {name for name in EVERYBODY if as_person(name).get(address).status_code == 403}
    assert (allowed, refused) == (PAGES[address], set(EVERYBODY) - PAGES[address])


# --- Queues ------------------------------------------------------------------------------------


def queue_fields(**changed: Any) -> dict[str, Any]:
    fields = {
        "name": "Byggeri", "centre": Queue.objects.get(code="tmf-byggeri").centre_id, "service_level_percent": "80",
        "service_level_seconds": "100", "priority": "0", "ageing": "0", "ring_seconds": "20", "wrap_up_seconds": "60",
        "last_agent_seconds": "0", "rest_seconds": "25", "reserved": "0", "choose": "longest_idle",
        "valid_from": "2020-01-01",
        "s0-after": "0", "s0-skill0": "byggesag", "s0-level0": "2", "s1-after": "60", "s1-skill0": "byggesag",
        "s1-level0": "1",
    }  # fmt: skip
    return fields | changed


def test_a_queue_is_changed_with_its_steps(world: World, as_person: SignIn) -> None:
    fields = queue_fields(ring_seconds="30", **{"s1-also": ["tmf-byliv"]})
    page = as_person("finn").post("/office/queues/tmf-byggeri/", fields, follow=True)
    assert "Køen er gemt" in page.content.decode()
    queue = Queue.objects.get(code="tmf-byggeri")
    assert (queue.ring_seconds, queue.rest_seconds) == (30, 25)
    assert queue.steps[1] == {"after": 60, "skills": {"byggesag": 1}, "also_queues": ["tmf-byliv"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"s1-level0": "4"}, "kun lempe"),
        ({"s1-after": "0"}, "senere end det foregående"),
        ({"s0-after": "5"}, "fra 0 sekunder"),
        ({"service_level_percent": "0"}, "mellem 1 og 100"),
        ({"ring_seconds": "2"}, "under 5 sekunder"),
        ({"valid_to": "2019-01-01"}, "Slutdatoen"),
        ({"name": ""}, "Udfyld feltet"),
    ],
)
def test_a_queue_that_makes_no_sense_is_refused_and_what_was_typed_is_kept(
    world: World, as_person: SignIn, changed: dict[str, str], words: str
) -> None:
    answer = as_person("finn").post("/office/queues/tmf-byggeri/", queue_fields(priority="7", **changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="7"' in page
    assert Queue.objects.get(code="tmf-byggeri").priority == 0


def test_a_new_queue_is_open_to_all_who_serve_it(world: World, as_person: SignIn) -> None:
    data = {"name": "Natur og træer", "centre": world.centres["tmf"].pk}
    as_person("finn").post("/office/queues/", data)
    assert Queue.objects.get(code="tmf-natur-og-traeer").steps == [{"after": 0, "skills": {}, "also_queues": []}]
    assert as_person("finn").post("/office/queues/", data).status_code == 422


def test_a_queue_message_is_added_changed_and_removed(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    fields = {
        "prompt_code": "velkomst", "phase": "fase 1", "every_seconds": "30", "order": "1", "active": "on",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    finn.post("/office/queues/tmf-byliv/messages/", fields)
    message = QueueMessage.objects.get(queue__code="tmf-byliv")
    assert (message.every_seconds, message.active) == (30, True)
    address = f"/office/queues/tmf-byliv/messages/{message.pk}/"
    assert finn.post(address, fields | {"prompt_code": "nej"}).status_code == 422
    assert finn.get(f"/office/queues/tmf-byggeri/messages/{message.pk}/").status_code == 404
    finn.post(f"{address}removal/")
    assert not QueueMessage.objects.filter(queue__code="tmf-byliv").exists()


# --- Prompts -----------------------------------------------------------------------------------


def test_a_text_is_written_found_and_removed(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    new = {"code": "lukket-jul", "text_da": "Vi holder jul.", "text_en": "Merry Christmas."}
    finn.post("/office/prompts/", new)
    assert Prompt.objects.filter(code="lukket-jul").count() == 2
    assert finn.post("/office/prompts/", new).status_code == 422
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


# --- Entry points ------------------------------------------------------------------------------


@pytest.fixture
def runnable(world: World) -> World:
    world.versions["erhverv"].definition = SOUND
    world.versions["erhverv"].save()
    return world


def entry(world: World, **changed: Any) -> dict[str, Any]:
    fields = {
        "number": "33 66 40 40", "name": "Ny linje", "centre": world.centres["tmf"].pk,
        "flow": world.flows["erhverv"].pk, "language": "da", "valid_from": "2026-03-01",
    }  # fmt: skip
    return fields | changed


def test_a_number_is_led_to_a_flow(runnable: World, as_person: SignIn) -> None:
    as_person("finn").post("/office/entry-points/new/", entry(runnable))
    assert EntryPoint.objects.get(number="+4533664040").flow == runnable.flows["erhverv"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": "hallo"}, "ikke et telefonnummer"),
        ({"number": "+4533661000"}, "fører allerede"),
        ({"valid_to": "2026-03-01"}, "Slutdatoen"),
    ],
)
def test_a_number_that_cannot_be_is_refused_at_its_field(
    runnable: World, as_person: SignIn, changed: dict[str, str], words: str
) -> None:
    answer = as_person("finn").post("/office/entry-points/new/", entry(runnable, **changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_short_number_is_kept_short(runnable: World, as_person: SignIn) -> None:
    as_person("finn").post("/office/entry-points/new/", entry(runnable, number="111"))
    assert EntryPoint.objects.filter(number="111").exists()


# --- Operations --------------------------------------------------------------------------------


def test_the_operations_page_tells_what_runs_and_what_does_not(world: World, as_person: SignIn) -> None:
    now = MORNING + timedelta(minutes=5)
    ExchangeStatus.objects.create(name="asterisk", up=True, since=MORNING, heartbeat=now)
    ExchangeStatus.objects.create(name="simulator", up=True, since=MORNING, heartbeat=MORNING)
    page = as_person("finn").get("/office/operations/").content.decode()
    assert "Kan nås" in page
    assert "Ukendt: ingen har forbindelse til den" in page
    assert "kører ikke" in page, "no switchboard holds the lock in this test"
    assert "PostgreSQL" in page


def test_the_operations_page_shows_each_process_with_its_age_and_version(world: World, as_person: SignIn) -> None:
    for name, version, silence, standing_by in (
        ("web", __version__, 3, False), ("live", "0.0.9", 4, False), ("switchboard", __version__, 2, True),
        ("worker", __version__, 75, False),
    ):  # fmt: skip
        RunningProcess.objects.create(
            name=name, host="maskine-1", pid=4711, version=version, standing_by=standing_by,
            started_at=MORNING, heartbeat=Now() - timedelta(seconds=silence),
        )  # fmt: skip
    page = as_person("finn").get("/office/operations/").content.decode()
    rows = dict(re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page, re.DOTALL))
    assert "kører" in rows["Sider"]
    assert re.search(r"for [3-9] sek. siden", rows["Sider"])
    assert "en anden version end denne" in rows["Live-opdatering"]
    assert "en anden version end denne" not in rows["Sider"]
    assert "klar til at tage over" in rows["Omstilling"]
    assert "giver ikke livstegn" in rows["Baggrundsarbejde"]


def test_without_a_live_process_the_page_says_so(world: World, as_person: SignIn) -> None:
    assert "indgang live" in as_person("finn").get("/office/operations/").content.decode()


def test_an_alert_is_shown_above_all_pages_until_somebody_has_seen_it(world: World, as_person: SignIn) -> None:
    alert = Alert.objects.create(at=MORNING, code="exchange", text="Centralen er væk", centre=world.centres["tmf"])
    eva = as_person("eva")
    assert "Centralen er væk" in eva.get("/office/operations/alert-strip/").content.decode()
    assert "Centralen er væk" not in as_person("anna").get("/office/operations/alert-strip/").content.decode()
    assert as_person("anna").post(f"/office/operations/alerts/{alert.pk}/sight/").status_code == 403
    eva.post(f"/office/operations/alerts/{alert.pk}/sight/")
    alert.refresh_from_db()
    assert alert.seen_by == world.eva.audit_label
    assert "Centralen er væk" not in eva.get("/office/operations/alert-strip/").content.decode()
    assert "set af Eva Engtoft" in as_person("finn").get("/office/operations/").content.decode()


def test_a_leader_does_not_see_alerts_of_other_units(world: World, as_person: SignIn) -> None:
    alert = Alert.objects.create(at=MORNING, code="queue", text="Ingen betjener køen", centre=world.centres["bif"])
    assert as_person("eva").post(f"/office/operations/alerts/{alert.pk}/sight/").status_code == 404
    assert "Ingen betjener" not in as_person("eva").get("/office/operations/alert-strip/").content.decode()


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("nobody_able", "Byggeri", "Et opkald venter i en kø, som ingen på vagt kan betjene. (Byggeri)"),
        ("exchange_asterisk", "asterisk: timed out", "Telefoncentralen kan ikke nås."),
        ("to_and_fro", "erhverv v3, menu: bif", "Et forløb kunne ikke føre et opkald videre."),
        ("job messaging.mail", "Baggrundsopgaven er opgivet", "Baggrundsopgaven er opgivet"),
    ],
)
def test_an_alert_says_in_words_what_has_happened(
    world: World, as_person: SignIn, code: str, text: str, said: str
) -> None:
    Alert.objects.create(at=MORNING, code=code, text=text)
    assert said in as_person("finn").get("/office/operations/").content.decode()
    assert said in as_person("finn").get("/office/operations/alert-strip/").content.decode()


def test_what_was_set_aside_is_read_with_a_trace_and_deleted_with_another(world: World, as_person: SignIn) -> None:
    batch = Batch(MORNING, happenings=[Happening("0198f6b2-0000-7000-8000-000000000002", Kind.ARRIVED, MORNING)])
    set_aside.keep(batch, ValueError("<b>zero byte</b>"), MORNING)
    row = SetAside.objects.get()
    address = f"/office/operations/set-aside/{row.pk}/"
    assert as_person("eva").get(address).status_code == 403
    finn = as_person("finn")
    assert address in finn.get("/office/operations/").content.decode()
    page = finn.get(address).content.decode()
    assert "0198f6b2-0000-7000-8000-000000000002" in page
    assert "&lt;b&gt;zero byte&lt;/b&gt;" in page
    assert Look.objects.get(subject_id=str(row.pk)).by_label == world.finn.audit_label
    assert finn.post(address).status_code == 302
    assert not SetAside.objects.exists()
    assert Change.objects.get(action="set_aside.delete").before["enquiries"] == row.enquiries
    assert finn.get(address).status_code == 404
