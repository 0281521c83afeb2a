"""Forms of follow-ups, causes, rules, improvements and comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.access import people_who_may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Service, Unit
from indgang.core import clock
from indgang.feedback.follow_up_models import LONGEST, FollowUp, FollowUpCause, FollowUpRule, ImprovementItem
from indgang.feedback.follow_ups import rights
from indgang.feedback.follow_ups.following_up import causes_for
from indgang.ui.choices import offer
from indgang.ui.parameters import BegunDayField, DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NO_SERVICE = _("Ingen bestemt")


class FollowUpFilter(forms.Form):
    """Which follow-ups the list shows."""

    OPEN, MINE, DONE = "open", "mine", "done"

    state = forms.ChoiceField(
        label=_("Vis"), required=False,
        choices=[(OPEN, _("Åbne")), (MINE, _("Mine")), (DONE, _("Fulgt op"))],
    )  # fmt: skip


class FollowUpForm(Revised, forms.Form):
    """The cause, and what was done."""

    cause = forms.ModelChoiceField(
        FollowUpCause.objects.none(), label=_("Årsag"), required=False, empty_label=_("Vælg"),
        help_text=_("Du skal vælge en årsag, før du afslutter."),
    )  # fmt: skip
    done = forms.CharField(
        label=_("Det er gjort"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Skriv ikke navne eller CPR-numre. Skriv også, hvis der ikke var noget at gøre."),
    )  # fmt: skip
    called = forms.BooleanField(label=_("Vi har ringet tilbage"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, follow_up: FollowUp) -> None:
        super().__init__(data, initial={"cause": follow_up.cause, "done": follow_up.done, "called": follow_up.called})
        if FollowUp.Reason.CALL_BACK not in follow_up.reasons:
            del self.fields["called"]
        rows = causes_for(follow_up, clock.now())
        offer(self, "cause", (rows | FollowUpCause.objects.filter(pk=follow_up.cause_id or 0)).order_by("name"))

    @property
    def values(self) -> dict[str, Any]:
        return {"called": False} | self.cleaned_data


class CauseForm(Revised, forms.Form):
    """A cause of a centre."""

    name = forms.CharField(label=_("Årsag"), max_length=100)
    name_en = forms.CharField(label=_("Årsag på engelsk"), max_length=100, required=False)
    valid_to = DayField(
        label=_("Bruges ikke fra"), required=False, widget=_DAY, help_text=_("Tom: den bruges indtil videre.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, cause: FollowUpCause) -> None:
        super().__init__(data, initial={name: getattr(cause, name) for name in self.base_fields})
        self.pk = cause.pk


class FollowUpRuleForm(Revised, forms.Form):
    """What opens a follow-up of a questionnaire's answers."""

    on_score = forms.BooleanField(label=_("Lave vurderinger følges op"), required=False)
    low_index = forms.IntegerField(
        label=_("Lav vurdering: indeks højst"), min_value=0, max_value=100,
        help_text=_("Indekset går fra 0 til 100. 50 er tast 5 af 9."),
    )  # fmt: skip
    on_comment = forms.BooleanField(label=_("Alle kommentarer følges op"), required=False)
    working_days = forms.IntegerField(label=_("Frist i arbejdsdage"), min_value=1, max_value=30)

    def __init__(self, data: Mapping[str, Any] | None = None, *, rule: FollowUpRule) -> None:
        super().__init__(data, initial={name: getattr(rule, name) for name in self.base_fields})


class ImprovementForm(Revised, forms.Form):
    """What is to become better, where, and who sees to it."""

    title = forms.CharField(label=_("Forbedring"), max_length=200)
    text = forms.CharField(
        label=_("Hvad skal gøres"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Enhed"), empty_label=_("Vælg"))
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Ydelse"), required=False, empty_label=_NO_SERVICE,
        help_text=_("Effekten måles på ydelsens tilfredshed før og efter."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Ansvarlig"), empty_label=_("Vælg"))
    target_day = DayField(label=_("Skal være færdig"), required=False, widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, item: ImprovementItem, units: QuerySet[Unit]) -> None:
        super().__init__(data, initial={name: getattr(item, name, None) for name in self._stored()})
        self.pk, today = item.pk, clock.today()
        now = Unit.objects.filter(pk=item.unit_id or 0)
        offer(self, "unit", (units.filter(pk__in=Unit.objects.valid_on(today)) | now).distinct().order_by("path"))
        held = Service.objects.filter(pk__in=Service.objects.valid_on(today)) | Service.objects.filter(
            pk=item.service_id or 0
        )
        offer(self, "service", held.order_by("name"))
        able = people_who_may((rights.LEAD, rights.HEAD, P.MAKE_AGREEMENTS, P.EDIT_KNOWLEDGE), today).values("pk")
        people = Person.objects.filter(Q(pk__in=able) | Q(pk=item.owner_id or 0))
        offer(self, "owner", people.order_by("name", "pk"))

    def _stored(self) -> list[str]:
        return [name for name in self.base_fields if name != "kind"]


class NewImprovementForm(ImprovementForm):
    """With its kind, which is chosen once."""

    kind = forms.ChoiceField(label=_("Slags"), choices=ImprovementItem.Kind.choices, widget=forms.RadioSelect)

    field_order = ("kind",)


class ImprovementFilter(forms.Form):
    """Which improvements the list shows."""

    OPEN = "open"

    state = forms.ChoiceField(
        label=_("Vis"), required=False, choices=[(OPEN, _("Åbne")), *ImprovementItem.State.choices]
    )


class DecisionForm(forms.Form):
    """Why it is approved or turned down."""

    decision = forms.CharField(
        label=_("Begrundelse"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class CompletionForm(forms.Form):
    """The day from which the improvement works."""

    works_from = BegunDayField(label=_("Gennemført den"))


class CommentFilter(forms.Form):
    """What is looked for among the comments."""

    words = forms.CharField(label=_("Ord"), required=False, max_length=200)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Ydelse"), required=False, empty_label=_("Alle ydelser")
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        offer(self, "service", Service.objects.order_by("name"))


class TagForm(forms.Form):
    """A service that a comment is about."""

    service = forms.ModelChoiceField(Service.objects.none(), label=_("Ydelse"), empty_label=_("Vælg"))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "service", Service.objects.filter(pk__in=Service.objects.valid_on(clock.today())).order_by("name"))
