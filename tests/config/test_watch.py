"""What becomes worse by itself raises an alert, which is one and the same until its cause has gone."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indgang.config import jobs, watch
from indgang.config.checks import certificates
from indgang.core import clock
from indgang.entry.models import Alert
from indgang.live.models import RunningProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installation(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reached by https, with a certificate for another ninety days, and without a backup."""
    settings.PUBLIC_URL, settings.LIVE_URL, settings.SIP_WEBSOCKET_URL = "https://indgang.example", "", ""
    settings.BACKUP_FOLDER = tmp_path / "backups"
    _lasts(monkeypatch, timedelta(days=90))


def _lasts(monkeypatch: pytest.MonkeyPatch, left: timedelta) -> None:
    monkeypatch.setattr(certificates, "_ends", lambda _host, _port: clock.now() + left)


def _open(name: str) -> Alert | None:
    return Alert.objects.filter(code__startswith=f"installation_{name}", over_at=None).first()


def test_a_certificate_that_ends_tonight_is_told_until_it_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    watch.watch(at=clock.now())
    assert _open("certificates") is None
    _lasts(monkeypatch, timedelta(days=8, hours=1))
    watch.watch(at=clock.now())
    first = _open("certificates")
    assert first is not None
    assert "8 dage" in first.text
    _lasts(monkeypatch, timedelta(hours=7))
    jobs.watch_installation(timestamp=0)
    (still,) = Alert.objects.filter(code="installation_certificates")
    assert (still.pk, "udløber inden for et døgn" in still.text) == (first.pk, True)
    _lasts(monkeypatch, timedelta(days=90))
    watch.watch(at=clock.now())
    assert _open("certificates") is None


def test_a_night_without_a_backup_is_told(settings: Any) -> None:
    watch.watch(at=clock.now())
    alert = _open("backup")
    assert alert is not None
    assert str(settings.BACKUP_FOLDER) in alert.text
    newest = settings.BACKUP_FOLDER / "indgang-20260301T020000Z"
    newest.mkdir(parents=True)
    (newest / "manifest.json").write_text("{}")
    watch.watch(at=clock.now())
    assert _open("backup") is None


def _watch_on(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: host)
    watch.watch(at=clock.now())


def _runs_on(host: str) -> None:
    RunningProcess.objects.create(
        name="worker", host=host, pid=1, version="1", started_at=clock.now(), heartbeat=clock.now()
    )


def test_a_machine_does_not_end_the_alert_of_another(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    _runs_on("one")
    _watch_on("one", monkeypatch)
    first = _open("backup")
    assert first is not None
    assert first.text.startswith("one: ")
    settings.BACKS_UP = False
    _watch_on("two", monkeypatch)
    assert [alert.pk for alert in Alert.objects.filter(over_at=None)] == [first.pk]


def test_the_alert_of_a_machine_that_is_gone_ends(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    _watch_on("one", monkeypatch)
    assert _open("backup") is not None
    settings.BACKS_UP = False
    _watch_on("two", monkeypatch)
    assert _open("backup") is None
