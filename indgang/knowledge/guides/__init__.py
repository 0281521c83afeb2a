"""Guides: decision trees and check lists as data, read, checked and walked. Pure: no Django, no clock, no database.

    guide = guides.parse(definition)           # raises GuideError with the step and the reason
    guides.problems(guide, articles={"…"})     # what keeps it from being published, by step
    guides.step_at(guide, [0, 1])              # the step after the first answer, then the second
    guides.read_yaml(text), guides.write_yaml(tree)

A path is the list of the numbers of the answers taken, from 0. A check list that leads on has one way on, number 0.
"""

from indgang.knowledge.guides.faults import FaultCode, GuideFault, problems
from indgang.knowledge.guides.reading import GuideError, Tree, dump, parse, read_yaml, write_yaml
from indgang.knowledge.guides.tree import (
    AnswerOption,
    ChecklistStep,
    GuideTree,
    QuestionStep,
    ResultStep,
    Step,
    Taken,
    WrongPath,
    path_from,
    path_text,
    step_at,
    walk,
)

__all__ = [
    "AnswerOption",
    "ChecklistStep",
    "FaultCode",
    "GuideError",
    "GuideFault",
    "GuideTree",
    "QuestionStep",
    "ResultStep",
    "Step",
    "Taken",
    "Tree",
    "WrongPath",
    "dump",
    "parse",
    "path_from",
    "path_text",
    "problems",
    "read_yaml",
    "step_at",
    "walk",
    "write_yaml",
]
