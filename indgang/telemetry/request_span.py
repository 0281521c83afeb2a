"""What `traces` and `spans` say of one request."""

from __future__ import annotations

#: the name of the header, and of the field that a row stores
PARENT = "traceparent"


class RequestSpan:
    """The span of one request. This one does nothing, because there is no collector."""

    def answered(self, view: str, status: int) -> None:
        """Set the view's name and the status, which are known after the request."""
