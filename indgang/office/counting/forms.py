"""Forms of counting weeks: the set-up, a purpose, who counts, a filled sheet, and one tap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.analysis.counting import rights
from indgang.analysis.counting.models import CountedChannel, CountedPurpose, CountingWeek
from indgang.analysis.counting.tallying import CountedTap
from indgang.catalogue.models import CaseTopic, Purpose, Service, Unit
from indgang.enquiries.models import Character
from indgang.office.access import colleagues, units_for
from indgang.office.counting import access
from indgang.tables.reading import MOST_BYTES
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

#: taps that a telephone sends at once
MOST_TAPS = 500
_FIRST = {"first": True, "direct": False}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _topic() -> forms.ChoiceField:
    """Asked for by the rules of YDS alone."""
    return forms.ChoiceField(
        label=_("Er emnet sagsbehandling?"), choices=[("", _("Ikke bestemt")), *CaseTopic.choices], required=False,
        help_text=_("Bruges kun af regler, der spørger om emnet, som YDS' gør."),
    )  # fmt: skip


class CountingWeekForm(Revised, forms.Form):
    """The set-up of a week."""

    title = forms.CharField(label=_("Titel"), max_length=200, help_text=_("For eksempel: Uge 3, byggesager."))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Enhed"), empty_label=_("Vælg"))
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Ydelse"), required=False, empty_label=_("Alle"),
        help_text=_("Med en ydelse tælles dens egne ærinder, ellers de ni tværgående."),
    )  # fmt: skip
    starts_on = DayField(label=_("Første dag"), widget=_day())
    ends_on = DayField(label=_("Sidste dag"), widget=_day())
    days_a_year = forms.IntegerField(
        label=_("Arbejdsdage på et år"), min_value=1, max_value=366, initial=250,
        help_text=_("Gennemsnittet af en dag ganges med dem."),
    )  # fmt: skip
    rounds_to = forms.IntegerField(
        label=_("Året rundes af til nærmeste"), min_value=1, max_value=1000, initial=50
    )  # fmt: skip
    asks_channel = forms.BooleanField(label=_("Kanal"), required=False, initial=True)
    asks_character = forms.BooleanField(label=_("Generel eller sagsspecifik"), required=False, initial=True)
    asks_minutes = forms.BooleanField(label=_("Minutter"), required=False, initial=True)
    asks_outcome = forms.BooleanField(label=_("Afklaret med det samme"), required=False, initial=True)
    asks_digital = forms.BooleanField(label=_("Burde kunne løses digitalt"), required=False, initial=True)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, week: CountingWeek | None = None
    ) -> None:
        stored = {name: getattr(week, name) for name in self.base_fields} if week else None
        super().__init__(data, initial=stored)
        self.pk = week.pk if week else None
        offer(self, "unit", units_for(person, rights.SET_UP))
        offer(self, "service", access.services_to_count(person))


class CountedPurposeForm(forms.Form):
    """A button of the tally."""

    name = forms.CharField(label=_("Jeres eget navn for ærindet"), max_length=200)
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("Tværgående ærinde"), required=False, empty_label=_("Ikke bestemt")
    )  # fmt: skip
    topic = _topic()

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "purpose", access.purposes())

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class MappedPurposeForm(Revised, forms.Form):
    """The cross-cutting purpose of a wording, and whether it is case processing."""

    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("Tværgående ærinde"), required=False, empty_label=_("Ikke bestemt")
    )  # fmt: skip
    topic = _topic()

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: CountedPurpose) -> None:
        super().__init__(data, initial={"purpose": stored.purpose, "topic": stored.topic})
        offer(self, "purpose", access.purposes())


class CountingPersonForm(forms.Form):
    """Who counts, and where their enquiries come in."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Kollega"), empty_label=_("Vælg"))
    level = forms.ChoiceField(
        label=_("Henvendelserne kommer"), required=False,
        choices=[("", _("Som i enheden")), ("first", _("Til 1. level")), ("direct", _("Direkte til sagsbehandlere"))],
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "person", colleagues())

    @property
    def is_first_level(self) -> bool | None:
        return _FIRST.get(self.cleaned_data["level"])


class CountingLevelForm(forms.Form):
    """Where the enquiries of somebody who counts come in."""

    level = forms.ChoiceField(choices=[("first", "first"), ("direct", "direct")])

    @property
    def is_first_level(self) -> bool:
        return _FIRST[self.cleaned_data["level"]]


class CountingSheetForm(forms.Form):
    """A filled sheet, and whose it is."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Hvem har talt?"), empty_label=_("Vælg"))
    table = forms.FileField(label=_("Fil"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: Any = None, *, week: CountingWeek
    ) -> None:  # fmt: skip
        super().__init__(data, files)
        offer(self, "person", colleagues().filter(pk__in=week.people.values("person")))

    def clean_table(self) -> bytes:
        file = self.cleaned_data["table"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("Filen er for stor."))
        return bytes(file.read())


class TallyForm(forms.Form):
    """One tap of the page without its script; `purpose` is the button that was pressed. Character and outcome begin as
    not known: whoever does not choose says nothing about them."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    purpose = forms.IntegerField(min_value=1, max_value=2**62)
    channel = forms.ChoiceField(
        label=_("Kanal"), choices=CountedChannel.choices, widget=forms.RadioSelect, initial=CountedChannel.PHONE
    )  # fmt: skip
    character = forms.ChoiceField(
        label=_("Karakter"), choices=[*Character.choices, ("", _("Ved ikke"))], widget=forms.RadioSelect,
        required=False, initial="",
    )  # fmt: skip
    is_resolved = forms.ChoiceField(
        label=_("Afklaret med det samme"), required=False, widget=forms.RadioSelect, initial="",
        choices=[("yes", _("Ja")), ("no", _("Nej, stillet videre")), ("", _("Ved ikke"))],
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutter"), required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )  # fmt: skip
    should_be_digital = forms.BooleanField(label=_("Burde kunne løses digitalt"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, week: CountingWeek, **rest: Any) -> None:
        super().__init__(data, **rest)
        asked = week.asked(channel="channel", character="character", minutes="minutes", is_resolved="is_resolved",
                           should_be_digital="should_be_digital")  # fmt: skip
        for name in ("channel", "character", "is_resolved", "minutes", "should_be_digital"):
            if name not in asked:
                del self.fields[name]

    def tap(self, at: datetime) -> CountedTap:
        said = self.cleaned_data
        resolved = said.get("is_resolved")
        return CountedTap(
            said["key"], at, said["purpose"], said.get("channel", ""), said.get("character", ""), said.get("minutes"),
            resolved == "yes" if resolved else None, said.get("should_be_digital"),
        )  # fmt: skip


class SentForm(forms.Form):
    """What the script of a page sends: `person` is whose page it is."""

    person = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def is_of(self, person: Person) -> bool:
        return self.cleaned_data["person"] in (None, person.pk)


class TapsForm(SentForm):
    """The taps that a telephone has kept, as JSON; `unreadable` are the keys of those that no page sends."""

    taps = forms.CharField(max_length=MOST_TAPS * 400)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.unreadable: list[str] = []

    def clean_taps(self) -> list[CountedTap]:
        try:
            found = json.loads(self.cleaned_data["taps"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("Kan ikke læses.")) from error
        if not isinstance(found, list):
            raise forms.ValidationError(_("Kan ikke læses."))
        return [tap for each in found[:MOST_TAPS] if (tap := self._read(each))]

    def _read(self, said: Any) -> CountedTap | None:
        """The tap; None when it cannot be read, so that the others count all the same."""
        try:
            return _tap(said)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            self.unreadable.append(str(said.get("key", ""))[:40] if isinstance(said, dict) else "")
            return None


class TapKeyForm(SentForm):
    key = forms.UUIDField()


def _tap(said: Mapping[str, Any]) -> CountedTap:
    """Raises ValueError, TypeError or KeyError for what no page sends."""
    at, minutes = parse_datetime(said["at"]), said.get("minutes")
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2200:
        raise ValueError(said["at"])
    channel, character = said.get("channel", ""), said.get("character", "")
    if channel not in ("", *CountedChannel.values) or character not in ("", *Character.values):
        raise ValueError("an unknown mark")
    marks = [said.get("is_resolved"), said.get("should_be_digital")]
    if not all(mark is None or isinstance(mark, bool) for mark in marks) or isinstance(said["purpose"], bool):
        raise ValueError("a mark is yes or no")
    return CountedTap(UUID(said["key"]), at, int(said["purpose"]), channel, character, _whole(minutes), *marks)


def _whole(minutes: Any) -> int | None:
    if minutes is not None and (isinstance(minutes, bool) or not isinstance(minutes, int)):
        raise ValueError("minutes are whole")
    return minutes
