"""Recordings in the office: what is recorded, who may play it, and the log of each playback."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from indgang.audit.models import Look
from indgang.core import clock
from indgang.enquiries.models import CallRecording
from indgang.entry.models import RecordingPurpose
from indgang.entry.wording.rehearsal import Given, play
from indgang.routing import flows
from indgang.routing.centre.rehearsal import Action, ActionKind, Scene
from tests.enquiries.recorded import purpose, recording
from tests.office.conftest import SignIn
from tests.world import World

PURPOSES = "/office/queues/tmf-byggeri/recording/"
LIST = "/office/recordings/"
FIELDS = {
    "purpose": "oplæring af nye", "basis": "consent", "keep_days": "30", "listeners": "team_leader",
    "question": "Må vi optage? Tryk 1 for ja.", "question_en": "",
}  # fmt: skip
EVERYBODY = ("anna", "bo", "clara", "david", "eva", "finn", "gerda", "hans", "ida", "otto", "ukendt")


def today() -> str:
    return f"{clock.today():%Y-%m-%d}"


def test_an_administrator_decides_what_is_recorded_and_stops_it(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    page = finn.get(PURPOSES).content.decode()
    assert "Optages ikke" in page
    answer = finn.post(PURPOSES, FIELDS | {"valid_from": today()}, follow=True)
    page = answer.content.decode()
    assert "oplæring af nye" in page
    assert re.search(rf"{clock.today():%d.%m.%Y} –\s+indtil videre", page)
    assert "Optages, når der trykkes 1" in page
    made = RecordingPurpose.objects.get()
    page = finn.post(f"{PURPOSES}{made.pk}/stop/", follow=True).content.decode()
    assert "Optages ikke" in page
    made.refresh_from_db()
    assert made.stopped_at is not None
    assert f"{made.valid_to:%d.%m.%Y} (dagen ikke medregnet)" in page


def test_a_removed_plan_and_a_second_stop_have_their_own_sentences(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    finn.post(PURPOSES, FIELDS | {"valid_from": today()})
    finn.post(PURPOSES, FIELDS | {"valid_from": f"{clock.today() + timedelta(days=9):%Y-%m-%d}"})
    planned, running = RecordingPurpose.objects.order_by("-valid_from")
    for each, sentence in (
        (planned, "Det planlagte formål er fjernet."), (running, "Der optages ikke længere til det formål."),
        (running, "Formålet er allerede ophørt."),
    ):  # fmt: skip
        answer = finn.post(f"{PURPOSES}{each.pk}/stop/", follow=True)
        assert [str(message) for message in answer.context["messages"]][-1] == sentence


def test_a_day_that_no_calendar_reaches_is_refused(world: World, as_person: SignIn) -> None:
    answer = as_person("finn").post(PURPOSES, FIELDS | {"valid_from": "9999-12-31"})
    assert (answer.status_code, "Vælg en dag mellem" in answer.content.decode()) == (422, True)


def test_the_suggested_questions_do_not_follow_the_language_of_the_page(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    for language in ("da", "en"):
        world.finn.language = language
        world.finn.save(update_fields=["language"])
        form = finn.get(PURPOSES).context["form"]
        questions = (form["question"].value(), form["question_en"].value())
        assert [question.split("?")[0] for question in questions] == [
            "Må vi optage samtalen til oplæring af vores medarbejdere", "May we record this call to train our staff",
        ], language  # fmt: skip


def test_a_question_without_its_key_is_refused_and_kept(world: World, as_person: SignIn) -> None:
    answer = as_person("finn").post(PURPOSES, FIELDS | {"valid_from": today(), "question": "Må vi optage?"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "tasten 1 er ja" in page
    assert "Må vi optage?" in page
    assert not RecordingPurpose.objects.exists()


def test_only_those_who_set_up_queues_decide(world: World, as_person: SignIn) -> None:
    for name in EVERYBODY:
        expected = 200 if name == "finn" else 403
        assert as_person(name).get(PURPOSES).status_code == expected, name
    assert as_person("eva").post(PURPOSES, FIELDS | {"valid_from": today()}).status_code == 403


def test_the_listed_ones_are_those_that_one_may_hear(world: World, as_person: SignIn) -> None:
    made = recording(world)
    own = f"{LIST}{made.pk}/"
    for name in EVERYBODY:
        listed, one = as_person(name).get(LIST), as_person(name).get(own)
        if name == "eva":
            assert own in listed.content.decode()
            assert one.status_code == 200
        elif name == "ida":  # may play recordings, but not those of this purpose
            assert own not in listed.content.decode()
            assert one.status_code == 404
        else:
            assert (listed.status_code, one.status_code) == (403, 403), name


def test_a_listening_is_written_before_there_is_any_sound(world: World, as_person: SignIn) -> None:
    made = recording(world)
    own, eva = f"{LIST}{made.pk}/", as_person("eva")
    page = eva.get(own).content.decode()
    assert "<audio" not in page
    assert "Ingen har hørt den" in page
    assert eva.get(f"{own}sound/1/").status_code == 404
    answer = eva.post(own, {"why": " "})
    assert answer.status_code == 422
    assert not Look.objects.filter(page="office.recording").exists()
    page = eva.post(own, {"why": "oplæring af Bo"}, follow=True).content.decode()
    look = Look.objects.get(page="office.recording")
    assert (look.by_label, look.why) == (world.eva.audit_label, "oplæring af Bo")
    assert look.subject_label == f"Optagelse {made.pk}"
    source = re.search(r'<audio[^>]*src="([^"]+)"', page)
    assert source is not None
    assert "download" not in page.replace("nodownload", "")
    sound = eva.get(source[1])
    assert (sound["Content-Type"], sound["Cache-Control"]) == ("audio/wav", "no-store")
    assert sound.content == bytes(made.sound or b"")
    assert as_person("ida").get(source[1]).status_code == 404
    assert as_person("finn").get(source[1]).status_code == 403
    assert "oplæring af Bo" in eva.get(own).content.decode()


def test_a_player_gets_the_part_that_it_asks_for(world: World, as_person: SignIn) -> None:
    made = recording(world)
    wav = bytes(made.sound or b"")
    eva, size = as_person("eva"), len(wav)
    look = eva.post(f"{LIST}{made.pk}/", {"why": "oplæring af Bo"})["Location"].rpartition("=")[2]
    sound = f"{LIST}{made.pk}/sound/{look}/"
    whole = eva.get(sound)
    assert (whole.status_code, whole["Accept-Ranges"], "Content-Range" in whole) == (200, "bytes", False)
    for asked, first, last in (
        ("0-1", 0, 1), ("100-", 100, size - 1), ("-8", size - 8, size - 1), (f"40-{size * 2}", 40, size - 1),
    ):  # fmt: skip
        answer = eva.get(sound, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (206, wav[first : last + 1]), asked
        assert answer["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert answer["Content-Length"] == str(last + 1 - first)
        assert answer["Cache-Control"] == "no-store"
    after = eva.get(sound, headers={"Range": f"bytes={size}-"})
    assert (after.status_code, after["Content-Range"], after.content) == (416, f"bytes */{size}", b"")
    for headers in ({"Range": "bytes=0-1,4-5"}, {"Range": "bytes=0-1", "If-Range": '"1"'}):
        assert eva.get(sound, headers=headers).content == wav
    assert as_person("ida").get(sound, headers={"Range": "bytes=0-1"}).status_code == 404


def test_the_right_to_one_listening_ends(world: World, as_person: SignIn, morning: clock.FrozenTime) -> None:
    made = recording(world)
    eva = as_person("eva")
    answer = eva.post(f"{LIST}{made.pk}/", {"why": "oplæring af Bo"})
    look = answer["Location"].rpartition("=")[2]
    morning.move(timedelta(hours=1, minutes=1))
    assert "<audio" not in eva.get(answer["Location"]).content.decode()
    assert eva.get(f"{LIST}{made.pk}/sound/{look}/").status_code == 404


def test_listenings_are_among_the_looks_that_are_reviewed(world: World, as_person: SignIn) -> None:
    made = recording(world)
    as_person("eva").post(f"{LIST}{made.pk}/", {"why": "oplæring af Bo"})
    page = as_person("finn").get("/office/audit/looks/").content.decode()
    assert "Optaget samtale hørt" in page
    assert "oplæring af Bo" in page
    assert f"Optagelse {made.pk}" in page


@pytest.mark.parametrize("why", ["borgeren har bedt om det", ""])
def test_it_is_deleted_with_a_reason_only(world: World, as_person: SignIn, why: str) -> None:
    made = recording(world)
    answer = as_person("eva").post(f"{LIST}{made.pk}/removal/", {"removal-why": why})
    assert answer.status_code == (302 if why else 422)
    assert CallRecording.objects.exists() is (why == "")


def test_the_page_where_a_flow_is_tried_says_the_question(world: World, morning: clock.FrozenTime) -> None:
    asked = purpose(world, "tmf-byliv")
    flow = flows.parse(world.versions["erhverv"].definition | {"code": "erhverv", "version": 1})
    presses = [Action(ActionKind.PRESS, "2"), Action(ActionKind.WAIT, "2"), Action(ActionKind.PRESS, "1")]
    played = play(flow, Given(Scene(clock.now())), presses)
    heard = [each.text for line in played.lines for each in line.heard]
    assert asked.question in heard
    assert any("Siger ja til optagelse med tast 1" in line.text for line in played.lines)
