"""A low score from the answer to its closing, through the pages, as each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.events import cursor
from indgang.feedback import answering
from indgang.feedback.follow_up_models import CommentTag, FollowUp, FollowUpCause, FollowUpRule, ImprovementItem
from indgang.feedback.follow_ups import call_backs, causes, effect, improvements, opening, rights, tagging
from indgang.feedback.models import Comment, Response, SurveyInvitation
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

Invite = Callable[..., SurveyInvitation]
LATER = MORNING + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    tagging.forget()
    with clock.frozen(LATER):
        yield
    tagging.forget()


def client_of(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def statuses(world: World, path: str, names: str) -> list[int]:
    return [client_of(world, name).get(path).status_code for name in names.split()]


def answered(invitation: SurveyInvitation, value: int = 2, comment: str = "") -> Response:
    overall = invitation.version.questions.asked_at(invitation.level).get(indicator="satisfaction")
    response = answering.answer(
        invitation, values={overall.position: value}, comment=comment, complete=True, at=MORNING
    )
    assert response is not None
    return response


def look() -> None:
    """Look at all answers, as if the job had read their events (again)."""
    streams = {*Response.objects.values_list("pk", flat=True), *SurveyInvitation.objects.values_list("pk", flat=True)}
    opening.look_at_streams(streams, at=LATER)


def opened() -> FollowUp:
    look()
    return FollowUp.objects.get()


@pytest.mark.django_db(transaction=True)
def test_the_job_reads_answers_from_the_log_and_repeated_it_opens_nothing_more(world: World, invite: Invite) -> None:
    answered(invite())
    assert opening.follow(at=LATER) > 0
    assert FollowUp.objects.count() == 1
    cursor.forget(opening.READER)
    assert opening.follow(at=LATER) > 0
    assert FollowUp.objects.count() == 1


def test_a_low_score_is_taken_and_closed_by_the_team_leader_and_seen_by_no_other(world: World, invite: Invite) -> None:
    causes.begin(world.centres["tmf"], by=world.finn, at=MORNING)
    answered(invite(), comment="Ingen kendte reglerne for opgravning")
    row = opened()
    assert row.reasons == ["score", "comment"]
    path = f"/office/follow-ups/{row.pk}/"
    names = "eva finn hans ida anna david gerda otto ukendt"
    assert statuses(world, path, names) == [200, 200, 404, 403, 403, 403, 403, 403, 403]
    eva = client_of(world, "eva")
    text = eva.get(path).content.decode()
    assert "Ingen kendte reglerne" in text
    assert "Anna Agerbæk" in text
    assert eva.post(path, {"done": "Ringet", "close": "1"}).status_code == 422  # not taken yet
    eva.post(f"{path}owner/")
    assert "Eva Engtoft" in eva.get("/office/follow-ups/?state=mine").content.decode()
    assert "Vælg en årsag" in eva.post(path, {"done": "Talt med Anna", "close": "1"}).content.decode()
    cause = FollowUpCause.objects.get(name="Lang ventetid")
    assert eva.post(path, {"done": "Talt med Anna", "cause": cause.pk, "close": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.owner, row.cause) == (FollowUp.State.DONE, world.eva, cause)
    assert "Talt med Anna" in eva.get(path).content.decode()
    assert "Opfølgning" in eva.get("/office/follow-ups/figures/").content.decode()
    told = [each.action for each in Change.objects.filter(target_type="feedback.followup").order_by("pk")]
    assert told == ["followup.take", "followup.change", "followup.close"]
    assert not Change.objects.filter(after__done="Talt med Anna").exists()


def test_the_second_level_is_the_units_and_a_second_reading_opens_nothing(world: World, invite: Invite) -> None:
    answered(invite(level=2, unit=world.units["ctb-byliv"], employee=world.david))
    row = opened()
    assert (row.unit, row.centre) == (world.units["ctb-byliv"], world.centres["tmf"])
    look()
    assert FollowUp.objects.count() == 1
    path = f"/office/follow-ups/{row.pk}/"
    assert statuses(world, path, "hans eva finn david") == [200, 404, 200, 403]
    assert "David Degnemark" not in client_of(world, "hans").get(path).content.decode()


def test_a_content_answer_without_words_opens_nothing(world: World, invite: Invite) -> None:
    answered(invite(), value=8)
    look()
    assert not FollowUp.objects.exists()


def test_the_rule_of_a_questionnaire_is_set_by_who_may_for_everybody(world: World, invite: Invite) -> None:
    path = "/office/follow-up-rules/after-call/"
    answered(invite(), value=5)
    assert statuses(world, path, "eva hans") == [403, 403]
    finn = client_of(world, "finn")
    assert "after-call" in finn.get("/office/follow-up-rules/").content.decode()
    sent = {"on_score": "on", "low_index": "25", "on_comment": "", "working_days": "3"}
    assert finn.post(path, sent).status_code == 302
    look()
    assert not FollowUp.objects.exists()


def test_a_number_comes_with_consent_is_seen_by_whoever_has_it_and_goes_when_it_is_closed(
    world: World, invite: Invite
) -> None:
    response = answered(invite(), value=8)
    with pytest.raises(RefusedChange):
        call_backs.ask(response, phone="20203040", consented=False, at=LATER)
    with pytest.raises(RefusedChange):
        call_backs.ask(response, phone="12", consented=True, at=LATER)
    row = call_backs.ask(response, phone="20203040", consented=True, at=LATER)
    path, eva = f"/office/follow-ups/{row.pk}/", client_of(world, "eva")
    assert "+4520203040" not in eva.get(path).content.decode()
    eva.post(f"{path}owner/")
    assert "+4520203040" in eva.get(path).content.decode()
    assert "+4520203040" not in client_of(world, "finn").get(path).content.decode()
    eva.post(path, {"done": "Ringet op", "called": "on", "close": "1"})
    row.refresh_from_db()
    assert (row.phone, row.called, row.state) == ("", True, FollowUp.State.DONE)


def test_whoever_has_answered_by_a_link_can_ask_to_be_called(world: World, invite: Invite) -> None:
    invitation, public = invite(way="sms"), Client()
    path = f"/mening/{invitation.token}/ring/"
    assert public.get(path).status_code == 302  # nothing is answered yet
    answered(invitation)
    assert public.get(path).status_code == 200
    assert public.post(path, {"phone": "20203040"}).status_code == 422
    assert public.post(path, {"phone": "12", "consent": "on"}).status_code == 422
    assert not FollowUp.objects.exists()
    assert public.post(path, {"phone": "20203040", "consent": "on"}).status_code == 302
    row = FollowUp.objects.get()
    assert (row.phone, row.reasons) == ("+4520203040", ["call_back"])
    FollowUpRule.objects.create(questionnaire=invitation.version.questionnaire, working_days=2)
    assert "inden for 2 arbejdsdage" in public.get(f"{path}?tak").content.decode()
    assert opened().reasons == ["score", "call_back"]


def test_no_personal_number_is_kept_of_what_is_written_about_a_follow_up_or_an_improvement(
    world: World, invite: Invite
) -> None:
    answered(invite())
    eva, typed = client_of(world, "eva"), "Borger 070761-4285 ringer"
    path = f"/office/follow-ups/{opened().pk}/"
    eva.post(f"{path}owner/")
    assert eva.post(path, {"done": typed}).status_code == 302
    assert FollowUp.objects.get().done.endswith("ringer")
    assert eva.post("/office/improvements/new/", values(world) | {"title": typed, "text": typed}).status_code == 302
    item = ImprovementItem.objects.get()
    improvements.decide(item, approved=False, decision=typed, by=world.hans, at=LATER)
    item.refresh_from_db()
    written = [FollowUp.objects.get().done, item.title, item.text, item.decision]
    assert len(set(written)) == 1
    assert "4285" not in written[0]


def test_a_cause_is_shown_in_the_language_of_the_page(world: World) -> None:
    cause = FollowUpCause(centre=world.centres["tmf"], name="Lang ventetid", name_en="Long wait")
    with override("en"):
        assert str(cause) == "Long wait"
    assert str(cause) == "Lang ventetid"


def test_a_cause_is_ended_and_never_deleted(world: World) -> None:
    eva = client_of(world, "eva")
    assert eva.post("/office/follow-up-causes/tmf/common/").status_code == 302
    eva.post("/office/follow-up-causes/tmf/common/")
    assert FollowUpCause.objects.count() == len(causes.PRESETS)
    cause = FollowUpCause.objects.get(name="Kun ros")
    path = f"/office/follow-up-causes/tmf/{cause.pk}/"
    assert eva.post(path, {"name": "Kun ros", "valid_to": "2026-03-11"}).status_code == 422
    assert eva.post(path, {"name": "Lang ventetid", "valid_to": ""}).status_code == 422
    assert eva.post(path, {"name": "Kun ros", "valid_to": "2026-03-12"}).status_code == 302
    assert eva.get("/office/follow-up-causes/bif/").status_code == 404


def test_comments_are_found_by_words_and_seen_by_whom_they_are_about_and_the_leader(
    world: World, invite: Invite
) -> None:
    answered(invite(), comment="De gravede vejen op uden varsel")
    answered(invite(enquiry=talked(world.bo), employee=world.bo, address=""), comment="Venlig og hurtig hjælp")
    look()
    seen = {name: client_of(world, name).get("/office/comments/").content.decode() for name in ("eva", "anna", "hans")}
    assert [("varsel" in text, "hurtig" in text) for text in seen.values()] == [
        (True, True), (False, False), (False, False)
    ]  # fmt: skip
    eva = client_of(world, "eva")
    assert "varsel" in eva.get("/office/comments/?words=vejene").content.decode()
    assert "varsel" not in eva.get("/office/comments/?words=hjælp").content.decode()
    comment = Comment.objects.get(text__contains="varsel")
    tag = comment.tags.get(service=world.services["gravetilladelse"])
    assert tag.state == CommentTag.State.PROPOSED
    path = f"/office/comments/{comment.pk}/tags/"
    assert client_of(world, "anna").post(f"{path}{tag.pk}/", {"verdict": "confirm"}).status_code == 403
    assert client_of(world, "hans").post(f"{path}{tag.pk}/", {"verdict": "confirm"}).status_code == 404
    eva.post(f"{path}{tag.pk}/", {"verdict": "confirm"})
    eva.post(path, {"service": world.services["affald"].pk})
    assert sorted(comment.tags.values_list("state", flat=True)).count("confirmed") == 2
    found = eva.get(f"/office/comments/?service={world.services['affald'].pk}").content.decode()
    assert ("varsel" in found, "hurtig" in found) == (True, False)
    assert eva.get("/office/comments/?service=99999999999999999999&words=%00&page=x").status_code == 200


def test_an_employee_sees_enough_comments_about_their_own_conversations_without_the_day(
    world: World, invite: Invite
) -> None:
    def seen(name: str) -> str:
        return client_of(world, name).get("/office/comments/").content.decode()

    for number in range(5):
        given = answered(invite(), comment=f"Nummer {number} var god")
        if number < 4:
            Comment.objects.filter(response=given).update(at=MORNING - timedelta(days=1))
    assert "Nummer 0" not in seen("anna"), "the fifth is of today"
    Comment.objects.update(at=MORNING - timedelta(days=1))
    own, leaders = seen("anna"), seen("eva")
    assert own.count("Om en af dine samtaler") == 5
    assert "10.03.2026" not in own
    assert leaders.count("10.03.2026") == 5
    assert "Nummer" not in seen("bo")


def values(world: World, **more: Any) -> dict[str, Any]:
    return {
        "kind": "needs_approval", "title": "Kortere svar om vejarbejde", "unit": world.units["ctb-grav"].pk,
        "service": world.services["gravetilladelse"].pk, "owner": world.eva.pk, "target_day": "2026-05-01", **more,
    }  # fmt: skip


def test_an_improvement_waits_for_the_head_of_the_unit_and_its_effect_is_measured(world: World, invite: Invite) -> None:
    eva, hans = client_of(world, "eva"), client_of(world, "hans")
    assert eva.post("/office/improvements/new/", values(world)).status_code == 302
    item = ImprovementItem.objects.get()
    path = f"/office/improvements/{item.pk}/"
    assert item.state == ImprovementItem.State.SUGGESTED
    assert eva.post(f"{path}decision/", {"verdict": "approve"}).status_code == 403
    assert eva.post(f"{path}completion/", {"works_from": "2026-03-11"}).status_code == 422
    assert hans.post(f"{path}decision/", {"verdict": "refuse"}).status_code == 422
    assert hans.post(f"{path}decision/", {"verdict": "approve", "decision": "God idé"}).status_code == 302
    for other in ({"unit": world.units["ctb-byliv"]}, {"title": "Noget andet"}, {"text": "Mere"}, {"service": None}):
        with pytest.raises(RefusedChange):
            improvements.change(item, values=other, by=world.eva, at=LATER)
    later = {"title": item.title, "target_day": date(2026, 6, 1)}
    assert improvements.change(item, values=later, by=world.eva, at=LATER).target_day == date(2026, 6, 1)
    assert eva.post(f"{path}completion/", {"works_from": "2026-03-09"}).status_code == 302
    assert "for få svar" in eva.get(path).content.decode()
    item.refresh_from_db()
    for number in range(30):
        day = MORNING - timedelta(days=20 if number < 15 else 1)
        invitation = invite(
            enquiry=talked(world.anna), service=world.services["gravetilladelse"], part=f"p{number}",
            token=f"t{number}", address="", address_digest="", due_at=MORNING + timedelta(days=3),
        )  # fmt: skip
        answering.answer(invitation, values={1: 2 if number < 15 else 8}, complete=True, at=day)
    measured = effect.of(item, today=clock.today())
    assert measured is not None
    assert measured.change is not None
    assert (measured.before.count, measured.after.count, measured.change.is_certain) == (15, 15, True)
    assert "steget" in eva.get(path).content.decode()


def test_just_do_it_needs_nobody_and_what_is_given_up_stays(world: World) -> None:
    eva = client_of(world, "eva")
    eva.post("/office/improvements/new/?follow_up=77777777777777777777", values(world, kind="just_do_it"))
    item = ImprovementItem.objects.get()
    assert item.state == ImprovementItem.State.UNDER_WAY
    eva.post(f"/office/improvements/{item.pk}/removal/")
    assert item.title in eva.get("/office/improvements/?state=dropped").content.decode()
    with pytest.raises(RefusedChange):
        improvements.drop(item, by=world.eva, at=LATER)
    assert not rights.may_approve(world.eva, item)
    outside = client_of(world, "otto")
    assert outside.get(f"/office/improvements/{item.pk}/").status_code == 403
