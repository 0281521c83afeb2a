"""The company register over HTTP, with a server that speaks the search interface of Erhvervsstyrelsen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.urls import reverse

from indgang.audit.models import Look
from indgang.config.checks import registers as check
from indgang.enquiries.models import Party
from indgang.health.finding import Level
from indgang.registers import asking, companies
from indgang.registers.companies import Company
from indgang.registers.contract import RegisterError, RegisterFault
from tests.enquiries.told_calls import talking
from tests.registers import servers
from tests.registers.servers import answering
from tests.world import MORNING, World

SIGN_IN = "Basic " + base64.b64encode(b"indgang:kornblomst").decode()


def entry(cvr: int, name: str, *, ends: str | None = None, status: str = "NORMAL", **more: Any) -> dict[str, Any]:
    """A document of the index; the keys and their nulls are those of the register."""
    where = {
        "landekode": "DK", "fritekst": None, "vejkode": 832, "husnummerFra": 29, "husnummerTil": None,
        "bogstavFra": "A", "bogstavTil": None, "etage": "2", "sidedoer": "tv", "conavn": None, "postboks": None,
        "vejnavn": "Bremerholm", "bynavn": None, "postnummer": 1069, "postdistrikt": "København K",
    }  # fmt: skip
    return {
        "cvrNummer": cvr,
        "reklamebeskyttet": False,
        "livsforloeb": [{"periode": {"gyldigFra": "1998-08-04", "gyldigTil": ends}, "sidstOpdateret": None}],
        "virksomhedMetadata": {
            "nyesteNavn": {"navn": name, "periode": {"gyldigFra": "1998-08-04", "gyldigTil": ends}},
            "nyesteBeliggenhedsadresse": where,
            "sammensatStatus": status,
            "nyesteVirksomhedsform": {"langBeskrivelse": "Anpartsselskab"},
        },
    } | more


INDEX = {
    each["cvrNummer"]: each
    for each in (
        entry(10000106, "Frisør Bregnehøj ApS"),
        entry(10000114, "Bageriet Isranke ApS", reklamebeskyttet=True),
        entry(10000122, "Tømrerfirmaet Pilekrat A/S", ends="2024-05-31", status="OPLØST EFTER KONKURS"),
        entry(10000130, "Café Ærteblomst I/S", virksomhedMetadata={"nyesteNavn": {"navn": "Café Ærteblomst I/S"},
              "nyesteBeliggenhedsadresse": None, "sammensatStatus": "Aktiv", "nyesteVirksomhedsform": None}),
    )
}  # fmt: skip


def virk(handler: BaseHTTPRequestHandler) -> None:
    """`POST cvr-permanent/virksomhed/_search` with a term query, as Elasticsearch answers it."""
    body = handler.rfile.read(int(handler.headers["Content-Length"]))
    if handler.headers.get("Authorization") != SIGN_IN:
        answering(401)(handler)
        return
    if handler.command != "POST" or handler.path != "/cvr-permanent/virksomhed/_search":
        answering(404)(handler)
        return
    asked = json.loads(body)["query"]["term"]["Vrvirksomhed.cvrNummer"]
    found = [INDEX[asked]] if asked in INDEX else []
    hits = [{"_index": "cvr-v-20220630", "_type": "_doc", "_id": "1", "_score": 12.4, "_source": {"Vrvirksomhed": each}}
            for each in found]  # fmt: skip
    answer = {"took": 1, "timed_out": False, "hits": {"total": len(hits), "max_score": None, "hits": hits}}
    answering(200, json.dumps(answer).encode())(handler)


@pytest.fixture(autouse=True)
def register(settings: Any) -> Iterator[Any]:
    """Points the settings at the server."""
    asking.forget_all()
    settings.CVR_USER, settings.CVR_PASSWORD = "indgang", "kornblomst"
    with servers.http(virk) as root:
        settings.CVR_ADDRESS = f"{root}cvr-permanent/virksomhed/_search"
        yield settings
    asking.forget_all()


def fault_of(cvr: str = "10000106") -> RegisterFault:
    with pytest.raises(RegisterError) as error:
        companies.look_up(cvr, at=MORNING)
    return error.value.fault


def test_a_company_is_found_with_its_address_on_one_line() -> None:
    assert companies.look_up("10000106", at=MORNING) == Company(
        "10000106", "Frisør Bregnehøj ApS", "Bremerholm 29A, 2. tv, 1069 København K", "Anpartsselskab"
    )


def test_protection_end_and_a_missing_address_are_told_as_the_register_has_them() -> None:
    assert companies.look_up("10000114", at=MORNING).is_protected  # type: ignore[union-attr]
    ceased = companies.look_up("10000122", at=MORNING)
    assert ceased is not None
    assert (ceased.status, ceased.ceased_on) == ("Opløst efter konkurs", date(2024, 5, 31))
    without = companies.look_up("10000130", at=MORNING)
    assert without == Company("10000130", "Café Ærteblomst I/S")


def test_a_number_that_nobody_has_or_can_have_is_no_company() -> None:
    assert companies.look_up("10000009", at=MORNING) is None
    assert companies.look_up("10000010", at=MORNING) is None


def hits(*found: Any) -> bytes:
    return json.dumps({"hits": {"hits": [{"_source": {"Vrvirksomhed": each}} for each in found]}}).encode()


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answering(401), RegisterFault.REFUSED),
        (answering(404), RegisterFault.WRONG_ANSWER),
        (answering(503), RegisterFault.DOWN),
        (answering(302, Location="http://127.0.0.1:9/"), RegisterFault.WRONG_ANSWER),
        (answering(200, b"<html>"), RegisterFault.WRONG_ANSWER),
        (answering(200, b'{"hits": null}'), RegisterFault.WRONG_ANSWER),
        (answering(200, hits(entry(10000114, "En anden"))), RegisterFault.WRONG_ANSWER),
        (answering(200, hits(entry(10000106, " "))), RegisterFault.WRONG_ANSWER),
        (answering(200, hits({"cvrNummer": 10000106})), RegisterFault.WRONG_ANSWER),
    ],
)
def test_a_wrong_answer_ends_in_a_fault(register: Any, answer: Any, fault: RegisterFault) -> None:
    with servers.http(answer) as root:
        register.CVR_ADDRESS = f"{root}cvr-permanent/virksomhed/_search"
        assert fault_of() == fault


def test_the_check_of_the_installation_says_what_is_wrong(register: Any, db: None) -> None:
    assert {finding.level for finding in check.look()} == {Level.OK}
    register.CVR_PASSWORD = "forkert"
    assert "INDGANG_CVR_PASSWORD" in next(check.look()).advice
    register.CVR_ADDRESS = "http://127.0.0.1:9/"
    assert next(check.look()).level is Level.WARNING
    register.CVR_ADDRESS = ""
    assert next(check.look()).level is Level.OK


# --- at the desk ----------------------------------------------------------------------------------


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def asked(world: World, client: Any) -> Any:
    """Returns a function that looks a number up for an enquiry that Anna has in hand."""
    client.force_login(world.anna, backend="django.contrib.auth.backends.ModelBackend")
    enquiry = talking(world.anna, number="+4599990555")
    address = reverse("desk:company", args=[enquiry.pk])
    return lambda **fields: client.post(address, fields, headers={"HX-Request": "true"})


@pytest.mark.django_db
def test_the_number_fills_the_form_and_keeps_what_was_typed(asked: Any, world: World) -> None:
    page = text(asked(cvr="DK 10 00 01 06", email="ny@kommune.example", name="frisør"))
    assert 'value="Frisør Bregnehøj ApS"' in page
    assert 'value="10000106"' in page
    assert 'value="ny@kommune.example"' in page
    assert "Bremerholm 29A, 2. tv, 1069 København K" in page
    look = Look.objects.get(page="desk.company")
    assert (look.by_id, look.why) == (world.anna.audit_id, "CVR 10000106")
    assert not Party.objects.filter(cvr="10000106").exists(), "the agent decides"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cvr", "said"),
    [
        ("10000114", "Reklamebeskyttet"),
        ("10000122", "Ophørt 31. maj 2024"),
        ("10000130", "CVR viser ingen adresse"),
        ("10000009", "CVR kender ikke nummeret"),
        ("123", "ikke gyldigt"),
    ],
)
def test_the_desk_says_what_is_special(asked: Any, cvr: str, said: str) -> None:
    assert said in text(asked(cvr=cvr))


@pytest.mark.django_db
def test_a_register_that_does_not_answer_leaves_the_form_as_it_was(asked: Any, register: Any) -> None:
    register.CVR_ADDRESS = "http://127.0.0.1:9/"
    page = text(asked(cvr="10000106", name="Frisøren på hjørnet"))
    assert "CVR svarer ikke" in page
    assert 'value="Frisøren på hjørnet"' in page
