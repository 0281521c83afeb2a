"""The sound of a voice for a player: all of it, or the part for which the player asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from indgang.office.recordings import byte_range


def sound(request: HttpRequest, size: int, read: Callable[[int, int | None], bytes]) -> HttpResponse:
    """The sound (WAV) of so many bytes. `read` gives the bytes from the first to the last, which is included (None: to
    the end). Raises Http404 when there are none."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline", "Accept-Ranges": "bytes"}
    if not size:
        raise Http404
    try:
        part = byte_range.asked(_range(request), size)
    except byte_range.NotThere:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if part is None:
        wav, status = read(0, None), 200
    else:
        wav, status = read(part.first, part.last), 206
        headers["Content-Range"] = str(part)
    return HttpResponse(wav, status=status, content_type="audio/wav", headers=headers)


def _range(request: HttpRequest) -> str:
    """The `Range` header. We give a sound no version, so a range of a certain version (`If-Range`) gets the whole."""
    return "" if "If-Range" in request.headers else request.headers.get("Range", "")
