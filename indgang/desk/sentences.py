"""Sentences of the desk: why an order was refused, and why a call is offered to this agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import clock
from indgang.entry.commands import Refused
from indgang.routing.availability.reachability import Hindrance, Precedence, Unavailable
from indgang.routing.availability.windows import AbsenceReason
from indgang.routing.distribution.decision import Reason
from indgang.workforce import reach_words

_REFUSALS: dict[str, str | Promise] = {
    "no_switchboard": gettext_lazy(
        "Telefonsystemet svarer ikke lige nu. Prøv igen om lidt; du kan stadig registrere uden telefon."
    ),
    "not_written": gettext_lazy(
        "Telefonsystemet kunne ikke gemme det, der skete. Se efter, om det er udført; driften har fået besked."
    ),
    "no_call": gettext_lazy("Der er ikke længere et opkald her."),
    "not_ringing": gettext_lazy("Opkaldet ringer ikke længere hos dig."),
    "not_signed_in": gettext_lazy("Log telefonen på først."),
    "bad_phone": gettext_lazy("Skriv bordtelefonens adresse, for eksempel sip:1234@central."),
    "not_wrapping_up": gettext_lazy("Efterbehandlingen er allerede slut."),
    "bad_seconds": gettext_lazy("Så længe kan efterbehandlingen ikke forlænges."),
    "bad_keys": gettext_lazy("Kun cifrene 0-9, stjerne og firkant kan sendes."),
    "bad_state": gettext_lazy("Den tilstand findes ikke."),
    "bad_number": gettext_lazy("Det nummer kan telefonen ikke ringe til. Tjek det."),
    "rule_kind": gettext_lazy("Din rolle må ikke ringe til den slags numre. Spørg en teamleder."),
    "rule_country": gettext_lazy("Din rolle må ikke ringe til det land. Spørg en teamleder."),
    "rule_at_once": gettext_lazy("Der er så mange udgående opkald i gang, som reglerne tillader. Prøv igen om lidt."),
    "barred_premium": gettext_lazy("Det er et overtakseret nummer. Det kan der ikke ringes til herfra."),
    "barred_satellite": gettext_lazy("Det er en satellittelefon. Den kan der ikke ringes til herfra."),
    "barred_country": gettext_lazy("Til det land kan der ikke ringes herfra."),
    "barred_prefix": gettext_lazy("Nummeret er spærret. Det kan der ikke ringes til herfra."),
    "barred_phone": gettext_lazy(
        "På den adresse må der ikke stå en bordtelefon. Tjek adressen, eller spørg den, der passer telefonsystemet."
    ),
    "bad_address": gettext_lazy("Vælg en person eller en kø fra listen, eller skriv et telefonnummer."),
    "busy": gettext_lazy("Optaget: der er allerede et opkald i gang."),
    "no_phone": gettext_lazy("Telefonen er ikke forbundet. Vent et øjeblik, eller log den af og på."),
    "exchange_away": gettext_lazy("Telefoncentralen svarer ikke lige nu."),
    "not_recorded": gettext_lazy("Samtalen bliver ikke optaget."),
    "answer_at_number": gettext_lazy("Tag telefonen på dit eget nummer, og tryk 1."),
    "number_not_confirmed": gettext_lazy("Det nummer er ikke bekræftet. Bekræft det under “Min telefon i dag”."),
    "number_taken": gettext_lazy("En kollega tager allerede telefonen på det nummer."),
    "answer_at_phone": gettext_lazy("Tag røret på bordtelefonen; den kan ikke besvares herfra."),
    "not_there": gettext_lazy("Vedkommende er ikke ved telefonen lige nu."),
    "unknown_person": gettext_lazy("Den kollega kan ikke kaldes op herfra."),
    "no_role": gettext_lazy("Du har ingen rolle i dag, der tager telefonen. Spørg din leder."),
    "unknown_order": gettext_lazy("Telefonsystemet kan ikke gøre det. Genindlæs siden, og prøv igen."),
    "yourself": gettext_lazy("Du kan ikke stille om til dig selv."),
    "unknown_queue": gettext_lazy("Køen findes ikke længere."),
    "already_consulting": gettext_lazy(
        "Du har allerede en anden i røret. Gå tilbage til opkaldet, eller stil om først."
    ),
    "consulting": gettext_lazy("Afslut først samtalen med den, du spørger."),
    "no_callback": gettext_lazy("Der er ikke længere nogen at ringe op her."),
    "no_task": gettext_lazy("Opgaven er afsluttet eller trukket tilbage."),
    "no_written": gettext_lazy("Henvendelsen er ikke længere åben."),
    "taken": gettext_lazy("En kollega har taget den."),
    "not_taken": gettext_lazy("Du har den ikke længere."),
    "being_called": gettext_lazy("Der bliver ringet op lige nu."),
    "bad_wait": gettext_lazy("Vælg, hvor længe der højst skal ventes: mellem et halvt minut og en halv time."),
    "not_coming": gettext_lazy("Vedkommende holder pause, er på vej væk eller svarer ikke. Vælg en anden."),
    "takes_none": gettext_lazy("Kollegaen får ikke opkald, så opkaldet kan ikke vente på vedkommende. Spørg i stedet."),
    "waits_for_nobody": gettext_lazy("Opkaldet venter ikke længere på en bestemt kollega."),
    "rings_there": gettext_lazy("Det ringer hos vedkommende lige nu. Vent et øjeblik."),
    "not_yours": gettext_lazy("Kun den, der satte opkaldet til at vente, og teamlederen kan sende det tilbage i køen."),
    "not_consulting": gettext_lazy("Den, du spurgte, har lagt på."),
}


_FAULTS: dict[str, str | Promise] = {
    "no_key": gettext_lazy("Telefonen blev taget på dit nummer, men der blev ikke trykket 1, så du fik ikke opkaldet."),
    "no_answer": gettext_lazy("Du tog ikke telefonen på dit nummer, så du fik ikke opkaldet."),
    "busy": gettext_lazy("Dit nummer var optaget, eller opkaldet blev afvist på telefonen."),
    "refused": gettext_lazy("Opkaldet blev afvist på dit nummer."),
    "unreachable": gettext_lazy(
        "Dit nummer kan ikke ringes op. Telefonen kan være slukket, nummeret forkert eller linjen nede. "
        "Du får ingen opkald. Tryk Klar for at prøve igen, eller brug en anden telefon."
    ),
    "rule_at_once": gettext_lazy(
        "Der er så mange udgående opkald i gang, som reglerne tillader. Vi ringer ikke til dit nummer, før der er "
        "plads igen."
    ),
}


def phone_fault(code: str) -> str:
    """Why the last call to the person's own number was not taken; empty for a code without a sentence."""
    return str(_FAULTS.get(code, ""))


def about_search(search: Mapping[str, Any], at: datetime) -> list[str]:
    """What the agent reads of a search for somebody who can take a question (`board.subjects.as_shown`)."""
    if search.get("is_over"):
        return nobody_left(search, at)
    return [*_tried(search), *_why_asked(search)]


def nobody_left(told: Mapping[str, Any], at: datetime) -> list[str]:
    """Why nobody takes a question on a subject (`board.subjects.as_told`), and when somebody can be asked."""
    lines = [_("Ingen kan træffes om %(subject)s lige nu.") % {"subject": told["subject"]}]
    lines += _tried(told)
    lines += [f"{name}: {_hindered(str(why), until, at)}" for name, why, until in told["hindered"]]
    next_at = datetime.fromisoformat(told["next_at"]) if told["next_at"] else None
    if next_at is not None or not told["tried"]:  # who did not answer is still in their window
        lines.append(_("Næste træffetid: %(time)s") % {"time": reach_words.next_moment(next_at, at)})
    return lines


def _hindered(why: str, until: str | None, at: datetime) -> str:
    """Why somebody could not be asked; of an absence only that it is one."""
    hindrance = Hindrance(why)
    reason = AbsenceReason.AWAY if hindrance is Hindrance.ABSENT else None
    back_at = datetime.fromisoformat(until) if until else None
    return reach_words.why_not(Unavailable(0, hindrance, 0, reason, back_at), at)


_TRIED: dict[str, str | Promise] = {
    "no_answer": gettext_lazy("%(name)s svarede ikke."),
    "refused": gettext_lazy("%(name)s kunne ikke tage det."),
    "busy": gettext_lazy("%(name)s var optaget."),
    "no_phone": gettext_lazy("%(name)s har ingen telefon, der kan ringes til."),
}


def _tried(told: Mapping[str, Any]) -> list[str]:
    return [str(_TRIED.get(why, _TRIED["no_answer"])) % {"name": name} for name, why in told["tried"]]


def _why_asked(search: Mapping[str, Any]) -> list[str]:
    """Why the person who is asked now is the next: "Spørges nu: stedfortræder for Bo, har ikke meldt sig i dag"."""
    reasons = {Precedence.PROMISED: _("har træffetid"), Precedence.BACK_UP: _("reserve")}
    precedence = search["precedence"]
    said = [reasons[Precedence(precedence)]] if precedence in reasons else []
    if search["instead_of"]:
        said.append(_("stedfortræder for %(name)s") % {"name": search["instead_of"]})
    if not search["confirmed"]:
        said.append(_("har ikke meldt sig i dag"))
    return [_("Spørges nu: %(why)s") % {"why": ", ".join(said)}] if said else []


def refusal(refused: Refused) -> str:
    """The sentence for a refused order."""
    if refused.code == "nobody_left":
        return " ".join(_ended(line) for line in nobody_left(refused.detail, clock.now()))
    known = _REFUSALS.get(refused.code)
    return str(known) if known else _("Det lykkedes ikke. Prøv igen.") % {"code": refused.code}


def _ended(line: str) -> str:
    """The line as a sentence among others."""
    return line if line.endswith((".", "!", "?")) else f"{line}."


def why_you(reasons: Sequence[Sequence[Any]]) -> list[str]:
    """The distributor's reasons (code, value) as short sentences, without those that do not concern an agent."""
    told = [_why(str(pair[0]), pair[1]) for pair in reasons if len(pair) == 2]
    return [sentence for sentence in told if sentence]


def _why(code: str, value: Any) -> str:
    match code:
        case Reason.LONGEST_IDLE:
            return _("du har været ledig længst")
        case Reason.BEST_SKILLED:
            return _("du er bedst kvalificeret til emnet")
        case Reason.PREFERRED:
            return _("du talte sidst med den, der ringer")
        case Reason.PERSONAL:
            return _("opkaldet er til dig personligt")
        case Reason.STEP if value:
            return _("kravene til kompetencer er lempet, fordi der er ventet længe")
        case _:
            return ""
