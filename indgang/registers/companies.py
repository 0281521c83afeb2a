"""The company register (Det Centrale Virksomhedsregister, CVR), asked by CVR number.

`VirkCompanies` asks in the way of Erhvervsstyrelsen's system-to-system access: a search request of Elasticsearch, sent
as `POST .../cvr-permanent/virksomhed/_search` with basic authentication. It asks for the few fields that are shown.
Nothing of the answer is stored; what an agent keeps of it is typed into the form.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import orjson
from django.conf import settings

from indgang.core.cvr import is_cvr
from indgang.registers import asking, demo, transport
from indgang.registers.contract import RegisterError, RegisterFault

#: the name of the register for `asking.ask`
REGISTER = "companies"
#: the value of INDGANG_CVR_ADDRESS for the companies of the demo
DEMO = "demo"
#: combined statuses of a company that goes on; it answers in capitals or not
_GOES_ON = frozenset(("NORMAL", "AKTIV"))
_METADATA = "Vrvirksomhed.virksomhedMetadata"
_FIELDS = (
    "Vrvirksomhed.cvrNummer", "Vrvirksomhed.reklamebeskyttet", "Vrvirksomhed.livsforloeb",
    f"{_METADATA}.nyesteNavn", f"{_METADATA}.nyesteBeliggenhedsadresse", f"{_METADATA}.sammensatStatus",
    f"{_METADATA}.nyesteVirksomhedsform.langBeskrivelse",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """A company as the register has it. `address` is empty when the register does not show it.

    `is_protected`: it must not be contacted with advertisements (reklamebeskyttet). `ceased_on` is the last day of one
    that has ceased; `status` is the register's own word for what is not ordinary, such as "Under konkurs".
    """

    cvr: str
    name: str
    address: str = ""
    form: str = ""
    status: str = ""
    is_protected: bool = False
    ceased_on: date | None = None


class CompanyRegister(Protocol):
    def find(self, cvr: str) -> Company | None:
        """The company, also one that has ceased; None when there is none. Raises RegisterError."""
        ...


class VirkCompanies:
    def __init__(self, address: str, user: str, password: str) -> None:
        self._address = address
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json; charset=utf-8"}

    def find(self, cvr: str) -> Company | None:
        question = {"_source": _FIELDS, "size": 1, "query": {"term": {"Vrvirksomhed.cvrNummer": int(cvr)}}}
        body = transport.post(self._address, self._headers, orjson.dumps(question))
        if body is None:
            raise RegisterError(RegisterFault.WRONG_ANSWER, "no index at the address")
        try:
            hits = orjson.loads(body)["hits"]["hits"]
            return _company(hits[0]["_source"]["Vrvirksomhed"], cvr) if hits else None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise RegisterError(RegisterFault.WRONG_ANSWER, type(error).__name__) from error


class DemoCompanies:
    """Answers for the invented companies of the demo."""

    def find(self, cvr: str) -> Company | None:
        row = next((row for row in demo.companies() if row["cvr"] == cvr), None)
        if row is None:
            return None
        return Company(
            cvr, row["name"], row["address"], row["form"], row["status"], row["protected"] == "yes",
            date.fromisoformat(row["ceased_on"]) if row["ceased_on"] else None,
        )  # fmt: skip


def is_connected() -> bool:
    return bool(settings.CVR_ADDRESS)


def register() -> CompanyRegister:
    """The register of the settings."""
    if settings.CVR_ADDRESS == DEMO:
        return DemoCompanies()
    return VirkCompanies(settings.CVR_ADDRESS, settings.CVR_USER, settings.CVR_PASSWORD)


def look_up(cvr: str, *, at: datetime, register: Callable[[], CompanyRegister] = register) -> Company | None:
    """The company with this number; None for none, and for a number that cannot be one. Raises RegisterError."""
    if not is_cvr(cvr):
        return None
    asked = register()
    return asking.ask(REGISTER, lambda: asked.find(cvr), at=at)


def _company(found: Mapping[str, Any], cvr: str) -> Company:
    """Raises ValueError for another company than the one asked for, and for one without a name."""
    about = found["virksomhedMetadata"]
    name = ((about.get("nyesteNavn") or {}).get("navn") or "").strip()
    if str(found["cvrNummer"]) != cvr or not name:
        raise ValueError("another company, or one without a name")
    status = str(about.get("sammensatStatus") or "")
    return Company(
        cvr=cvr,
        name=name[:200],
        address=_address(about.get("nyesteBeliggenhedsadresse") or {}),
        form=str((about.get("nyesteVirksomhedsform") or {}).get("langBeskrivelse") or ""),
        status="" if status.upper() in _GOES_ON else status.capitalize(),
        is_protected=bool(found.get("reklamebeskyttet")),
        ceased_on=_ceased_on(found.get("livsforloeb") or []),
    )


def _ceased_on(lives: list[Mapping[str, Any]]) -> date | None:
    """The end of the latest life: a company may be struck off and taken up again."""
    periods = [life["periode"] for life in lives]
    if not periods or any(not period.get("gyldigTil") for period in periods):
        return None
    return max(date.fromisoformat(period["gyldigTil"]) for period in periods)


def _address(parts: Mapping[str, Any]) -> str:
    """The address on one line, as the register's own pages write it: `Bremerholm 29A, 2. tv, 1069 København K`."""
    if parts.get("fritekst"):
        return " ".join(str(parts["fritekst"]).split())[:300]
    number = "-".join(
        f"{parts[house]}{parts.get(letter) or ''}"
        for house, letter in (("husnummerFra", "bogstavFra"), ("husnummerTil", "bogstavTil"))
        if parts.get(house)
    )
    floor = f"{parts['etage']}. {parts.get('sidedoer') or ''}".strip() if parts.get("etage") else ""
    lines = [
        f"c/o {parts['conavn']}" if parts.get("conavn") else "",
        f"{parts.get('vejnavn') or ''} {number}".strip(),
        floor,
        parts.get("bynavn") or "",
        f"{parts.get('postnummer') or ''} {parts.get('postdistrikt') or ''}".strip(),
    ]
    return ", ".join(line for line in lines if line)[:300]
