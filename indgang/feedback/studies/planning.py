"""A study is planned, its team named and its participants invited."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import Unit
from indgang.core.masking import mask_cpr, mask_texts
from indgang.core.phone_numbers import normalise
from indgang.core.refusals import RefusedChange
from indgang.feedback.studies import rights
from indgang.feedback.studies.models import Study, StudyMember, StudyParticipant, StudyStep
from indgang.feedback.studies.states import MOST_INVITED, MOST_TESTERS
from indgang.messaging import mail

#: how long participants are kept after the last day when nothing else is chosen: until the evaluation (R-212)
KEPT = timedelta(days=275)
_LONGEST_KEPT = timedelta(days=2 * 366)
_SALT = "feedback.studies"
#: of a participant: free text, in which a civil registration number is masked
_TYPED = ("name", "organisation", "target_group", "consent")


@transaction.atomic
def plan(values: Mapping[str, Any], *, by: Person, at: datetime) -> Study:
    """A new study. A service's own unit decides about it; without a service, the unit that is chosen.

    Raises RefusedChange, by field.
    """
    wanted = _checked(values, by)
    study = changes.save(Study(created_by=by, created_at=at), wanted, by=by, at=at)
    StudyStep.objects.create(study=study, state=study.state, at=at, taken_by=by)
    return study


@transaction.atomic
def change(study: Study, values: Mapping[str, Any], *, by: Person, at: datetime) -> Study:
    """Change the plan of a study that nobody has presented. Raises RefusedChange, by field."""
    locked = unreported(study)
    if values["kind"] != locked.kind and locked.state != Study.State.PLANNED:
        raise RefusedChange({"kind": _("Undersøgelsen er begyndt. Den kan ikke blive en anden slags mere.")})
    return changes.save(locked, _checked(values, by), by=by, at=at)


@transaction.atomic
def add_member(study: Study, *, person: Person, role: str, by: Person, at: datetime) -> StudyMember:
    """Raises RefusedChange for a second leader of a sprint or test, and for a third of a session (R-218)."""
    locked = unclosed(study)
    most = {"sprint_leader": 1, "test_leader": 1, "session_leader": 2}.get(role)
    if most is not None and locked.team.filter(role=role).count() >= most:
        raise RefusedChange({"role": _("Rollen er besat. Fjern en anden først.")})
    if locked.team.filter(person=person).exists():
        raise RefusedChange({"person": _("Personen er allerede med i holdet.")})
    values = {"study": locked, "person": person, "role": role}
    return changes.save(StudyMember(), values, by=by, at=at)


@transaction.atomic
def remove_member(member: StudyMember, *, by: Person, at: datetime) -> None:
    unclosed(member.study)
    before = {"person": str(member.person), "role": member.role}
    trail.record(by=by, at=at, action="studymember.remove", target=member, before=before)
    member.delete()


@transaction.atomic
def add_participant(study: Study, values: Mapping[str, Any], *, by: Person, at: datetime) -> StudyParticipant:
    """A participant with a personal link. Raises RefusedChange, by field, and when the study has as many as it can."""
    locked = unclosed(study)
    taken = locked.participants.aggregate(last=Max("number"))["last"] or 0
    most = {"user_test": MOST_TESTERS, "crowdsourcing": MOST_INVITED}.get(locked.kind)
    if most is not None and locked.participants.count() >= most:
        raise RefusedChange({"": _("Der kan højst være %(most)s deltagere.") % {"most": most}})
    made = StudyParticipant(study=locked, number=taken + 1, link=secrets.token_urlsafe(12))
    _write(made, values, at)
    trail.record(by=by, at=at, action="studyparticipant.add", target=made, after={"number": made.number})
    return made


@transaction.atomic
def change_participant(
    participant: StudyParticipant, values: Mapping[str, Any], *, by: Person, at: datetime
) -> StudyParticipant:
    """The trail says which participant was changed, and no personal data."""
    unclosed(participant.study)
    _write(participant, values, at)
    after = {"number": participant.number}
    trail.record(by=by, at=at, action="studyparticipant.change", target=participant, after=after)
    return participant


@transaction.atomic
def remove_participant(participant: StudyParticipant, *, by: Person, at: datetime) -> None:
    """Delete a participant with what they wrote. Votes, ratings and the number of answers stay, without a person."""
    before = {"number": participant.number}
    trail.record(by=by, at=at, action="studyparticipant.remove", target=participant, before=before)
    participant.answers.update(text="", digest="", participant=None)
    participant.delete()


def url_key(participant: StudyParticipant) -> str:
    """The participant's part of the address of their personal link."""
    return signing.Signer(salt=_SALT).sign_object([participant.pk, participant.link]).replace(":", ".")


def participant_of(key: str) -> StudyParticipant | None:
    """The participant of a personal link; None for one that we did not make, or that holds no longer."""
    try:
        pk, link = signing.Signer(salt=_SALT).unsign_object(key[:300].replace(".", ":"))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = StudyParticipant.objects.select_related("study").filter(pk=pk, link=link)
    return found.exclude(link="").first()


@transaction.atomic
def mail_link(participant: StudyParticipant, address: str, *, by: Person, at: datetime) -> None:
    """Mail the personal link, which has this `address`. Raises RefusedChange without a mail address."""
    unclosed(participant.study)
    subject = _("Deltag i %(title)s") % {"title": participant.study.title}
    text = _(
        "Du er inviteret til at svare på spørgsmål om %(title)s.\n\nDit personlige link:\n%(address)s\n\n"
        "Linket er kun til dig. Andre deltagere ser dine svar, men ikke dit navn. Det tager højst en halv time.\n"
    ) % {"title": participant.study.title, "address": address}  # fmt: skip
    try:
        mail.send(to=mail.checked_address(participant.email), subject=subject[: mail.LONGEST_SUBJECT], text=text)
    except mail.BadAddress as error:
        raise RefusedChange({"email": _("Deltageren har ingen mailadresse, der kan sendes til.")}) from error
    participant.mailed_at = at
    participant.save(update_fields=["mailed_at"])
    trail.record(by=by, at=at, action="studyparticipant.send", target=participant, after={"number": participant.number})


def unclosed(study: Study) -> Study:
    """The study, locked. Raises RefusedChange for one that is closed or cancelled."""
    locked = Study.objects.select_for_update(of=("self",)).select_related("unit", "service").get(pk=study.pk)
    if locked.is_over:
        raise RefusedChange({"": _("Undersøgelsen er afsluttet og kan ikke ændres.")})
    return locked


def unreported(study: Study) -> Study:
    """The study, locked. Raises RefusedChange once its results have been presented."""
    locked = unclosed(study)
    if locked.state not in (Study.State.PLANNED, Study.State.RUNNING):
        raise RefusedChange({"": _("Resultaterne er fremlagt. De kan ikke ændres mere.")})
    return locked


def _checked(values: Mapping[str, Any], by: Person) -> dict[str, Any]:
    wanted = dict(values)
    service, unit = wanted.get("service"), wanted.get("unit")
    if service is None and wanted["kind"] != Study.Kind.CROWDSOURCING:
        raise RefusedChange({"service": _("Vælg den ydelse, der undersøges.")})
    unit = (service.unit if service else None) or unit
    if unit is None:
        raise RefusedChange({"unit": _("Vælg den enhed, der beslutter, hvad der sker med resultatet.")})
    if not isinstance(unit, Unit) or not rights.may_plan(by, unit):
        raise RefusedChange({"service" if service else "unit": _("Du planlægger ikke undersøgelser for den enhed.")})
    if wanted["ends_on"] < wanted["starts_on"]:
        raise RefusedChange({"ends_on": _("Den sidste dag kan ikke ligge før den første.")})
    if wanted["kind"] == Study.Kind.INTERVIEW and not wanted.get("sprint"):
        raise RefusedChange({"sprint": _("Vælg, hvor langt sprintet er.")})
    if wanted["kind"] != Study.Kind.INTERVIEW:
        wanted["sprint"] = ""
    return mask_texts(wanted) | {"unit": unit}


def _write(participant: StudyParticipant, values: Mapping[str, Any], at: datetime) -> None:
    wanted = dict(values)
    delete_at = wanted["delete_at"]
    if not at < delete_at <= at + _LONGEST_KEPT:
        raise RefusedChange({"delete_on": _("Vælg en dag, der ligger højst to år fremme.")})
    if wanted.get("email"):
        try:
            wanted["email"] = mail.checked_address(wanted["email"])
        except mail.BadAddress as error:
            raise RefusedChange({"email": _("Det er ikke en mailadresse. Tjek, om den er rigtig.")}) from error
    if wanted.get("phone"):
        try:
            wanted["phone"] = normalise(wanted["phone"])
        except ValueError as error:
            raise RefusedChange({"phone": _("Det er ikke et telefonnummer. Skriv det med otte cifre.")}) from error
    if bool(wanted.get("consent")) and participant.consented_at is None:
        wanted["consented_at"] = at
    if not wanted.get("consent"):
        wanted["consented_at"] = None
    for name, value in wanted.items():
        setattr(participant, name, mask_cpr(value) if name in _TYPED else value)
    participant.full_clean(exclude=["study"])
    participant.save()


def default_delete_day(study: Study) -> date:
    """The day on which participants are deleted when nothing else is chosen."""
    return study.ends_on + KEPT
