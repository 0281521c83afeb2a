"""Danish words for what flows are made of: kinds of steps, their fields, what is wrong and why things were decided."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from indgang.routing.flows import WARNINGS, Code, Problem

Words = str | Promise

#: what a step does, in the words of who composes it; the order is that of the list "add a step"
KINDS: dict[str, Words] = {
    "announcement": lazy("Afspil tekst"),
    "menu": lazy("Menu"),
    "opening_hours": lazy("Åbningstid"),
    "queue": lazy("Kø"),
    "condition": lazy("Betingelse"),
    "callback_offer": lazy("Tilbyd at ringe op"),
    "take_message": lazy("Tag imod besked"),
    "transfer": lazy("Stil om"),
    "overflow": lazy("Andet forløb"),
    "language": lazy("Sprog"),
    "safe_queue": lazy("Sikker kø"),
    "hang_up": lazy("Læg på"),
}

#: label and hint by name of the field; "kind.field" comes first when a kind has its own words
FIELDS: dict[str, tuple[Words, Words]] = {
    "prompts": (lazy("Hvad siges?"), lazy("Teksterne siges efter hinanden.")),
    "next": (lazy("Gå videre til"), ""),
    "interruptible": (lazy("Den, der ringer, må afbryde med en tast"), ""),
    "keys": (lazy("Taster"), lazy("Vælg for hver tast, hvor den fører hen.")),
    "on_exhausted": (lazy("Når der ikke vælges"), lazy("Efter det sidste forsøg.")),
    "on_wrong": (lazy("Siges ved forkert tast"), ""),
    "retries": (lazy("Ekstra forsøg"), ""),
    "timeout": (lazy("Ventetid efter spørgsmålet (sekunder)"), ""),
    "schedule": (lazy("Åbningstid"), ""),
    "on_open": (lazy("Når der er åbent"), ""),
    "on_closed": (lazy("Når der er lukket"), ""),
    "on_break": (lazy("I pausen"), lazy("Tom: som lukket.")),
    "on_holiday": (lazy("På helligdage"), lazy("Tom: som lukket.")),
    "all": (lazy("Alt dette skal gælde"), ""),
    "on_true": (lazy("Når alt gælder"), ""),
    "on_false": (lazy("Ellers"), ""),
    "language": (lazy("Sprog"), ""),
    "queue": (lazy("Kø"), ""),
    "priority": (lazy("Ekstra prioritet"), lazy("Points oven i køens egne; 0 er almindelig.")),
    "messages": (lazy("Beskeder, mens der ventes"), ""),
    "overflow": (lazy("Videre fra køen"), lazy("Den første, der passer, bliver taget.")),
    "callback": (lazy("Tilbud om at blive ringet op"), ""),
    "max_wait": (lazy("Længste ventetid (sekunder)"), lazy("0 er ingen grænse.")),
    "on_max_wait": (lazy("Når den er gået"), ""),
    "flow": (lazy("Forløb"), ""),
    "to": (lazy("Gå videre til"), ""),
    "transfer.to": (lazy("Nummer eller enhed"), lazy("tel:+4512345678, unit:<kode> eller person:<nr>")),
    "on_failed": (lazy("Når der ikke svares"), ""),
    "transfer.timeout": (lazy("Ring så længe (sekunder)"), ""),
    "enter_prompts": (lazy("Siges, når nummeret skal tastes"), ""),
    "confirm_prompts": (lazy("Siges, når nummeret skal bekræftes"), lazy("@number er det tastede nummer.")),
    "done_prompts": (lazy("Siges, når det er aftalt"), ""),
    "on_declined": (lazy("Ved nej tak"), ""),
    "on_empty": (lazy("Når der ikke bliver sagt noget"), ""),
    "max_seconds": (lazy("Længste besked (sekunder)"), ""),
    "cause": (lazy("Hvad telefonsystemet melder"), ""),
    "when": (lazy("Når"), ""),
    "after": (lazy("Efter (sekunder)"), ""),
    "below": (lazy("Færre medarbejdere end"), lazy("Bruges ved “få medarbejdere”.")),
    "over": (lazy("Forventet ventetid over (sekunder)"), lazy("Bruges ved “lang forventet ventetid”.")),
    "every": (lazy("Gentag hvert (sekunder)"), lazy("0 er kun én gang.")),
    "phases": (lazy("Kun i faserne"), lazy("Med komma imellem; tom er alle.")),
    "key": (lazy("Tast"), ""),
    "fact": (lazy("Hvad"), ""),
    "value": (lazy("Sammenlign med"), lazy("Et tal, eller en liste med komma: 08:00,16:00 – 0,1,2 – fase 1")),
}

WORDS: dict[str, Words] = {
    "waited": lazy("har ventet"),
    "agents_below": lazy("få medarbejdere på arbejde"),
    "expected_wait_over": lazy("lang forventet ventetid"),
    "outside_hours": lazy("uden for åbningstid"),
    "queue_closed": lazy("køen er lukket"),
    "waiting_over": lazy("flere i kø end"),
    "caller_known": lazy("nummeret er kendt"),
    "caller_withheld": lazy("nummeret er hemmeligt"),
    "weekday": lazy("ugedag (0 er mandag)"),
    "time_between": lazy("klokken er mellem"),
    "date_between": lazy("datoen er mellem"),
    "phase": lazy("fasen er"),
    "normal": lazy("almindelig afslutning"),
    "busy": lazy("optaget"),
    "congestion": lazy("overbelastet"),
}

_PROBLEMS: dict[Code, Words] = {
    Code.MISSING_START: lazy("Forløbet begynder ved et trin, der ikke findes: %(detail)s."),
    Code.MISSING_TARGET: lazy("Fører til et trin, der ikke findes (%(detail)s)."),
    Code.MISSING_PROMPT: lazy("Teksten “%(detail)s” er ikke skrevet."),
    Code.UNKNOWN_QUEUE: lazy("Køen “%(detail)s” findes ikke."),
    Code.UNKNOWN_SCHEDULE: lazy("Åbningstiden “%(detail)s” findes ikke."),
    Code.UNKNOWN_FLOW: lazy("Forløbet “%(detail)s” findes ikke eller er ikke udgivet."),
    Code.NOTHING_SAID: lazy("Her mangler en tekst at sige (%(detail)s)."),
    Code.FIGURE_OUT_OF_PLACE: lazy("%(detail)s kan kun siges, mens der ventes i kø."),
    Code.NO_KEYS: lazy("Menuen har ingen taster."),
    Code.ZERO_TIMEOUT: lazy("“%(detail)s” skal være over 0."),
    Code.NO_TESTS: lazy("Betingelsen spørger ikke om noget."),
    Code.BAD_COMPARISON: lazy("Sammenligningen passer ikke: %(detail)s."),
    Code.NO_SCHEDULE: lazy("“Uden for åbningstid” mangler en åbningstid (nr. %(detail)s)."),
    Code.LOOP_WITHOUT_EXIT: lazy("Trinnene går i ring, uden at den, der ringer, kan komme ud: %(detail)s."),
    Code.ENDLESS_QUEUE: lazy("Køen har ingen vej ud: sæt en længste ventetid eller en vej videre."),
    Code.DEAD_END: lazy("Herfra når man ikke frem til nogen, og der bliver ikke lovet noget."),
    Code.UNREACHABLE: lazy("Ingen vej fører hertil."),
    Code.NO_WAY_OUT_BY_TIME: lazy("Køen forlades kun på betingelser, ikke efter en tid."),
}

_REASONS: dict[str, Words] = {
    "flow": lazy("Forløb: %(value)s"),
    "step": lazy("Trin: %(value)s"),
    "disturbance": lazy("Driftsmeddelelsen siges først"),
    "hours_open": lazy("Åbent efter %(value)s"),
    "hours_closed": lazy("Lukket efter %(value)s"),
    "hours_break": lazy("Pause efter %(value)s"),
    "hours_holiday": lazy("Helligdag: %(value)s"),
    "condition_met": lazy("Betingelsen gælder: %(value)s"),
    "condition_not_met": lazy("Betingelsen gælder ikke: %(value)s"),
    "figure_unknown": lazy("Et tal er ikke kendt: %(value)s"),
    "language": lazy("Sproget er nu %(value)s"),
    "key": lazy("Tast %(value)s valgt"),
    "interrupted": lazy("Afbrudt med tast %(value)s"),
    "wrong_key": lazy("Tast %(value)s fører ingen steder hen"),
    "silence": lazy("Ingen tast i %(value)s sekunder"),
    "exhausted": lazy("Intet valg efter %(value)s forsøg"),
    "key_ignored": lazy("Tast %(value)s har ingen betydning her"),
    "signal_ignored": lazy("Uden virkning her: %(value)s"),
    "prompt_end_not_reported": lazy("Teksten regnes for slut"),
    "queue": lazy("Stilles i kø: %(value)s"),
    "offered": lazy("Ringer hos en medarbejder"),
    "waiting_again": lazy("Venter igen"),
    "answered": lazy("En medarbejder svarer"),
    "message": lazy("Besked i køen: %(value)s"),
    "message_not_in_phase": lazy("Beskeden hører til en anden fase: %(value)s"),
    "overflow": lazy("Videre fra køen: %(value)s"),
    "max_wait": lazy("Den længste ventetid er gået: %(value)s"),
    "queue_closed": lazy("Køen er lukket"),
    "callback_offered": lazy("Tilbudt at blive ringet op (tast %(value)s)"),
    "callback_wanted": lazy("Vil gerne ringes op"),
    "declined": lazy("Nej tak"),
    "caller_withheld": lazy("Nummeret er hemmeligt"),
    "typed": lazy("Tastet: %(value)s"),
    "typed_anew": lazy("Taster forfra"),
    "number_too_short": lazy("Nummeret er for kort: %(value)s"),
    "number_barred": lazy("Det nummer ringer vi ikke til: %(value)s"),
    "number_not_right": lazy("Nummeret er ikke et telefonnummer: %(value)s"),
    "callback_promised": lazy("Lovet at ringe til %(value)s"),
    "message_taken": lazy("Besked indtalt (%(value)s sekunder)"),
    "nothing_said": lazy("Der blev ikke sagt noget"),
    "transfer": lazy("Stiller om til %(value)s"),
    "transfer_failed": lazy("Omstillingen lykkedes ikke: %(value)s"),
    "resumed": lazy("Genoptaget"),
    "caller_gone": lazy("Den, der ringede, lagde på"),
    "failed": lazy("Forløbet kunne ikke gå videre: %(value)s"),
    "safe_queue": lazy("Stilles i den sikre kø: %(value)s"),
    "still_in_safe_queue": lazy("Venter stadig i den sikre kø"),
    "ended": lazy("Slut: %(value)s"),
}

ENDINGS: dict[str, Words] = {
    "answered": lazy("besvaret af en medarbejder"),
    "transferred": lazy("stillet om"),
    "callback_promised": lazy("bliver ringet op"),
    "message_taken": lazy("besked indtalt"),
    "hung_up": lazy("forløbet lagde på"),
    "caller_gone": lazy("lagde selv på"),
}

_DONE: dict[str, Words] = {
    "Enqueue": lazy("I kø: %(value)s"),
    "LeaveQueue": lazy("Ude af køen: %(value)s"),
    "TransferTo": lazy("Ringer op: %(value)s"),
    "RecordMessage": lazy("Optager (højst %(value)s sekunder)"),
    "KeepMessage": lazy("Beskeden gemmes for køen %(value)s"),
    "PromiseCallback": lazy("Køen skal ringe til %(value)s"),
    "GoTo": lazy("Fortsætter i forløbet %(value)s"),
    "EndCall": lazy("Opkaldet afsluttes"),
    "RaiseAlert": lazy("Advarsel: %(value)s"),
}

_ACTIONS: dict[str, Words] = {
    "listen": lazy("Lytter til ende"),
    "press": lazy("Trykker %(value)s"),
    "wait": lazy("Venter %(value)s sekunder"),
    "speak": lazy("Taler i %(value)s sekunder"),
    "hang_up": lazy("Lægger på"),
    "queue_answered": lazy("En medarbejder svarer"),
    "transfer_answered": lazy("Der svares på omstillingen"),
    "transfer_failed": lazy("Der svares ikke på omstillingen"),
}


def kind_word(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def field_words(kind: str, name: str) -> tuple[Words, Words]:
    """Label and hint of a field of a step or of one of its parts."""
    return FIELDS.get(f"{kind}.{name}") or FIELDS.get(name) or (name, "")


def problem_sentence(problem: Problem, names: Mapping[str, str] | None = None) -> str:
    """`names` says what steps are called; a problem tells them by their ids, with commas between."""
    called = [(names or {}).get(each, each) for each in problem.detail.split(", ")]
    return str(_PROBLEMS[problem.code]) % {"detail": ", ".join(called)}


def is_warning(problem: Problem) -> bool:
    return problem.code in WARNINGS


def reason_sentence(code: str, value: str) -> str:
    if code == "ended":
        value = str(ENDINGS.get(value, value))
    return str(_REASONS.get(code, f"{code}: %(value)s")) % {"value": value}


def done_sentence(code: str, value: str) -> str:
    return str(_DONE.get(code, f"{code}: %(value)s")) % {"value": value}


def action_sentence(code: str, value: str) -> str:
    return str(_ACTIONS.get(code, code)) % {"value": value}


def field_path_word(kind: str, path: str) -> str:
    """A field path such as `overflow.0.to` in words: “Videre fra køen 1: Gå videre til”."""
    first, _dot, rest = path.partition(".")
    if first == "keys" and rest:
        return _("Tast %(key)s") % {"key": rest}
    words: list[str] = []
    for part in path.split("."):
        if part.isdigit() and words:
            words[-1] = f"{words[-1]} {int(part) + 1}"
        else:
            words.append(str(field_words(kind, part)[0]))
    return ": ".join(words)
