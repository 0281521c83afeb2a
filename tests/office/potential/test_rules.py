"""Rule lists of one's own: begun from the documents', changed from a day, and used for days on which they hold."""

from __future__ import annotations

import html
import json
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client

from indgang.analysis import own_rules
from indgang.analysis.potential.presets import TMF
from indgang.analysis.potential.rule_texts import values_of
from indgang.analysis.rule_models import OwnRuleList, OwnRuleVersion
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.office.potential.test_imported_counts import imported
from tests.office.potential.test_pages import PAGE, TODAY, cells, registered
from tests.world import MORNING

LISTS, NEW, MINE = (
    "/office/potential/rules/", "/office/potential/rules/new/text/", "/office/potential/rules/keh-egen/text/",
)  # fmt: skip
__all__ = ["registered"]


def _begun(client: Client, valid_from: str = "2026-01-01") -> str:
    """Begin with the rules of KEH as the form offers them."""
    text = str(client.get(NEW, {"from": "keh"}).context["form"].initial["rules_text"])
    answer = client.post(NEW, {"rules_text": text, "valid_from": valid_from, "reason": "Prøver"})
    assert (answer.status_code, answer.get("Location")) == (302, LISTS)
    return text


@pytest.mark.usefixtures("registered")
def test_the_rules_that_held_on_the_last_day_decide(as_person: SignIn) -> None:
    finn = as_person("finn")
    text = _begun(finn)
    assert cells(finn, rules="keh-egen") == ["1000", "500", "500", "250", "250", "500"]
    wider = text.replace("minutes: 2", "minutes: 4")
    form = form_at(finn, MINE)
    sent = form.sent(rules_text=wider, valid_from="2026-11-01", reason="Fire minutter er også kort")
    assert finn.post(MINE, sent).status_code == 302
    assert cells(finn, rules="keh-egen") == ["1000", "500", "500", "500", "0", "500"]
    assert cells(finn, rules="keh-egen", last="2026-10-31") == ["1000", "500", "500", "250", "250", "500"]
    assert finn.get(PAGE, {"rules": "keh-egen", "first": "2025-01-01", "last": "2025-02-01"}).status_code == 422
    source = str(imported().pk)
    for last, minutes in (("2026-10-31", 2), ("2026-11-01", 4)):
        told = finn.get("/api/potential/", {"import": source, "rules": "keh-egen", "last": last}).json()
        assert [*told["limits"].values()] == [minutes], "an import has no day of its own"
        out = StringIO()
        call_command("potential", "--import", source, "--rules=keh-egen", "--to", last, "--json", stdout=out)
        assert json.loads(out.getvalue()) == told
    listed = finn.get(LISTS).content.decode()
    assert "Fire minutter er også kort" in listed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: keh-egen", "code: keh", "Der er allerede regler, der hedder keh"),
        ("code: keh-egen", "code: Æble", "Koden skal være små bogstaver"),
        ("resolved: false", "resolved: true", "afgør den samme henvendelse"),
        ("long: digital", "short: digital", "afgør den samme henvendelse"),
        ("rules:", "rules: [", "Teksten kan ikke læses"),
    ],
)
def test_rules_that_do_not_decide_everything_once_are_refused(as_person: SignIn, old: str, new: str, said: str) -> None:
    finn = as_person("finn")
    text = str(finn.get(NEW, {"from": "keh"}).context["form"].initial["rules_text"])
    assert old in text
    answer = finn.post(NEW, {"rules_text": text.replace(old, new, 1), "valid_from": "2026-01-01", "reason": "x"})
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not OwnRuleList.objects.exists()


@pytest.mark.usefixtures("registered")
def test_limits_that_people_name_themselves_move_on_the_page_and_in_the_api(as_person: SignIn) -> None:
    """Complaints have a limit of their own, with a space in its name, as people write."""
    finn = as_person("finn")
    text = str(finn.get(NEW, {"from": "tmf"}).context["form"].initial["rules_text"])
    text = text.replace("limits:\n", "limits:\n  lang klage: {minutes: 9}\n", 1)
    assert "lang klage" in text
    finn.post(NEW, {"rules_text": text, "valid_from": "2026-01-01", "reason": "Prøver"})
    moved = {"rules": "tmf-egen", "digital": "4,5", "limit-lang klage": "7,5"}
    shown = finn.get(PAGE, TODAY | moved)
    assert shown.status_code == 200
    assert shown.context["found"].rules.limits_by_name["lang klage"].minutes == 7.5
    assert shown.context["rows"][-1].row.digital == 500
    note = html.unescape(finn.get(shown.context["scenario_address"]).context["form"]["note"].value())
    assert "Grænsen lang klage: kort, når det tager under (minutter): 7,5" in note
    assert "Digitalt, når det tager under (minutter): 4,5" in note
    made = finn.post(f"{PAGE}case/?{urlencode(TODAY | moved)}", {})
    assert made.headers["Location"].startswith("/office/cases/")
    listed = finn.get("/api/potential/rules/").json()["rules"]
    assert [each["code"] for each in listed if each["is_own"]] == ["tmf-egen"]
    assert listed[0] == values_of(TMF) | {"valid_from": "2018-01-01", "is_own": False}
    out = StringIO()
    call_command("potential", "--list", "--json", stdout=out)
    assert json.loads(out.getvalue())["lists"] == listed
    limits = finn.get("/api/potential/", TODAY | moved | {"digital": "4.5", "limit-lang klage": "7.5"}).json()["limits"]
    assert limits == {"lang klage": 7.5, "digital": 4.5, "case_information": 15}
    assert "limit-lang klage" in finn.get("/office/potential/file/").context["form"].fields


def test_a_version_cannot_hold_before_the_one_before_it(as_person: SignIn) -> None:
    finn = as_person("finn")
    text = _begun(finn, "2026-06-01")
    form = form_at(finn, MINE)
    refused = finn.post(MINE, form.sent(rules_text=text, valid_from="2026-05-31", reason="x"))
    assert refused.status_code == 422
    assert OwnRuleVersion.objects.count() == 1


def test_a_version_changes_nothing_that_is_over(as_person: SignIn) -> None:
    finn = as_person("finn")
    text = _begun(finn)
    form = form_at(finn, MINE)
    refused = finn.post(MINE, form.sent(rules_text=text, valid_from="2026-03-10", reason="x"))
    assert refused.status_code == 422
    assert "Vælg i dag eller en senere dag" in html.unescape(refused.content.decode())
    assert finn.post(MINE, form.sent(rules_text=text, valid_from="2026-03-11", reason="x")).status_code == 302


def test_who_may_not_edit_sees_the_rules_alone(as_person: SignIn) -> None:
    _begun(as_person("hans"))
    gerda = as_person("gerda")
    assert [gerda.get(each).status_code for each in (LISTS, NEW, MINE)] == [200, 403, 403]
    assert as_person("finn").get("/office/potential/rules/ingen/text/").status_code == 404


def test_a_stored_list_that_is_no_longer_read_is_said_and_not_used(as_person: SignIn) -> None:
    finn = as_person("finn")
    _begun(finn)
    OwnRuleVersion.objects.update(text="code: keh-egen")
    assert own_rules.in_force(MORNING.date()) == []
    assert "rules mangler" in finn.get(LISTS).content.decode()
    assert finn.get(MINE).status_code == 200
