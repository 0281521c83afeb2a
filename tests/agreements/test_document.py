"""The agreement as an accessible PDF."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader, PdfWriter

from indgang.agreements import cooperation, document
from indgang.agreements.models import AgreementPart, CooperationAgreement, SignedDocument
from indgang.agreements.printing import unprintable
from indgang.catalogue.models import Unit
from tests.agreements.agreed import draft, operator, signed, written
from tests.measures.test_settlement import agreed
from tests.pdf_ua import faults
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def read(made: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(made))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_it_holds_all_that_was_agreed_and_says_how_it_is_built(world: World) -> None:
    made = document.pdf(signed(world))
    assert faults(made) == []
    reader, text = read(made)
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("da", True)
    assert "<pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    assert "Underskrevet af begge parter." in text
    for words in ("Straksafklaring, 1st level: mindst 70 %", "4.950.000,00 kr.", "6. Løbende samarbejde", "Karen"):
        assert words in text


def test_the_checker_names_what_is_missing(world: World) -> None:
    whole, stripped = PdfWriter(clone_from=io.BytesIO(document.pdf(signed(world)))), io.BytesIO()
    for name in ("/StructTreeRoot", "/MarkInfo", "/Lang"):
        del whole.root_object[name]
    whole.write(stripped)
    assert len(faults(stripped.getvalue())) >= 3


def test_what_people_write_is_no_markup(world: World) -> None:
    made = written(world)
    cooperation.write_part(made, AgreementPart.Kind.TOOLS, "#panic() *fed* $x$ <a>\n\nÆøå", by=world.hans, at=MORNING)
    _reader, text = read(document.pdf(made))
    assert "#panic() *fed* $x$ <a>" in text
    assert "Æøå" in text
    assert "Kladde, som ikke er underskrevet." in text


def test_what_both_have_signed_stays_as_it_was(world: World) -> None:
    draft_of = written(world)
    once = cooperation.sign(draft_of, revision=draft_of.revision, by=world.hans, at=MORNING)
    assert not SignedDocument.objects.exists()
    assert "har ikke underskrevet" in read(document.file_of(once))[1]
    made = cooperation.sign(once, revision=once.revision, by=operator(world), at=MORNING)
    before = document.file_of(made)
    assert "Underskrevet af begge parter." in read(before)[1]
    Unit.objects.filter(pk=made.owner_unit_id).update(name="Omdøbt forvaltning")
    renamed = CooperationAgreement.objects.get(pk=made.pk)
    assert "Omdøbt forvaltning" in read(document.pdf(renamed))[1]
    with translation.override("en"):
        assert document.file_of(renamed) == before


def test_the_same_agreement_gives_the_same_bytes(world: World) -> None:
    made = signed(world)
    assert document.pdf(made) == document.pdf(made)


def test_every_sign_that_may_be_written_can_be_printed(world: World) -> None:
    signs = "".join(sign for sign in map(chr, range(0x20, 0x2700)) if not unprintable(sign))
    made = draft(world)
    cooperation.write_part(made, AgreementPart.Kind.TASKS, signs, by=world.hans, at=MORNING)
    assert document.pdf(made).startswith(b"%PDF-")


def test_a_name_with_other_signs_is_printed_all_the_same(world: World) -> None:
    made = signed(world)
    made.owner.name = "Hans 漢 😀"
    assert "Hans ? ?" in read(document.pdf(made))[1]


def test_settlement_and_promised_windows_are_annexes(world: World) -> None:
    made = signed(world)
    assert "Der er ikke aftalt afregning mellem centrene." in read(document.pdf(made))[1]
    agreed(world, month=date(2026, 3, 1), minimum=Decimal(500), vat_percent=Decimal(25))
    printed = document.pdf(made)
    assert faults(printed) == []
    _reader, text = read(printed)
    assert "Bilag: afregning, som den er aftalt 11. marts 2026" in text
    assert world.centres["bif"].name in text
    assert "12,50 kr. for et opkald og 4,25 kr. for hvert påbegyndt minut. Gratis op til 10 sekunder." in text
    assert "Mindst 500,00 kr. om måneden. Moms: 25 %." in text
    assert "Bilag: træffetider" in text
