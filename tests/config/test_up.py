"""No process starts outside the demo with a secret that everybody knows or guesses."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command

from indgang.config import secret
from indgang.live import processes


@pytest.fixture
def outside_the_demo(settings: Any) -> Any:
    settings.DEMO = settings.DEBUG = False
    return settings


@pytest.mark.parametrize("process", ["up", *processes.NAMES])
@pytest.mark.parametrize("key", ["only-for-demo-and-tests-5f1c2e", "abc", "x" * 60])
def test_no_process_starts_with_a_bad_secret(outside_the_demo: Any, process: str, key: str) -> None:
    outside_the_demo.SECRET_KEY = key
    with pytest.raises(SystemExit, match="INDGANG_SECRET_KEY"):
        call_command(process)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("INDGANG_ARI_PASSWORD", {"EXCHANGES": ["asterisk"], "ARI_PASSWORD": "Asterisk"}),
        ("INDGANG_ARI_PASSWORD", {"EXCHANGES": ["asterisk"], "ARI_PASSWORD": ""}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://indgang:postgres@db.example/indgang"}),
        ("INDGANG_OWNER_DATABASE_URL", {"OWNER_DATABASE_URL": "postgresql://owner:changeme@db.example/indgang"}),
        ("INDGANG_MAIL_PASSWORD", {"EMAIL_HOST_PASSWORD": "kornblomst ved havnen"}),
        ("INDGANG_METRICS_TOKEN", {"METRICS_TOKEN": "secret"}),
    ],
)
def test_nor_with_a_password_that_everybody_knows_and_the_message_says_which(
    outside_the_demo: Any, name: str, changes: dict[str, Any]
) -> None:
    for setting, value in changes.items():
        setattr(outside_the_demo, setting, value)
    with pytest.raises(SystemExit, match=f"^{name} ") as refused:
        call_command("web")
    assert not any(str(value) in str(refused.value) for value in changes.values() if value and isinstance(value, str))
    outside_the_demo.DEMO = True
    secret.check()


@pytest.mark.parametrize("module", ["wsgi", "asgi"])
@pytest.mark.parametrize(("key", "fault"), [("abc", "has 3 characters"), ("", "is not set")])
def test_nor_does_another_server_that_takes_our_application(module: str, key: str, fault: str) -> None:
    code = f"import indgang.config.{module}"
    environment = os.environ | {"INDGANG_SECRET_KEY": key, "INDGANG_DEMO": "false"}
    tried = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 1
    assert f"INDGANG_SECRET_KEY {fault}" in tried.stderr


@pytest.mark.parametrize(("process", "setting"), [("web", "INDGANG_WEB_ADDRESS"), ("live", "INDGANG_LIVE_ADDRESS")])
def test_a_process_that_only_starts_others_loads_no_models_and_says_when_its_address_is_taken(
    process: str, setting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        tried = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "indgang", process], capture_output=True, text=True, timeout=60,
            env=os.environ | {setting: address, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"},
        )  # fmt: skip
    assert tried.returncode == 1
    assert f"{address} cannot be used" in tried.stderr
    assert "indgang.config.serving" in tried.stderr
    assert "indgang.accounts.models" not in tried.stderr


def test_what_few_processes_need_is_loaded_when_they_need_it() -> None:
    """The checks of the doctor, OpenTelemetry without a collector; and for no page what computes with distributions."""
    code = "import sys, django; django.setup(); print(*sys.modules); import indgang.config.urls; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    processes, pages = (_loaded(line) for line in told.stdout.splitlines())
    assert "indgang.accounts.models" in processes
    assert not {"opentelemetry", "indgang.config.checks", "indgang.config.backup", "onelogin"} & processes
    assert "indgang.planning.forecasts" in pages
    assert "scipy" not in pages


def _loaded(line: str) -> set[str]:
    return {".".join(name.split(".")[:depth]) for name in line.split() for depth in (1, 2, 3)}


def test_the_demo_starts_without_a_secret_of_its_own(settings: Any) -> None:
    settings.SECRET_KEY, settings.DEMO = settings.OPEN_SECRET, True
    secret.check()


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("", "has 0 characters"),
        ("abcdefghijklm" * 5, "repeats itself"),
        ("0123456789" * 6, "repeats itself"),
        ("django-insecure-0123456789abcdefghijklmnopqrstuvwxyz", "everybody knows"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said(key: str, fault: str) -> None:
    assert fault in str(secret.fault_of(key))


def test_random_secrets_will_do() -> None:
    for _ in range(200):
        assert secret.fault_of(secrets.token_urlsafe(50)) is None
