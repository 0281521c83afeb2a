"""What forms ask and take: hidden fields are never required nor stored, and what passes the check can be answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.correspondence.forms.answers import COORDINATES, AnswerFault, read_answers
from indgang.correspondence.forms.conditions import asked_fields, is_asked
from indgang.correspondence.forms.definition import (
    DECIDING,
    WITH_OPTIONS,
    BadDefinition,
    FieldCondition,
    FieldKind,
    FieldOption,
    FormDefinition,
    FormField,
    FormProblemKind,
    FormSection,
    check,
)
from tests import sample

_OPTIONS = tuple(FieldOption(code, code.upper()) for code in ("a", "b", "c"))
#: an answer that each kind takes
_GOOD = {
    FieldKind.TEXT: "x",
    FieldKind.LONG_TEXT: "x\ny",
    FieldKind.CHOICE: "a",
    FieldKind.CHOICES: "b",
    FieldKind.YES_NO: "no",
    FieldKind.DATE: "29.11.2026",
    FieldKind.EMAIL: "per@example.dk",
    FieldKind.PHONE: "33 66 33 66",
    FieldKind.CVR: "DK 10000009",
    FieldKind.ADDRESS: "Njalsgade 13",
    FieldKind.PLACE: "Amager Fælled",
    FieldKind.CONSENT: "on",
}


def form(*fields: FormField) -> FormDefinition:
    return FormDefinition((FormSection("Sagen", fields=fields),))


@st.composite
def definitions(draw: st.DrawFn) -> FormDefinition:
    """Forms of up to eight fields with conditions on any field, also later ones and themselves."""
    codes = [f"f{number}" for number in range(draw(st.integers(1, 8)))]
    numbers = st.none() | st.integers(-5, 30)
    made = [
        FormField(
            code, draw(st.sampled_from(FieldKind)), draw(st.sampled_from(("Hvad", "Hvad", "Hvad", ""))),
            required=draw(st.booleans()), least=draw(numbers), most=draw(numbers),
            when=tuple(draw(st.lists(_conditions(codes), max_size=2))),
            options=draw(st.sampled_from((_OPTIONS, _OPTIONS, ()))),
        )
        for code in codes
    ]  # fmt: skip
    return form(*made)


def _conditions(codes: list[str]) -> st.SearchStrategy[FieldCondition]:
    values = st.lists(st.sampled_from(("a", "b", "yes", "no", "x")), min_size=1, max_size=2).map(tuple)
    return st.builds(FieldCondition, st.sampled_from(codes), values)


typed = st.dictionaries(
    st.sampled_from([f"f{number}" for number in range(8)]),
    st.lists(st.sampled_from([*_GOOD.values(), "yes", "c", "12", "", "\x00", "9" * 400]) | st.text(), max_size=3),
)


@settings(max_examples=sample.examples(100))
@given(definitions(), typed)
def test_what_is_hidden_is_neither_required_nor_stored(definition: FormDefinition, data: dict[str, list[str]]) -> None:
    found = read_answers(definition, data, {})
    shown = {field.code for field in asked_fields(definition, found.values)}
    assert set(found.values) | set(found.faults) <= shown
    assert not set(found.values) & set(found.faults)
    for field in definition.fields:
        if field.code in shown and field.required:
            assert field.code in found.values or field.code in found.faults


@settings(max_examples=sample.examples(100))
@given(definitions())
def test_every_form_that_passes_the_check_can_be_answered(definition: FormDefinition) -> None:
    if check(definition):
        return
    data: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for field in definition.fields:
        if field.kind is FieldKind.FILE:
            files[field.code] = ["1"]
        else:
            data[field.code] = [_good(field)]
    found = read_answers(definition, data, files)
    assert not found.faults
    assert set(found.values) == {field.code for field in asked_fields(definition, found.values)}


def _good(field: FormField) -> str:
    if field.kind is not FieldKind.NUMBER:
        return (
            _GOOD[field.kind][: field.limit] if field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT) else _short(field)
        )
    return str(field.least if field.least is not None else field.most if field.most is not None else 0)


def _short(field: FormField) -> str:
    return "N" if field.kind in (FieldKind.ADDRESS, FieldKind.PLACE) else _GOOD[field.kind]


@settings(max_examples=sample.examples(60))
@given(definitions(), typed, st.randoms(use_true_random=False))
def test_the_order_of_conditions_does_not_matter(
    definition: FormDefinition, data: dict[str, list[str]], chance: Any
) -> None:
    def shuffled(field: FormField) -> FormField:
        when = list(field.when)
        chance.shuffle(when)
        return FormField(**{name: getattr(field, name) for name in FormField.__slots__} | {"when": tuple(when)})

    other = form(*(shuffled(field) for field in definition.fields))
    assert read_answers(other, data, {}) == read_answers(definition, data, {})


@settings(max_examples=sample.examples(60))
@given(definitions())
def test_a_form_is_the_same_after_it_was_stored(definition: FormDefinition) -> None:
    assert FormDefinition.from_data(definition.as_data()) == definition


@pytest.mark.parametrize(
    "data",
    [
        None, [], {"sections": {}}, {"pages": []}, {"sections": [{"fields": [{"kind": "map"}]}]},
        {"sections": [{"fields": [{"kind": "text", "code": 7}]}]},
        {"sections": [{"fields": [{"kind": "text", "code": "a", "most": "9"}]}]},
        {"sections": [{"fields": [{"kind": "text", "code": "a", "when": [{"field": "b", "values": [1]}]}]}]},
    ],
)  # fmt: skip
def test_other_data_is_refused_and_says_where(data: Any) -> None:
    with pytest.raises(BadDefinition):
        FormDefinition.from_data(data)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ((), FormProblemKind.EMPTY),
        ((FormField("a", FieldKind.TEXT, " "),), FormProblemKind.NO_LABEL),
        ((FormField("A b", FieldKind.TEXT, "A"),), FormProblemKind.BAD_CODE),
        ((FormField("a", FieldKind.TEXT, "A"), FormField("a", FieldKind.DATE, "B")), FormProblemKind.CODE_TWICE),
        ((FormField("a", FieldKind.CHOICE, "A"),), FormProblemKind.NO_OPTIONS),
        ((FormField("a", FieldKind.CHOICE, "A", options=(*_OPTIONS, _OPTIONS[0])),), FormProblemKind.OPTION_TWICE),
        ((FormField("a", FieldKind.NUMBER, "A", least=3, most=2),), FormProblemKind.LIMITS),
        ((FormField("a", FieldKind.FILE, "A", most=99),), FormProblemKind.LIMITS),
        ((FormField("a", FieldKind.TEXT, "A", when=(FieldCondition("a", ("x",)),)),), FormProblemKind.NOT_EARLIER),
        (
            (
                FormField("a", FieldKind.TEXT, "A", when=(FieldCondition("b", ("yes",)),)),
                FormField("b", FieldKind.YES_NO, "B"),
            ),
            FormProblemKind.NOT_EARLIER,
        ),
        (
            (
                FormField("a", FieldKind.DATE, "A"),
                FormField("b", FieldKind.TEXT, "B", when=(FieldCondition("a", ("x",)),)),
            ),
            FormProblemKind.DECIDES_NOTHING,
        ),
        (
            (
                FormField("a", FieldKind.YES_NO, "A"),
                FormField("b", FieldKind.TEXT, "B", when=(FieldCondition("a", ("maybe",)),)),
            ),
            FormProblemKind.NO_SUCH_ANSWER,
        ),
    ],
)
def test_the_check_names_what_is_wrong(fields: tuple[FormField, ...], kind: FormProblemKind) -> None:
    assert [problem.kind for problem in check(form(*fields))] == [kind]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.TEXT, "  To   ord ", "To ord"),
        (FieldKind.LONG_TEXT, "En\r\nto", "En\nto"),
        (FieldKind.TEXT, "mit cpr er 010190-1234", "mit cpr er ******-****"),
        (FieldKind.DATE, "2026-02-28", "2026-02-28"),
        (FieldKind.DATE, "1/3 2026", "2026-03-01"),
        (FieldKind.NUMBER, "1.250,5", "1250.5"),
        (FieldKind.NUMBER, "12.5", "12.5"),
        (FieldKind.PHONE, "33 66 33 66", "+4533663366"),
        (FieldKind.CVR, "cvr-nr. 10 00 00 09", "10000009"),
        (FieldKind.CONSENT, "on", "yes"),
        (FieldKind.TEXT, "x" * 201, AnswerFault.TOO_LONG),
        (FieldKind.DATE, "30-02-2026", AnswerFault.NO_DATE),
        (FieldKind.NUMBER, "1e9", AnswerFault.NO_NUMBER),
        (FieldKind.NUMBER, "-1", AnswerFault.TOO_SMALL),
        (FieldKind.NUMBER, "31", None),
        (FieldKind.EMAIL, "per@example", AnswerFault.NO_EMAIL),
        (FieldKind.EMAIL, "per@x.dk\nBcc: y@x.dk", AnswerFault.NO_EMAIL),
        (FieldKind.PHONE, "112", AnswerFault.NO_PHONE),
        (FieldKind.CVR, "12345678", AnswerFault.NO_CVR),
        (FieldKind.CHOICE, "z", AnswerFault.NOT_AN_OPTION),
        (FieldKind.YES_NO, "on", AnswerFault.NOT_AN_OPTION),
    ],
)
def test_answers_are_read_as_people_write_them(kind: FieldKind, text: str, value: Any) -> None:
    least = 0 if kind is FieldKind.NUMBER else None
    found = read_answers(form(FormField("a", kind, "A", options=_OPTIONS, least=least)), {"a": [text]}, {})
    if isinstance(value, AnswerFault):
        assert found.faults == {"a": value}
    else:
        assert found.values == {"a": "31" if value is None else value}


def test_a_place_is_an_address_with_or_without_coordinates() -> None:
    asked = form(FormField("sted", FieldKind.PLACE, "Hvor"))
    name = "sted" + COORDINATES
    assert read_answers(asked, {"sted": ["Njalsgade 13"]}, {}).values == {"sted": {"address": "Njalsgade 13"}}
    both = read_answers(asked, {"sted": ["Fælleden"], name: ["55.66, 12.59"]}, {}).values
    assert both == {"sted": {"address": "Fælleden", "lat": 55.66, "lon": 12.59}}
    assert read_answers(asked, {name: ["95, 12"]}, {}).faults == {"sted": AnswerFault.NO_COORDINATES}


def test_only_so_many_files_are_taken() -> None:
    asked = form(FormField("plan", FieldKind.FILE, "Plan", required=True, most=2))
    assert read_answers(asked, {}, {}).faults == {"plan": AnswerFault.MISSING}
    assert read_answers(asked, {}, {"plan": ["1", "2"]}).values == {"plan": ["1", "2"]}
    assert read_answers(asked, {}, {"plan": ["1", "2", "3"]}).faults == {"plan": AnswerFault.TOO_MANY_FILES}


def test_a_field_below_one_that_is_hidden_is_hidden_too() -> None:
    fields = (
        FormField("er-sag", FieldKind.YES_NO, "Er der en sag?"),
        FormField("type", FieldKind.CHOICE, "Hvilken?", options=_OPTIONS, when=(FieldCondition("er-sag", ("yes",)),)),
        FormField("nummer", FieldKind.TEXT, "Nummer", required=True, when=(FieldCondition("type", ("a",)),)),
    )
    data = {"er-sag": ["no"], "type": ["a"], "nummer": ["7"]}
    assert read_answers(form(*fields), data, {}).values == {"er-sag": "no"}
    assert not is_asked(fields[2], {})
    assert DECIDING > WITH_OPTIONS
