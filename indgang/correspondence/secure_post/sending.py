"""Hands messages of secure post to the service, each at most once.

A worker commits `sending` before it asks the service, and the answer afterwards. One that dies in between leaves
`sending`, and whoever takes its job up says that the message is in doubt; a person decides. What the service does not
take now is tried again for half a day.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.accounts import sealing
from indgang.core import clock
from indgang.correspondence.locking import locked
from indgang.correspondence.models import SecurePost, ThreadMessage
from indgang.correspondence.secure_post import answering, identity, mailboxes, stream
from indgang.messaging.mail import NotSent
from indgang.messaging.patience import HOUR, MINUTE, Hopeless, Patience
from indgang.messaging.secure_post.contract import (
    OutgoingMemo,
    PostAccepted,
    PostAnswer,
    PostDoubt,
    PostRefused,
    SecurePostError,
    SecurePostFault,
)

logger = logging.getLogger(__name__)

State = SecurePost.State
_PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR)
#: how long after its time a message without a job is taken up, and the most of one run
_LEFT_ALONE, _AT_ONCE = timedelta(minutes=2), 200


class PostNotSent(NotSent):
    """The service did not take the message; the text says why and names nobody."""


class PostGivenUp(PostNotSent, Hopeless):
    """The service could not be used for half a day. The job fails, which raises an alert."""


@app.task(name=answering.SEND_JOB, queue="mail", retry=Patience(_PAUSES))
def deliver(*, post: str) -> None:
    """Hand one message to the service. A job that is done twice hands it over once."""
    begun = _begin(UUID(post), clock.now())
    if begun is None:
        return
    row, is_repeat = begun
    error = _write_down(row.pk, _handed_over(row, is_repeat=is_repeat), clock.now())
    if error is not None:
        raise error


def take_up_left(*, at: datetime) -> int:
    """Give a new job to each message that is overdue and has none: a job counts its own attempts and may be given up
    before its message is. Returns how many."""
    jobs = ProcrastinateJob.objects.filter(task_name=answering.SEND_JOB, status__in=("todo", "doing"))
    jobs = jobs.annotate(post=KeyTextTransform("post", "args"))
    due = Q(state=State.QUEUED, message__send_after__lte=at - _LEFT_ALONE) | Q(state=State.SENDING)
    left = SecurePost.objects.filter(due, state_at__lte=at - _LEFT_ALONE)
    left = left.filter(~Exists(jobs.filter(post=Cast(OuterRef("pk"), TextField()))))
    for post in (found := list(left[:_AT_ONCE])):
        logger.warning("secure post %s: its job is gone, and it gets another", post.pk)
        answering.have_sent(post, seconds=0)
    return len(found)


def _handed_over(post: SecurePost, *, is_repeat: bool) -> PostAnswer:
    try:
        service = mailboxes.service_of(post.mailbox)
        raw = identity.unseal_bytes(bytes(post.message.source.raw))
    except SecurePostError as error:
        return PostRefused(error.fault.value, for_good=False)
    except sealing.Unsealable:
        return PostRefused(SecurePostFault.SECRET_UNREADABLE.value, for_good=True)
    return service.send(OutgoingMemo(post.uuid, raw, is_repeat))


@transaction.atomic
def _begin(key: UUID, at: datetime) -> tuple[SecurePost, bool] | None:
    """The message, now being sent, and whether it was handed over before; None when there is nothing (more) to hand
    over."""
    post = locked_post(key)
    if post is None or post.state not in (State.QUEUED, State.SENDING):
        return None
    if post.state == State.SENDING:  # the worker that began has died
        stream.settle(post, State.DOUBT, at=at, reason="the worker ended before the answer came")
        return None
    if post.message.state == ThreadMessage.State.WITHDRAWN:
        post.state, post.state_at = State.WITHDRAWN, at
        post.save(update_fields=["state", "state_at"])
        return None
    is_repeat = post.attempts > 0 or post.reason != ""  # after a doubt the attempts are counted anew, the reason stays
    post.attempts += 1
    stream.settle(post, State.SENDING, at=at)
    return post, is_repeat


def locked_post(key: UUID) -> SecurePost | None:
    """The message of ours, locked with its thread until the transaction ends."""
    found = SecurePost.objects.select_related("message").filter(pk=key).first()
    if found is None:
        return None
    thread = locked(found.message.thread_id)
    message = ThreadMessage.objects.select_for_update(of=("self",)).get(pk=found.message_id)
    message.thread = thread
    post = SecurePost.objects.select_for_update(of=("self",)).select_related("mailbox").get(pk=key)
    post.message = message
    return post


@transaction.atomic
def _write_down(key: UUID, answer: PostAnswer, at: datetime) -> PostNotSent | None:
    """What the service answered; returns the error of the job when it is to be tried again."""
    post = locked_post(key)
    if post is None:
        return None
    is_open = post.state in (State.SENDING, State.DOUBT)  # else a receipt has come already
    if isinstance(answer, PostAccepted):
        logger.info("secure post %s: accepted as %s", key, answer.transmission)
        if is_open:
            stream.settle(post, State.ACCEPTED, at=at)
    elif isinstance(answer, PostDoubt):
        if is_open:
            logger.warning("secure post %s: nobody knows whether it was sent: %s", key, answer.reason)
            stream.settle(post, State.DOUBT, at=at, reason=answer.reason)
    elif is_open:
        return _refused(post, answer, at)
    return None


def _refused(post: SecurePost, answer: PostRefused, at: datetime) -> PostNotSent | None:
    if answer.not_registered:
        stream.settle(post, State.NOT_REGISTERED, at=at, reason=answer.reason)
        return None
    if answer.for_good:
        stream.settle(post, State.FAILED, at=at, reason=answer.reason)
        return None
    if post.attempts > len(_PAUSES):
        stream.settle(post, State.FAILED, at=at, reason=answer.reason)
        return PostGivenUp(answer.reason)
    stream.settle(post, State.QUEUED, at=at, reason=answer.reason)
    return PostNotSent(answer.reason)
