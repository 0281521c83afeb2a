"""The pages of a visit that may go with an answer: at most ten paths of pages for everybody.

The browser keeps them in its tab (`visits.js`) and sends them with an answer and never otherwise. Only pages whose
address is the same for all visitors count; addresses with the key of one visitor (a chat, a saved form) never do.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote

from django.urls import Resolver404, resolve

from indgang.core.masking import mask_cpr
from indgang.feedback import page_forms
from indgang.feedback.models import MOST_VISITED
from indgang.portal.page_cache import for_seconds

_LONGEST = 200
#: so many digits in a part of a path may be a number of a person or a case
_DIGITS = 6
_PATH = re.compile(r"/[^\s?#\x00-\x1f]*")
#: the names of the pages that count
PAGES = frozenset(
    ("front", "subjects", "subject", "article", "guides", "guide", "contact", "forms", "form", "news", "news-item",
     "about", "search")
)  # fmt: skip


@for_seconds(30, changes=True)
def are_kept(*, at: datetime) -> bool:
    """Whether browsers keep the pages of the visit: only while some pages ask for them."""
    return page_forms.any_with_visit()


def cleaned(sent: str, *, ours: bool = True) -> list[str]:
    """The paths among the lines that a browser sent, in their order, without queries: of our own pages, or (of another
    website) whatever is a path, but for the parts that may be somebody's number."""
    paths = [
        line.strip().partition("?")[0].partition("#")[0] for line in sent[: MOST_VISITED * (_LONGEST + 2)].splitlines()
    ]
    fit = _is_a_page if ours else _PATH.fullmatch
    found = [path for path in paths if len(path) <= _LONGEST and fit(path)][:MOST_VISITED]
    return found if ours else [without_numbers(path) for path in found]


def without_numbers(path: str) -> str:
    """A path of another website without the parts that may name a person or a case: those with six digits or more, or
    with a civil registration number, also in percent-encoded form."""
    return "/".join(part for part in path.split("/") if not _may_name(unquote(part)))


def _may_name(part: str) -> bool:
    return sum(letter.isdigit() for letter in part) >= _DIGITS or mask_cpr(part) != part


def _is_a_page(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.app_name == "portal" and match.url_name in PAGES
