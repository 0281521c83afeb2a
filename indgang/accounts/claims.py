"""What an identity provider states about a person, in the product's own terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: the longest texts that are kept; a subject is never shortened, because two could then be the same
_LONGEST_SUBJECT, _LONGEST_NAME, _LONGEST_EMAIL = 255, 200, 254
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims about one person. `subject` identifies them at the provider and never changes; everything else may be
    missing or change.

    `groups` is None when the provider sent no groups claim, as some do for people without groups.
    """

    subject: str
    name: str = ""
    email: str = ""
    email_verified: bool = False
    username: str = ""
    groups: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.subject) <= _LONGEST_SUBJECT or _storable(self.subject) != self.subject:
            raise ValueError(f"a subject of {len(self.subject)} characters, or with characters that no text has")


def from_openid(id_token: Mapping[str, Any], userinfo: Mapping[str, Any], groups: str) -> Claims:
    """The claims of an ID token and of the userinfo endpoint. Userinfo takes precedence, because it is more complete.
    Raises KeyError without sub.

    Raises ValueError when the two are about different people, and for a subject that cannot be kept.
    """
    subject = str(id_token["sub"])
    if str(userinfo.get("sub", subject)) != subject:
        raise ValueError("userinfo is about somebody else than the ID token")
    said = {**id_token, **userinfo}
    whole = " ".join(str(said[part]) for part in ("given_name", "family_name") if said.get(part))
    return Claims(
        subject=subject,
        name=_text(said.get("name") or whole)[:_LONGEST_NAME],
        email=_email(said.get("email")),
        email_verified=said.get("email_verified") in (True, "true"),
        username=_text(said.get("preferred_username")),
        groups=group_values(_within(said, groups)),
    )


#: the SAML attributes of each claim, under the names that providers use; the first one present counts
_SAML_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "displayName", f"{_SOAP}/name", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3"),
    "given": ("givenName", f"{_SOAP}/givenname", "urn:oid:2.5.4.42"),
    "family": ("sn", f"{_SOAP}/surname", "urn:oid:2.5.4.4"),
    "email": ("email", "mail", f"{_SOAP}/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3"),
    "username": ("username", "uid", f"{_SOAP}/upn", "urn:oid:0.9.2342.19200300.100.1.1"),
}


class NoLastingName(ValueError):
    """The provider gives a person a new name at every sign-in."""


def from_saml(
    attributes: Mapping[str, Sequence[str]], name_id: str, name_id_format: str, *, groups: str, subject: str
) -> Claims:
    """The claims of an assertion. `subject` is the attribute that identifies the person; empty: the NameID.

    Raises `NoLastingName` when the attribute is missing, or when the NameID is transient or missing, and ValueError for
    one that cannot be kept.
    """
    lasting = _first(attributes, (subject,)) if subject else "" if name_id_format.endswith(":transient") else name_id
    if not lasting:
        raise NoLastingName(name_id_format)
    said = {word: _first(attributes, names) for word, names in _SAML_NAMES.items()}
    whole = " ".join(part for part in (said["given"], said["family"]) if part)
    return Claims(
        subject=lasting,
        name=_text(whole or said["name"])[:_LONGEST_NAME],
        email=_email(said["email"]),
        email_verified=True,  # SAML has no unverified addresses
        username=_text(said["username"]),
        groups=group_values(attributes.get(groups)),
    )


def _storable(said: object) -> str:
    """The claim as a text that a database can hold."""
    return str(said or "").encode("utf-8", "ignore").decode().replace("\0", "")


def _text(said: object) -> str:
    return _storable(said).strip()


def _email(said: object) -> str:
    """The address; empty for one that is too long to be real."""
    address = _text(said)
    return address if len(address) <= _LONGEST_EMAIL else ""


def _first(attributes: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    values = (attributes[name][0] for name in names if attributes.get(name))
    return str(next(values, ""))


def group_values(said: Any) -> frozenset[str] | None:
    """Groups in any form that providers use: a list of names, one name, or nothing."""
    if said is None:
        return None
    values = said if isinstance(said, list | tuple) else [said]
    return frozenset(text for value in values if (text := _text(value)))


def _within(said: Mapping[str, Any], name: str) -> Any:
    """The claim of that name. Without one, the value that its dots lead to (`realm_access.roles`)."""
    if name in said:
        return said[name]
    found: Any = said
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
