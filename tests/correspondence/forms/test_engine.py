"""What forms ask and take: hidden fields are never required nor stored, and what passes the check can be answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.correspondence.forms.answers import COORDINATES, Fault, read_answers
from indgang.correspondence.forms.conditions import asked_fields, is_asked
from indgang.correspondence.forms.definition import (
    DECIDING,
    WITH_OPTIONS,
    BadDefinition,
    Condition,
    Definition,
    Field,
    Kind,
    Option,
    ProblemKind,
    Section,
    check,
)
from tests import sample

_OPTIONS = tuple(Option(code, code.upper()) for code in ("a", "b", "c"))
#: an answer that each kind takes
_GOOD = {
    Kind.TEXT: "x", Kind.LONG_TEXT: "x\ny", Kind.CHOICE: "a", Kind.CHOICES: "b", Kind.YES_NO: "no",
    Kind.DATE: "29.11.2026", Kind.EMAIL: "per@example.dk", Kind.PHONE: "33 66 33 66", Kind.CVR: "DK 10000009",
    Kind.ADDRESS: "Njalsgade 13", Kind.PLACE: "Amager Fælled", Kind.CONSENT: "on",
}  # fmt: skip


def form(*fields: Field) -> Definition:
    return Definition((Section("Sagen", fields=fields),))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Forms of up to eight fields with conditions on any field, also later ones and themselves."""
    codes = [f"f{number}" for number in range(draw(st.integers(1, 8)))]
    numbers = st.none() | st.integers(-5, 30)
    made = [
        Field(
            code, draw(st.sampled_from(Kind)), draw(st.sampled_from(("Hvad", "Hvad", "Hvad", ""))),
            required=draw(st.booleans()), least=draw(numbers), most=draw(numbers),
            when=tuple(draw(st.lists(_conditions(codes), max_size=2))),
            options=draw(st.sampled_from((_OPTIONS, _OPTIONS, ()))),
        )
        for code in codes
    ]  # fmt: skip
    return form(*made)


def _conditions(codes: list[str]) -> st.SearchStrategy[Condition]:
    values = st.lists(st.sampled_from(("a", "b", "yes", "no", "x")), min_size=1, max_size=2).map(tuple)
    return st.builds(Condition, st.sampled_from(codes), values)


typed = st.dictionaries(
    st.sampled_from([f"f{number}" for number in range(8)]),
    st.lists(st.sampled_from([*_GOOD.values(), "yes", "c", "12", "", "\x00", "9" * 400]) | st.text(), max_size=3),
)


@settings(max_examples=sample.examples(100))
@given(definitions(), typed)
def test_what_is_hidden_is_neither_required_nor_stored(definition: Definition, data: dict[str, list[str]]) -> None:
    found = read_answers(definition, data, {})
    shown = {field.code for field in asked_fields(definition, found.values)}
    assert set(found.values) | set(found.faults) <= shown
    assert not set(found.values) & set(found.faults)
    for field in definition.fields:
        if field.code in shown and field.required:
            assert field.code in found.values or field.code in found.faults


@settings(max_examples=sample.examples(100))
@given(definitions())
def test_every_form_that_passes_the_check_can_be_answered(definition: Definition) -> None:
    if check(definition):
        return
    data: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for field in definition.fields:
        if field.kind is Kind.FILE:
            files[field.code] = ["1"]
        else:
            data[field.code] = [_good(field)]
    found = read_answers(definition, data, files)
    assert not found.faults
    assert set(found.values) == {field.code for field in asked_fields(definition, found.values)}


def _good(field: Field) -> str:
    if field.kind is not Kind.NUMBER:
        return _GOOD[field.kind][: field.limit] if field.kind in (Kind.TEXT, Kind.LONG_TEXT) else _short(field)
    return str(field.least if field.least is not None else field.most if field.most is not None else 0)


def _short(field: Field) -> str:
    return "N" if field.kind in (Kind.ADDRESS, Kind.PLACE) else _GOOD[field.kind]


@settings(max_examples=sample.examples(60))
@given(definitions(), typed, st.randoms(use_true_random=False))
def test_the_order_of_conditions_does_not_matter(
    definition: Definition, data: dict[str, list[str]], chance: Any
) -> None:
    def shuffled(field: Field) -> Field:
        when = list(field.when)
        chance.shuffle(when)
        return Field(**{name: getattr(field, name) for name in Field.__slots__} | {"when": tuple(when)})

    other = form(*(shuffled(field) for field in definition.fields))
    assert read_answers(other, data, {}) == read_answers(definition, data, {})


@settings(max_examples=sample.examples(60))
@given(definitions())
def test_a_form_is_the_same_after_it_was_stored(definition: Definition) -> None:
    assert Definition.from_data(definition.as_data()) == definition


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
        Definition.from_data(data)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ((), ProblemKind.EMPTY),
        ((Field("a", Kind.TEXT, " "),), ProblemKind.NO_LABEL),
        ((Field("A b", Kind.TEXT, "A"),), ProblemKind.BAD_CODE),
        ((Field("a", Kind.TEXT, "A"), Field("a", Kind.DATE, "B")), ProblemKind.CODE_TWICE),
        ((Field("a", Kind.CHOICE, "A"),), ProblemKind.NO_OPTIONS),
        ((Field("a", Kind.CHOICE, "A", options=(*_OPTIONS, _OPTIONS[0])),), ProblemKind.OPTION_TWICE),
        ((Field("a", Kind.NUMBER, "A", least=3, most=2),), ProblemKind.LIMITS),
        ((Field("a", Kind.FILE, "A", most=99),), ProblemKind.LIMITS),
        ((Field("a", Kind.TEXT, "A", when=(Condition("a", ("x",)),)),), ProblemKind.NOT_EARLIER),
        (
            (Field("a", Kind.TEXT, "A", when=(Condition("b", ("yes",)),)), Field("b", Kind.YES_NO, "B")),
            ProblemKind.NOT_EARLIER,
        ),
        (
            (Field("a", Kind.DATE, "A"), Field("b", Kind.TEXT, "B", when=(Condition("a", ("x",)),))),
            ProblemKind.DECIDES_NOTHING,
        ),
        (
            (Field("a", Kind.YES_NO, "A"), Field("b", Kind.TEXT, "B", when=(Condition("a", ("maybe",)),))),
            ProblemKind.NO_SUCH_ANSWER,
        ),
    ],
)
def test_the_check_names_what_is_wrong(fields: tuple[Field, ...], kind: ProblemKind) -> None:
    assert [problem.kind for problem in check(form(*fields))] == [kind]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.TEXT, "  To   ord ", "To ord"),
        (Kind.LONG_TEXT, "En\r\nto", "En\nto"),
        (Kind.TEXT, "mit cpr er 010190-1234", "mit cpr er ******-****"),
        (Kind.DATE, "2026-02-28", "2026-02-28"),
        (Kind.DATE, "1/3 2026", "2026-03-01"),
        (Kind.NUMBER, "1.250,5", "1250.5"),
        (Kind.NUMBER, "12.5", "12.5"),
        (Kind.PHONE, "33 66 33 66", "+4533663366"),
        (Kind.CVR, "cvr-nr. 10 00 00 09", "10000009"),
        (Kind.CONSENT, "on", "yes"),
        (Kind.TEXT, "x" * 201, Fault.TOO_LONG),
        (Kind.DATE, "30-02-2026", Fault.NO_DATE),
        (Kind.NUMBER, "1e9", Fault.NO_NUMBER),
        (Kind.NUMBER, "-1", Fault.TOO_SMALL),
        (Kind.NUMBER, "31", None),
        (Kind.EMAIL, "per@example", Fault.NO_EMAIL),
        (Kind.EMAIL, "per@x.dk\nBcc: y@x.dk", Fault.NO_EMAIL),
        (Kind.PHONE, "112", Fault.NO_PHONE),
        (Kind.CVR, "12345678", Fault.NO_CVR),
        (Kind.CHOICE, "z", Fault.NOT_AN_OPTION),
        (Kind.YES_NO, "on", Fault.NOT_AN_OPTION),
    ],
)
def test_answers_are_read_as_people_write_them(kind: Kind, text: str, value: Any) -> None:
    least = 0 if kind is Kind.NUMBER else None
    found = read_answers(form(Field("a", kind, "A", options=_OPTIONS, least=least)), {"a": [text]}, {})
    if isinstance(value, Fault):
        assert found.faults == {"a": value}
    else:
        assert found.values == {"a": "31" if value is None else value}


def test_a_place_is_an_address_with_or_without_coordinates() -> None:
    asked = form(Field("sted", Kind.PLACE, "Hvor"))
    name = "sted" + COORDINATES
    assert read_answers(asked, {"sted": ["Njalsgade 13"]}, {}).values == {"sted": {"address": "Njalsgade 13"}}
    both = read_answers(asked, {"sted": ["Fælleden"], name: ["55.66, 12.59"]}, {}).values
    assert both == {"sted": {"address": "Fælleden", "lat": 55.66, "lon": 12.59}}
    assert read_answers(asked, {name: ["95, 12"]}, {}).faults == {"sted": Fault.NO_COORDINATES}


def test_only_so_many_files_are_taken() -> None:
    asked = form(Field("plan", Kind.FILE, "Plan", required=True, most=2))
    assert read_answers(asked, {}, {}).faults == {"plan": Fault.MISSING}
    assert read_answers(asked, {}, {"plan": ["1", "2"]}).values == {"plan": ["1", "2"]}
    assert read_answers(asked, {}, {"plan": ["1", "2", "3"]}).faults == {"plan": Fault.TOO_MANY_FILES}


def test_a_field_below_one_that_is_hidden_is_hidden_too() -> None:
    fields = (
        Field("er-sag", Kind.YES_NO, "Er der en sag?"),
        Field("type", Kind.CHOICE, "Hvilken?", options=_OPTIONS, when=(Condition("er-sag", ("yes",)),)),
        Field("nummer", Kind.TEXT, "Nummer", required=True, when=(Condition("type", ("a",)),)),
    )
    data = {"er-sag": ["no"], "type": ["a"], "nummer": ["7"]}
    assert read_answers(form(*fields), data, {}).values == {"er-sag": "no"}
    assert not is_asked(fields[2], {})
    assert DECIDING > WITH_OPTIONS
