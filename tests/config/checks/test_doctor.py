"""`indgang doctor` names what is wrong with an installation, and what to do, and prints no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indgang.config.checks import CHECKS, backups, configuration, disk, machine_clock, mail_server, secrets
from indgang.health.finding import Finding, Level
from tests.config.checks.smtp import MailServer

_ROOT = Path(__file__).resolve().parents[3]


def _said(found: Iterable[Finding], level: Level) -> str:
    return " ".join(f"{finding.text} {finding.advice}" for finding in found if finding.level is level)


def _doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("INDGANG_")}
    return subprocess.run(
        [sys.executable, "-m", "indgang.config.cli", "doctor", *arguments],
        cwd=_ROOT, env=given | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


# --- the command -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_every_check_says_something_with_what_to_do_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("doctor", json=True)
    told = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in told] == [check.name for check in CHECKS]
    findings = [(each["check"], finding) for each in told for finding in each["findings"]]
    assert {check for check, _finding in findings} == {check.name for check in CHECKS}
    assert all(finding["advice"] for _check, finding in findings if finding["level"] != "ok")
    (processes,) = [each for each in told if each["check"] == "processes"]
    assert processes["level"] == "error", "nothing runs in this test"


def test_an_unknown_check_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match="known are settings, secrets"):
        call_command("doctor", "databse")


def test_all_bad_settings_are_told_at_once_and_nothing_secret_is_printed(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hemmelig-noegle-1")
    secret.chmod(0o644)
    asked = _doctor(
        "settings", "secrets", "database",
        INDGANG_VAR=str(tmp_path / "var"), INDGANG_WEB_WORKERS="two", INDGANG_MAIL_SECURITY="ssl",
        INDGANG_EXCHANGE_FILE="ari.json", INDGANG_DEMO="yes", INDGANG_MAIL_HOTS="mail.example",
        INDGANG_SECRET_KEY_FILE=str(secret),
        INDGANG_EXCHANGES="asterisk", INDGANG_ARI_PASSWORD="asterisk", INDGANG_PUBLIC_URL="https://i.example",
        DATABASE_URL="postgresql://someone:kornblomst77@127.0.0.1:1/indgang",
    )  # fmt: skip
    assert asked.returncode == 1, asked.stderr
    for named in (
        "INDGANG_WEB_WORKERS is 'two'; write a whole number", "INDGANG_MAIL_SECURITY is 'ssl'", "INDGANG_DEMO is 'yes'",
        "INDGANG_MAIL_HOTS is not a setting", "Did you mean INDGANG_MAIL_HOST?", "INDGANG_SECRET_KEY is not set",
        "INDGANG_ARI_PASSWORD is not set, publicly known", "can be read or changed by others", "INDGANG_SECURE_COOKIES",
        "The database cannot be reached",
    ):  # fmt: skip
        assert named in asked.stdout, named
    assert "INDGANG_EXCHANGE_FILE is not a setting" not in asked.stdout, "its name ends as those of files of secrets"
    for hidden in ("hemmelig-noegle-1", "kornblomst77"):
        assert hidden not in asked.stdout + asked.stderr


def test_a_bad_address_of_the_database_stops_the_start_without_repeating_it() -> None:
    tried = subprocess.run(
        [sys.executable, "-m", "indgang.config.cli", "check"], cwd=_ROOT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"DATABASE_URL": "postgresql://u:kornblomst77@host:fem/x"},
    )  # fmt: skip
    assert tried.returncode == 1
    assert "DATABASE_URL cannot be used" in tried.stderr
    assert "kornblomst77" not in tried.stderr


# --- single checks -----------------------------------------------------------------------------------


def test_settings_that_do_not_go_together_are_told(settings: Any, tmp_path: Path) -> None:
    settings.DEBUG, settings.STATIC_ROOT = False, tmp_path
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://indgang.example", ["127.0.0.1"]
    settings.SECURE_COOKIES, settings.PROXIES = False, 0
    settings.SIP_WEBSOCKET_URL, settings.EXCHANGES = "ws://telefon.example/ws", ["asterix"]
    settings.LIVE_ADDRESS = "8001"
    said = _said(configuration.look(), Level.ERROR)
    for named in ("INDGANG_HOSTS", "INDGANG_SECURE_COOKIES", "wss", "'asterix'", "INDGANG_LIVE_ADDRESS"):
        assert named in said, named
    settings.ALLOWED_HOSTS, settings.SECURE_COOKIES, settings.PROXIES = [".example"], True, 1
    settings.SIP_WEBSOCKET_URL, settings.EXCHANGES = "wss://telefon.example/ws", ["asterisk"]
    settings.LIVE_ADDRESS = "127.0.0.1:8001"
    assert "collectstatic" in _said(configuration.look(), Level.ERROR)
    (tmp_path / "staticfiles.json").write_text("{}")
    assert not _said(configuration.look(), Level.ERROR)


def test_short_passwords_are_warned_about_and_none_is_shown(settings: Any) -> None:
    settings.EXCHANGES, settings.ARI_PASSWORD = ["asterisk"], "kort-men-egen"
    settings.EMAIL_HOST_PASSWORD = "x" * 30
    warned = _said(secrets.look(), Level.WARNING)
    assert "INDGANG_ARI_PASSWORD" in warned
    assert "kort-men-egen" not in warned
    assert "INDGANG_MAIL_PASSWORD" not in warned


def test_the_mail_server_is_signed_in_to_and_nothing_is_sent(settings: Any) -> None:
    with MailServer(password="rigtigt-kodeord-123") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "indgang", "rigtigt-kodeord-123"
        assert not _said(mail_server.look(), Level.ERROR)
        settings.EMAIL_HOST_PASSWORD = "forkert-kodeord-123"
        refused = _said(mail_server.look(), Level.ERROR)
        assert "INDGANG_MAIL_PASSWORD" in refused
        assert "forkert-kodeord-123" not in refused
        settings.EMAIL_USE_TLS = True
        assert "INDGANG_MAIL_SECURITY" in _said(mail_server.look(), Level.ERROR), "it has no STARTTLS"
        assert not {"MAIL", "RCPT", "DATA"} & set(server.verbs)
        assert "AUTH" in server.verbs
    assert "kan ikke bruges" in _said(mail_server.look(), Level.ERROR), "it has ended"


@pytest.mark.django_db
def test_an_old_backup_and_none_are_told_apart(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_FOLDER, settings.DEMO = tmp_path, False
    assert "indgang backup" in _said(backups.look(), Level.ERROR)
    made = tmp_path / "indgang-20260301T020000Z"
    made.mkdir()
    assert "indgang backup" in _said(backups.look(), Level.ERROR), "one without a manifest is not whole"
    (made / "manifest.json").write_text("{}")
    assert not _said(backups.look(), Level.ERROR)
    for hours, level in ((30, Level.WARNING), (100, Level.ERROR)):
        os.utime(made / "manifest.json", (time.time() - hours * 3600,) * 2)
        assert made.name in _said(backups.look(), level)


def test_a_full_disk_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mb = 1024 * 1024
    for free, level in ((100, Level.ERROR), (1500, Level.WARNING), (20_000, Level.OK)):
        usage = type("Usage", (), {"total": 40_000 * mb, "used": 0, "free": free * mb})()
        monkeypatch.setattr("shutil.disk_usage", lambda _path, usage=usage: usage)
        assert disk.room("var", tmp_path).level is level


@pytest.mark.django_db
def test_the_state_of_the_clock_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine_clock.is_synchronised() in (True, False)
    monkeypatch.setattr(machine_clock, "is_synchronised", lambda: None)
    (found,) = machine_clock.look()
    assert "kan denne proces ikke se" in found.text
