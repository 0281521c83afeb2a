"""The product's pages with all their middleware, and for the bench `portal` a hello-world view without any."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

# this import sets up Django, which the other imports need
from indgang.config.wsgi import application as product

# isort: split
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from indgang.config.urls import urlpatterns as of_the_product


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, world!", headers={"Content-Length": "13"})


urlpatterns = [path("hello/", hello), path("hello-framed/", hello), *of_the_product]
settings.ROOT_URLCONF = __name__

#: the middleware of `startproject` without sessions and sign-in
FRAME = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def _with(middleware: list[str]) -> WSGIHandler:
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


_handlers: dict[str, Any] = {"/hello/": _with([]), "/hello-framed/": _with(FRAME)}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = _handlers.get(environ["PATH_INFO"], product)
    answer: Iterable[bytes] = handler(environ, start_response)
    return answer
