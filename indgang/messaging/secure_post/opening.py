"""The door to secure post: the service for a system of ours, real or simulated."""

from __future__ import annotations

from django.conf import settings

from indgang.messaging.secure_post.contract import SecurePostService
from indgang.messaging.secure_post.digital_post import DigitalPost
from indgang.messaging.secure_post.simulator import SimulatedSecurePost


def digital_post(*, system: str, key: str) -> SecurePostService:
    """Digital Post, as the system with this id and API key, with the certificate that the settings name."""
    return DigitalPost(
        settings.SECURE_POST_ADDRESS, system, key,
        certificate=settings.SECURE_POST_CERTIFICATE, key_file=settings.SECURE_POST_KEY,
    )  # fmt: skip


def simulated(mailbox: str) -> SimulatedSecurePost:
    return SimulatedSecurePost(mailbox)
