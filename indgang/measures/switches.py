"""What formulas decide otherwise elsewhere (features.md 4.2), and which figure makes which choice.

A choice without figures is not offered, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class SwitchChoice:
    """One way to decide: the codes of the figures that do, or why none does."""

    name: Words
    figures: tuple[str, ...] = ()
    why_not: Words = ""


@dataclass(frozen=True, slots=True)
class FigureSwitch:
    """A question that each formula answers, with the possible answers."""

    name: Words
    choices: tuple[SwitchChoice, ...]


_SL1, _SL2, _SL3, _SL4, _SL5 = (f"service_level_sl{number}" for number in range(1, 6))
_SLG = "service_level_slg"
_OWN_QUEUE = (_SL1, _SL2, _SL3, _SL4, _SL5)

SWITCHES: tuple[FigureSwitch, ...] = (
    FigureSwitch(
        _("Hvornår starter uret?"),
        (
            SwitchChoice(
                _("når opkaldet kommer i køen"),
                (*_OWN_QUEUE, _SLG, "average_answer_seconds", "median_answer_seconds", "p90_answer_seconds"),
            ),
            SwitchChoice(
                _("ved første ring"),
                ("whole_wait_within_100_seconds", "average_whole_wait_seconds", "p90_whole_wait_seconds"),
            ),
            SwitchChoice(
                _("når menuen er slut"),
                why_not=_("Meldinger mellem menu og kø hører til samme forløb. De er med i tallene fra første ring."),
            ),
        ),
    ),
    FigureSwitch(
        _("Hvad tæller den, der giver op tidligt?"),
        (
            SwitchChoice(_("som besvaret i tide"), (_SL1,)),
            SwitchChoice(_("slet ikke, heller ikke sent"), (_SL2,)),
            SwitchChoice(_("imod"), (_SL3, _SLG, "abandoned_in_queue")),
            SwitchChoice(_("ikke inden for løftet"), (_SL4, "answered_within_20_seconds")),
            SwitchChoice(_("ikke inden for 5 sekunder"), (_SL5, "given_up", "availability")),
            SwitchChoice(
                _("ikke inden for et andet antal sekunder"),
                why_not=_("Et kort opkald er 5 sekunder i alle centre, så deres tal kan holdes op mod hinanden."),
            ),
        ),
    ),
    FigureSwitch(
        _("Er et viderestillet opkald et nyt opkald?"),
        (
            SwitchChoice(_("hvert ophold i en kø tæller for sig"), (*_OWN_QUEUE, _SLG, "given_up")),
            SwitchChoice(
                _("henvendelsen tæller én gang"),
                ("contacts_arrived", "transfers", "first_contact_resolution", "average_whole_wait_seconds"),
            ),
            SwitchChoice(
                _("ja, som en ny henvendelse"),
                why_not=_("Den, der bliver stillet om, har henvendt sig én gang, og antallet ville blive for stort."),
            ),
        ),
    ),
    FigureSwitch(
        _("Hvad tæller et lovet opkald?"),
        (
            SwitchChoice(_("hverken besvaret eller opgivet"), (*_OWN_QUEUE, _SLG, "given_up", "availability")),
            SwitchChoice(_("ikke opgivet, men med i det hele"), ("abandoned_in_queue", "given_up_after_overflow")),
            SwitchChoice(_("for sig selv"), ("promised_calls_reached", "callbacks_on_time")),
            SwitchChoice(
                _("som besvaret"),
                why_not=_("Den, der får lovet et opkald, har ikke fået svar endnu. Løfterne har deres egne tal."),
            ),
        ),
    ),
    FigureSwitch(
        _("Hvilken kø svarer for et opkald, der går videre?"),
        (
            SwitchChoice(_("den kø, der får opkaldet"), (*_OWN_QUEUE, "average_answer_seconds", "given_up")),
            SwitchChoice(_("den kø, der giver det fra sig"), (_SLG,)),
            SwitchChoice(
                _("den sidste kø, med hele vejen"),
                ("average_whole_wait_seconds", "p90_whole_wait_seconds", "given_up_after_overflow"),
            ),
            SwitchChoice(
                _("det center, der ejer nummeret"),
                why_not=_("Afregningen mellem centre viser, hvem der svarer for hvem."),
            ),
        ),
    ),
    FigureSwitch(
        _("Hvilket kvarter tæller det i?"),
        (
            SwitchChoice(
                _("det, hvor opkaldet kom i køen"),
                (*_OWN_QUEUE, _SLG, "average_answer_seconds", "given_up", "availability"),
            ),
            SwitchChoice(
                _("det, hvor henvendelsen først blev besvaret"),
                ("average_talk_seconds", "average_handle_seconds", "average_whole_wait_seconds"),
            ),
            SwitchChoice(
                _("det, hvor svaret kom, eller efterbehandlingen sluttede"),
                why_not=_("Ventetiden ville stå i et andet kvarter end opkaldet, der ventede."),
            ),
        ),
    ),
    FigureSwitch(
        _("Hvad er tallet, når køen er lukket?"),
        (
            SwitchChoice(_("ingen data"), (*_OWN_QUEUE, _SLG)),
            SwitchChoice(_("100 %"), why_not=_("Ingen har ringet, så intet løfte er holdt.")),
        ),
    ),
    FigureSwitch(
        _("Hvordan lægges dage og køer sammen?"),
        (
            SwitchChoice(_("hvert opkald tæller lige meget"), (*_OWN_QUEUE, _SLG, "average_answer_seconds")),
            SwitchChoice(
                _("hver dag tæller lige meget"),
                why_not=_("En stille dag ville tælle lige så meget som en travl."),
            ),
        ),
    ),
)
