"""When a trunk counts as down, and which alerts begin and end with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.core.clock import COPENHAGEN
from indgang.entry.models import Alert, TrunkStatus
from indgang.entry.switchboard import trunk_watch
from indgang.telephony.contract import TrialCall, TrunkState
from tests.world import MORNING

UP = TrunkState("net", registered=True, reachable=True, calls=2)
REFUSED = replace(UP, registered=False, sip=401)
SILENT = replace(UP, reachable=False)


def open_alerts() -> dict[str, str]:
    return dict(Alert.objects.filter(over_at=None).values_list("code", "text"))


@pytest.mark.django_db
@pytest.mark.parametrize(("down", "says"), [(REFUSED, "net, SIP 401"), (SILENT, "net")])
def test_a_line_that_stays_down_raises_one_alert_and_ends_it(down: TrunkState, says: str) -> None:
    trunk_watch.keep("asterisk", [UP], MORNING)
    for seconds in (5, 10):
        trunk_watch.keep("asterisk", [down], MORNING + timedelta(seconds=seconds))
        assert not open_alerts(), "it may be back in a moment"
    for seconds in (20, 25, 30):
        trunk_watch.keep("asterisk", [down], MORNING + timedelta(seconds=seconds))
    assert open_alerts() == {"trunk_net": says}
    assert Alert.objects.count() == 1
    row = TrunkStatus.objects.get()
    assert (row.up, row.since) == (False, MORNING + timedelta(seconds=5))
    trunk_watch.keep("asterisk", [UP], MORNING + timedelta(seconds=40))
    assert not open_alerts()
    assert Alert.objects.get().over_at == MORNING + timedelta(seconds=40)
    trunk_watch.keep("asterisk", [down], MORNING + timedelta(seconds=50))
    trunk_watch.keep("asterisk", [down], MORNING + timedelta(seconds=70))
    assert Alert.objects.count() == 2, "the next time is another alert"


@pytest.mark.django_db
def test_a_certificate_that_ends_soon_is_told_until_it_is_renewed() -> None:
    midnight = datetime.combine(MORNING.date() + timedelta(days=1), time.min, COPENHAGEN).astimezone(UTC)
    trunk_watch.keep("asterisk", [replace(UP, certificate_ends=midnight)], MORNING)
    assert open_alerts() == {"certificate_net": f"net, {MORNING + timedelta(days=1):%Y-%m-%d}"}, "in UTC it is today"
    trunk_watch.keep("asterisk", [replace(UP, certificate_ends=MORNING + timedelta(days=90))], MORNING)
    assert not open_alerts()


@pytest.mark.django_db
def test_a_certificate_that_has_expired_has_an_alert_of_its_own() -> None:
    line = replace(UP, name="n" * 40, certificate_ends=MORNING + timedelta(hours=14))
    trunk_watch.keep("asterisk", [line], MORNING)
    assert list(open_alerts()) == [f"certificate_{line.name}"]
    trunk_watch.keep("asterisk", [line], MORNING + timedelta(hours=14))
    assert open_alerts() == {f"expired_certificate_{line.name}": f"{line.name}, {MORNING:%Y-%m-%d}"}
    trunk_watch.keep("asterisk", [], MORNING + timedelta(hours=15))
    assert not open_alerts(), "the line has been removed"


@pytest.mark.django_db
def test_a_line_that_is_taken_away_leaves_nothing() -> None:
    trunk_watch.keep("asterisk", [SILENT, replace(UP, name="other")], MORNING)
    trunk_watch.keep("asterisk", [SILENT, replace(UP, name="other")], MORNING + timedelta(minutes=1))
    trunk_watch.keep("syd", [replace(UP, name="third")], MORNING)
    trunk_watch.keep("asterisk", [replace(UP, name="other")], MORNING + timedelta(minutes=2))
    assert sorted(TrunkStatus.objects.values_list("exchange", "name")) == [("asterisk", "other"), ("syd", "third")]
    assert not open_alerts()


@pytest.mark.django_db
def test_a_test_call_stays_at_its_line() -> None:
    trunk_watch.keep("asterisk", [UP], MORNING)
    trunk_watch.keep_trial("asterisk", "net", "+4533663366", TrialCall("busy", 486, 0.4), "Finn", MORNING)
    trunk_watch.keep("asterisk", [UP], MORNING + timedelta(seconds=5))
    row = TrunkStatus.objects.get()
    assert (row.trial_outcome, row.trial_sip, row.trial_by, row.trial_at) == ("busy", 486, "Finn", MORNING)


@pytest.mark.django_db
def test_a_watch_that_finds_nothing_new_asks_as_little_for_many_lines_as_for_one() -> None:
    def statements(lines: int) -> int:
        states = [replace(UP, name=f"linje-{number}") for number in range(lines)]
        trunk_watch.keep("asterisk", states, MORNING)
        with CaptureQueriesContext(connection) as asked:
            trunk_watch.keep("asterisk", states, MORNING + timedelta(seconds=5))
        rows = TrunkStatus.objects.filter(exchange="asterisk")
        assert set(rows.values_list("heartbeat", flat=True)) == {MORNING + timedelta(seconds=5)}
        assert rows.count() == lines
        return len(asked)

    assert statements(1) == statements(40)
