from __future__ import annotations

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, FlowVersion, Prompt
from indgang.entry.setup import prompts
from tests.world import MORNING, World


def test_a_text_is_written_in_two_languages(world: World) -> None:
    prompts.write(code="lukket", language="da", text="Vi har lukket.", by=world.finn, at=MORNING)
    prompts.write(code="lukket", language="en", text="We are closed.", by=world.finn, at=MORNING)
    assert dict(Prompt.objects.filter(code="lukket").values_list("language", "text")) == {
        "da": "Vi har lukket.", "en": "We are closed.",
    }  # fmt: skip
    assert Change.objects.filter(action="prompt.create").count() == 2
    assert Command.objects.count() == 2


def test_a_new_text_takes_the_recording_of_the_old_one_away(world: World) -> None:
    prompt = Prompt.objects.get(code="velkomst")
    prompts.record(prompt, wav=b"RIFF", name="velkomst.wav", by=world.finn, at=MORNING)
    same = prompts.write(code="velkomst", language="da", text=prompt.text, by=world.finn, at=MORNING)
    assert same.recording_name == "velkomst.wav"
    changed = prompts.write(code="velkomst", language="da", text="Goddag.", by=world.finn, at=MORNING)
    assert (changed.recording, changed.recording_name) == (None, "")


@pytest.mark.parametrize(
    ("language", "text", "field"), [("da", "  ", "text"), ("da", "x" * 2001, "text"), ("tlh", "nuqneH", "language")]
)
def test_what_cannot_be_said_is_refused(world: World, language: str, text: str, field: str) -> None:
    with pytest.raises(RefusedChange) as refusal:
        prompts.write(code="ny", language=language, text=text, by=world.finn, at=MORNING)
    assert set(refusal.value.reasons) == {field}


def test_where_a_text_is_used_is_found_in_flows_and_queues(world: World) -> None:
    version = world.versions["erhverv"]
    FlowVersion.objects.filter(pk=version.pk).update(
        definition={"steps": [
            {"id": "hej", "kind": "announcement", "prompts": ["velkomst"]},
            {"id": "koe", "kind": "queue", "messages": [{"prompts": ["@position", "velkomst"]}]},
        ]}
    )  # fmt: skip
    found = prompts.uses()
    here = [use.step for use in found["velkomst"] if use.flow == version.flow.name]
    assert here == ["hej", "koe"]
    assert "Byggeri" in [use.queue for use in found["koe-hjemmeside"]]


def test_a_text_in_use_cannot_be_removed_but_its_translation_can(world: World) -> None:
    prompt = Prompt.objects.get(code="koe-hjemmeside")
    english = prompts.write(code="koe-hjemmeside", language="en", text="See the website.", by=world.finn, at=MORNING)
    prompts.remove(english, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="bruges"):
        prompts.remove(prompt, by=world.finn, at=MORNING)
    unused = prompts.write(code="ny", language="da", text="Ny.", by=world.finn, at=MORNING)
    prompts.remove(unused, by=world.finn, at=MORNING)
    assert not Prompt.objects.filter(code="ny").exists()
