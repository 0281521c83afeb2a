"""Forms of guides: the guide itself, and one step of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Service, Unit
from indgang.core import clock, text
from indgang.knowledge import guides
from indgang.knowledge.guides import AnswerOption, ChecklistStep, GuideTree, QuestionStep, ResultStep, Step
from indgang.knowledge.models import Audience
from indgang.knowledge.models import Guide as GuideRow
from indgang.office.knowledge.forms import people_with
from indgang.office.knowledge.guides.cards import in_a_line
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer
from indgang.ui.revision import Revised

#: empty rows for further answers or articles; save and continue for more
SPARE_ROWS = 3
NEW = "new:"

Choices = list[tuple[str, Any]]


class GuideFactsForm(Revised, forms.Form):
    """The unit that owns the guide, and the people who may use it."""

    unit = UnitChoice(Unit.objects.none(), label=gettext_lazy("Enhed"), empty_label=gettext_lazy("Vælg en enhed"))
    service = forms.ModelChoiceField(Service.objects.none(), label=gettext_lazy("Ydelse"), required=False)
    owner = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Ejer"), required=False)
    audience = forms.ChoiceField(
        label=gettext_lazy("Hvem må bruge den?"), choices=Audience.choices, initial=Audience.EVERYONE
    )

    def __init__(self, *args: Any, units: Any, guide: GuideRow | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units.order_by("path"))
        offer(self, "service", Service.objects.valid_on(clock.today()).order_by("name"))
        offer(self, "owner", people_with(Permission.EDIT_KNOWLEDGE, guide.owner if guide else None))
        if guide is not None:
            self.initial = {name: getattr(guide, name) for name in ("unit", "service", "owner", "audience")}


class NewGuideForm(GuideFactsForm):
    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=200)
    field_order = ["title", "unit", "service", "audience", "owner"]


class HeadForm(forms.Form):
    """Title, introduction and first step of the draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=200)
    intro = forms.CharField(
        label=gettext_lazy("Indledning"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Én sætning om, hvad man får svar på."),
    )  # fmt: skip
    start = forms.ChoiceField(label=gettext_lazy("Begynder med"), required=False)

    def __init__(self, *args: Any, guide: GuideTree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "start", [("", _("Vælg et trin")), *step_choices(guide)])


class GuideStepForm(forms.Form):
    """One step. Its fields besides the text follow its kind; a new step gets its id from its text."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: str, guide: GuideTree, articles: Iterable[tuple[str, str]], step: Step | None = None,
        rows: int = 0, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kind, self.guide, self.step = kind, guide, step
        self.targets: Choices = [("", _("Vælg …")), *step_choices(guide, but=step.id if step else ""), *_new_steps()]
        self.articles: Choices = [("", _("Ingen")), *articles]
        self.rows = max(rows, 0)
        {"question": self._question, "checklist": self._checklist, "result": self._result}[kind]()

    def _question(self) -> None:
        step = self.step if isinstance(self.step, QuestionStep) else QuestionStep("", "")
        self._text(_("Spørgsmål"), step.text, 2)
        self._lines("hint", _("Hjælp til spørgsmålet"), step.hint, 2)
        count = max(len(step.answers) + (SPARE_ROWS if len(step.answers) else 4), self.rows)
        self.answer_rows = min(count, 50)
        for number in range(self.answer_rows):
            answer = step.answers[number] if number < len(step.answers) else AnswerOption("", "")
            words = {"number": number + 1}
            self.fields[f"answer_{number}"] = forms.CharField(
                label=_("Svar %(number)s") % words, initial=answer.text, required=False, max_length=200
            )
            self.fields[f"to_{number}"] = forms.ChoiceField(
                label=_("Svar %(number)s fører til") % words, initial=answer.to, required=False,
                choices=self._with(self.targets, answer.to),
            )  # fmt: skip

    def _checklist(self) -> None:
        step = self.step if isinstance(self.step, ChecklistStep) else ChecklistStep("", "")
        self._text(_("Overskrift over listen"), step.text, 2)
        self._lines("items", _("Punkter, ét på hver linje"), "\n".join(step.items), 8, required=True)
        self.fields["to"] = forms.ChoiceField(
            label=_("Fører videre til"), initial=step.to, required=False,
            choices=[("", _("Ingen steder: vejviseren slutter her")), *self._with(self.targets, step.to)[1:]],
        )  # fmt: skip

    def _result(self) -> None:
        step = self.step if isinstance(self.step, ResultStep) else ResultStep("", "")
        self._text(_("Svar"), step.text, 6, _("Markdown, som i artikler: **fed**, - punkter, [link](https://…)."))
        for number in range(len(step.articles) + 2):
            slug = step.articles[number] if number < len(step.articles) else ""
            self.fields[f"article_{number}"] = forms.ChoiceField(
                label=_("Læs også %(number)s") % {"number": number + 1}, initial=slug, required=False,
                choices=self._with(self.articles, slug),
            )  # fmt: skip

    def _text(self, label: str, initial: str, rows: int, hint: str = "") -> None:
        self._lines("text", label, initial, rows, hint, required=True)

    def _lines(self, name: str, label: str, initial: str, rows: int, hint: str = "", *, required: bool = False) -> None:
        self.fields[name] = forms.CharField(
            label=label, initial=initial, required=required, help_text=hint, max_length=10_000,
            widget=forms.Textarea(attrs={"rows": rows}),
        )  # fmt: skip

    @staticmethod
    def _with(choices: Choices, value: str) -> Choices:
        """The choices with a value that no longer exists, which stays visible until another is chosen."""
        if not value or value in {code for code, _name in choices}:
            return choices
        return [*choices, (value, _("%(value)s (findes ikke)") % {"value": value})]

    @property
    def answer_pairs(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"answer_{number}"], self[f"to_{number}"]) for number in range(self.answer_rows)]

    @property
    def article_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("article_")]

    def steps(self) -> tuple[Step, list[Step]]:
        """The step as typed, and the empty steps that it refers to."""
        data = self.cleaned_data
        taken = set(self.guide.by_id)
        step_id = self.step.id if self.step else free_id(data["text"] or self.kind, taken)
        made: list[Step] = []
        taken.add(step_id)
        if self.kind == "question":
            answers = []
            for number in range(self.answer_rows):
                words, to = data[f"answer_{number}"], data[f"to_{number}"]
                if words or to:
                    answers.append(AnswerOption(words, _made(to, words, taken, made)))
            return QuestionStep(step_id, data["text"], data["hint"], tuple(answers)), made
        if self.kind == "checklist":
            items = tuple(line.strip() for line in data["items"].splitlines() if line.strip())
            return ChecklistStep(step_id, data["text"], items, _made(data["to"], data["text"], taken, made)), made
        slugs = dict.fromkeys(data[name] for name in self.fields if name.startswith("article_") and data[name])
        return ResultStep(step_id, data["text"], tuple(slugs)), made


def step_choices(guide: GuideTree, but: str = "") -> Choices:
    return [(step.id, in_a_line(step, 70) or step.id) for step in guide.steps if step.id != but]


def free_id(words: str, taken: Iterable[str]) -> str:
    """An id for a step from its text, not among `taken`."""
    base = text.slug(words, 40) or "trin"
    names = [base, *(f"{base}-{number}" for number in range(2, guides.reading.MOST_STEPS + 2))]
    return next(name for name in names if name not in set(taken))


def _new_steps() -> Sequence[tuple[str, str]]:
    return [
        (f"{NEW}question", _("+ et nyt spørgsmål")),
        (f"{NEW}checklist", _("+ en ny tjekliste")),
        (f"{NEW}result", _("+ et nyt svar")),
    ]


def _made(to: str, words: str, taken: set[str], made: list[Step]) -> str:
    """The id that `to` refers to; a new step is added to `made` and `taken`."""
    if not to.startswith(NEW):
        return to
    step_id = free_id(words, taken)
    taken.add(step_id)
    kinds = {"question": QuestionStep, "checklist": ChecklistStep, "result": ResultStep}
    made.append(kinds[to.removeprefix(NEW)](step_id, ""))
    return step_id
