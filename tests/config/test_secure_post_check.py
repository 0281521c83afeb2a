"""`indgang doctor secure-post`: our certificate for Digital Post is there, can be read, and lasts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indgang.config.checks import mailboxes, secure_post
from indgang.core import clock
from indgang.correspondence.models import Mailbox, MailboxState
from indgang.messaging.secure_post.contract import SecurePostFault
from tests.correspondence.secure_post.posts import mailbox
from tests.messaging import certificates
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def said() -> str:
    return " ".join(f"{each.level.word}: {each.text}" for each in secure_post.look())


def test_without_a_mailbox_no_certificate_is_needed(world: World) -> None:
    mailbox(world)  # a simulated one
    assert "Ingen postkasse bruger Digital Post." in said()


def test_a_certificate_that_is_missing_or_broken_is_an_error(world: World, settings: Any, tmp_path: Path) -> None:
    mailbox(world, adapter=Mailbox.Adapter.POST)
    settings.SECURE_POST_CERTIFICATE = ""
    assert "Der er intet certifikat" in said()
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    settings.SECURE_POST_CERTIFICATE = str(broken)
    assert "kan ikke læses" in said()


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (timedelta(days=90), "ok: Certifikatet til Digital Post gælder til"),
        (timedelta(days=20), "warning: Certifikatet til Digital Post gælder til"),
        (timedelta(days=-1), "error: Certifikatet til Digital Post udløb"),
    ],
)  # fmt: skip
def test_a_certificate_that_ends_soon_is_told_in_time(
    world: World, settings: Any, tmp_path: Path, ends: timedelta, words: str
) -> None:
    mailbox(world, adapter=Mailbox.Adapter.POST)
    certificate, key = tmp_path / "ours.pem", tmp_path / "ours.key"
    certificates.Authority(tmp_path).issue(certificate, key, ends=ends)
    settings.SECURE_POST_CERTIFICATE, settings.SECURE_POST_KEY = str(certificate), str(key)
    assert words in said()


def test_a_mailbox_that_cannot_be_used_is_named_with_the_reason(world: World) -> None:
    box = mailbox(world)
    MailboxState.objects.create(
        mailbox=box, checked_at=MORNING, down_since=MORNING, fault=SecurePostFault.SIGN_IN.value
    )
    with clock.frozen(MORNING):
        found = " ".join(each.text for each in mailboxes.look())
    assert "Erhverv i Digital Post" in found
    assert "Digital Post afviser systemets id, nøgle eller certifikat." in found
