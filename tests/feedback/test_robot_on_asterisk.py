"""People are rung on a real Asterisk, with SIPp at the far end. What they key in is in the ratings, and what they say
after a key can be heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from indgang.core import clock
from indgang.entry.event_kinds import Kind
from indgang.entry.models import RobotCall
from indgang.events.models import StoredEvent
from indgang.feedback import robot_asking, spoken_comments
from indgang.feedback.models import Rating, SpokenComment, SurveyInvitation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from tests.entry import sipp
from tests.entry.asterisk_house import open_house
from tests.entry.running import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.exchange]


def over(invitation: SurveyInvitation) -> RobotCall | None:
    calls = RobotCall.objects.filter(reference=f"feedback:{invitation.pk}")
    return calls.exclude(outcome="").first()


def test_a_person_answers_by_keys_and_an_answering_machine_is_not_counted(
    invite: Callable[..., SurveyInvitation], tmp_path: Path
) -> None:
    at = clock.now()
    planned = {"state": "planned", "level": 2, "planned_at": at, "due_at": at + timedelta(hours=1)}
    person = invite(address="+4520304051", **planned)
    machine = invite(address="+4520304059", **planned)
    (port,) = free_ports(1)
    route = f"PJSIP/indgang-sip/sip:{{number}}@127.0.0.1:{port}"
    settings = local_settings(tmp_path / "exchange", outside_route=route, keys_by_info=True)

    async def story() -> None:
        # the first key cuts the introduction short, and the last one begins the recording
        with Exchange(settings) as exchange:
            async with sipp.asked(port, tmp_path, keys="5891", comment=3.0), open_house(exchange, tmp_path) as house:
                assert await house.db(lambda: robot_asking.ask_due(at=at)) == 2
                answered = await house.until(lambda: over(person))
                recorded = await house.until(lambda: over(machine))
                assert (answered.outcome, answered.marks, answered.number) == ("answered", [8, 9], "")
                assert (recorded.outcome, recorded.marks) == ("machine", [])
                await house.db(lambda: robot_asking.collect(at=clock.now()))
                await house.until(lambda: spoken_comments.take() or SpokenComment.objects.exists())
                await house.nobody_is_left()

    told(story())
    person.refresh_from_db()
    machine.refresh_from_db()
    assert (person.state, machine.state) == ("answered", "machine")
    ratings = Rating.objects.select_related("question", "response")
    assert {(each.question.indicator, each.value, each.response.invitation_id) for each in ratings} == {
        ("satisfaction", 8, person.pk), ("courtesy", 9, person.pk),
    }  # fmt: skip
    comment = SpokenComment.objects.get()
    assert (comment.response.invitation, comment.state) == (person, "to_write")
    assert 2.0 < comment.seconds < 20.0
    assert bytes(comment.sound or b"").startswith(b"RIFF")
    steps = StoredEvent.objects.filter(kind__startswith="robot_").order_by("stream", "number")
    assert {Kind.ROBOT_RUNG, Kind.ROBOT_ANSWERED, Kind.ROBOT_STEP, Kind.ROBOT_OVER} == {each.kind for each in steps}
