"""A crowdsourcing session for those who are invited: their personal link leads here, without account or cookie.

Everything works without JavaScript: forms, and a link that loads the page again. With it, the page's stream says when
a question is asked, closed or answered. Others' answers are shown without names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.feedback.studies import crowd, planning, session
from indgang.feedback.studies.models import LONGEST, CrowdAnswer, CrowdQuestion, StudyParticipant
from indgang.portal import votes
from indgang.portal.pages import View, address, show, unkept
from indgang.portal.visitors import Allowance
from indgang.ui import live_page
from indgang.ui.pages import part_asked_for

#: everything that one participant sends in a minute
_SENT = Allowance(120, 60.0)

CrowdView = Callable[..., HttpResponse]


def _of_participant(view: CrowdView) -> View:
    """The view of a participant, found by the personal link."""

    @csrf_exempt  # no cookie and no session: nobody is signed in here
    @public
    @wraps(view)
    def found(request: HttpRequest, key: str, **parts: Any) -> HttpResponse:
        participant = planning.participant_of(key)
        if participant is None:
            return unkept(show(request, "portal/crowd_gone.html", status=404))
        if request.method == "POST" and not votes.is_ours(request):
            refused = gettext("Svaret kom fra en anden hjemmeside. Send det igen herfra.")
            return _page(request, participant, key, refused=refused, status=403)
        if request.method == "POST" and not _SENT.take_for(participant.pk):
            refused = gettext("Du skriver meget hurtigt. Vent et øjeblik.")
            return _page(request, participant, key, refused=refused, status=429)
        return view(request, participant, key, **parts)

    return found


@_of_participant
@require_http_methods(["GET", "HEAD", "POST"])
def taking_part(request: HttpRequest, participant: StudyParticipant, key: str) -> HttpResponse:
    """The session as it stands; a POST takes part, with consent and a name or without."""
    if request.method != "POST":
        return _page(request, participant, key)
    return _tried(request, participant, key, lambda: crowd.join(
        participant, name=request.POST.get("name", ""), at=clock.now()
    ))  # fmt: skip


@_of_participant
@require_POST
def answer(request: HttpRequest, participant: StudyParticipant, key: str, question: int) -> HttpResponse:
    """An answer to a question."""
    row = CrowdQuestion.objects.filter(study=participant.study_id, pk=question).first()
    if row is None:
        raise Http404
    typed = request.POST.get("text", "").replace("\x00", "")
    if row.form == CrowdQuestion.Form.OPEN:
        return _tried(request, participant, key, lambda: crowd.answer_openly(
            participant, row, text=typed, at=clock.now()
        ), row, typed)  # fmt: skip
    option = whole_number(request.POST.get("option", ""))
    return _tried(request, participant, key, lambda: crowd.vote(
        participant, row, option=option, at=clock.now()
    ), row)  # fmt: skip


@_of_participant
@require_POST
def rating(request: HttpRequest, participant: StudyParticipant, key: str, answer: int) -> HttpResponse:
    """How much the participant agrees with another's answer."""
    rows = CrowdAnswer.objects.filter(asked__study=participant.study_id, pk=answer)
    row = rows.first()
    if row is None:
        raise Http404
    value = whole_number(request.POST.get("value", ""))
    return _tried(request, participant, key, lambda: crowd.rate(participant, row, value=value, at=clock.now()))


def _tried(
    request: HttpRequest, participant: StudyParticipant, key: str, action: Callable[[], object],
    question: CrowdQuestion | None = None, typed: str = "",
) -> HttpResponse:  # fmt: skip
    """Carry the action out; when it is refused, the page says why and keeps what was typed."""
    try:
        action()
    except RefusedChange as refusal:
        kept = {"refused_at": question.pk if question else None, "typed": typed}
        return _page(request, participant, key, refused=str(refusal), status=422, **kept)
    if part_asked_for(request) is None:
        return HttpResponseRedirect(address(request, "crowd", key))
    again = planning.participant_of(key)
    assert again is not None, "the action has just locked it"
    return _page(request, again, key)


_PARTS = {"crowd-now": "portal/crowd_now.html", "crowd-others": "portal/crowd_others.html"}


def _page(
    request: HttpRequest, participant: StudyParticipant, key: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    part, study = part_asked_for(request) or "", participant.study
    context: dict[str, Any] = {
        "study": study, "participant": participant, "key": key, "here": address(request, "crowd", key),
        "asked": session.asked_of(participant), "longest": LONGEST, "others": session.to_rate(participant),
        "values": range(1, 6), "in_part": bool(part), "delete_on": day_of(participant.delete_at - timedelta(seconds=1)),
        "is_over": study.is_over or study.session_ended_at is not None,
        "may_still_send": crowd.may_still_send(study, clock.now()), **more,
    }  # fmt: skip
    if not part:
        context["stream"] = live_page.visitor_stream_url(request, key, [f"study-{study.pk}"])
        context["now"] = f"{clock.now().timestamp():.3f}"
    response = unkept(show(request, _PARTS.get(part, "portal/crowd.html"), context, status=status))
    response.headers["Content-Security-Policy"] += f"; connect-src 'self' {live_page.stream_origin(request)}"
    return response
