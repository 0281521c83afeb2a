"""Earlier answers that staff can search. Personal numbers are masked."""

from __future__ import annotations

from collections.abc import Iterable

from indgang.core.masking import without_personal_numbers
from indgang.enquiries.models import Character, Outcome, Question
from indgang.knowledge.models import Audience
from indgang.knowledge.search import index

#: a shorter note is not an answer
_SHORTEST = 20


def keep(questions: Iterable[Question]) -> None:
    """Index the notes of questions that were resolved at once; call it in the transaction that writes them.

    The entry of a corrected question is replaced, or removed when the note is no longer an answer.
    """
    entries = []
    for question in questions:
        if _answers_others(question):
            entries.append(_entry(question))
        else:
            index.remove("answer", str(question.pk))
    index.take_in(entries)


def _answers_others(question: Question) -> bool:
    """Whether it is a general question with an answer; answers in personal cases are not shown to others."""
    general = question.character == Character.GENERAL
    return general and question.outcome == Outcome.RESOLVED and len(question.note.strip()) >= _SHORTEST


def _entry(question: Question) -> index.IndexEntry:
    note = without_personal_numbers(question.note)
    about = " – ".join(str(each) for each in (question.service, question.local_purpose or question.purpose))
    return index.IndexEntry(
        kind="answer",
        key=str(question.pk),
        language="da",
        audience=Audience.STAFF,
        service=question.service,
        title=about[:300],
        text=note,
        fields={"B": note, "A": "", "C": f"{about}\n{question.service.keywords}"},
        shown_from=question.registered_at,
        updated_at=question.registered_at,
    )
