"""The files in deploy/ fit the product: units that systemd accepts, an image whose steps are known, a compose file."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from indgang.config.machine import STANDING_BY
from indgang.live.processes import NAMES

_ROOT = Path(__file__).resolve().parents[2]
_UNITS = sorted((_ROOT / "deploy" / "systemd").iterdir())
_PROGRAM = "/opt/indgang/current/.venv/bin/indgang"
#: systemd's figure for how much a unit could do if it were taken over, from 0 to 10
_MOST_EXPOSED = 2.0


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with a program that is on this machine."""
    folder = tmp_path_factory.mktemp("units")
    for unit in _UNITS:
        (folder / unit.name).write_text(unit.read_text().replace(_PROGRAM, "/bin/true"))
    return folder


def _starts(unit: Path) -> str:
    return "".join(re.findall(rf"^ExecStart={_PROGRAM} (\S+)$", unit.read_text(), re.MULTILINE))


@pytest.mark.proxy
def test_systemd_accepts_every_unit(here: Path) -> None:
    units = [str(path) for path in sorted(here.iterdir())]
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.proxy
@pytest.mark.parametrize("name", [unit.name for unit in _UNITS if unit.suffix == ".service"])
def test_a_service_may_do_little_beside_its_work(here: Path, name: str) -> None:
    asked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(here / name)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    figure = re.search(r"exposure level for \S+: ([0-9.]+)", asked.stdout)
    assert figure is not None, asked.stderr
    assert float(figure[1]) <= _MOST_EXPOSED


def test_every_process_of_a_machine_has_a_unit_and_every_unit_a_command() -> None:
    started = [_starts(unit) for unit in _UNITS if unit.suffix == ".service"]
    assert set(started) <= set(get_commands())
    wanted = [*NAMES, *STANDING_BY, "backup", "exchange"]
    assert sorted(started) == sorted(wanted)


def test_the_target_takes_every_process_along_and_leaves_conversations_up() -> None:
    """Whoever stops indgang.target stops the product; Asterisk and the backup are not part of it."""
    parts = {unit.stem for unit in _UNITS if "\nPartOf=indgang.target\n" in unit.read_text()}
    assert parts == {f"indgang-{name}" for name in (*NAMES, *STANDING_BY.values())}
    wanted_by = {unit.stem for unit in _UNITS if "\nWantedBy=indgang.target" in unit.read_text()}
    assert wanted_by == parts, "what is stopped with the target comes back with it"


def test_only_backup_and_worker_know_the_other_roles() -> None:
    knowing = {unit.stem for unit in _UNITS if "owner.env" in unit.read_text()}
    assert knowing == {"indgang-backup"}
    assert {unit.stem for unit in _UNITS if "retention.env" in unit.read_text()} == {"indgang-worker"}


def test_the_steps_of_the_image_are_known_and_name_no_host() -> None:
    said = (_ROOT / "deploy" / "Containerfile").read_text()
    steps = _runner().instructions(said)
    assert [name for name, _said in steps[:2]] == ["ARG", "FROM"]
    assert dict(steps)["FROM"] == "${BASE}"
    assert not re.search(r"\b[\w-]+\.(com|org|io|net)\b", said)
    set_here = {said.partition("=")[0] for name, said in steps if name == "ENV" and said.startswith("INDGANG_")}
    explained = set(re.findall(r"^# (INDGANG_\w+)=", (_ROOT / ".env.sample").read_text(), re.MULTILINE))
    assert set_here <= explained
    assert ("USER", "indgang") in steps


def test_what_is_copied_into_the_image_holds_no_data_of_this_checkout() -> None:
    left_out = _runner().ignored(str(_ROOT), ["var", ".venv", ".git", "tests", "indgang", "deploy", "x.egg-info"])
    assert left_out == {"var", ".venv", ".git", "tests", "x.egg-info"}


def test_the_compose_file_runs_every_process_after_the_tables_are_there() -> None:
    told: dict[str, Any] = yaml.safe_load((_ROOT / "deploy" / "compose.yaml").read_text())
    services = told["services"]
    ours = {name: each for name, each in services.items() if "command" in each}
    assert {each["command"] for each in ours.values()} == {*NAMES, "migrate"}
    assert {*NAMES, *STANDING_BY.values(), "migrate"} == set(ours)
    for name, each in ours.items():
        needs = each["depends_on"]
        assert name == "migrate" or needs["migrate"] == {"condition": "service_completed_successfully"}
        assert each["cap_drop"] == ["ALL"]
    volumes = {volume.partition(":")[0] for each in services.values() for volume in each.get("volumes", ())}
    assert volumes == set(told["volumes"])


@pytest.mark.parametrize("bad", [None, ""], ids=["unreadable", "empty"])
@pytest.mark.parametrize("name", ["app_password", "retention_password"])
def test_without_a_password_no_role_is_made(tmp_path: Path, name: str, bad: str | None) -> None:
    assert _create_roles(tmp_path, {"app_password": "a", "retention_password": "r"}) == (0, True)
    told = _create_roles(tmp_path, {"app_password": "a", "retention_password": "r", name: bad})
    assert (told[0] != 0, told[1]) == (True, False)


def _create_roles(folder: Path, passwords: dict[str, str | None]) -> tuple[int, bool]:
    """Run the script with these files; None: no file. Return its code, and whether it came to `psql`."""
    for name, password in passwords.items():
        (folder / name).unlink(missing_ok=True)
        if password is not None:
            (folder / name).write_text(password)
    came = folder / "came"
    came.unlink(missing_ok=True)
    psql = folder / "psql"
    psql.write_text(f"#!/bin/sh\ntouch {came}\n")
    psql.chmod(0o755)
    script = (_ROOT / "deploy" / "create-roles.sh").read_text().replace("/run/secrets", str(folder))
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "POSTGRES_USER": "owner", "POSTGRES_DB": "indgang"}
    ended = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, check=False, timeout=60)
    return ended.returncode, came.exists()


def _runner() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("try_containerfile", str(_ROOT / "scripts" / "try-containerfile"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
