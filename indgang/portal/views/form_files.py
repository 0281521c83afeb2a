"""Files of an online form that come in parts, for the script that sends them. The answers are JSON.

`received` says from which byte to go on, `done` that the file is attached, `refused` in words why it is not taken.
Without JavaScript the files come with the form (`online_forms`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from indgang.accounts.gate import public
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence.forms import saving, uploading
from indgang.correspondence.models import SavedAnswers
from indgang.portal import votes
from indgang.portal.pages import unkept
from indgang.portal.visitors import Allowance

#: files that one visitor begins, and parts that one visitor sends; many people in an office may share one address
_BEGUN, _PARTS = Allowance(120, 3600.0), Allowance(1_500, 3600.0)


@csrf_exempt  # no cookie and no session: nobody is signed in here
@public
@own_transactions
@require_POST
def form_files(request: HttpRequest, code: str, token: str) -> JsonResponse:
    """Begin a file, or go on with the same one."""
    saved = _saved(code, token)
    if saved is None:
        return _said(_gone(), 404)
    if not votes.is_ours(request):
        return _said(_elsewhere(), 403)
    if not _BEGUN.take(request):
        return _said(_("Du har sendt mange filer på kort tid. Prøv igen om lidt."), 429)
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("field", "name", "type", "digest")}
    size = whole_number(request.POST.get("size", "")) or 0
    try:
        upload = uploading.begin(
            saved, code=typed["field"], name=typed["name"], declared=typed["type"], size=size, digest=typed["digest"],
            at=clock.now(),
        )  # fmt: skip
    except RefusedChange as refusal:
        return _said(str(refusal), 422)
    except uploading.Full as full:
        return _said(str(full), 503)
    except DatabaseError:
        return _said(_no_room(), 503)
    return _answer({"id": str(upload.pk), "received": upload.received, "part": uploading.PART})


@csrf_exempt
@public
@own_transactions
@require_POST
def form_file_part(request: HttpRequest, code: str, token: str, key: UUID) -> JsonResponse:
    """The part that begins at the byte `fra`. After the last one the file is attached."""
    saved, start = _saved(code, token), whole_number(request.GET.get("fra", ""))
    if saved is None:
        return _said(_gone(), 404)
    if start is None or _length(request) > uploading.PART:
        return _said(_("Filen kan ikke modtages i den form."), 400)
    if not votes.is_ours(request):
        return _said(_elsewhere(), 403)
    if not _PARTS.take(request):
        return _said(_("Du har sendt mange filer på kort tid. Prøv igen om lidt."), 429)
    try:
        upload = _add(saved, key, start, request.body)
        if upload is not None and upload.received < upload.size:
            return _answer({"received": upload.received})
        refused = uploading.finish(saved, key, at=clock.now())
    except uploading.OutOfStep as apart:
        return _answer({"received": apart.received}, 409)
    except RefusedChange as refusal:
        return _said(str(refusal), 422)
    except uploading.Full as full:
        return _said(str(full), 503)
    except DatabaseError:
        return _said(_no_room(), 503)
    return _said(refused, 422) if refused else _answer({"done": True})


def _add(saved: SavedAnswers, key: UUID, start: int, content: bytes) -> Any:
    """Add the part. An empty one asks to attach a file that is complete."""
    if not content:
        return saved.uploads.filter(pk=key).first()
    return uploading.add(saved, key, start=start, content=content, at=clock.now())


def _length(request: HttpRequest) -> int:
    return whole_number(str(request.META.get("CONTENT_LENGTH") or "0")) or 0


def _saved(code: str, token: str) -> SavedAnswers | None:
    return saving.find(code, token, at=clock.now())


def _elsewhere() -> str:
    return _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra.")


def _gone() -> str:
    return _("Svarene findes ikke længere, så filen kan ikke vedhæftes.")


def _no_room() -> str:
    return _("Vi kan ikke gemme filen lige nu. Det, der er sendt, er gemt. Prøv igen om lidt.")


def _said(refused: str, status: int) -> JsonResponse:
    return _answer({"refused": refused}, status)


def _answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status)
    unkept(response)
    return response
