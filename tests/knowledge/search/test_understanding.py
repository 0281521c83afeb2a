"""Queries as people type them: split compounds, abbreviations, invisible characters, and whether there is an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indgang.knowledge.models import Search, SynonymGroup
from indgang.knowledge.search import analysis, asking, find, index, log, reading, spelling
from tests.knowledge.search.conftest import AT
from tests.world import World

Put = Callable[..., None]


def keys(query: str, language: str = "da") -> list[str]:
    return [hit.key for hit in find.find(query, language=language, person=None, at=AT).hits]


def weights(query: str) -> dict[str, float]:
    asked = asking.understand(query, "da", scope=reading.PUBLIC.scope(["da"], find.KINDS))
    return {word.form: word.weight for word in asked.words}


# --- the weight of a word ----------------------------------------------------------------------


def test_a_synonym_of_a_word_in_no_text_tells_as_much_in_a_long_question(put: Put) -> None:
    put("a", "Fortov")
    put("b", "Vej", body="Om asfalt")
    put("c", "Gade")
    SynonymGroup.objects.create(words=["fliserække", "fortov"], changed_at=AT)
    assert keys("hvem reparerer asfalt på den fliserække derude")[0] == "a"
    told = weights("asfalt fliserække")
    assert told["fliseraekke"] == pytest.approx(told["asfalt"])


def test_texts_of_staff_and_of_another_language_weigh_nothing_for_the_public(put: Put, world: World) -> None:
    put("a", "Hegn")
    put("b", "Mur")
    before = weights("hegn")
    for number in range(5):
        put(f"s{number}", "Hegn", audience="staff")
        put(f"e{number}", "Hegn", language="en")
        put(f"u{number}", "Hegn", audience="unit", unit_path=world.units["ctb-byliv"].path)
    assert weights("hegn") == before


def test_a_unit_knows_the_words_of_its_own_texts(put: Put, world: World) -> None:
    put("own", "Kvalmestof", audience="unit", unit_path=world.units["ctb-byliv"].path)
    scope = reading.reader(world.anna, at=AT).scope(["da"], find.KINDS)
    stranger = index.Scope(scope.shelves, ("another/unit/",))
    assert asking.understand("kvalmestof", "da", scope=scope).words[0].weight > 0
    assert asking.understand("kvalmestof", "da", scope=stranger).words[0].weight == 0


def test_a_number_or_a_circumstance_tells_less_than_a_noun_as_rare(put: Put) -> None:
    put("a", "Altan")
    put("b", "Nedenunder")
    put("c", "31")
    told = weights("nedenunder altan 31")
    assert told["31"] < told["nedenunder"] < told["altan"]
    assert weights("nedenunder")["nedenunder"] == pytest.approx(told["altan"])


# --- abbreviations -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("tlf.", "telefon"), ("nr", "nummer"), ("adr.", "adresse"), ("husnr", "husnummer"), ("cvr-nr.", "cvrnummer"),
        ("tlfnr.", "telefonnummer"), ("mailadr.", "mailadresse"), ("p-plads", "parkeringsplads"),
        ("m²", "kvadratmeter"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_its_word(short: str, full: str) -> None:
    assert [token.form for token in spelling.tokens(short)] == [full]


@pytest.mark.parametrize("short", ["vedr.", "ang.", "mht.", "evt.", "fx", "mvh"])
def test_an_abbreviation_of_nothing_says_nothing(short: str) -> None:
    (token,) = spelling.tokens(short)
    assert analysis.is_stop_word(token.form, "da")


def test_another_abbreviation_is_completed_from_the_texts(put: Put) -> None:
    put("a", "Tilskud til medarbejdere", body="Medarbejder")
    put("b", "Medalje")
    found = find.find("tilskud medarb.", person=None, at=AT)
    assert found.repaired["medarb"].startswith("medarbejder")
    assert found.hits[0].key == "a"


# --- split compounds ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["reno vering", "re novering af facade", "grave tilladelse", "akt indsigt", "mit id"])
def test_a_word_typed_in_two_is_one(put: Put, query: str) -> None:
    put("renovering", "Renovering", "Af facader")
    put("gravetilladelse", "Gravetilladelse")
    put("aktindsigt", "Aktindsigt")
    put("mitid", "MitID")
    assert keys(query)[0] in query.replace(" ", "")


def test_two_words_that_make_another_by_chance_stay_two(put: Put) -> None:
    put("havefest", "Havefest")
    put("have", "Have", body="og fest")
    assert set(weights("må vi have fest")) == {"fest"}


def test_verbs_meet_their_nouns() -> None:
    for one, other in (
        ("færdigmelde", "færdigmelding"), ("cykel", "cyklist"), ("solgt", "sælge"), ("salg", "sælge"),
        ("nedrevet", "nedrivning"), ("udlejer", "leje"), ("handel", "handle"),
    ):  # fmt: skip
        shared = analysis.word(spelling.fold(one)).lexemes & analysis.word(spelling.fold(other)).lexemes
        assert shared, (one, other)


# --- invisible characters ----------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u200d", "\ufeff", "\u2060"])
def test_unseen_marks_are_no_letters(put: Put, mark: str) -> None:
    put("a", f"Renove{mark}ring af facade")
    assert keys("renovering") == ["a"]
    assert keys(f"reno{mark}vering") == ["a"]


def test_letters_in_two_pieces_are_one(put: Put) -> None:
    put("a", "Ga\u030ardfest")
    assert keys("gårdfest") == keys("ga\u030ardfest") == ["a"]


def test_a_broken_byte_is_an_answer(put: Put) -> None:
    put("a", "Pas")
    query = b"nyt pas \xff\xfe".decode("utf-8", "surrogateescape")
    found = find.find(query, person=None, at=AT)
    assert [hit.key for hit in found.hits] == ["a"]
    log.note(query, place="command", language="da", found=found, at=AT)
    assert Search.objects.get().asked == "nyt pas"


# --- no answer ---------------------------------------------------------------------------------


@pytest.fixture
def answers(put: Put) -> None:
    for number, title in enumerate(
        ["Gravetilladelse til vej og fortov", "Pris for en byggesag", "Rotter i gården", "Få nyt pas til barn", "Altan",
         "Loppemarked på pladsen", "Støj fra naboer", "Affald fra virksomheder", "Fleksjob", "Kørekort"]
    ):  # fmt: skip
        put(f"a{number}", title, body="Gratis. Ring, hvis du vil have hjælp til at søge.")


@pytest.mark.parametrize(
    "query", ["hjælp til tandlæge", "gratis billet til svømmehallen", "fritidsklub og lektiehjælp"]
)
def test_a_hit_that_hardly_answers_says_so_and_what_to_do(answers: None, query: str) -> None:
    found = find.find(query, person=None, at=AT)
    assert found.weak
    assert found.suggestions[-1] == "Kontakt os, så finder vi svaret sammen med dig."


@pytest.mark.parametrize(
    "query", ["altan", "jeg har set en rotte", "pas til mit barn", "støj fra naboen", "nyt kørekort"]
)
def test_a_hit_that_answers_says_nothing_of_the_kind(answers: None, query: str) -> None:
    found = find.find(query, person=None, at=AT)
    assert not found.weak
    assert found.suggestions == []


def test_staff_are_told_too_and_it_is_among_the_gaps(answers: None, world: World) -> None:
    found = find.find("hjælp til tandlæge", person=world.anna, at=AT)
    assert found.hits
    assert found.weak
    assert found.suggestions[-1] == "Meld, at svaret mangler, så den ansvarlige får spørgsmålet."
    log.note("hjælp til tandlæge", place="desk", language="da", found=found, at=AT)
    gaps = log.gaps(start=AT.replace(hour=0), end=AT.replace(hour=23))
    assert [gap.asked for gap in gaps.without_hits] == ["hjælp til tandlæge"]
    assert gaps.not_opened == []


# --- answers of others ---------------------------------------------------------------------------


@pytest.fixture
def others(answers: None, put: Put) -> None:
    put("pension", "Pension: Udbetaling Danmark", "Udbetaling Danmark svarer", words="folkepension", elsewhere=True)


def test_who_answers_instead_is_said_first(others: None) -> None:
    found = find.find("hvornår kommer min folkepension", person=None, at=AT)
    assert found.weak
    assert found.elsewhere == "Pension: Udbetaling Danmark"
    assert found.hits[0].key == "pension"
    assert found.suggestions == ["Læs, hvem der svarer: Pension: Udbetaling Danmark."]


def test_who_answers_instead_is_not_among_answers_of_ours(others: None, put: Put) -> None:
    put("job", "Fleksjob til folk med pension", words="fleksjob, folkepension")
    found = find.find("fleksjob og folkepension", person=None, at=AT)
    assert (found.weak, found.elsewhere) == (False, "")
    assert "pension" not in [hit.key for hit in found.hits]


def test_our_own_answer_comes_before_who_answers_instead(others: None, put: Put) -> None:
    put("own", "Pension: Udbetaling Danmark", "Udbetaling Danmark svarer", words="folkepension")
    found = find.find("folkepension", person=None, at=AT)
    assert (found.hits[0].key, found.weak, found.elsewhere) == ("own", False, "")


def test_what_others_answer_is_no_gap_of_ours(others: None) -> None:
    found = find.find("folkepension", person=None, at=AT)
    log.note("folkepension", place="site", language="da", found=found, at=AT)
    gaps = log.gaps(start=AT.replace(hour=0), end=AT.replace(hour=23))
    assert gaps.without_hits == []


# --- English -----------------------------------------------------------------------------------


def test_danish_answers_follow_when_the_english_ones_are_weak(answers: None, put: Put) -> None:
    put("permit", "Digging permit", body="Free. Call us if you want help to apply for a balcony.", language="en")
    for number in range(4):
        put(f"e{number}", f"Answer {number}", body="Call us", language="en")
    SynonymGroup.objects.create(words=["altan", "balcony", "balconies"], changed_at=AT)
    found = find.find("may I have a balcony", language="en", person=None, at=AT)
    assert [(hit.key, hit.language) for hit in found.hits][:2] == [("a4", "da"), ("permit", "en")]
    assert not found.weak


def test_danish_answers_come_before_the_english_name_of_a_service(answers: None, put: Put) -> None:
    put("balconies", "Balconies", kind="service", language="en")
    put("balconies", "Bygninger", kind="service")
    put("other", "Noise", language="en")
    SynonymGroup.objects.create(words=["altan", "balcony", "balconies"], changed_at=AT)
    found = find.find("balconies", language="en", person=None, at=AT)
    assert [(hit.key, hit.language) for hit in found.hits] == [("a4", "da"), ("balconies", "en")]


def test_english_answers_stand_alone_when_they_answer(answers: None, put: Put) -> None:
    put("permit", "Digging permit", language="en")
    put("other", "Noise", language="en")
    assert {hit.language for hit in find.find("digging permit", language="en", person=None, at=AT).hits} == {"en"}
