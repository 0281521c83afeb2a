"""What callers hear: texts that are spoken, and recordings of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import collisions
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.entry.models import FlowVersion, Greeting, Prompt, QueueMessage
from indgang.entry.setup.changes import record_change

LANGUAGES = ("da", "en")
#: about two minutes of speech
LONGEST_TEXT = 2000


#: names of single digits and numbers, which are said inside other texts
_PIECE = re.compile(r"(digit|number)-\d+")


def is_piece(code: str) -> bool:
    """Whether a prompt is a piece of what is said (a digit, a number), not a text of its own."""
    return bool(_PIECE.fullmatch(code))


@dataclass(frozen=True, slots=True)
class Use:
    """One place a prompt is said: a step of a flow's version in force or draft, a queue's message, or a centre's
    greeting."""

    flow: str = ""
    version: int = 0
    is_draft: bool = False
    step: str = ""
    queue: str = ""
    greets: str = ""


@transaction.atomic
def write(*, code: str, language: str, text: str, unit: Unit | None = None, by: Person, at: datetime) -> Prompt:
    """Set the text of prompt `code` in a language. A recording of the old text is removed.

    `unit` is whose a new text is to change (None: the whole municipality's); one that is there stays whose it is.
    Raises RefusedChange, by field.
    """
    if not text.strip():
        raise RefusedChange({"text": _("Skriv, hvad der skal siges.")})
    if len(text) > LONGEST_TEXT:
        raise RefusedChange({"text": _("Teksten må højst være på %(most)s tegn.") % {"most": LONGEST_TEXT}})
    if language not in LANGUAGES:
        raise RefusedChange({"language": _("Sproget skal være dansk eller engelsk.")})
    prompt = Prompt.objects.select_for_update().filter(code=code, language=language).first()
    before = {"text": prompt.text, "recording": prompt.recording_name} if prompt else {}
    prompt = prompt or Prompt(code=code, language=language, unit=_unit_of(code, unit))
    if prompt.text != text.strip():
        prompt.recording, prompt.recording_name = None, ""
    prompt.text, prompt.updated_at = text.strip(), at
    written = {"entry_prompt_one_per_language": ("text", _("Der er lige skrevet en tekst med det navn. Prøv igen."))}
    with collisions.refused_in_words(RefusedChange, written):
        prompt.save()
    after = {"text": prompt.text, "recording": prompt.recording_name}
    record_change("prompt.change" if before else "prompt.create", prompt, by=by, at=at, before=before, after=after)
    return prompt


@transaction.atomic
def write_missing(
    texts: Iterable[tuple[str, str, str]], *, unit: Unit | None = None, by: Person, at: datetime
) -> list[Prompt]:
    """Write many (code, language, text) at once, as a new centre needs them; what is written already stays as it is."""
    there = set(Prompt.objects.values_list("code", "language"))
    rows = [
        Prompt(code=code, language=language, text=text, unit=_unit_of(code, unit), updated_at=at)
        for code, language, text in texts
        if (code, language) not in there
    ]
    made = Prompt.objects.bulk_create(rows)
    for number, prompt in enumerate(made, start=1):
        last = number == len(made)
        record_change("prompt.create", prompt, by=by, at=at, after={"text": prompt.text, "recording": ""}, reload=last)
    return made


@transaction.atomic
def hand_to(code: str, unit: Unit | None, *, by: Person, at: datetime) -> None:
    """Let a text be `unit`'s to change, in all languages; None: the whole municipality's."""
    for prompt in Prompt.objects.select_for_update(of=("self",)).filter(code=code).select_related("unit"):
        if prompt.unit != unit:
            before, prompt.unit = {"unit": str(prompt.unit or "")}, unit
            prompt.save(update_fields=["unit"])
            after = {"unit": str(unit or "")}
            record_change("prompt.change", prompt, by=by, at=at, before=before, after=after, reload=False)


def give_to_only_users() -> None:
    """Give texts without an owner to the one owner whose flows, queues and greetings use them."""
    owners: dict[str, set[int]] = {}
    for version in versions_that_count():
        for code in _prompts_in(version.definition):
            owners.setdefault(code, set()).add(version.flow.centre.owner_id)
    for message in QueueMessage.objects.select_related("queue__centre"):
        owners.setdefault(message.prompt_code, set()).add(message.queue.centre.owner_id)
    for greeting in Greeting.objects.select_related("centre"):
        owners.setdefault(greeting.prompt_code, set()).add(greeting.centre.owner_id)
    for code, found in owners.items():
        if len(found) == 1:
            Prompt.objects.filter(code=code, unit=None).update(unit=found.pop())


@transaction.atomic
def record(prompt: Prompt, *, wav: bytes, name: str, by: Person, at: datetime) -> Prompt:
    """Play this recording instead of speaking the text. `wav` is what `telephony.speech.read_wav` gave."""
    return _set_recording(prompt, wav, name, by=by, at=at)


@transaction.atomic
def forget_recording(prompt: Prompt, *, by: Person, at: datetime) -> Prompt:
    """Speak the text again."""
    return _set_recording(prompt, None, "", by=by, at=at)


@transaction.atomic
def remove(prompt: Prompt, *, by: Person, at: datetime) -> None:
    """Raises RefusedChange when a flow or a queue would lose what it says."""
    others = Prompt.objects.filter(code=prompt.code).exclude(pk=prompt.pk).exists()
    if not others and uses().get(prompt.code):
        raise RefusedChange({"": _("Teksten bruges. Fjern den først fra forløb, kømeddelelser og velkomster.")})
    record_change(
        "prompt.remove", prompt, by=by, at=at, before={"text": prompt.text, "recording": prompt.recording_name}
    )
    prompt.delete()


def spoken(messages: QuerySet[QueueMessage]) -> QuerySet[QueueMessage]:
    """The messages, each with its Danish text as `text`; the prompt's code where no text is written."""
    text = Prompt.objects.filter(code=OuterRef("prompt_code"), language="da").values("text")[:1]
    return messages.annotate(text=Coalesce(Subquery(text), F("prompt_code"), output_field=TextField()))


def uses() -> dict[str, list[Use]]:
    """Where each prompt is used: by the versions in force and the drafts of all flows, by queues, and by greetings,
    also earlier ones."""
    found: dict[str, list[Use]] = {}
    for version in versions_that_count():
        for step in version.definition.get("steps", []):
            use = Use(version.flow.name, version.number, version.published_at is None, str(step.get("id", "")))
            for code in sorted(set(_prompts_in(step))):
                found.setdefault(code, []).append(use)
    for message in QueueMessage.objects.select_related("queue"):
        found.setdefault(message.prompt_code, []).append(Use(queue=message.queue.name))
    for greeting in Greeting.objects.select_related("centre"):
        found.setdefault(greeting.prompt_code, []).append(Use(greets=greeting.centre.name))
    return found


def versions_that_count() -> Iterator[FlowVersion]:
    """Of every flow the draft and the version in force."""
    in_force: set[int] = set()
    for version in FlowVersion.objects.select_related("flow__centre").order_by("flow", "-number"):
        if version.published_at is None:
            yield version
        elif version.flow_id not in in_force:
            in_force.add(version.flow_id)
            yield version


def _prompts_in(part: Any, name: str = "") -> Iterator[str]:
    """Codes in the fields of a step that hold prompts: their names are `prompts`, `…_prompts` and `on_wrong`."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from _prompts_in(value, str(key))
    elif isinstance(part, list):
        for each in part:
            if isinstance(each, str) and (name.endswith("prompts") or name == "on_wrong"):
                yield each
            else:
                yield from _prompts_in(each, name)


def _unit_of(code: str, unit: Unit | None) -> Unit | None:
    other = Prompt.objects.filter(code=code).select_related("unit").first()
    return other.unit if other else unit


def _set_recording(prompt: Prompt, wav: bytes | None, name: str, *, by: Person, at: datetime) -> Prompt:
    prompt = Prompt.objects.select_for_update().get(pk=prompt.pk)
    before = {"recording": prompt.recording_name}
    prompt.recording, prompt.recording_name, prompt.updated_at = wav, name[:200], at
    prompt.save(update_fields=["recording", "recording_name", "updated_at"])
    record_change("prompt.record", prompt, by=by, at=at, before=before, after={"recording": prompt.recording_name})
    return prompt
