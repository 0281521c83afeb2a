"""Each centre has a greeting by the day: the newest greeting of the day applies, and the earlier one after its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Greeting, Prompt
from indgang.entry.setup import greetings, prompts
from indgang.entry.switchboard import plans
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = MORNING.date()


def write(world: World, text: str, day: date = TODAY, until: date | None = None) -> Greeting:
    return greetings.write(world.centres["tmf"], text=text, day=day, until=until, by=world.finn, at=MORNING)


def heard(days: int) -> str:
    """Returns the greeting that callers of TMF hear this many days from now."""
    code = plans.read(MORNING + timedelta(days=days)).greetings.get("tmf", "")
    return Prompt.objects.get(code=code, language="da").text if code else ""


def test_a_greeting_for_some_days_gives_way_to_the_usual_one(world: World) -> None:
    assert heard(0) == ""
    write(world, "Velkommen.")
    write(world, "Glædelig jul.", TODAY + timedelta(days=3), TODAY + timedelta(days=5))
    assert [heard(day) for day in (0, 2, 3, 4, 5)] == [
        "Velkommen.", "Velkommen.", "Glædelig jul.", "Glædelig jul.", "Velkommen.",
    ]  # fmt: skip
    assert set(plans.read(MORNING).greetings) == {"tmf"}
    assert Prompt.objects.filter(unit=world.centres["tmf"].owner, text="Glædelig jul.").exists()
    assert Change.objects.filter(action="greeting.begin").count() == 2


def test_a_greeting_that_ends_gives_way_and_a_planned_one_is_dropped(world: World) -> None:
    usual = greetings.begin(
        world.centres["tmf"], prompt_code="velkomst", day=TODAY, by=world.finn, at=MORNING - timedelta(days=1)
    )
    planned = write(world, "Farvel til sommeren.", TODAY + timedelta(days=1))
    greetings.end(planned, on=TODAY, by=world.finn, at=MORNING)
    assert heard(2) == "Velkommen til kommunen."
    greetings.end(usual, on=TODAY + timedelta(days=1), by=world.finn, at=MORNING)
    assert (heard(0), heard(1)) == ("Velkommen til kommunen.", "")
    assert list(Greeting.objects.values_list("valid_to", flat=True)) == [TODAY + timedelta(days=1)]
    assert Change.objects.filter(action="greeting.end").count() == 2


def test_days_that_cannot_be_are_refused_and_nothing_is_written(world: World) -> None:
    write(world, "Velkommen.")
    texts = Prompt.objects.count()
    for day, until, field in (
        (TODAY, None, "valid_from"),
        (TODAY - timedelta(days=1), None, "valid_from"),
        (TODAY + timedelta(days=2), TODAY + timedelta(days=2), "valid_to"),
    ):
        with pytest.raises(RefusedChange) as refused:
            write(world, "Goddag.", day, until)
        assert field in refused.value.reasons
    with pytest.raises(RefusedChange):
        write(world, " ", TODAY + timedelta(days=9))
    assert (Greeting.objects.count(), Prompt.objects.count()) == (1, texts)


def test_the_text_of_a_greeting_stays(world: World) -> None:
    greeting = write(world, "Velkommen.")
    prompt = Prompt.objects.get(code=greeting.prompt_code)
    with pytest.raises(RefusedChange, match="velkomster"):
        prompts.remove(prompt, by=world.finn, at=MORNING)


def test_the_flows_that_say_the_greeting_are_known(world: World) -> None:
    version = world.versions["erhverv"]
    assert greetings.flows_with_step(version.flow.centre)[0] == []
    steps = [{"id": "hej", "kind": "greeting", "next": "menu"}, *version.definition["steps"]]
    version.definition = {**version.definition, "start": "hej", "steps": steps}
    version.save()
    assert greetings.flows_with_step(version.flow.centre)[0] == [version.flow]
