"""Forms for the steps of a flow, built from the annotations of their fields (`routing.flows.steps.Holds`).

Field names are paths with two underscores: `overflow__0__to`. Every list of parts shows its parts and one empty part. A
part whose first field is empty or that is marked as removed is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre
from indgang.core import phone_numbers
from indgang.core.text import slug, whole_number
from indgang.entry.wording.words import KINDS, WORDS, field_words, kind_word
from indgang.routing.flows import KEYS, STEP_KINDS, Holds, marks
from indgang.routing.flows.steps import ELSEWHERE, NUMBER, POSITION, WAIT
from indgang.ui.choices import offer

SEPARATOR = "__"
Choices = list[tuple[str, str | Promise]]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices for the selects of a step: (code, name) for each object."""

    steps: Choices
    prompts: Choices
    queues: Choices
    schedules: Choices
    flows: Choices

    def of(self, what: Holds) -> Choices:
        return {
            Holds.STEP: self.steps,
            Holds.PROMPTS: self.prompts,
            Holds.QUEUE: self.queues,
            Holds.SCHEDULE: self.schedules,
            Holds.FLOW: self.flows,
        }[what]


class SeveralSelect(forms.Select):
    """Selects for an ordered list: one for each chosen value, and empty ones to add more."""

    spare = 2

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value for value in values if value]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [*(value or []), *[""] * self.spare]
        own = dict(attrs or {})
        identity = own.pop("id", name)
        parts = []
        for number, each in enumerate(chosen):
            # the label of the field belongs to the first select; the others carry their number
            extra = {"id": identity} if number == 0 else {"aria-label": _("Nr. %(n)s") % {"n": number + 1}}
            parts.append((super().render(name, each, {**own, **extra}, renderer),))
        return format_html('<div class="several">{}</div>', format_html_join("", "{}", parts))


class SeveralField(forms.Field):
    """A list of codes, in order."""

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(widget=SeveralSelect(choices=[("", "–"), *choices]), **kwargs)
        self.codes = {code for code, _name in choices}

    def clean(self, value: Any) -> list[str]:
        unknown = [each for each in value or [] if each not in self.codes]
        if unknown:
            raise forms.ValidationError(_("“%(code)s” findes ikke.") % {"code": unknown[0]})
        return list(super().clean(value or []) or [])


class ListedField(forms.CharField):
    """Texts separated by commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return [part.strip() for part in str(value or "").split(",") if part.strip()]


class AddressField(forms.CharField):
    """The destination of a caller; a telephone number may be written in any format."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        number = phone_numbers.in_search(text)
        return f"tel:{number}" if number else text


class ComparedField(ListedField):
    """The value that a condition compares with: nothing, a number, or a list of texts or whole numbers."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, float):
            return f"{value:g}"
        return "" if value is None else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        parts = super().to_python(value)
        if not parts:
            return None
        if len(parts) == 1 and "," not in str(value) and _number(parts[0]) is not None:
            return _number(parts[0])
        return [part if (number := whole_number(part)) is None else number for part in parts]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A part of a step in the form: its heading and fields. `removal` is the check box that removes it."""

    title: str
    fields: list[forms.BoundField]
    removal: forms.BoundField | None
    is_new: bool = False

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


@dataclass(frozen=True, slots=True)
class Section:
    """A field of the step: a single field, or the groups of its parts."""

    title: str | Promise
    hint: str | Promise
    fields: list[forms.BoundField]
    groups: list[FieldGroup]


class StepForm(forms.Form):
    """The form of one step. After validation `data_of_step()` returns the step as flow data."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    #: the id that other steps refer to; pages name the step after what it does (names.py)
    id = forms.SlugField(max_length=60, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kind: str,
        options: Options,
        step: Mapping[str, Any] | None = None,
        taken: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.options = options
        self.taken = taken
        self.cls = STEP_KINDS[kind]
        step = step or {}
        self.fields["id"].initial = step.get("id") or _free_name(kind, taken)
        if step.get("id"):
            self.fields["id"].disabled = True
        self.paths: dict[str, tuple[str, ...]] = {}
        self._add(self.cls, step, ())

    # --- Making the fields ---------------------------------------------------------------------

    def _add(self, cls: type, data: Mapping[str, Any], path: tuple[str, ...], *, optional: bool = False) -> None:
        for mark in marks(cls):
            inner = (*path, mark.name)
            what = mark.metadata["holds"]
            if what is Holds.PARTS:
                self._add_parts(mark, list(data.get(mark.name, [])), inner)
            elif what is Holds.PART:
                self._add_part(mark, data.get(mark.name), inner)
            elif what is Holds.KEYS:
                self._add_keys(dict(data.get(mark.name, {})), inner)
            else:
                self._put(mark, data, inner, optional=optional)

    def _add_parts(self, mark: Field[Any], parts: list[Mapping[str, Any]], path: tuple[str, ...]) -> None:
        count = max(len(parts) + 1, self._posted(path))
        for number in range(count):
            part = parts[number] if number < len(parts) else {}
            here = (*path, str(number))
            self._add(mark.metadata["of"], part, here, optional=number >= len(parts))
            if number < len(parts):
                self._removal(here)

    def _add_part(self, mark: Field[Any], part: Mapping[str, Any] | None, path: tuple[str, ...]) -> None:
        name = SEPARATOR.join((*path, "on"))
        self.fields[name] = forms.BooleanField(label=gettext_lazy("Ja"), required=False, initial=part is not None)
        self._add(mark.metadata["of"], part or {}, path, optional=True)

    def _add_keys(self, keys: Mapping[str, str], path: tuple[str, ...]) -> None:
        for key in KEYS:
            self.fields[SEPARATOR.join((*path, _KEY_NAMES[key]))] = forms.ChoiceField(
                label=_("Tast %(key)s") % {"key": key},
                choices=_with_empty(self.options.steps, keys.get(key, "")),
                required=False,
                initial=keys.get(key, ""),
            )

    def _put(self, mark: Field[Any], data: Mapping[str, Any], path: tuple[str, ...], *, optional: bool) -> None:
        default = None if mark.default is MISSING else mark.default
        initial = data.get(mark.name, default)
        required = mark.default is MISSING and not optional
        label, hint = field_words(self.kind, mark.name)
        field = self._field(mark, initial, required=required)
        field.label, field.help_text = str(label), str(hint)
        field.initial = f"{initial:g}" if isinstance(initial, float) and _is_number(mark) else initial
        self.fields[SEPARATOR.join(path)] = field

    def _field(self, mark: Field[Any], initial: Any, *, required: bool) -> forms.Field:
        what, words = mark.metadata["holds"], mark.metadata["words"]
        match what:
            case Holds.PROMPTS:
                return SeveralField(choices=_with(self.options.prompts, initial or ()), required=required)
            case Holds.STEP | Holds.QUEUE | Holds.SCHEDULE | Holds.FLOW:
                return forms.ChoiceField(choices=_with_empty(self.options.of(what), initial or ""), required=required)
            case Holds.SECONDS:
                return forms.FloatField(min_value=0, max_value=86_400, required=required)
            case Holds.COUNT:
                return forms.IntegerField(min_value=0, max_value=1000, required=required)
            case Holds.NUMBER:
                return forms.IntegerField(required=required)
            case Holds.FLAG:
                return forms.BooleanField(required=False)
            case Holds.KEY:
                empty = [("", "–")] if mark.default == "" else []
                return forms.ChoiceField(choices=[*empty, *((key, key) for key in KEYS)], required=required)
            case Holds.WORD if words is not None:
                return forms.ChoiceField(choices=_of_words(words, empty=mark.default is MISSING), required=required)
            case Holds.WORDS:
                return ListedField(required=False)
            case Holds.VALUE:
                return ComparedField(required=False)
            case Holds.ADDRESS:
                return AddressField(max_length=200, required=required)
            case _:
                return forms.CharField(max_length=200, required=required)

    def _removal(self, path: tuple[str, ...]) -> None:
        name = SEPARATOR.join((*path, "remove"))
        self.fields[name] = forms.BooleanField(label=gettext_lazy("Fjern"), required=False)

    def _posted(self, path: tuple[str, ...]) -> int:
        """How many parts the browser sent, so that none is lost when the draft now has fewer."""
        start = SEPARATOR.join(path) + SEPARATOR
        numbers = [name[len(start) :].split(SEPARATOR)[0] for name in self.data if name.startswith(start)]
        places = [place for place in map(whole_number, numbers) if place is not None]
        return min(max(places, default=-1) + 1, len(self.data))

    # --- Showing them --------------------------------------------------------------------------

    def sections(self) -> Iterator[Section]:
        """The fields of the step in order, as the template shows them."""
        for mark in marks(self.cls):
            what, name = mark.metadata["holds"], mark.name
            title, hint = field_words(self.kind, name)
            if what is Holds.PARTS:
                yield Section(title, hint, [], list(self._groups(mark)))
            elif what is Holds.PART:
                fields = [self[f"{name}{SEPARATOR}on"], *self._bound(mark.metadata["of"], name)]
                yield Section(title, hint, [], [FieldGroup("", fields, None)])
            elif what is Holds.KEYS:
                yield Section(
                    title, hint, [], [FieldGroup("", [self[f"{name}{SEPARATOR}{_KEY_NAMES[k]}"] for k in KEYS], None)]
                )
            else:
                yield Section("", "", [self[name]], [])

    def _groups(self, mark: Field[Any]) -> Iterator[FieldGroup]:
        number = 0
        while f"{mark.name}{SEPARATOR}{number}{SEPARATOR}{marks(mark.metadata['of'])[0].name}" in self.fields:
            prefix = f"{mark.name}{SEPARATOR}{number}"
            removal = f"{prefix}{SEPARATOR}remove"
            is_new = removal not in self.fields
            title = _("Tilføj") if is_new else _("Nr. %(n)s") % {"n": number + 1}
            bound = list(self._bound(mark.metadata["of"], prefix))
            yield FieldGroup(title, bound, None if is_new else self[removal], is_new)
            number += 1

    def _bound(self, cls: type, prefix: str) -> Iterator[forms.BoundField]:
        return (self[f"{prefix}{SEPARATOR}{mark.name}"] for mark in marks(cls))

    # --- Reading them --------------------------------------------------------------------------

    def clean_id(self) -> str:
        step_id = str(self.cleaned_data["id"])
        if not self.fields["id"].disabled and step_id in self.taken:
            return _free_name(self.kind, self.taken)
        return step_id

    def data_of_step(self) -> dict[str, Any]:
        """The step in the format that `routing.flows.parse` reads."""
        return {"id": self.cleaned_data["id"], "kind": self.kind, **self._read(self.cls, "")}

    def _read(self, cls: type, prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for mark in marks(cls):
            name, what = f"{prefix}{mark.name}", mark.metadata["holds"]
            if what is Holds.PARTS:
                found[mark.name] = list(self._read_parts(mark, name))
            elif what is Holds.PART:
                on = self.cleaned_data.get(f"{name}{SEPARATOR}on")
                found[mark.name] = self._read(mark.metadata["of"], f"{name}{SEPARATOR}") if on else None
            elif what is Holds.KEYS:
                chosen = {key: self.cleaned_data.get(f"{name}{SEPARATOR}{_KEY_NAMES[key]}") for key in KEYS}
                found[mark.name] = {key: target for key, target in chosen.items() if target}
            else:
                value = self.cleaned_data.get(name)
                if value not in (None, "") or what is Holds.VALUE:
                    found[mark.name] = value
        return found

    def _read_parts(self, mark: Field[Any], name: str) -> Iterator[dict[str, Any]]:
        first = marks(mark.metadata["of"])[0].name
        number = 0
        while f"{name}{SEPARATOR}{number}{SEPARATOR}{first}" in self.fields:
            prefix = f"{name}{SEPARATOR}{number}{SEPARATOR}"
            if self.cleaned_data.get(prefix + first) and not self.cleaned_data.get(prefix + "remove"):
                yield self._read(mark.metadata["of"], prefix)
            number += 1


#: keys of the data and their names in field names
_KEY_NAMES = {key: {"*": "star", "#": "hash"}.get(key, key) for key in KEYS}


class FlowForm(forms.Form):
    """A new flow."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=200)
    centre: forms.ModelChoiceField[ContactCentre] = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=gettext_lazy("Center"), empty_label=None
    )

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "centre", centres)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not slug(name):
            raise forms.ValidationError(_("Navnet skal have mindst ét bogstav eller tal."))
        return name


class BeginningForm(forms.Form):
    """Title of a flow and its first step."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=200)
    start = forms.ChoiceField(label=gettext_lazy("Begynder med"))

    def __init__(self, *args: Any, steps: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "start", steps)


class PublicationForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("Hvad er ændret, og hvorfor?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


def kinds() -> Choices:
    """The kinds of steps, as choices for a new step."""
    return [(kind, kind_word(kind)) for kind in KINDS if kind in STEP_KINDS]


def placeholders() -> Choices:
    """The placeholders among prompts, which are filled in when the text is spoken."""
    return [
        (POSITION, gettext_lazy("@position – plads i køen")),
        (WAIT, gettext_lazy("@wait – forventet ventetid")),
        (ELSEWHERE, gettext_lazy("@elsewhere – nummer til den anden kommune")),
        (NUMBER, gettext_lazy("@number – nummer, der ringes til")),
    ]


def _is_number(mark: Field[Any]) -> bool:
    """Whether the field is a number of its own (a comparison shows its number itself)."""
    return mark.metadata["holds"] in (Holds.SECONDS, Holds.COUNT, Holds.NUMBER)


def _free_name(kind: str, taken: Sequence[str]) -> str:
    base = slug(kind_word(kind), 40) or kind
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)


def _of_words(words: type[StrEnum], *, empty: bool) -> Choices:
    choices: Choices = [(word.value, WORDS.get(word.value, word.value)) for word in words]
    return [("", "–"), *choices] if empty else choices


def _with_empty(choices: Choices, chosen: str) -> Choices:
    return [("", "–"), *_with(choices, (chosen,) if chosen else ())]


def _with(choices: Choices, chosen: Sequence[str]) -> Choices:
    """The choices with a value that no longer exists, so that it stays visible until it is changed."""
    known = {code for code, _name in choices}
    gone: Choices = [(code, _("%(code)s (findes ikke)") % {"code": code}) for code in chosen if code not in known]
    return [*choices, *gone]
