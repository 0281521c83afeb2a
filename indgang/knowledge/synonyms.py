"""Groups of synonyms for search; staff maintain them, and searches use a change at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.knowledge.changes import record_change
from indgang.knowledge.models import SynonymGroup

MOST_WORDS = 20
LONGEST = 100


@transaction.atomic
def write(
    group: SynonymGroup | None, *, words: Iterable[str], unit: Unit | None = None, by: Person, at: datetime
) -> SynonymGroup:
    """Save a group of words. Without `group`, create one that `unit` may change (None: the whole municipality).

    Raises RefusedChange when there are too few or too many words, or one of them is in another group.
    """
    kept = _cleaned(words)
    if not 2 <= len(kept) <= MOST_WORDS or any(len(word) > LONGEST for word in kept):
        said = _("Skriv mindst to og højst %(most)s ord eller udtryk, hvert på højst %(size)s tegn.")
        raise RefusedChange({"words": said % {"most": MOST_WORDS, "size": LONGEST}})
    with connection.cursor() as cursor:  # nobody else writes a word between the check and the write
        cursor.execute("LOCK TABLE knowledge_synonymgroup IN SHARE ROW EXCLUSIVE MODE")
    others = SynonymGroup.objects.exclude(pk=group.pk) if group else SynonymGroup.objects.all()
    taken = {word.casefold(): str(other) for other in others for word in other.words}
    for word in kept:
        if word.casefold() in taken:
            said = _("“%(word)s” står allerede i gruppen “%(group)s”. Ret den i stedet.")
            raise RefusedChange({"words": said % {"word": word, "group": taken[word.casefold()]}})
    before = {"words": group.words} if group else {}
    group = group or SynonymGroup(unit=unit)
    group.words, group.changed_by, group.changed_at = kept, by, at
    group.save()
    action = "synonyms.change" if before else "synonyms.create"
    record_change(action, group, by=by, at=at, before=before, after={"words": kept})
    return group


@transaction.atomic
def remove(group: SynonymGroup, *, by: Person, at: datetime) -> None:
    """Delete the group; its words are no longer synonyms."""
    record_change("synonyms.remove", group, by=by, at=at, before={"words": group.words})
    group.delete()


def _cleaned(words: Iterable[str]) -> list[str]:
    """The words without empty ones; of words that differ in case only, the first."""
    kept: dict[str, str] = {}
    for word in words:
        written = " ".join(word.replace("\x00", "").split())
        if written:
            kept.setdefault(written.casefold(), written)
    return list(kept.values())
