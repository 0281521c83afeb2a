"""Pages and API: `application` is WSGI; `pages` is the same behind limits, as ASGI."""

import os

from django.core.wsgi import get_wsgi_application

from indgang.config import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  # needs the settings module to be named

from indgang.config import secret  # noqa: E402  # needs the settings
from indgang.config.pages import Pages  # noqa: E402  # needs the settings
from indgang.knowledge.search import dictionary  # noqa: E402  # needs the settings
from indgang.live import processes  # noqa: E402  # needs the settings

secret.check()
dictionary.warm()
processes.give_signs_of_life("web")
garbage.settle()

#: requests that a worker handles at once; each may hold a database connection
_THREADS = 3
#: bytes that a form adds to its largest file
_ENVELOPE = 256 * 1024
pages = Pages(application, threads=_THREADS, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE + _ENVELOPE)
