"""The kinds of files that can be imported, and the fields of each, with the names that their columns usually have.

There is no field for a telephone number, a name, a mail address or the person who answered: such columns are never
read (`is_personal`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """What one row of a file is about."""

    CALLS = "calls"
    """A call that came into a queue."""
    REGISTER = "register"
    """A registered enquiry: when, about what, resolved or passed on."""
    COUNTS = "counts"
    """How many enquiries came in on a day, about something."""
    VISITS = "visits"
    """How often a page was visited in a period."""
    SATISFACTION = "satisfaction"
    """A measured satisfaction of a period, with how many answered."""


class FieldName(StrEnum):
    """A field of ours that a column can fill."""

    AT = "at"
    DAY = "day"
    TIME = "time"
    QUEUE = "queue"
    CHANNEL = "channel"
    WAIT = "wait"
    TALK = "talk"
    WRAP_UP = "wrap_up"
    RESULT = "result"
    SERVICE = "service"
    PURPOSE = "purpose"
    RESOLUTION = "resolution"
    ROW_ID = "row_id"
    SUBJECT = "subject"
    NUMBER = "number"
    VALUE = "value"


_F = FieldName

#: the names that a column of each field usually has, folded (`folded`): Danish ones, English ones, CallGuide's
NAMES: Mapping[FieldName, tuple[str, ...]] = {
    _F.AT: (
        "starttid", "starttidspunkt", "tidspunkt", "datotid", "datoogtid", "ankomst", "ankomsttid", "opkaldstidspunkt",
        "starttime", "startdatetime", "datetime", "timestamp", "arrived", "arrivedat", "arrivaltime", "callstart",
        "oprettet", "oprettetden", "created", "createdat",
    ),
    _F.DAY: (
        "dato", "dag", "opkaldsdato", "startdato", "date", "day", "calldate", "måned", "month", "periode", "period",
    ),
    _F.TIME: ("klokkeslæt", "klokken", "kl", "tid", "time", "timeofday", "klokkeslet"),
    _F.QUEUE: (
        "kø", "køkode", "køid", "kønavn", "koe", "koekode", "indgang", "menuvalg", "servicegruppe", "skill", "queue",
        "queuename", "queuecode", "queueid", "skillgroup",
    ),
    _F.CHANNEL: ("kanal", "medie", "henvendelsesform", "channel", "media", "medium"),
    _F.WAIT: (
        "ventetid", "køtid", "ventetidsek", "ventetidisekunder", "ventesekunder", "ventetidsekunder", "wait",
        "waittime", "waitingtime", "waitseconds", "queuetime", "timeinqueue",
    ),
    _F.TALK: (
        "taletid", "samtaletid", "samtale", "samtalelængde", "taletidsek", "samtaletidsek", "talk", "talktime",
        "talkseconds", "conversation",
    ),
    _F.WRAP_UP: (
        "efterbehandling", "efterbehandlingstid", "efterbehandlingsek", "wrapup", "wrapuptime", "wrapupseconds",
        "aftercallwork", "acw",
    ),
    _F.RESULT: ("resultat", "udfald", "status", "afslutning", "besvaret", "result", "callresult", "disposition"),
    _F.SERVICE: ("ydelse", "ydelseskode", "emne", "service", "servicecode", "topic"),
    _F.PURPOSE: ("ærinde", "ærindekategori", "henvendelsesårsag", "årsag", "kategori", "purpose", "reason", "category"),
    _F.RESOLUTION: (
        "afklaring", "straksafklaret", "løst", "afsluttet", "viderestillet", "løsning", "resolution", "resolved",
        "outcome",
    ),
    _F.ROW_ID: (
        "opkaldsid", "kaldid", "samtaleid", "sessionsid", "henvendelsesid", "løbenummer", "id", "callid", "sessionid",
        "uniqueid", "recordid",
    ),
    _F.SUBJECT: (
        "side", "sti", "adresse", "url", "page", "path", "indgang", "enhed", "unit", "måling", "measure", "emne",
    ),
    _F.NUMBER: (
        "antal", "besøg", "visninger", "sidevisninger", "henvendelser", "opkald", "svar", "antalsvar", "number",
        "count", "visits", "views", "pageviews", "responses", "answers",
    ),
    _F.VALUE: ("tilfredshed", "score", "indeks", "gennemsnit", "værdi", "satisfaction", "index", "mean", "value"),
}  # fmt: skip

#: folded names of columns that hold somebody's data
_PERSONAL = frozenset({
    "telefon", "telefonnummer", "tlf", "tlfnr", "nummer", "anummer", "anr", "ani", "opkaldsnummer", "fra", "caller",
    "callernumber", "callingnumber", "phone", "phonenumber", "msisdn", "clid", "navn", "name", "kunde", "customer",
    "borger", "cpr", "cprnr", "cprnummer", "mail", "email", "agent", "agentnavn", "agentid", "medarbejder",
    "medarbejdernavn", "initialer", "agentname", "user", "bruger", "bemærkning", "bemærkninger", "note", "noter",
    "kommentar", "comment",
})  # fmt: skip
#: what makes a folded name that of somebody's data: a part of it, or its end
_PERSONAL_PART = re.compile(
    r"cpr|fødsel|agent|medarbejder|sagsbehandler|employee|operatør|opkalder|caller|fornavn|efternavn|personnummer"
    r"|bemærkning|kommentar|comment|notat|(?:etaf|edby)$|(?:user|bruger|kunde|borger|customer)id$"
    r"|(?:telefon|phone|mobil|tlf|mail|mailadresse|mailaddress)(?:nr|nummer|numre|number|no)?\d*$"
)
_NAME_OR_NUMBER = re.compile(r".(?:navn|name|nummer|number|nr)\d*$")
#: whose names and numbers are nobody's
_NO_PERSON = re.compile(
    r"kø|koe|queue|skill|servicegruppe|service|ydelse|enhed|afdeling|center|centre|unit|department|gruppe|group|side"
    r"|page|emne|topic|kanal|channel|menu|indgang|kategori|category|måling|ærinde|årsag|kampagne|løbe|række|record|row"
    r"|linje|line|sags|sagnr|case|ticket|henvendelse|sekvens|sequence|serie|serial|uge|week"
)
#: measures that are made of many people's answers
_OF_MANY = re.compile(r"(?:tilfredshed|satisfaction)$")


@dataclass(frozen=True, slots=True)
class KindFields:
    """The fields of a kind: those that must have a column, and those that may have one. Instead of `AT`, a file may
    have `DAY` and `TIME`. `FIXED` ones may have one value for the whole file instead of a column."""

    needed: tuple[FieldName, ...]
    optional: tuple[FieldName, ...]
    fixed: tuple[FieldName, ...] = ()

    @property
    def all(self) -> tuple[FieldName, ...]:
        return (*self.needed, *self.optional)


#: the kinds whose rows are values of a period; the rows of the others become contacts
VALUE_KINDS = (SourceKind.COUNTS, SourceKind.VISITS, SourceKind.SATISFACTION)
FIELDS: Mapping[SourceKind, KindFields] = {
    SourceKind.CALLS: KindFields(
        (_F.AT, _F.QUEUE, _F.WAIT),
        (_F.DAY, _F.TIME, _F.RESULT, _F.TALK, _F.WRAP_UP, _F.SERVICE, _F.PURPOSE, _F.RESOLUTION, _F.ROW_ID),
        (_F.QUEUE,),
    ),
    SourceKind.REGISTER: KindFields(
        (_F.AT, _F.QUEUE, _F.CHANNEL, _F.RESOLUTION), (_F.DAY, _F.TIME, _F.SERVICE, _F.PURPOSE, _F.ROW_ID),
        (_F.QUEUE, _F.CHANNEL),
    ),
    SourceKind.COUNTS: KindFields((_F.DAY, _F.SUBJECT, _F.NUMBER), (), (_F.SUBJECT,)),
    SourceKind.VISITS: KindFields((_F.DAY, _F.SUBJECT, _F.NUMBER), (), (_F.SUBJECT,)),
    SourceKind.SATISFACTION: KindFields((_F.DAY, _F.SUBJECT, _F.VALUE), (_F.NUMBER,), (_F.SUBJECT,)),
}  # fmt: skip


def folded(name: str) -> str:
    """A name in the form that is compared: case, spaces and signs make no difference."""
    return "".join(sign for sign in name.lower() if sign.isalnum())


def is_personal(column: str) -> bool:
    """Whether a column with this name holds somebody's number, name, address or notes, or who answered: it is never
    read."""
    name = folded(column)
    if name in _PERSONAL:
        return True
    if _PERSONAL_PART.search(name) and not _OF_MANY.search(name):
        return True
    return bool(_NAME_OR_NUMBER.search(name)) and not _NO_PERSON.search(name)
