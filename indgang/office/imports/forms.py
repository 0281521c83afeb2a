"""The file to import, and what its columns and codes mean.

The file travels signed in the page, as in the import of tables: no process stores it, and nobody's data in it stays.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Unit
from indgang.enquiries.models import Channel, Outcome
from indgang.history import files, words
from indgang.history.known import OurPlaces
from indgang.history.mapping import choices, codes
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.codes import CodeReader
from indgang.history.mapping.fields import FIELDS, VALUE_KINDS, FieldName, SourceKind, folded, is_personal
from indgang.history.mapping.moments import DayOrder, DurationUnit, Zone
from indgang.history.models import HistoryImport, MappingProfile
from indgang.office.imports.access import Owners
from indgang.tables.reading import MOST_BYTES, UnreadableTable
from indgang.ui.choices import offer

#: codes of one column that the page asks about; a file with more needs a saved mapping
MOST_CODES = 60
#: a web process holds what a workbook unpacks to, so the page takes less than the command
_MOST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 200_000
_SALT = "indgang.history"
#: an older file expires (a day)
_LONGEST_SECONDS = 24 * 3600
_SAMPLES = 200
_OUT = "-"
_CODED = (
    FieldName.QUEUE, FieldName.CHANNEL, FieldName.RESULT, FieldName.SERVICE, FieldName.PURPOSE, FieldName.RESOLUTION,
)  # fmt: skip
RESULT_NAMES: Mapping[str, Any] = {
    codes.ANSWERED: gettext_lazy("Besvaret"), codes.ABANDONED: gettext_lazy("Opgivet"),
    codes.OVERFLOWED: gettext_lazy("Gik videre"), codes.MESSAGE: gettext_lazy("Lagde en besked"),
    codes.CALLBACK: gettext_lazy("Fik lovet et opkald"), codes.LEFT: gettext_lazy("Sluttede på anden måde"),
}  # fmt: skip


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Hvad handler en række om?"),
        choices=[(each.value, HistoryImport.Kind(each).label) for each in SourceKind],
    )
    profile = forms.ModelChoiceField(
        MappingProfile.objects.none(), required=False, label=gettext_lazy("Gemt tilknytning"),
        empty_label=gettext_lazy("Ingen: gæt ud fra kolonnernes navne"),
    )  # fmt: skip
    table = forms.FileField(
        label=gettext_lazy("Fil"),
        help_text=gettext_lazy(
            "CSV eller .xlsx, højst 8 MB. Større filer importeres med kommandoen indgang import. "
            "Intet importeres, før du har set, hvad der sker."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Vælg en fil."), "empty": gettext_lazy("Filen er tom.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "profile", MappingProfile.objects.all())

    def clean_table(self) -> SentFile:
        given = self.cleaned_data["table"]
        if given.size > MOST_BYTES:
            said = _("Filen er for stor: højst %(most)s MB.")
            raise forms.ValidationError(said % {"most": MOST_BYTES // 1024 // 1024})
        sent = SentFile(given.name[:200], given.read())
        try:
            self._refuse_long(sent)
        except UnreadableTable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return sent

    @staticmethod
    def _refuse_long(sent: SentFile) -> None:
        table = files.read(sent.stream, most_unpacked=_MOST_UNPACKED)
        if any(number > MOST_ROWS for number, _row in enumerate(table.rows, start=1)):
            raise forms.ValidationError(
                _("Filen har flere end 200.000 rækker. Del den i flere, eller brug kommandoen indgang import.")
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        profile = given.get("profile")
        if profile is not None and profile.kind != given.get("kind"):
            self.add_error("profile", _("Den gemte tilknytning er til en anden slags fil."))
        return given


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as somebody sent it."""

    name: str
    content: bytes

    @property
    def stream(self) -> io.BytesIO:
        return io.BytesIO(self.content)

    @property
    def sealed(self) -> str:
        told = {"name": self.name, "content": base64.b64encode(self.content).decode()}
        return signing.dumps(told, salt=_SALT, compress=True)


def opened(sealed: str) -> SentFile | None:
    """The file that was sealed; None when it is too old or not ours."""
    try:
        told = signing.loads(sealed, salt=_SALT, max_age=_LONGEST_SECONDS)
    except signing.BadSignature:
        return None
    return SentFile(told["name"], base64.b64decode(told["content"]))


def suggested(sent: SentFile, kind: SourceKind, profile: MappingProfile | None) -> ColumnMapping:
    """The saved mapping as far as the file has its columns, or what the names of the columns suggest. Raises
    UnreadableTable."""
    table, rows = files.read(sent.stream).first(_SAMPLES)
    if profile is None:
        return choices.guessed(kind, table.header, [cells for _line, cells in rows])
    saved, known = ColumnMapping.of(profile.mapping), {folded(name) for name in table.header}
    held = {name: column for name, column in saved.columns.items() if folded(column) in known}
    return ColumnMapping(saved.kind, held, saved.fixed, saved.codes, saved.order, saved.zone, saved.unit)


class MappingForm(forms.Form):
    """A column for each field, how days and durations are written, and our code for each code that we do not know."""

    seen = forms.CharField(widget=forms.HiddenInput)
    kind = forms.CharField(widget=forms.HiddenInput)
    order = forms.ChoiceField(
        label=gettext_lazy("Datoer"),
        choices=[
            (DayOrder.DAY_FIRST.value, gettext_lazy("dag-måned-år, eller år-måned-dag")),
            (DayOrder.MONTH_FIRST.value, gettext_lazy("måned-dag-år")),
        ],
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Klokkeslæt er i"),
        choices=[(Zone.COPENHAGEN.value, gettext_lazy("dansk tid")), (Zone.UTC.value, "UTC")],
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Varigheder uden enhed"),
        choices=[
            (DurationUnit.SECONDS.value, gettext_lazy("sekunder; 3:20 er minutter og sekunder")),
            (DurationUnit.MINUTES.value, gettext_lazy("minutter; 3:20 er timer og minutter")),
        ],
    )
    is_whole = forms.BooleanField(
        label=gettext_lazy("Importér intet, hvis en række bliver afvist"), required=False
    )  # fmt: skip
    save_as = forms.CharField(
        label=gettext_lazy("Gem tilknytningen som"), required=False, max_length=100,
        help_text=gettext_lazy("Så kan den vælges næste gang, du importerer fra samme system."),
    )  # fmt: skip

    def __init__(
        self, sent: SentFile, kind: SourceKind, places: OurPlaces, owners: Owners, mapping: ColumnMapping | None,
        data: Any = None,
    ) -> None:  # fmt: skip
        self.file_kind, self._places = kind, places
        #: fields whose column has more unknown codes than the page asks about
        self.more_codes: list[str] = []
        table = files.read(sent.stream)
        self.header = table.header
        offered = [str(place) for place, name in enumerate(self.header) if name and not is_personal(name)]
        self._offered = [(each, self.header[int(each)]) for each in offered]
        super().__init__(data, initial=self._initial(sent, mapping) if mapping else None)
        self._add_columns()
        if kind in VALUE_KINDS:
            self._add_unit(owners)
        self._coded = self._codes_asked(table.rows, mapping)

    def _initial(self, sent: SentFile, mapping: ColumnMapping) -> dict[str, Any]:
        places = {folded(name): str(place) for place, name in self._offered_columns()}
        columns = {f"column_{name}": places.get(folded(column), "") for name, column in mapping.columns.items()}
        fixed = {f"fixed_{name}": code for name, code in mapping.fixed.items()}
        return {
            "seen": sent.sealed, "kind": self.file_kind.value, "order": mapping.order.value, "zone": mapping.zone.value,
            "unit": mapping.unit.value, **columns, **fixed,
        }  # fmt: skip

    def _offered_columns(self) -> list[tuple[str, str]]:
        return self._offered

    def _add_columns(self) -> None:
        fields = FIELDS[self.file_kind]
        for name in fields.all:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=str(words.FIELD_WORDS[name]), required=False, choices=[("", "–"), *self._offered]
            )
        for name in fields.fixed:
            label = _("%(field)s for alle rækker, hvis der ikke er en kolonne") % {"field": words.FIELD_WORDS[name]}
            self.fields[f"fixed_{name}"] = (
                forms.CharField(label=label, required=False, max_length=200)
                if name is FieldName.SUBJECT
                else forms.ChoiceField(label=label, required=False, choices=[("", "–"), *self._ours(name)])
            )

    def _add_unit(self, owners: Owners) -> None:
        self.fields["for_unit"] = forms.ModelChoiceField(
            Unit.objects.none(), label=_("Tallene hører til"), required=not owners.is_everywhere,
            empty_label=_("Hele kommunen") if owners.is_everywhere else None,
        )  # fmt: skip
        offer(self, "for_unit", owners.units.order_by("path"))
        if not owners.is_everywhere:
            self.initial["for_unit"] = owners.units.order_by("path").values_list("pk", flat=True).first()

    def _ours(self, name: FieldName) -> list[tuple[str, Any]]:
        """Our codes with their names."""
        if name is FieldName.RESULT:
            return list(RESULT_NAMES.items())
        if name is FieldName.CHANNEL:
            return [each for each in Channel.choices if each[0] in set(codes.CHANNEL_WORDS.values())]
        if name is FieldName.RESOLUTION:
            return list(Outcome.choices)
        return sorted(self._places.codes.names.get(name, {}).items(), key=lambda each: each[1])

    def _codes_asked(
        self, rows: Iterable[files.Line], mapping: ColumnMapping | None
    ) -> dict[str, tuple[FieldName, str]]:
        """Adds a field for each code that means nothing to us; returns the field of ours and the code by its name."""
        asked = {}
        columns = {name: column for name in _CODED if (column := self._chosen_column(name)) is not None}
        unknown = self._unknown(rows, columns) if columns else {}
        self.more_codes = [str(words.FIELD_WORDS[name]) for name, texts in unknown.items() if len(texts) > MOST_CODES]
        for name, column in columns.items():
            for number, text in enumerate(list(unknown[name])[:MOST_CODES]):
                key = f"code_{name}_{column}_{number}"
                asked[key] = (name, text)
                self.fields[key] = forms.ChoiceField(
                    label=_("%(field)s “%(code)s” er") % {"field": words.FIELD_WORDS[name], "code": text[:60]},
                    required=False,
                    choices=[("", _("ikke valgt: rækkerne afvises")), (_OUT, self._out_word(name)), *self._ours(name)],
                )
                if mapping is not None and text in mapping.codes.get(name, {}):
                    self.initial[key] = mapping.codes[name][text] or _OUT
        return asked

    def _unknown(
        self, rows: Iterable[files.Line], columns: Mapping[FieldName, int]
    ) -> dict[FieldName, dict[str, None]]:
        """The codes that mean nothing to us, in their order: at most one more of each field than the page asks about.
        The rows are not held."""
        plain = ColumnMapping(self.file_kind, {})
        readers = {name: CodeReader(name, plain, self._places.codes) for name in columns}
        found: dict[FieldName, dict[str, None]] = {name: {} for name in columns}
        seen: dict[FieldName, set[str]] = {name: set() for name in columns}
        for _line, cells in rows:
            for name, column in columns.items():
                text = cells[column].strip() if len(cells) > column else ""
                if text in seen[name] or len(found[name]) > MOST_CODES:
                    continue
                seen[name].add(text)
                found[name] |= dict.fromkeys(codes.unknown([text], readers[name]))
        return found

    @staticmethod
    def _out_word(name: FieldName) -> str:
        left_out = name in (FieldName.QUEUE, FieldName.CHANNEL, FieldName.RESULT)
        return _("rækkerne skal ikke med") if left_out else _("ikke noget: feltet er tomt")

    def _chosen_column(self, name: FieldName) -> int | None:
        held = self.data if self.is_bound else self.initial
        place = str(held.get(f"column_{name}", ""))
        return (
            int(place)
            if place.isascii() and place.isdigit() and len(place) < 5 and int(place) < len(self.header)
            else None
        )

    @property
    def mapping(self) -> ColumnMapping:
        """The chosen mapping; of a form that was not sent, the suggested one."""
        held: Mapping[str, Any] = self.cleaned_data if self.is_bound else self.initial
        fields = FIELDS[self.file_kind]
        columns = {name: self.header[int(place)] for name in fields.all if (place := held.get(f"column_{name}"))}
        fixed = {
            name: held[f"fixed_{name}"] for name in fields.fixed if held.get(f"fixed_{name}") and name not in columns
        }
        meant: dict[FieldName, dict[str, str]] = {}
        for key, (name, text) in self._coded.items():
            if chosen := held.get(key):
                meant.setdefault(name, {})[text] = "" if chosen == _OUT else chosen
        return ColumnMapping(
            self.file_kind,
            columns,
            fixed,
            meant,
            DayOrder(held["order"]),
            Zone(held["zone"]),
            DurationUnit(held["unit"]),
        )

    @property
    def unit_code(self) -> str:
        """The code of the unit that the values belong to; "" for the whole municipality."""
        if "for_unit" not in self.fields:
            return ""
        if self.is_bound:
            return getattr(self.cleaned_data["for_unit"], "code", "")
        chosen = Unit.objects.filter(pk=self.initial.get("for_unit") or 0).first()
        return chosen.code if chosen else ""

    @property
    def is_all_or_nothing(self) -> bool:
        return bool(self.cleaned_data["is_whole"]) if self.is_bound else False

    @property
    def digest(self) -> str:
        """What tells this mapping and unit from another: the preview sends it along."""
        told = json.dumps([self.mapping.data, self.unit_code, self.is_all_or_nothing], sort_keys=True)
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def column_fields(self) -> list[forms.BoundField]:
        shown = ("column_", "fixed_", "for_unit")
        return [self[name] for name in self.fields if name.startswith(shown)]

    @property
    def code_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self._coded]


class TakeBackForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Hvorfor?"), max_length=500)
