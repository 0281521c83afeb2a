"""Spoken comments: a list of those that a person may hear, and one that is heard and written down."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.feedback import spoken_comments
from indgang.feedback.models import SpokenComment
from indgang.office.feedback import access
from indgang.office.feedback.forms import SpokenWordsForm
from indgang.office.recordings import player
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

_PER_PAGE = 50


@require_GET
@requires(*access.HEAR)
def spoken(request: HttpRequest) -> HttpResponse:
    """Those that wait come first, the oldest first."""
    rows = access.spoken(person_of(request))
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "office/feedback/spoken.html",
        {"rows": page, "page": page, "sound_stays": settings.SPOKEN_COMMENT_STAYS},
    )


@require_GET
@requires(*access.HEAR)
def spoken_comment(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, access.spoken_comment(person_of(request), pk))


@require_POST
@requires(*access.HEAR)
def listening(request: HttpRequest, pk: int) -> HttpResponse:
    """Write who listens; then the page has a player."""
    person = person_of(request)
    found = access.spoken_comment(person, pk)
    look = spoken_comments.listen(found, by=person, at=clock.now())
    return redirect(f"{reverse('office:spoken-comment', args=(found.pk,))}?look={look.pk}")


@require_GET
@requires(*access.HEAR)
def sound(request: HttpRequest, pk: int, look: int) -> HttpResponse:
    person, at = person_of(request), clock.now()
    found = access.spoken_comment(person, pk)
    size = spoken_comments.sound_size(found, look, by=person, at=at)
    return player.sound(
        request, size, lambda first, last: spoken_comments.sound_for(
            found, look, by=person, at=at, first=first, last=last,
        )
    )  # fmt: skip


@require_POST
@requires(*access.HEAR)
def words(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write down what is said."""
    person = person_of(request)
    found = access.spoken_comment(person, pk)
    form = SpokenWordsForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            spoken_comments.write_down(found, text=form.cleaned_data["text"], by=person, at=clock.now())
            messages.success(request, _("Kommentaren er skrevet ned og står nu under Kommentarer."))
            return redirect("office:spoken-comments")
    return _page(request, found, form)


@require_POST
@requires(*access.HEAR)
def unusable(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = access.spoken_comment(person, pk)
    with refusals_as_messages(request):
        spoken_comments.set_unusable(found, by=person, at=clock.now())
        messages.success(request, _("Kommentaren kan ikke bruges og er lagt væk."))
    return redirect("office:spoken-comments")


def _page(request: HttpRequest, found: SpokenComment, form: SpokenWordsForm | None = None) -> HttpResponse:
    person, at = person_of(request), clock.now()
    look = whole_number(request.POST.get("look", request.GET.get("look", "")), ID_DIGITS)
    mine = look is not None and spoken_comments.may_hear_now(found, look, by=person, at=at)
    context = {
        "spoken": found, "form": form or SpokenWordsForm(initial={"text": found.draft}), "has_draft": found.draft,
        "looks": spoken_comments.listenings(found), "look": look if mine else None,
        "has_sound": spoken_comments.has_sound(found), "sound_stays": settings.SPOKEN_COMMENT_STAYS,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "office/feedback/spoken_comment.html", context, status=status)
