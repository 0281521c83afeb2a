"""Phrases for the audit trail: what was done, to which kind of object, and on which page."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: the verb of an action, after the dot
VERBS: dict[str, str | Promise] = {
    "accept": _("taget"),
    "activate": _("slået til"),
    "add": _("tilføjet"),
    "ask": _("bestilt"),
    "attempt": _("forsøgt ringet op"),
    "begin": _("begyndt"),
    "begin_by_hand": _("oprettet uden telefon"),
    "cancel": _("aflyst"),
    "give_back": _("lagt tilbage"),
    "bring_back": _("taget i brug igen"),
    "capacity": _("fået en anden kapacitetsprofil"),
    "change": _("ændret"),
    "change_password": _("skiftet adgangskode"),
    "change_week": _("ændret ugens tider"),
    "close": _("lukket"),
    "decide": _("bestemt"),
    "confirm": _("læst igennem"),
    "connect": _("tilknyttet"),
    "correct": _("rettet"),
    "create": _("oprettet"),
    "deactivate": _("lukket"),
    "delete": _("slettet"),
    "discard": _("kasseret"),
    "done": _("løst"),
    "draft": _("gemt som kladde"),
    "edit": _("ændret"),
    "end": _("afsluttet"),
    "give": _("givet"),
    "import": _("importeret"),
    "lay_down": _("lagt fra sig"),
    "level": _("ændret niveau"),
    "link_party": _("knyttet til en part"),
    "make": _("oprettet"),
    "make_article": _("gjort til artikel"),
    "move": _("flyttet"),
    "note": _("noteret"),
    "note_case": _("knyttet til en sag"),
    "open": _("åbnet"),
    "people": _("ændret medarbejdere"),
    "place": _("givet videre"),
    "present": _("meldt tilbage"),
    "promise": _("aftalt"),
    "protect": _("ændret beskyttelse"),
    "reach": _("nået"),
    "propose": _("foreslået"),
    "publish": _("udgivet"),
    "queues": _("ændret køer"),
    "raise": _("meldt"),
    "reactivate": _("åbnet igen"),
    "record": _("indtalt"),
    "register": _("registreret"),
    "recovery_code_used": _("gendannelseskode brugt"),
    "recovery_codes": _("nye gendannelseskoder"),
    "refused": _("afvist"),
    "reject": _("sendt tilbage"),
    "release": _("givet fri"),
    "remind": _("mindet om"),
    "remove": _("fjernet"),
    "remove_case": _("fjernet fra en sag"),
    "remove_exception": _("fjernet særlig dag"),
    "remove_password": _("fået fjernet adgangskoden"),
    "reset": _("nulstillet"),
    "reset_password": _("fået ny adgangskode"),
    "return": _("sendt tilbage"),
    "ring": _("ringet op"),
    "save": _("gemt"),
    "secret": _("fået ny adgangskode"),
    "see": _("set"),
    "send": _("sendt"),
    "set_exception": _("tilføjet særlig dag"),
    "set_for_role": _("ændret for en rolle"),
    "set_local_purposes": _("ændret lokale ærinder"),
    "sign": _("underskrevet"),
    "sign_out_everywhere": _("logget ud alle steder"),
    "start": _("slået til"),
    "stop": _("stoppet"),
    "state": _("ændret tilstand"),
    "submit": _("sendt til godkendelse"),
    "supervise": _("lyttet med"),
    "switch": _("slået til eller fra"),
    "take": _("taget"),
    "take_back": _("taget tilbage"),
    "take_up": _("taget op"),
    "test_call": _("prøvet med et opkald"),
    "units": _("ændret enheder"),
    "unlink_party": _("fjernet fra en part"),
    "upload": _("lagt op"),
    "use": _("brugt"),
    "verify": _("bekræftet"),
    "use_article": _("svaret ud fra en artikel"),
    "withdraw": _("trukket tilbage"),
}

#: what an action is about, by the noun before the dot
NOUNS: dict[str, str | Promise] = {
    "agent": _("Medarbejder på vagt"),
    "dead_letter": _("Lagt til side"),
    "alert": _("Advarsel"),
    "article": _("Artikel"),
    "attachment": _("Fil"),
    "availabilityagreement": _("Træffetidsaftale"),
    "break_glass": _("Nødkonto"),
    "calendar_feed": _("Medarbejders kalender"),
    "call": _("Samtale"),
    "capacity": _("Kapacitetsprofil"),
    "caseagreement": _("Aftale om fagsystem"),
    "centre": _("Kontaktcenter"),
    "claim_rule": _("Rolle fra en gruppe"),
    "competence": _("Kompetence"),
    "contactcentre": _("Kontaktcenter"),
    "directoryentry": _("Telefonbog"),
    "disturbance": _("Driftsmeddelelse"),
    "draft": _("Kladde"),
    "enquiry": _("Henvendelse"),
    "entrypoint": _("Indgang"),
    "escalation": _("Rykkerregler"),
    "flow": _("Opkaldsforløb"),
    "formernumber": _("Gammelt nummer"),
    "greeting": _("Centrets velkomst"),
    "free_busy": _("Kalender i Microsoft 365"),
    "group": _("Faggruppe"),
    "groupmember": _("Medlem af en faggruppe"),
    "guide": _("Vejviser"),
    "handover": _("Overlevering"),
    "identity": _("Login hos en udbyder"),
    "knowledge_rules": _("Regler for viden"),
    "knowledge_task": _("Opgave om viden"),
    "localpurpose": _("Lokalt ærinde"),
    "milestone": _("Trin på vej til drift"),
    "news": _("Nyhed"),
    "own_day": _("Medarbejders egen dag"),
    "own_number": _("Eget telefonnummer"),
    "party": _("Part"),
    "person": _("Medarbejder"),
    "phase": _("Fase"),
    "promisedwindow": _("Træffetid"),
    "prompt": _("Tekst til opkald"),
    "publicsite": _("Offentlig hjemmeside"),
    "purpose": _("Ærinde"),
    "question": _("Spørgsmål"),
    "queue": _("Kø"),
    "queuemembership": _("Medarbejders kø"),
    "queue_terms": _("Servicemål, bemanding og tilbagekald"),
    "recording": _("Optaget samtale"),
    "recording_purpose": _("Optagelse af samtaler"),
    "queuemessage": _("Kømeddelelse"),
    "callback": _("Lovet opkald"),
    "retention": _("Tid for persondata"),
    "erasure": _("Sletning af en persons oplysninger"),
    "return_call": _("Ring tilbage"),
    "role": _("Rolle"),
    "pause_reason": _("Pauseårsag"),
    "schedule": _("Åbningstider"),
    "scheduleexception": _("Særlig dag"),
    "second_factor": _("To-trins-login"),
    "service": _("Ydelse"),
    "sign_on": _("Regler for login"),
    "skill": _("Kompetence (fag eller sprog)"),
    "substitute": _("Stedfortræder"),
    "synonyms": _("Synonymer"),
    "trunk": _("Telefonlinje"),
    "unit": _("Enhed"),
}

#: pages on which a history was seen
PAGES: dict[str, str | Promise] = {
    "desk.caller": _("Pladsen: tidligere henvendelser"),
    "desk.caller_known": _("Pladsen: hvem nummeret tilhører"),
    "desk.cases": _("Pladsen: sager i fagsystem"),
    "desk.party": _("Pladsen: beskyttet navn vist"),
    "desk.party_search": _("Pladsen: søgning efter part"),
    "desk.recording": _("Pladsen: indtalt besked hørt"),
    "office.case_system": _("Fagsystemer: prøvet opslag"),
    "office.recording": _("Optaget samtale hørt"),
    "office.dead_letter": _("Drift: lagt til side"),
    "office.privacy": _("Indsigt og sletning"),
}

#: nouns of earlier releases and their present names: rows of the trail are never rewritten
EARLIER_NOUNS = {"set_aside": "dead_letter", "ring_back": "return_call"}


def action_phrase(action: str) -> str:
    """The phrase for an action; without one, the action itself.

    `flow.publish` becomes "Opkaldsforløb: udgivet".
    """
    noun, _dot, verb = action.partition(".")
    noun = EARLIER_NOUNS.get(noun, noun)
    return f"{NOUNS.get(noun, noun)}: {VERBS.get(verb, verb)}"


def actions_of(noun: str) -> Q:
    """The changes whose action is about `noun`, or about one of its earlier names."""
    names = [noun, *(earlier for earlier, now in EARLIER_NOUNS.items() if now == noun)]
    return reduce(or_, (Q(action__startswith=f"{name}.") for name in names))
