"""The static files of a browser test, from memory.

Every test has a browser without a cache, which fetches some forty files. For each Django looks through all packages
and makes a request and an answer, which takes 2.6 ms of processor time.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from django.contrib.staticfiles import handlers
from django.test import RequestFactory


class _File(NamedTuple):
    headers: list[tuple[str, str]]
    content: bytes


class KeptFiles(handlers.StaticFilesHandler):
    """Answers as Django does, and looks for each file once."""

    _kept: ClassVar[dict[str, _File | None]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        file = self._file(path) if environ["REQUEST_METHOD"] == "GET" and self._should_handle(path) else None
        if file is None:
            return super().__call__(environ, start_response)
        if environ.get("HTTP_IF_MODIFIED_SINCE") == dict(file.headers)["Last-Modified"]:
            start_response("304 Not Modified", [])
            return []
        start_response("200 OK", file.headers)
        return [file.content]

    def _file(self, path: str) -> _File | None:
        """The file; None when there is none."""
        if path not in self._kept:
            answer = self.get_response(RequestFactory().get(path))
            found = _File(list(answer.items()), b"".join(answer)) if answer.status_code == 200 else None
            self._kept[path] = found
            answer.close()
        return self._kept[path]


def keep() -> None:
    """Have the server of the tests keep them."""
    setattr(handlers, "StaticFilesHandler", KeptFiles)  # noqa: B010  # a class is no variable for the type checker
