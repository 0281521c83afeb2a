"""Numbers and days in the catalogue."""

from __future__ import annotations

from django import template
from django.utils.dates import WEEKDAYS

from indgang.core import phone_numbers

register = template.Library()


@register.filter
def phone_number(number: str) -> str:
    """A telephone number as people write it; empty for None."""
    return phone_numbers.for_people(number) if number else ""


@register.filter
def weekday(number: int) -> str:
    """The name of a weekday, 0 for Monday."""
    return str(WEEKDAYS[number])
