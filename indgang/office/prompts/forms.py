"""Forms for what callers hear."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core.text import is_code
from indgang.entry.setup.prompts import LONGEST_TEXT
from indgang.office.access import offer_units
from indgang.office.unit_choice import UnitChoice
from indgang.telephony import speech
from indgang.ui.revision import Revised

#: the product's upload limit (DATA_UPLOAD_MAX_MEMORY_SIZE); about one minute of CD-quality sound
LARGEST_UPLOAD_BYTES = 12 * 1024 * 1024


class PromptForm(Revised, forms.Form):
    """The text in both languages, and its unit: one that `person` may write for."""

    text_da = forms.CharField(
        label=gettext_lazy("På dansk"), widget=forms.Textarea(attrs={"rows": 4, "lang": "da"}), max_length=LONGEST_TEXT
    )
    text_en = forms.CharField(
        label=gettext_lazy("På engelsk"),
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
        max_length=LONGEST_TEXT,
        required=False,
    )
    unit = UnitChoice(
        Unit.objects.none(),
        label=gettext_lazy("Hører til"),
        help_text=gettext_lazy("Kun medarbejdere med ret til enhedens tekster kan ændre den."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", person, Permission.EDIT_PROMPTS)


class NewPromptForm(PromptForm):
    code = forms.SlugField(
        label=gettext_lazy("Navn"),
        max_length=80,
        help_text=gettext_lazy("Kort, med små bogstaver og bindestreg: “lukket-jul”."),
    )
    field_order = ["code", "text_da", "text_en", "unit"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_code(code):
            raise forms.ValidationError(_("En ny kode må kun rumme små bogstaver fra a til z, tal og bindestreg."))
        return code


class RecordingForm(Revised, forms.Form):
    """An uploaded recording. After validation `cleaned_data["file"]` holds WAV bytes in the telephone's format."""

    UNCOMPARED = ("language", "file")

    language = forms.ChoiceField(
        label=gettext_lazy("Sprog"), choices=[("da", gettext_lazy("Dansk")), ("en", gettext_lazy("Engelsk"))]
    )
    file = forms.FileField(
        label=gettext_lazy("Optagelse"),
        help_text=gettext_lazy("En WAV-fil på højst 12 MB og 5 minutter. Den erstatter den oplæste tekst."),
        widget=forms.FileInput(attrs={"accept": ".wav,audio/wav,audio/x-wav"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = ""

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_UPLOAD_BYTES:
            size = upload.size / 2**20
            raise forms.ValidationError(_("Filen fylder %(size).0f MB; den må højst fylde 12 MB.") % {"size": size})
        self.name = upload.name
        try:
            return speech.read_wav(upload.read())
        except speech.BadRecording as error:
            raise forms.ValidationError(str(error)) from error
