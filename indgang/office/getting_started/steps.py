"""The one list of what a centre needs before it goes live, in order. Add a line for each new thing to set up.

The state of a step is read from the database or the settings; only the steps in `said_by_people` are confirmed by a
person on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.accounts.permissions import Permission as P
from indgang.accounts.roles import ROLES
from indgang.office.getting_started import milestones, states
from indgang.office.getting_started.progress import StepProgress, StepState


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step: `permission` says who may do it, `url_name` where; `state` reads its progress at a moment.

    With `milestone` a person confirms the step on the page, because the database cannot show that it is done.
    """

    name: str
    title: str | Promise
    about: str | Promise
    permission: P
    url_name: str
    state: Callable[[datetime], StepProgress]
    milestone: str = ""


STEPS: tuple[SetupStep, ...] = (
    SetupStep(
        "units", _("Enheder og ydelser"),
        _("Dem, kontaktcentret svarer for, og det, folk spørger om."),
        P.EDIT_CATALOGUE, "office:units", states.units,
    ),
    SetupStep(
        "hours", _("Åbningstider og helligdage"),
        _("Hvornår telefonen er åben, og hvilke dage der er anderledes."),
        P.EDIT_CATALOGUE, "office:schedules", states.hours,
    ),
    SetupStep(
        "people", _("Medarbejdere og roller"),
        _("Kollegerne, og hvad hver af dem må."),
        P.EDIT_PEOPLE, "office:people", states.people,
    ),
    SetupStep(
        "directory", _("Telefonbog"),
        _("Dem, et opkald kan stilles om til, med enhed og telefonnummer."),
        P.EDIT_CATALOGUE, "office:directory", states.directory,
    ),
    SetupStep(
        "skills", _("Kompetencer"),
        _("Fag og sprog, som køerne kan kræve, og hvem der har dem."),
        P.EDIT_QUEUES, "office:skills", states.skills,
    ),
    SetupStep(
        "pauses", _("Pauseårsager"),
        _("Det, medarbejderne vælger imellem, når de holder pause."),
        P.EDIT_QUEUES, "office:pause-reasons", states.pauses,
    ),
    SetupStep(
        "queues", _("Køer"),
        _("Hvor de, der ringer, venter, og hvem der tager imod dem."),
        P.EDIT_QUEUES, "office:queues", states.queues,
    ),
    SetupStep(
        "numbers", _("Telefonnumre"),
        _("De numre, folk ringer til, og hvilket opkaldsforløb de fører til."),
        P.EDIT_FLOWS, "office:entry-points", states.numbers,
    ),
    SetupStep(
        "flows", _("Opkaldsforløb og tekster"),
        _("Hvad den, der ringer, hører og kan vælge."),
        P.EDIT_FLOWS, "office:flows", states.flows,
    ),
    SetupStep(
        "greetings", _("Velkomst"),
        _("Det, hvert kontaktcenter siger først. Skriv eller indtal jeres egen, også til bestemte dage."),
        P.EDIT_PROMPTS, "office:greetings", states.greetings,
    ),
    SetupStep(
        "line", _("Telefonlinjen er prøvet"),
        _("Ring til et af numrene udefra, og besvar opkaldet."),
        P.SEE_OPERATIONS, "office:operations", states.line,
    ),
    SetupStep(
        "knowledge", _("Viden"),
        _("Svar, som både medarbejdere og borgere kan læse."),
        P.EDIT_KNOWLEDGE, "office:articles", states.knowledge,
    ),
    SetupStep(
        "public-site", _("Hjemmesidens navn og farver"),
        _("Hvad borgerne ser øverst og nederst på de offentlige sider."),
        P.EDIT_CATALOGUE, "office:public-site", states.public_site,
    ),
    SetupStep(
        "mail", _("Mail"),
        _("Så kvitteringer, påmindelser og nyhedsbreve når frem."),
        P.SEE_OPERATIONS, "office:mail", states.mail,
    ),
    SetupStep(
        "sign-on", _("Login og sessioner"),
        _("Hvor kollegerne logger ind, hvad deres grupper giver adgang til, og nødkontoen."),
        P.EDIT_PEOPLE, "office:sign-on", states.sign_on,
    ),
    SetupStep(
        "privacy", _("Persondata"),
        _(
            "Læs, hvad der gemmes om dem, der ringer, og hvor længe. Sig så til her. Samtaler optages kun, hvis I "
            "vælger det på køens side under “Optagelse af samtaler”."
        ),
        P.SET_RETENTION, "office:privacy", states.privacy, milestones.PRIVACY,
    ),
    SetupStep(
        "backup", _("Sikkerhedskopi"),
        _("En kopi hver nat, og et tjek af hele installationen, før centret går i drift."),
        P.SEE_OPERATIONS, "office:installation", states.backup,
    ),
    SetupStep(
        "live", _("Gå i drift"),
        _("Når alt er prøvet: sig, at centret er i drift. Så begynder administratorer ikke længere på denne side."),
        P.EDIT_FLOWS, "", states.live, milestones.LIVE,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its state; `url` is empty when it has no page or the person may not open it."""

    step: SetupStep
    number: int
    progress: StepProgress
    url: str
    roles: list[str]

    @property
    def mark(self) -> str:
        """The code of the mark in states.css."""
        return {StepState.MISSING: "down", StepState.BEGUN: "waiting", StepState.DONE: "up"}[self.progress.state]


def shown(permissions: frozenset[P], at: datetime) -> list[ShownStep]:
    """All steps for somebody with these permissions."""
    return [
        ShownStep(
            step,
            number,
            step.state(at),
            _url(step) if step.permission in permissions else "",
            [str(role.name) for role in ROLES.values() if step.permission in role.permissions],
        )
        for number, step in enumerate(STEPS, start=1)
    ]


def _url(step: SetupStep) -> str:
    """The address; empty for a page that is not part of this installation."""
    try:
        return reverse(step.url_name) if step.url_name else ""
    except NoReverseMatch:
        return ""
