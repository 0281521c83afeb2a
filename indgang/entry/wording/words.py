"""Danish words for flows: the kinds of steps, their fields, their problems and the reasons for decisions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.routing.flows import PROMISED_QUEUE, WARNINGS, Code, Problem

Words = str | Promise

#: what each step does, in the author's words; the order is that of the list "add a step"
KINDS: dict[str, Words] = {
    "announcement": gettext_lazy("Afspil tekst"),
    "greeting": gettext_lazy("Centrets velkomst"),
    "menu": gettext_lazy("Menu"),
    "opening_hours": gettext_lazy("Åbningstid"),
    "queue": gettext_lazy("Kø"),
    "condition": gettext_lazy("Betingelse"),
    "callback_offer": gettext_lazy("Tilbyd at ringe op"),
    "cancel_callback": gettext_lazy("Afmeld tilbagekald"),
    "take_message": gettext_lazy("Tag imod besked"),
    "transfer": gettext_lazy("Stil om"),
    "send_elsewhere": gettext_lazy("Videre til anden kommune"),
    "overflow": gettext_lazy("Andet forløb"),
    "language": gettext_lazy("Sprog"),
    "safe_queue": gettext_lazy("Sikker kø"),
    "hang_up": gettext_lazy("Læg på"),
}

#: label and hint by field name; "kind.field" comes first when a kind has its own words
FIELDS: dict[str, tuple[Words, Words]] = {
    "prompts": (gettext_lazy("Hvad siges?"), gettext_lazy("Teksterne siges efter hinanden.")),
    "next": (gettext_lazy("Gå videre til"), ""),
    "interruptible": (gettext_lazy("Den, der ringer, må afbryde med en tast"), ""),
    "keys": (gettext_lazy("Taster"), gettext_lazy("Vælg for hver tast, hvor den fører hen.")),
    "on_exhausted": (gettext_lazy("Når der ikke vælges"), gettext_lazy("Efter det sidste forsøg.")),
    "on_wrong": (gettext_lazy("Siges ved forkert tast"), ""),
    "retries": (gettext_lazy("Ekstra forsøg"), ""),
    "timeout": (gettext_lazy("Ventetid efter spørgsmålet (sekunder)"), ""),
    "schedule": (gettext_lazy("Åbningstid"), ""),
    "on_open": (gettext_lazy("Når der er åbent"), ""),
    "on_closed": (gettext_lazy("Når der er lukket"), ""),
    "on_break": (gettext_lazy("I pausen"), gettext_lazy("Tom: som lukket.")),
    "on_holiday": (gettext_lazy("På helligdage"), gettext_lazy("Tom: som lukket.")),
    "all": (gettext_lazy("Alt dette skal gælde"), ""),
    "on_true": (gettext_lazy("Når alt gælder"), ""),
    "on_false": (gettext_lazy("Ellers"), ""),
    "language": (gettext_lazy("Sprog"), ""),
    "queue": (gettext_lazy("Kø"), ""),
    "priority": (gettext_lazy("Ekstra prioritet"), gettext_lazy("Points oven i køens egne; 0 er almindelig.")),
    "messages": (gettext_lazy("Beskeder, mens der ventes"), ""),
    "overflow": (gettext_lazy("Videre fra køen"), gettext_lazy("Den første, der passer, bliver taget.")),
    "callback": (gettext_lazy("Tilbud om at blive ringet op"), ""),
    "max_wait": (gettext_lazy("Længste ventetid (sekunder)"), gettext_lazy("0 er ingen grænse.")),
    "on_max_wait": (gettext_lazy("Når den er gået"), ""),
    "flow": (gettext_lazy("Forløb"), ""),
    "to": (gettext_lazy("Gå videre til"), ""),
    "transfer.to": (gettext_lazy("Nummer eller enhed"), gettext_lazy("tel:+4512345678, unit:<kode> eller person:<nr>")),
    "on_failed": (gettext_lazy("Når der ikke svares"), ""),
    "transfer.timeout": (gettext_lazy("Ring så længe (sekunder)"), ""),
    "elsewhere": (
        gettext_lazy("Tast for en anden kommune"),
        gettext_lazy("Vælges tasten, tæller opkaldet med under opkald fra andre kommuner."),
    ),
    "send_elsewhere.prompts": (
        gettext_lazy("Hvad siges?"),
        gettext_lazy("@elsewhere er nummeret til den kommune, som den, der ringer, hører til."),
    ),
    "send_elsewhere.on_failed": (gettext_lazy("Når nummeret ikke kendes, eller der ikke svares"), ""),
    "send_elsewhere.next": (gettext_lazy("Gå bagefter videre til"), gettext_lazy("Tom: samtalen slutter.")),
    "send_elsewhere.timeout": (gettext_lazy("Ring så længe (sekunder)"), ""),
    "transfer": (gettext_lazy("Stil om til nummeret, når det er sagt"), ""),
    "enter_prompts": (gettext_lazy("Siges, når nummeret skal tastes"), ""),
    "confirm_prompts": (
        gettext_lazy("Siges, når nummeret skal bekræftes"),
        gettext_lazy("@number er det tastede nummer."),
    ),
    "done_prompts": (gettext_lazy("Siges, når det er aftalt"), ""),
    "on_declined": (gettext_lazy("Ved nej tak"), ""),
    "on_empty": (gettext_lazy("Når der ikke bliver sagt noget"), ""),
    "max_seconds": (gettext_lazy("Længste besked (sekunder)"), ""),
    "cause": (gettext_lazy("Hvad telefonsystemet melder"), ""),
    "when": (gettext_lazy("Når"), ""),
    "after": (gettext_lazy("Efter (sekunder)"), ""),
    "below": (gettext_lazy("Færre medarbejdere end"), gettext_lazy("Bruges ved “få medarbejdere”.")),
    "over": (gettext_lazy("Forventet ventetid over (sekunder)"), gettext_lazy("Bruges ved “lang forventet ventetid”.")),
    "every": (gettext_lazy("Gentag hvert (sekunder)"), gettext_lazy("0 er kun én gang.")),
    "phases": (gettext_lazy("Kun i faserne"), gettext_lazy("Med komma imellem; tom er alle.")),
    "key": (gettext_lazy("Tast"), ""),
    "fact": (gettext_lazy("Hvad"), ""),
    "value": (
        gettext_lazy("Sammenlign med"),
        gettext_lazy("Et tal, eller en liste med komma: 08:00,16:00 – 0,1,2 – fase 1"),
    ),
}

WORDS: dict[str, Words] = {
    "waited": gettext_lazy("har ventet"),
    "agents_below": gettext_lazy("få medarbejdere på arbejde"),
    "expected_wait_over": gettext_lazy("lang forventet ventetid"),
    "outside_hours": gettext_lazy("uden for åbningstid"),
    "queue_closed": gettext_lazy("køen er lukket"),
    "waiting_over": gettext_lazy("flere i kø end"),
    "caller_known": gettext_lazy("nummeret er kendt"),
    "caller_withheld": gettext_lazy("nummeret er hemmeligt"),
    "caller_from_elsewhere": gettext_lazy("nummeret hører til en anden kommune"),
    "weekday": gettext_lazy("ugedag (0 er mandag)"),
    "time_between": gettext_lazy("klokken er mellem"),
    "date_between": gettext_lazy("datoen er mellem"),
    "phase": gettext_lazy("fasen er"),
    "callback_waiting": gettext_lazy("venter på et tilbagekald (spørges én gang)"),
    "callback_missed": gettext_lazy("har vi ringet forgæves til (spørges én gang)"),
    PROMISED_QUEUE: gettext_lazy("Tilbagekaldets kø"),
    "normal": gettext_lazy("almindelig afslutning"),
    "busy": gettext_lazy("optaget"),
    "congestion": gettext_lazy("overbelastet"),
}

_PROBLEMS: dict[Code, Words] = {
    Code.MISSING_START: gettext_lazy("Forløbet begynder ved et trin, der ikke findes: %(detail)s."),
    Code.MISSING_TARGET: gettext_lazy("Fører til et trin, der ikke findes (%(detail)s)."),
    Code.MISSING_PROMPT: gettext_lazy("Teksten “%(detail)s” er ikke skrevet."),
    Code.UNKNOWN_QUEUE: gettext_lazy("Køen “%(detail)s” findes ikke."),
    Code.UNKNOWN_ROTA: gettext_lazy("Vagtordningen “%(detail)s” findes ikke."),
    Code.UNKNOWN_SCHEDULE: gettext_lazy("Åbningstiden “%(detail)s” findes ikke."),
    Code.UNKNOWN_FLOW: gettext_lazy("Forløbet “%(detail)s” findes ikke eller er ikke udgivet."),
    Code.NOTHING_SAID: gettext_lazy("Her mangler en tekst at sige (%(detail)s)."),
    Code.FIGURE_OUT_OF_PLACE: gettext_lazy("%(detail)s kan kun siges, mens der ventes i kø."),
    Code.NUMBER_OUT_OF_PLACE: gettext_lazy("%(detail)s kan kun siges i trinnet “Videre til anden kommune”."),
    Code.NO_SUCH_KEY: gettext_lazy("Tasten for en anden kommune (%(detail)s) fører ingen steder hen i menuen."),
    Code.NO_KEYS: gettext_lazy("Menuen har ingen taster."),
    Code.ZERO_TIMEOUT: gettext_lazy("“%(detail)s” skal være over 0."),
    Code.NO_TESTS: gettext_lazy("Betingelsen spørger ikke om noget."),
    Code.BAD_COMPARISON: gettext_lazy("Sammenligningen passer ikke: %(detail)s."),
    Code.NO_SCHEDULE: gettext_lazy("“Uden for åbningstid” mangler en åbningstid (nr. %(detail)s)."),
    Code.LOOP_WITHOUT_EXIT: gettext_lazy("Trinnene går i ring, uden at den, der ringer, kan komme ud: %(detail)s."),
    Code.ENDLESS_QUEUE: gettext_lazy("Køen har ingen vej ud: sæt en længste ventetid eller en vej videre."),
    Code.DEAD_END: gettext_lazy("Herfra når man ikke frem til nogen, og der bliver ikke lovet noget."),
    Code.UNREACHABLE: gettext_lazy("Ingen vej fører hertil."),
    Code.NO_WAY_OUT_BY_TIME: gettext_lazy("Køen forlades kun på betingelser, ikke efter en tid."),
}

_REASONS: dict[str, Words] = {
    "flow": gettext_lazy("Forløb: %(value)s"),
    "step": gettext_lazy("Trin: %(value)s"),
    "disturbance": gettext_lazy("Driftsmeddelelsen siges først"),
    "greeting": gettext_lazy("Centrets velkomst siges: %(value)s"),
    "no_greeting": gettext_lazy("Centret har ingen velkomst lige nu"),
    "hours_open": gettext_lazy("Åbent efter %(value)s"),
    "hours_closed": gettext_lazy("Lukket efter %(value)s"),
    "hours_break": gettext_lazy("Pause efter %(value)s"),
    "hours_holiday": gettext_lazy("Helligdag: %(value)s"),
    "condition_met": gettext_lazy("Betingelsen gælder: %(value)s"),
    "condition_not_met": gettext_lazy("Betingelsen gælder ikke: %(value)s"),
    "figure_unknown": gettext_lazy("Et tal er ikke kendt: %(value)s"),
    "language": gettext_lazy("Sproget er nu %(value)s"),
    "key": gettext_lazy("Tast %(value)s valgt"),
    "interrupted": gettext_lazy("Afbrudt med tast %(value)s"),
    "wrong_key": gettext_lazy("Tast %(value)s fører ingen steder hen"),
    "silence": gettext_lazy("Ingen tast i %(value)s sekunder"),
    "exhausted": gettext_lazy("Intet valg efter %(value)s forsøg"),
    "key_ignored": gettext_lazy("Tast %(value)s har ingen betydning her"),
    "signal_ignored": gettext_lazy("Uden virkning her: %(value)s"),
    "prompt_end_not_reported": gettext_lazy("Teksten regnes for slut"),
    "queue": gettext_lazy("Stilles i kø: %(value)s"),
    "offered": gettext_lazy("Ringer hos en medarbejder"),
    "waiting_again": gettext_lazy("Venter igen"),
    "answered": gettext_lazy("En medarbejder svarer"),
    "message": gettext_lazy("Besked i køen: %(value)s"),
    "message_not_in_phase": gettext_lazy("Beskeden hører til en anden fase: %(value)s"),
    "overflow": gettext_lazy("Videre fra køen: %(value)s"),
    "max_wait": gettext_lazy("Den længste ventetid er gået: %(value)s"),
    "queue_closed": gettext_lazy("Køen er lukket"),
    "callback_offered": gettext_lazy("Tilbudt at blive ringet op (tast %(value)s)"),
    "callback_wanted": gettext_lazy("Vil gerne ringes op"),
    "consent_asked": gettext_lazy("Bliver spurgt, om samtalen må optages"),
    "consent_given": gettext_lazy("Siger ja til optagelse med tast %(value)s"),
    "consent_refused": gettext_lazy("Samtalen optages ikke (%(value)s)"),
    "callback_taken_up": gettext_lazy("Overtager tilbagekaldets plads: %(value)s"),
    "callback_called_off": gettext_lazy("Vil ikke ringes op alligevel: %(value)s"),
    "declined": gettext_lazy("Nej tak"),
    "caller_withheld": gettext_lazy("Nummeret er hemmeligt"),
    "typed": gettext_lazy("Tastet: %(value)s"),
    "typed_anew": gettext_lazy("Taster forfra"),
    "number_too_short": gettext_lazy("Nummeret er for kort: %(value)s"),
    "number_barred": gettext_lazy("Det nummer ringer vi ikke til: %(value)s"),
    "number_not_right": gettext_lazy("Nummeret er ikke et telefonnummer: %(value)s"),
    "callback_promised": gettext_lazy("Lovet at ringe til %(value)s"),
    "message_taken": gettext_lazy("Besked indtalt (%(value)s sekunder)"),
    "nothing_said": gettext_lazy("Der blev ikke sagt noget"),
    "transfer": gettext_lazy("Stiller om til %(value)s"),
    "transfer_failed": gettext_lazy("Omstillingen lykkedes ikke: %(value)s"),
    "number_elsewhere_unknown": gettext_lazy("Nummeret til den anden kommune kendes ikke: %(value)s"),
    "resumed": gettext_lazy("Genoptaget"),
    "caller_gone": gettext_lazy("Den, der ringede, lagde på"),
    "failed": gettext_lazy("Forløbet kunne ikke gå videre: %(value)s"),
    "safe_queue": gettext_lazy("Stilles i den sikre kø: %(value)s"),
    "still_in_safe_queue": gettext_lazy("Venter stadig i den sikre kø"),
    "ended": gettext_lazy("Slut: %(value)s"),
}

ENDINGS: dict[str, Words] = {
    "answered": gettext_lazy("besvaret af en medarbejder"),
    "transferred": gettext_lazy("stillet om"),
    "callback_promised": gettext_lazy("bliver ringet op"),
    "message_taken": gettext_lazy("besked indtalt"),
    "hung_up": gettext_lazy("forløbet lagde på"),
    "caller_gone": gettext_lazy("lagde selv på"),
}

_DONE: dict[str, Words] = {
    "Enqueue": gettext_lazy("I kø: %(value)s"),
    "LeaveQueue": gettext_lazy("Ude af køen: %(value)s"),
    "TransferTo": gettext_lazy("Ringer op: %(value)s"),
    "RecordMessage": gettext_lazy("Optager (højst %(value)s sekunder)"),
    "KeepMessage": gettext_lazy("Beskeden gemmes for køen %(value)s"),
    "PromiseCallback": gettext_lazy("Køen skal ringe til %(value)s"),
    "NoteConsent": gettext_lazy("Svaret om optagelse er gemt (%(value)s)"),
    "NoteElsewhere": gettext_lazy("Tæller som opkald fra en anden kommune: %(value)s"),
    "TakeUpCallback": gettext_lazy("Borgeren venter nu i telefonen på tilbagekaldets plads i køen %(value)s"),
    "CallOffCallback": gettext_lazy("Tilbagekaldet i køen %(value)s er afmeldt"),
    "GoTo": gettext_lazy("Fortsætter i forløbet %(value)s"),
    "EndCall": gettext_lazy("Opkaldet afsluttes"),
    "RaiseAlert": gettext_lazy("Advarsel: %(value)s"),
}

_ACTIONS: dict[str, Words] = {
    "listen": gettext_lazy("Lytter til ende"),
    "press": gettext_lazy("Trykker %(value)s"),
    "wait": gettext_lazy("Venter %(value)s sekunder"),
    "speak": gettext_lazy("Taler i %(value)s sekunder"),
    "hang_up": gettext_lazy("Lægger på"),
    "queue_answered": gettext_lazy("En medarbejder svarer"),
    "transfer_answered": gettext_lazy("Der svares på omstillingen"),
    "transfer_failed": gettext_lazy("Der svares ikke på omstillingen"),
}


def kind_word(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def field_words(kind: str, name: str) -> tuple[Words, Words]:
    """Label and hint of a field of a step or of one of its parts."""
    return FIELDS.get(f"{kind}.{name}") or FIELDS.get(name) or (name, "")


def problem_sentence(problem: Problem, names: Mapping[str, str] | None = None) -> str:
    """The sentence for a problem. `names` gives step names by id; a problem lists the ids separated by commas."""
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
