"""The cases of other systems at the desk: what a person may ask, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.core import clock, phone_numbers
from indgang.desk.forms import CaseSearchForm
from indgang.enquiries import case_references, parties
from indgang.enquiries.models import CaseReference, Enquiry, PartyNumber
from indgang.registers import agreements, fault_words
from indgang.registers.contract import Case, CaseField, SearchBy
from indgang.registers.look_up import CaseAnswer
from indgang.registers.models import CaseAgreement


class CasePanel:
    """What `reader` may ask about an enquiry. Read when a template asks."""

    def __init__(self, enquiry: Enquiry, *, reader: Person) -> None:
        self.enquiry, self.reader = enquiry, reader

    @cached_property
    def agreements(self) -> list[CaseAgreement]:
        if not may(self.reader, Permission.LOOK_UP_CASES):
            return []
        return agreements.of(self.reader, clock.today())

    @cached_property
    def asked_at_once(self) -> list[CaseAgreement]:
        """The systems that are asked about a known caller without a key press, because the agreement says so."""
        return [each for each in self.agreements if each.asks_at_once and of_caller(self.enquiry, each)]

    @cached_property
    def caller_key(self) -> str:
        """An id for whom the caller's cases are of, and which systems are asked at once. The answers on the page stay
        while it is the same: when the party that the number belongs to is confirmed, but not when another is linked."""
        of = [self.enquiry.party_id] if self.enquiry.party_id else _of_number(self.enquiry)
        asked = [each.pk for each in self.asked_at_once]
        return "-".join("_".join(map(str, keys)) for keys in (of, asked))

    @property
    def finds_by_number(self) -> bool:
        return any(SearchBy.NUMBER in each.searches for each in self.agreements)

    @property
    def finds_by_caller(self) -> bool:
        return any({SearchBy.CVR, SearchBy.TELEPHONE} & each.searches.keys() for each in self.agreements)

    @cached_property
    def references(self) -> list[CaseReference]:
        return case_references.of(self.enquiry)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer for the page. `sentence` is what is said when there are no cases."""

    agreement: CaseAgreement
    cases: tuple[Case, ...]
    sentence: str = ""
    status_is_given: bool = False

    @classmethod
    def of(cls, answer: CaseAnswer) -> ShownAnswer:
        sentence = f"{answer.agreement.name} {fault_words.WORDS[answer.fault]}" if answer.fault else ""
        return cls(answer.agreement, answer.cases, sentence, CaseField.STATUS in answer.agreement.given)


def of_caller(enquiry: Enquiry, agreement: CaseAgreement) -> tuple[SearchBy, str] | None:
    """How the caller's cases are found in a system: by the CVR number of the linked company, else by the telephone that
    calls, else by a telephone of the linked party. None when neither is known or given by the agreement."""
    if enquiry.party and enquiry.party.cvr and SearchBy.CVR in agreement.searches:
        return SearchBy.CVR, enquiry.party.cvr
    if SearchBy.TELEPHONE not in agreement.searches:
        return None
    number = next((each for each in _numbers(enquiry) if each.startswith("+")), "")
    return (SearchBy.TELEPHONE, number) if number else None


def by_form(form: CaseSearchForm, enquiry: Enquiry, agreement: CaseAgreement) -> tuple[SearchBy, str] | None:
    """What a valid form asks of one system; None when the system cannot be asked that."""
    if form.cleaned_data["search"] == CaseSearchForm.CALLER:
        return of_caller(enquiry, agreement)
    return (SearchBy.NUMBER, form.cleaned_data["value"]) if SearchBy.NUMBER in agreement.searches else None


def _of_number(enquiry: Enquiry) -> list[int]:
    return [party.pk for party in parties.of_number(enquiry.caller_number)]


def _numbers(enquiry: Enquiry) -> Iterable[str]:
    if not phone_numbers.is_anonymous(enquiry.caller_number):
        yield enquiry.caller_number
    if enquiry.party_id:
        numbers = PartyNumber.objects.filter(party=enquiry.party_id).order_by("pk")
        yield from numbers.values_list("number", flat=True)[:1]
