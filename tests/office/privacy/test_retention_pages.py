"""The pages of personal data: kinds of data with their reasons, changed retention periods, and scrubbed data."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from indgang.audit.models import Change
from indgang.enquiries.personal_data import CONTACT_RECORD
from indgang.privacy import kinds, nightly, plan
from indgang.privacy.store import DjangoStore
from tests.enquiries.told_calls import talked
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
KIND = reverse("office:privacy-kind", args=["contact_record"])


def test_every_kind_stands_with_purpose_basis_and_time(as_person: SignIn) -> None:
    text = unescape(as_person("finn").get(reverse("office:privacy")).content.decode())
    for kind in kinds.declared():
        assert str(kind.title) in text
        assert str(kind.purpose) in text
        assert (f"{kind.days} dag" if kind.days else str(kind.keeps)) in text
    for kind in kinds.declared():
        assert as_person("finn").get(reverse("office:privacy-kind", args=[kind.name])).status_code == 200


def test_another_time_is_decided_with_a_reason_and_stands_in_the_history_and_the_trail(as_person: SignIn) -> None:
    finn = as_person("finn")
    sent = {"days": "200", "outcome": "abandoned", "valid_from": "2026-03-20", "why": "De fik ikke svar"}
    assert finn.post(KIND, sent).status_code == 302
    assert [(each.outcome, each.days) for each in plan.times(CONTACT_RECORD, MORNING.date() + timedelta(days=9))] == [
        ("", 365), ("abandoned", 200),
    ]  # fmt: skip
    text = finn.get(KIND).content.decode()
    assert "20.03.2026" in text
    assert "De fik ikke svar" in text
    assert Change.objects.get(action="retention.change").after["days"] == 200


def test_what_is_wrong_stands_at_its_field_and_nothing_is_decided(as_person: SignIn) -> None:
    answer = as_person("finn").post(KIND, {"days": "", "outcome": "", "valid_from": "2026-01-01", "why": "Ja"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Dagen er gået" in text
    assert "hvor mange dage" in text
    assert plan.history(CONTACT_RECORD) == []


def test_the_log_of_what_was_scrubbed_is_a_page(as_person: SignIn, world: World) -> None:
    talked(world.anna)
    nightly.run(DjangoStore(), at=MORNING + timedelta(days=366), rest=0)
    text = as_person("finn").get(reverse("office:privacy-scrubbed")).content.decode()
    assert "Henvendelser med note" in text
    assert "gemmes i 365 dage" in text
