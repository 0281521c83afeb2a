"""A data subject gets everything that is held about them, and is erased at once or as soon as nothing is in use."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import submitting
from indgang.correspondence.models import SavedAnswers, SavedFile
from indgang.enquiries import data_subjects, parties
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import Draft, Enquiry, Party, ReturnCall
from indgang.enquiries.verification import Verification
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.events.models import StoredEvent
from indgang.knowledge.models import Subscription
from indgang.privacy import erasure, kinds, subjects
from indgang.privacy.models import Erasure, Scrubbing, SubjectSearch
from indgang.privacy.store import DjangoStore
from indgang.privacy.subjects import DataSubject
from tests.correspondence.forms import made
from tests.enquiries.told_calls import talked, talking
from tests.office.conftest import SignIn
from tests.privacy.test_retention import all_text, figures, registered
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(hours=1)
MONA, OTHER = "+4528913372", "+4528913371"


def known(world: World) -> tuple[Enquiry, Party]:
    """Mona, who has called, left a message, subscribes and stands in a draft."""
    enquiry = registered(world, "Mona Lisbjerg vil have en grøn container til haven.", number=MONA)
    parties.create_and_link(enquiry, kind="citizen", name="Mona Lisbjerg", email="mona@lisbjerg.example",
                            by=world.anna, at=MORNING)  # fmt: skip
    ReturnCall.objects.create(enquiry=enquiry, kind="message", number=MONA, created_at=MORNING, done_at=MORNING,
                              recording=b"RIFF-Mona")  # fmt: skip
    Draft.objects.create(enquiry=enquiry, person=world.bo, fields={"note": "Lisbjerg igen"}, updated_at=MORNING)
    Subscription.objects.create(email="Mona@Lisbjerg.example", token="t", asked_at=MORNING)
    return enquiry, Party.objects.get(name="Mona Lisbjerg")


def asked_for(text: str) -> DataSubject:
    return data_subjects.subject(text, data_subjects.find(text))


def erased(subject: DataSubject, world: World) -> Erasure:
    asked = erasure.ask(subject, why="Anmodning 12/2026", by=world.finn, at=LATER)
    erasure.carry_out(DjangoStore(), at=LATER)
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize("text", [MONA, "28 91 33 72", "mona@lisbjerg.example", "Mona Lisbjerg"])
def test_a_person_is_found_by_number_address_or_name(world: World, text: str) -> None:
    enquiry, party = known(world)
    talked(world.bo, number=OTHER)
    found = asked_for(text)
    assert found.enquiries == (enquiry.pk,)
    assert found.parties == (party.pk,)
    assert found.emails == ("mona@lisbjerg.example",)


def test_the_copy_holds_everything_that_is_declared_and_nothing_of_others(world: World) -> None:
    known(world)
    registered(world, "Om en nabo til Peder.", start=MORNING + timedelta(minutes=30), number=OTHER)
    copied = subjects.copy_of(asked_for("Mona Lisbjerg"))
    text = json.dumps(copied.plain(), ensure_ascii=False)
    for said in ("grøn container", "mona@lisbjerg.example", "Lisbjerg igen", "UklGRi1Nb25h", MONA):
        assert said in text
    assert "Peder" not in text
    assert OTHER not in text
    assert {each.kind.name for each in copied.held} == {
        "call_events", "contact_record", "return_calls", "voice_messages", "drafts", "parties", "subscriptions",
    }  # fmt: skip
    assert all(kind.keeps for kind in copied.kept)
    rows = {each.kind.name: each.rows[0] for each in copied.held}
    assert rows["contact_record"]["spørgsmål"][0]["note"].startswith("Mona Lisbjerg vil have")
    assert rows["drafts"]["kladde"] == {"note": "Lisbjerg igen"}
    assert rows["call_events"]["forløb"][0]["oplysninger"]["caller_number"] == MONA
    assert "vejvisere" not in rows["contact_record"]


def test_erasure_takes_everything_of_one_person_and_no_figure(world: World) -> None:
    known(world)
    registered(world, "Om en nabo til Peder, som ringer igen.", start=MORNING + timedelta(minutes=30), number=OTHER)
    before = figures()
    asked = erased(asked_for("Mona Lisbjerg"), world)
    assert figures() == before
    assert asked.done_at == LATER
    assert (asked.numbers, asked.emails, asked.parties, asked.enquiries) == ([], [], [], [])
    text = all_text()
    for said in ("Lisbjerg", "container", "RIFF"):
        assert said not in text
    assert "Peder" in text
    assert not Subscription.objects.exists()
    assert list(Verification().run()) == []
    gone = {each.kind: each.rows for each in Scrubbing.objects.filter(request=asked.pk)}
    assert gone["contact_record"] == gone["call_events"] == gone["parties"] == gone["voice_messages"] == 1


def test_who_is_on_the_line_is_erased_when_the_call_has_ended(world: World) -> None:
    call = talking(world.anna, number=MONA)
    asked = erased(asked_for(MONA), world)
    assert asked.done_at is None
    assert "contact_record" in asked.waits
    assert "opkald i gang" in str(subjects.waiting_words(kinds.named("contact_record")))
    assert Enquiry.objects.get(pk=call.pk).caller_number == MONA
    DatabaseJournal().write([Batch(LATER, events=[Kind.ENDED.event(str(call.pk), LATER, data={"by": "caller"})])])
    assert erasure.carry_out(DjangoStore(), at=LATER) == 0
    asked.refresh_from_db()
    assert asked.done_at == LATER
    assert asked.waits == []
    assert MONA not in str(list(StoredEvent.objects.values_list("data", flat=True)))
    assert Enquiry.objects.get(pk=call.pk).caller_number == ""


def test_a_call_between_the_request_and_the_erasure_is_erased_too(world: World) -> None:
    _enquiry, mona = known(world)
    asked = erasure.ask(asked_for("Mona Lisbjerg"), why="Anmodning 12/2026", by=world.finn, at=LATER)
    later = talked(world.bo, start=LATER, number="+4528913390")
    Enquiry.objects.filter(pk=later.pk).update(party=mona)
    Draft.objects.create(enquiry=later, person=world.bo, fields={"note": "Mona"}, updated_at=LATER)
    assert erasure.carry_out(DjangoStore(), at=LATER) == 0
    asked.refresh_from_db()
    assert asked.done_at == LATER
    assert not Party.objects.filter(pk=mona.pk).exists()
    assert not Draft.objects.exists()
    assert Enquiry.objects.get(pk=later.pk).caller_number == ""


def test_a_number_that_others_use_too_is_theirs_as_well_and_stays(world: World) -> None:
    known(world)
    family = parties.create(kind="citizen", name="Kaj Lisbjerg", number=MONA, by=world.anna, at=MORNING)
    found = data_subjects.subject("Mona Lisbjerg", list(Party.objects.filter(name="Mona Lisbjerg")))
    assert found.numbers == ()
    erased(found, world)
    assert Party.objects.filter(pk=family.pk, numbers__number=MONA).exists()


@pytest.mark.parametrize("text", ["010190-1234", "M", "  "])
def test_nobody_is_searched_by_cpr_or_by_next_to_nothing(world: World, text: str) -> None:
    with pytest.raises(RefusedChange):
        data_subjects.find(text)


def test_erasing_nobody_or_without_a_reason_is_refused(world: World) -> None:
    for subject, why in ((DataSubject(), "Anmodning 12"), (DataSubject(numbers=(MONA,)), " ")):
        with pytest.raises(RefusedChange):
            erasure.ask(subject, why=why, by=world.finn, at=LATER)
    assert not Erasure.objects.exists()


# --- The pages -----------------------------------------------------------------------------------


def post(finn: Any, name: str, **fields: str) -> Any:
    sent = {"asked": "28 91 33 72", "why": "Anmodning 12/2026"} | fields
    return finn.post(reverse(f"office:{name}"), sent)


def test_the_page_finds_copies_and_erases_and_logs_who_looked(as_person: SignIn, world: World) -> None:
    known(world)
    finn = as_person("finn")
    assert post(finn, "privacy-people", why="").status_code == 422
    assert not SubjectSearch.objects.exists()
    assert "Henvendelser med note: 1" in post(finn, "privacy-people").content.decode()
    page = " ".join(post(finn, "privacy-copy", **{"as": "page"}).content.decode().split())
    assert '<dt>note</dt> <dd class="break-anywhere"> Mona Lisbjerg vil have en grøn container til haven.' in page
    copied = post(finn, "privacy-copy", **{"as": "json"})
    assert copied["Content-Type"].startswith("application/json")
    assert "grøn container" in copied.content.decode()
    confirmation = post(finn, "privacy-erasures")
    assert "Henvendelser med note: 1" in confirmation.content.decode()
    assert not Erasure.objects.exists()
    answer = post(finn, "privacy-erasures", confirmed="yes")
    assert answer.status_code == 302
    erasure.carry_out(DjangoStore(), at=LATER)
    proof = finn.get(answer["Location"]).content.decode()
    assert "udført" in proof
    assert "Henvendelser med note" in proof
    assert "I fem år" in proof
    assert MONA not in proof
    assert [each.action for each in SubjectSearch.objects.order_by("pk")] == [
        "search", "copy", "copy", "confirm", "erase",
    ]  # fmt: skip
    assert "Vi har ingen oplysninger" in post(finn, "privacy-people").content.decode()
    assert finn.get(reverse("office:privacy-erasures")).status_code == 200


def test_the_proof_of_an_erasure_names_kinds_of_an_earlier_release(as_person: SignIn) -> None:
    request = Erasure.objects.create(at=MORNING, by_id="person:1", by_label="Finn", why="Anmodning 12", waits=["faxes"])
    Scrubbing.objects.create(day=MORNING.date(), kind="telegrams", table="t", request=request.pk, rows=2,
                             begun_at=MORNING, last_at=MORNING)  # fmt: skip
    proof = as_person("finn").get(reverse("office:privacy-erasure", args=[request.pk]))
    assert proof.status_code == 200
    assert "faxes" in proof.content.decode()
    assert "telegrams" in proof.content.decode()


def test_where_several_are_meant_one_must_be_chosen_before_anything_is_given_out_or_erased(
    as_person: SignIn, world: World
) -> None:
    _enquiry, mona = known(world)
    parties.create(kind="citizen", name="Kaj Lisbjerg", number=MONA, by=world.anna, at=MORNING)
    finn = as_person("finn")
    for name in ("privacy-copy", "privacy-erasures"):
        answer = post(finn, name, asked="Lisbjerg")
        assert answer.status_code == 422
        assert "Vælg, hvem det er" in answer.content.decode()
    assert not Erasure.objects.exists()
    assert post(finn, "privacy-erasures", asked="Lisbjerg", parties=str(mona.pk), confirmed="yes").status_code == 302
    assert Erasure.objects.get().parties == [mona.pk]


def test_a_list_of_namesakes_that_is_cut_says_so(
    as_person: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(world)
    for agent in (world.anna, world.bo):
        Enquiry.objects.filter(pk=talked(agent, number="").pk).update(caller_name="Mona Lisbjerg", caller_number="")
    finn = as_person("finn")
    assert "ældre henvendelse" not in post(finn, "privacy-people", asked="Mona Lisbjerg").content.decode()
    monkeypatch.setattr(data_subjects, "MOST_UNLINKED", 1)
    page = post(finn, "privacy-people", asked="Mona Lisbjerg").content.decode()
    assert page.count('name="unlinked"') == 1
    assert "1 ældre henvendelse har samme navn" in page


def test_an_enquiry_that_only_shares_the_name_counts_when_it_is_ticked(as_person: SignIn, world: World) -> None:
    linked, mona = known(world)
    namesake, unlinked = talked(world.bo, number=OTHER), talked(world.anna, number="")
    other = parties.create(kind="citizen", name="Mona Lisbjerg", number=OTHER, by=world.anna, at=MORNING)
    Enquiry.objects.filter(pk=namesake.pk).update(caller_name="Mona Lisbjerg", party=other)
    Enquiry.objects.filter(pk=unlinked.pk).update(caller_name="mona lisbjerg", caller_number="")
    assert asked_for("Mona Lisbjerg").enquiries == tuple(sorted((linked.pk, namesake.pk)))
    finn, chosen = as_person("finn"), {"asked": "Mona Lisbjerg", "parties": str(mona.pk), "confirmed": "yes"}
    page = post(finn, "privacy-people", asked="Mona Lisbjerg").content.decode()
    assert f'value="{unlinked.pk}"' in page
    assert f'value="{namesake.pk}"' not in page
    for ticked, expected in (({}, {linked.pk}), ({"unlinked": str(unlinked.pk)}, {linked.pk, unlinked.pk})):
        assert post(finn, "privacy-erasures", **chosen, **ticked).status_code == 302
        assert set(Erasure.objects.latest("pk").enquiries) == expected
    assert post(finn, "privacy-erasures", **chosen, unlinked=str(namesake.pk)).status_code == 302
    assert set(Erasure.objects.latest("pk").enquiries) == {linked.pk}


@pytest.mark.parametrize("typed", ["28 91 33 72", "+4528913372", "0045 28913372"])
def test_answers_that_were_not_sent_are_found_by_number_and_address_and_erased(world: World, typed: str) -> None:
    form = made.form(world)
    by_number = made.filled(form, {"sagsnummer": [typed]}, made.pdf())
    by_address = made.filled(form, {"mail": [" Mona@Lisbjerg.example"]})
    others = made.filled(form, {"mail": ["mona@lisbjerg.example.org"], "sagsnummer": ["2891337"]})
    for text, its in ((MONA, by_number), ("mona@lisbjerg.example", by_address)):
        rows = {each.kind.name: each.rows for each in subjects.copy_of(asked_for(text)).held}["saved_answers"]
        assert [row["svar"] for row in rows] == [its.data]
        erased(asked_for(text), world)
        assert not SavedAnswers.objects.filter(pk=its.pk).exists()
    assert not SavedFile.objects.exists()
    assert SavedAnswers.objects.filter(pk=others.pk).exists()


def test_who_stands_in_another_field_of_a_form_gets_its_answers(world: World) -> None:
    form = made.form(world)
    typed = made.TYPED | {"sagsnummer": ["mona@lisbjerg.example"]}
    submitting.send(made.filled(form, typed), at=MORNING)
    rows = {each.kind.name: each.rows for each in subjects.copy_of(asked_for("mona@lisbjerg.example")).held}
    assert rows["correspondence"][0]["formular"]["sagsnummer"] == "mona@lisbjerg.example"
