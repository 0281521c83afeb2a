"""Forms that give people queues and queues people, and that end it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.entry.models import Queue, QueueMembership
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class QueueChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Queues, each with its centre."""

    def label_from_instance(self, queue: Queue) -> str:
        return f"{queue.name} ({queue.centre.name})"


class MembershipForm(forms.Form):
    """The queues that somebody is to serve, from when until when."""

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
        """Whether there is a queue to give."""
        field = self.fields["queues"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        return field.queryset is not None and field.queryset.exists()


class MembershipEndForm(forms.Form):
    """The day on which one membership ends; a page has one for each, so its ids carry the membership's."""

    on = DayField(label=_("Slutter (dagen ikke medregnet)"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, membership: QueueMembership) -> None:
        super().__init__(data, auto_id=f"membership-{membership.pk}-%s")
        self.fields["on"].initial = max(clock.today(), membership.valid_from)
        self.fields["on"].error_messages["required"] = _("Skriv den dag, medarbejderen holder op i køen.")


class MembersForm(forms.Form):
    """Who is to serve the queue, from when until when."""

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
