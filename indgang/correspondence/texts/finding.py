"""Which reply texts somebody can use in a written enquiry, the most used first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from indgang.accounts.access import of_centres, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit, in_force
from indgang.core.text import sort_key
from indgang.correspondence.models import ReplyText, Thread
from indgang.correspondence.texts import values
from indgang.enquiries.models import Channel
from indgang.entry.models import QueueMembership

#: days over which uses are counted
COUNTED = timedelta(days=90)
_FLAGS = {Channel.CHAT: "in_chats", Channel.SMS: "in_sms"}


def used(on: date) -> QuerySet[ReplyText]:
    """All texts with `uses`, how often each was inserted in the last months."""
    recent = Q(text_uses__day__gt=on - COUNTED, text_uses__day__lte=on)
    rows = ReplyText.objects.annotate(uses=Coalesce(Sum("text_uses__count", filter=recent), 0))
    found: QuerySet[ReplyText] = rows.select_related("person", "queue__centre", "unit")
    return found


def for_thread(thread: Thread, *, by: Person, on: date) -> list[ReplyText]:
    """The texts for this enquiry and its channel: one's own, those of the queue and of the queues that one serves, and
    those of the units above and below the centre. Texts in the language of the contact come first, then the most
    used."""
    rows = used(on).filter(_mine(by, on) | Q(queue=thread.queue) & Q(queue__isnull=False) | _of_units(thread))
    valid = in_force(on)
    rows = rows.filter(valid, **{_FLAGS.get(Channel(thread.channel), "in_mails"): True})
    return sorted(rows, key=lambda each: (each.language != thread.language, -_uses(each), sort_key(each.title)))


def by_code(texts: Iterable[ReplyText], code: str, language: str) -> ReplyText | None:
    """The text that `/code` means: in the language of the contact, and the nearest of several."""
    named = [each for each in texts if each.code == code.lower()]
    return min(named, key=lambda each: (each.language != language, *_distance(each)), default=None)


def matching(texts: Iterable[ReplyText], asked: str) -> list[ReplyText]:
    """The texts that have all the words somewhere; a code that is typed whole comes first."""
    words = asked.lower().lstrip("/").split()
    found = [each for each in texts if all(word in _searched(each) for word in words)]
    return sorted(found, key=lambda each: words != [each.code])


def own(person: Person, on: date) -> list[ReplyText]:
    """The person's own texts, those out of use last."""
    rows = used(on).filter(person=person)
    return sorted(rows, key=lambda each: (each.valid_to is not None and each.valid_to <= on, sort_key(each.title)))


def kept_by(person: Person, on: date) -> QuerySet[ReplyText]:
    """The texts of teams and units that the person may change."""
    teams = of_centres(person, Permission.LEAD_TEAM, "queue__centre__")
    found: QuerySet[ReplyText] = used(on).filter(
        teams | Q(unit__in=units_of(person, Permission.EDIT_KNOWLEDGE)), person=None
    )
    return found.order_by("unit__path", "queue__name", "title")


def _mine(person: Person, on: date) -> Q:
    serving = QueueMembership.objects.serving_on(on).filter(person=person)
    return Q(person=person) | Q(queue__in=serving.order_by().values("queue"))


def _of_units(thread: Thread) -> Q:
    """The texts of the units above and below the centre's."""
    centre = values.centre_of(thread)
    if centre is None:
        return Q(pk__in=())
    return Q(unit__path__startswith=centre.owner.path) | Q(unit__path__in=_above(centre.owner))


def _above(unit: Unit) -> list[str]:
    codes = unit.path.rstrip("/").split("/")
    return ["".join(f"{code}/" for code in codes[:number]) for number in range(1, len(codes))]


def _distance(text: ReplyText) -> tuple[int, int]:
    if text.person_id is not None:
        return (0, 0)
    return (1, 0) if text.unit is None else (2, -text.unit.path.count("/"))


def _uses(text: ReplyText) -> int:
    counted: int = vars(text)["uses"]
    return counted


def _searched(text: ReplyText) -> str:
    return f"{text.title} {text.code} {text.body}".lower()
