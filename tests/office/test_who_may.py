"""The roles that may open the pages of queues, prompts, entry points and operations."""

from __future__ import annotations

import pytest

from tests.office.conftest import SignIn

PAGES = {
    "/office/queues/": {"finn"},
    "/office/queues/tmf-byggeri/": {"finn"},
    "/office/queues/tmf-byggeri/messages/": {"finn"},
    "/office/prompts/": {"finn", "eva", "ida"},
    "/office/prompts/velkomst/": {"finn", "eva", "ida"},
    "/office/greetings/": {"finn", "eva", "ida"},
    "/office/greetings/tmf/": {"finn", "eva", "ida"},
    "/office/entry-points/": {"finn"},
    "/office/entry-points/new/": {"finn"},
    "/office/operations/": {"finn"},
    "/office/case-systems/": {"finn"},
    "/office/case-systems/new/": {"finn"},
    "/office/privacy/": {"finn"},
    "/office/privacy/kinds/contact_record/": {"finn"},
    "/office/privacy/scrubbed/": {"finn"},
    "/office/privacy/people/": {"finn"},
    "/office/privacy/erasures/": {"finn"},
    "/office/online-forms/": {"finn", "ida"},
    "/office/page-feedback/": {"finn", "ida"},
    "/office/page-feedback/asking/article/tmf/": {"finn", "ida"},
    "/office/reply-texts/": {"finn", "eva", "ida"},
    "/office/reply-texts/new/": {"finn", "eva", "ida"},
    "/office/staff-news/": {"finn", "eva", "ida"},
    "/office/staff-news/new/": {"finn", "eva", "ida"},
    "/office/elsewhere/": {"eva", "finn", "gerda", "hans", "ida"},
    "/office/day-log/tmf/": {"anna", "finn", "eva", "ida"},
    "/office/figures/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/figures/service_level_sl4/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/figures/entered/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/figures/entered/staff_trained/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/figures/entered/staff_trained/2026-01-01/tmf/": {"finn", "eva", "hans"},
    "/office/figures/help/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/figures/service_level_sl4/contacts/": {"finn", "eva"},
    "/office/feedback/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/feedback/people/": {"finn", "eva"},
    "/office/feedback/earlier/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/feedback/rules/": {"finn"},
    "/office/feedback/spoken/": {"eva", "finn", "hans"},
    "/office/feedback/opt-outs/": {"finn", "eva"},
    "/office/feedback/questionnaires/": {"finn"},
    "/office/gaps/": {"eva", "finn", "gerda", "hans", "ida"},
    "/office/gaps/measures/new/": {"finn", "hans", "ida"},
    "/office/planning/assumptions/": {"eva", "finn", "gerda", "hans"},
    "/office/planning/forecast/": {"eva", "finn", "gerda", "hans"},
    "/office/planning/forecast/tmf-byggeri/": {"eva", "finn", "gerda", "hans"},
    "/office/planning/scenarios/": {"eva", "finn", "gerda", "hans"},
    "/office/planning/scenarios/new/": {"eva", "finn", "gerda", "hans"},
    "/office/shifts/tmf/": {"eva", "finn", "gerda"},
    "/office/shifts/tmf/day/": {"eva", "finn", "gerda"},
    "/office/switchover/": {"eva", "finn", "gerda", "hans", "ida"},
    "/office/switchover/new/": {"finn", "hans"},
    "/office/switchover/old-numbers/": {"eva", "finn", "gerda", "hans", "ida"},
    "/office/switchover/old-addresses/new/": {"finn"},
    "/office/switchover/contacts/": {"finn"},
    "/office/planning/need/": {"eva", "finn", "gerda", "hans"},
    "/office/benefits/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/benefits/new/?case=bc31": {"finn", "hans"},
    "/office/benefits/cases/bc31/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/settlement/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/settlement/terms/new/": {"finn"},
    "/office/settlement/tmf/2026/3/": {"finn", "eva", "gerda", "hans", "ida"},
    "/office/capacity/tmf/": {"finn", "eva"},
    "/office/time-lines/tmf/": {"finn", "eva"},
    "/office/time-lines/tmf/targets/": {"finn", "eva"},
    "/office/capacity/words/?call=1&callback=2&interrupts=call": {"finn", "eva"},
}


EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt")


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_for_the_roles_that_may(as_person: SignIn, address: str) -> None:
    answers = {name: as_person(name).get(address).status_code for name in EVERYBODY}
    assert answers == {name: 200 if name in PAGES[address] else 403 for name in EVERYBODY}
