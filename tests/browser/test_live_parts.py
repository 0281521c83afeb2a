"""Live parts in a browser end in the server's state, even if answers are late, lost, out of order or broken."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import indgang

STATIC = Path(indgang.__file__).parent / "ui/static"
SCRIPTS = ("vendor/htmx.min.js", "ui/answers.js", "ui/morph.js", "ui/live.js")
NAMES = ("call", "state", "lists", "board")

PAGE = """<!doctype html><html lang="da" data-now="0"><head><meta charset="utf-8"><title>Parts</title></head>
<body hx-headers='{{}}' data-text-late="late"
data-text-failing="failing" data-text-fault="fault" data-text-offline="offline">
<p id="offline" hidden></p><p id="late" hidden></p><div id="messages"></div>
{parts}
<div id="live-stream" data-stream="/stream" hidden></div>
{scripts}</body></html>"""


class Site:
    """A site with four parts, each a number that only grows. `trouble` decides how it answers."""

    def __init__(self) -> None:
        self.numbers = dict.fromkeys(NAMES, 0)
        self.extra: dict[str, str] = {}
        self.trouble: random.Random | None = None
        self.asked: list[str] = []
        #: when the board was requested, in seconds
        self.times: list[float] = []
        self.pace = 150
        self.under_way: dict[str, int] = dict.fromkeys(NAMES, 0)
        self.most_at_once = 0
        self.streams: set[queue.Queue[str | None]] = set()
        self._guard = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                site.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def change(self, name: str, **extra: str) -> None:
        """Change the site and notify every page."""
        with self._guard:
            self.numbers[name] += 1
            self.extra |= extra
        self.tell(name)

    def tell(self, name: str) -> None:
        for stream in list(self.streams):
            stream.put(name)

    def break_streams(self) -> None:
        for stream in list(self.streams):
            stream.put(None)

    # --- answering ---------------------------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        if path == "stream":
            self._stream(request)
        elif path in NAMES:
            self._part(request, path)
        elif path in SCRIPTS:
            _send(request, 200, (STATIC / path).read_text(), "text/javascript")
        elif path:
            _send(request, 404, "")
        else:
            parts = "\n".join(self.html(name) for name in NAMES)
            scripts = "".join(f'<script src="/{script}" defer></script>' for script in SCRIPTS)
            _send(request, 200, PAGE.format(parts=parts, scripts=scripts))

    def html(self, name: str) -> str:
        pace = f'data-live-pace="{self.pace}"' if name == "board" else 'data-live-wait="20"'
        number = self.numbers[name]
        return (
            f'<section id="{name}" data-live-parts="{"*" if name == "board" else name}" data-live-url="/{name}" {pace}>'
            f"<output>{number}</output>{self.extra.get(name, '')}</section>"
        )

    def _part(self, request: BaseHTTPRequestHandler, name: str) -> None:
        with self._guard:
            self.asked.append(name)
            if name == "board":
                self.times.append(time.time())  # the browser's clock is the machine's
            self.under_way[name] += 1
            self.most_at_once = max(self.most_at_once, self.under_way[name])
            html, dice = self.html(name), self.trouble
            fate = dice.random() if dice else 1.0
            delay = dice.random() * 0.6 if dice else 0.0
        # the answer is made now and arrives later, so it may be old by then
        time.sleep(delay)
        with self._guard:
            self.under_way[name] -= 1
        if fate < 0.12:
            _send(request, 503, "busy")
        elif fate < 0.2:
            request.close_connection = True
            request.connection.close()
        else:
            _send(request, 200, html)

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        told: queue.Queue[str | None] = queue.Queue()
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(b"retry: 100\nevent: alive\ndata: 1\n\n")
        request.wfile.flush()
        self.streams.add(told)
        try:
            while (name := told.get()) is not None:
                request.wfile.write(f"event: stale\ndata: {name}\n\n".encode())
                request.wfile.flush()
        except OSError:
            pass
        self.streams.discard(told)
        request.close_connection = True


def _send(request: BaseHTTPRequestHandler, status: int, text: str, kind: str = "text/html; charset=utf-8") -> None:
    body = text.encode()
    try:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
    except OSError:
        pass  # the page no longer waits


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.break_streams()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url)
    faults: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.goto("/")
    expect(made.locator("html")).to_have_attribute("data-live", "open")
    yield made
    context.close()
    assert not faults


def number(page: Page, name: str) -> Any:
    return page.locator(f"#{name} > output")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_on_the_way_the_page_ends_in_the_state_of_the_server(
    page: Page, site: Site, seed: int
) -> None:
    dice = random.Random(seed)
    site.trouble = random.Random(seed + 1000)
    for _ in range(dice.randint(20, 40)):
        page.wait_for_timeout(dice.choice([0, 5, 30, 120, 300]))
        event = dice.random()
        if event < 0.85:
            site.change(dice.choice(NAMES))
        elif event < 0.93:
            site.tell(dice.choice(NAMES))
        else:
            # no page is notified of a change while no stream is up
            site.break_streams()
            site.change(dice.choice(NAMES))
    site.trouble = None
    for name in NAMES:
        expect(number(page, name)).to_have_text(str(site.numbers[name]))
    page.wait_for_timeout(700)
    for name in NAMES:
        expect(number(page, name)).to_have_text(str(site.numbers[name]))
    assert page.locator("section section").count() == 0
    assert site.most_at_once == 1, "two answers for one part could overtake each other"


def test_news_during_a_fetch_makes_exactly_one_more(page: Page, site: Site) -> None:
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (...all) => {
            const answer = await real(...all);
            const text = await answer.clone().text();
            await new Promise((done) => setTimeout(done, 800));
            return new Response(text, { status: 200, headers: answer.headers });
          };
        }"""
    )
    site.asked.clear()
    site.change("call")
    page.wait_for_timeout(300)
    for _ in range(5):
        site.change("call")
    expect(number(page, "call")).to_have_text("6")
    assert site.asked.count("call") == 2


def test_pages_that_fetch_the_same_take_their_turns_together(browser: Browser, site: Site) -> None:
    """The server's answer for the first page also serves the others, so their fetches are close together."""
    site.pace = 4_000
    contexts = [browser.new_context(base_url=site.url) for _ in range(4)]
    pages = [context.new_page() for context in contexts]
    for each in pages:
        each.goto("/")
        expect(each.locator("html")).to_have_attribute("data-live", "open")
    site.numbers["board"] = 1
    site.times.clear()
    for each in pages:  # each page gets the news at a different moment
        each.evaluate("document.body.dispatchEvent(new Event('stale:call'))")
        each.wait_for_timeout(1_000)
    for each in pages:
        expect(number(each, "board")).to_have_text("1", timeout=20_000)
    turns = sorted(each % 4.0 for each in site.times)
    for context in contexts:
        context.close()
    assert len(turns) >= 4
    # on a clock face of one turn: all of it but the widest gap
    gaps = [after - before for before, after in pairwise([*turns, turns[0] + 4.0])]
    assert 4.0 - max(gaps) < 2.0, turns


def test_a_part_keeps_focus_text_menu_and_scroll_while_it_changes(page: Page, site: Site) -> None:
    lines = "".join(f"<li id='line-{n}'>{n}</li>" for n in range(60))
    content = (
        "<input id='note' value=''><details id='menu'><summary>Pause</summary><button type='button'>Frokost</button>"
        f"</details><ul id='long' style='height:100px;overflow:auto'>{lines}</ul>"
    )
    site.change("call", call=content)
    expect(page.locator("#note")).to_be_visible()
    page.locator("#menu summary").click()
    page.evaluate("document.getElementById('long').scrollTop = 400")
    page.locator("#note").focus()
    page.keyboard.type("halv")
    node = page.locator("#note").element_handle()
    assert node is not None
    site.change("call", call="<p id='new'>Ny</p><input id='other'>" + content.replace("<li id='line-3'>3</li>", ""))
    expect(page.locator("#new")).to_be_visible()
    page.keyboard.type("færdig")
    expect(page.locator("#note")).to_have_value("halvfærdig")
    assert node.evaluate("each => each.isConnected")
    expect(page.locator("#menu")).to_have_attribute("open", "")
    assert page.evaluate("document.getElementById('long').scrollTop") > 300

    page.get_by_role("button", name="Frokost").focus()
    site.change("call", call="<p id='new'>Ny</p>")
    expect(page.locator("#menu")).to_have_count(0)
    expect(page.locator("#call")).to_be_focused()  # not lost: the next Tab goes on from here


def test_an_open_menu_belongs_to_its_own_row(page: Page, site: Site) -> None:
    def row(number: int) -> str:
        return f"<li><details><summary id='close-{number}'>Afslut</summary><b>{number}</b></details></li>"

    site.change("lists", lists=f"<ul>{row(1)}{row(2)}</ul>")
    page.locator("#close-2").click()
    site.change("lists", lists=f"<ul>{row(3)}{row(2)}</ul>")
    expect(page.locator("#close-3")).to_be_visible()
    assert page.locator("details[open] b").all_inner_texts() == ["2"]
    site.change("lists", lists=f"<ul>{row(3)}{row(4)}</ul>")
    expect(page.locator("#close-4")).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(0)


def test_a_part_that_cannot_be_fetched_says_so_and_recovers(page: Page, site: Site) -> None:
    class Always(random.Random):
        def random(self) -> float:
            return 0.0

    site.trouble = Always()
    site.change("state")
    expect(page.locator("#late")).to_have_text("failing")
    site.trouble = None
    expect(number(page, "state")).to_have_text("1")
    expect(page.locator("#late")).to_be_hidden()


@pytest.mark.parametrize("bubbles", ["true", "false"])
def test_who_knows_that_a_part_is_stale_says_so_at_the_body(page: Page, site: Site, bubbles: str) -> None:
    site.numbers["call"] = 7
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('stale:call', {{ bubbles: {bubbles} }}))")
    expect(number(page, "call")).to_have_text("7")
