"""Forms with rows that people add and remove: lines of a case, rules of a list.

Each row has a key, which stands in the names of its fields: `lines-3-name`. Keys below 1,000 are the places of the
stored rows; new rows count from there, so that a row that a colleague adds meanwhile has a key of its own. A row whose
fields are all empty counts as removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from indgang.core.text import whole_number
from indgang.ui.revision import Revised

#: the key of the first new row
_NEW_FROM = 1_000


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form: its fields by their names."""

    group: str
    key: int
    fields: Mapping[str, BoundField]
    is_new: bool

    @property
    def has_errors(self) -> bool:
        return any(each.errors for each in self.fields.values())

    @property
    def words(self) -> dict[str, str]:
        """What is chosen in each list, in words."""
        found = {}
        for name, each in self.fields.items():
            if isinstance(each.field, forms.ChoiceField):
                choices: Any = each.field.choices
                found[name] = {str(code): str(label) for code, label in choices}.get(str(each.value() or ""), "")
        return found

    @property
    def numbered(self) -> list[BoundField]:
        """The fields of a series: `y0`, `y1` …"""
        return [each for name, each in self.fields.items() if name[1:].isdigit()]

    def __getitem__(self, name: str) -> BoundField:
        return self.fields[name]


class RowsForm(Revised, forms.Form):
    """A form with groups of rows. `stored` has the values of each group's rows, by the names of its fields.

    Subclasses give the fields of a row (`row_fields`), and name the groups with the most rows of each in `GROUPS`.
    """

    GROUPS: Mapping[str, int] = {}

    def __init__(
        self, data: QueryDict | None, *, stored: Mapping[str, Sequence[Mapping[str, Any]]], change: str = "",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """`change` is what a button asks for: `add-lines` or `remove-lines-3`."""
        self._stored = stored
        data = data.copy() if data is not None else None
        self._keys = {group: self._keys_of(group, data) for group in self.GROUPS}
        self.added = self._change(change)
        if self.added and data is not None:
            for name, value in self.new_row(self.added.partition("-")[0]).items():
                data[f"{self.added}-{name}"] = value
        super().__init__(data, **kwargs)

    def row_fields(self, group: str) -> dict[str, forms.Field]:
        """The fields of one row. Forms cannot be abstract classes: they have a metaclass of their own."""
        raise NotImplementedError

    def make_rows(self) -> None:
        """Make the fields of all rows. Called when what they depend on is known."""
        for group, keys in self._keys.items():
            for key in keys:
                values = self._stored[group][key] if key < len(self._stored[group]) else {}
                for name, field in self.row_fields(group).items():
                    self.fields[f"{group}-{key}-{name}"] = field
                    if name in values:
                        self.initial[f"{group}-{key}-{name}"] = values[name]

    def new_row(self, group: str) -> Mapping[str, str]:
        """What stands in the fields of a row that was just added."""
        return {}

    def _keys_of(self, group: str, data: QueryDict | None) -> list[int]:
        stored = list(range(len(self._stored[group])))
        if data is None:
            return stored
        sent = [whole_number(each, 4) for each in data.get(f"{group}-rows", "").split(",")]
        keys = list(dict.fromkeys(each for each in sent if each is not None))[: self.GROUPS[group]]
        shown = whole_number(data.get(f"{group}-shown", "")) or 0
        later = [each for each in stored[shown:] if each not in keys] if f"{group}-shown" in data else []
        for key in later:
            for name, value in self._stored[group][key].items():
                _put(data, f"{group}-{key}-{name}", value)
        return [*keys, *later]

    def _change(self, change: str) -> str:
        """The prefix of the row that was added; empty when none was."""
        verb, _dash, what = change.partition("-")
        group, _dash, number = what.partition("-")
        if group not in self._keys:
            return ""
        keys = self._keys[group]
        if verb == "remove":
            key = whole_number(number, 4)
            self._keys[group] = [each for each in keys if each != key]
        if verb != "add" or len(keys) >= self.GROUPS[group]:
            return ""
        keys.append(max([_NEW_FROM - 1, *keys]) + 1)
        return f"{group}-{keys[-1]}"

    def rows(self, group: str) -> Iterator[FormRow]:
        names = list(self.row_fields(group))
        for key in self._keys[group]:
            yield FormRow(
                group, key, {name: self[f"{group}-{key}-{name}"] for name in names}, f"{group}-{key}" == self.added
            )

    def rows_sent(self) -> Iterator[tuple[str, str]]:
        """Names and values of the hidden fields that say which rows there are."""
        for group, keys in self._keys.items():
            yield f"{group}-rows", ",".join(map(str, keys))
            yield f"{group}-shown", str(len(self._stored[group]))

    def filled(self, group: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Prefix and cleaned values of each row that is not empty."""
        for key in self._keys[group]:
            prefix = f"{group}-{key}"
            names = self.row_fields(group)
            if not self._is_blank(prefix, names):
                yield prefix, {name: self.cleaned_data.get(f"{prefix}-{name}") for name in names}

    def _is_blank(self, prefix: str, names: Mapping[str, forms.Field]) -> bool:
        """Whether nobody has typed anything in a row; what is chosen from a list does not count."""
        typed = (self.data.get(f"{prefix}-{name}", "") for name, field in names.items()
                 if not isinstance(field, forms.ChoiceField | forms.BooleanField))  # fmt: skip
        return not any(each.strip() for each in typed)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for group, keys in self._keys.items():
            names = self.row_fields(group)
            for key in keys:
                if self._is_blank(f"{group}-{key}", names):
                    for name in names:
                        self.errors.pop(f"{group}-{key}-{name}", None)


def _put(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, bool):
        if value:
            data[name] = "on"
    elif isinstance(value, list | tuple | frozenset):
        data.setlist(name, [str(each) for each in value])
    else:
        data[name] = "" if value is None else str(value)
