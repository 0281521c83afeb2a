"""Forms for the import of a table: the file, and then the choice of rows to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.tables.reading import MOST_BYTES

_SALT = "indgang.tables"
#: an older preview expires (one day)
_LONGEST_SECONDS = 24 * 3600


class TableForm(forms.Form):
    table = forms.FileField(
        label=gettext_lazy("Fil med tabellen"),
        help_text=gettext_lazy("CSV eller .xlsx, højst 8 MB. Intet indlæses, før du har set, hvad der sker."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("Vælg en fil."), "empty": gettext_lazy("Filen er tom.")},
    )

    def clean_table(self) -> bytes:
        given = self.cleaned_data["table"]
        if given.size > MOST_BYTES:
            said = _("Filen er for stor: højst %(most)s MB.")
            raise forms.ValidationError(said % {"most": MOST_BYTES // 1024 // 1024})
        content: bytes = given.read()
        return content


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A table as the person saw it: its lines, and the digest of the preview."""

    sheet: Any
    digest: str


class WritingForm(forms.Form):
    """The previewed table travels signed in the page: no process stores it, so any process can continue. It counts for
    its own `kind` of table only."""

    seen = forms.CharField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label=gettext_lazy("Hvad skal indlæses?"),
        choices=[
            ("all", gettext_lazy("Alt eller intet: indlæs kun, når ingen række har fejl")),
            ("good", gettext_lazy("De rækker, der er i orden; de andre springes over")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind

    def clean_seen(self) -> SeenTable:
        try:
            raw = signing.loads(self.cleaned_data["seen"], salt=_salt(self._kind), max_age=_LONGEST_SECONDS)
        except signing.BadSignature as error:
            raise forms.ValidationError(_("Forhåndsvisningen er for gammel. Vælg filen igen.")) from error
        return SeenTable(raw["sheet"], raw["digest"])


def sealed(kind: str, sheet: Any, digest: str) -> str:
    return signing.dumps({"sheet": sheet, "digest": digest}, salt=_salt(kind), compress=True)


def _salt(kind: str) -> str:
    return f"{_SALT}.{kind}"
