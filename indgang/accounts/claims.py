"""What an identity provider says of somebody, in the product's own words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """`subject` is who it is at the provider, the same for ever; everything else may be missing or change.

    `groups` is None when the provider sent none at all, which some do for who has none.
    """

    subject: str
    name: str = ""
    email: str = ""
    email_verified: bool = False
    username: str = ""
    groups: frozenset[str] | None = None


def from_openid(id_token: Mapping[str, Any], userinfo: Mapping[str, Any], groups: str) -> Claims:
    """The claims of an ID token and of the userinfo endpoint, which knows more and wins. Raises KeyError without sub.

    Raises ValueError when the two are about different people.
    """
    subject = str(id_token["sub"])
    if str(userinfo.get("sub", subject)) != subject:
        raise ValueError("userinfo is about somebody else than the ID token")
    said = {**id_token, **userinfo}
    whole = " ".join(str(said[part]) for part in ("given_name", "family_name") if said.get(part))
    return Claims(
        subject=subject,
        name=str(said.get("name") or whole)[:_LONGEST_NAME],
        email=str(said.get("email") or ""),
        email_verified=said.get("email_verified") in (True, "true"),
        username=str(said.get("preferred_username") or ""),
        groups=group_values(_within(said, groups)),
    )


def group_values(said: Any) -> frozenset[str] | None:
    """Groups as they come: a list of names, one name, or nothing."""
    if said is None:
        return None
    values = said if isinstance(said, list | tuple) else [said]
    return frozenset(text for value in values if (text := str(value).strip()))


def _within(said: Mapping[str, Any], name: str) -> Any:
    """The claim of that name; when there is none, what its dots lead to (`realm_access.roles`)."""
    if name in said:
        return said[name]
    found: Any = said
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
