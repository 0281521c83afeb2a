"""The form behind the link of an invitation: opening it changes nothing, sending it counts once, and one can say no."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.feedback import answering, opting_out
from indgang.feedback.answering import AnswerRefused
from indgang.feedback.models import OptOut, SurveyInvitation
from indgang.portal import opinions, votes
from indgang.portal.opinions import OpinionForm
from indgang.portal.pages import View, address, language, show, unkept
from indgang.portal.visitors import Allowance

State = SurveyInvitation.State
#: answers from one address; many people in an office may share one
_SENT = Allowance(60, 3600.0)

InvitedView = Callable[[HttpRequest, SurveyInvitation], HttpResponse]


def of_the_invited(view: InvitedView) -> View:
    """The view of an invitation, found by the token in the address."""

    @csrf_exempt  # no cookie and no session: nobody is signed in here
    @public
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponse:
        rows = SurveyInvitation.objects.with_names().prefetch_related("version__questions")
        invitation = rows.filter(token=token).first()
        if invitation is None:
            return unkept(show(request, "portal/invitation_gone.html", status=404))
        return unkept(view(request, invitation))

    return found


@of_the_invited
def invitation(request: HttpRequest, invitation: SurveyInvitation) -> HttpResponse:
    """The questions that are not answered yet; a POST adds answers."""
    if request.method != "POST":
        return _page(request, invitation)
    values, comment = opinions.read(invitation.version, request.POST, level=invitation.level)
    fault = opinions.fault_of(request, values, comment)
    if not fault and not _SENT.take(request):
        fault = _("Der er sendt mange svar herfra. Prøv igen om en time.")
    if fault:
        return _page(request, invitation, fault=fault, status=422)
    if opinions.is_trapped(request.POST):
        return _page(request, invitation, thanked=True)
    try:
        answering.answer(invitation, values=values, comment=comment, complete=False, at=clock.now())
    except AnswerRefused:
        invitation.refresh_from_db()
        return _page(request, invitation, status=409)
    return HttpResponseRedirect(address(request, "invitation", invitation.token) + "?tak#mening")


@of_the_invited
def no_thanks(request: HttpRequest, invitation: SurveyInvitation) -> HttpResponse:
    """Whether they never want to be asked again; a POST keeps that. Mail programs post here, too (RFC 8058)."""
    if request.method == "POST" and votes.is_ours(request):
        opting_out.opt_out_of(invitation, how=OptOut.How.LINK, at=clock.now())
        invitation.refresh_from_db()
    known = (invitation.address_digest, invitation.party_digest)
    context = {
        "invitation": invitation, "is_out": opting_out.is_out(known), "is_known": any(known),
        "is_over": not invitation.takes_answers(clock.now()),
    }  # fmt: skip
    return show(request, "portal/invitation_no.html", context)


def _page(
    request: HttpRequest, invitation: SurveyInvitation, *, fault: str = "", thanked: bool = False, status: int = 200
) -> HttpResponse:
    is_over = not invitation.takes_answers(clock.now())
    form = None if is_over or thanked else _form(request, invitation, fault)
    context = {
        "invitation": invitation, "opinion": form, "is_over": is_over, "boxed": False,
        "has_refused": invitation.state == State.REFUSED,
        "was_asked": invitation.state not in SurveyInvitation.NEVER_ASKED,
        "thanked": thanked or "tak" in request.GET or invitation.state == State.ANSWERED,
        "closing": invitation.version.closing_in(language()),
    }  # fmt: skip
    return show(request, "portal/invitation.html", context, status=status)


def _form(request: HttpRequest, invitation: SurveyInvitation, fault: str) -> OpinionForm | None:
    """The questions that are left."""
    response = getattr(invitation, "response", None)
    done = set(response.ratings.values_list("question__position", flat=True)) if response else set()
    if response and response.comments.exclude(text="").exists():
        done |= {each.position for each in invitation.version.questions.all() if not each.is_rated}
    form = opinions.shown(
        invitation.version, request.POST.dict() if fault else {}, level=invitation.level, language=language(),
        action=address(request, "invitation", invitation.token), fault=fault, without=done,
    )  # fmt: skip
    return form if form.rated or form.open else None
