"""Questionnaires: begun from a preset, changed as drafts, published from a day. What is published never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.feedback.models import Questionnaire, QuestionnaireVersion, SurveyQuestion
from indgang.feedback.presets import PRESETS, PresetQuestionnaire
from indgang.feedback.scales import Scale, is_rated


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question as it is written in a draft."""

    indicator: str
    scale: str
    text_da: str
    text_en: str = ""
    level: int | None = None


def in_use(kind: str, on: date, *, keys: bool | None = None) -> QuestionnaireVersion | None:
    """The published version of this kind that holds on the day; `keys` chooses those for the telephone or the web."""
    found = QuestionnaireVersion.objects.in_use(on).filter(questionnaire__kind=kind).select_related("questionnaire")
    for each in sorted(found, key=lambda version: version.questionnaire.code):
        if keys is None or is_by_keys(each) is keys:
            return each
    return None


def is_by_keys(version: QuestionnaireVersion) -> bool:
    """Whether it is answered by the keys of a telephone."""
    return version.questions.filter(scale=Scale.KEYS_1_9).exists()


@transaction.atomic
def begin_with(preset: PresetQuestionnaire, *, by: Person, at: datetime) -> Questionnaire:
    """The preset as a questionnaire with a first version, published at once. What exists already stays as it is."""
    found, is_new = Questionnaire.objects.get_or_create(
        code=preset.code, defaults={"kind": preset.kind, "name": preset.name, "name_en": preset.name_en}
    )
    if is_new:
        trail.record(by=by, at=at, action="questionnaire.create", target=found)
        draft = _first_version(found, preset)
        publish(draft, valid_from=day_of(at), by=by, at=at)
    return found


def begin_with_all(*, by: Person, at: datetime) -> list[Questionnaire]:
    """Every preset."""
    return [begin_with(each, by=by, at=at) for each in PRESETS]


@transaction.atomic
def draft(questionnaire: Questionnaire, *, by: Person, at: datetime) -> QuestionnaireVersion:
    """The draft of the next version: the one that exists, or a copy of the latest."""
    Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    latest = questionnaire.versions.order_by("-number").first()
    if latest is not None and latest.published_at is None:
        return latest
    made = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=latest.number + 1 if latest else 1,
        **({name: getattr(latest, name) for name in _COPIED} if latest else {}),
    )  # fmt: skip
    for each in latest.questions.order_by("position") if latest else ():
        each.pk, each.version = None, made
        each.save(force_insert=True)
    trail.record(by=by, at=at, action="questionnaire.draft", target=made)
    return made


_COPIED = ("deadline_hours", "opening", "opening_en", "closing", "closing_en")


@transaction.atomic
def save_draft(
    questionnaire: Questionnaire, *, questions: Sequence[QuestionText], by: Person, at: datetime, **texts: str | int
) -> QuestionnaireVersion:  # fmt: skip
    """Replace the questions and texts of the draft, which is made when there is none. Raises RefusedChange."""
    _refuse_twice(questions)
    found = _locked_draft(draft(questionnaire, by=by, at=at))
    before = _words(found)
    for name in _COPIED:
        setattr(found, name, texts.get(name, getattr(found, name)))
    found.revision += 1
    found.save()
    found.questions.all().delete()
    _write(found, questions)
    trail.record(by=by, at=at, action="questionnaire.edit", target=found, before=before, after=_words(found))
    return found


@transaction.atomic
def publish(version: QuestionnaireVersion, *, valid_from: date, by: Person, at: datetime) -> QuestionnaireVersion:
    """Ask by this version from that day. Invitations that are out keep theirs. Raises RefusedChange."""
    found = _locked_draft(version)
    earlier = found.questionnaire.versions.filter(published_at__isnull=False, valid_from__gt=valid_from).first()
    if valid_from < day_of(at):
        raise RefusedChange({"valid_from": _("Vælg i dag eller en senere dag.")})
    if earlier is not None:
        raise RefusedChange({"valid_from": _("Version %(number)d gælder først fra en senere dag. Vælg den dag eller en"
                                             " senere.") % {"number": earlier.number}})  # fmt: skip
    if not any(is_rated(each.scale) for each in found.questions.all()):
        raise RefusedChange({"": _("Skriv mindst et spørgsmål, der besvares med et tal.")})
    found.valid_from, found.published_at, found.published_by = valid_from, at, by
    found.save()
    trail.record(
        by=by, at=at, action="questionnaire.publish", target=found, after={"valid_from": valid_from.isoformat()}
    )
    commands.give("reload", by=by, at=at)  # the questions are spoken
    return found


def _locked_draft(version: QuestionnaireVersion) -> QuestionnaireVersion:
    rows = QuestionnaireVersion.objects.select_for_update(of=("self",)).select_related("questionnaire")
    found = rows.get(pk=version.pk)
    if found.published_at is not None:
        raise RefusedChange({"": _("Versionen er i brug og kan ikke ændres. Lav en ny version.")})
    return found


def _refuse_twice(questions: Sequence[QuestionText]) -> None:
    """At either level an indicator is asked once, in the words for both levels or for this one."""
    rated = [each for each in questions if each.indicator != SurveyQuestion.Indicator.OPEN]
    for level in (1, 2):
        asked = [each.indicator for each in rated if each.level in (None, level)]
        if len(asked) != len(set(asked)):
            raise RefusedChange({"": _("Spørg kun en gang om hvert emne.")})


def _first_version(questionnaire: Questionnaire, preset: PresetQuestionnaire) -> QuestionnaireVersion:
    made = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=1, opening=preset.opening[0], opening_en=preset.opening[1],
        closing=preset.closing[0], closing_en=preset.closing[1],
    )  # fmt: skip
    texts = [QuestionText(each.indicator, each.scale, each.text, each.text_en, each.level) for each in preset.questions]
    _write(made, texts)
    return made


def _write(version: QuestionnaireVersion, questions: Sequence[QuestionText]) -> None:
    SurveyQuestion.objects.bulk_create(
        SurveyQuestion(version=version, position=position, indicator=each.indicator, scale=each.scale,
                       level=each.level, text_da=each.text_da, text_en=each.text_en)
        for position, each in enumerate(questions, start=1)
    )  # fmt: skip


def _words(version: QuestionnaireVersion) -> dict[str, object]:
    questions = {f"question_{each.position}": each.text_da for each in version.questions.order_by("position")}
    return {**{name: getattr(version, name) for name in _COPIED}, **questions}
