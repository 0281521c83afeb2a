"""The roles, each a named set of permissions. `RoleAssignment` stores who has which role for which unit."""

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


_READER = frozenset({P.READ_KNOWLEDGE, P.PROPOSE_KNOWLEDGE})
_AGENT = _READER | {
    P.TAKE_CALLS, P.ANSWER_WRITTEN, P.REGISTER_ENQUIRIES, P.SEE_HISTORY, P.SEARCH_DIRECTORY, P.SEE_CATALOGUE,
    P.LOOK_UP_CASES,
}  # fmt: skip
_LEADER = _AGENT | {P.SEE_WALLBOARD, P.LEAD_TEAM, P.SUPERVISE_CALLS, P.SWITCH_MESSAGES, P.TELL_STAFF, P.SEE_FIGURES}
_COACH = frozenset({P.LISTEN_RECORDINGS})

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("agent", _("Kontaktcentermedarbejder"), _("Besvarer henvendelser i 1st level"), _AGENT),
        Role(
            "case_worker",
            _("Sagsbehandler"),
            _("Tager imod det, der kræver faglig indsigt"),
            _READER
            | {P.TAKE_HANDOVERS, P.REGISTER_ENQUIRIES, P.SEE_HISTORY, P.SEARCH_DIRECTORY, P.SEE_CATALOGUE}
            | {P.MAKE_AGREEMENTS, P.LOOK_UP_CASES, P.ANSWER_WRITTEN},
        ),
        Role(
            "subject_coordinator",
            _("Fagkoordinator"),
            _("Har ansvar for et fagområde i kontaktcentret"),
            _AGENT
            | _COACH
            | {P.SEE_WALLBOARD, P.SEE_FIGURES, P.SWITCH_MESSAGES, P.TELL_STAFF, P.EDIT_PROMPTS, P.EDIT_KNOWLEDGE}
            | {P.MAKE_AGREEMENTS, P.LEAD_STUDIES},
        ),
        Role(
            "web_editor",
            _("Webredaktør"),
            _("Godkender, hvad der står på hjemmesiden og i vidensbasen, og skriver nyheder"),
            _READER | {P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE, P.WRITE_NEWS, P.SEARCH_DIRECTORY, P.SEE_CATALOGUE},
        ),
        Role(
            "team_leader",
            _("Teamleder"),
            _("Leder dagen i kontaktcentret"),
            _LEADER
            | _COACH
            | {P.EDIT_PROMPTS, P.MAKE_AGREEMENTS, P.LEAD_STUDIES, P.PLAN_STAFFING, P.SET_UP_COUNTING}
            | {P.ENTER_FIGURES},
        ),
        Role(
            "planner",
            _("Planlægger"),
            _("Planlægger bemanding og vagter"),
            frozenset({P.SEE_WALLBOARD, P.SEE_FIGURES, P.SEE_CATALOGUE, P.SEARCH_DIRECTORY, P.READ_KNOWLEDGE})
            | {P.PLAN_STAFFING, P.SET_UP_COUNTING, P.IMPORT_HISTORY},
        ),
        Role(
            "owner",
            _("Ejer"),
            _("Følger aftalen og tallene for sine enheder"),
            frozenset({P.SEE_WALLBOARD, P.SEE_FIGURES, P.SEE_CATALOGUE, P.READ_KNOWLEDGE, P.SIGN_COOPERATION})
            | {P.LEAD_STUDIES, P.DECIDE_STUDIES, P.SET_UP_COUNTING, P.EDIT_PROGRAMME, P.ENTER_FIGURES},
        ),
        Role(
            "agreement_party",
            _("Aftalepart"),
            _("Laver og underskriver samarbejdsaftaler for sine enheder"),
            frozenset({P.SEE_FIGURES, P.SEE_CATALOGUE, P.SIGN_COOPERATION}),
        ),
        Role(
            "administrator",
            _("Administrator"),
            _("Opretter og ændrer indgange, opkaldsforløb, køer, enheder og medarbejdere"),
            frozenset(P) - {P.TAKE_CALLS, P.ANSWER_WRITTEN, P.TAKE_HANDOVERS, P.SUPERVISE_CALLS, P.LISTEN_RECORDINGS},
        ),
    )
}
