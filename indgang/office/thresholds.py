"""The field for promises in seconds that a service level is also computed for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.measures.histogram import EXACT_SECONDS

_MOST = 6


class ThresholdsField(forms.CharField):
    """Whole numbers of seconds between commas, each once, the shortest first."""

    def __init__(self, **more: Any) -> None:
        said: dict[str, Any] = {
            "label": _("Svar inden for (sekunder)"), "required": False, "max_length": 60,
            "help_text": _("Kun for serviceniveauer. Køernes egne løfter er altid med."),
        }  # fmt: skip
        super().__init__(**said | more)

    def clean(self, value: Any) -> list[int]:
        words = [word for word in re.split(r"[\s,;]+", super().clean(value)) if word]
        if len(words) > _MOST or not all(map(_is_threshold, words)):
            raise forms.ValidationError(
                _("Skriv højst %(most)s hele tal mellem 1 og %(last)s, med komma imellem."),
                params={"most": _MOST, "last": EXACT_SECONDS},
            )
        return sorted({int(word) for word in words})


def _is_threshold(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 4 and 1 <= int(word) <= EXACT_SECONDS
