"""What a log line may hold of a person: nothing."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from indgang.telemetry import logs
from indgang.telemetry.private import described, first_line


@pytest.fixture(params=["text", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the product's own handler writes, in both ways of writing."""
    written = io.StringIO()
    made: dict[str, Any] = logs.configuration(request.param, "DEBUG")
    configurator = logging.config.DictConfigurator(made)
    configurator.configure()
    (handler,) = logging.getLogger().handlers[-1:]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    logging.getLogger().removeHandler(handler)


def test_numbers_and_addresses_are_masked_wherever_they_stand(lines: io.StringIO) -> None:
    log = logging.getLogger("indgang.test")
    log.warning("the caller %s, born 010203-1234, wrote from %s", "+45 20 30 40 50", "ida@firma.example")
    log.warning("of %(number)s", {"number": "20304050"})
    said = lines.getvalue()
    for number in ("20 30 40 50", "20304050", "010203-1234", "ida@firma.example"):
        assert number not in said
    assert said.count("\n") == 2


@pytest.mark.django_db
def test_an_error_is_described_without_what_it_quotes(lines: io.StringIO) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE people (name text PRIMARY KEY)")
            cursor.execute("INSERT INTO people VALUES ('Anna Agerbæk'), ('Anna Agerbæk')")
    except DatabaseError:
        logging.getLogger("indgang.test").exception("it could not be written")
    said = lines.getvalue()
    assert "IntegrityError" in said
    assert "test_private.py" in said
    assert "duplicate key" in said
    assert "Agerbæk" not in said


def test_an_error_among_the_arguments_is_described_in_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("indgang.test").warning("not done: %s", KeyError("Anna Agerbæk"))
    assert "not done: KeyError" in lines.getvalue()
    assert "Agerbæk" not in lines.getvalue()


def test_a_record_that_does_not_fit_its_text_is_not_lost(lines: io.StringIO) -> None:
    logging.getLogger("indgang.test").warning("two: %s %s", "one")
    assert "two:" in lines.getvalue()


def test_causes_are_told_and_what_they_quote_is_not() -> None:
    try:
        try:
            raise ValueError("no row for 'Bo Bakkedal'")
        except ValueError as error:
            raise RuntimeError("could not look") from error
    except RuntimeError as error:
        said = described(error)
    assert said.index("ValueError: no row for ‹…›") < said.index("RuntimeError: could not look")
    assert first_line(TypeError()) == "TypeError"


def test_a_json_line_is_one_object_with_the_request_it_belongs_to() -> None:
    record = logging.LogRecord("indgang.x", logging.ERROR, __file__, 1, "two\nlines", (), None)
    token = logs.request_id.set("abc-12345")
    try:
        line = logs.JsonLines().format(record)
    finally:
        logs.request_id.reset(token)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"], told["request"]) == (
        "error", "indgang.x", "two\nlines", "abc-12345",
    )  # fmt: skip
