"""The forms about feedback: what results are shown for, who is asked, and the questions of a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.feedback import rules
from indgang.feedback.answering import LONGEST_COMMENT
from indgang.feedback.models import (
    ASKED_BY_RULE,
    AskingRule,
    Questionnaire,
    QuestionnaireVersion,
    SurveyKind,
    SurveyQuestion,
)
from indgang.feedback.questionnaires import QuestionText
from indgang.feedback.results import FeedbackGroup
from indgang.feedback.scales import Scale
from indgang.measures.period import Period
from indgang.office.day_range import DayRange
from indgang.office.feedback.words import GROUPS, LEVELS
from indgang.office.tables.forms import TableForm
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

#: questions that a version has room for
_MOST_QUESTIONS = 8
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_I = SurveyQuestion.Indicator
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    SurveyKind.ARTICLE: (_I.NAVIGATION, _I.INFORMATION, _I.LANGUAGE),
    SurveyKind.SELF_SERVICE: (_I.USABILITY, _I.PREPARATION),
}
_OF_CONTACT = (_I.SATISFACTION, _I.COURTESY, _I.WAITING, _I.RESOLUTION)


class ResultsFilter(DayRange):
    """The whole of it stands in the address. Without an address: the last ninety days, after calls."""

    kind = forms.ChoiceField(label=gettext_lazy("Om"), choices=SurveyKind.choices, required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Niveau"), choices=[("", gettext_lazy("Begge")), *LEVELS.items()], required=False
    )
    by = forms.ChoiceField(label=gettext_lazy("Opdelt efter"), choices=list(GROUPS.items()), required=False)

    field_order = ["kind", "first", "last", "level", "by"]

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, kind=SurveyKind.AFTER_CALL.value)

    @property
    def before(self) -> Period:
        """As many days just before."""
        first: date = self.cleaned_data["first"]
        length = (self.cleaned_data["last"] - first).days + 1
        return Period.days(first - timedelta(days=length), first - timedelta(days=1))

    @property
    def group_by(self) -> FeedbackGroup:
        return FeedbackGroup(self.cleaned_data.get("by") or "")

    @property
    def only(self) -> dict[str, Any]:
        level = self.cleaned_data.get("level")
        return {"kind": self.cleaned_data["kind"], **({"level": int(level)} if level else {})}

    @property
    def indicators(self) -> tuple[str, ...]:
        return _OF_KIND.get(self.cleaned_data["kind"], _OF_CONTACT)


class _Choice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self, label: Any, everything: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), label=label, required=False, empty_label=everything)


def _number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **more)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))


class NewAskingRuleForm(forms.Form):
    """Who is asked."""

    questionnaire = forms.ModelChoiceField(
        label=gettext_lazy("Spørgeskema"), queryset=Questionnaire.objects.none(), empty_label=None
    )
    centre = _Choice(gettext_lazy("Kontaktcenter"), gettext_lazy("Alle"))
    service = _Choice(gettext_lazy("Ydelse"), gettext_lazy("Alle"))
    unit = _Choice(gettext_lazy("Enhed"), gettext_lazy("Alle"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("Niveau"), choices=[("", gettext_lazy("Begge")), *LEVELS.items()], required=False,
        coerce=int, empty_value=None,
        help_text=gettext_lazy("Vi spørger om hver del af samtalen for sig."),
    )  # fmt: skip
    way = forms.ChoiceField(label=gettext_lazy("Hvordan"), choices=AskingRule.Way.choices)
    turn = forms.MultipleChoiceField(
        label=gettext_lazy("Skiftevis mellem"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[each for each in AskingRule.Way.choices if each[0] not in ("in_turn", "end_of_call")],
        help_text=gettext_lazy("Kun når der spørges skiftevis."),
    )  # fmt: skip
    share = _number(
        gettext_lazy("Hvor mange (procent)"), 0, 100,
        help_text=gettext_lazy("Udtrækkes ved lodtrækning, som ingen kan styre eller se."),
    )  # fmt: skip
    delay_minutes = _number(gettext_lazy("Minutter efter samtalen"), 0, 10_000)
    asks_from = forms.TimeField(label=gettext_lazy("Tidligst kl."), widget=_TIME)
    asks_until = forms.TimeField(label=gettext_lazy("Senest kl."), widget=_TIME)
    attempts = _number(gettext_lazy("Forsøg"), 1, 10)
    pause_minutes = _number(gettext_lazy("Minutter mellem to forsøg"), 1, 10_000)
    quarantine_days = _number(
        gettext_lazy("Dage, før den samme spørges igen"), 0, 365, help_text=gettext_lazy("På alle kanaler og numre.")
    )
    announced = forms.BooleanField(label=gettext_lazy("Sig før samtalen, at vi spørger bagefter"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: AskingRule | None = None) -> None:
        row = row or AskingRule(asks_from=time(9), asks_until=time(20))
        initial = {name: getattr(row, f"{name}_id", getattr(row, name, None)) for name in rules.FIELDS}
        initial |= {
            "level": row.level or "",
            **{each: f"{initial[each]:%H:%M}" for each in ("asks_from", "asks_until")},
        }
        super().__init__(data, initial=initial)
        today = clock.today()
        offer(self, "questionnaire", Questionnaire.objects.filter(kind__in=ASKED_BY_RULE).order_by("kind", "code"))
        offer(self, "centre", ContactCentre.objects.valid_on(today).order_by("name"))
        offer(self, "service", Service.objects.valid_on(today).order_by("name"))
        offer(self, "unit", Unit.objects.valid_on(today).order_by("path"))

    def values(self) -> dict[str, Any]:
        """All that is decided about a rule."""
        return {name: self.cleaned_data[name] for name in rules.FIELDS}


class AskingRuleForm(Revised, NewAskingRuleForm):
    pass


class QuestionnaireDraftForm(Revised, forms.Form):
    """The texts and questions of a draft. A question without a Danish text is left out."""

    opening = _text(gettext_lazy("Før spørgsmålene"))
    opening_en = _text(gettext_lazy("Før spørgsmålene, på engelsk"))
    closing = _text(gettext_lazy("Efter spørgsmålene"))
    closing_en = _text(gettext_lazy("Efter spørgsmålene, på engelsk"))
    deadline_hours = _number(gettext_lazy("Timer til at svare i"), 1, 24 * 60)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: QuestionnaireVersion) -> None:
        questions = {each.position: each for each in row.questions.all()} if row.pk else {}
        initial: dict[str, Any] = {name: getattr(row, name) for name in _TEXTS}
        fields: dict[str, forms.Field] = {}
        for position in range(1, _MOST_QUESTIONS + 1):
            for name, field in _question_fields().items():
                value = getattr(questions.get(position), name, None)
                fields[f"q{position}_{name}"] = field
                initial[f"q{position}_{name}"] = "" if value is None else value
        super().__init__(data, initial=initial)
        self.fields.update(fields)

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each question."""
        return [
            [self[f"q{position}_{name}"] for name in _question_fields()]
            for position in range(1, _MOST_QUESTIONS + 1)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        for position in range(1, _MOST_QUESTIONS + 1):
            indicator, scale = data.get(f"q{position}_indicator"), data.get(f"q{position}_scale")
            if data.get(f"q{position}_text_da") and (indicator == _I.OPEN) is not (scale == Scale.OPEN):
                self.add_error(f"q{position}_scale", _("Egne ord hører til spørgsmål uden tal, og kun til dem."))
        return data

    def questions(self) -> list[QuestionText]:
        data = self.cleaned_data
        return [
            QuestionText(
                **{name: data[f"q{position}_{name}"] for name in ("indicator", "scale", "text_da", "text_en", "level")}
            )
            for position in range(1, _MOST_QUESTIONS + 1)
            if data[f"q{position}_text_da"]
        ]

    def texts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _TEXTS}


_TEXTS = ("opening", "opening_en", "closing", "closing_en", "deadline_hours")


def _question_fields() -> dict[str, forms.Field]:
    return {
        "text_da": forms.CharField(label=gettext_lazy("Spørgsmål"), required=False, max_length=300),
        "text_en": forms.CharField(label=gettext_lazy("På engelsk"), required=False, max_length=300),
        "indicator": forms.ChoiceField(label=gettext_lazy("Måler"), choices=_I.choices, required=False),
        "scale": forms.ChoiceField(
            label=gettext_lazy("Svar"), choices=SurveyQuestion.AskedOn.choices, required=False
        ),
        "level": forms.TypedChoiceField(
            label=gettext_lazy("Stilles om"), choices=[("", gettext_lazy("Begge niveauer")), *LEVELS.items()],
            required=False, coerce=int, empty_value=None,
        ),
    }  # fmt: skip


class EarlierTableForm(TableForm):
    """A table of earlier results."""


class QuestionnairePublicationForm(forms.Form):
    """From which day a draft is asked by."""

    valid_from = DayField(label=gettext_lazy("Bruges fra"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"valid_from": clock.today()})


class SpokenWordsForm(forms.Form):
    """What is said in a spoken comment."""

    text = forms.CharField(
        label=gettext_lazy("Hvad bliver der sagt?"), max_length=LONGEST_COMMENT, strip=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("CPR-numre, telefonnumre, mailadresser og medarbejderes navne bliver skjult."),
    )  # fmt: skip
