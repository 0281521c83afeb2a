"""Parses the forms of a page and fills them in as a browser does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    """A form: its address, its method, and what it sends unchanged."""

    action: str
    method: str
    part: bool
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    #: the possible choices, by the field's name
    options: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)

    def sent(self, **typed: Any) -> dict[str, Any]:
        """Returns the fields with the typed values; `__` in a name stands for a hyphen."""
        return self.fields | {name.replace("__", "-"): value for name, value in typed.items()}


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self._open: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = said.get("hx-post") or said.get("action") or self.path
            method = "post" if "hx-post" in said else said.get("method", "get").lower()
            self._open = Form(action, method, "hx-post" in said)
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(self._open, tag, said)

    def _control(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind == "hidden":
                form.hidden.add(name)
            if kind in ("checkbox", "radio"):
                form.boxes.setdefault(name, []).append(said.get("value") or "on")
                if "checked" in said:
                    form.fields.setdefault(name, []).append(said.get("value") or "on")
            elif kind == "file":
                form.files.append(name)
            elif kind != "submit":
                form.fields.setdefault(name, []).append(said.get("value", ""))
        elif tag == "select" and name:
            self._select = name, []
        elif tag == "option" and self._select is not None:
            self._select[1].append((said.get("value", ""), "selected" in said))
        elif tag == "textarea" and name:
            self._textarea, self._text = name, ""
        elif tag == "button" and name:
            form.buttons.append((name, said.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._textarea is not None and self._open is not None:
            self._open.fields.setdefault(self._textarea, []).append(self._text.removeprefix("\n"))
            self._textarea = None
        elif tag == "select" and self._select is not None and self._open is not None:
            name, options = self._select
            chosen = [value for value, selected in options if selected]
            self._open.options[name] = [value for value, _selected in options]
            if chosen or options:
                self._open.fields.setdefault(name, []).extend(chosen or [options[0][0]])
            self._select = None


def forms_of(html: str, path: str) -> list[Form]:
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


def form_at(client: Any, page: str, action: str | None = None) -> Form:
    """Returns the first POST form of a page with this `action` (default: the page itself)."""
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    found = [each for each in forms_of(answer.content.decode(), page) if each.action == (action or page)]
    posted = [each for each in found if each.method == "post"]
    assert posted, f"{page} has no form to {action or page}"
    return posted[0]
