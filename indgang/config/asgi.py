"""The live streams, on ASGI."""

import os

import django

from indgang.config import garbage
from indgang.config.parent import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
end_with_server()
django.setup()

from indgang.live.stream import application  # noqa: E402  # needs the settings

garbage.settle()

__all__ = ["application"]
