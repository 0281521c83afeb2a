"""How many answers a second go into the index, and what the questions below a page cost the page.

Two writers, each with a database session of its own, store answers about pages through `answering.answer_page`: the
response, three ratings, a masked comment with every fifth, and the event in the log. Then the results of one page are
worked out from all of them, and must hold each answer. The page is the same article with and without its questions, and
`answer_from_the_page` is the processor time of this process for a whole request that brings an answer.

`--seconds` changes how long answers are stored, `--writers` by how many.
"""

from __future__ import annotations

import argparse
import html
import json
import multiprocessing
import re
import statistics
from functools import partial
from time import perf_counter, process_time
from typing import Any

from benches import _own

#: pages that are answered about
PAGES = 50
TURNS = 20
#: what a browser loads by itself
_LOADED = r'<(?:script|img|iframe|link rel="(?:stylesheet|icon|preload)")[^>]*?(?:src|href)="([^"]+)'


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--writers", type=int, default=2)
    chosen = options.parse_args()
    with _own.product("survey"):
        _own.collect_static()
        _fill()
        _own.settle()
        _answers(chosen.seconds, chosen.writers)
        _page()


def _fill() -> None:
    from indgang.core import clock
    from indgang.events import months
    from indgang.feedback import page_forms, questionnaires
    from tests.portal.site import make
    from tests.world import build

    now = clock.now()
    months.ensure(now)
    site = make(build())
    questionnaires.begin_with_all(by=site.wera, at=now)
    page_forms.switch(
        kind="article", unit=site.world.units["ctb"], on=True, with_visit=True, by=site.wera, at=now
    )  # fmt: skip


def _answers(seconds: float, writers: int) -> None:
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    with context.Pool(writers) as pool:
        began = perf_counter()
        done = pool.starmap(_write, [(number, seconds) for number in range(writers)])
        passed = perf_counter() - began
    count = sum(each for each, _processor in done)
    more = {"writers": writers, "processor_ms_each": round(1000 * sum(each for _count, each in done) / count, 2)}
    _figure("answers_per_second", count / passed, "1/s", ">= 500", **more)
    _results(count)


def _write(writer: int, seconds: float) -> tuple[int, float]:
    """The number of answers stored, and the processor time of this process."""
    from indgang.core import clock
    from indgang.feedback import answering, questionnaires
    from indgang.feedback.answering import AnsweredPage

    found = questionnaires.in_use("article", clock.today())
    assert found is not None
    # with its questions, as the site has read it
    version = type(found).objects.select_related("questionnaire").prefetch_related("questions").get(pk=found.pk)
    began, until, count = process_time(), perf_counter() + seconds, 0
    while perf_counter() < until:
        answering.answer_page(
            version, AnsweredPage("article", f"side-{count % PAGES}", "da-1"),
            values={position: 1 + (count + position) % 10 for position in (1, 2, 3)},
            comment="" if count % 5 else "Skriv det kortere, Anna", visited=["/", "/emner/"],
            key=f"noegle-{writer}-{count}", at=clock.now(),
        )  # fmt: skip
        count += 1
    return count, process_time() - began


def _results(count: int) -> None:
    """The results of one page and of all, from the answers that were stored."""
    from datetime import timedelta

    from indgang.core import clock
    from indgang.feedback import page_results
    from indgang.feedback.models import Response

    _own.analyse()
    since = clock.now() - timedelta(days=1)
    stored = Response.objects.count()
    _figure("answers_lost_or_doubled", abs(stored - count), "answers", "0", of=count)
    times = [_timed(lambda: page_results.by_version(page_results.of_page("article", "side-1", since=since)))
             for _ in range(TURNS)]  # fmt: skip
    of_page = page_results.of_page("article", "side-1", since=since).count()
    _figure("results_of_a_page_ms", statistics.median(times), "ms", "<= 50", answers=of_page)


def _timed(work: Any) -> float:
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)


def _page() -> None:
    """What the browser asks for, and how long the page takes from the cache, with the questions and without."""
    from django.test import Client

    from indgang.portal import page_cache

    client = Client()
    page_cache.forget()
    asking, silent = "/svar/fest-paa-gaden/", "/svar/skur-i-haven/"
    text = client.get(asking).content.decode()
    assert 'id="mening"' in text, "the page does not ask"
    assert 'id="mening"' not in client.get(silent).content.decode(), "the page asks"
    loaded = re.findall(_LOADED, text)
    asked = [each for each in loaded if not each.startswith("/static/")]
    _figure("requests_before_it_is_used", len(asked), "requests", "0", loaded=len(loaded))
    pairs = [[_timed(partial(client.get, each)) for each in (asking, silent)] for _ in range(TURNS * 10)]
    with_form, without = zip(*pairs, strict=True)
    ratio = statistics.median(without) / statistics.median(with_form)
    _figure("answer_from_the_page_ms", _answer_from(text), "ms of processor time", "")
    _figure(
        "cached_page_with_questions_ms", statistics.median(with_form), "ms", "ratio >= 0.8", ratio=round(ratio, 2),
        without=round(statistics.median(without), 2),
    )  # fmt: skip


def _answer_from(text: str) -> float:
    """The processor time of one answer to the questions on this page, in milliseconds."""
    from django.test import Client

    client, questions = Client(), text[text.index('id="mening"') :]
    action, token = re.search(r'action="([^"]+)"', questions), re.search(r'name="token" value="([^"]+)"', questions)
    assert action is not None
    assert token is not None
    sent = {"token": html.unescape(token[1]), "q1": "7", "q2": "8", "q3": "9", "took": "30"}
    for turn in range(TURNS * 12):
        if turn == TURNS * 2:  # everything has been read once
            began = process_time()
        answer = client.post(action[1], sent | {"key": f"siden-{turn}"}, REMOTE_ADDR=f"10.0.0.{turn}")
        assert answer.status_code == 303, answer.status_code
    return 1000 * (process_time() - began) / (TURNS * 10)


def _figure(name: str, value: float, unit: str, goal: str, **more: Any) -> None:
    line = {"bench": "survey", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal, **more}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
