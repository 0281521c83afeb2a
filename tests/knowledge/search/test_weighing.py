"""The weight of a word in a document, by its field and frequency."""

from __future__ import annotations

from indgang.knowledge.search import weighing


def weights(title: str) -> dict[str, int]:
    return weighing.weigh({"A": title}, "da").weights


def test_a_word_of_an_expression_tells_less_than_a_word_alone() -> None:
    told = weights("Anmeld\nopgravning, hul i gaden")
    assert told["opgravning"] > told["hul"] == told["gad"]
    assert weights("Anmeld\nhul i gaden")["hul"] < weights("Anmeld\nhul")["hul"]


def test_every_word_of_a_title_tells_all() -> None:
    told = weights("Container, skurvogn og byggematerialer\nkasse")
    assert told["contain"] == told["kas"]


def test_words_that_say_nothing_make_an_expression_no_longer() -> None:
    assert weights("Anmeld\ni hul på")["hul"] == weights("Anmeld\nhul")["hul"]


def test_words_of_one_expression_are_one_lexeme_together_in_either_order_and_family() -> None:
    for said in ("grave i fortovet", "fortovet skal graves op", "opgravning af fortove"):
        assert [lexeme for lexeme in weights(f"Anmeld\n{said}") if "+" in lexeme] == ["fortov+grav"]
    assert not any("+" in lexeme for lexeme in weights("Anmeld\nfortov, grave"))


def test_an_expression_that_says_again_what_another_says_adds_little() -> None:
    once = weights("Anmeld\nrotte, mus")["rot"]
    again = weights("Anmeld\nrotte, rotte i haven, rotte på loftet, mus")["rot"]
    assert once < again < weights("Anmeld rotte rotte rotte\nmus")["rot"]
