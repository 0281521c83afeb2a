"""The names of the figures, by the code of their definition."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FIGURE_NAMES = {
    "service_level_sl1": _("Serviceniveau, hurtigt opgivne tæller med som besvaret i tide"),
    "service_level_sl2": _("Serviceniveau blandt besvarede"),
    "service_level_sl3": _("Serviceniveau, alle opgivne tæller imod"),
    "service_level_sl4": _("Serviceniveau (besvaret inden for køens løfte)"),
    "service_level_sl5": _("Serviceniveau uden korte opkald"),
    "answered_within_20_seconds": _("Besvaret inden for 20 sekunder"),
    "average_answer_seconds": _("Gennemsnitlig ventetid på svar"),
    "median_answer_seconds": _("Halvdelen venter højst"),
    "p90_answer_seconds": _("Ni af ti venter højst"),
    "average_whole_wait_seconds": _("Gennemsnitlig ventetid i alt, fra første ring"),
    "p90_whole_wait_seconds": _("Ni af ti venter i alt højst"),
    "given_up": _("Opgivne opkald"),
    "availability": _("Tilgængelighed"),
    "contacts_arrived": _("Henvendelser"),
    "average_talk_seconds": _("Gennemsnitlig samtaletid"),
    "average_handle_seconds": _("Gennemsnitlig behandlingstid"),
    "transfers": _("Viderestillede"),
    "first_contact_resolution": _("Straksafklaring"),
    "first_contact_resolution_by_repeat": _("Straksafklaring uden ny henvendelse inden for syv dage"),
    "handed_over": _("Sendt videre som besked eller lovet opkald"),
    "avoidable_contacts": _("Henvendelser, der burde løses digitalt"),
    "digital_topic_contacts": _("Antal henvendelser, der burde løses digitalt"),
    "written_answered_in_time": _("Skriftlige svar i tide"),
    "written_average_answer_seconds": _("Gennemsnitlig svartid på skrift"),
    "written_median_answer_seconds": _("Halvdelen af de skriftlige svar tager højst"),
    "written_p90_answer_seconds": _("Ni af ti skriftlige svar tager højst"),
    "promised_calls_reached": _("Lovede opkald, der nåede frem"),
}
