"""The audit trail in words: what was done, to what kind of thing, on which page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: the verb of an action, after the dot
VERBS: dict[str, str | Promise] = {
    "activate": _("slået til"),
    "add": _("tilføjet"),
    "begin_by_hand": _("begyndt i hånden"),
    "change": _("ændret"),
    "change_password": _("skiftet adgangskode"),
    "change_week": _("ændret ugens tider"),
    "close": _("lukket"),
    "correct": _("rettet"),
    "create": _("oprettet"),
    "deactivate": _("lukket"),
    "delete": _("slettet"),
    "discard": _("kasseret"),
    "draft": _("gemt som kladde"),
    "edit": _("ændret"),
    "end": _("afsluttet"),
    "give": _("givet"),
    "level": _("ændret niveau"),
    "link_party": _("knyttet til en part"),
    "move": _("flyttet"),
    "open": _("åbnet"),
    "publish": _("udgivet"),
    "queues": _("ændret køer"),
    "reactivate": _("åbnet igen"),
    "record": _("indtalt"),
    "register": _("registreret"),
    "release": _("givet fri"),
    "remove": _("fjernet"),
    "remove_exception": _("fjernet særlig dag"),
    "reset_password": _("fået ny adgangskode"),
    "ring": _("ringet op"),
    "save": _("gemt"),
    "see": _("set"),
    "set_exception": _("sat særlig dag"),
    "set_local_purposes": _("ændret lokale ærinder"),
    "start": _("slået til"),
    "state": _("ændret tilstand"),
    "supervise": _("medlyttet"),
    "switch": _("slået til eller fra"),
    "take": _("taget"),
    "unlink_party": _("løst fra en part"),
    "upload": _("lagt op"),
}

#: what an action is about, by the noun before the dot
NOUNS: dict[str, str | Promise] = {
    "agent": _("Medarbejder på vagt"),
    "alert": _("Advarsel"),
    "call": _("Samtale"),
    "centre": _("Kontaktcenter"),
    "competence": _("Kompetence"),
    "contactcentre": _("Kontaktcenter"),
    "directoryentry": _("Telefonbog"),
    "disturbance": _("Driftsmeddelelse"),
    "draft": _("Kladde"),
    "enquiry": _("Henvendelse"),
    "entrypoint": _("Indgang"),
    "flow": _("Opkaldsforløb"),
    "localpurpose": _("Lokalt ærinde"),
    "party": _("Part"),
    "person": _("Medarbejder"),
    "prompt": _("Tekst til opkald"),
    "purpose": _("Ærinde"),
    "question": _("Spørgsmål"),
    "queue": _("Kø"),
    "queuemembership": _("Medarbejders kø"),
    "queuemessage": _("Kømeddelelse"),
    "ring_back": _("Opringning"),
    "role": _("Rolle"),
    "schedule": _("Åbningstider"),
    "scheduleexception": _("Særlig dag"),
    "service": _("Ydelse"),
    "unit": _("Enhed"),
}


def action_phrase(action: str) -> str:
    """`flow.publish` as "Opkaldsforløb: udgivet"; words nobody has given a phrase stand as they are."""
    noun, _dot, verb = action.partition(".")
    return f"{NOUNS.get(noun, noun)}: {VERBS.get(verb, verb)}"
