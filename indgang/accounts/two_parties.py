"""Agreements between two parties: a draft until both have signed, never changed afterwards, and succeeded by a new
version on its first day.

The owner of a kind of agreement derives its model from `SignedByTwo` and offers its own actions on top of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes, end_days
from indgang.catalogue.models import Dated, DatedQuerySet
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange
from indgang.core.refusals import EditedMeanwhile, RefusedChange


class SignedByTwoQuerySet(DatedQuerySet):
    def signed(self) -> Self:
        """Agreements that both parties have signed."""
        return self.filter(**{f"{party}_signed_at__isnull": False for party in self.model.PARTIES})

    def drafts(self) -> Self:
        """Agreements that a party has still to sign."""
        first, second = self.model.PARTIES
        return self.filter(Q(**{f"{first}_signed_at": None}) | Q(**{f"{second}_signed_at": None}))


class SignedByTwo(Dated):
    """One version of an agreement. A model names its `PARTIES`: for each a foreign key to a person and a field
    `<party>_signed_at`. Versions with the same `SUBJECT` (a foreign key) succeed each other."""

    class State(StrEnum):
        DRAFT = "draft"
        #: signed by both, and not begun
        SIGNED = "signed"
        IN_FORCE = "in_force"
        #: ended, or taken over by a later version
        OVER = "over"

    PARTIES: ClassVar[tuple[str, str]]
    SUBJECT: ClassVar[str]

    revision = models.PositiveIntegerField(default=1, help_text="of the draft; a signature names the one it has read")
    took_over_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    former_end = models.DateField(null=True, blank=True, help_text="the end of `took_over_from` before this was signed")

    objects = SignedByTwoQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        abstract = True

    @property
    def is_signed(self) -> bool:
        return all(self.signed_at(party) is not None for party in self.PARTIES)

    @property
    def signatories(self) -> list[Person]:
        """Who signs for each party, in the order of the parties."""
        return [getattr(self, party) for party in self.PARTIES]

    @property
    def yet_to_sign(self) -> list[Person]:
        return [getattr(self, party) for party in self.PARTIES if self.signed_at(party) is None]

    def signed_at(self, party: str) -> datetime | None:
        found: datetime | None = getattr(self, f"{party}_signed_at")
        return found

    def parties_of(self, person: int) -> list[str]:
        """The parties for which this person (primary key) signs."""
        return [party for party in self.PARTIES if getattr(self, f"{party}_id") == person]

    def state_on(self, day: date) -> State:
        if not self.is_signed:
            return self.State.DRAFT
        if day < self.valid_from:
            return self.State.SIGNED
        return self.State.IN_FORCE if self.valid_on(day) else self.State.OVER


Agreement = TypeVar("Agreement", bound=SignedByTwo)


def in_force(kind: type[Agreement], subject: models.Model, on: date) -> Agreement | None:
    """The signed version about this subject on a day."""
    found: Agreement | None = kind.objects.signed().valid_on(on).filter(**{kind.SUBJECT: subject}).first()
    return found


def in_force_within(
    kind: type[Agreement], subject: models.Model, days: DateRange
) -> Iterator[tuple[Agreement, DateRange]]:
    """The signed versions about this subject one after the other, each with those days on which it holds."""
    for version in kind.objects.signed().filter(**{kind.SUBJECT: subject}).order_by("valid_from"):
        held = days.intersection(DateRange(version.valid_from, version.valid_to))
        if held is not None:
            yield version, held


def locked_draft(agreement: Agreement) -> Agreement:
    """The draft, locked. Raises RefusedChange when it is signed."""
    locked = _locked(agreement)
    if locked.is_signed:
        raise RefusedChange({"": _("Aftalen er underskrevet og kan ikke ændres. Lav en ny, der afløser den.")})
    return locked


def touch(agreement: SignedByTwo) -> None:
    """Make a changed draft a new revision, which nobody has signed."""
    signatures = [f"{party}_signed_at" for party in agreement.PARTIES]
    for name in signatures:
        setattr(agreement, name, None)
    agreement.revision = F("revision") + 1
    agreement.save(update_fields=[*signatures, "revision"])
    agreement.refresh_from_db(fields=["revision"])


@transaction.atomic
def sign(
    agreement: Agreement, *, revision: int, check: Callable[[Agreement], None], by: Person, at: datetime
) -> Agreement:
    """Sign for the parties that `by` stands for; the second signature puts the version in force.

    `revision` is the draft that was read, and `check` raises RefusedChange for a draft that cannot be signed or a
    person who may not. Raises EditedMeanwhile when the draft has changed since, and RefusedChange when its first day
    has passed or a later version is signed already.
    """
    locked = locked_draft(agreement)
    if locked.revision != revision:
        raise EditedMeanwhile(locked)
    if locked.valid_from < day_of(at):
        raise RefusedChange({"": _("Aftalens første dag er passeret. Vælg en ny første dag, før den underskrives.")})
    check(locked)
    for party in locked.parties_of(by.pk):
        setattr(locked, f"{party}_signed_at", locked.signed_at(party) or at)
    if locked.is_signed:
        _take_over(locked, by, at)
    signatures = [f"{party}_signed_at" for party in locked.PARTIES]
    locked.save(update_fields=[*signatures, "took_over_from", "former_end"])
    trail.record(by=by, at=at, action=_action(locked, "sign"), target=locked, after={"revision": revision})
    return locked


@transaction.atomic
def end(agreement: SignedByTwo, *, on: date, by: trail.Actor, at: datetime) -> bool:
    """Let a signed version end on a day, which is not included. Returns whether it is still there.

    One that would end before it begins is removed, and the one before it lasts as long as it did before. Raises
    RefusedChange for a day that has passed, one after its present end, and for a draft.
    """
    locked = _locked(agreement)
    if not locked.is_signed:
        raise RefusedChange({"": _("Aftalen er en kladde. Kassér den i stedet.")})
    end_days.refuse(locked, on, at)
    if on <= locked.valid_from <= day_of(at):
        raise RefusedChange({"on": _("Aftalen er begyndt i dag. Vælg en senere dag.")})
    if on <= locked.valid_from:
        _take_back(locked, by, at)
        return False
    changes.save(locked, {"valid_to": on}, by=by, at=at)
    return True


@transaction.atomic
def discard(agreement: SignedByTwo, *, by: Person, at: datetime) -> None:
    """Delete a draft. Raises RefusedChange for a signed agreement."""
    locked = locked_draft(agreement)
    trail.record(by=by, at=at, action=_action(locked, "remove"), target=locked, before=_named(locked))
    locked.delete()


def _locked(agreement: Agreement) -> Agreement:
    rows = type(agreement).objects.select_for_update(of=("self",)).select_related(agreement.SUBJECT)
    locked: Agreement = rows.get(pk=agreement.pk)
    return locked


def _take_over(agreement: SignedByTwo, by: Person, at: datetime) -> None:
    """End the version that this one takes over from, and refuse while a later one is signed already."""
    signed = _signed_about(agreement)
    if signed.filter(valid_from__gte=agreement.valid_from).exists():
        raise RefusedChange({"": _("Der er allerede underskrevet en aftale, der begynder samme dag eller senere.")})
    for before in signed.valid_on(agreement.valid_from):
        agreement.took_over_from, agreement.former_end = before, before.valid_to
        changes.save(before, {"valid_to": agreement.valid_from}, by=by, at=at)


def _take_back(agreement: SignedByTwo, by: trail.Actor, at: datetime) -> None:
    """Remove a signed version that has not begun, and let the one that it was to take over from last again."""
    signed = _signed_about(agreement)
    if signed.filter(valid_from__gt=agreement.valid_from).exists():
        raise RefusedChange({"": _("Der er underskrevet en aftale, der begynder senere. Fjern den først.")})
    earlier = agreement.took_over_from
    before = signed.filter(pk=earlier.pk, valid_to=agreement.valid_from).first() if earlier else None
    trail.record(by=by, at=at, action=_action(agreement, "remove"), target=agreement, before=_named(agreement))
    former_end = agreement.former_end
    agreement.delete()
    if before is not None:
        changes.save(before, {"valid_to": former_end}, by=by, at=at)


def _signed_about(agreement: SignedByTwo) -> Any:
    rows = type(agreement).objects.select_for_update().signed()
    return rows.filter(**{agreement.SUBJECT: getattr(agreement, agreement.SUBJECT)})


def _action(agreement: SignedByTwo, verb: str) -> str:
    return f"{agreement._meta.model_name}.{verb}"


def _named(agreement: SignedByTwo) -> dict[str, str]:
    subject = getattr(agreement, agreement.SUBJECT)
    return {agreement.SUBJECT: subject.code, "valid_from": str(agreement.valid_from)}
