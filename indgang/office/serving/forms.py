"""Forms that assign queues to people and people to queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class QueueChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Queues, each with its centre."""

    def label_from_instance(self, queue: Queue) -> str:
        return f"{queue.name} ({queue.centre.name})"


class MembershipForm(forms.Form):
    """The queues that somebody is to serve, with first and last day."""

    queues = QueueChoice(
        Queue.objects.none(), label=_("Køer"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vælg mindst én kø.")},
    )  # fmt: skip
    day = DayField(label=_("Fra og med"), widget=_DAY)
    until = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, queues: QuerySet[Queue]) -> None:
        super().__init__(data, auto_id="membership_%s")
        offer(self, "queues", queues)
        self.fields["day"].initial = clock.today()

    def offers(self) -> bool:
        """Whether any queue can be assigned."""
        field = self.fields["queues"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        return field.queryset is not None and field.queryset.exists()


class MembersForm(forms.Form):
    """The people who are to serve the queue, with first and last day."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Medarbejdere"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vælg mindst én medarbejder.")},
    )  # fmt: skip
    day = DayField(label=_("Fra og med"), widget=_DAY)
    until = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "people", people)
        self.fields["day"].initial = clock.today()

    def offers(self) -> bool:
        """Whether there is anybody to choose."""
        field = self.fields["people"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        return field.queryset is not None and field.queryset.exists()
