"""The links at the top of every page.

Fronts register theirs in AppConfig.ready; a page shows those the person may open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """`permissions` are codes; any of them opens the link, and so does `named`, which says whether somebody without
    them has been named to do something there. `waiting` counts what waits there for somebody.

    A link equals itself alone, because menus are kept by their links and a hash of the fields would translate them.
    """

    label: str | Promise
    url_name: str
    permissions: frozenset[str]
    order: int
    group: str | Promise
    waiting: Callable[[Any], int] | None = None
    alone: str | Promise = ""
    named: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class ShownLink:
    label: str | Promise
    url: str
    current: bool
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links under one heading; the heading is empty for links outside a menu."""

    label: str | Promise
    links: list[ShownLink]

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)

    @property
    def waiting(self) -> int:
        return sum(link.waiting for link in self.links)


_links: dict[str, Link] = {}


def register(
    label: str | Promise, url_name: str, *permissions: str, order: int = 100, group: str | Promise = "",
    waiting: Callable[[Any], int] | None = None, alone: str | Promise = "", named: Callable[[Any], bool] | None = None,
) -> None:  # fmt: skip
    """Add a link to the page `url_name` for people who have any of `permissions`.

    `order` sorts: desk below 100, office 100 to 199, set-up from 200. Links with the same `group` (a heading) are
    folded into one menu; for somebody who sees no other link of it, the link is in the group `alone`. `waiting` takes
    the person and is asked for each page, so it is cheap: one query, or a count that is remembered. So is `named`.
    """
    _links[url_name] = Link(label, url_name, frozenset(permissions), order, group, waiting, alone, named)


def registered() -> list[Link]:
    return sorted(_links.values(), key=lambda link: link.order)


def addresses() -> frozenset[str]:
    """The addresses of all links. On any other page a menu marks none as the current one."""
    return _addresses(tuple(registered()))


@lru_cache(maxsize=8)
def _addresses(links: tuple[Link, ...]) -> frozenset[str]:
    return frozenset(url for link in links if (url := _url(link)))


def waiting_for(person: Any, permissions: Collection[str]) -> dict[str, int]:
    """How much waits for the person, by the name of the page; only where something does."""
    counted = [(link.url_name, link.waiting) for link in registered() if not link.permissions.isdisjoint(permissions)]
    found = {name: waiting(person) for name, waiting in counted if waiting is not None}
    return {name: count for name, count in found.items() if count}


def named_for(person: Any, permissions: Collection[str]) -> frozenset[str]:
    """The pages, by name, that the person has no permission for and was named for."""
    others = [link for link in registered() if link.named and link.permissions.isdisjoint(permissions)]
    return frozenset(link.url_name for link in others if link.named and link.named(person))


def groups_for(
    permissions: Collection[str], path: str, waiting: Mapping[str, int] = MappingProxyType({}),
    named: Collection[str] = (),
) -> list[LinkGroup]:  # fmt: skip
    """The menus for somebody with these permission codes, on the page at `path`; `waiting` as `waiting_for` says, and
    `named` as `named_for`."""
    opened = [each for each in registered() if not each.permissions.isdisjoint(permissions) or each.url_name in named]
    seen = [(link, url) for link in opened if (url := _url(link))]
    sizes = Counter(str(link.group) for link, _url_of_it in seen)
    groups: dict[str, LinkGroup] = {}
    for link, url in seen:
        label = link.alone if link.alone and sizes[str(link.group)] == 1 else link.group
        group = groups.setdefault(str(label) or link.url_name, LinkGroup(label, []))
        group.links.append(ShownLink(link.label, url, path == url, waiting.get(link.url_name, 0)))
    return list(groups.values())


def _url(link: Link) -> str | None:
    """The address; None for a front that is not installed."""
    try:
        return reverse(link.url_name)
    except NoReverseMatch:
        return None
