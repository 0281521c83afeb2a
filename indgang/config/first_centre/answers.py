"""The answers that `indgang init` needs: read from a file (YAML or TOML) and the environment, and checked together."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from indgang.config import environment
from indgang.config.environment import BadSetting
from indgang.config.first_centre.form import FirstCentreForm
from indgang.core import plain_yaml
from indgang.core.hours_text import Spans

Value = str | list[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One answer: its name in the form, in the file (with dots) and in the environment, and the question."""

    name: str
    path: str
    variable: str
    question: str
    default: str = ""
    required: bool = True


FIELDS: tuple[Field, ...] = (
    Field("municipality", "municipality", "INDGANG_INIT_MUNICIPALITY", "Name of the municipality"),
    Field("centre", "centre", "INDGANG_INIT_CENTRE", "Name of the contact centre", "Kontaktcentret"),
    Field(
        "units", "units", "INDGANG_INIT_UNITS",
        "Departments it answers for, separated by commas (you can add more later)", required=False,
    ),
    Field("hours", "hours", "INDGANG_INIT_HOURS", "Opening hours Monday to Friday", "9-16"),
    Field("number", "number", "INDGANG_INIT_NUMBER", "Danish number that people call (may wait)", required=False),
    Field("skills", "skills", "INDGANG_INIT_SKILLS", "Skills of agents, separated by commas", "Engelsk", False),
    Field("name", "administrator.name", "INDGANG_INIT_NAME", "Your name (you become the first administrator)"),
    Field("username", "administrator.username", "INDGANG_INIT_USERNAME", "Your user name"),
    Field("email", "administrator.email", "INDGANG_INIT_EMAIL", "Your e-mail address", required=False),
    Field(
        "password", "administrator.password", "INDGANG_INIT_PASSWORD",
        "Password, at least 12 characters, a sentence for example",
    ),
)  # fmt: skip
#: in the file: the path of another file that holds only the password
PASSWORD_FILE = "administrator.password_file"  # noqa: S105  # a name


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """An invalid answer: where it is, and what to do."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class BadAnswers(Exception):
    """The centre cannot be created from these answers; nothing was written."""

    def __init__(self, findings: Sequence[BadAnswer]) -> None:
        super().__init__("; ".join(str(each) for each in findings))
        self.findings = list(findings)


@dataclass(slots=True)
class GivenAnswers:
    """The raw answers, by field name, and where each of them comes from."""

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    findings: list[BadAnswer] = field(default_factory=list)
    #: the file could not be read, so missing answers mean nothing
    file_failed: bool = False
    #: the administrator typed the password, so nobody else has seen it
    password_typed: bool = False

    def give(self, name: str, value: Value, place: str) -> None:
        self.values[name], self.places[name] = value, place

    def missing(self) -> list[Field]:
        return [each for each in FIELDS if each.name not in self.values]

    def take_defaults(self) -> None:
        for each in self.missing():
            if each.default:
                self.give(each.name, each.default, each.path)


@dataclass(frozen=True, slots=True)
class FirstCentre:
    """The checked answers. `hours` apply to every weekday from Monday to Friday."""

    municipality: str
    centre: str
    units: tuple[str, ...]
    hours: Spans
    number: str
    skills: tuple[str, ...]
    name: str
    username: str
    email: str
    password: str = field(repr=False)
    password_typed: bool = False


def given(file: Path | None) -> GivenAnswers:
    """The answers of the file, and of the environment where the file has none. Whatever cannot be read is added to
    `findings`."""
    found = GivenAnswers()
    if file is not None:
        _take_file(found, file)
    for each in FIELDS:
        if each.name not in found.values and (value := _from_environment(each, found)):
            found.give(each.name, value, each.variable)
    return found


def check(found: GivenAnswers) -> FirstCentre:
    """The checked answers. Raises BadAnswers with everything that is wrong."""
    if found.file_failed:
        raise BadAnswers(found.findings)
    form = FirstCentreForm({name: _as_text(value) for name, value in found.values.items()})
    places = {each.name: found.places.get(each.name, each.path) for each in FIELDS}
    wrong = [
        BadAnswer(places[name], _missing(name) if error.code == "required" else " ".join(error.messages))
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]
    unread = {each.where for each in found.findings}
    if wrong or found.findings:
        raise BadAnswers([*found.findings, *(each for each in wrong if each.where not in unread)])
    return FirstCentre(**form.cleaned_data, password_typed=found.password_typed)


def _missing(name: str) -> str:
    wanted = next(each for each in FIELDS if each.name == name)
    also = " or administrator.password_file" if name == "password" else ""
    variable = wanted.variable
    return f"is missing. Write it in the file as {wanted.path}{also}, or set {variable} (or {variable}_FILE)."


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _from_environment(each: Field, found: GivenAnswers) -> str:
    try:
        return environment.text(each.variable)
    except BadSetting as error:
        found.findings.append(BadAnswer(f"{each.variable}_FILE", f"cannot be read. {error}"))
        found.places[each.name] = f"{each.variable}_FILE"
        return ""


# --- The file ----------------------------------------------------------------------------------


def _take_file(found: GivenAnswers, file: Path) -> None:
    try:
        content = _parsed(file)
        if not isinstance(content, Mapping):
            raise ValueError("it holds no fields; write for example “municipality: Min Kommune”")
    except OSError as error:
        found.findings.append(BadAnswer(str(file), f"cannot be read ({error.strerror})."))
        found.file_failed = True
    except (ValueError, yaml.YAMLError) as error:
        found.findings.append(BadAnswer(str(file), f"is not readable as {_kind(file)}: {_fault(error)}"))
        found.file_failed = True
    else:
        for path, value in _flat(content):
            _take(found, file, path, value)


def _parsed(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    if _kind(file) == "TOML":
        return tomllib.loads(text)
    # every scalar stays text: YAML would read a telephone number as a number
    return plain_yaml.load(text, yaml.BaseLoader)


def _kind(file: Path) -> str:
    return "TOML" if file.suffix.lower() == ".toml" else "YAML"


def _fault(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, plain_yaml.NotPlain):
        return f"line {error.line} refers to another place or is nested too deeply; write plain fields and lists."
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text."
    return f"line {mark.line + 1}, {getattr(error, 'problem', '')}." if mark else f"{error}."


def _flat(content: Mapping[Any, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _take(found: GivenAnswers, file: Path, path: str, value: Any) -> None:
    where = f"{path} in {file}"
    wanted = next((each for each in FIELDS if each.path == path), None)
    if path == PASSWORD_FILE:
        _take_password_file(found, file.parent / str(value), where)
    elif wanted is None:
        found.findings.append(BadAnswer(where, f"is not known.{_meant(path)}"))
    elif isinstance(value, list):
        if wanted.name not in ("units", "skills"):
            found.findings.append(BadAnswer(where, "is a list; write one value."))
        found.give(wanted.name, [str(each) for each in value], where)
    elif value not in ("", None):
        found.give(wanted.name, str(value), where)


def _take_password_file(found: GivenAnswers, path: Path, where: str) -> None:
    try:
        found.give("password", path.read_text(encoding="utf-8").strip(), where)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        found.findings.append(BadAnswer(where, f"{path} cannot be read ({reason})."))
        found.places["password"] = where


def _meant(path: str) -> str:
    close = difflib.get_close_matches(path, [*(each.path for each in FIELDS), PASSWORD_FILE], n=1)
    return f" Did you mean {close[0]}?" if close else ""
