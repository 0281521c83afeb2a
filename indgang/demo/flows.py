"""The documents' cases as flows: plain data, read with `routing.flows.parse`, and what callers hear in them.

What must exist for these flows to run is listed first. Advice to those who wait is no part of the flows: it is the
queues' messages, which team leaders switch with the `PHASES` of the roll-out: "1" while the new website is launched,
"2" afterwards (R-022).

    number              flow             what it shows
    +45 33 66 53 00     erhverv          one number for businesses, virtual routing to two centres (R-001, R-002)
    +45 33 66 52 00     byggesager       a unit's main number: own hours, else the contact centre (R-010, R-019)
    +45 33 66 35 00     byliv            the same with a break at noon
    +45 33 17 40 00     ydelsesservice   10-12; outside those hours on to Københavns Erhvervshus (R-020)
    +45 33 66 33 66     hovednummer      the citizens' main number, straight to what many ask for (R-023, R-029);
                                         callers from another municipality get its number

`tmf` and `bif` have no number of their own: callers come to them from the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indgang.entry.setup import standard_flow
from indgang.entry.setup.standard_flow import Data, endings, nobody_there, promised, queues

SCHEDULES: Sequence[str] = (
    "tmf-9-16",
    "tmf-8-17",  # the other reading of the documents; an administrator can choose it in `tmf` instead
    "keh-8-17",
    "byliv-10-14",  # closed 11.30-12.30
    "cby-10-14",
    "yds-10-12",
    "hovednummer-8-18",
)
QUEUES: Mapping[str, str] = {
    "tmf-byggesager": "tmf",
    "tmf-gravetilladelser": "tmf",
    "tmf-byliv": "tmf",
    "tmf-miljoe": "tmf",
    "tmf-trafik": "tmf",
    "tmf-oevrige": "tmf",
    "bif-rekruttering": "bif",
    "bif-refusion": "bif",
    "bif-oevrige": "bif",
    "yds-refusion": "yds",
    "kff-hovednummer": "kff",
    "sikker-koe": "kff",
}
"""Queue code to the centre it belongs to; `sikker-koe` is the safe queue."""

CENTRES: Sequence[str] = ("tmf", "bif", "yds", "kff")
SAFE_QUEUE = "sikker-koe"
PHASES: Sequence[str] = ("1", "2")

ENTRY_POINTS: Sequence[Mapping[str, str]] = (
    {"number": "+4533663366", "name": "Hovednummer for borgere", "flow": "hovednummer", "centre": "kff"},
    {"number": "+4533665300", "name": "Erhverv", "flow": "erhverv", "centre": "tmf"},
    {"number": "+4533665200", "name": "Byggesager (5200)", "flow": "byggesager", "centre": "tmf"},
    {"number": "+4533663500", "name": "Byliv", "flow": "byliv", "centre": "tmf"},
    {"number": "+4533174000", "name": "Ydelsesservice", "flow": "ydelsesservice", "centre": "yds"},
)

FLOW_CENTRES: Mapping[str, str] = {
    "hovednummer": "kff",
    "erhverv": "tmf",
    "tmf": "tmf",
    "bif": "bif",
    "byggesager": "tmf",
    "byliv": "tmf",
    "ydelsesservice": "yds",
}
"""Flow code to the centre that owns it."""

GREETINGS: Mapping[str, str] = {
    "tmf": "erhverv-velkommen",
    "bif": "bif-velkommen",
    "yds": "yds-velkommen",
    "kff": "hovednummer-velkommen",
}
"""Centre code to the prompt with which it greets."""

# --- Prompts -----------------------------------------------------------------------------------

PROMPTS: dict[str, str] = {
    # the shared entry
    "erhverv-velkommen": "Velkommen til Københavns Kommunes linje for virksomheder.",
    "erhverv-menu": (
        "Tast 1, hvis du ringer om byggeri, gravearbejde, arrangementer, udeservering, miljø eller trafik. "
        "Tast 2, hvis du ringer om rekruttering, sygedagpenge eller refusion. "
        "Tast 3, hvis du vil tale med Ydelsesservice om en udbetaling. "
        "Tast 0, hvis du ringer om noget andet. "
        "For English, press 9."
    ),
    # the TMF centre
    "tmf-menu": (
        "Tast 1 for byggesager. Tast 2 for gravetilladelser. Tast 3 for arrangementer, udeservering og skilte. "
        "Tast 4 for miljø, støj, jord og affald. Tast 5 for vej, parkering og trafik. Tast 0 for alt andet."
    ),
    "tmf-lukket": (
        "Du har ringet til Teknik- og Miljøforvaltningens kontaktcenter. "
        "Vi har åbent på hverdage fra klokken 9 til 16. "
        "Du kan finde svar på mange spørgsmål på k k punktum d k, skråstreg erhverv."
    ),
    "tmf-helligdag": (
        "Du har ringet til Teknik- og Miljøforvaltningens kontaktcenter. Vi holder lukket i dag. "
        "Vi har åbent igen på førstkommende hverdag klokken 9."
    ),
    "byggesag-menu": (
        "Tast 1, hvis du er på vej til at søge om byggetilladelse. Tast 2, hvis du ringer om en sag, der er i gang. "
        "Tast 3, hvis du søger tegninger og dokumenter om en bygning. Tast 0 for andre spørgsmål om byggeri."
    ),
    "byggesag-velkommen": "Velkommen til Byggesager i Københavns Kommune.",
    "byggesag-videre": (
        "Byggesagsbehandlernes telefon er åben fra klokken 10 til 14. Vi stiller dig om til kontaktcentret."
    ),
    "byliv-velkommen": "Velkommen til Byliv i Københavns Kommune.",
    "byliv-pause": "Vores telefon er lukket mellem klokken 11.30 og 12.30. Vi stiller dig om til kontaktcentret.",
    "byliv-videre": "Vores telefon er åben fra klokken 10 til 14. Vi stiller dig om til kontaktcentret.",
    # the BIF centre, Københavns Erhvervshus
    "bif-velkommen": "Velkommen til Københavns Erhvervshus.",
    "bif-menu": (
        "Tast 1, hvis du søger nye medarbejdere. Tast 2, hvis du ringer om refusion eller sygedagpenge. "
        "Tast 0 for alt andet."
    ),
    "bif-lukket": (
        "Københavns Erhvervshus har lukket nu. Vi har åbent på hverdage fra klokken 8 til 17. "
        "Du kan læse om rekruttering og refusion på k k punktum d k, skråstreg erhverv."
    ),
    # Ydelsesservice
    "yds-velkommen": "Velkommen til Ydelsesservice.",
    "yds-videre": (
        "Ydelsesservice har telefontid fra klokken 10 til 12. Vi stiller dig om til Københavns Erhvervshus, "
        "som kan hjælpe dig videre."
    ),
    # the citizens' main number
    "hovednummer-velkommen": "Velkommen til Københavns Kommune.",
    "hovednummer-menu": (
        "Tast 1 for pas, kørekort, flytning og andre spørgsmål til borgerservice. "
        "Tast 2, hvis du ringer for en virksomhed. "
        "Tast 3 for byggesager. Tast 4 for Pladsanvisningen. Tast 5 for jobcentret. "
        "Tast 6, hvis du bor i en anden kommune. "
        "Bliv i røret, hvis du vil tale med omstillingen. For English, press 9."
    ),
    "anden-kommune-menu": (
        "Du har ringet til Københavns Kommune. Dit nummer hører til i en anden kommune. "
        "Tast 1, hvis du vil have nummeret til din egen kommune. Ellers behøver du ikke gøre noget. Bliv i røret."
    ),
    "anden-kommune-nummer": "Din egen kommune hjælper dig på telefon",
    "anden-kommune-igen": "Jeg gentager nummeret:",
    "anden-kommune-ukendt": (
        "Du finder nummeret til din egen kommune på borger punktum d k. "
        "Bliv i røret, så hjælper vi dig med at finde det."
    ),
    "hovednummer-lukket": (
        "Københavns Kommune har lukket for telefonen nu. Vi har åbent på hverdage fra klokken 8 til 18. "
        "Du kan betjene dig selv hele døgnet på k k punktum d k."
    ),
    # advice in the queues
    "koe-raad-fase-1": (
        "Vi har fået en ny hjemmeside til virksomheder. På k k punktum d k, skråstreg erhverv, "
        "kan du se, hvordan du søger, og hvad du skal have klar."
    ),
    "koe-raad-fase-2": (
        "Husk, at du kan læse mere og søge om de fleste tilladelser på k k punktum d k, skråstreg erhverv."
    ),
}
PROMPTS |= standard_flow.PROMPTS

PROMPTS_EN: dict[str, str] = {
    "erhverv-menu": (
        "Press 1 for building, excavation, events, outdoor serving, the environment or traffic. "
        "Press 2 for recruitment, sickness benefit or refunds. Press 3 for payments. Press 0 for anything else."
    ),
    "tmf-menu": (
        "Press 1 for building permits. Press 2 for excavation permits. Press 3 for events, outdoor serving and signs. "
        "Press 4 for the environment, noise, soil and waste. Press 5 for roads, parking and traffic. "
        "Press 0 for anything else."
    ),
    "tmf-lukket": "The contact centre is open on weekdays from 9 to 16. You can find answers on our website.",
    "tmf-helligdag": "The contact centre is closed today. We open again on the next weekday at 9.",
    "byggesag-menu": (
        "Press 1 if you are about to apply for a building permit. Press 2 if you are calling about a case in progress. "
        "Press 3 for drawings and documents of a building. Press 0 for other questions about building."
    ),
    "byggesag-velkommen": "Welcome to Building Permits in the City of Copenhagen.",
    "byggesag-videre": "The building permits line is open from 10 to 14. We are connecting you to the contact centre.",
    "bif-velkommen": "Welcome to Copenhagen Business House.",
    "bif-menu": (
        "Press 1 if you are looking for new employees. Press 2 for refunds or sickness benefit. "
        "Press 0 for anything else."
    ),
    "bif-lukket": "Copenhagen Business House is closed now. We are open on weekdays from 8 to 17.",
    "yds-velkommen": "Welcome to Payment Services.",
    "yds-videre": "Payment Services take calls from 10 to 12. We are connecting you to Copenhagen Business House.",
    "hovednummer-menu": (
        "Press 1 for passports, driving licences, moving and other citizen services. "
        "Press 2 if you are calling for a business. "
        "Press 3 for building permits. Press 4 for day care. Press 5 for the job centre. "
        "Press 6 if you live in another municipality. "
        "Stay on the line to speak to the switchboard."
    ),
    "anden-kommune-menu": (
        "You have called the City of Copenhagen. Your number belongs to another municipality. "
        "Press 1 for the number of your own municipality. Otherwise you need not do anything."
    ),
    "anden-kommune-nummer": "Your own municipality can help you on",
    "anden-kommune-igen": "I repeat the number:",
    "anden-kommune-ukendt": (
        "You can find the number of your own municipality on borger dot d k. "
        "Stay on the line, and we will help you find it."
    ),
    "koe-raad-fase-1": "We have a new website for businesses. It shows how to apply and what you need.",
    "koe-raad-fase-2": "Remember that you can read more and apply for most permits on our website.",
}
PROMPTS_EN |= standard_flow.PROMPTS_EN


_BUILDING_MENU: Data = {
    "id": "byggesag-menu",
    "kind": "menu",
    "prompts": ["byggesag-menu"],
    "keys": {"1": "byggesag", "2": "byggesag", "3": "byggesag", "0": "byggesag"},
    "on_wrong": ["forkert-valg"],
    "retries": 1,
    "timeout": 6,
    "on_exhausted": "byggesag",
}

# --- Flows -------------------------------------------------------------------------------------

ERHVERV: Data = {
    "code": "erhverv",
    "version": 1,
    "title": "Erhverv: ét nummer",
    "start": "velkommen",
    "steps": [
        {"id": "velkommen", "kind": "greeting", "next": "lovet"},
        *promised("menu"),
        {
            "id": "menu",
            "kind": "menu",
            "prompts": ["erhverv-menu"],
            "keys": {"1": "til-tmf", "2": "til-bif", "3": "til-yds", "0": "til-oevrige", "9": "engelsk"},
            "on_wrong": ["forkert-valg"],
            "retries": 2,
            "timeout": 6,
            "on_exhausted": "til-oevrige",
        },
        {"id": "engelsk", "kind": "language", "language": "en", "next": "menu"},
        {"id": "til-tmf", "kind": "overflow", "flow": "tmf"},
        {"id": "til-bif", "kind": "overflow", "flow": "bif"},
        {"id": "til-yds", "kind": "overflow", "flow": "ydelsesservice"},
        # the TMF centre takes what belongs to neither centre
        {
            "id": "til-oevrige",
            "kind": "opening_hours",
            "schedule": "tmf-9-16",
            "on_open": "oevrige",
            "on_closed": "lukket",
        },
        {"id": "lukket", "kind": "announcement", "prompts": ["tmf-lukket"], "next": "besked"},
        *queues({"oevrige": "tmf-oevrige"}),
        *endings("tmf-oevrige"),
    ],
}

TMF: Data = {
    "code": "tmf",
    "version": 1,
    "title": "TMF's kontaktcenter",
    "start": "tider",
    "steps": [
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "tmf-9-16",
            "on_open": "menu",
            "on_closed": "lukket",
            "on_holiday": "helligdag",
        },
        {
            "id": "menu",
            "kind": "menu",
            "prompts": ["tmf-menu"],
            "keys": {
                "1": "byggesag-menu",
                "2": "gravetilladelser",
                "3": "byliv",
                "4": "miljoe",
                "5": "trafik",
                "0": "oevrige",
            },
            "on_wrong": ["forkert-valg"],
            "retries": 2,
            "timeout": 6,
            "on_exhausted": "oevrige",
        },
        _BUILDING_MENU,
        *queues(
            {
                "byggesag": "tmf-byggesager",
                "gravetilladelser": "tmf-gravetilladelser",
                "byliv": "tmf-byliv",
                "miljoe": "tmf-miljoe",
                "trafik": "tmf-trafik",
                "oevrige": "tmf-oevrige",
            }
        ),
        {"id": "lukket", "kind": "announcement", "prompts": ["tmf-lukket"], "next": "besked"},
        {"id": "helligdag", "kind": "announcement", "prompts": ["tmf-helligdag"], "next": "besked"},
        *endings("tmf-oevrige"),
    ],
}

BIF: Data = {
    "code": "bif",
    "version": 1,
    "title": "BIF's kontaktcenter (Københavns Erhvervshus)",
    "start": "tider",
    "steps": [
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "keh-8-17",
            "on_open": "velkommen",
            "on_closed": "lukket",
        },
        {"id": "velkommen", "kind": "greeting", "next": "menu"},
        {
            "id": "menu",
            "kind": "menu",
            "prompts": ["bif-menu"],
            "keys": {"1": "rekruttering", "2": "refusion", "0": "oevrige"},
            "on_wrong": ["forkert-valg"],
            "retries": 2,
            "timeout": 6,
            "on_exhausted": "oevrige",
        },
        *queues({"rekruttering": "bif-rekruttering", "refusion": "bif-refusion", "oevrige": "bif-oevrige"}),
        {"id": "lukket", "kind": "announcement", "prompts": ["bif-lukket"], "next": "besked"},
        *endings("bif-oevrige"),
    ],
}

BYGGESAGER: Data = {
    "code": "byggesager",
    "version": 1,
    "title": "Byggesager (5200)",
    "start": "tider",
    "steps": [
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "cby-10-14",
            "on_open": "velkommen",
            "on_closed": "til-tmf",
        },
        {"id": "velkommen", "kind": "announcement", "prompts": ["byggesag-velkommen"], "next": "lovet"},
        *promised("byggesag-menu"),
        _BUILDING_MENU,
        *queues({"byggesag": "tmf-byggesager"}),
        {"id": "til-tmf", "kind": "overflow", "flow": "tmf", "prompts": ["byggesag-videre"]},
        *endings("tmf-byggesager"),
    ],
}

BYLIV: Data = {
    "code": "byliv",
    "version": 1,
    "title": "Byliv",
    "start": "tider",
    "steps": [
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "byliv-10-14",
            "on_open": "velkommen",
            "on_closed": "lukket-til-tmf",
            "on_break": "pause-til-tmf",
        },
        {"id": "velkommen", "kind": "announcement", "prompts": ["byliv-velkommen"], "next": "lovet"},
        *promised("byliv"),
        *queues({"byliv": "tmf-byliv"}),
        {"id": "pause-til-tmf", "kind": "overflow", "flow": "tmf", "prompts": ["byliv-pause"]},
        {"id": "lukket-til-tmf", "kind": "overflow", "flow": "tmf", "prompts": ["byliv-videre"]},
        *endings("tmf-byliv"),
    ],
}

YDELSESSERVICE: Data = {
    "code": "ydelsesservice",
    "version": 1,
    "title": "Ydelsesservice",
    "start": "tider",
    "steps": [
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "yds-10-12",
            "on_open": "velkommen",
            "on_closed": "til-keh",
        },
        {"id": "velkommen", "kind": "greeting", "next": "lovet"},
        *promised("refusion", nobody="til-keh"),
        *queues(
            {"refusion": "yds-refusion"},
            # callers who still wait after the two hours move on too
            overflow=[
                {"when": "outside_hours", "schedule": "yds-10-12", "to": "til-keh"},
                *nobody_there("til-keh"),
            ],
        ),
        {"id": "til-keh", "kind": "overflow", "flow": "bif", "prompts": ["yds-videre"]},
        {"id": "travlt", "kind": "overflow", "flow": "bif", "prompts": ["koe-travlt"]},
    ],
}

HOVEDNUMMER: Data = {
    "code": "hovednummer",
    "version": 1,
    "title": "Hovednummer 33 66 33 66",
    "start": "velkommen",
    "steps": [
        {"id": "velkommen", "kind": "greeting", "next": "lovet"},
        *promised("tider"),
        {
            "id": "tider",
            "kind": "opening_hours",
            "schedule": "hovednummer-8-18",
            "on_open": "fra-anden-kommune",
            "on_closed": "lukket",
        },
        # whoever lives elsewhere may still want us, so they are asked, and go on when they do nothing
        {
            "id": "fra-anden-kommune",
            "kind": "condition",
            "all": [{"fact": "caller_from_elsewhere"}],
            "on_true": "anden-kommune-menu",
            "on_false": "menu",
        },
        {
            "id": "anden-kommune-menu",
            "kind": "menu",
            "prompts": ["anden-kommune-menu"],
            "keys": {"1": "anden-kommune"},
            "on_wrong": [],
            "retries": 0,
            "timeout": 4,
            "on_exhausted": "menu",
        },
        {
            "id": "anden-kommune",
            "kind": "send_elsewhere",
            "prompts": ["anden-kommune-nummer", "@elsewhere", "anden-kommune-igen", "@elsewhere", "farvel"],
            "on_failed": "anden-kommune-ukendt",
        },
        {
            "id": "anden-kommune-ukendt",
            "kind": "announcement",
            "prompts": ["anden-kommune-ukendt"],
            "next": "borgerservice",
        },
        {
            "id": "menu",
            "kind": "menu",
            "prompts": ["hovednummer-menu"],
            "elsewhere": "6",
            "keys": {
                "6": "anden-kommune",
                "1": "borgerservice",
                "2": "til-erhverv",
                "3": "til-byggesager",
                "4": "borgerservice",
                "5": "borgerservice",
                "9": "engelsk",
                "0": "borgerservice",
            },
            "on_wrong": ["forkert-valg"],
            "retries": 1,
            "timeout": 5,
            "on_exhausted": "borgerservice",
        },
        {"id": "engelsk", "kind": "language", "language": "en", "next": "menu"},
        {"id": "til-erhverv", "kind": "overflow", "flow": "erhverv"},
        {"id": "til-byggesager", "kind": "overflow", "flow": "byggesager"},
        *queues({"borgerservice": "kff-hovednummer"}),
        {"id": "lukket", "kind": "announcement", "prompts": ["hovednummer-lukket"], "next": "farvel"},
        *endings("kff-hovednummer"),
    ],
}

FLOWS: Mapping[str, Data] = {
    each["code"]: each for each in (ERHVERV, TMF, BIF, BYGGESAGER, BYLIV, YDELSESSERVICE, HOVEDNUMMER)
}
