"""A rule list as a form: limits and rules as rows, and everything that is left out or decided twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis import words
from indgang.analysis.potential.rule_texts import TOPICS, list_of, parts_of
from indgang.analysis.potential.rules import (
    MOST_LIMITS,
    MOST_MINUTES,
    MOST_RULES,
    FutureChannel,
    Handling,
    RuleFault,
    RuleList,
    problems,
)
from indgang.catalogue.purposes import NINE
from indgang.core.text import slug
from indgang.ui.parameters import DayField
from indgang.ui.row_forms import FormRow, RowsForm

_NAME_LONGEST, _TEXT = 40, 200
#: faults that are said at once
_MOST_SAID = 10


class RuleListForm(RowsForm):
    """What is typed becomes the values of a text (`values`) and the rules themselves (`rule_list`)."""

    GROUPS = {"limits": MOST_LIMITS, "rules": MOST_RULES}
    UNCOMPARED = ("reason", "valid_from")

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=_TEXT)
    valid_from = DayField(
        label=gettext_lazy("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=gettext_lazy("Hvorfor du gemmer"), max_length=500)

    def __init__(
        self, data: QueryDict | None, *, base: Mapping[str, Any], valid_from: date, version: str, change: str = "",
        is_draft: bool = False,
    ) -> None:  # fmt: skip
        """`base` holds the values of the text that the form changes. A draft is not saved, so it needs no reason."""
        self.base = base
        super().__init__(
            data, stored=_stored(base), change=change,
            initial={"name": base["name"], "valid_from": valid_from, "code": base["code"]},
            also={str(_("Version")): version} if version else {},
        )  # fmt: skip
        if not version:
            self.fields["code"] = forms.SlugField(
                label=_("Navn i adressen"), max_length=_NAME_LONGEST, required=False,
                help_text=_("Tomt: reglernes navn."),
            )  # fmt: skip
        self.fields["reason"].required = not is_draft
        self.make_rows()
        self.values: dict[str, Any] = {}
        self.rule_list: RuleList | None = None

    @property
    def limits(self) -> list[FormRow]:
        return list(self.rows("limits"))

    @property
    def rules(self) -> list[FormRow]:
        return list(self.rows("rules"))

    @property
    def drafted(self) -> RuleList | None:
        """The rules that are typed; None while something in them is wrong."""
        return self.rule_list if self.is_valid() else None

    def new_row(self, group: str) -> Mapping[str, str]:
        number = len(self._keys[group])
        return {"code": f"E{number}"} if group == "rules" else {"minutes": "3"}

    def row_fields(self, group: str) -> dict[str, forms.Field]:
        return _limit_fields() if group == "limits" else self._rule_fields()

    def _rule_fields(self) -> dict[str, forms.Field]:
        limits = [("", _("Uanset")), *((each, each) for each in self._limit_names())]
        return {
            "code": forms.CharField(label=_("Regel"), max_length=20),
            "mark": _choice(_("Mærke"), [("general", _("Generel")), ("case_specific", _("Sagsspecifik"))]),
            "resolved": _choice(_("Straksafklaret"), [("yes", _("Ja")), ("no", _("Nej"))]),
            "short": forms.ChoiceField(label=_("Kort ifølge grænsen"), choices=limits, required=False),
            "long": forms.ChoiceField(label=_("Lang ifølge grænsen"), choices=limits, required=False),
            "purposes": _boxes(_("Ærinder"), [(each.code, each.name) for each in NINE]),
            "topics": _boxes(
                _("Emne"), [("no", _("Ikke sagsbehandling")), ("yes", _("Sagsbehandling")), ("possibly", _("Måske"))]
            ),
            "handling": forms.ChoiceField(
                label=_("Slags"), choices=[(each.value, words.handling_word(each)) for each in Handling]
            ),
            "channel": forms.ChoiceField(
                label=_("Kunne besvares af"), choices=[(each.value, words.channel_word(each)) for each in FutureChannel]
            ),
            "source": forms.CharField(label=_("Kilde"), max_length=_TEXT, required=False),
        }  # fmt: skip

    def _limit_names(self) -> list[str]:
        """As they are typed, or stored."""
        if not self.data:
            return [each["name"] for each in self._stored["limits"]]
        typed = (str(self.data.get(f"limits-{key}-name", "")).strip() for key in self._keys["limits"])
        return list(dict.fromkeys(each for each in typed if each))

    # --- what is typed --------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        limits, rules = list(self.filled("limits")), list(self.filled("rules"))
        for group, field, rows in (("limits", "name", limits), ("rules", "code", rules)):
            names = [_limit_code(row[field]) if group == "limits" else row[field] for _prefix, row in rows]
            for (prefix, _row), name in zip(rows, names, strict=True):
                if names.count(name) > 1:
                    self.add_error(f"{prefix}-{field}", _("Navnet står der to gange."))
            if not rows and group == "rules":
                self.add_error(None, _("Tilføj mindst én regel."))
        if not self.errors:
            code = self.base["code"]
            if "code" in self.fields:
                code = data["code"] or slug(data["name"], _NAME_LONGEST)
            self.values = {
                "code": code, "name": data["name"],
                "limits": {_limit_code(row["name"]): _limit_values(row) for _prefix, row in limits},
                "rules": [dict(_rule_values(row)) for _prefix, row in rules],
            }  # fmt: skip
            self._read(data["valid_from"])
        return data

    def _read(self, valid_from: date) -> None:
        try:
            self.rule_list = list_of(self.values, valid_from=valid_from)
        except RuleFault as fault:
            if fault.code not in ("missing", "overlap"):
                self.add_error(None, words.rule_fault(fault))
                return
            for said in self._problems():
                self.add_error(None, said)

    def _problems(self) -> Iterator[str]:
        """All that is wrong, each with the rules that it is about."""
        found = problems(*parts_of(self.values))
        for each in found[:_MOST_SAID]:
            yield words.problem(each)
        if len(found) > _MOST_SAID:
            yield _("Der er %(number)s fejl mere af den slags.") % {"number": len(found) - _MOST_SAID}


def _limit_fields() -> dict[str, forms.Field]:
    return {
        "name": forms.CharField(label=_("Grænse"), max_length=_NAME_LONGEST),
        "minutes": forms.FloatField(label=_("Minutter"), localize=True, min_value=0, max_value=MOST_MINUTES),
        "inclusive": forms.BooleanField(label=_("Præcis så mange minutter er også kort"), required=False),
        "source": forms.CharField(label=_("Kilde"), max_length=_TEXT, required=False),
    }


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Uanset")), *choices], required=False)


def _boxes(label: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Vælger du alle eller ingen, ser reglen bort fra det."),
    )  # fmt: skip


# --- between texts and fields -----------------------------------------------------------------------

_YES_NO = {True: "yes", False: "no", None: ""}


def _stored(base: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    limits = [
        {
            "name": words.limit_word(name), "minutes": each["minutes"], "inclusive": each.get("inclusive", False),
            "source": each.get("source", ""),
        }
        for name, each in (base.get("limits") or {}).items()
    ]  # fmt: skip
    return {"limits": limits, "rules": [_stored_rule(each) for each in base["rules"]]}


def _stored_rule(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": each["code"], "mark": each.get("mark") or "", "resolved": _YES_NO[each.get("resolved")],
        "short": words.limit_word(each.get("short") or ""), "long": words.limit_word(each.get("long") or ""),
        "purposes": each.get("purposes") or [one.code for one in NINE],
        "topics": each.get("topics") or list(TOPICS), "handling": each["handling"],
        "channel": each["channel"], "source": each.get("source") or "",
    }  # fmt: skip


def _limit_code(name: str) -> str:
    """The name that a text has for a limit."""
    known = {words.limit_word(each): each for each in ("digital", "case_information")}
    return known.get(name.strip(), name.strip())


def _limit_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"minutes": row["minutes"], "inclusive": bool(row["inclusive"]), "source": row["source"] or ""}


def _rule_values(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is not chosen is left out: it makes no difference to the rule."""
    yield "code", row["code"]
    if row["mark"]:
        yield "mark", row["mark"]
    if row["purposes"] and len(row["purposes"]) < len(NINE):
        yield "purposes", list(row["purposes"])
    if row["resolved"]:
        yield "resolved", row["resolved"] == "yes"
    if row["topics"] and len(row["topics"]) < len(TOPICS):
        yield "topics", list(row["topics"])
    for name in ("short", "long"):
        if row[name]:
            yield name, _limit_code(row[name])
    yield "handling", row["handling"]
    yield "channel", row["channel"]
    if row["source"]:
        yield "source", row["source"]
