"""The content of the page Min dag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.accounts.people import entries_that_fit
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.desk.forms import OwnEntryForm
from indgang.feedback import own_results
from indgang.feedback.models import Questionnaire
from indgang.feedback.own_results import OwnIndex
from indgang.workforce import day_words, free_busy_words, own_day, window_words
from indgang.workforce.calendars import free_busy, graph
from indgang.workforce.day_line import DayKind
from indgang.workforce.models import CalendarFeed, DayNote, FreeBusy, PromisedWindow


@dataclass(frozen=True, slots=True)
class ShownNote:
    """One note: what, when, and whether it is now."""

    pk: int
    kind: str | Promise
    time: str
    is_now: bool
    can_be_asked: bool
    by_other: str
    #: what the calendar says of working elsewhere comes again at its next reading
    may_be_removed: bool


@dataclass(frozen=True, slots=True)
class ShownWindow:
    """A time at which colleagues expect to reach the person."""

    time: str
    about: str
    is_back_up: bool


_SHORTCUTS: tuple[tuple[DayKind, int, str | Promise], ...] = (
    (DayKind.MEETING, 30, _("Møde ½ time")),
    (DayKind.MEETING, 60, _("Møde 1 time")),
    (DayKind.AWAY, 30, _("Frokost ½ time")),
    (DayKind.AWAY, 0, _("Væk resten af dagen")),
    (DayKind.OFF, 0, _("Går hjem")),
    (DayKind.SICK, 0, _("Syg i dag")),
    (DayKind.HOME, 0, _("Arbejder hjemme")),
)


def _shown_window(row: PromisedWindow) -> ShownWindow:
    about = row.service.name if row.service else row.agreement.unit.name
    return ShownWindow(window_words.week(row), about, row.is_back_up)


class OwnDay:
    """A person's notes that are not over, and the windows in which colleagues expect to reach them."""

    def __init__(self, person: Person, at: datetime) -> None:
        self._person, self._at = person, at

    @cached_property
    def notes(self) -> list[ShownNote]:
        rows = own_day.lasting_after(self._at).filter(person=self._person).order_by("starts_at")
        return [self._shown(row) for row in rows]

    @cached_property
    def now(self) -> ShownNote | None:
        """The note of this moment; while somebody at home is in a meeting, the meeting."""
        current = [note for note in self.notes if note.is_now]
        return min(current, key=lambda note: note.can_be_asked, default=None)

    @property
    def entry(self) -> DirectoryEntry | None:
        """The person's own entry in the directory."""
        return self._person.entry

    @property
    def is_entry_due(self) -> bool:
        """Whether nobody has said for long that the entry is right."""
        entry, today = self._person.entry, day_of(self._at)
        if entry is None:
            return False
        since = directory.due_day(today, settings.DIRECTORY_VERIFY_DAYS)
        return directory.not_verified_since(since, on=today).filter(pk=entry.pk).exists()

    @cached_property
    def entry_form(self) -> OwnEntryForm | None:
        """The choice of an entry; None for somebody who has one, and where none fits."""
        if self._person.entry is not None or not entries_that_fit(self._person, day_of(self._at)).exists():
            return None
        return OwnEntryForm(person=self._person)

    @cached_property
    def answers(self) -> list[OwnIndex]:
        """What people have answered about the person's own conversations; empty where nobody is asked."""
        return own_results.of(self._person, self._at) if Questionnaire.objects.exists() else []

    @property
    def can_be_asked(self) -> bool:
        return self.now is None or self.now.can_be_asked

    @property
    def shortcuts(self) -> list[tuple[str, int, str | Promise]]:
        """The buttons: kind, minutes (0: the rest of the day) and text."""
        return [(kind, minutes, text) for kind, minutes, text in _SHORTCUTS]

    @cached_property
    def calendar(self) -> CalendarFeed | None:
        return CalendarFeed.objects.filter(person=self._person).first()

    @property
    def calendar_words(self) -> str:
        """How the calendar is: waits for its first reading, read, or what is wrong and what holds meanwhile."""
        return day_words.of_calendar(self.calendar, self._at) if self.calendar else ""

    @property
    def may_connect(self) -> bool:
        return bool(settings.CALENDAR_ADDRESSES)

    @property
    def has_microsoft(self) -> bool:
        """Whether the person's times can be read from Microsoft 365."""
        return graph.application() is not None and bool(self._person.email)

    @cached_property
    def is_asked(self) -> bool:
        return free_busy.is_on_for(self._person, self._at)

    @property
    def microsoft_words(self) -> str:
        row = FreeBusy.objects.filter(person=self._person).first()
        return free_busy_words.of_row(row, self._at) if self.is_asked else gettext("Den læses ikke.")

    @cached_property
    def windows(self) -> list[ShownWindow]:
        return [_shown_window(row) for row in own_day.windows_of(self._person, self._at)]

    def _shown(self, row: DayNote) -> ShownNote:
        kind, during = DayKind(row.kind), TimeRange(row.starts_at, row.ends_at)
        other = row.noted_by if row.source == DayNote.Source.LEADER else ""
        time = day_words.of_time(during, self._at)
        may_be_removed = row.source != DayNote.Source.CALENDAR or kind is not DayKind.HOME
        return ShownNote(
            row.pk, day_words.KINDS[kind], time, self._at in during, kind.can_be_asked, other, may_be_removed
        )
