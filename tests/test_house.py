"""House rules that the import linter cannot check (docs/architecture.md). A failure lists the violations."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db.models import CompositePrimaryKey, Field, Model
from django.urls import URLPattern, URLResolver, get_resolver

from indgang.accounts.models import Person
from indgang.events import kinds
from indgang.events.event import EventKind, Nothing
from indgang.privacy import kinds as personal_data
from indgang.privacy.kinds import EVENT

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ROOT / "indgang"

#: names that state the kind of a file instead of its subject
NAMES_OF_KINDS = {"services", "utils", "util", "helpers", "helper", "managers", "selectors", "misc", "common", "base"}

#: packages that may use requests and pages
FRONTS = {"desk", "office", "portal", "api", "ui", "accounts", "config"}

#: variables that are set by other programs or passed between the product's processes
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "PATH", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}
NOT_FOR_PEOPLE |= {"PGAPPNAME", "TEST_DB_SUFFIX", "HOME"}
NOT_FOR_PEOPLE |= {"INDGANG_CALL"}  # a variable of Asterisk's channels, not of the environment


#: class names with more than one home, and why
SHARED_NAMES = {
    "Flow": "the row, and the engine's value of one published version",
    "QueueMessage": "the row, and the engine's value of it",
    "Schedule": "the rows, and opening hours as a pure value",
}


#: names of classes inside others that have several homes: each is read with the class that it is in, as `Thread.State`
NESTED_NAMES = {
    "Adapter": "what carries it out, of a mailbox and of a case system; in `accounts`, what takes over from a protocol",
    "Audience": "who a message of a rollout is for; of articles, who may read them",
    "Choose": "how a queue's row chooses; the engine's value of it",
    "Counts": "what a move of a rollout counts; in the twin, the counts of one replication",
    "Direction": "in or out, of a mail and of an SMS; of a figure, which way is better",
    "Ending": "how a thread ended; in `live`, the row that revokes page tokens",
    "Fault": "why this row came to nothing; in `accounts`, what was wrong with a sign-on",
    "Kind": "which kind of this row it is; in `entry`, the kinds of its events",
    "Level": "the level that a target is for; in `health`, how serious a finding is",
    "Outcome": "how this row came out; of enquiries, how a question did",
    "Place": "where somebody searched; in `privacy`, how far a pass of scrubbing has come",
    "Reason": "why there is a follow-up; in the distributor, why it decided so",
    "Role": "the part of a member in a study; of accounts, what a person may do",
    "Rule": "whose a call is in a settlement; of correspondence, a rule of routing as a value",
    "Rung": "whom a step of an escalation turns to: the row's choice, and the rule's value",
    "Security": "how a server is reached: the row's choice, and the contract's value",
    "Simulation": "how far a run's simulation is; of a business case, what drawn assumptions came to",
    "Situation": "what a citizen is about to do, of a service; at the desk, the facts behind it at one moment",
    "Source": "where a note of a day comes from; of a banner, the address of its part",
    "State": "how far this row is in its own life; of enquiries, the state that pages ask for",
    "Topic": "what a finding of a study is about; of gaps, words that texts share",
    "Verdict": "what was decided about a recommendation; of hand-overs, how a promise ended",
    "Way": "how something is done, in this row; at the desk, a choice in a guide",
}


#: tests that read the syntax trees run in one process: parsing the product takes seconds
reads_the_code = pytest.mark.xdist_group("syntax_trees")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _parsed_for_this_file_only() -> Iterator[None]:
    """Millions of nodes that stay would slow down each garbage collection of the tests that follow."""
    yield
    modules.cache_clear()
    parsed.cache_clear()


@cache
def modules() -> dict[str, ast.Module]:
    """The syntax tree of every module of the product, by dotted name."""
    found = {}
    for path in sorted(PRODUCT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = parsed(path)
    return found


def imports(module: str, tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """(module, names) of each import, at any level of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            yield ".".join([*above, *([node.module] if node.module else [])]), [alias.name for alias in node.names]


@cache
def layers() -> dict[str, int]:
    """The height of each package, from the list of layers in pyproject.toml."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(each for each in config["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    return {
        name.strip(" ()"): height
        for height, line in enumerate(reversed(contract["layers"]))
        for name in line.split("|")
    }


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("indgang.")]


def tracked() -> list[str]:
    """The files of the project: tracked by git, or untracked and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def package_of(model: type[Model]) -> str:
    return model._meta.app_config.name.split(".")[1] if model._meta.app_config else ""


@reads_the_code
def test_every_package_has_its_place_in_the_list_of_layers() -> None:
    packages = {name.split(".")[1] for name in modules() if name.count(".") and not name.endswith("__main__")}
    assert packages <= set(layers())


@reads_the_code
def test_the_picture_of_the_layers_has_every_package_in_their_order_and_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages, rooms = text.split("## Packages, from the top")[1].split("### Rooms of the office")
    named = re.findall(r"^\| `(\w+)` \|", packages, flags=re.MULTILINE)
    heights = layers()
    assert set(named) == {name.split(".")[1] for name in modules() if name.count(".")} & set(heights)
    assert sorted(named, key=lambda each: -heights[each]) == named, "from the top, as in the list of layers"
    there = {each.parent.name for each in (ROOT / "indgang" / "office").glob("*/urls.py")}
    assert set(re.findall(r"`(\w+)`", rooms.split("\nInside a package")[0])) == there


def test_a_word_of_the_glossary_has_one_row() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \|", text, flags=re.MULTILINE)
    words = Counter(word.strip() for row in rows for word in re.split(r"[,;](?![^(]*\))", row))
    assert len(rows) > 100
    assert not [word for word, number in words.items() if number > 1]


def test_foreign_keys_point_down() -> None:
    heights = layers()
    wrong = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.is_relation and (target := _ours(field.related_model))
        if package_of(target) != package_of(model) and heights[package_of(target)] >= heights[package_of(model)]
    ]
    assert not wrong


def _ours(target: Any) -> type[Model] | None:
    return target if isinstance(target, type) and target.__module__.startswith("indgang.") else None


@reads_the_code
def test_private_modules_and_names_stay_in_their_package() -> None:
    wrong = []
    for module, tree in modules().items():
        home = module.split(".")[:2]
        for source, names in imports(module, tree):
            if not source.startswith("indgang.") or source.split(".")[:2] == home:
                continue
            private = [part for part in [*source.split("."), *names] if part.startswith("_") and part != "__version__"]
            wrong += [f"{module} takes {name} from {source}" for name in private]
    assert not wrong


@reads_the_code
def test_domains_know_nothing_of_requests_and_pages() -> None:
    page_side = ("django.http", "django.shortcuts", "django.views", "django.template", "django_htmx", "django.urls")
    wrong = [
        f"{module} imports {source}"
        for module, tree in modules().items()
        if module.count(".") and module.split(".")[1] not in FRONTS
        for source, _names in imports(module, tree)
        if source.startswith(page_side)
    ]
    assert not wrong


def test_no_file_is_named_after_a_kind_instead_of_its_subject() -> None:
    wrong = [name for name in tracked() if Path(name).stem.lower() in NAMES_OF_KINDS and Path(name).suffix == ".py"]
    assert not wrong


@reads_the_code
def test_no_module_is_longer_than_800_lines_and_no_function_than_60() -> None:
    wrong = []
    for name in tracked():
        if not name.endswith(".py") or "/migrations/" in name:
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        if text.count("\n") > 800:
            wrong.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(parsed(ROOT / name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 60:
                    wrong.append(f"{name}: {node.name} has {length} lines")
    assert not wrong


@reads_the_code
def test_a_class_name_has_one_home() -> None:
    homes: dict[str, set[str]] = {}
    for name, tree in modules().items():
        # Django finds a command by the name of its class
        if ".management.commands." not in name and ".migrations." not in name:
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes.setdefault(node.name, set()).add(name)
    shared = {name: sorted(where) for name, where in homes.items() if len(where) > 1}
    assert not {name: where for name, where in shared.items() if name not in SHARED_NAMES}
    assert SHARED_NAMES.keys() <= shared.keys(), "a name that has one home now leaves the list"


@reads_the_code
def test_a_class_inside_another_has_a_name_of_its_own_or_one_with_a_reason() -> None:
    homes: dict[str, set[str]] = {}
    for name, tree in modules().items():
        if ".management.commands." not in name and ".migrations." not in name:
            for outer, node in _classes(tree, ""):
                if not node.name.startswith("_"):
                    homes.setdefault(node.name, set()).add(f"{name}.{outer}" if outer else name)
    shared = {name: sorted(where) for name, where in homes.items() if len(where) > 1 and name not in SHARED_NAMES}
    shared.pop("Meta")  # Django finds it by its name
    assert not {name: where for name, where in shared.items() if name not in NESTED_NAMES}
    assert NESTED_NAMES.keys() <= shared.keys(), "a name that has one home now leaves the list"


def _classes(node: ast.Module | ast.ClassDef, outer: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Each class with the name of what it is in; not those of functions."""
    for each in node.body:
        if isinstance(each, ast.ClassDef):
            yield outer, each
            yield from _classes(each, f"{outer}.{each.name}".lstrip("."))


def test_every_address_names_its_permission_or_says_that_it_is_public() -> None:
    nameless = [
        address
        for address, view in _addresses(get_resolver().url_patterns)
        if not hasattr(view, "permissions") and not getattr(view, "public", False)
    ]
    assert not nameless


def test_every_address_has_a_name() -> None:
    nameless = [address for address, _view, name in _patterns(get_resolver().url_patterns) if not name]
    assert not nameless


def _addresses(patterns: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for address, view, _name in _patterns(patterns):
        yield address, view


def _patterns(patterns: Iterable[Any], before: str = "") -> Iterator[tuple[str, Any, str | None]]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback, pattern.name


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_model_says_of_each_field_whether_it_is_personal_data(model: type[Model]) -> None:
    personal = list(getattr(model, "PERSONAL", ()))
    impersonal = list(getattr(model, "IMPERSONAL", ()))
    fields = [field.name for field in model._meta.concrete_fields]
    fields += ["pk"] if isinstance(model._meta.pk, CompositePrimaryKey) else []
    fields += [field.name for field in model._meta.many_to_many]
    assert sorted(personal + impersonal) == sorted(fields)


#: names of fields that hold, or refer to, personal data of citizens or colleagues
_OF_A_PERSON = re.compile(
    r"(caller|dialled|person|agent|party|cvr|mobile|initials|responsibilities|payload|detail|recording$|note$|draft"
    r"|question$|transferred_to|by_id|by_label|target_id|subject_id)|_by$"
)
#: fields with such a name but without personal data: (model, field)
_OF_THE_HOUSE = {
    ("ExchangeStatus", "detail"), ("RunningProcess", "standing_by"), ("Queue", "last_agent_seconds"),
    ("FlowVersion", "note"), ("ArticleVersion", "decision_note"),
    ("GuideVersion", "returned_note"), ("Prompt", "recording"), ("InHand", "recording"),
    ("RecordingPurpose", "question"), ("Mailbox", "cvr"),
    ("SettlementTerms", "answered_by"), ("StatementLine", "answered_by"),  # a centre
    ("Rating", "question"), ("Comment", "question"), ("SpokenComment", "question"),  # what everybody is asked
}  # fmt: skip


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_what_points_at_a_person_is_declared_personal(model: type[Model]) -> None:
    personal = set(getattr(model, "PERSONAL", ()))
    house = {field for name, field in _OF_THE_HOUSE if name == model.__name__}
    pointing = {
        field.name
        for field in model._meta.concrete_fields
        if field.related_model is Person or _OF_A_PERSON.search(field.name)
    }
    assert pointing - house <= personal


@pytest.mark.parametrize("kind", kinds.declared(), ids=str)
def test_an_event_kind_stands_with_its_owner_and_says_what_is_personal(kind: EventKind[Any]) -> None:
    assert re.fullmatch(r"[a-z][a-z_]{1,29}", kind)
    module = kind.payload.__module__
    assert module.endswith(".event_kinds") or kind.payload is Nothing, "each package declares its own, in event_kinds"
    pointing = {name for name in kind.names if _OF_A_PERSON.search(name) or name in ("consulted", "supervisor")}
    assert pointing <= kind.personal


def test_what_is_personal_has_a_purpose_a_basis_and_a_time() -> None:
    """Each personal field of rows and events belongs to one kind of personal data (indgang.privacy.kinds)."""
    personal = {
        f"{model._meta.app_label}.{model.__name__}.{name}"
        for model in our_models()
        for name in getattr(model, "PERSONAL", ())
    }
    personal |= {f"{EVENT}{name}" for kind in kinds.declared() for name in kind.personal}
    assert personal - set(personal_data.fields()) == set(), "say in `personal_data` of the package why it is kept"
    assert set(personal_data.fields()) - personal == set()


def test_sql_names_tables_that_exist() -> None:
    """Upgrades and their tests are exempt, because they name tables of earlier releases."""
    ours = "|".join(sorted({model._meta.app_label for model in our_models()}))
    named = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|COPY)\s+((?:{ours})_[a-z_]+)\b")
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"events_event_rest"}
    wrong = [
        f"{name}: {table}"
        for name in tracked()
        if name.endswith(".py") and "/migrations/" not in name and "/test_upgrade_" not in name
        for table in named.findall((ROOT / name).read_text(encoding="utf-8"))
        if table not in tables
    ]
    assert not wrong


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_wrong() -> None:
    """The processes start without these checks, which load every page."""
    call_command("check", fail_level="WARNING")


@reads_the_code
def test_env_sample_explains_exactly_the_variables_that_are_read() -> None:
    text = (ROOT / ".env.sample").read_text(encoding="utf-8")
    explained = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    assert len(explained) == len(set(explained)), "one explanation for each"
    assert set(explained) == _variables()
    blocks = [block for block in text.split("\n\n") if "=" in block]
    silent = [block for block in blocks if not re.match(r"# [A-Z0-9].{15,}", block)]
    assert not silent, "every variable has its explanation above it"


def _variables() -> set[str]:
    """Variables read through config/environment or, in pure packages, from os.environ by their name."""
    found = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"INDGANG_[A-Z_]+|DATABASE_URL", node.value):
                    found.add(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = getattr(node.func.value, "id", "")
                if owner == "env" and node.args and isinstance(node.args[0], ast.Constant):
                    found.add(str(node.args[0].value))
    return found - NOT_FOR_PEOPLE


def test_commands_that_the_documents_quote_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    commands = set(get_commands()) | {"help"}
    wrong = []
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        quoted = "\n".join(_code(path))
        made = re.findall(r"\bmake ([a-z][a-z-]*)", quoted)
        wrong += [f"{path.name}: make {name}" for name in made if name not in targets]
        wrong += [
            f"{path.name}: indgang {name}"
            for name in re.findall(r"(?:^|/|\s)indgang ([a-z][a-z_]*)", quoted)
            if name not in commands
        ]
        tests = re.findall(r"pytest (tests/\S+\.py)(?: -k (\w+))?", quoted)
        wrong += [f"{path.name}: {file} -k {name}" for file, name in tests if not _has_test(ROOT / file, name)]
    assert not wrong


def _has_test(file: Path, name: str) -> bool:
    return file.exists() and re.search(rf"def test_\w*{name}", file.read_text(encoding="utf-8")) is not None


def _code(path: Path) -> list[str]:
    """The text between backticks in a Markdown file."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    lines = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [*blocks, *lines]


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(
        r"https?://[^\s\"'<>]*(?:registry\.|pypi|pythonhosted|npmjs|yarnpkg|proxy\.golang|crates\.io|/simple/|artifactory|nexus)",
        re.IGNORECASE,
    )
    wrong = [
        f"{name}: {match[0]}"
        for name in tracked()
        if name != "tests/test_house.py" and (text := _text(ROOT / name)) is not None
        for match in hosts.finditer(text)
    ]
    assert not wrong
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@reads_the_code
def test_every_text_has_an_english_translation() -> None:
    with (PRODUCT / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    complete = [message for message in catalogue if message.id and _complete(message) and not message.fuzzy]
    translated = {_first(message.id) for message in complete}
    missing = [f"{where}: {text!r}" for where, text in _texts() if text not in translated]
    assert not missing, f"{len(missing)} texts; see `make messages`"
    wrong = [message.id for message in complete if not _same_places(message)]
    assert not wrong


def test_no_text_is_translated_twice() -> None:
    """`make messages` stops at the second."""
    catalogue = (PRODUCT / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    texts = Counter(re.findall(r'^((?:msgctxt .*\n)?msgid (?:".*"\n)+)', catalogue, re.MULTILINE))
    assert not [text for text, count in texts.items() if count > 1]


@reads_the_code
def test_texts_are_marked_by_names_that_make_messages_collects() -> None:
    """xgettext searches for fixed function names, so an alias would hide its texts."""
    collected = {"_", *_GETTEXT}
    wrong = [f"{module}: {name}" for module, tree in modules().items() for name in _gettext_names(tree) - collected]
    assert not wrong


_GETTEXT = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}


def _gettext_names(tree: ast.Module) -> set[str]:
    """The names by which a module calls the functions that translate."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = [each for node in froms if node.module == "django.utils.translation" for each in node.names]
    return {each.asname or each.name for each in imported if each.name in _GETTEXT}


def _first(text: Any) -> str:
    return str(text[0] if isinstance(text, tuple | list) else text)


def _complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _same_places(message: Message) -> bool:
    """Whether the translation has the same %(places)s to fill."""
    places = [set(re.findall(r"%\(\w+\)[sd]", text)) for text in (_first(message.id), _first(message.string))]
    return places[0] == places[1]


def _texts() -> Iterator[tuple[str, str]]:
    """(file, text) of each text that is shown in the reader's language."""
    for module, tree in modules().items():
        marked = _gettext_names(tree)
        for node in ast.walk(tree):
            marks = isinstance(node, ast.Call) and getattr(node.func, "id", "") in marked
            if marks and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                yield module, str(node.args[0].value)
    for path in sorted(PRODUCT.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        short = re.findall(r"""(?:translate\s+|_\()(?:"([^"]*)"|'([^']*)')""", text)
        yield from ((path.name, double or single) for double, single in short)
        for _with, trimmed, block in re.findall(_BLOCK, text, re.DOTALL):
            yield path.name, _percented(block, bool(trimmed))


_BLOCK = r"{% blocktranslate((?:(?! trimmed)[^%])*)( trimmed)?[^%]*%}(.*?)(?:{% plural %}.*?)?{% endblocktranslate %}"


def _percented(block: str, trimmed: bool) -> str:
    """The message id of a block in Django: {{ name }} becomes %(name)s."""
    text = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.replace("%", "%%"))
    return " ".join(line.strip() for line in text.strip().splitlines()) if trimmed else text


_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|oklch|lab)a?\(")
_SIZE = re.compile(r"\bfont(?:-size)?:[^;}]*\d(?:px|pt|rem)\b")


def test_colours_and_sizes_of_text_come_from_the_tokens() -> None:
    """A size in em is relative to the text around it and is always allowed."""
    wrong = [
        f"{name}:{number}: {match[0]}"
        for name in tracked()
        if name.startswith("indgang/") and name.endswith(".css") and not name.endswith("/tokens.css")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        for match in [*_COLOUR.finditer(line), *_SIZE.finditer(line)]
    ]
    assert not wrong


def test_what_a_style_names_stands_among_the_tokens() -> None:
    styles = {name: (ROOT / name).read_text(encoding="utf-8") for name in tracked() if name.endswith(".css")}
    defined = {name for text in styles.values() for name in re.findall(r"(--[\w-]+):", text)}
    used = {name for text in styles.values() for name in re.findall(r"var\((--[\w-]+)\)", text)}
    assert used <= defined
    tokens = styles["indgang/ui/static/ui/tokens.css"]
    scripts = "".join(_text(ROOT / name) or "" for name in tracked() if name.endswith((".html", ".js", ".py")))
    kept = {name for name in re.findall(r"(--[\w-]+):", tokens) if name not in used and name not in scripts}
    assert not kept, "a token that nothing uses"


def test_a_comment_of_a_template_ends_on_its_line() -> None:
    """Django shows one that does not, as text on the page."""
    unended = re.compile(r"\{#(?!.*#\})")
    templates = [name for name in tracked() if name.endswith(".html")]
    assert not [name for name in templates if unended.search((ROOT / name).read_text(encoding="utf-8"))]


def test_a_long_line_of_a_template_holds_one_element() -> None:
    """Long texts and URLs are allowed, because they cannot be broken; several elements have a line each."""
    wrong = [
        f"{name}:{number}"
        for name in tracked()
        if name.endswith(".html")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 200 and len(re.findall(r"<[a-z]", line)) > 1
    ]
    assert not wrong
