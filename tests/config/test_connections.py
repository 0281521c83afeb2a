"""Slow, silent, numerous or large clients do not delay pages: the server cuts them off."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from indgang.config import pages
from indgang.config.connections import Limits, guarded
from indgang.config.pages import STRANGERS_BYTES, Pages
from indgang.core.client_addresses import counted_as

#: the longest a step may take on a busy machine
_LONGEST = 30.0
#: bytes, more than fits into any buffer
_LARGE = 64 << 20


def _head(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


_GET = _head("GET /sign-in/", "Connection: close")
_SLOW = _head("POST /sign-in/", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000") + b"a"


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=_LONGEST)


def _ask(port: int, request: bytes) -> bytes:
    with closing(_connect(port)) as connection:
        connection.sendall(request)
        return _all(connection)


def _all(connection: socket.socket) -> bytes:
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def _is_cut_off(connection: socket.socket) -> bool:
    """Whether the server ends the connection, without having said anything."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


# --- the real server ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    """`indgang web` with one worker at a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {
        "INDGANG_WEB_ADDRESS": f"127.0.0.1:{port}", "INDGANG_WEB_WORKERS": "1",
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "indgang", "web"], env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        assert server.wait(_LONGEST) == 0


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 2 * _LONGEST
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if _ask(port, _GET).startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_pages_are_answered_while_fifty_clients_send_a_byte_now_and_then(web: int) -> None:
    slow = [_connect(web) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(_SLOW)
        for _round in range(3):
            for connection in slow:
                connection.sendall(b"a")
            assert _ask(web, _GET).startswith(b"HTTP/1.1 200")
    finally:
        for connection in slow:
            connection.close()


def test_pages_are_answered_beside_a_thousand_connections_that_say_nothing(web: int) -> None:
    silent = []
    try:
        for _ in range(600):
            silent.append(_connect(web))
        assert _ask(web, _GET).startswith(b"HTTP/1.1 200")
    finally:
        for connection in silent:
            connection.close()


def test_a_large_upload_of_a_stranger_is_refused_before_it_is_read(web: int) -> None:
    begun = _head("POST /sign-in/", "Content-Type: multipart/form-data; boundary=x", f"Content-Length: {150 << 20}")
    with closing(_connect(web)) as connection:
        connection.sendall(begun)
        answer = b""
        while not answer.endswith(b"</html>"):
            answer += connection.recv(65536) or b"</html>"
    answer_text = answer.decode()
    assert answer_text.startswith("HTTP/1.1 413")
    assert "fylder 150,0 MB" in answer_text


def test_a_cookie_that_opens_nothing_allows_no_larger_upload(web: int) -> None:
    begun = _head("POST /sign-in/", f"Cookie: sessionid={'a' * 32}", f"Content-Length: {2 << 20}")
    with closing(_connect(web)) as connection:
        connection.sendall(begun)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_body_in_chunks_is_counted_as_it_comes(web: int) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    with closing(_connect(web)) as connection:
        connection.sendall(_head("POST /sign-in/", "Transfer-Encoding: chunked"))
        for _ in range(STRANGERS_BYTES // 0x8000 + 1):
            connection.sendall(chunk)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_headers_of_any_length_are_not_read(web: int) -> None:
    with closing(_connect(web)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        try:
            for _ in range(400):
                connection.sendall(b"X-Long: " + b"y" * 1000 + b"\r\n")
            answer = connection.recv(100)
        except ConnectionError:
            answer = b"HTTP/1.1 431"
    assert answer.startswith(b"HTTP/1.1 431")


# --- the limits, each small enough to wait for --------------------------------------------------------------------


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    """Answers when the body is there; /large answers with more than fits into any buffer."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    body = b"x" * _LARGE if scope["path"] == "/large" else b"hello"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _serving(limits: Limits) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        _hello, http=guarded(limits), loop="uvloop", ws="none", lifespan="off", log_config=None, log_level="error",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    thread = threading.Thread(target=lambda: server.run([listening]))
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(_LONGEST)


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n", _head("POST /", "Content-Length: 10") + b"a"],
    ids=["nothing", "half a line", "an empty line", "half a head", "half a body"],
)
def test_who_does_not_finish_a_request_is_cut_off(sent: bytes) -> None:
    with _serving(Limits(head_seconds=0.2, body_seconds=0.2)) as port, closing(_connect(port)) as connection:
        connection.sendall(sent)
        assert _is_cut_off(connection)


def test_a_byte_now_and_then_does_not_keep_the_connection() -> None:
    with _serving(Limits(head_seconds=0.5, body_seconds=0.5)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("POST /", "Content-Length: 100000"))
        connection.settimeout(0.05)
        deadline = time.monotonic() + _LONGEST
        while time.monotonic() < deadline:
            try:
                connection.sendall(b"a")
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        raise AssertionError("it is still there")


def test_a_body_at_a_fair_rate_may_take_longer() -> None:
    with _serving(Limits(body_seconds=0.2, least_rate=10)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("POST /", "Connection: close", "Content-Length: 100") + b"a" * 50)
        select.select([connection], [], [], 0.6)
        connection.sendall(b"a" * 50)
        assert _all(connection).endswith(b"hello")


def test_after_an_answer_the_next_request_must_be_whole_in_time_too() -> None:
    with _serving(Limits(head_seconds=0.2)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("GET /"))
        answer = b""
        while not answer.endswith(b"hello"):
            answer += connection.recv(1000) or b"hello"
        connection.sendall(b"\r\n")
        assert _is_cut_off(connection)


@pytest.mark.parametrize("last", [(), ("Connection: close",)], ids=["goes on", "is the last"])
def test_who_does_not_read_the_answer_is_cut_off(last: tuple[str, ...]) -> None:
    with _serving(Limits(unread_seconds=0.2)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("GET /large", *last))
        # the server's side is watched, for ours has the answer's beginning in its buffers
        deadline = time.monotonic() + _LONGEST
        while time.monotonic() < deadline:
            try:
                connection.sendall(b"\r\n")
            except ConnectionError:
                return
            time.sleep(0.05)
        raise AssertionError("it is still there")


@pytest.mark.slow("reads slowly")
def test_who_reads_the_answer_at_a_fair_rate_gets_it_whole() -> None:
    with _serving(Limits(unread_seconds=2.0, least_rate=1)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("GET /large"))
        received, began = b"", time.monotonic()
        while b"\r\n\r\n" not in received or len(received.partition(b"\r\n\r\n")[2]) < _LARGE:
            chunk = connection.recv(_LARGE // 40)
            assert chunk, "cut off in the middle"
            received += chunk
            select.select([], [], [], 0.06)
        assert time.monotonic() - began > 2.0


def test_one_client_too_many_costs_the_one_that_waited_longest() -> None:
    with _serving(Limits(per_address=3)) as port:
        held = [_connect(port) for _ in range(3)]
        for connection in held[1:]:
            connection.sendall(b"GET / HT")
        assert _ask(port, _head("GET /", "Connection: close")).endswith(b"hello")
        assert _is_cut_off(held[0])
        for connection in held:
            connection.close()


@pytest.mark.slow("opens a thousand connections")
def test_any_number_of_connections_may_come_from_a_proxy_and_all_together_are_counted() -> None:
    with _serving(Limits(per_address=0, altogether=5)) as port:
        held = [_connect(port) for _ in range(7)]
        assert _is_cut_off(held[0])
        assert _is_cut_off(held[1])
        assert _ask(port, _head("GET /", "Connection: close")).endswith(b"hello")
        for connection in held:
            connection.close()


def test_more_of_a_body_than_anybody_may_send_ends_the_connection() -> None:
    with _serving(Limits(body_bytes=100_000)) as port, closing(_connect(port)) as connection:
        connection.sendall(_head("POST /", f"Content-Length: {1 << 30}"))
        with pytest.raises(ConnectionError):
            _send_for_ever(connection)


def _send_for_ever(connection: socket.socket) -> None:
    for _ in range(10_000):
        connection.sendall(b"x" * 100_000)


def test_a_network_that_one_subscriber_has_counts_as_one() -> None:
    assert counted_as("2001:db8:0:1::5") == counted_as("2001:db8:0:1:ffff::9") != counted_as("2001:db8:0:2::5")
    assert counted_as("::ffff:192.0.2.7") == counted_as("192.0.2.7") == "192.0.2.7"
    assert counted_as("fe80::1%eth0") == "fe80::/64"
    assert counted_as("no address") == ""


# --- between connections and Django -------------------------------------------------------------------------------


def _scope(**more: Any) -> dict[str, Any]:
    usual = {"type": "http", "method": "GET", "raw_path": b"/", "query_string": b"", "http_version": "1.1",
             "scheme": "http", "headers": [], "client": ("192.0.2.1", 1), "server": ("127.0.0.1", 80)}  # fmt: skip
    return usual | more


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen() -> None:
    headers = [(b"x_forwarded_for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2"), (b"cookie", b"a=1"),
               (b"cookie", b"b=2")]  # fmt: skip
    environ = pages.environ_of(_scope(headers=headers, raw_path=b"/s%C3%B8g/%ff"))
    assert environ["HTTP_X_FORWARDED_FOR"] == "2.2.2.2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["PATH_INFO"].encode("latin-1") == b"/s\xc3\xb8g/\xff"


def _answered(application: Pages, scope: dict[str, Any], *bodies: bytes) -> tuple[int, bytes]:
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def _echo(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    length = environ["CONTENT_LENGTH"]
    return [length.encode(), b" ", environ["wsgi.input"].read()[:5]]


@pytest.mark.django_db(transaction=True)
def test_who_has_signed_in_may_send_a_file_and_others_a_form() -> None:
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = "1"
    session.create()
    application = Pages(_echo, threads=1, most=5 << 20)
    part = b"x" * (1 << 20)

    def sending(megabytes: int, cookie: str | None) -> dict[str, Any]:
        headers = [(b"content-length", str(megabytes << 20).encode())]
        if cookie:
            # as a banner that asks for consent leaves one: nothing that Python's own reader of cookies would pass over
            headers.append((b"cookie", f'consent={{"all": true}}; sessionid={cookie}'.encode()))
        return _scope(method="POST", headers=headers)

    assert _answered(application, sending(3, session.session_key), part, part, part) == (200, b"3145728 xxxxx")
    assert _answered(application, sending(3, None), part, part, part)[0] == 413
    status, page = _answered(application, sending(6, session.session_key))
    assert status == 413
    assert "fylder 6,0 MB" in page.decode()
    assert "højst imod 5 MB" in page.decode()
    _close_the_thread_s_connection(application)


def test_visitors_may_send_files_with_online_forms_but_only_so_many_at_once() -> None:
    application = Pages(_echo, threads=1, most=5 << 20)
    part = b"x" * (1 << 20)

    def sending(path: str, megabytes: int = 3) -> dict[str, Any]:
        headers = [(b"content-length", str(megabytes << 20).encode())]
        return _scope(method="POST", path=path, raw_path=path.encode(), headers=headers)

    for path in ("/formular/klage/", "/en/formular/klage/abc/"):
        assert _answered(application, sending(path), part, part, part)[0] == 200
    assert _answered(application, sending("/formular/klage/", 6))[0] == 413
    assert _answered(application, sending("/foelg/"), part, part, part)[0] == 413
    for number in range(pages.MOST_UPLOADS):
        application._uploads[f"198.51.100.{number}"] = 1
    assert _answered(application, sending("/formular/klage/"), part, part, part)[0] == 503
    assert _answered(application, sending("/formular/klage/", 0))[0] == 200


def test_an_upload_counts_until_it_has_been_answered_and_one_visitor_does_not_keep_others_out() -> None:
    read, go_on = threading.Semaphore(0), threading.Event()

    def slow(environ: Any, start_response: Any) -> list[bytes]:
        read.release()
        go_on.wait(20)
        return _echo(environ, start_response)

    application, most = Pages(slow, threads=1, most=5 << 20), pages.MOST_UPLOADS_EACH
    headers = [(b"content-length", b"1048576")]
    here = _scope(method="POST", path="/formular/a/", raw_path=b"/formular/a/", headers=headers)
    statuses: list[int] = []

    def ask(scope: dict[str, Any]) -> None:
        statuses.append(_answered(application, scope, b"x" * (1 << 20))[0])

    asking = [threading.Thread(target=ask, args=(here,)) for _ in range(most)]
    for each in asking:
        each.start()
    assert read.acquire(timeout=20)  # the first is in the hands of the application, and the others wait for the thread
    _wait_until(lambda: application._uploads.total() == most)
    ask(here)
    assert statuses == [503]
    other = threading.Thread(target=ask, args=(here | {"client": ("192.0.2.2", 1)},))
    other.start()
    _wait_until(lambda: application._uploads.total() == most + 1)
    go_on.set()
    for each in (*asking, other):
        each.join(20)
    assert sorted(statuses) == [200] * (most + 1) + [503]
    assert application._uploads.total() == 0


def test_a_full_disk_ends_an_upload_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    application = Pages(_echo, threads=1, most=5 << 20)
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115  # the application closes it
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda _most: full)
    headers = [(b"content-length", b"1048576")]
    scope = _scope(method="POST", path="/formular/a/", raw_path=b"/formular/a/", headers=headers)
    status, page = _answered(application, scope, b"x" * (1 << 20))
    assert status == 507
    assert "Vi har ikke plads til filen lige nu" in page.decode()
    assert application._uploads.total() == 0


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def _close_the_thread_s_connection(application: Pages) -> None:
    from django.db import connection

    asyncio.run(application._threads.run(lambda: connection.close()))


def test_what_goes_wrong_in_a_thread_is_raised_where_it_is_waited_for() -> None:
    threads = pages.Threads(1)

    def wrong() -> None:
        raise LookupError("so")

    with pytest.raises(LookupError):
        asyncio.run(threads.run(wrong))
    assert asyncio.run(threads.run(lambda: 7)) == 7


@pytest.mark.slow("starts and kills whole servers")
def test_a_worker_that_dies_is_replaced_and_ends_with_its_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    code = f"import django; django.setup(); from indgang.config import serving;serving.pages('127.0.0.1:{port}', 1)"
    server = subprocess.Popen([sys.executable, "-c", code], env=os.environ,
                              stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        _wait_for(port, server)
        first = _worker_of(server.pid)
        os.kill(first, signal.SIGKILL)
        _wait_for(port, server)
        second = _worker_of(server.pid)
        assert second != first
        watching = os.pidfd_open(second)
        server.kill()
        server.wait(_LONGEST)
        assert select.select([watching], [], [], _LONGEST)[0]
        os.close(watching)
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait(_LONGEST)


def _worker_of(server: int) -> int:
    with open(f"/proc/{server}/task/{server}/children") as children:
        return int(children.read().split()[0])
