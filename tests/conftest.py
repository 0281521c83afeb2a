"""One embedded PostgreSQL for all tests with a database, and the shared fixtures, such as `world`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.terminal import TerminalReporter

from indgang.config import garbage
from tests import emptying, sample, second_try, slowest

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from tests.knowledge_world import KnowledgeWorld
    from tests.messaging.mail_servers import MailServers
    from tests.standing import Ground
    from tests.world import World

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
# the telephones of tests are on this machine, and processes that tests start need a secret of their own
os.environ.setdefault("INDGANG_DESK_PHONES_AT", "127.0.0.1")
os.environ.setdefault("INDGANG_SECRET_KEY", "tests: 0123456789 abcdefghijklmnopqrstuvwxyz kornblomst")
# processes that tests start run plain Python too, whatever is compiled; make test-compiled says otherwise
os.environ.setdefault("INDGANG_COMPILED_ENGINES", "false")

garbage.rarely()


def pytest_configure(config: pytest.Config) -> None:
    import hypothesis
    from django.conf import settings as in_force

    from indgang.config import settings

    # a run that a shell begins in the background ignores interrupts, and so would all processes that its tests start
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

    # pytest-django may have read the settings before this file: tests and their child processes must have the same ones
    in_force.SECRET_KEY = os.environ["INDGANG_SECRET_KEY"]
    in_force.DESK_PHONES_AT = (os.environ["INDGANG_DESK_PHONES_AT"],)

    # the time of an example depends on the machine
    hypothesis.settings.register_profile(
        "indgang", deadline=None, max_examples=sample.examples(100),
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )  # fmt: skip
    hypothesis.settings.load_profile("indgang")
    settings.PASSWORD_HASHERS[0] = "tests.passwords.Light"
    emptying.replace_flush()


@pytest.fixture(scope="session")
def database_server() -> None:
    """The embedded PostgreSQL, shared by all processes of a run; sets the settings and DATABASE_URL."""
    from indgang.config import embedded
    from tests.server import hurry

    embedded.start(Path(__file__).resolve().parents[1] / "var" / "test-postgres", as_owner=True)
    if embedded.folder():
        hurry()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Extend pytest-django's fixture: copying a migrated database is faster than migrating one."""
    from django.db import connection

    from indgang.config import embedded
    from tests.server import copy_only, migrated, own_name

    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()
    copy_only(connection.creation)
    if embedded.folder():
        connection.settings_dict["TEST"]["NAME"] = own_name()


def pytest_collection_finish() -> None:
    """Freeze the present objects, which stay alive, so that the garbage collector does not scan them repeatedly."""
    garbage.settle()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Keep each file that drives an exchange or a browser in one test process, and all tests of an upgraded centre.

    Each process has an exchange of its own, on free ports, and so has each test that kills its exchange.
    """
    for item in items:
        slow = item.get_closest_marker("slow")
        if slow and not slow.args:
            raise pytest.UsageError(f"{item.nodeid} is marked slow: say why, pytest.mark.slow('...')")
        if _wants_database(item):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("exchange") or "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if "upgraded" in _fixtures(item):
            item.add_marker(pytest.mark.xdist_group("upgraded"))
    yield
    second_try.allow(items)
    if left_out := sample.left_out(items, config.getoption("randomly_seed", 0)):
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    # after all other plugins; tests with the same place keep their random order
    items.sort(key=_place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    slowest.begin(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when == "teardown":
        slowest.end(item)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """With `--dist loadgroup` (as `make test` has it), the order of tests/turns.py."""
    from tests.turns import Turns

    return Turns(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    from indgang.core import clock

    second_try.report(terminalreporter)
    if slowest.is_whole(config):
        slowest.write(terminalreporter, clock.now())


def _place(item: pytest.Item) -> tuple[int, tuple[str, ...]]:
    """Tests without a database first, which include the longest; then by standing data; last those that empty it."""
    from tests.standing import wanted

    if _commits(item):
        return 2, ()
    return (1, wanted(_fixtures(item))) if _wants_database(item) else (0, ())


def _wants_database(item: pytest.Item) -> bool:
    return "database_server" in _fixtures(item) or item.get_closest_marker("django_db") is not None


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


def _commits(item: pytest.Item) -> bool:
    """Whether the test has real transactions, after which Django empties the tables."""
    marker = item.get_closest_marker("django_db")
    asks = {"live_server", "transactional_db"}.intersection(_fixtures(item))
    return bool(asks or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="session")
def ground(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    from tests.standing import Ground

    ground = Ground()
    yield ground
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        ground.lay(())
        # threads that outlive their test keep their connections, which would block dropping the database
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def standing(request: pytest.FixtureRequest, ground: Ground, django_db_blocker: DjangoDbBlocker) -> dict[str, Any]:
    """Copies of the standing data of this test (tests/standing.py); none if the test commits."""
    from tests.standing import wanted

    with django_db_blocker.unblock():
        return ground.lay(() if _commits(request.node) else wanted(_fixtures(request.node)))


@pytest.fixture
def _django_db_helper(standing: dict[str, Any], _django_db_helper: None) -> None:
    """Run pytest-django's fixture, which opens the test's transaction, after the standing data has been created."""


@pytest.fixture
def world(db: None, standing: dict[str, Any]) -> World:
    """The small municipality (tests/world.py)."""
    from tests.world import build

    return standing.get("world") or build()


@pytest.fixture
def knowledge_world(world: World) -> KnowledgeWorld:
    """The small municipality with articles and a guide (tests/knowledge_world.py)."""
    from tests.knowledge_world import build

    return build(world)


@pytest.fixture(scope="module")
def module_db(ground: Ground, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around all tests of a module, for data that takes long to create; each test finds it unchanged."""
    from django.db import transaction

    from tests.standing import around_tests

    with django_db_blocker.unblock():
        ground.lay(())
        with around_tests():
            yield
            ground.lay(())
            transaction.set_rollback(True)


@pytest.fixture(scope="session")
def mail_servers() -> Iterator[MailServers]:
    """A real Dovecot and a real Exim (tests/messaging/mail_servers.py); tests empty them before they begin."""
    from tests.messaging.mail_servers import running

    with running() as servers:
        yield servers


@pytest.fixture(autouse=True)
def nobody_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable the cache of people: tests change people directly in the database."""
    from indgang.accounts import recognition

    monkeypatch.setattr(recognition, "SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _changes_are_recorded_in_their_own_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the audit trail's check for a transaction ignore the test's own, which would hide a missing one."""
    from django.db import connection

    from indgang.audit import trail

    def in_transaction() -> bool:
        return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)

    monkeypatch.setattr(trail, "_in_transaction", in_transaction)
