"""Pages and API, on WSGI."""

import os

from django.core.wsgi import get_wsgi_application

from indgang.config import garbage
from indgang.config.parent import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
end_with_server()
application = get_wsgi_application()

from indgang.knowledge.search import dictionary  # noqa: E402  # needs the settings
from indgang.live import processes  # noqa: E402  # needs the settings

dictionary.warm()
processes.give_signs_of_life("web")
garbage.settle()
