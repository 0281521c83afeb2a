"""The new administrator's journey: from an empty database, `indgang init` and `indgang up`, to the first answered call.

After the start nobody uses a shell: every step is a click, first by the administrator, then by a new colleague.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from psycopg import sql

from indgang.config import exchange_file
from indgang.telephony.asterisk.process import Exchange
from tests import chromium
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP
from tests.browser.rest import phone_is, wait_for
from tests.browser.test_real_call import CALLER, _hum
from tests.telephony.conftest import asterisk_programs, exchange  # noqa: F401  # fixtures

pytestmark = [pytest.mark.exchange, pytest.mark.slow("a whole installation, from nothing to a call")]

FIRST_PASSWORD, OWN_PASSWORD, COLLEAGUES = (
    "en sætning fra en fil", "min egen sætning om havnen", "kollegaens sætning om tårnet"
)  # fmt: skip
FILE = """
municipality: Eksempel Kommune
units: [Borgerservice]
administrator: {name: Karen Klitgaard, username: karen, email: karen@kommune.example, password_file: first}
"""
WEEK = ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag")

OpenPage = Callable[[], Page]


@pytest.fixture
def empty_database(database_server: None) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"journey_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        own.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def site(empty_database: str, exchange: Exchange, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """`indgang init --file` and `indgang up`, beside an Asterisk; the address of the pages."""
    note = tmp_path / "ari.json"
    exchange_file.write(note, exchange.settings)
    web, live = _free_address(), _free_address()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("INDGANG_", "DJANGO_"))}
    environment |= {
        "DATABASE_URL": empty_database,
        "INDGANG_VAR": str(tmp_path / "var"),
        "INDGANG_WEB_ADDRESS": web,
        "INDGANG_WEB_WORKERS": "1",
        "INDGANG_LIVE_ADDRESS": live,
        "INDGANG_EXCHANGES": "",
        "INDGANG_EXCHANGE_FILE": str(note),
        "INDGANG_SIP_WEBSOCKET_URL": exchange.settings.browser_websocket,
    }
    (tmp_path / "first").write_text(FIRST_PASSWORD, encoding="utf-8")
    (tmp_path / "init.yaml").write_text(FILE, encoding="utf-8")
    indgang = [sys.executable, "-m", "indgang"]
    made = subprocess.run(
        [*indgang, "init", "--file", str(tmp_path / "init.yaml")], env=environment, capture_output=True, text=True,
        timeout=180,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    with (tmp_path / "up.log").open("w") as log:
        running = subprocess.Popen([*indgang, "up"], env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: _answers(f"http://{web}/sign-in/"), seconds=90)
            yield f"http://{web}"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(40)
            print((tmp_path / "up.log").read_text()[-4000:])


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """A browser of its own for each person."""
    contexts = []
    failures: list[str] = []

    def open_one() -> Page:
        context = browser.new_context(
            base_url=site, viewport=DESKTOP, locale="da-DK", timezone_id="Europe/Copenhagen",
            permissions=chromium.PERMISSIONS,
        )  # fmt: skip
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(f"{page.url}: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not failures, "\n".join(failures)


@pytest.fixture
def call(exchange: Exchange, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:  # noqa: F811
    """Rings a number from outside and hums."""
    hum = tmp_path / "hum.alaw"
    hum.write_bytes(_hum())
    scenario = tmp_path / "caller.xml"
    scenario.write_text(CALLER.read_text().replace("HUM", str(hum)))
    started: list[subprocess.Popen[bytes]] = []

    def start(number: str) -> subprocess.Popen[bytes]:
        command = [
            "sipp", f"127.0.0.1:{exchange.settings.sip_port}", "-sf", str(scenario), "-s", number, "-m", "1",
            "-i", "127.0.0.1", "-nostdin", "-timeout", "240s", "-timeout_error",
        ]  # fmt: skip
        started.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def test_from_an_empty_database_to_the_first_answered_call(
    open_page: OpenPage, call: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    karen, bo = open_page(), open_page()
    sign_in(karen, "karen", FIRST_PASSWORD, OWN_PASSWORD)
    expect(karen.get_by_role("heading", name="Kom i gang", exact=True)).to_be_visible()
    assert_accessible(karen)
    open_all_day(karen)
    once = create_colleague(karen, "bo", "Bo Bakkedal")
    put_on_queue(karen)
    write_greeting(karen)
    give_number(karen, "33 66 10 00")
    publish_flow(karen)
    for name in ("hours", "queues", "numbers", "flows", "greetings"):
        expect(step(karen, name)).to_contain_text("færdig")
    expect(step(karen, "people")).to_contain_text("1 medarbejder kan tage telefonen.")

    sign_in(bo, "bo", once, COLLEAGUES)
    expect(bo).to_have_url(re.compile("/desk/$"))
    bo.wait_for_load_state("load")  # the button needs the page's scripts
    bo.locator("#order-sign-in").click()
    phone_is("registered", bo)
    bo.get_by_role("button", name="Klar").first.click()
    caller = call("+4533661000")
    phone_is("ringing", bo)
    bo.locator("#call-answer").click()
    phone_is("talking", bo)
    register(bo)
    bo.keyboard.press("Shift+F2")
    assert caller.wait(60) == 0

    karen.goto("/start/")
    expect(step(karen, "line")).to_contain_text("Et opkald er besvaret.")
    say_live(karen)


def sign_in(page: Page, username: str, password: str, own: str) -> None:
    """Sign in with the given password, and then choose a new one."""
    page.goto("/start/")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode", exact=True).fill(password)
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.get_by_label("Nuværende adgangskode").fill(password)
    page.get_by_label("Ny adgangskode", exact=True).fill(own)
    page.get_by_label("Ny adgangskode igen").fill(own)
    page.get_by_role("button", name="Skift adgangskode").click()
    expect(page.get_by_text("Din adgangskode er ændret.")).to_be_visible()


def step(page: Page, name: str) -> Locator:
    """The present content of a step of “Kom i gang”."""
    page.goto("/office/getting-started/")
    return page.locator(f"#step-{name}")


def go_to(page: Page, name: str) -> None:
    page.goto("/office/getting-started/")
    page.locator(f"#step-{name}").get_by_role("link").click()


def open_all_day(page: Page) -> None:
    """Open at all hours: the test may run at night and on Christmas Day."""
    go_to(page, "hours")
    page.get_by_role("link", name="Kontaktcentrets åbningstider").click()
    week = page.locator("section", has=page.get_by_role("heading", name="Ugen", exact=True))
    for day in WEEK:
        week.get_by_label(day).fill("døgnåbent")
    week.get_by_role("button", name="Gem ugen").click()
    page.get_by_label("Lukket på helligdage").uncheck(force=True)
    page.get_by_label("Lukket grundlovsdag").uncheck(force=True)
    page.locator("section", has=page.get_by_role("heading", name="Navn og helligdage")).get_by_role(
        "button", name="Gem"
    ).click()
    expect(page.get_by_text("Åbent nu")).to_be_visible()


def create_colleague(page: Page, username: str, name: str) -> str:
    """Create an agent with a skill; returns the password for the first sign-in."""
    go_to(page, "people")
    page.get_by_role("link", name="Ny medarbejder").click()
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Navn", exact=True).fill(name)
    page.get_by_role("button", name="Opret").click()
    once = page.locator(".alert-success strong").inner_text()
    page.get_by_label("Rolle", exact=True).select_option(label="Kontaktcentermedarbejder")
    page.locator("#id_unit").select_option(label=_option(page, "#id_unit", "Kontaktcentret"))
    page.get_by_role("button", name="Giv rollen").click()
    page.get_by_label("Kompetence", exact=True).select_option(label="Engelsk")
    page.get_by_label("Niveau").select_option(value="3")
    page.get_by_role("button", name="Gem kompetencen").click()
    expect(page.locator("section", has_text="Kompetencer").get_by_role("rowheader", name="Engelsk")).to_be_visible()
    return once


def put_on_queue(page: Page) -> None:
    """On the colleague's page, which is open."""
    page.get_by_label("Generelle henvendelser").check(force=True)
    page.get_by_role("button", name="Giv køerne").click()
    expect(page.get_by_role("rowheader", name="Generelle henvendelser")).to_be_visible()


def write_greeting(page: Page) -> None:
    """Another greeting than that of `indgang init`, from tomorrow on."""
    go_to(page, "greetings")
    page.get_by_role("link", name="Kontaktcentret").click()
    page.get_by_label("På dansk").fill("Goddag og velkommen til Eksempel Kommune.")
    tomorrow = page.locator("#id_valid_from").input_value()
    page.locator("#id_valid_from").fill((date.fromisoformat(tomorrow) + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Gem velkomsten").click()
    expect(page.get_by_role("row").filter(has_text="Eksempel Kommune.")).to_contain_text("Planlagt")


def give_number(page: Page, number: str) -> None:
    go_to(page, "numbers")
    page.get_by_role("link", name="Ny indgang").click()
    page.locator("#id_number").fill(number)
    page.locator("#id_name").fill("Hovednummer")
    for name in ("centre", "flow"):
        page.locator(f"#id_{name}").select_option(label="Kontaktcentret")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("rowheader")).to_contain_text("33661000")


def publish_flow(page: Page) -> None:
    """A draft of what `indgang init` published, put in force as the second version."""
    go_to(page, "flows")
    page.get_by_role("link", name="Kontaktcentret", exact=True).first.click()
    page.get_by_role("button", name="Ret i et udkast").click()
    page.get_by_role("button", name="Udgiv …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Hvad er ændret, og hvorfor?").fill("Set igennem før start")
    dialog.get_by_role("button", name="Udgiv", exact=True).click()
    expect(page.get_by_text("I brug, version 2")).to_be_visible()


def register(desk: Page) -> None:
    """Under the service that `indgang init` made."""
    desk.get_by_role("combobox", name="Ydelse").focus()
    desk.keyboard.type("borger")
    desk.get_by_role("option", name="Borgerservice: generelle spørgsmål").wait_for()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Ærinde")).to_be_focused()
    desk.keyboard.type("Generelle")
    desk.keyboard.press("Tab")
    desk.keyboard.press("1")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", name="Registreret", exact=True)).to_be_visible()


def say_live(page: Page) -> None:
    """From then on the administrator begins elsewhere."""
    page.locator("#step-live").get_by_role("button", name="Det er gjort").click()
    expect(page.locator("#step-live")).to_contain_text("Bekræftet af Karen Klitgaard (karen)")
    page.goto("/start/")
    expect(page).to_have_url(re.compile("/office/flows/$"))


def _option(page: Page, select: str, text: str) -> str:
    """The label of the option that ends in this text (units are written with what they lie below)."""
    labels = page.locator(f"{select} option").all_inner_texts()
    return next(label for label in labels if label.strip().endswith(text))


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
