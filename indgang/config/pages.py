"""Stands between the connections and Django: a request gets a thread only when it has arrived in full.

An ASGI application around a WSGI one. Only the reading of bodies and the writing of answers happens here, in the event
loop. Django runs in the threads of `Threads`, each with its own database connection.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import parse_cookie

from indgang.config.proxies import address_of
from indgang.core.client_addresses import counted_as

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

#: the largest body of somebody who is not signed in: any form of the public site, and the sign-in
STRANGERS_BYTES = 256 * 1024
#: below these addresses visitors attach files to online forms; not more than so many at the same time in a process, and
#: in all from one address, so that strangers can neither fill the disk nor keep others out. An upload counts from its
#: first byte until it has been answered
FILES_FROM_STRANGERS = ("/formular/", "/en/formular/")
MOST_UPLOADS, MOST_UPLOADS_EACH = 20, 6
#: a larger body is stored in a file
_IN_MEMORY = 512 * 1024
#: requests that may wait for a thread; more would be answered too late to be of use
_QUEUE = 2_000

_PAGE = """<!doctype html><html lang="da"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>
<body style="font:1.25rem/1.5 sans-serif;margin:15vh auto;max-width:36rem;padding:0 1rem"><main>
<h1>{title}</h1><p>{danish}</p><p lang="en">{english}</p></main></body></html>"""


@dataclass(frozen=True, slots=True)
class PageResponse:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class TooLarge(Exception):
    """The body is larger than `most` bytes; `sent` is its size, if the client has stated it."""

    def __init__(self, most: int, sent: int | None) -> None:
        super().__init__(most, sent)
        self.most, self.sent = most, sent


class ClientGone(Exception):
    """The client left, or was cut off, before its request was complete."""


class Threads:
    """A fixed number of threads that take work in order of arrival."""

    def __init__(self, count: int) -> None:
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]]] = queue.SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._serve, name=f"pages-{number}", daemon=True).start()

    @property
    def is_full(self) -> bool:
        return self._work.qsize() >= _QUEUE

    async def run(self, work: Callable[[], Any]) -> Any:
        """Run `work` in one of the threads. Return its result, or raise its error."""
        future = asyncio.get_running_loop().create_future()
        self._work.put((work, future))
        return await future

    def _serve(self) -> None:
        while True:
            work, future = self._work.get()
            if future.cancelled():
                continue
            try:
                result, error = work(), None
            except BaseException as raised:  # noqa: BLE001  # the waiting caller gets it; the thread goes on
                result, error = None, raised
            future.get_loop().call_soon_threadsafe(_settle, future, result, error)


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class Pages:
    """The ASGI application. `most` is the largest body in bytes that it takes from somebody who has signed in, and with
    online forms."""

    def __init__(self, application: Wsgi, *, threads: int, most: int) -> None:
        self._application = application
        self._threads = Threads(threads)
        self._most = most
        self._uploads: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answered(scope, receive)
        except ClientGone:
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answered(self, scope: Scope, receive: Receive) -> PageResponse:
        environ = environ_of(scope)
        if not _is_strangers_upload(environ):
            return await self._read_and_run(environ, receive)
        visitor = counted_as(address_of(environ, settings.PROXIES))
        if self._uploads.total() >= MOST_UPLOADS or self._uploads[visitor] >= MOST_UPLOADS_EACH:
            return _busy()
        self._uploads[visitor] += 1
        try:
            return await self._read_and_run(environ, receive)
        finally:
            self._uploads[visitor] -= 1
            self._uploads += Counter()  # forgets who has none left

    async def _read_and_run(self, environ: Environ, receive: Receive) -> PageResponse:
        try:
            body, length = await self._body(environ, receive)
        except TooLarge as refused:
            return _too_large(environ, refused)
        except OSError:
            logger.exception("a request could not be stored")
            return _no_room()
        if self._threads.is_full:
            body.close()
            return _busy()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(length)
        answer: PageResponse = await self._threads.run(lambda: _run(self._application, environ))
        return answer

    async def _body(self, environ: Environ, receive: Receive) -> tuple[IO[bytes], int]:
        """The whole body and its length. Raises TooLarge; before anything is read, if the client states the length."""
        told = _told_length(environ)
        most = await self._most_for(environ, told)
        if told is not None and told > most:
            raise TooLarge(most, told)
        body, length = tempfile.SpooledTemporaryFile(_IN_MEMORY), 0  # noqa: SIM115  # Django reads it in a thread
        more = told != 0 or "HTTP_TRANSFER_ENCODING" in environ
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            length += len(message.get("body", b""))
            if length > most:
                raise TooLarge(most, told)
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
        body.seek(0)
        return body, length

    async def _most_for(self, environ: Environ, told: int | None) -> int:
        """The largest body allowed for the request. Only a person who is signed in may send more than a form, but for
        the files of online forms; a cookie alone does not prove that."""
        chunked = told is None and "HTTP_TRANSFER_ENCODING" in environ
        if not chunked and (told or 0) <= STRANGERS_BYTES:
            return STRANGERS_BYTES
        if _is_strangers_upload(environ):
            return self._most
        key = _session_key(environ)
        return self._most if key and await self._threads.run(lambda: _is_signed_in(key)) else STRANGERS_BYTES


def environ_of(scope: Scope) -> Environ:
    """The environment that WSGI (PEP 3333) requires, except the body."""
    server = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        _add_header(environ, raw_name.decode("latin-1"), raw_value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    """Add a header. Names with an underscore are left out, because they would replace a header with a hyphen that a
    proxy of ours has removed or set."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value


def _told_length(environ: Mapping[str, Any]) -> int | None:
    """The stated length: 0 when there is no body, None when it comes in chunks."""
    told = environ.get("CONTENT_LENGTH", "")
    if told.isascii() and told.isdigit():
        return int(told)
    return None if "HTTP_TRANSFER_ENCODING" in environ else 0


def _is_strangers_upload(environ: Environ) -> bool:
    """Whether the request may bring files without a sign-in, and is large enough to bring some."""
    told = _told_length(environ)
    is_large = told is None or told > STRANGERS_BYTES
    return is_large and environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(FILES_FROM_STRANGERS)


def _session_key(environ: Mapping[str, Any]) -> str | None:
    """The session key, read as Django reads it: a cookie of another program, with any content, must not hide ours."""
    return parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)


def _is_signed_in(key: str) -> bool:
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import Error, close_old_connections

    close_old_connections()
    try:
        return SESSION_KEY in SessionStore(key)
    except (Error, ValueError):
        return False


def _run(application: Wsgi, environ: Environ) -> PageResponse:
    """Call the WSGI application and take its whole answer, so that a slow reader holds no thread."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started.append((status, headers))

    chunks = application(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
        environ["wsgi.input"].close()
    line, headers = started[-1]
    status = int(line.partition(" ")[0])
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status not in (204, 304) and not any(name == b"content-length" for name, _value in raw):
        raw.append((b"content-length", str(len(body)).encode()))
    return PageResponse(status, raw, body)


def _too_large(environ: Mapping[str, Any], refused: TooLarge) -> PageResponse:
    most = f"{refused.most / 1024 / 1024:.0f} MB" if refused.most >= 1024 * 1024 else f"{refused.most // 1024} kB"
    sent = f"{(refused.sent or 0) / 1024 / 1024:.1f}"
    danish = f"Vi tager højst imod {most} ad gangen. Gå tilbage, og vælg en mindre fil."
    english = f"We take {most} at most at a time. Go back and choose a smaller file."
    if refused.sent is not None:
        danish = f"Det, du sendte, fylder {sent.replace('.', ',')} MB. {danish}"
        english = f"What you sent is {sent} MB. {english}"
    if environ.get("HTTP_HX_REQUEST") == "true":
        return _text(413, danish, "text/plain; charset=utf-8")
    page = _PAGE.format(title="Filen er for stor", danish=danish, english=english)
    return _text(413, page, "text/html; charset=utf-8")


def _busy() -> PageResponse:
    danish, english = "Der er for travlt lige nu. Prøv igen om lidt.", "We are too busy right now. Try again soon."
    page = _PAGE.format(title="Øjeblik", danish=danish, english=english)
    return _text(503, page, "text/html; charset=utf-8", (b"retry-after", b"5"))


def _no_room() -> PageResponse:
    danish = "Vi har ikke plads til filen lige nu. Det, der er gemt, er der endnu. Gå tilbage, og prøv igen om lidt."
    english = "We have no room for the file right now. What was saved is still there. Go back and try again soon."
    page = _PAGE.format(title="Filen er ikke modtaget", danish=danish, english=english)
    return _text(507, page, "text/html; charset=utf-8", (b"retry-after", b"60"))


def _text(status: int, text: str, kind: str, *more: tuple[bytes, bytes]) -> PageResponse:
    body = text.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()),
               (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), *more]  # fmt: skip
    return PageResponse(status, headers, body)
