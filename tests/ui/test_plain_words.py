"""Words and dates where Django's own are not plain (docs/plain-language.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.utils import translation
from django.utils.formats import date_format

from indgang.catalogue import hours
from indgang.core.ranges import DateRange
from indgang.core.schedule import Schedule, Weekly
from indgang.entry.wording import rehearsal
from indgang.ui.templatetags import ui


class SomeForm(forms.Form):
    number = forms.IntegerField(min_value=0, max_value=9)
    day = forms.DateField()
    name = forms.CharField(max_length=3)


def test_faults_of_fields_say_what_to_write() -> None:
    with translation.override("da"):
        wrong = SomeForm({"number": "-1", "day": "i morgen", "name": "abcd"}).errors
        assert wrong["number"] == ["Skriv mindst 0."]
        assert wrong["day"] == ["Skriv en dato, for eksempel 24-12-2026."]
        assert wrong["name"] == ["Skriv højst 3 tegn; der står 4."]
        assert SomeForm({}).errors["name"] == ["Udfyld feltet."]


@pytest.mark.parametrize(("language", "written"), [("da", "25. november 2026"), ("en", "25 November 2026")])
def test_days_are_written_as_the_language_does(language: str, written: str) -> None:
    with translation.override(language):
        assert date_format(date(2026, 11, 25), "DATE_FORMAT") == written


def test_a_place_that_is_closed_says_so_once() -> None:
    always = DateRange(date(2020, 1, 1), None)
    mondays = Schedule((Weekly(0, time(9), time(16), always),))
    sunday = hours.opening(mondays, datetime(2026, 3, 15, 12, tzinfo=UTC))
    assert sunday.closed_words == "Lukket hele dagen"
    easter = hours.opening(mondays, datetime(2026, 4, 6, 12, tzinfo=UTC))
    assert easter.closed_words == "Lukket: Anden påskedag"


@pytest.mark.parametrize(("language", "written"), [("da", "12.345"), ("en", "12,345")])
def test_large_numbers_have_their_thousands_apart(language: str, written: str) -> None:
    with translation.override(language):
        assert ui.number(12345) == written
        assert ui.number(None) == "–"


@pytest.mark.parametrize(("value", "shown"), [("120.0", "120"), ("2.5", "2.5"), ("tmf", "tmf"), ("10", "10"), ("", "")])
def test_whole_seconds_have_no_decimals(value: str, shown: str) -> None:
    assert rehearsal._figure(value) == shown
