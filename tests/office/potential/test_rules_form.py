"""Rules in a form: what is left out or decided twice is named, and what a draft moves is shown before it is saved."""

from __future__ import annotations

import html

import pytest

from indgang.analysis import own_rules
from indgang.analysis.potential.presets import PRESETS, TMF
from indgang.analysis.potential.rules import problems
from indgang.analysis.rule_models import OwnRuleList, OwnRuleVersion
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.office.potential.test_pages import cells, registered
from tests.world import MORNING

NEW, DRAFT, LISTS = (
    "/office/potential/rules/new/?from=keh", "/office/potential/rules/new/draft/?from=keh", "/office/potential/rules/",
)  # fmt: skip
MINE = "/office/potential/rules/keh-egen/"
__all__ = ["registered"]


@pytest.mark.parametrize("code", list(PRESETS))
def test_rules_of_the_documents_are_the_same_after_the_form(as_person: SignIn, code: str) -> None:
    finn = as_person("finn")
    page = f"/office/potential/rules/new/?from={code}"
    answer = finn.post(page, form_at(finn, page).sent(reason="Prøver"))
    assert answer.status_code == 302, answer.context["form"].errors
    made = own_rules.read(OwnRuleVersion.objects.get().text, valid_from=MORNING.date())
    assert (made.rules, made.limits) == (PRESETS[code].rules, PRESETS[code].limits)


@pytest.mark.usefixtures("registered")
def test_a_moved_limit_shows_what_it_moves_before_it_is_saved(as_person: SignIn) -> None:
    finn = as_person("finn")
    moved = form_at(finn, NEW).sent(**{"limits-0-minutes": "4"}, reason="Fire minutter er også kort")
    draft = finn.post(DRAFT, moved)
    assert [(each.name, each.before, each.after) for each in draft.context["effect"].channels] == [
        ("Digitalt", 250, 500), ("Kontaktcenter", 250, 0), ("Sagsbehandler", 500, 500),
    ]  # fmt: skip
    assert not OwnRuleList.objects.exists()
    assert finn.post(NEW, moved)["Location"] == LISTS
    assert cells(finn, rules="keh-egen") == ["1000", "500", "500", "500", "0", "500"]


def test_everything_that_is_left_out_or_decided_twice_is_named(as_person: SignIn) -> None:
    finn = as_person("finn")
    form = form_at(finn, NEW)
    answer = finn.post(NEW, form.sent(reason="x", **{"rules-1-resolved": "no"}))
    said = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Ingen regel afgør" in said
    assert "Reglerne K2, K3 afgør de samme" in said
    assert not OwnRuleList.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "at"),
    [
        ("limits-0-minutes", "-1", "limits-0-minutes"), ("limits-0-minutes", "mange", "limits-0-minutes"),
        ("limits-0-name", "kort", "rules-0-short"), ("rules-1-code", "K1", "rules-1-code"),
        ("rules-0-channel", "brevdue", "rules-0-channel"), ("code", "keh", "code"), ("valid_from", "", "valid_from"),
    ],
)  # fmt: skip
def test_a_fault_of_a_field_stands_at_it(as_person: SignIn, field: str, typed: str, at: str) -> None:
    finn = as_person("finn")
    answer = finn.post(NEW, form_at(finn, NEW).sent(reason="x", **{field: typed}))
    assert answer.status_code == 422
    assert at in answer.context["form"].errors


def test_a_rule_is_added_and_removed(as_person: SignIn) -> None:
    finn = as_person("finn")
    form = form_at(finn, NEW)
    added = finn.post(DRAFT, form.sent(do="add-rules"))
    assert dict(added.context["form"].rows_sent())["rules-rows"] == "0,1,2,1000"
    assert [row["code"].value() for row in added.context["form"].rules] == ["K1", "K2", "K3", "E4"]
    less = finn.post(DRAFT, form.sent(do="remove-rules-2"))
    assert "Ingen regel afgør" in html.unescape(less.content.decode())


def test_a_version_is_changed_in_the_form_and_met_by_a_colleague(as_person: SignIn) -> None:
    finn, hans = as_person("finn"), as_person("hans")
    assert finn.post(NEW, form_at(finn, NEW).sent(reason="Prøver")).status_code == 302
    form, other = form_at(finn, MINE), form_at(hans, MINE)
    assert hans.post(MINE, other.sent(reason="Tre", **{"limits-0-minutes": "3"})).status_code == 302
    refused = finn.post(MINE, form.sent(reason="Navn", name="Vores regler"))
    assert refused.status_code == 422
    assert OwnRuleVersion.objects.count() == 2
    assert as_person("gerda").get(MINE).status_code == 403


def test_two_names_of_one_limit_are_refused(as_person: SignIn) -> None:
    finn = as_person("finn")
    page = "/office/potential/rules/new/?from=tmf"
    form = form_at(finn, page)
    names = [row["name"].value() for row in finn.get(page).context["form"].limits]
    other = 1 - names.index("digitalt")
    answer = finn.post(page, form.sent(reason="x", **{f"limits-{other}-name": "digital"}))
    assert answer.status_code == 422
    assert {"limits-0-name", "limits-1-name"} <= set(answer.context["form"].errors)


def test_who_would_lose_remarks_is_told(as_person: SignIn) -> None:
    finn = as_person("finn")
    finn.post(NEW, form_at(finn, NEW).sent(reason="Prøver", name="Nr. # 1"))
    assert "De går tabt" not in finn.get(MINE).content.decode()
    version = OwnRuleVersion.objects.get()
    OwnRuleVersion.objects.filter(pk=version.pk).update(text=f"# aftalt i maj\n{version.text}")
    assert "De går tabt" in finn.get(MINE).content.decode()


def test_all_problems_are_found_by_the_rules_that_decide() -> None:
    found = problems((*TMF.rules[1:], TMF.rules[2]), TMF.limits)
    assert {each.rules for each in found} == {(), ("T3", "T3")}
    assert problems(TMF.rules, TMF.limits) == []
