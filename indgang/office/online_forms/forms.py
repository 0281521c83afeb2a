"""Forms of the editor: a new online form, its texts, and one field of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Purpose, Unit
from indgang.core import clock, text
from indgang.correspondence.forms import words
from indgang.correspondence.forms.definition import (
    BUTTON_NAMES,
    DECIDING,
    LONGEST_CODE,
    NO,
    WITH_OPTIONS,
    YES,
    FieldCondition,
    FieldKind,
    FieldOption,
    FormDefinition,
    FormField,
    FormSection,
)
from indgang.correspondence.forms.versions import LONGEST, MOST_SAVED_DAYS, TEXTS
from indgang.correspondence.models import FormVersion, Mailbox, OnlineForm
from indgang.entry.models import Queue
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer
from indgang.ui.revision import Revised


class NewForm(forms.Form):
    """What a new form is for and where it goes."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Navn på engelsk"), max_length=120, required=False)
    code = forms.SlugField(
        label=gettext_lazy("Adresse på hjemmesiden"), max_length=60,
        help_text=gettext_lazy("Små bogstaver a-z, tal og bindestreg. Formularen får adressen /formular/…/."),
    )  # fmt: skip
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=gettext_lazy("Ærinde"), empty_label=gettext_lazy("Vælg et ærinde")
    )
    unit = UnitChoice(Unit.objects.none(), label=gettext_lazy("Enhed"), empty_label=gettext_lazy("Vælg en enhed"))
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=gettext_lazy("Kø"), empty_label=gettext_lazy("Vælg en kø"),
        help_text=gettext_lazy("Her venter det, der bliver sendt, på svar."),
    )  # fmt: skip
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.none(), label=gettext_lazy("Svar sendes fra"), required=False,
        empty_label=gettext_lazy("Ingen postkasse: svar står kun på hjemmesiden"),
    )  # fmt: skip

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        offer(self, "unit", units.order_by("path"))
        offer(self, "purpose", Purpose.objects.valid_on(today))
        offer(self, "queue", written_queues())
        offer(self, "mailbox", Mailbox.objects.for_mail().valid_on(today))


class SettingsForm(Revised, NewForm):
    """What the form is called, what it is for, and where what is sent waits. Its address never changes."""

    code = None  # type: ignore[assignment]  # links and bookmarks lead to it
    saved_days = forms.IntegerField(
        label=gettext_lazy("Dage, svar gemmes, før de er sendt"), min_value=1, max_value=MOST_SAVED_DAYS
    )

    def __init__(self, *args: Any, row: OnlineForm, units: Any, **kwargs: Any) -> None:
        names = ("name", "name_en", "purpose", "unit", "queue", "mailbox", "saved_days")
        super().__init__(*args, units=units, initial={name: getattr(row, name) for name in names}, **kwargs)
        today = clock.today()
        offer(self, "purpose", Purpose.objects.filter(Q(pk=row.purpose_id) | Q(pk__in=Purpose.objects.valid_on(today))))
        offer(self, "queue", Queue.objects.filter(Q(pk=row.queue_id) | Q(pk__in=written_queues())).order_by("name"))
        boxes = Mailbox.objects.for_mail()
        offer(self, "mailbox", boxes.filter(Q(pk=row.mailbox_id) | Q(pk__in=boxes.valid_on(today))))


class SectionForm(forms.Form):
    """The title of a section of a draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Overskrift på engelsk"), max_length=120, required=False)


def written_queues() -> Any:
    """The queues that forms can be put into."""
    return Queue.objects.valid_on(clock.today()).filter(work=Queue.Work.WRITTEN).order_by("name")


class TextsForm(forms.Form):
    """The texts of a draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    intro = forms.CharField(label=gettext_lazy("Indledning"), required=False)
    privacy = forms.CharField(
        label=gettext_lazy("Persondata"), required=False,
        help_text=gettext_lazy("Hvorfor der spørges, og hvem der ser svarene. Sletningen står der af sig selv."),
    )  # fmt: skip
    receipt = forms.CharField(
        label=gettext_lazy("På kvitteringen"), required=False,
        help_text=gettext_lazy("Hvad der sker nu, og hvornår man får svar."),
    )  # fmt: skip
    intro_en = forms.CharField(label=gettext_lazy("Indledning på engelsk"), required=False)
    privacy_en = forms.CharField(label=gettext_lazy("Persondata på engelsk"), required=False)
    receipt_en = forms.CharField(label=gettext_lazy("På kvitteringen på engelsk"), required=False)

    def __init__(self, *args: Any, version: FormVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(version, name) for name in (*TEXTS, "revision")}
        for name in TEXTS:
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3})
            self.fields[name].max_length = LONGEST  # type: ignore[attr-defined]  # it is a CharField


class FieldForm(forms.Form):
    """One field: its section, what it asks, and when."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    section = forms.ChoiceField(label=gettext_lazy("Afsnit"), required=False)
    new_section = forms.CharField(
        label=gettext_lazy("Nyt afsnit"), max_length=120, required=False,
        help_text=gettext_lazy("Skriv en overskrift for at lægge feltet i et nyt afsnit til sidst."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Slags"), choices=[(kind.value, name) for kind, name in words.KINDS.items()]
    )
    label = forms.CharField(label=gettext_lazy("Spørgsmål"), max_length=300)
    label_en = forms.CharField(label=gettext_lazy("Spørgsmål på engelsk"), max_length=300, required=False)
    help = forms.CharField(label=gettext_lazy("Hjælp"), max_length=600, required=False)
    help_en = forms.CharField(label=gettext_lazy("Hjælp på engelsk"), max_length=600, required=False)
    required = forms.BooleanField(label=gettext_lazy("Skal udfyldes"), required=False)
    options = forms.CharField(
        label=gettext_lazy("Svar at vælge imellem"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Ét på hver linje. Engelsk efter en lodret streg: En sag | A case."),
    )  # fmt: skip
    least = forms.IntegerField(label=gettext_lazy("Mindste tal"), required=False)
    most = forms.IntegerField(
        label=gettext_lazy("Højst"), required=False,
        help_text=gettext_lazy("Det største tal, antal tegn eller antal filer. Tom: det sædvanlige."),
    )  # fmt: skip
    when = forms.MultipleChoiceField(
        label=gettext_lazy("Vises kun ved et af disse svar"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Vælges svar fra flere spørgsmål, skal der passe et fra hvert. Ingen: vises altid."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, definition: FormDefinition, field: FormField | None, revision: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.field = definition, field
        titles = [(str(place), section.title) for place, section in enumerate(definition.sections)]
        offer(self, "section", [*titles] or [("", _("Ingen endnu"))])
        offer(self, "when", _answers_before(definition, field))
        self.initial = {"revision": revision} | (_initial(definition, field) if field else {})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.definition.sections and not data.get("new_section"):
            self.add_error("new_section", _("Skriv en overskrift til det første afsnit."))
        if data.get("kind") in WITH_OPTIONS and not data.get("options", "").strip():
            self.add_error("options", _("Skriv de svar, der kan vælges imellem, ét på hver linje."))
        return data

    def changed(self) -> FormDefinition:
        """The definition with the field as it was typed."""
        data = self.cleaned_data
        made = self._made(data)
        sections = list(self.definition.sections)
        if data["new_section"].strip():
            place = len(sections)
            sections.append(FormSection(data["new_section"].strip()))
        else:
            place = int(data["section"] or 0)
        return FormDefinition(tuple(_with(section, made, number == place) for number, section in enumerate(sections)))

    def _made(self, data: dict[str, Any]) -> FormField:
        kind = FieldKind(data["kind"])
        taken = {each.code for each in self.definition.fields}
        texts = {name: data[name].strip() for name in ("label", "label_en", "help", "help_en")}
        return FormField(
            code=self.field.code if self.field else _free(data["label"], taken, "felt"), kind=kind,
            required=data["required"], least=data["least"], most=data["most"], when=_conditions(data["when"]),
            options=_options(data["options"], self.field) if kind in WITH_OPTIONS else (), **texts,
        )  # fmt: skip


def _with(section: FormSection, made: FormField, is_its: bool) -> FormSection:
    """The section with the field in place of the one with the same code, at its end, or without it."""
    there = any(each.code == made.code for each in section.fields)
    if is_its and there:
        fields = tuple(made if each.code == made.code else each for each in section.fields)
    else:
        fields = tuple(each for each in section.fields if each.code != made.code) + ((made,) if is_its else ())
    return FormSection(section.title, section.title_en, fields)


def _initial(definition: FormDefinition, field: FormField) -> dict[str, Any]:
    place = next(number for number, each in enumerate(definition.sections) if field in each.fields)
    lines = [f"{each.label} | {each.label_en}" if each.label_en else each.label for each in field.options]
    names = ("label", "label_en", "help", "help_en", "required", "least", "most")
    return {name: getattr(field, name) for name in names} | {
        "section": str(place), "kind": field.kind.value, "options": "\n".join(lines),
        "when": [f"{each.field}={value}" for each in field.when for value in each.values],
    }  # fmt: skip


def _answers_before(definition: FormDefinition, field: FormField | None) -> list[tuple[str, str]]:
    """Every answer to the fields before this one that others may depend on."""
    found: list[tuple[str, str]] = []
    for each in definition.fields:
        if field is not None and each.code == field.code:
            break
        if each.kind in DECIDING:
            known = {YES: _("Ja"), NO: _("Nej")} | {option.code: option.label for option in each.options}
            found += [(f"{each.code}={value}", f"{each.label} – {known[value]}") for value in each.answers]
    return found


def _conditions(chosen: list[str]) -> tuple[FieldCondition, ...]:
    values: dict[str, list[str]] = {}
    for each in chosen:
        code, _sign, value = each.partition("=")
        values.setdefault(code, []).append(value)
    return tuple(FieldCondition(code, tuple(found)) for code, found in values.items())


def _options(lines: str, field: FormField | None) -> tuple[FieldOption, ...]:
    """The answers, one on each line; one that was there keeps its code, so that conditions still mean it."""
    codes = {option.label: option.code for option in (field.options if field else ())}
    found: list[FieldOption] = []
    for line in filter(None, (each.strip() for each in lines.splitlines())):
        label, _sign, english = (part.strip() for part in line.partition("|"))
        code = codes.get(label) or _free(label, {*codes.values(), *(option.code for option in found)}, "svar")
        found.append(FieldOption(code, label, english))
    return tuple(found)


def _free(words_: str, taken: set[str], otherwise: str) -> str:
    """A code from the words that is not taken."""
    base = text.slug(words_, LONGEST_CODE - 4) or otherwise
    taken = taken | BUTTON_NAMES
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 500))) if name not in taken)
