"""The live streams, on ASGI."""

import os

import django

from indgang.config import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
django.setup()

from indgang.config import secret  # noqa: E402  # needs the settings
from indgang.live import processes  # noqa: E402  # needs the settings
from indgang.live.stream import application  # noqa: E402

secret.check()
processes.give_signs_of_life("live")
garbage.settle()

__all__ = ["application"]
