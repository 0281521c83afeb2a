"""Concurrent edits of one form: the second person sees what the first has changed, and nothing is reverted unnoticed.

An edit form (`Revised`) carries the values that were stored when the page was made. When other values are stored by the
time it is sent, it is refused with the differences. Untouched fields take the stored values, edited fields keep the
typed values, and sending the form again saves on top of the stored values. Requests to the same address wait for each
other (`accounts.submission`), so the compared values are those that will change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.db.models import Model
from django.utils.translation import gettext as _

_SALT = "indgang.revision"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that somebody else has changed, in words: the earlier value, the stored value, and the typed value.

    `typed` is None when the field was untouched: it has taken the stored value.
    """

    label: str
    before: str
    now: str
    typed: str | None


class Revised(forms.BaseForm):
    """For forms with `initial` (or an instance) from the stored values. `overtaken` lists the changes of others.

    `also` holds values that the page shows beside the fields and that must not change unseen either.
    """

    #: the name of the hidden field; a page that sends two forms at once gives one of them another
    REVISION = "revision"

    #: fields that start with a sensible default and show no stored value
    UNCOMPARED: tuple[str, ...] = ()

    def __init__(self, *args: Any, also: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overtaken: list[FieldChange] = []
        self._beside = dict(also or {})

    @property
    def revision(self) -> Any:
        """The hidden field for the template. Empty for a new object."""
        if getattr(getattr(self, "instance", self), "pk", True) is None:
            return ""
        return forms.HiddenInput().render(self.REVISION, signing.dumps(self._standing(), salt=_SALT))

    def full_clean(self) -> None:
        super().full_clean()
        shown = self._shown() if self.is_bound else None
        if shown is not None:
            self._compare(shown)

    def base_of(self, name: str) -> Any:
        """The stored value that the page showed in a field; None when the page does not say."""
        shown = self._shown() or {}
        return shown.get(name)

    def _standing(self) -> dict[str, Any]:
        compared = {name: field for name, field in self.fields.items() if name not in self.UNCOMPARED}
        values = {name: _plain(field, self.get_initial_for_field(field, name)) for name, field in compared.items()}
        return values | {f"+{name}": text for name, text in self._beside.items()}

    def _shown(self) -> dict[str, Any] | None:
        """The values that the page was made from; None when the form does not say, and then nothing is compared."""
        sealed = self.data.get(self.REVISION, "")
        try:
            return dict(signing.loads(sealed, salt=_SALT)) if sealed else None
        except signing.BadSignature:
            return None

    def _compare(self, shown: Mapping[str, Any]) -> None:
        standing = dict.fromkeys((name for name in shown if name.startswith("+")), "") | self._standing()
        changed = [name for name in standing if shown.get(name, "") != standing[name]]
        data: Any = self.data
        data = data.copy()
        for name in changed:
            difference = self._difference(name, shown.get(name, ""), standing[name], data)
            if difference is not None:
                self.overtaken.append(difference)
        if self.overtaken:
            self.data = data
            said = _("Andre har ændret noget her, efter at du åbnede siden. Se det igennem, og gem igen.")
            self.add_error(None, said)

    def _difference(self, name: str, before: Any, now: Any, data: Any) -> FieldChange | None:
        """The difference; None when the typed value equals the stored one.

        An untouched field takes the stored value.
        """
        if name.startswith("+"):
            return FieldChange(name[1:], str(before) or "–", str(now) or "–", None)
        field, key = self.fields[name], self.add_prefix(name)
        typed = _plain(field, field.widget.value_from_datadict(self.data, self.files, key))
        if _same(field, now, typed):
            return None
        left_alone = _same(field, before, typed)
        if left_alone:
            _put(field, data, key, now)
        words = None if left_alone else _words(field, typed)
        return FieldChange(str(field.label), _words(field, before), _words(field, now), words)


def _same(field: forms.Field, value: Any, typed: Any) -> bool:
    is_text = isinstance(field, forms.ModelChoiceField | forms.MultipleChoiceField | forms.BooleanField)
    return not field.has_changed(value if is_text else field.to_python(value), typed)


def _plain(field: forms.Field, value: Any) -> Any:
    """The value as JSON and the browser represent it: texts, switches and lists of texts."""
    value = field.prepare_value(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime | date | Decimal):
        return str(field.widget.format_value(value))
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, str | int | float):
        return str(value).replace("\r\n", "\n")
    return sorted(str(each.pk if isinstance(each, Model) else each) for each in value)


def _put(field: forms.Field, data: Any, key: str, value: Any) -> None:
    """Put the value into the form as if it had been typed."""
    if isinstance(value, list):
        data.setlist(key, value)
    elif isinstance(value, bool):
        data.pop(key, None)
        if value:
            data[key] = "on"
    else:
        data[key] = value


def _words(field: forms.Field, value: Any) -> str:
    """The value in words."""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, list):
        return ", ".join(_words(field, each) for each in value) or "–"
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        names = {str(code): str(label).strip() for code, label in choices}
        return names.get(str(value), str(value)) or "–"
    if isinstance(field, forms.DateField) and value:
        day = field.to_python(value)
        return f"{day:%d.%m.%Y}" if day else "–"
    return str(value) or "–"
