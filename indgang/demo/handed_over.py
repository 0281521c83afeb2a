"""Hand-overs of the demo: a few that wait for David when a visitor arrives, and those of the living day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.catalogue.models import Purpose, Service, Unit
from indgang.core.clock import day_of
from indgang.enquiries import registration, return_calls
from indgang.enquiries.models import Channel, Character, Enquiry, Outcome
from indgang.enquiries.registration import QuestionData, TypedTimes
from indgang.entry.models import Queue
from indgang.handover import recipients, sending, suggestions, work
from indgang.handover.card import Card
from indgang.handover.models import Handover
from indgang.handover.recipients import Recipient
from indgang.workforce.models import Group

#: the living day hands nothing more to a unit with so many open; its callers are called back instead
MOST_OPEN = 12
_UNIT = "ctb-byliv"
Kind = Handover.Kind


@dataclass(frozen=True, slots=True)
class DemoHandover:
    """One hand-over from Anna; `to` is "david", "group" or "unit", `then` what has happened to it."""

    kind: str
    to: str
    name: str
    number: str
    question: str
    expected: str
    told: str = ""
    then: str = ""


_HANDED_OVER = (
    DemoHandover(
        Kind.TASK, "david", "Bageriet Kornblomst", "+4599990101",
        "Må bageriet have en bod på pladsen hele weekenden, når tilladelsen kun nævner lørdag?",
        "Svar, om søndagen kan komme med, og hvad det koster.",
        "Reglerne for pladsen er gennemgået. Ansøgningen er sendt i januar.",
    ),
    DemoHandover(
        Kind.CALLBACK, "david", "Cykelklubben Medvind", "+4599990204",
        "Hvor mange vagter kræver I ved cykelløbet, og skal de have veste?", "Ring, og gå listen igennem.",
    ),
    DemoHandover(
        Kind.MESSAGE, "group", "Kulturhuset Lygten", "+4599990317",
        "Koncerten er flyttet fra kl. 20 til kl. 19. Skal tilladelsen ændres?",
        "Ret tiden, eller skriv, hvad de skal gøre.",
        then="accept",
    ),
    DemoHandover(
        Kind.TASK, "unit", "Café Havnelyst", "+4599990422",
        "De vil have ti borde mere ud til sommer. Kan de udvide den gamle tilladelse?",
        "Svar med de regler, der gælder i år.",
    ),
    DemoHandover(
        Kind.TASK, "david", "Loppetorvet på Plænen", "+4599990538",
        "Må de lægge kabler over cykelstien til boderne?", "Svar ja eller nej, med reglen.", then="return",
    ),
)  # fmt: skip

#: asked and answered in the past, a few days apart
_ANSWERED = (
    "Hvornår skal ansøgningen om gadefesten være inde?", "Må vi grille på pladsen foran butikken?",
    "Hvem rydder op efter markedet?", "Skal vi have vagter til en koncert med 200 gæster?",
    "Hvad koster det at låne kommunens skraldespande?", "Kan vi flytte loppemarkedet til søndag?",
    "Må festteltet stå natten over?", "Skal naboerne have besked om musikken?",
)  # fmt: skip
_DAYS_APART = 3


def seed(units: Mapping[str, Unit], people: Mapping[str, Person], *, at: datetime) -> None:
    """Hand over a few questions, if nothing was ever handed over."""
    if Handover.objects.exists():
        return
    for each in _HANDED_OVER:
        enquiry = _enquiry(each, people["anna"], at)
        sent = _send(each, enquiry, _recipient(each, units[_UNIT], people["david"], at), by=people["anna"], at=at)
        _register(enquiry, sent, by=people["anna"], at=at)
        _go_on(each, sent, people["david"], at)


def answer_past(units: Mapping[str, Unit], people: Mapping[str, Person], *, until: datetime) -> int:
    """Questions of the past weeks that Anna sent and David has answered. Returns how many."""
    anna, david = people["anna"], people["david"]
    for number, text in enumerate(_ANSWERED, start=1):
        at = until - timedelta(days=_DAYS_APART * number, hours=1)
        at -= timedelta(days=max(at.weekday() - 4, 0))  # to the Friday before
        each = DemoHandover(Kind.MESSAGE, "david", "Gårdlauget Solsiden", f"+459999061{number}", text, "Ring, og svar.")
        enquiry = _enquiry(each, anna, at)
        sent = _send(each, enquiry, _recipient(each, units[_UNIT], david, at), by=anna, at=at)
        _register(enquiry, sent, by=anna, at=at)
        work.close(sent, outcome=Handover.Outcome.ANSWERED, by=david, at=at + timedelta(hours=5))
    return len(_ANSWERED)


def _enquiry(each: DemoHandover, by: Person, at: datetime) -> Enquiry:
    centre = Queue.objects.select_related("centre").get(code="tmf-byliv").centre
    return registration.walk_in(channel=Channel.DIRECT, by=by, at=at, centre=centre, number=each.number, name=each.name)


def _recipient(each: DemoHandover, unit: Unit, david: Person, at: datetime) -> Recipient:
    if each.to == "david":
        return recipients.of_person(david, day_of(at))
    group = Group.objects.filter(unit=unit).first() if each.to == "group" else None
    return Recipient(unit, group=group)


def _send(each: DemoHandover, enquiry: Enquiry, to: Recipient, *, by: Person, at: datetime) -> Handover:
    service = Service.objects.get(code="arrangement")
    is_call = each.kind == Kind.CALLBACK
    found = suggestions.of_calls(enquiry.centre, service, at) if is_call else suggestions.of_answers(enquiry.centre, at)
    card = Card(
        question=each.question, expected=each.expected, told=each.told, contact_name=each.name,
        contact_number=each.number, consent=True,
    )  # fmt: skip
    return sending.send(enquiry, kind=each.kind, to=to, card=card, service=service, promise=found[0].time, by=by, at=at)


def _register(enquiry: Enquiry, sent: Handover, *, by: Person, at: datetime) -> None:
    outcome = Outcome.CALLBACK if sent.kind == Kind.CALLBACK else Outcome.MESSAGE
    assert sent.service is not None
    question = QuestionData(
        service=sent.service, purpose=Purpose.objects.get(code="vejledning"), character=Character.CASE_SPECIFIC,
        outcome=outcome, note=sent.question,
    )  # fmt: skip
    times = TypedTimes(at - timedelta(minutes=5), 4.0)
    registration.register(enquiry, questions=[question], by=by, at=at, times=times, handed_over=[outcome])


def _go_on(each: DemoHandover, sent: Handover, david: Person, at: datetime) -> None:
    if each.then == "accept":
        work.accept(sent, by=david, at=at)
    elif each.then == "return":
        work.give_back(
            sent, why=Handover.Return.LACKS_INFORMATION, note="Hvilken cykelsti, og hvor mange boder?", by=david, at=at
        )


def hand_over(enquiry: Enquiry, service: Service, question: str, *, by: Person, at: datetime) -> Handover | None:
    """A question of the living day for the second level, as a task; None where the unit has enough, or has nobody."""
    unit = service.unit
    if unit is None or unit.code != _UNIT or Handover.objects.unsettled().filter(unit=unit).count() >= MOST_OPEN:
        return None
    card = Card(question=question, expected="Svar den, der ringede.", contact_number=return_calls.number_of(enquiry))
    promise = suggestions.of_answers(enquiry.centre, at)[-1].time
    return sending.send(
        enquiry, kind=Kind.TASK, to=Recipient(unit), card=card, service=service, promise=promise, by=by, at=at
    )
