"""The shared components: what they write, and that it can be read by everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from hypothesis import given
from hypothesis import strategies as st

from indgang.core import clock
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import BarPlot, PlotBar
from indgang.ui.templatetags import ui


def _rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context(context)).strip()


class SampleForm(forms.Form):
    name = forms.CharField(label="Navn", help_text="For- og efternavn")
    sure = forms.BooleanField(label="Sikker", required=False)
    kind = forms.ChoiceField(label="Slags", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(choices=[("1", "Man"), ("2", "Tir")], widget=forms.CheckboxSelectMultiple)
    size = forms.ChoiceField(label="Størrelse", choices=[("a", "A")], required=False)


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    html = _rendered("{% field form.name %}", form=SampleForm({"kind": "a"}))
    assert '<label class="form-label" for="id_name">Navn' in html
    assert 'id="id_name-hint">For- og efternavn' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert "form-error" in html


def test_a_field_without_fault_says_nothing_of_errors() -> None:
    html = _rendered("{% field form.name %}", form=SampleForm({"name": "Bo", "kind": "a"}))
    assert "form-error" not in html
    assert 'aria-describedby="id_name-hint"' in html


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    html = _rendered("{% field form.kind %}", form=SampleForm())
    assert html.startswith("<fieldset")
    assert "<legend" in html
    assert html.count('type="radio"') == 2


@pytest.mark.parametrize(("name", "drawn_as"), [("kind", "form-radio"), ("days", "form-checkbox")])
def test_each_box_has_the_class_that_draws_it(name: str, drawn_as: str) -> None:
    html = _rendered("{% field field %}", field=SampleForm()[name])
    assert html.count(f'class="{drawn_as}') == 2


def test_the_label_of_a_checkbox_follows_its_box() -> None:
    html = _rendered("{% field form.sure %}", form=SampleForm())
    assert html.index("<input") < html.index("<label")
    assert "valgfrit" not in html


def test_what_may_be_left_out_is_said_to_be_optional() -> None:
    assert "valgfrit" in _rendered("{% field form.size %}", form=SampleForm())
    assert "valgfrit" not in _rendered("{% field form.name %}", form=SampleForm())
    assert "valgfrit" not in _rendered("{% field form.size optional=False %}", form=SampleForm())


def test_a_field_takes_attributes_of_htmx() -> None:
    html = _rendered('{% field form.name hx_get="/find/" %}', form=SampleForm())
    assert 'hx-get="/find/"' in html


def test_a_button_escapes_what_it_is_given() -> None:
    html = _rendered('{% button text icon="save" hx_post=url disabled=True title=None %}', text="<b>", url='/x/?a="')
    assert "&lt;b&gt;" in html
    assert 'hx-post="/x/?a=&quot;"' in html
    assert " disabled" in html
    assert "title" not in html


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in _rendered('{% icon "search" %}')
    named = _rendered('{% icon "phone" label="Ring op" %}')
    assert 'aria-label="Ring op"' in named
    assert "aria-hidden" not in named


def test_every_icon_of_our_own_is_in_the_sprite() -> None:
    from tests.test_house import ROOT

    sprite = (ROOT / "indgang/ui/static/ui/icons.svg").read_text(encoding="utf-8")
    assert [name for name in ui.OWN_ICONS if f'id="{name}"' not in sprite] == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0:00"),
        (7, "0:07"),
        (133, "2:13"),
        (3733, "1:02:13"),
        (timedelta(seconds=59.6), "1:00"),
        (-5, "0:00"),
        (None, ""),
    ],
)
def test_a_duration_is_written_as_on_a_telephone(value: Any, text: str) -> None:
    assert ui.duration(value) == text


@given(st.integers(0, 10**6))
def test_a_duration_can_be_read_back(seconds: int) -> None:
    *hours, minutes, rest = (int(part) for part in ui.duration(seconds).split(":"))
    assert sum(hours) * 3600 + minutes * 60 + rest == seconds


def test_a_time_of_day_is_copenhagens() -> None:
    assert ui.clock(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "14:05"
    assert ui.clock(datetime(2026, 1, 1, 12, 5, tzinfo=UTC)) == "13:05"
    assert ui.clock(None) == ""


def test_a_counter_shows_the_time_before_any_script_runs() -> None:
    at = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
    with clock.frozen(at + timedelta(seconds=133)):
        html = _rendered("{% since at warn_after=60 %}", at=at)
    assert ">2:13<" in html
    assert f'data-since="{round(at.timestamp() * 1000)}"' in html
    assert 'data-warn-after="60"' in html
    assert _rendered("{% since at %}", at=None) == ""


def test_a_countdown_never_goes_below_nothing() -> None:
    at = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
    with clock.frozen(at + timedelta(seconds=10)):
        assert ">0:00<" in _rendered("{% until at %}", at=at)


def test_a_dialog_is_named_by_its_heading_and_can_be_left() -> None:
    html = _rendered('{% dialog "why" title %}<p>{{ word }}</p>{% enddialog %}', title="Hvorfor & hvordan", word="<x>")
    assert 'aria-labelledby="why-title"' in html
    assert "Hvorfor &amp; hvordan" in html
    assert "&lt;x&gt;" in html
    assert 'data-closes="dialog"' in html


def test_a_dialog_without_a_title_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        _rendered('{% dialog "why" %}{% enddialog %}')


def test_a_plot_has_its_table_and_says_where_data_is_missing() -> None:
    shown = BarPlot(
        "Andel", "Andel <pr. kø>", ValueUnit.PERCENT, "Kø", "Andel", (PlotBar("Byg", 50.0), PlotBar("Vej", None))
    )
    html = _rendered('{% plot shown "share" %}', shown=shown)
    assert '<th scope="row">Byg</th>' in html
    assert "<td>50\N{NO-BREAK SPACE}%</td>" in html
    assert "Ingen data</text>" in html
    assert '<title id="share-wide-title">' in html
    assert '<title id="share-narrow-title">' in html
    assert "<pr." not in html
    assert "<figcaption>Andel</figcaption>" in html
    assert "<figcaption>" not in _rendered('{% plot shown "share" has_caption=False %}', shown=shown)
