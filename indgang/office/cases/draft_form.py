"""A case as a form: what it is about, its assumptions, lines and scenarios as rows, and each fault at its field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.text import slug, whole_number
from indgang.office.cases.case_values import as_typed, case_values, stored_rows
from indgang.programme import words
from indgang.programme.cases import expressions, units
from indgang.programme.cases.case import (
    MOST_ASSUMPTIONS,
    MOST_LINES,
    MOST_SCENARIOS,
    MOST_YEARS,
    BusinessCase,
    CaseFault,
    CaseLineKind,
    ControlArea,
)
from indgang.programme.cases.expressions import FormulaFault
from indgang.programme.cases.reading import case_of
from indgang.ui.row_forms import FormRow, RowsForm

#: a whole number of a case that is a year
_YEAR: dict[str, Any] = {"min_value": 1900, "max_value": 2200}
_LONGEST, _NAME_LONGEST = 300, 40
#: characters of all values and of a note on them
_TEXT = 2_000
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class CaseForm(RowsForm):
    """What is typed becomes the values of a case text (`values`) and the case itself (`case`)."""

    GROUPS = {"assumptions": MOST_ASSUMPTIONS, "lines": MOST_LINES, "scenarios": MOST_SCENARIOS}
    UNCOMPARED = ("reason",)

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=200)
    source = forms.CharField(label=gettext_lazy("Kilde"), max_length=_TEXT, required=False)
    first_year = forms.IntegerField(label=gettext_lazy("Første år"), **_YEAR)
    years = forms.IntegerField(label=gettext_lazy("Antal år"), min_value=1, max_value=MOST_YEARS)
    price_year = forms.IntegerField(
        label=gettext_lazy("Prisniveau, år"), help_text=gettext_lazy("Alle beløb er i dette års priser (p/l)."), **_YEAR
    )
    discount = forms.FloatField(
        label=gettext_lazy("Rente til nutidsværdien, procent om året"), localize=True, min_value=-50, max_value=100
    )
    discount_source = forms.CharField(label=gettext_lazy("Kilde til renten"), max_length=_TEXT, required=False)
    price_index = forms.CharField(
        label=gettext_lazy("Prisindeks"), required=False, max_length=_TEXT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Når noget har et andet prisniveau, eller forslaget skal kunne vises i et. Ét år på hver linje: 2021 = 1,0 "
            "og 2026 = 1,12."
        ),
    )  # fmt: skip
    price_index_source = forms.CharField(
        label=gettext_lazy("Kilde til prisindekset"), max_length=_TEXT, required=False,
        help_text=gettext_lazy("Hvem der har udgivet det, og hvornår."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Hvorfor du gemmer"), max_length=500)

    def __init__(
        self, data: QueryDict | None, *, base: Mapping[str, Any], version: str, change: str = "",
        is_draft: bool = False,
    ) -> None:  # fmt: skip
        """`base` holds the values of the text that the form changes; what has no field stays as it is there. A draft
        is only computed, so it needs no reason."""
        self.base = base
        count = whole_number(data.get("years", "")) if data is not None else None
        self._years = min(count or int(base["years"]), MOST_YEARS)
        super().__init__(
            data, stored=stored_rows(base, self._years), change=change, initial=as_typed(base),
            also={str(_("Version")): version} if version else {},
        )  # fmt: skip
        if not version:
            self.fields["code"] = forms.SlugField(
                label=_("Navn i adressen"), max_length=_NAME_LONGEST, required=False,
                help_text=_("Tomt: forslagets titel."),
            )  # fmt: skip
        self.fields["reason"].required = not is_draft
        self.make_rows()
        self.values: dict[str, Any] = {}
        self.case: BusinessCase | None = None

    @property
    def drafted(self) -> BusinessCase | None:
        """The case that is typed; None while something in it is wrong."""
        return self.case if self.is_valid() else None

    @property
    def assumptions(self) -> list[FormRow]:
        return list(self.rows("assumptions"))

    @property
    def lines(self) -> list[FormRow]:
        return list(self.rows("lines"))

    @property
    def scenarios(self) -> list[FormRow]:
        return list(self.rows("scenarios"))

    def place(self, name: str) -> str:
        """A field in words: with what its row is called."""
        label, prefix = str(self.fields[name].label), "-".join(name.split("-")[:2])
        called = self.data.get(f"{prefix}-label") or self.data.get(f"{prefix}-name") or ""
        return f"{called}: {label}" if called and prefix != name else label

    def clean_price_index(self) -> dict[int, float]:
        found = {}
        for line in filter(None, map(str.strip, self.cleaned_data["price_index"].splitlines())):
            year, _sign, value = (each.strip() for each in line.partition("="))
            if whole_number(year, 4) is None or not _NUMBER.fullmatch(value):
                raise forms.ValidationError(_("Skriv ét år på hver linje: 2026 = 1,12."))
            found[int(year)] = float(value.replace(",", "."))
        return found

    # --- fields of rows -------------------------------------------------------------------------

    def row_fields(self, group: str) -> dict[str, forms.Field]:
        makers = {"assumptions": _assumption_fields, "lines": self._line_fields, "scenarios": self._scenario_fields}
        return makers[group]()

    def _line_fields(self) -> dict[str, forms.Field]:
        first = self._first_year
        return {
            "name": forms.CharField(label=_("Linje"), max_length=200),
            "code": forms.CharField(required=False, max_length=_NAME_LONGEST, widget=forms.HiddenInput),
            "kind": forms.ChoiceField(
                label=_("Slags"), choices=[(each, words.kind_word(each)) for each in CaseLineKind]
            ),
            "area": forms.ChoiceField(
                label=_("Styringsområde"), choices=[(each, words.area_word(each)) for each in ControlArea]
            ),
            "owner": forms.CharField(label=_("Ejer"), max_length=200, required=False),
            "amount": _formula_field(
                _("Beløb, 1.000 kr."), hint=_("Et tal eller en formel. Med et beløb er årene andele af det.")
            ),
            **{f"y{k}": _formula_field(str(first + k)) for k in range(self._years)},
            "source": forms.CharField(label=_("Kilde"), max_length=_TEXT, required=False),
            "price_year": forms.IntegerField(
                label=_("Andet prisniveau, år"), required=False, **_YEAR,
                help_text=_("Året, som linjens kroner er i priser fra. Tomt: forslagets prisniveau."),
            ),
        }  # fmt: skip

    @property
    def _first_year(self) -> int:
        typed = whole_number(self.data.get("first_year", "")) if self.data else None
        return typed or int(self.base["first_year"])

    def _scenario_fields(self) -> dict[str, forms.Field]:
        return {
            "name": forms.CharField(label=_("Scenarie"), max_length=200),
            "code": forms.CharField(required=False, max_length=_NAME_LONGEST, widget=forms.HiddenInput),
            "parent": forms.ChoiceField(
                label=_("Bygger på"), required=False, choices=[("", _("Uden ændringer")), *self._scenario_choices()]
            ),
            "changes": forms.CharField(
                label=_("Ændrede forudsætninger"), max_length=_TEXT, required=False,
                widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
                help_text=_("Én på hver linje, med navnet fra formlerne: henvendelser = 8000."),
            ),
            "source": forms.CharField(label=_("Kilde"), max_length=_TEXT, required=False),
        }  # fmt: skip

    def _scenario_choices(self) -> list[tuple[str, str]]:
        if not self.data:
            return [(each["code"], each["name"]) for each in self._stored["scenarios"]]
        found = []
        for key in self._keys["scenarios"]:
            name = str(self.data.get(f"scenarios-{key}-name", "")).strip()
            code = str(self.data.get(f"scenarios-{key}-code", "")) or slug(name, _NAME_LONGEST)
            if name and code:
                found.append((code, name))
        return found

    # --- what is typed --------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "code" in self.fields and not data.get("code"):
            data["code"] = slug(str(data.get("title", "")), _NAME_LONGEST)
        self._rows = {group: list(self.filled(group)) for group in self.GROUPS}
        self._give_names()
        self._prefixes = {str(row["name"]): prefix for prefix, row in self._rows["assumptions"]}
        self._read_formulas()
        if data.get("price_index") and not data.get("price_index_source"):
            self.add_error("price_index_source", _("Skriv, hvor prisindekset kommer fra."))
        if not self.errors:
            self.values = case_values(self.base, data, {g: [row for _p, row in rows] for g, rows in self._rows.items()})
            self._read_case()
        return data

    def _give_names(self) -> None:
        """Names that formulas and addresses use, where nobody has typed one."""
        for group, field, sign in (("assumptions", "label", "_"), ("lines", "name", "-"), ("scenarios", "name", "-")):
            key = "name" if group == "assumptions" else "code"
            taken = {str(row[key]) for _prefix, row in self._rows[group] if row[key]}
            for _prefix, row in self._rows[group]:
                row[key] = row[key] or _free(slug(str(row[field] or ""), 30).replace("-", sign), sign, taken)
                taken.add(str(row[key]))

    def _read_formulas(self) -> None:
        """Parse every formula, and name unknown names at their field."""
        known = {*self._prefixes, "year"}
        for prefix, row in self._rows["assumptions"]:
            if len([each for _p, each in self._rows["assumptions"] if each["name"] == row["name"]]) > 1:
                self.add_error(f"{prefix}-name", _("Navnet står der to gange."))
            row["value"] = self._formula(f"{prefix}-value", row["value"], known)
            row["periods"] = [
                (first, last, self._formula(f"{prefix}-periods", text, known))
                for first, last, text in self._periods(prefix, row["periods"] or "")
            ]
            if (row["value"] == "") == (not row["periods"]):
                self.add_error(f"{prefix}-value", _("Skriv en værdi, eller værdier for hvert sit tidsrum. Ikke begge."))
        for prefix, row in self._rows["lines"]:
            for name in ("amount", *(f"y{k}" for k in range(self._years))):
                row[name] = self._formula(f"{prefix}-{name}", row[name], known)
            if not any(row[f"y{k}"] != "" for k in range(self._years)):
                self.add_error(f"{prefix}-y0", _("Skriv mindst ét år. En varig linje fortsætter med det sidste."))
        for prefix, row in self._rows["scenarios"]:
            row["changes"] = dict(self._changes(prefix, row["changes"] or "", known))

    def _formula(self, field: str, text: Any, known: set[str]) -> Any:
        """A number, or a formula that can be read; the text itself when it cannot."""
        typed = str(text or "").strip()
        if _NUMBER.fullmatch(typed):
            number = float(typed.replace(",", "."))
            return int(number) if number.is_integer() and "." not in typed and "," not in typed else number
        if not typed:
            return ""
        about = {"where": self.fields[field].label}
        try:
            unknown = sorted(expressions.names(expressions.parse(typed)) - known)
        except FormulaFault as fault:
            self.add_error(field, words.sentence(CaseFault("formula", **about, code=fault.code, about=fault.about)))
            return typed
        if unknown:
            self.add_error(
                field, words.sentence(CaseFault("formula", **about, code="unknown", about=", ".join(unknown)))
            )
        return typed

    def _periods(self, prefix: str, text: str) -> Iterator[tuple[int | None, int | None, str]]:
        for line in filter(None, map(str.strip, text.splitlines())):
            found = re.fullmatch(r"(\d{4})?\s*[-–]?\s*(\d{4})?\s*=\s*(.+)", line)
            if found is None or not (found[1] or found[2]):
                self.add_error(f"{prefix}-periods", _("Skriv årene først: 2026-2028 = 100 eller 2029- = 90."))
                return
            alone = found[1] and not re.match(r"\d{4}\s*[-–]", line)
            first, last = (int(each) if each else None for each in found.groups()[:2])
            yield first, first if alone else last, found[3]

    def _changes(self, prefix: str, text: str, known: set[str]) -> Iterator[tuple[str, Any]]:
        for line in filter(None, map(str.strip, text.splitlines())):
            name, sign, formula = (each.strip() for each in line.partition("="))
            if not sign or not formula or name not in self._prefixes:
                said = _("“%(line)s” er ikke et navn på en forudsætning, = og en værdi.")
                self.add_error(f"{prefix}-changes", said % {"line": line[:60]})
                return
            yield name, self._formula(f"{prefix}-changes", formula, known)

    # --- the case -------------------------------------------------------------------------------

    def _read_case(self) -> None:
        try:
            case = case_of(self.values)
        except CaseFault as fault:
            self._say(fault)
            return
        for found in units.faults(case):
            said = _("Her lægges %(there)s sammen med eller sættes lig med %(wanted)s. Ret enheden eller formlen.")
            self.add_error(self._place(found), said % {"there": found.there, "wanted": found.wanted})
        if not self.errors:
            self.case = case

    def _place(self, found: units.UnitFault) -> str:
        if not found.is_line:
            prefix = self._prefixes[found.of]
            return f"{prefix}-value" if self.cleaned_data.get(f"{prefix}-value") else f"{prefix}-periods"
        prefix, row = next((prefix, row) for prefix, row in self._rows["lines"] if row["code"] == found.of)
        return f"{prefix}-amount" if row["amount"] != "" else f"{prefix}-y{self._last_filled(row, found.place)}"

    def _last_filled(self, row: Mapping[str, Any], place: int) -> int:
        return max((k for k in range(place + 1) if row[f"y{k}"] != ""), default=0)

    def _say(self, fault: CaseFault) -> None:
        """At the field that it is about, in the words of the form."""
        field = self._field_of(fault)
        about = {**fault.about, **({"where": self.fields[field].label} if field else {})}
        self.add_error(field, words.sentence(CaseFault(fault.code, **about)))

    def _field_of(self, fault: CaseFault) -> str | None:
        about = {name: str(value) for name, value in fault.about.items()}
        where = about.get("where", "")
        name = about.get("name") or about.get("circle", "").split(" ")[0] or where.removeprefix("assumptions.")
        name = name.split(".")[0]
        if fault.code == "scenario_circle":
            rows = [prefix for prefix, row in self._rows["scenarios"] if row["code"] == name]
            return f"{rows[0]}-parent" if rows else None
        if fault.code in ("below_least", "above_most") and "scenario" in about:
            rows = [prefix for prefix, row in self._rows["scenarios"] if row["code"] == about["scenario"]]
            return f"{rows[0]}-changes" if rows else None
        if fault.code == "two_price_levels":
            rows = [prefix for prefix, row in self._rows["lines"] if row["code"] == about["line"]]
            return f"{rows[0]}-price_year" if rows else None
        if fault.code == "beyond":
            return f"{self._prefixes[name]}-least"
        if fault.code == "overlap":
            return f"{self._prefixes[name]}-periods"
        if fault.code in ("interval", "interval_of_several", "outside"):
            return f"{self._prefixes[name]}-low"
        if "line" in about or where in {row["code"] for _prefix, row in self._rows["lines"]}:
            return self._field_of_line(about.get("line", where), about.get("year", ""))
        if fault.code == "no_price_level":
            return "price_index"
        if fault.code in ("code", "twice"):
            return next((f"{prefix}-name" for prefix, row in self._rows["assumptions"]
                         if row["name"] == about.get("value")), None)  # fmt: skip
        if name in self._prefixes:
            return f"{self._prefixes[name]}-value"
        return "title" if where == "title" else None

    def _field_of_line(self, code: str, year: str) -> str | None:
        for prefix, row in self._rows["lines"]:
            if row["code"] == code:
                place = (whole_number(year) or self._first_year) - self._first_year
                return f"{prefix}-y{self._last_filled(row, min(max(place, 0), self._years - 1))}"
        return None


def _assumption_fields() -> dict[str, forms.Field]:
    return {
        "label": forms.CharField(label=_("Forudsætning"), max_length=200),
        "name": forms.RegexField(
            r"^[a-z][a-z0-9_]*$", label=_("Navn i formler"), max_length=_NAME_LONGEST, required=False,
            help_text=_("Tomt: lavet af teksten."),
            error_messages={"invalid": _("Brug små bogstaver fra a til z, tal og understreg.")},
        ),
        "unit": forms.CharField(label=_("Enhed"), max_length=100, required=False),
        "value": _formula_field(_("Værdi")),
        "low": _number_field(_("Lavest")),
        "high": _number_field(_("Højest")),
        "least": _number_field(_("Kan ikke være under")),
        "most": _number_field(_("Kan ikke være over")),
        "source": forms.CharField(label=_("Kilde"), max_length=_TEXT),
        "interval_source": forms.CharField(label=_("Kilde til laveste og højeste"), max_length=_TEXT, required=False),
        "price_year": forms.IntegerField(label=_("Andet prisniveau, år"), required=False, **_YEAR),
        "periods": forms.CharField(
            label=_("Forskellige værdier i forskellige år"), max_length=_TEXT, required=False,
            widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            help_text=_("I stedet for værdien. Ét tidsrum på hver linje: 2026-2028 = 100 og 2029- = 90."),
        ),
    }  # fmt: skip


def _formula_field(label: str, *, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=_LONGEST, required=False, help_text=hint,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip


def _number_field(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, localize=True, min_value=-1e12, max_value=1e12)


def _free(wanted: str, sign: str, taken: set[str]) -> str:
    """A name like the wanted one that nothing else has."""
    start = wanted if wanted[:1].isalpha() or (wanted and sign == "-") else f"x{sign}{wanted}".rstrip(sign)
    if sign == "_" and start in {*expressions.FUNCTIONS, "year"}:
        start = f"{start}_1"
    found, number = start, 2
    while found in taken:
        found, number = f"{start}{sign}{number}", number + 1
    return found
