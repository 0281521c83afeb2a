"""The form for the public site's name, contact lines and colour."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import PublicSite
from indgang.ui.revision import Revised

FIELDS = ("name", "name_en", "logo", "contact", "contact_en", "colour")
_LINES = forms.Textarea(attrs={"rows": 3})


class PublicSiteForm(Revised, forms.Form):
    name = forms.CharField(
        label=_("Sidens navn"), max_length=100, help_text=_("Står i browserens titel og hos søgemaskiner.")
    )
    name_en = forms.CharField(label=_("Navn på engelsk"), max_length=100, required=False)
    logo = forms.CharField(
        label=_("Tekst øverst til venstre"), max_length=40, required=False, help_text=_("Tomt: sidens navn.")
    )
    contact = forms.CharField(
        label=_("Kontaktoplysninger nederst på siden"), required=False, max_length=1000, widget=_LINES,
        help_text=_("Én linje til hver, fx adresse, hovednummer og CVR-nummer."),
    )  # fmt: skip
    contact_en = forms.CharField(
        label=_("Kontaktoplysninger på engelsk"), required=False, max_length=1000, widget=_LINES
    )
    colour = forms.CharField(
        label=_("Farve"), max_length=7, required=False,
        help_text=_("Seks tegn, fx #0a3d62. Den skal være så mørk, at hvid tekst kan læses på den. Tomt: blå."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, site: PublicSite) -> None:
        super().__init__(data, initial={name: getattr(site, name) for name in FIELDS})
