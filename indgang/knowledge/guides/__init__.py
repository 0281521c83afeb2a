"""Guides: decision trees and checklists as data. Parses, checks and walks them. Pure: no Django, clock or database.

    guide = guides.parse(definition)           # raises GuideError with the step and the reason
    guides.problems(guide, articles={"…"})     # what prevents publication, by step
    guides.step_at(guide, [0, 1])              # the step after the first answer, then the second
    guides.read_yaml(text), guides.write_yaml(tree)

A path is the list of the numbers of the answers chosen, from 0. A checklist that leads on has one exit, number 0.
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
