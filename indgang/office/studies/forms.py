"""Forms of studies: plan, team, participants, results, recommendations, sessions, and the packages of a service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import COPENHAGEN, day_of
from indgang.feedback.studies import planning, rights
from indgang.feedback.studies.models import (
    LONGEST,
    CrowdQuestion,
    PackageDecision,
    Study,
    StudyFinding,
    StudyMember,
    StudyParticipant,
    StudyRecommendation,
    TestOutcome,
)
from indgang.feedback.studies.results import TOPICS
from indgang.office.access import colleagues
from indgang.office.studies import access
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_CHOOSE = ("", _("Vælg"))


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StudyForm(Revised, forms.Form):
    """The plan of a study."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    kind = forms.ChoiceField(label=_("Slags"), choices=[_CHOOSE, *Study.Kind.choices])
    service = forms.ModelChoiceField(Service.objects.none(), label=_("Ydelse"), required=False, empty_label=_("Ingen"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Enhed, der beslutter"), required=False, empty_label=_("Ydelsens egen enhed"),
        help_text=_("Vælg en enhed, når et nyt tiltag ikke hører til én ydelse."),
    )  # fmt: skip
    sprint = forms.ChoiceField(
        label=_("Sprintets længde"), required=False, choices=[("", _("Intet sprint")), *Study.Size.choices],
        help_text=_("Kun for interview om brugerrejsen."),
    )  # fmt: skip
    target_group = forms.CharField(
        label=_("Målgruppe"), max_length=200, required=False,
        help_text=_("Har en side flere målgrupper, får hver målgruppe sin egen test."),
    )  # fmt: skip
    starts_on = DayField(label=_("Første dag"), widget=_day())
    ends_on = DayField(label=_("Sidste dag"), widget=_day())
    plan = forms.CharField(label=_("Plan"), max_length=LONGEST, required=False, widget=_area(6))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, study: Study | None = None,
        first: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        names = [*self.base_fields]
        stored = {name: getattr(study, name) for name in names} if study else dict(first or {})
        if study is not None and study.service_id:
            stored["unit"] = None  # the service's own
        super().__init__(data, initial=stored)
        self.pk = study.pk if study else None
        offer(self, "service", access.services_to_study(person))
        offer(self, "unit", rights.units_to_plan(person).order_by("name"))


class StudyFilter(forms.Form):
    """Which studies a list shows."""

    kind = forms.ChoiceField(label=_("Slags"), required=False, choices=[("", _("Alle")), *Study.Kind.choices])
    state = forms.ChoiceField(label=_("Tilstand"), required=False, choices=[("", _("Alle")), *Study.State.choices])


class StudyStateForm(forms.Form):
    """The next state of a study, with a remark. `to` is a button."""

    to = forms.ChoiceField(choices=Study.State.choices)
    remark = forms.CharField(label=_("Bemærkning"), max_length=LONGEST, required=False, widget=_area(3))


class StudyMemberForm(forms.Form):
    """A colleague for the team."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Kollega"), empty_label=_("Vælg"))
    role = forms.ChoiceField(label=_("Rolle"), choices=[_CHOOSE, *StudyMember.Role.choices])

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "person", colleagues())


class StudyParticipantForm(Revised, forms.Form):
    """A participant, with consent and the day of deletion."""

    name = forms.CharField(label=_("Navn"), max_length=100, required=False)
    organisation = forms.CharField(label=_("Virksomhed"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Telefon"), max_length=30, required=False)
    target_group = forms.CharField(label=_("Målgruppe"), max_length=200, required=False)
    consent = forms.CharField(
        label=_("Samtykke"), max_length=300, required=False,
        help_text=_("Hvordan og hvornår det er givet, fx: skriftligt, i mail 3. marts."),
    )  # fmt: skip
    delete_on = DayField(label=_("Slettes den"), widget=_day(), help_text=_("Oplysningerne slettes natten efter."))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, study: Study, participant: StudyParticipant | None = None
    ) -> None:
        names = [name for name in self.base_fields if name != "delete_on"]
        stored: dict[str, Any] = {"delete_on": planning.default_delete_day(study)}
        if participant is not None:
            stored = {name: getattr(participant, name) for name in names}
            stored["delete_on"] = day_of(participant.delete_at) - timedelta(days=1)
        super().__init__(data, initial=stored)
        self.pk = participant.pk if participant else None

    @property
    def values(self) -> dict[str, Any]:
        """The valid values, with the moment of deletion: the end of the chosen day."""
        found = dict(self.cleaned_data)
        day: date = found.pop("delete_on")
        return found | {"delete_at": datetime.combine(day + timedelta(days=1), time(), tzinfo=COPENHAGEN)}


class StudyFindingForm(Revised, forms.Form):
    """A finding under one of the package's three questions."""

    topic = forms.ChoiceField(label=_("Spørgsmål"))
    severity = forms.ChoiceField(label=_("Vurdering"), choices=StudyFinding.Severity.choices)
    seen_by_many = forms.IntegerField(
        label=_("Antal deltagere, der oplevede det"), min_value=0, max_value=999, initial=1
    )
    text = forms.CharField(label=_("Resultat"), max_length=LONGEST, widget=_area(6))

    def __init__(self, data: Mapping[str, Any] | None = None, *, finding: StudyFinding) -> None:
        names = [*self.base_fields]
        super().__init__(data, initial={name: getattr(finding, name) for name in names} if finding.pk else {})
        self.pk = finding.pk
        labels = dict(StudyFinding.Topic.choices)
        offer(self, "topic", [(code, labels[code]) for code in TOPICS[finding.study.kind]])


class TestTaskForm(forms.Form):
    """A task of a user test."""

    __test__ = False

    text = forms.CharField(label=_("Ny opgave"), max_length=500)


class TestOutcomeForm(forms.Form):
    """How one participant carried out one task."""

    __test__ = False

    tester = forms.TypedChoiceField(label=_("Deltager"), coerce=int)
    completed = forms.ChoiceField(label=_("Gennemførte opgaven"), choices=TestOutcome.Completed.choices)
    critical_errors = forms.IntegerField(
        label=_("Kritiske fejl"), min_value=0, max_value=99, initial=0,
        help_text=_("Fejl, der gør, at opgaven ikke bliver løst, eller bliver løst forkert."),
    )  # fmt: skip
    other_errors = forms.IntegerField(label=_("Andre fejl"), min_value=0, max_value=99, initial=0)
    satisfaction = forms.TypedChoiceField(
        label=_("Tilfreds"), coerce=int, choices=[(each, str(each)) for each in range(1, 6)],
        help_text=_("1: slet ikke. 5: meget."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, study: Study) -> None:
        super().__init__(data)
        offer(self, "tester", [(each.number, each.trail_label) for each in study.participants.all()])


class StudyRecommendationForm(Revised, forms.Form):
    """What the study recommends."""

    text = forms.CharField(label=_("Anbefaling"), max_length=LONGEST, widget=_area())
    way = forms.ChoiceField(label=_("Slags"), choices=StudyRecommendation.Way.choices)

    def __init__(self, data: Mapping[str, Any] | None = None, *, recommendation: StudyRecommendation) -> None:
        stored = {"text": recommendation.text, "way": recommendation.way} if recommendation.pk else {}
        super().__init__(data, initial=stored)
        self.pk = recommendation.pk


class RecommendationVerdictForm(Revised, forms.Form):
    """What is decided about a recommendation."""

    verdict = forms.ChoiceField(label=_("Beslutning"), choices=[_CHOOSE, *StudyRecommendation.Verdict.choices])
    responsible = forms.ModelChoiceField(
        Person.objects.none(), label=_("Ansvarlig"), required=False, empty_label=_("Ingen")
    )
    due_on = DayField(label=_("Gennemføres senest"), widget=_day(), required=False)
    because = forms.CharField(label=_("Hvorfor"), max_length=500, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, recommendation: StudyRecommendation) -> None:
        names = [*self.base_fields]
        super().__init__(data, initial={name: getattr(recommendation, name) for name in names})
        offer(self, "responsible", colleagues())


class RecommendationEffectForm(Revised, forms.Form):
    """What came of a recommendation."""

    done_on = DayField(label=_("Gennemført den"), widget=_day())
    measured = forms.CharField(
        label=_("Målt på"), max_length=200, required=False, help_text=_("Fx: tilfredshed med siden, 0 til 100.")
    )
    measured_before = forms.DecimalField(label=_("Før"), required=False, max_digits=10, decimal_places=2, localize=True)
    measured_after = forms.DecimalField(
        label=_("Efter"), required=False, max_digits=10, decimal_places=2, localize=True
    )
    result = forms.CharField(label=_("Hvad kom der ud af det"), max_length=LONGEST, required=False, widget=_area())

    def __init__(self, data: Mapping[str, Any] | None = None, *, recommendation: StudyRecommendation) -> None:
        names = [*self.base_fields]
        super().__init__(data, initial={name: getattr(recommendation, name) for name in names})


class CrowdQuestionForm(forms.Form):
    """A question for the guide, or added on the way."""

    form = forms.ChoiceField(label=_("Slags"), choices=CrowdQuestion.Form.choices)
    text = forms.CharField(label=_("Spørgsmål"), max_length=500)
    options = forms.CharField(
        label=_("Svar at vælge mellem"), max_length=2_500, required=False, widget=_area(),
        help_text=_("Kun for afstemninger: ét svar på hver linje."),
    )  # fmt: skip
    seconds = forms.IntegerField(
        label=_("Sekunder"), required=False, min_value=10, max_value=1_800,
        help_text=_("Tomt: 120 for et åbent spørgsmål og 60 for en afstemning."),
    )  # fmt: skip


class PackagesFilter(forms.Form):
    """Which services the page of packages shows."""

    q = forms.CharField(label=_("Ydelse"), required=False, max_length=100)
    package = forms.ChoiceField(
        label=_("Pakke"), required=False,
        choices=[("", _("Alle")), ("interviews", _("2 Interview")), ("user_tests", _("3 Brugertest")),
                 ("none", _("Ingen"))],
    )  # fmt: skip
    segment = forms.ChoiceField(
        label=_("Kompleksitet og volumen"), required=False,
        choices=[("", _("Alle")), ("high-large", _("Høj og stor")), ("high-small", _("Høj og lille")),
                 ("low-large", _("Lav og stor")), ("low-small", _("Lav og lille"))],
    )  # fmt: skip
    behind = forms.BooleanField(label=_("Kun dem, der mangler fra sidste år"), required=False)


class PackageDecisionForm(Revised, forms.Form):
    """The owner's decision about the packages of a service."""

    interviews = forms.BooleanField(label=_("Pakke 2: interview om brugerrejsen"), required=False)
    times_a_year = forms.TypedChoiceField(
        label=_("Interview om året"), coerce=int, choices=[(1, _("Én gang")), (2, _("To gange"))]
    )
    user_tests = forms.BooleanField(label=_("Pakke 3: brugertest"), required=False)
    is_critical = forms.BooleanField(label=_("Ydelsen er forretningskritisk"), required=False)
    is_most_important = forms.BooleanField(
        label=_("En af de vigtigste ydelser"), required=False,
        help_text=_("Udpeges centralt, højst fem. De får både interview og brugertest."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Hvorfor"), max_length=500)

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(stored))


class FeedbackEvaluationForm(forms.Form):
    """What the feedback was worth."""

    text = forms.CharField(label=_("Hvad har feedbacken været værd"), max_length=LONGEST, widget=_area(6))
    goes_on = forms.BooleanField(label=_("Vi fortsætter"), required=False, initial=True)


def stored_decision(decision: PackageDecision | None, packages: frozenset[str]) -> dict[str, Any]:
    """The values that the form of a decision begins with: the decision in force, else what the segment proposes."""
    names = ("interviews", "user_tests", "is_critical", "is_most_important", "times_a_year")
    if decision is not None:
        return {name: getattr(decision, name) for name in names}
    return {"interviews": "interviews" in packages, "user_tests": "user_tests" in packages, "times_a_year": 1}
