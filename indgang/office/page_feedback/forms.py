"""Whether the readers of a unit's pages are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.office.page_feedback.access import Owned
from indgang.ui.revision import Revised


class PageFormForm(Revised, forms.Form):
    asks = forms.BooleanField(
        label=_("Spørg læserne nederst på siderne"), required=False,
        help_text=_("Spørgsmålene står under teksten. De dækker aldrig siden og kan springes over."),
    )  # fmt: skip
    with_visit = forms.BooleanField(
        label=_("Tag de sider med, som læseren har set"), required=False,
        help_text=_(
            "Læserens browser husker op til ti sider i fanen og sender dem kun sammen med et svar. Aftal det først med"
            " den, der har ansvaret for regler om cookies og sporing."
        ),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, owned: Owned) -> None:
        held = owned.row or owned.held
        super().__init__(
            data, initial={"asks": owned.is_on, "with_visit": bool(held and held.with_visit)}
        )  # fmt: skip
