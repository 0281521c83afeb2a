"""Comments: found by words and services, with their tags."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback import spoken_comments
from indgang.feedback.follow_up_models import CommentTag
from indgang.feedback.follow_ups import comment_search, rights, tagging
from indgang.measures.definitions import FEWEST
from indgang.office.follow_ups import access
from indgang.office.follow_ups.forms import CommentFilter, TagForm

_PAGE = 25


@require_GET
@requires(*access.READING)
def comments(request: HttpRequest) -> HttpResponse:
    """The comments that the person may see, the newest first, and then those about their own conversations."""
    person = person_of(request)
    form = CommentFilter(request.GET)
    found = rights.comments_seen(person, at=clock.now())
    if form.is_valid():
        found = comment_search.matching(found, form.cleaned_data["words"])
        if form.cleaned_data["service"]:
            found = comment_search.about(found, form.cleaned_data["service"].pk)
    page = Paginator(found.prefetch_related("tags__service", "response__follow_up"), _PAGE).get_page(
        request.GET.get("page")
    )
    own = {each.pk for each in page if each.response.employee_id == person.pk}
    acted_on = set(rights.follow_ups_of(person).filter(response__comments__in=[each.pk for each in page])
                   .values_list("pk", flat=True))  # fmt: skip
    context = {
        "rows": page.object_list, "page": page, "form": form, "own": own, "acted_on": acted_on, "tag_form": TagForm(),
        "rejected": CommentTag.State.REJECTED, "proposed": CommentTag.State.PROPOSED,
        "fewest": FEWEST, "spoken_to_write": spoken_comments.heard_by(person).to_write().count(),
    }  # fmt: skip
    return render(request, "office/follow_ups/comments.html", context)


@require_POST
@requires(*access.ACTING)
def tag_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Tag a comment by hand."""
    person = person_of(request)
    shown = access.comment_to_tag(person, pk)
    form = TagForm(request.POST)
    if form.is_valid():
        tagging.add(shown, form.cleaned_data["service"], by=person, at=clock.now())
    else:
        messages.error(request, _("Vælg et emne fra listen."))
    return redirect("office:feedback-comments")


@require_POST
@requires(*access.ACTING)
def tag(request: HttpRequest, pk: int, tag: int) -> HttpResponse:
    """Confirm or reject a tag."""
    person = person_of(request)
    shown = access.tag_of(access.comment_to_tag(person, pk), tag)
    tagging.decide(shown, confirmed=request.POST.get("verdict") == "confirm", by=person, at=clock.now())
    return redirect("office:feedback-comments")
