"""The results of a search: their order, their readers, and the reasons shown with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indgang.knowledge.models import SearchDocument, SynonymGroup
from indgang.knowledge.search import find, index
from indgang.prepared import statements
from tests import sample
from tests.knowledge.search.conftest import AT
from tests.world import World

Put = Callable[..., None]


def keys(query: str, **how: object) -> list[str]:
    options: dict[str, object] = {"person": None, "at": AT} | how
    return [hit.key for hit in find.find(query, **options).hits]  # type: ignore[arg-type]  # passed on


@pytest.fixture
def permits(put: Put) -> None:
    put("byg", "Tilladelse til at bygge", "Søg, før du bygger ud.", body="Vi ser på højde og afstand.")
    put("grav", "Opgravning af fortov kræver tilladelse", "Søg hos vejmyndigheden.")
    put("pas", "Nyt pas", "Bestil tid i Borgerservice.", body="Medbring foto.")
    put("stoj", "Støj om natten", "Naboer skal have ro efter klokken 22.", body="Efter § 19 kan vi give et påbud.")
    put("jord", "Flyt jord", "Anmeld efter § 8.", words="jordflytning\nopgravet jord")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns the list of prepared statements sent; Django's query log does not contain them."""
    noted: list[str] = []
    rows = statements.rows

    def noting(statement: str, values: dict[str, object]) -> list[tuple[object, ...]]:
        noted.append(statement)
        return rows(statement, values)

    monkeypatch.setattr(statements, "rows", noting)
    return noted


# --- Danish ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("byggetilladelse", "byg"),
        ("byggetilladelser", "byg"),
        ("gravetilladelse", "grav"),
        ("tilladelse til gravning", "grav"),
        ("stoej", "stoj"),
        ("stoj", "stoj"),
        ("STØJEN", "stoj"),
        ("borgerservise", "pas"),
        ("§ 19", "stoj"),
        ("paragraf 8", "jord"),
        ("hvor skal jeg henvende mig om et pas?", "pas"),
    ],
)
def test_danish_is_found_as_people_write_it(permits: None, query: str, key: str) -> None:
    assert keys(query)[0] == key


def test_a_repaired_word_is_told(permits: None) -> None:
    found = find.find("borgerservise", person=None, at=AT)
    assert found.repaired == {"borgerservise": "borgerservice"}
    assert any("borgerservice" in reason for reason in found.hits[0].why)


def test_a_word_that_is_there_is_never_repaired(permits: None) -> None:
    assert find.find("pas", person=None, at=AT).repaired == {}


def test_who_has_all_words_comes_before_who_has_some(put: Put) -> None:
    put("one", "Musik musik musik", "Musik")
    put("both", "Fest på vejen", "Om telte.", body="Der må spilles musik til klokken 22 i teltet.")
    put("other", "Telt", "Telt")
    assert keys("musik telt")[0] == "both"


def test_who_has_the_words_in_one_expression_comes_before_who_has_them_apart(put: Put) -> None:
    put("apart", "Andet", "", words="sælge brugt\nbord\nlege i gaden\nvinde")
    put("together", "Noget", "", words="sælge i gaden\nbrugt bord\nlege\nvinde")
    assert keys("må man sælge noget på gaden")[0] == "together"
    put("later", "Andet", "", words="sælge i gaden\nbrugt bord\nlege\nvinde")
    put("earlier", "Noget", "", words="sælge brugt\nbord\nlege i gaden\nvinde")
    assert set(keys("må man sælge noget på gaden")[:2]) == {"together", "later"}


def test_the_title_counts_more_than_the_text(put: Put) -> None:
    put("text", "Andet", "", body="Her står noget om rotter.")
    put("title", "Rotter", "")
    assert keys("rotter") == ["title", "text"]


def test_synonyms_of_staff_are_asked_for_too_and_told(permits: None) -> None:
    assert keys("trottoir") == []
    SynonymGroup.objects.create(words=["trottoir", "fortov"], changed_at=AT)
    found = find.find("trottoir", person=None, at=AT)
    assert [hit.key for hit in found.hits] == ["grav"]
    assert found.hits[0].why == ["Synonym: trottoir og fortov."]


def test_a_synonym_of_several_words_works_both_ways(put: Put) -> None:
    put("ude", "Udeservering", "Stole og borde på fortovet.")
    SynonymGroup.objects.create(words=["sidde udenfor", "udeservering"], changed_at=AT)
    assert keys("må gæsterne sidde udenfor") == ["ude"]


# --- order -------------------------------------------------------------------------------------


def test_the_service_in_hand_comes_first(world: World, put: Put) -> None:
    one, other = list(world.services.values())[:2]
    put("a", "Frist for svar", service=one)
    put("b", "Frist for svar", service=other)
    assert keys("frist", service=one)[0] == "a"
    assert keys("frist", service=other)[0] == "b"


def test_what_colleagues_use_comes_first_and_says_so(put: Put) -> None:
    put("a", "Frist for svar")
    put("b", "Frist for svar")
    for _ in range(6):
        index.raise_popularity("article", "b")
    found = find.find("frist", person=None, at=AT)
    assert [hit.key for hit in found.hits] == ["b", "a"]
    assert "Bruges ofte af kolleger." in found.hits[0].why


def test_of_two_alike_the_newer_comes_first(put: Put) -> None:
    put("a", "Frist for svar", shown_from=datetime(2023, 1, 1, tzinfo=UTC))
    put("b", "Frist for svar", shown_from=datetime(2026, 3, 1, tzinfo=UTC))
    assert keys("frist") == ["b", "a"]


# --- the content of a hit ----------------------------------------------------------------------


def test_a_hit_says_why(permits: None) -> None:
    assert find.find("opgravning", person=None, at=AT).hits[0].why == []  # the highlights already show the reason
    why = find.find("byggetilladelse", person=None, at=AT).hits[0].why
    assert why == ["Sammensat ord: byggetilladelse er bygge + tilladelse."]


def test_a_snippet_marks_the_words_and_escapes_the_rest(put: Put) -> None:
    put("x", "Hegn", "<script>alert(1)</script> Et hegn & en hæk.")
    snippet = find.find("hegn", person=None, at=AT).hits[0].snippet
    assert "Et <mark>hegn</mark> &amp; en hæk." in snippet
    assert "<script>" not in snippet


def test_a_snippet_shows_the_stretch_where_the_words_stand(put: Put) -> None:
    put("x", "Regler", "Først noget andet. " * 20 + "Så om hegn mod naboen.")
    assert "<mark>hegn</mark> mod naboen" in find.find("hegn", person=None, at=AT).hits[0].snippet


# --- permissions -------------------------------------------------------------------------------


@pytest.fixture
def shelves(world: World, put: Put) -> World:
    put("all", "Stillads for alle")
    put("staff", "Stillads for medarbejdere", audience="staff")
    put("unit", "Stillads for enheden", audience="unit", unit_path=world.units["ctb-byliv"].path)
    return world


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (None, {"all"}),
        ("ukendt", {"all"}),
        ("otto", {"all", "staff"}),
        ("david", {"all", "staff", "unit"}),
        ("anna", {"all", "staff", "unit"}),
    ],
)
def test_everybody_finds_what_is_theirs_to_read(shelves: World, who: str | None, seen: set[str]) -> None:
    person = getattr(shelves, who) if who else None
    assert set(keys("stillads", person=person)) == seen
    suggested = find.suggest("still", language="da", person=person, at=AT)
    assert {suggestion.key for suggestion in suggested} == seen


def test_words_of_staff_alone_are_not_suggested_to_the_public(world: World, put: Put) -> None:
    put("secret", "Fortroligheden", audience="staff")
    assert find.find("fortroligheten", person=None, at=AT).repaired == {}
    assert find.find("fortroligheten", person=world.anna, at=AT).repaired == {"fortroligheten": "fortroligheden"}


def test_what_is_not_shown_yet_or_any_more_is_not_found(put: Put) -> None:
    put("later", "Hegn", shown_from=AT + timedelta(days=1))
    put("over", "Hegn", shown_until=AT)
    put("now", "Hegn", shown_from=AT, shown_until=AT + timedelta(seconds=1))
    assert keys("hegn") == ["now"]
    assert keys("hegn", at=AT + timedelta(days=2)) == ["later"]


def test_only_the_kinds_asked_for_are_found(put: Put) -> None:
    put("a", "Hegn")
    put("b", "Hegn", kind="guide")
    assert keys("hegn", kinds=["guide"]) == ["b"]
    assert set(keys("hegn")) == {"a", "b"}


def test_english_readers_get_english_answers_or_danish_when_there_are_none(put: Put) -> None:
    put("pas", "Nyt pas")
    put("fence", "Fences", language="en")
    assert keys("fence", language="en") == ["fence"]
    assert keys("pas", language="en") == ["pas"]


# --- unusual input -----------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "   ", "???!!", "🎉🎉", "'; --", "<>", "\0", "% _ \\"])
def test_what_holds_no_words_gets_a_clear_answer(permits: None, query: str) -> None:
    found = find.find(query, person=None, at=AT)
    assert found.hits == []
    assert found.suggestions[0] == "Skriv med ord, hvad du leder efter, for eksempel: byggetilladelse."


def test_when_nothing_is_found_there_is_a_next_step(permits: None) -> None:
    found = find.find("zzyzx qqqqqq", person=None, at=AT)
    assert found.hits == []
    assert found.suggestions[-1] == "Kontakt os, så finder vi svaret sammen med dig."


def test_a_query_is_cut_at_a_thousand_characters(permits: None) -> None:
    found = find.find("pas " + "x" * 5000, person=None, at=AT)
    assert len(found.asked) == 1000
    assert [hit.key for hit in found.hits] == ["pas"]


def test_a_story_is_asked_for_by_the_twenty_words_that_tell_most(put: Put) -> None:
    """Words that no document has carry no information, and of common words the first are no better than later ones."""
    common = ["and", "hund", "kat", "hest", "gris", "får", "ged", "høne", "kalkun", "due", "svane", "okse", "tyr",
              "kanin", "mus", "ko", "and", "gås", "æsel", "hane", "ulv", "ræv", "hare"]  # fmt: skip
    for number in range(9):
        put(f"zoo{number}", "Dyr", body=" ".join(common))
    put("last", "Hegn")
    assert "last" in keys(" ".join([*common, "elefant", "giraf", "hegn"]))


@settings(max_examples=sample.examples(80), suppress_health_check=sample.SUPPRESSED)
@given(st.text(max_size=400))
@example("'; DROP TABLE knowledge_searchdocument; --")
@example("pas' & | ! <-> :* (")
@example("\\'\\\\ 'a':1A §§ 12\0")
@example("%s %(at)s {0} pas")
def test_nothing_that_is_typed_is_executed_or_breaks(permits: None, text: str) -> None:
    before = SearchDocument.objects.count()
    found = find.find(text, person=None, at=AT)
    assert found.hits or found.suggestions
    find.suggest(text, language="da", person=None, at=AT)
    assert SearchDocument.objects.count() == before


@pytest.mark.parametrize(("query", "times"), [("nyt pas", 2), ("nyyt pas", 4)])
def test_a_search_takes_few_round_trips(permits: None, sent: list[str], query: str, times: int) -> None:
    from django.db import connection

    keys("pas")
    sent.clear()
    with CaptureQueriesContext(connection) as captured:
        assert keys(query) == ["pas"]
    assert len(captured) == times


# --- while typing ------------------------------------------------------------------------------


def test_titles_that_begin_so_are_suggested_first(permits: None) -> None:
    assert find.suggest("ny", language="da", person=None, at=AT)[0].text == "Nyt pas"
    assert find.suggest("flyt j", language="da", person=None, at=AT)[0].key == "jord"


def test_words_people_use_lead_to_the_title(permits: None) -> None:
    assert [each.key for each in find.suggest("jordfl", language="da", person=None, at=AT)] == ["jord"]


def test_one_letter_suggests_nothing(permits: None) -> None:
    assert find.suggest("n", language="da", person=None, at=AT) == []
