"""Forms of the catalogue: units, centres, services, purposes, opening hours and the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import (
    CaseTopic,
    ContactCentre,
    DirectoryEntry,
    LocalPurpose,
    Purpose,
    Schedule,
    Service,
    Unit,
)
from indgang.catalogue.offering import LocalLine
from indgang.core import clock, hours_text
from indgang.core.refusals import RefusedChange
from indgang.core.text import is_code
from indgang.entry.models import EntryPoint, FormerNumber, Queue
from indgang.entry.models.former_numbers import LEADS_TO
from indgang.office.unit_choice import UnitChoice
from indgang.tables.columns import BadValue, ByName
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.refusals import show_refusal
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def carry_out(form: forms.Form, action: Callable[..., Any], **more: Any) -> bool:
    """Call the action with the form's data and turn a refusal into field errors. Returns whether it succeeded."""
    if not form.is_valid():
        return False
    try:
        action(**form.cleaned_data, **more)
    except RefusedChange as refused:
        show_refusal(form, refused)
        return False
    return True


class HoursField(forms.CharField):
    """Open spans as people write them (see `core.hours_text`); empty is closed. Gives a list of pairs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def clean(self, value: Any) -> list[tuple[time, time]]:
        try:
            return hours_text.read(super().clean(value))
        except hours_text.OverMidnight as error:
            said = gettext("“%(text)s” går over midnat. Skriv %(today)s her og %(tomorrow)s ved dagen efter.")
            words = {"text": error.part, "today": error.today, "tomorrow": error.tomorrow}
            raise forms.ValidationError(said % words) from error
        except hours_text.NotHours as error:
            said = gettext(
                "“%(text)s” er ikke et tidsrum. Skriv for eksempel 9-16, 10.00-11.30, 12.30-14.00 eller døgnåbent."
            )
            raise forms.ValidationError(said % {"text": error.part}) from error


def hours_shown(spans: Iterable[tuple[time, time]]) -> str:
    """Spans in the format that `HoursField` reads."""
    spans = list(spans)
    return gettext("døgnåbent") if hours_text.is_all_day(spans) else hours_text.write(spans)


class DatedForm(Revised, forms.Form):
    """A form for something with a period of validity. The end is the first day on which it is no longer valid."""

    valid_from = DayField(label=_("Gælder fra og med"), widget=_DAY)
    valid_to = DayField(label=_("Gælder til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("valid_from"), data.get("valid_to")
        if starts and ends and ends <= starts:
            self.add_error("valid_to", _("Slutdagen skal ligge efter den første dag."))
        return data


class CodedForm(DatedForm):
    """A form for something with a code, which is chosen when it is created and never changes."""

    code = forms.SlugField(label=_("Kode"), max_length=60, help_text=_("Små bogstaver, tal og bindestreg."))

    def __init__(self, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_code(code):
            raise forms.ValidationError(_("En ny kode må kun rumme små bogstaver fra a til z, tal og bindestreg."))
        return code


class UnitForm(CodedForm):
    name = forms.CharField(label=_("Navn"), max_length=200)
    name_en = forms.CharField(label=_("Navn på engelsk"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Slags"), choices=Unit.Kind.choices)
    phone = forms.CharField(label=_("Hovednummer"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    parent = UnitChoice(Unit.objects.none(), label=_("Hører under"))
    field_order = ["parent", "code", "name", "name_en", "kind", "phone", "email", "valid_from", "valid_to"]

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", units.order_by("path"))
        if "code" not in self.fields:
            del self.fields["parent"]


class MoveForm(forms.Form):
    parent = UnitChoice(Unit.objects.none(), label=_("Flyt til"), empty_label=_("Vælg en enhed"))

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "move_%s")
        super().__init__(*args, **kwargs)
        offer(self, "parent", units.order_by("path"))


class CentreForm(CodedForm):
    name = forms.CharField(label=_("Navn"), max_length=200)
    owner = UnitChoice(Unit.objects.none(), label=_("Ejer af opgaven"), help_text=_("Rettigheder følger ejeren."))
    operator = UnitChoice(Unit.objects.all().order_by("path"), label=_("Operatør"))
    site = forms.CharField(label=_("Sted"), max_length=200, required=False)
    schedule = forms.ModelChoiceField(Schedule.objects.none(), label=_("Åbningstid"))
    field_order = ["code", "name", "owner", "operator", "site", "schedule", "valid_from", "valid_to"]

    def __init__(
        self, owners: QuerySet[Unit], schedules: QuerySet[Schedule], *args: Any, own: int | None = None, **kwargs: Any
    ) -> None:
        """`own` is the centre's present schedule: it stays a valid choice, whoever owns it."""
        super().__init__(*args, **kwargs)
        offer(self, "owner", owners.order_by("path"))
        offer(self, "schedule", Schedule.objects.filter(Q(pk__in=schedules) | Q(pk=own or 0)))


class ServiceFilter(forms.Form):
    text = forms.CharField(label=_("Ydelse, søgeord eller enhed"), required=False, max_length=100)
    ended = forms.BooleanField(label=_("Vis også ophørte"), required=False)


class ServiceForm(CodedForm):
    name = forms.CharField(label=_("Navn"), max_length=300)
    name_en = forms.CharField(label=_("Navn på engelsk"), max_length=300, required=False)
    public_name = forms.CharField(
        label=_("Navn på hjemmesiden"),
        max_length=100,
        required=False,
        help_text=_("Det, borgere og virksomheder vil gøre, for eksempel: Grave i vej og fortov."),
    )
    public_name_en = forms.CharField(label=_("Navn på hjemmesiden, engelsk"), max_length=100, required=False)
    situation = forms.ChoiceField(
        label=_("Gruppe på hjemmesiden"), required=False, choices=[("", _("Andre emner")), *Service.Situation.choices]
    )
    unit = UnitChoice(Unit.objects.none(), label=_("Enhed"))
    keywords = forms.CharField(
        label=_("Søgeord"), required=False, help_text=_("De ord, folk bruger, med komma imellem.")
    )
    cases_per_year = forms.IntegerField(label=_("Sager om året"), required=False, min_value=0)
    complexity = forms.ChoiceField(
        label=_("Kompleksitet"),
        required=False,
        choices=[("", _("Ikke vurderet")), ("low", _("Lav")), ("high", _("Høj"))],
    )
    field_order = [
        "code", "name", "name_en", "public_name", "public_name_en", "situation", "unit", "keywords", "cases_per_year",
        "complexity", "valid_from", "valid_to",
    ]  # fmt: skip

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units.order_by("path"))


class LocalPurposesForm(Revised, forms.Form):
    """The local list as lines `wording = purpose`; each line names one of the nine purposes, and may say after a
    semicolon whether it is case processing."""

    lines = forms.CharField(
        label=_("Lokale ærinder"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Én linje for hvert ærinde: ordlyd = tværgående ærinde. Rækkefølgen er den, medarbejderne ser. Skriv "
            "; sagsbehandling, ; måske sagsbehandling eller ; ikke sagsbehandling sidst, hvis regler for "
            "kanalpotentiale skal bruge det."
        ),
    )

    def clean_lines(self) -> list[LocalLine]:
        by_name = {purpose.name.lower(): purpose for purpose in Purpose.objects.valid_on(clock.today())}
        return [self._line(text, by_name) for text in self.cleaned_data["lines"].splitlines() if text.strip()]

    def _line(self, text: str, by_name: dict[str, Purpose]) -> LocalLine:
        name, _equals, counted_as = (part.strip() for part in text.rpartition("="))
        purpose, _semicolon, topic = (part.strip() for part in counted_as.partition(";"))
        topics = {str(each.label).lower(): each.value for each in CaseTopic} | {"": ""}
        if topic.lower() not in topics:
            raise forms.ValidationError(
                gettext("Linjen “%(line)s” kan kun have et af disse efter semikolon: %(names)s.")
                % {"line": text.strip(), "names": ", ".join(each for each in topics if each)}
            )
        found = by_name.get(purpose.lower())
        if not name or found is None:
            raise forms.ValidationError(
                gettext("Linjen “%(line)s” mangler et tværgående ærinde. Skriv = og et af: %(names)s.")
                % {"line": text.strip(), "names": ", ".join(each.name for each in by_name.values())}
            )
        if len(name) > 200:
            raise forms.ValidationError(gettext("Ordlyden må højst være 200 tegn: “%(line)s”.") % {"line": name})
        return LocalLine(name, found, topics[topic.lower()])

    @staticmethod
    def text_of(rows: QuerySet[LocalPurpose]) -> str:
        return "\n".join(
            f"{row.name} = {row.purpose.name}{f'; {row.get_topic_display().lower()}' if row.topic else ''}"
            for row in rows.select_related("purpose")
        )


class PurposeForm(CodedForm):
    name = forms.CharField(label=_("Navn"), max_length=200)
    name_en = forms.CharField(label=_("Navn på engelsk"), max_length=200, required=False)
    order = forms.IntegerField(label=_("Rækkefølge"), min_value=0, max_value=999)
    field_order = ["code", "name", "name_en", "order", "valid_from", "valid_to"]


class ScheduleForm(CodedForm):
    name = forms.CharField(label=_("Navn"), max_length=200)
    closed_on_holidays = forms.BooleanField(label=_("Lukket på helligdage"), required=False, initial=True)
    closed_on_optional_holidays = forms.BooleanField(
        label=_("Lukket grundlovsdag, juleaftensdag og nytårsaftensdag"), required=False, initial=True
    )
    field_order = [
        "code", "name", "closed_on_holidays", "closed_on_optional_holidays", "valid_from", "valid_to",
    ]  # fmt: skip


class NewScheduleForm(ScheduleForm):
    copy_of = forms.ModelChoiceField(
        Schedule.objects.all(), label=_("Begynd med ugen fra"), required=False, empty_label=_("En tom uge")
    )


class PlansField(forms.ChoiceField):
    """What happens to changes planned for later days. The field appears only when there are such changes."""

    def __init__(self) -> None:
        keep = _("Behold dem: det nye gælder, indtil de træder i kraft")
        choices = [("keep", keep), ("drop", _("Fjern dem: det nye gælder indtil videre"))]
        super().__init__(label=_("Planlagte ændringer"), choices=choices, required=False, widget=forms.RadioSelect)


class WeekForm(Revised, forms.Form):
    """The open spans of each weekday, from a day on."""

    UNCOMPARED = ("from_day", "plans")

    from_day = DayField(label=_("Gælder fra og med"), widget=_DAY)
    plans = PlansField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "week_%s")
        super().__init__(*args, **kwargs)
        self.fields["from_day"].initial = clock.today()
        for number, name in WEEKDAYS.items():
            self.fields[str(number)] = HoursField(label=name)

    def week(self) -> dict[int, list[tuple[time, time]]]:
        """The weekdays that were changed on the page; all weekdays when the page does not say what it showed."""
        return {number: self.cleaned_data[str(number)] for number in WEEKDAYS if self._is_changed(str(number))}

    def _is_changed(self, name: str) -> bool:
        shown = self.base_of(name)
        return shown is None or hours_text.read(shown) != self.cleaned_data[name]


class CopyDayForm(forms.Form):
    weekday = forms.TypedChoiceField(label=_("Kopier"), choices=list(WEEKDAYS.items()), coerce=int)
    to = forms.TypedMultipleChoiceField(
        label=_("Til"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    from_day = DayField(label=_("Gælder fra og med"), widget=_DAY)
    plans = PlansField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "copy_%s")
        super().__init__(*args, **kwargs)
        self.fields["from_day"].initial = clock.today()


class ExceptionForm(forms.Form):
    day = DayField(label=_("Dag"), widget=_DAY)
    spans = HoursField(label=_("Åbent"), help_text=_("For eksempel 9-12 eller døgnåbent. Tomt: lukket hele dagen."))
    reason = forms.CharField(label=_("Hvorfor?"), max_length=200)
    replace = forms.BooleanField(label=_("Erstat det, der allerede er skrevet om dagen"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "exception_%s")
        super().__init__(*args, **kwargs)


class ExceptionEndForm(forms.Form):
    day = DayField()


class DirectoryFilter(forms.Form):
    text = forms.CharField(label=_("Navn, nummer, enhed eller emne"), required=False, max_length=100)
    unit = UnitChoice(Unit.objects.order_by("path"), label=_("Enhed"), required=False, empty_label=_("Hele kommunen"))


class RowsField(forms.CharField):
    """Rows of the catalogue by name or code, one a line. Gives a list of rows."""

    def __init__(self, rows: QuerySet[Any], **kwargs: Any) -> None:
        self._rows = rows
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, max_length=4000, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[Any]:
        known = ByName(list(self._rows.all()), lambda row: row.code, lambda row: row.name)
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        try:
            return list(dict.fromkeys(known.find(line) for line in lines))
        except BadValue as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


def rows_text(rows: Iterable[Any]) -> str:
    """Rows in the format that `RowsField` reads."""
    return "\n".join(row.name for row in rows)


class FormerNumberForm(DatedForm):
    """An old number and the one place that it leads to now: an entry point, a queue or a unit, chosen in one list."""

    number = forms.CharField(label=_("Gammelt nummer"), max_length=30)
    name = forms.CharField(label=_("Hvis nummer var det?"), max_length=200)
    place = forms.ChoiceField(label=_("Fører nu til"), required=False)
    text = forms.CharField(
        label=_("Besked"), max_length=300, required=False, help_text=_("Det, den, der ringer, skal vide.")
    )
    field_order = ["number", "name", "place", "text", "valid_from", "valid_to"]

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self._places = {
            "entry_point": {row.pk: row for row in EntryPoint.objects.valid_on(today)},
            "queue": {row.pk: row for row in Queue.objects.valid_on(today).order_by("name")},
            "unit": {row.pk: row for row in units.order_by("path")},
        }
        names = {"entry_point": gettext("Indgange"), "queue": gettext("Køer"), "unit": gettext("Enheder")}
        groups = [
            (names[kind], [(f"{kind}:{pk}", row.name) for pk, row in rows.items()])
            for kind, rows in self._places.items()
        ]
        offer(self, "place", [("", _("Intet sted: kun beskeden")), *groups])

    def clean(self) -> dict[str, Any]:
        """The data with the place as the row of its own kind; the other two kinds are None."""
        data = super().clean()
        kind, _colon, pk = data.pop("place", "").partition(":")
        return data | {each: rows[int(pk)] if each == kind else None for each, rows in self._places.items()}


def values_of_former_number(row: FormerNumber) -> dict[str, Any]:
    """Initial values of `FormerNumberForm`."""
    places = [f"{kind}:{pk}" for kind in LEADS_TO if (pk := getattr(row, f"{kind}_id"))]
    return values_of(row, FormerNumberForm) | {"place": "".join(places)}


class EntryForm(DatedForm):
    name = forms.CharField(label=_("Navn"), max_length=200)
    initials = forms.CharField(label=_("Initialer"), max_length=20, required=False)
    title = forms.CharField(label=_("Titel"), max_length=200, required=False)
    unit = UnitChoice(Unit.objects.none(), label=_("Enhed"))
    phone = forms.CharField(label=_("Telefon"), max_length=30, required=False)
    mobile = forms.CharField(label=_("Mobil"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    responsibilities = forms.CharField(
        label=_("Opgaver"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Bruges, når der søges."),
    )
    knows = forms.CharField(
        label=_("Ved noget om"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Det, kolleger spørger personen om, med egne ord."),
    )
    services = RowsField(
        Service.objects.all(), label=_("Kender ydelserne"), help_text=_("Én ydelse på hver linje: navn eller kode.")
    )
    purposes = RowsField(
        Purpose.objects.all(), label=_("Kender ærinderne"), help_text=_("Ét ærinde på hver linje: navn eller kode.")
    )
    field_order = [
        "name", "initials", "title", "unit", "phone", "mobile", "email", "responsibilities", "knows", "services",
        "purposes", "valid_from", "valid_to",
    ]  # fmt: skip

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units.order_by("path"))


def values_of_entry(entry: DirectoryEntry) -> dict[str, Any]:
    """Initial values of `EntryForm`."""
    linked = {"services": rows_text(entry.services.all()), "purposes": rows_text(entry.purposes.all())}
    return values_of(entry, EntryForm) | linked


def values_of(row: Unit | ContactCentre | Service | Purpose | Schedule | Any, form: type[forms.Form]) -> dict[str, Any]:
    """Initial values of the form for an existing row."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}


def facts_of(form: forms.Form) -> list[tuple[Any, Any]]:
    """The form's labels with their values, for readers who may not change them."""
    return [(field.label, _fact(field, form.initial.get(name))) for name, field in form.fields.items()]


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """The choices without the groups that they may stand in."""
    for value, label in choices:
        yield from _flat(label) if isinstance(label, list | tuple) else [(value, label)]


def _fact(field: forms.Field, value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nej")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return dict(_flat(field.choices)).get(value, value)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return "–" if value in (None, "") else value
