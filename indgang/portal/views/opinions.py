"""What readers think of a page: the answer to the questions below it, and the same in a box on other websites."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.feedback import answering
from indgang.feedback.answering import AnsweredPage
from indgang.feedback.models import PAGE_KINDS
from indgang.portal import access, opinions, visits
from indgang.portal.opinions import AskedPage, OpinionForm, ReadToken
from indgang.portal.pages import address, language, page, protected, show, unkept
from indgang.portal.views.embeds import box

#: host and path of a page on another website
_PAGE = re.compile(r"[a-z0-9.:-]{1,100}/[^\s?#\x00]{0,180}", re.IGNORECASE)


@csrf_exempt  # without cookie and session a forged request can only add an answer; see opinions
@public
@require_POST
def opinion(request: HttpRequest) -> HttpResponseBase:
    """Keep an answer, and thank. One that does not count is thanked for too, except where the reader can mend it."""
    return _answered(request, boxed=False)


@csrf_exempt
@public
@xframe_options_exempt
@require_POST
def boxed_opinion(request: HttpRequest) -> HttpResponseBase:
    return _answered(request, boxed=True)


@page()
def thanks(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/opinion.html", _context(request, None, boxed=False))


@box(30)
def boxed_thanks(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/opinion.html", _context(request, None, boxed=True))


@box(30)
def boxed_form(request: HttpRequest, unit: str, kind: str) -> HttpResponse:
    """The questions for pages of this kind that the unit has on another website."""
    owner = access.unit(unit)
    if owner is None or kind not in PAGE_KINDS:
        raise Http404
    asked = AskedPage(kind, opinions.OTHER_SITE, "", "", owner)
    action = address(request, "embed-opinion-answer")
    form = opinions.form_of(asked, action=action, language=language(), at=clock.now(), boxed=True)
    if form is None:
        raise Http404
    return show(request, "portal/opinion.html", _context(request, form, boxed=True))


def _answered(request: HttpRequest, *, boxed: bool) -> HttpResponseBase:
    read = opinions.page_of(request.POST.get("token", ""))
    if read is None:
        raise Http404
    values, comment = opinions.read(read.questions, request.POST)
    late = _("Siden blev åbnet for længe siden. Hent den igen, og svar på den, som den er nu.")
    fault = late if read.is_late(clock.now()) else opinions.fault_of(request, values, comment)
    if fault:
        return _again(request, read, fault, boxed=boxed)
    if not opinions.is_a_program(request.POST, comment):
        _keep(request, read, values, comment)
    return _thanked(request, read, boxed=boxed)


def _keep(request: HttpRequest, read: ReadToken, values: dict[int, int], comment: str) -> None:
    key = opinions.key_in(request.POST)
    ref = _page_around(request) if read.place == opinions.OTHER_SITE else read.ref
    if not ref or not opinions.counts(request, read, key):
        return
    seen = request.POST.get("visited", "") if read.with_visit else ""
    page_read = AnsweredPage(read.place, ref, read.page_version, read.service, read.unit)
    answering.answer_page(
        read.questions, page_read, values=values, comment=comment, key=key, language=language(),
        visited=visits.cleaned(seen, ours=read.place != opinions.OTHER_SITE), at=clock.now(),
    )  # fmt: skip


def _page_around(request: HttpRequest) -> str:
    """Host and path of the page around the box; "" for what is neither, or a host that may not show our boxes."""
    told = request.POST.get("page", "")
    host, slash, path = told.partition("/")
    allowed = settings.EMBED_ON.split()
    named = "*" in allowed or any(each.rpartition("//")[2].rstrip("/") == host for each in allowed)
    return host + visits.without_numbers(slash + path) if named and _PAGE.fullmatch(told) else ""


def _thanked(request: HttpRequest, read: ReadToken, *, boxed: bool) -> HttpResponseBase:
    """To the thanks; without a script to those on the article itself."""
    if boxed:
        place = address(request, "embed-opinion-thanks")
    elif read.place == opinions.ARTICLE and not request.POST.get("took"):
        place = f"{address(request, 'article', read.ref)}?mening=tak#mening"
    else:
        place = address(request, "opinion-thanks")
    answer = HttpResponseRedirect(place)
    answer.status_code = 303
    return protected(answer, settings.EMBED_ON if boxed else "'none'")


def _again(request: HttpRequest, read: ReadToken, fault: str, *, boxed: bool) -> HttpResponse:
    """The form with what is wrong, and with what was typed."""
    form = opinions.shown(
        read.questions, request.POST.dict(), action=request.path, language=language(), fault=fault, boxed=boxed,
        token=request.POST.get("token", ""), key=opinions.key_in(request.POST), with_visit=read.with_visit,
        page=request.POST.get("page", ""),
    )  # fmt: skip
    back = address(request, "article", read.ref) if read.place == opinions.ARTICLE else ""
    response = show(request, "portal/opinion.html", {**_context(request, form, boxed=boxed), "back": back}, status=422)
    if boxed:
        protected(response, settings.EMBED_ON)
    return unkept(response)


def _context(request: HttpRequest, form: OpinionForm | None, *, boxed: bool) -> dict[str, Any]:
    layout = "portal/embed.html" if boxed else "portal/base.html"
    return {"opinion": form, "boxed": boxed, "layout": layout, "title": _("Hvad synes du om siden?")}
