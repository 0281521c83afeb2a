"""A case system that answers JSON over HTTP, whatever its fields are called.

The address is the root; each search has a path below it, where `{value}` stands for what is searched for (a telephone
number as `+4533663366`) and `{national}` for a Danish number without country code. The secret is sent as the header
`Authorization`. A field is found by its path in the item, keys separated by full stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from indgang.registers import addresses, reading, transport
from indgang.registers.contract import Case, RegisterError, RegisterFault, SearchBy, Terms


class RestCases:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._fields = terms.asked

    def find(self, by: SearchBy, value: str) -> list[Case]:
        address = self._address(by, value)
        if not addresses.is_allowed(address):
            raise RegisterError(RegisterFault.NOT_ALLOWED)
        headers = {"Accept": "application/json"}
        if self._terms.secret:
            headers["Authorization"] = self._terms.secret
        body = transport.get(address, headers)
        if body is None:
            return []
        rows = [{name: _at(item, self._terms.sources[name]) for name in self._fields} for item in self._items(body)]
        return reading.cases(rows, self._terms, by, value)

    def _address(self, by: SearchBy, value: str) -> str:
        path = self._terms.searches[by]
        for name, asked in (("{value}", value), ("{national}", value.removeprefix("+45"))):
            path = path.replace(name, quote(asked, safe=""))
        return f"{self._terms.address.rstrip('/')}/{path.lstrip('/')}"

    def _items(self, body: bytes) -> list[Mapping[str, Any]]:
        """The items of the list; one object is a list of one, and null is an empty list."""
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise RegisterError(RegisterFault.WRONG_ANSWER, "no JSON") from error
        if self._terms.place:
            if not isinstance(answer, dict):
                raise RegisterError(RegisterFault.WRONG_ANSWER, "no object")
            answer = _at(answer, self._terms.place)
        found = answer if isinstance(answer, list) else [] if answer is None else [answer]
        if not all(isinstance(item, dict) for item in found):
            raise RegisterError(RegisterFault.WRONG_ANSWER, "no list of objects")
        return found


def _at(item: Mapping[str, Any], path: str) -> Any:
    """The value at the path; None when a key is missing. Raises RegisterError when there is no object on the way."""
    value: Any = item
    for key in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise RegisterError(RegisterFault.WRONG_ANSWER, f"{path} leads through no object")
        value = value.get(key)
    return value
