"""The online forms of the demo's day: beside the calls, and sent as the public site sends them."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice, takewhile
from random import Random

import pytest

from indgang.correspondence.models import FormSubmission, OnlineForm, Thread
from indgang.demo import municipality, submissions
from indgang.demo.day import DayOfCalls
from indgang.demo.submissions import DayOfForms
from indgang.enquiries.models import Channel
from tests.world import MORNING

#: one process makes the demo municipality, once
on_the_demo = pytest.mark.xdist_group("submissions")


@pytest.fixture(scope="module")
def _seeded(module_db: None) -> None:
    municipality.seed(at=MORNING)


def day(per_minute: float = 10.0) -> DayOfForms:
    return DayOfForms(DayOfCalls(Random(1), per_minute))


def test_as_many_come_beside_the_calls_as_their_share_says() -> None:
    until = MORNING + timedelta(days=30)
    calls = sum(1 for _call in day().day.callers(MORNING, until))
    forms = sum(1 for _form in takewhile(lambda each: each.at < until, day().submissions(MORNING)))
    assert 0.85 < forms / (calls * submissions.FORMS) < 1.15


def test_no_forms_come_where_no_calls_come() -> None:
    assert not list(day(per_minute=0).submissions(MORNING))


@on_the_demo
@pytest.mark.usefixtures("_seeded")
@pytest.mark.django_db
def test_each_is_sent_and_waits_in_the_queue_of_its_form() -> None:
    sent = list(islice(day().submissions(MORNING), 30))
    for each in sent:
        submissions.send(each, MORNING)
    kinds = FormSubmission.objects.values_list("version__form__code", flat=True)
    assert sorted(kinds) == sorted(each.form for each in sent), "none is refused"
    assert set(kinds) == {"aktindsigt", "klage", "jordhaandteringsplan"}
    threads = Thread.objects.filter(channel=Channel.FORM, state=Thread.State.WAITING)
    assert threads.count() == len(sent)
    assert not threads.exclude(queue__code="tmf-formularer")
    plans = threads.filter(submission__version__form__code="jordhaandteringsplan")
    assert all(each.messages.get().enclosures.count() == 1 for each in plans)


@on_the_demo
@pytest.mark.usefixtures("_seeded")
@pytest.mark.django_db
def test_a_form_that_is_gone_is_not_sent() -> None:
    OnlineForm.objects.filter(code=next(day().submissions(MORNING)).form).update(code="en-anden")
    submissions.send(next(day().submissions(MORNING)), MORNING)
    assert not FormSubmission.objects.exists()
