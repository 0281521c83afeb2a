"""How well and how fast the search answers, compared with others on the same documents in the same run.

First the collections of questions about the demo's articles: `recall_at_1`, `recall_at_5` and `mrr`, for all questions
and for the two halves that the search was tuned on and not tuned on. `_by_kind` covers misspelt, shortened, long and
English questions. Figures with `_blind` are for the two collections that nothing was tuned on, with half the width of
the 95 % interval; `_third_blind` is the later of them alone. `_everyday` is the collection that was blind first and has
been used for tuning since. Questions for staff are asked as an agent.

`no_answer_recognised` is the share of questions without an article for which the search says so. `no_answer_false` is
the share of questions with an article for which it wrongly says that there is none; questions that other authorities
answer do not count as wrong.

Then 20,000 articles (`_articles`): the time of one call of `find`, as a page makes it (`p95_ms`), and the recall among
them. That recall is only information, because many of these articles share sentences and answer a question as well as
the right one.

`--articles` changes the size.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from benches import _testdb

if TYPE_CHECKING:
    from indgang.accounts.models import Person
    from tests.knowledge.collection import Question

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST, RECALL, MRR, P95 = 0.80, 0.95, 0.80, 10.0
#: for questions that nobody here has seen
BLIND_FIRST, BLIND_RECALL, BLIND_MRR = 0.88, 0.97, 0.92
RECOGNISED, FALSE = 0.8, 0.03
ROUNDS = 2


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=20_000)
    chosen = options.parse_args()
    with _testdb.database():
        _run(chosen.articles)


def _run(articles: int) -> None:
    from benches import _articles, _search_peers
    from indgang.knowledge.search import following, index
    from tests.knowledge import collection

    demo = list(collection.entries())
    peers = _search_peers.all_peers()
    index.take_in(demo)
    for kind in (following.refresh_services, following.refresh_units, following.refresh_people):
        kind()
    for peer in peers:
        peer.add([entry for entry in demo if entry.language == "da" and entry.audience == "everyone"])
    _settle()
    _quality(peers, "")
    made = list(_articles.generated(demo, articles - len(demo)))
    begun = time.perf_counter()
    index.take_in(made)
    _say("articles_indexed_per_second", len(made) / (time.perf_counter() - begun), "1/s", "none")
    for peer in peers:
        peer.add(made)
    _settle()
    _quality(peers, "_among_20000")
    _speed(peers, articles)


def _settle() -> None:
    """Run ANALYZE, as autovacuum does in a long-lived database."""
    from django.db import connection

    from indgang.config import garbage

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    garbage.settle()


def _ours(question: Question) -> list[str]:
    from indgang.knowledge.search import find

    asker = _asker(question)
    found = find.find(question.text, language=question.language, person=asker, at=AT, kinds=["article"])
    return [hit.key for hit in found.hits]


def _is_weak(question: Question) -> bool:
    """Whether the search says that it has no answer, as on the site, where services and units are also found."""
    from indgang.knowledge.search import find

    kinds = ["article", "guide", "service", "unit"]
    return find.find(question.text, language=question.language, person=_asker(question), at=AT, kinds=kinds).weak


def _asker(question: Question) -> Person | None:
    return _agent() if question.is_for_staff else None


@cache
def _agent() -> Person:
    """An agent of the whole municipality, so that no unit's articles rank first."""
    from indgang.accounts.models import Person, RoleAssignment

    agent: Person = Person.objects.create(username="agent", name="Agent")
    RoleAssignment.objects.create(person=agent, role="agent")
    return agent


# --- how well ----------------------------------------------------------------------------------


def _quality(peers: Sequence[Any], among: str) -> None:
    from tests.knowledge import collection

    asked = collection.questions()
    ours = collection.measure(_ours, asked)
    scores = {peer.name: collection.measure(_texts(peer.search), asked) for peer in peers}
    for figure, goal in (("first", FIRST), ("recall", RECALL), ("mrr", MRR)):
        best = max(scores, key=lambda name: getattr(scores[name], figure))
        called = {"first": "recall_at_1", "recall": "recall_at_5"}.get(figure, figure) + among
        for name, score in scores.items():
            _say(f"{called}_{_short(name)}", getattr(score, figure), "share", "none", peer=name)
        theirs = getattr(scores[best], figure)
        _say(called, getattr(ours, figure), "share", "none" if among else f">= {goal}", peer=best, peer_value=theirs,
             ratio=round(getattr(ours, figure) / theirs, 2), questions=len(asked))  # fmt: skip
    if not among:
        by_kind = collection.questions_by_kind()
        for name, which in (("", asked), ("_by_kind", by_kind)):
            for half, held_out in (("tuned", False), ("held_out", True)):
                score = collection.measure(_ours, [each for each in which if each.held_out == held_out])
                _say(f"recall_at_5{name}_{half}", score.recall, "share", "none", recall_at_1=score.first, mrr=score.mrr)
        _no_answer([*asked, *by_kind], collection.without_answer())
        _both("_blind", collection.blind())
        _both("_third_blind", collection.third_blind())
        _both("_everyday", collection.everyday(), blind=False)


def _no_answer(answered: Sequence[Question], nobody: Sequence[Question]) -> None:
    for half, halves in (("", (False, True)), ("_tuned", (False,)), ("_held_out", (True,))):
        theirs = [_is_weak(each) for each in nobody if each.held_out in halves]
        ours = [_is_weak(each) for each in answered if each.held_out in halves]
        goals = ("none", "none") if half else (f">= {RECOGNISED}", f"<= {FALSE}")
        _say(f"no_answer_recognised{half}", statistics.mean(theirs), "share", goals[0], questions=len(theirs))
        _say(f"no_answer_false{half}", statistics.mean(ours), "share", goals[1], questions=len(ours))


def _both(name: str, asked: Sequence[Question], *, blind: bool = True) -> None:
    """All figures of a collection of questions with and without an answer; goals apply to the unseen questions."""
    from tests.knowledge import collection

    answered = [each for each in asked if each.article]
    by_us = [each for each in answered if not each.others_answer]
    nobody = [each for each in asked if not each.article]
    score = collection.measure(_ours, answered)
    recognised = statistics.mean(_is_weak(each) for each in nobody)
    false = statistics.mean(_is_weak(each) for each in by_us)
    for figure, value, goal, which in (
        ("recall_at_1", score.first, f">= {BLIND_FIRST}", answered),
        ("recall_at_5", score.recall, f">= {BLIND_RECALL}", answered),
        ("mrr", score.mrr, f">= {BLIND_MRR}", answered),
        ("no_answer_recognised", recognised, f">= {RECOGNISED}", nobody),
        ("no_answer_false", false, f"<= {FALSE}", by_us),
    ):
        _say(f"{figure}{name}", value, "share", goal if blind else "none", questions=len(which),
             within=_within(value, which))  # fmt: skip


def _within(share: float, asked: Sequence[Question]) -> float:
    """Half the width of the 95 % interval of a share of this many questions."""
    return 1.96 * math.sqrt(share * (1 - share) / len(asked))


def _texts(search: Callable[[str], list[str]]) -> Callable[[Question], list[str]]:
    return lambda question: search(question.text)


# --- how fast ----------------------------------------------------------------------------------


def _speed(peers: Sequence[Any], articles: int) -> None:
    from indgang.knowledge.search import find

    asked = _queries()
    ours = _milliseconds(lambda query: find.find(query, person=None, at=AT), asked)
    theirs = {peer.name: _milliseconds(peer.search, asked) for peer in peers}
    for name, times in theirs.items():
        _say(f"p95_ms_{_short(name)}", _p95(times), "ms", "none", median=round(statistics.median(times), 2), peer=name)
    peer, median = peers[0].name, statistics.median(ours)
    against = _p95(theirs[peer])
    _say("p95_ms", _p95(ours), "ms", f"<= {P95:g}", median=median, articles=articles, peer=peer, peer_value=against,
         ratio=_p95(ours) / against)  # fmt: skip
    typed = [query[:length] for query in asked[::7] for length in range(2, min(12, len(query)))]
    times = _milliseconds(lambda begun: find.suggest(begun, language="da", person=None, at=AT), typed)
    _say("suggest_p95_ms", _p95(times), "ms", "none", median=round(statistics.median(times), 2))


def _queries() -> list[str]:
    """The questions, and as many queries of one to three of their words, as experienced users type them."""
    from tests.knowledge import collection

    draw = random.Random(7)
    asked = [*collection.questions(), *collection.questions_by_kind(), *collection.without_answer()]
    questions = [question.text for question in asked if question.language == "da"]
    short = [" ".join(sorted(question.split(), key=len)[-draw.randint(1, 3) :]) for question in questions]
    mixed = [*questions, *short]
    draw.shuffle(mixed)
    return mixed


def _milliseconds(search: Callable[[str], Any], asked: Sequence[str]) -> list[float]:
    """Milliseconds of each query, without the first round."""
    times: list[float] = []
    for number in range(ROUNDS):
        for query in asked:
            begun = time.perf_counter()
            search(query)
            if number:
                times.append((time.perf_counter() - begun) * 1000)
    return times


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def _short(name: str) -> str:
    return name.split()[0].strip(",").lower()


def _say(figure: str, value: float, unit: str, goal: str, **more: Any) -> None:
    line = {"bench": "search", "figure": figure, "value": round(value, 3), "unit": unit, "goal": goal}
    print(json.dumps(line | {key: round(v, 3) if isinstance(v, float) else v for key, v in more.items()}), flush=True)


if __name__ == "__main__":
    main()
