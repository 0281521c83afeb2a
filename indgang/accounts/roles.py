"""The roles, each a named set of permissions. Who has which role for which unit is data (`RoleAssignment`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.accounts.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    name: str | Promise
    sentence: str | Promise
    permissions: frozenset[P]


_AGENT = frozenset({P.TAKE_CALLS, P.REGISTER_ENQUIRIES, P.SEE_HISTORY, P.SEARCH_DIRECTORY, P.SEE_CATALOGUE})
_LEADER = _AGENT | {P.SEE_WALLBOARD, P.LEAD_TEAM, P.SUPERVISE_CALLS, P.SWITCH_MESSAGES, P.SEE_FIGURES}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("agent", _("Kontaktcentermedarbejder"), _("Besvarer henvendelser i 1st level"), _AGENT),
        Role(
            "case_worker",
            _("Sagsbehandler"),
            _("Tager imod det, der kræver faglig indsigt"),
            frozenset({P.TAKE_HANDOVERS, P.REGISTER_ENQUIRIES, P.SEE_HISTORY, P.SEARCH_DIRECTORY, P.SEE_CATALOGUE}),
        ),
        Role(
            "subject_coordinator",
            _("Fagkoordinator"),
            _("Har ansvar for et fagområde i kontaktcentret"),
            _AGENT | {P.SEE_WALLBOARD, P.SEE_FIGURES, P.SWITCH_MESSAGES, P.EDIT_PROMPTS},
        ),
        Role("team_leader", _("Teamleder"), _("Leder dagen i kontaktcentret"), _LEADER | {P.EDIT_PROMPTS}),
        Role(
            "planner",
            _("Planlægger"),
            _("Planlægger bemanding og vagter"),
            frozenset({P.SEE_WALLBOARD, P.SEE_FIGURES, P.SEE_CATALOGUE, P.SEARCH_DIRECTORY}),
        ),
        Role(
            "owner",
            _("Ejer"),
            _("Følger aftalen og tallene for sine enheder"),
            frozenset({P.SEE_WALLBOARD, P.SEE_FIGURES, P.SEE_CATALOGUE}),
        ),
        Role(
            "administrator",
            _("Administrator"),
            _("Sætter indgange, forløb, køer, enheder og mennesker op"),
            frozenset(P) - {P.TAKE_CALLS, P.TAKE_HANDOVERS, P.SUPERVISE_CALLS},
        ),
    )
}
