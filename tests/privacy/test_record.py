"""The record of processing in the documents is what the declarations say today."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from indgang.privacy import kinds

RECORD = Path(__file__).resolve().parents[2] / "docs/privacy/record-of-processing.md"


def test_the_record_is_current() -> None:
    out = StringIO()
    call_command("privacy", "record", stdout=out)
    assert RECORD.read_text(encoding="utf-8") == out.getvalue(), "indgang privacy record > docs/privacy/…"


def test_the_record_names_every_kind_with_its_purpose_and_every_field() -> None:
    text = RECORD.read_text(encoding="utf-8")
    for kind in kinds.declared():
        assert f"## {kind.title}" in text
        assert str(kind.purpose) in text
    for name in kinds.fields():
        assert f"`{name}`" in text
