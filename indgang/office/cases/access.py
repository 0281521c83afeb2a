"""Which cases a person sees, and who changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.planning.rights import scenarios_seen
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.cases.case import BusinessCase
from indgang.programme.models import OwnCase, OwnCaseVersion, ScenarioInCase

SEE, EDIT = P.SEE_FIGURES, P.EDIT_PROGRAMME


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case of the documents, or one's own in one of its versions. `fault`: why its text cannot be computed."""

    code: str
    text: str
    case: BusinessCase | None
    version: OwnCaseVersion | None = None
    versions: Sequence[OwnCaseVersion] = ()
    fault: str = ""

    @property
    def title(self) -> str:
        return self.case.title if self.case else self.code

    @property
    def is_latest(self) -> bool:
        return self.version is None or self.version.number == self.versions[0].number


def case_for(code: str, version: str = "") -> SeenCase:
    """Raises Http404 for a case or a version that there is none of."""
    if code in library.SHIPPED:
        return SeenCase(code, library.text(code), library.shipped(code))
    versions = list(own_case_for(code).versions.select_related("made_by"))
    number = whole_number(version) if version else None
    chosen = next((each for each in versions if number in (None, each.number)), None)
    if chosen is None or (version and number is None):
        raise Http404
    return _own(code, chosen, versions)


def _own(code: str, version: OwnCaseVersion, versions: Sequence[OwnCaseVersion]) -> SeenCase:
    try:
        return SeenCase(code, version.text, own_cases.read(version.text), version, versions)
    except RefusedChange as refused:
        return SeenCase(code, version.text, None, version, versions, str(refused))


def own_case_for(code: str) -> OwnCase:
    found: OwnCase | None = OwnCase.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def all_cases() -> list[SeenCase]:
    """One's own, and then those of the documents."""
    own = [
        _own(each.code, versions[0], versions)
        for each in OwnCase.objects.prefetch_related("versions")
        if (versions := sorted(each.versions.all(), key=lambda version: -version.number))
    ]
    return [*own, *(case_for(code) for code in library.SHIPPED)]


def scenarios_in(person: Person, code: str) -> list[tuple[ScenarioInCase, bool]]:
    """The what-ifs that a case has numbers from, and whether this person may see each."""
    rows = list(ScenarioInCase.objects.filter(case__code=code).select_related("run__scenario"))
    seen = set(
        scenarios_seen(person).filter(pk__in=[each.run.scenario_id for each in rows]).values_list("pk", flat=True)
    )
    return [(each, each.run.scenario_id in seen) for each in rows]


def may_edit(person: Person) -> bool:
    return may(person, EDIT)
