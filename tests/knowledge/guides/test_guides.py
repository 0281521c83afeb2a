"""Guides as data: reading, refused input, problems, and the path through the steps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge import guides
from indgang.knowledge.guides import AnswerOption, ChecklistStep, FaultCode, GuideTree, QuestionStep, ResultStep, Tree

BORD: dict[str, Any] = {
    "title": "Må jeg sætte borde ud?",
    "intro": "Fire spørgsmål.",
    "start": "sted",
    "steps": [
        {
            "id": "sted", "kind": "question", "text": "Hvor skal de stå?", "hint": "Se efter skellet.",
            "answers": [{"text": "På fortovet", "to": "bredde"}, {"text": "På egen grund", "to": "frit"}],
        },
        {"id": "bredde", "kind": "checklist", "text": "Mål efter", "items": ["1,5 meter fri"], "to": "søg-ikke"},
        {"id": "frit", "kind": "result", "text": "Du behøver ikke søge.", "articles": []},
    ],
}  # fmt: skip


def tree(**changes: Any) -> dict[str, Any]:
    steps = [dict(step) for step in BORD["steps"]]
    steps[1]["to"] = "soeg"
    steps.append({"id": "soeg", "kind": "result", "text": "Søg tilladelse.", "articles": ["udeservering"]})
    return {**BORD, "steps": steps, **changes}


def test_a_guide_is_walked_by_the_numbers_of_its_answers() -> None:
    guide = guides.parse(tree())
    assert guides.step_at(guide, []).id == "sted"
    assert guides.step_at(guide, [0, 0]).id == "soeg"
    assert [(taken.step.id, taken.answer, taken.words) for taken in guides.walk(guide, [0, 0])] == [
        ("sted", 0, "På fortovet"), ("bredde", 0, ""), ("soeg", None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("path", [[2], [-1], [0, 1], [1, 0], [0, 0, 0]])
def test_a_path_that_is_not_there_is_refused(path: list[int]) -> None:
    with pytest.raises(guides.WrongPath):
        guides.walk(guides.parse(tree()), path)


@pytest.mark.parametrize("text", ["-", "1-", "a", "1--2", "²", "-1", "99999", "0-" * 300 + "0"])
def test_an_address_that_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(guides.WrongPath):
        guides.path_from(text)


def test_a_whole_guide_has_no_problems() -> None:
    assert guides.problems(guides.parse(tree()), articles={"udeservering"}) == []


def found(data: dict[str, Any], articles: set[str] | None = None) -> set[tuple[str, FaultCode]]:
    return {(each.step, each.code) for each in guides.problems(guides.parse(data), articles)}


def test_what_is_wrong_is_told_by_step() -> None:
    assert found({**BORD, "steps": []}) == {("", FaultCode.NO_STEPS)}
    assert ("bredde", FaultCode.UNKNOWN_TARGET) not in found(tree())
    assert found(tree(), articles=set()) == {("soeg", FaultCode.MISSING_ARTICLE)}
    assert found(tree(start="væk")) >= {("", FaultCode.UNKNOWN_START), ("sted", FaultCode.UNREACHABLE)}
    assert found(tree(title=" ")) == {("", FaultCode.NO_TITLE)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"answers": []}, FaultCode.DEAD_END),
        ({"answers": [{"text": "Ja", "to": "frit"}, {"text": "ja", "to": "bredde"}]}, FaultCode.SAME_ANSWER),
        ({"answers": [{"text": "Ja", "to": ""}]}, FaultCode.NO_TARGET),
        ({"answers": [{"text": "", "to": "frit"}]}, FaultCode.EMPTY_ANSWER),
        ({"answers": [{"text": "Ja", "to": "intet"}]}, FaultCode.UNKNOWN_TARGET),
        ({"answers": [{"text": "Igen", "to": "sted"}]}, FaultCode.LOOP),
        ({"text": "   "}, FaultCode.EMPTY_TEXT),
    ],
)
def test_a_question_with_a_fault_is_found(change: dict[str, Any], problem: FaultCode) -> None:
    data = tree()
    data["steps"][0] |= change
    assert ("sted", problem) in found(data)


def test_a_check_list_with_nothing_on_it_is_found() -> None:
    data = tree()
    data["steps"][1]["items"] = []
    assert ("bredde", FaultCode.NO_ITEMS) in found(data)
    data["steps"][1]["items"] = ["Diagram", ""]
    assert ("bredde", FaultCode.EMPTY_ITEM) in found(data)


def test_a_longer_loop_is_named_with_its_steps() -> None:
    data = tree()
    data["steps"][1]["to"] = "sted"
    loop = next(each for each in guides.problems(guides.parse(data)) if each.code is FaultCode.LOOP)
    assert (loop.step, loop.detail) == ("sted", "sted → bredde → sted")


@pytest.mark.parametrize(
    "data",
    [
        None, [], "text", {"steps": {}}, {"steps": [1]}, {"steps": [{"id": "A"}]}, {"steps": [{"id": "a"}]},
        {"steps": [{"id": "a", "kind": []}]}, {"steps": [{"id": "a", "kind": "result", "text": ["x"]}]},
        {"steps": [{"id": "a", "kind": "result", "items": []}]}, {"colour": "red"}, {"title": "x" * 501},
        {"steps": [{"id": "a", "kind": "result"}] * 2}, {"steps": [{"id": "a", "kind": "question", "answers": ["b"]}]},
        {"steps": [{"id": f"a{n}", "kind": "result"} for n in range(201)]}, {"title": True},
    ],
)  # fmt: skip
def test_what_is_no_guide_is_refused_with_a_reason(data: Any) -> None:
    with pytest.raises(guides.GuideError) as refused:
        guides.parse(data)
    assert refused.value.reason


@pytest.mark.parametrize("text", ["", "- a", "a: [", "a: !!python/object:os.system x", "[" * 5000, "\x00", "1"])
def test_a_file_that_is_no_tree_is_refused(text: str) -> None:
    with pytest.raises(guides.GuideError):
        guides.read_yaml(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title: &a Svar\nintro: *a\n", "line 2: references"),
        ("title: " + "[" * 50_000, "nested too deeply"),
    ],
)
def test_yaml_that_refers_to_itself_or_goes_deep_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(guides.GuideError, match=reason):
        guides.read_yaml(text)


def test_a_file_of_yaml_is_read() -> None:
    text = """
title: Skal jeg søge?
service: udeservering
unit: ctb-byliv
audience: everyone
start: a
steps:
  - {id: a, kind: question, text: "Hvor mange?", answers: [{text: 5, to: b}, {text: No, to: b}]}
  - {id: b, kind: result, text: Nej, articles: [udeservering]}
"""
    read = guides.read_yaml(text)
    assert (read.service, read.unit, read.language) == ("udeservering", "ctb-byliv", "da")
    assert guides.problems(read.guide) == []
    assert guides.read_yaml(guides.write_yaml(read)) == read


# --- Laws --------------------------------------------------------------------------------------

_IDS = st.sampled_from(["a", "b", "c", "d", "e-1", "f"])
_CLEAN = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), max_size=8)


@st.composite
def any_guide(draw: st.DrawFn) -> GuideTree:
    """Draws any guide that can be written; most have problems."""
    steps: list[guides.Step] = []
    for step_id in draw(st.lists(_IDS, unique=True, max_size=6)):
        text = draw(_CLEAN)
        kind = draw(st.sampled_from(["question", "checklist", "result"]))
        if kind == "question":
            answers = draw(st.lists(st.builds(AnswerOption, _CLEAN, _IDS | st.just("")), max_size=3))
            steps.append(QuestionStep(step_id, text, draw(_CLEAN), tuple(answers)))
        elif kind == "checklist":
            steps.append(
                ChecklistStep(step_id, text, tuple(draw(st.lists(_CLEAN, max_size=2))), draw(_IDS | st.just("")))
            )
        else:
            steps.append(ResultStep(step_id, text, tuple(draw(st.lists(_CLEAN, max_size=2)))))
    return GuideTree(draw(_CLEAN), draw(_IDS), draw(_CLEAN), tuple(steps))


@st.composite
def forward_guide(draw: st.DrawFn) -> GuideTree:
    """Draws a guide whose steps lead to later steps only, so that it often has no problems."""
    size = draw(st.integers(1, 7))
    steps: list[guides.Step] = []
    for number in range(size):
        later = [f"s{each}" for each in range(number + 1, size)]
        asks: bool = draw(st.booleans())
        if later and asks:
            targets: list[str] = draw(st.lists(st.sampled_from(later), min_size=1, max_size=3))
            targets[0] = later[0]
            answers = tuple(AnswerOption(f"svar {order}", target) for order, target in enumerate(targets))
            steps.append(QuestionStep(f"s{number}", "Hvad?", "", answers))
        elif later:
            steps.append(ChecklistStep(f"s{number}", "Husk", ("ting",), later[0]))
        else:
            steps.append(ResultStep(f"s{number}", "Sådan"))
    return GuideTree("Titel", "s0", "", tuple(steps))


def _paths(guide: GuideTree, longest: int) -> list[list[int]]:
    """Returns every path that reaches an end, or has `longest` answers."""
    whole: list[list[int]] = []
    open_: list[list[int]] = [[]]
    while open_:
        path = open_.pop()
        ways = guides.step_at(guide, path).ways
        if not ways or len(path) == longest:
            whole.append(path)
        else:
            open_ += [[*path, number] for number in range(len(ways))]
    return whole


@given(any_guide() | forward_guide())
def test_every_path_of_a_guide_without_problems_ends_within_the_number_of_steps(guide: GuideTree) -> None:
    if guides.problems(guide):
        return
    for path in _paths(guide, len(guide.steps)):
        assert guides.step_at(guide, path).is_end
        assert len(path) < len(guide.steps)


@given(forward_guide())
def test_a_guide_that_only_leads_forwards_is_in_order(guide: GuideTree) -> None:
    assert guides.problems(guide) == []


@given(forward_guide(), st.data())
def test_a_way_back_is_always_found(guide: GuideTree, data: st.DataObject) -> None:
    asking = [step for step in guide.steps if isinstance(step, QuestionStep)]
    if not asking:
        return
    step = data.draw(st.sampled_from(asking))
    back = data.draw(st.sampled_from([each.id for each in guide.steps[: guide.steps.index(step) + 1]]))
    bent = QuestionStep(step.id, step.text, "", (*step.answers, AnswerOption("tilbage", back)))
    steps = tuple(bent if each is step else each for each in guide.steps)
    assert FaultCode.LOOP in {each.code for each in guides.problems(GuideTree("Titel", "s0", "", steps))}


@given(any_guide() | forward_guide())
def test_what_is_written_is_read_back(guide: GuideTree) -> None:
    assert guides.parse(guides.dump(guide)) == guide
    file = Tree(guide, service="x", audience="staff", language="en")
    assert guides.read_yaml(guides.write_yaml(file)) == file


@given(any_guide(), st.lists(st.integers(-1, 3), max_size=5))
def test_the_step_at_a_path_is_always_the_same(guide: GuideTree, path: list[int]) -> None:
    try:
        first = guides.step_at(guide, path)
    except guides.WrongPath:
        with pytest.raises(guides.WrongPath):
            guides.step_at(guides.parse(guides.dump(guide)), path)
        return
    assert guides.step_at(guides.parse(guides.dump(guide)), path) == first


@given(st.lists(st.integers(0, 999), max_size=20))
def test_a_path_survives_its_address(path: list[int]) -> None:
    assert guides.path_from(guides.path_text(path)) == path


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["title", "start", "steps", "id", "kind", "text", "answers"]), each, max_size=4)))  # fmt: skip  # noqa: E501
def test_whatever_comes_it_is_a_guide_or_refused(data: Any) -> None:
    try:
        guide = guides.parse(data)
    except guides.GuideError:
        return
    guides.problems(guide)
