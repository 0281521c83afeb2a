"""The files in deploy/ fit the product: units that systemd accepts, an image whose steps are known, a compose file."""

from __future__ import annotations

import asyncio
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
import yaml
from django.core.management import get_commands
from django.test import Client

from indgang.config import serving
from indgang.config.backup import tools
from indgang.config.connections import Limits
from indgang.config.machine import STANDING_BY
from indgang.live.processes import NAMES
from indgang.live.stream import Stream

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


def test_an_idle_connection_ends_at_the_proxy_first() -> None:
    """A POST that meets the end of its connection is lost: nginx repeats none."""
    site = (_ROOT / "deploy" / "nginx.conf").read_text()
    upstream = re.search(r"upstream indgang_web \{.*?keepalive_timeout (\d+)s;", site, re.DOTALL)
    assert upstream is not None
    assert int(upstream[1]) + 10 <= serving.configured("nothing:at_all", Limits(), "off").timeout_keep_alive


def test_what_is_copied_into_the_image_holds_no_data_of_this_checkout() -> None:
    left_out = _runner().ignored(str(_ROOT), ["var", ".venv", ".git", "tests", "indgang", "deploy", "x.egg-info"])
    assert left_out == {"var", ".venv", ".git", "tests", "x.egg-info"}


def _compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((_ROOT / "deploy" / "compose.yaml").read_text())
    return told


def _ours() -> dict[str, dict[str, Any]]:
    """The services that run the product's image."""
    return {name: each for name, each in _compose()["services"].items() if "command" in each}


def _settings_of(service: dict[str, Any]) -> set[str]:
    """The files with the service's settings."""
    files = service["env_file"]
    return {files} if isinstance(files, str) else set(files)


def _image() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The steps of the image and its variables."""
    steps = _runner().instructions((_ROOT / "deploy" / "Containerfile").read_text())
    return steps, dict(said.split("=", 1) for name, said in steps if name == "ENV")


def test_the_compose_file_runs_every_process_after_the_tables_are_there() -> None:
    told, ours = _compose(), _ours()
    services = told["services"]
    assert {each["command"] for each in ours.values()} <= set(get_commands())
    assert {each["command"] for each in ours.values()} == {*NAMES, "migrate"}
    assert {*NAMES, *STANDING_BY.values(), "migrate"} == set(ours)
    for name, each in ours.items():
        needs = each["depends_on"]
        assert name == "migrate" or needs["migrate"] == {"condition": "service_completed_successfully"}
        assert each["cap_drop"] == ["ALL"]
    volumes = {volume.partition(":")[0] for each in services.values() for volume in each.get("volumes", ())}
    assert volumes == set(told["volumes"])


def test_the_compose_file_keeps_what_the_image_writes_and_publishes_where_it_listens() -> None:
    steps, variables = _image()
    kept = {said for name, said in steps if name == "VOLUME"}
    assert kept == {variables["INDGANG_VAR"], variables["INDGANG_BACKUP_FOLDER"]}
    for name, each in _ours().items():
        assert {volume.partition(":")[2] for volume in each["volumes"]} == kept, name
        assert (each["read_only"], each["tmpfs"]) == (True, "/tmp"), name
    ports = [variables[f"INDGANG_{name}_ADDRESS"].rpartition(":")[2] for name in ("WEB", "LIVE")]
    assert dict(steps)["EXPOSE"].split() == ports
    published = [_ours()[name]["ports"] for name in ("web", "live")]
    assert published == [[f"127.0.0.1:{port}:{port}"] for port in ports]


def test_the_compose_file_tells_a_process_what_its_unit_tells_it() -> None:
    units = {unit.stem.removeprefix("indgang-"): unit.read_text() for unit in _UNITS}
    for name in (*NAMES, *STANDING_BY.values()):
        service, unit = _ours()[name], units[name]
        assert service["command"] == _starts(_ROOT / "deploy" / "systemd" / f"indgang-{name}.service")
        files = set(re.findall(r"^EnvironmentFile=-?/etc/indgang/(\S+)$", unit, re.MULTILINE))
        assert _settings_of(service) == files, name
        assert f"\nTimeoutStopSec={service['stop_grace_period'].removesuffix('s')}\n" in unit, name
        assert service["restart"] == "unless-stopped"
        assert service["hostname"] == name, "metrics, Drift and alerts name it"


def test_what_the_compose_file_needs_beside_it_is_listed_at_its_top() -> None:
    told, text = _compose(), (_ROOT / "deploy" / "compose.yaml").read_text()
    head = text.partition("x-indgang:")[0]
    files = set().union(*map(_settings_of, _ours().values())) | {each["file"] for each in told["secrets"].values()}
    assert files <= set(re.findall(r"[\w.]+", head))
    for service in told["services"].values():
        assert set(service.get("secrets", ())) <= set(told["secrets"])
    names = set(re.findall(r"\b((?:INDGANG|DATABASE)_[A-Z_]+)=", head))
    assert names <= set(re.findall(r"^# (\w+)=", (_ROOT / ".env.sample").read_text(), re.MULTILINE))
    roles = set(re.findall(r"postgresql://(\w+):\w+@database/indgang", head))
    script = _ROOT / "deploy" / told["configs"]["create_roles"]["file"]
    assert os.access(script, os.X_OK)
    made = set(re.findall(r"CREATE ROLE (\w+) LOGIN", script.read_text()))
    assert roles == made | {told["services"]["database"]["environment"]["POSTGRES_USER"]}


def test_the_database_s_health_check_is_understood_and_asks_for_the_final_server() -> None:
    """The image starts a server without a network first, for the roles alone."""
    database = _compose()["services"]["database"]
    kind, said = database["healthcheck"]["test"]
    program, *arguments = said.split()
    assert (kind, program) == ("CMD-SHELL", "pg_isready")
    asked = subprocess.run([tools.find(program), *arguments], capture_output=True, text=True, timeout=60)
    assert asked.returncode in (0, 1, 2), asked.stderr
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert options == {
        "--host": "127.0.0.1", "--username": database["environment"]["POSTGRES_USER"],
        "--dbname": database["environment"]["POSTGRES_DB"],
    }  # fmt: skip


def _asked_of(name: str) -> SplitResult:
    """The address that the service's health check asks, after a look at the rest of its command."""
    steps, variables = _image()
    kind, program, option, code = _ours()[name]["healthcheck"]["test"]
    assert (kind, option) == ("CMD", "-c")
    assert program == str(Path(json.loads(dict(steps)["ENTRYPOINT"])[0]).with_name("python"))
    compile(code, name, "exec")
    address: str = re.findall(r"'(http:\S+)'", code)[0]
    url = urlsplit(address)
    assert url.port == int(variables[f"INDGANG_{name.upper()}_ADDRESS"].rpartition(":")[2])
    return url


def test_the_health_check_of_the_pages_is_answered(settings: Any, db: None) -> None:
    url = _asked_of("web")
    said = re.findall(r"INDGANG_HOSTS=(\S+)", (_ROOT / "deploy" / "compose.yaml").read_text())
    settings.ALLOWED_HOSTS = said[0].split(",")
    assert Client().get(url.path, headers={"host": url.netloc}).status_code == 200


def test_the_health_check_of_the_streams_is_answered() -> None:
    scope = {"type": "http", "method": "GET", "path": _asked_of("live").path, "query_string": b"", "headers": []}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Stream()(scope, receive, send))
    assert sent[0]["status"] == 503, "it is known, and does not listen yet"


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
