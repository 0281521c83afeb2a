"""The copy for testing holds no personal value of its source, and everything in it still fits together."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import CommandError, call_command
from django.db import connection, models
from psycopg import sql

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries import parties
from indgang.enquiries.models import Enquiry, Party, PartyNumber, ReturnCall
from indgang.enquiries.verification import Verification
from indgang.events.models import StoredEvent
from indgang.knowledge.models import SearchPosting, SearchTerm, SearchWord
from indgang.privacy import scrubbed_copy
from tests.enquiries.told_calls import abandoned, talked
from tests.privacy.test_retention import registered
from tests.world import MORNING, build

pytestmark = pytest.mark.django_db(transaction=True)

MONA = "+4528913372"


@pytest.fixture
def copy(transactional_db: None, tmp_path: Path) -> Path:
    """Of the small municipality with some calls."""
    world = build()
    enquiry = registered(world, "Mona Lisbjerg vil have en grøn container.", number=MONA)
    parties.create_and_link(enquiry, kind="citizen", name="Mona Lisbjerg", email="mona@lisbjerg.example", cvr="",
                            by=world.anna, at=MORNING)  # fmt: skip
    parties.look(list(Party.objects.all()), by=world.anna, at=MORNING, page="desk.caller")
    ReturnCall.objects.create(enquiry=enquiry, kind="message", number=MONA, created_at=MORNING, recording=b"RIFF-Mona")
    talked(world.bo, start=MORNING + timedelta(minutes=10))
    abandoned(start=MORNING + timedelta(minutes=20))
    call_command("dump", scrubbed=tmp_path / "copy.zip", stdout=StringIO())
    return tmp_path / "copy.zip"


def text_of(copy: Path) -> str:
    with ZipFile(copy) as file:
        return "\n".join(file.read(name).decode("utf-8") for name in file.namelist())


def personal_texts() -> set[str]:
    """Every text in a personal field of the database, of a length that means something."""
    keys = {"by_id", "target_id", "subject_id"}
    found: set[Any] = set()
    for model in apps.get_models():
        if model in (SearchWord, SearchPosting, SearchTerm):
            continue  # stems of any text; the copy has no search index
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, ArrayField)
            if is_text and field.name in getattr(model, "PERSONAL", ()) and field.name not in keys:
                found |= set(model._default_manager.values_list(field.name, flat=True))
    for data in StoredEvent.objects.values_list("data", flat=True):
        found |= {data.get(name) for name in ("caller_number", "caller_name", "dialled", "name", "number")}
    return {value for value in found if isinstance(value, str) and len(value) > 4}


#: states of agents and codes, which are in personal fields and are no one's
NOBODYS = {"ready", "paused", "talking", "working", "wrap_up", "ringing", "signed_out", "not_responding"}


def test_no_personal_value_of_the_source_is_in_it(copy: Path) -> None:
    values = personal_texts() - NOBODYS
    assert {"Mona Lisbjerg", "mona@lisbjerg.example", MONA, "Anna Agerbæk"} <= values
    text = text_of(copy)
    numbers_of_the_house = {value for value in values if f"\t{value}\t" in text and value.startswith("+45336610")}
    assert {value for value in values - numbers_of_the_house if value in text} == set()
    assert "RIFF" not in text
    assert b"RIFF-Mona".hex() not in text


def test_it_fits_together_in_an_empty_database(copy: Path) -> None:
    counts = {model: model._default_manager.count() for model in (Enquiry, StoredEvent, Party, Person, PartyNumber)}
    with pytest.raises(CommandError, match="somebody works"):
        call_command("dump", load=copy)
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_event, audit_change, audit_look")
    assert not Person.objects.exists()
    call_command("dump", load=copy, stdout=StringIO())
    assert {model: model._default_manager.count() for model in counts} == counts
    assert list(Verification().run()) == []
    mona = Enquiry.objects.get(party__isnull=False)
    assert mona.caller_number.startswith("+999")
    assert PartyNumber.objects.filter(party=mona.party, number=mona.caller_number).exists()
    assert Person.objects.get(pk=mona.agent_id).name.startswith("x")
    talked(Person.objects.get(pk=mona.agent_id), start=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT position) = count(*) FROM events_event")
        assert cursor.fetchone() == (True,)


def test_short_values_that_differ_stay_different(transactional_db: None, tmp_path: Path) -> None:
    build()
    made = [Party(kind="company", name=f"Firma {n}", cvr=f"{n:08}", created_at=MORNING) for n in range(60_000)]
    Party.objects.bulk_create(made, batch_size=5000)
    scrubbed_copy.write(tmp_path / "copy.zip", at=MORNING)
    with ZipFile(tmp_path / "copy.zip") as file:
        rows = file.read("enquiries_party").decode().splitlines()
    place = [field.name for field in Party._meta.concrete_fields].index("cvr")
    found = [row.split("\t")[place] for row in rows if row.split("\t")[place]]
    assert len(set(found)) == len(found) >= 60_000


def test_a_replacement_is_no_wider_than_its_column(db: None) -> None:
    invented = scrubbed_copy._invented_text(sql.Identifier("value"), "salt", 3)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT {} FROM (SELECT n::text FROM generate_series(1, 250) n) held(value)").format(invented)
        )
        found = [value for (value,) in cursor.fetchall()]
    assert max(map(len, found)) == 3
    assert len(set(found)) == len(found) == 250, "a number that is cut is that of others too"


@pytest.mark.parametrize("content", [b"no zip", None])
def test_a_file_that_is_no_copy_is_refused_in_words(db: None, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "copy.zip"
    if content is None:
        with ZipFile(path, "w") as file:
            file.writestr("other", "x")
    else:
        path.write_bytes(content)
    with pytest.raises(CommandError, match="no copy that can be read"):
        call_command("dump", load=path)
