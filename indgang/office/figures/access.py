"""Whose figures a person may see: those of the centres of their units, also of centres that have ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from indgang.accounts.access import centres_with, everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue
from indgang.measures.definitions import DEFINITIONS, Definition
from indgang.measures.rollups import contacts_behind
from indgang.measures.rollups.facts import CountedFact

SEE = Permission.SEE_FIGURES
#: single contacts are for those who answer for them: a figure of few would tell others about single contacts
SEE_CONTACTS = Permission.LEAD_TEAM


@dataclass(frozen=True, slots=True)
class SeenCentres:
    """The centres (codes with names) whose figures a person sees. `is_all`: also what belongs to no centre."""

    names: Mapping[str, str]
    is_all: bool

    def only(self, chosen: str = "") -> dict[str, list[str]]:
        """The choice of rows for `rollups.reading.totals`: one centre, or all that are seen."""
        if chosen:
            return {"centre": [chosen]}
        return {} if self.is_all else {"centre": list(self.names)}

    def sees(self, centre: str) -> bool:
        return self.is_all or centre in self.names


def centres_seen(person: Person, permission: Permission = SEE) -> SeenCentres:
    rows = centres_with(person, permission).order_by("name")
    return SeenCentres(dict(rows.values_list("code", "name")), everywhere(person, permission))


def queues_seen(centres: SeenCentres) -> list[tuple[str, str, str]]:
    """Code, name and centre of each queue of these centres, also of those that have ended."""
    rows = Queue.objects.filter(centre__code__in=list(centres.names)).order_by("centre__name", "name")
    return list(rows.values_list("code", "name", "centre__name"))


def definition_for(code: str, on: date) -> Definition:
    """The version that holds on a day; the first one for days before. Raises Http404 for an unknown figure."""
    versions = versions_of(code)
    if not versions:
        raise Http404
    held = [each for each in versions if each.valid_from <= on]
    return held[-1] if held else versions[0]


def versions_of(code: str) -> list[Definition]:
    return sorted((each for each in DEFINITIONS if each.code == code), key=lambda each: each.version)


def contact_for(person: Person, pk: UUID) -> tuple[Enquiry, list[CountedFact], bool]:
    """A contact that counts in a centre that the person leads, what it counts there, and whether it belongs there now:
    otherwise its fields tell about another centre. Raises Http404."""
    seen = centres_seen(person, SEE_CONTACTS)
    enquiry = Enquiry.objects.select_related("centre", "queue").filter(pk=pk).first()
    facts = [fact for fact in contacts_behind.of_stream(pk) if seen.sees(fact.key.centre)] if enquiry else []
    is_own = enquiry is not None and seen.sees(enquiry.centre.code if enquiry.centre else "")
    if enquiry is None or not (facts or is_own):
        raise Http404
    return enquiry, facts, is_own
