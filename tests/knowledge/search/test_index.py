"""Indexed documents can be found, removed ones cannot, and the word counts follow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indgang.catalogue.models import DirectoryEntry
from indgang.knowledge import reindexing
from indgang.knowledge.models import SearchDocument, SearchPosting, SearchTerm, SearchWord
from indgang.knowledge.search import find, following, index
from tests.knowledge.search.conftest import AT
from tests.world import World

Put = Callable[..., None]


def counts() -> dict[str, int]:
    return {lexeme: n for lexeme, n in SearchTerm.objects.values_list("lexeme", "documents") if n}


def found(query: str, person: object = None) -> list[tuple[str, str]]:
    return [(hit.kind, hit.key) for hit in find.find(query, person=person, at=AT).hits]  # type: ignore[arg-type]


def test_putting_twice_counts_once(put: Put) -> None:
    put("a", "Hegn og hæk")
    before = counts()
    put("a", "Hegn og hæk")
    assert counts() == before
    assert before[""] == 1


def test_another_text_takes_the_place_of_the_first(put: Put) -> None:
    put("a", "Hegn")
    put("a", "Mur")
    assert found("hegn") == []
    assert found("mur") == [("article", "a")]


def test_what_is_removed_leaves_nothing(put: Put) -> None:
    put("a", "Hegn")
    index.remove("article", "a")
    assert found("hegn") == []
    assert not SearchDocument.objects.exists()
    assert not SearchPosting.objects.exists()
    assert counts() == {}


def test_counting_anew_gives_the_same_and_forgets_words_that_are_gone(put: Put) -> None:
    put("a", "Hegn og hæk")
    put("b", "Hegn")
    put("c", "Trampolin")
    index.remove("article", "c")
    before = counts()
    index.recount()
    assert counts() == before
    assert not SearchWord.objects.filter(word="trampolin").exists()
    assert SearchWord.objects.filter(word="hegn").exists()


def test_services_units_and_people_are_found_and_people_by_staff_alone(world: World) -> None:
    entry = DirectoryEntry.objects.all()[0]
    reindexing.reindex()
    assert ("unit", "ctb-byliv") in found("byliv")
    assert ("person", str(entry.pk)) in found(entry.name, world.anna)
    assert ("person", str(entry.pk)) not in found(entry.name)


def test_a_person_is_found_by_telephone_number(world: World) -> None:
    entry = DirectoryEntry.objects.all()[0]
    DirectoryEntry.objects.filter(pk=entry.pk).update(phone="+4533661234")
    following.refresh_people()
    for written in ("33661234", "33 66 12 34"):
        assert ("person", str(entry.pk)) in found(written, world.anna)


def test_making_anew_keeps_how_much_is_used(world: World) -> None:
    following.refresh_units()
    index.raise_popularity("unit", "tmf")
    reindexing.reindex()
    assert set(SearchDocument.objects.filter(kind="unit", key="tmf").values_list("popularity", flat=True)) == {1.0}


def test_what_an_earlier_release_wrote_is_made_anew_once(world: World) -> None:
    reindexing.reindex()
    assert reindexing.bring_up_to_date() == 0
    SearchPosting.objects.filter(document__kind="unit").delete()
    SearchDocument.objects.filter(kind="unit").update(format=0)
    assert ("unit", "ctb-byliv") not in found("byliv")
    assert reindexing.bring_up_to_date() == SearchDocument.objects.count()
    assert ("unit", "ctb-byliv") in found("byliv")
    assert reindexing.bring_up_to_date() == 0
    SearchDocument.objects.filter(kind="answer").update(format=0)
    assert reindexing.bring_up_to_date() == 0, "earlier answers stay as they are"


@pytest.mark.parametrize("title", ["'; DROP TABLE x", "a'b\\c:d", "\\'", "§ 1 ' \\"])
def test_any_title_can_be_put(put: Put, title: str) -> None:
    put("a", title)
    assert SearchDocument.objects.get().title == title
