"""What the telephone robot says: the questions of a version, and the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings

from indgang.catalogue.models import ContactCentre
from indgang.entry.board.robot_script import Script
from indgang.feedback.models import QuestionnaireVersion, SurveyQuestion
from indgang.feedback.scales import Scale

_LANGUAGES = ("da", "en")
AGAIN, WRONG_KEY, OPTED_OUT = "survey-again", "survey-wrong-key", "survey-opted-out"
#: said to callers who wait
ANNOUNCEMENT, NOT_ASKED = "survey-announcement", "survey-not-asked"
#: said in every call, by code: in Danish and in English
_WORDS = {
    AGAIN: ("Vi hørte ikke noget tal.", "We did not hear a number."),
    WRONG_KEY: ("Brug en tast fra 1 til 9.", "Please use a key from 1 to 9."),
    ANNOUNCEMENT: (
        "Efter samtalen spørger vi dig måske, hvordan det gik. Dine svar hjælper os med at blive bedre. Tryk på"
        " stjerne, hvis du ikke vil spørges.",
        "After your call we may ask you how it went. Your answers help us to do better. Press the star key if you do"
        " not want to be asked.",
    ),
    NOT_ASKED: ("Det er noteret. Vi spørger dig ikke.", "Thank you. We will not ask you."),
    OPTED_OUT: (
        "Det er noteret. Vi ringer ikke til dig om det igen.",
        "We will not call you about this again.",
    ),
}
_LEAVE = ("Tryk på stjerne, hvis du ikke vil spørges igen.", "Press the star key if you do not want to be asked again.")
_FROM = ("Det er %s.", "This is %s.")
_OF_UNIT = (
    "Det handler om den medarbejder i fagenheden, du talte med.",
    "This is about the employee in the unit you talked with.",
)
#: the longest that is recorded
RECORDED_MINUTES = 2
_OFFER = (
    "Tryk 1, hvis du vil svare med dine egne ord. Vi optager dig i højst %(minutes)d minutter efter tonen. %(hears)s"
    " hører optagelsen og skriver den ned, og den slettes senest efter %(days)d dage. Slut med firkant,"
    " eller læg på. Tryk på en anden tast, hvis du ikke vil optages.",
    "Press 1 if you want to answer in your own words. We record you for up to %(minutes)d minutes after the tone."
    " %(hears)s to the recording and writes it down, and it is deleted after %(days)d days at the latest. Press"
    " the hash key or hang up to end. Press any other key if you do not want to be recorded.",
)
#: who hears it: an employee, or with the help of a program
_HEARS = ("En medarbejder", "An employee listens")
_HEARS_WITH_PROGRAM = ("En medarbejder, som får hjælp af et program,", "An employee, helped by a program, listens")


def asked(version: QuestionnaireVersion, level: int) -> Sequence[SurveyQuestion]:
    """The questions that are answered by a key, in order."""
    return list(version.questions.asked_at(level).filter(scale=Scale.KEYS_1_9))


def open_question(version: QuestionnaireVersion, level: int) -> SurveyQuestion | None:
    """The question that is answered by voice; None when nobody is recorded."""
    if not settings.SPOKEN_COMMENT_DAYS:
        return None
    return version.questions.asked_at(level).filter(scale=Scale.OPEN).first()


def days_promised(offer: str) -> int:
    """After how many days the recording is deleted at the latest, as this prompt says."""
    return int(offer.rpartition("-")[2])


def question_offered(offer: str) -> SurveyQuestion | None:
    """The question that this prompt asks, whatever the setting is now."""
    return SurveyQuestion.objects.filter(pk=int(offer.split("-")[2])).first()


def script(version: QuestionnaireVersion, level: int, *, centre: str, language: str) -> Script:
    """The script of a call about a conversation at this level, on behalf of the centre with this code. The open
    question is asked last, and its answer is recorded after a key."""
    question = open_question(version, level)
    return Script(
        intro=_intro(version, centre, level), questions=tuple(_code(each) for each in asked(version, level)),
        again=AGAIN, wrong_key=WRONG_KEY, thanks=_closing(version), opted_out=OPTED_OUT, language=language,
        comment=_offer(question) if question else "", comment_seconds=60.0 * RECORDED_MINUTES,
        comment_days=settings.SPOKEN_COMMENT_DAYS,
    )  # fmt: skip


def texts(at: datetime) -> Iterator[tuple[str, str, str]]:
    """The code, language and words of everything that may be said."""
    for code, words in _WORDS.items():
        yield from _both(code, *words)
    versions = QuestionnaireVersion.objects.filter(published_at__isnull=False, questions__scale=Scale.KEYS_1_9)
    centres = list(ContactCentre.objects.values_list("code", "name"))
    for version in versions.distinct():
        for code, name in [*centres, ("", "")]:
            for level in (1, 2):
                said = (_introduction(version, name, level, language) for language in _LANGUAGES)
                yield from _both(_intro(version, code, level), *said)
        yield from _both(_closing(version), *(version.closing_in(language) or "Tak." for language in _LANGUAGES))
        for question in version.questions.filter(scale=Scale.KEYS_1_9):
            yield from _both(_code(question), *(question.text_in(language) for language in _LANGUAGES))
        for question in version.questions.filter(scale=Scale.OPEN) if settings.SPOKEN_COMMENT_DAYS else ():
            yield from _both(_offer(question), *(_offered(question, language) for language in _LANGUAGES))


def _both(code: str, danish: str, english: str) -> Iterator[tuple[str, str, str]]:
    yield code, "da", danish
    yield code, "en", english


def _introduction(version: QuestionnaireVersion, centre: str, level: int, language: str) -> str:
    in_english = language == "en"
    said = [
        _FROM[in_english] % centre if centre else "", version.opening_in(language),
        _OF_UNIT[in_english] if level == 2 else "", _LEAVE[in_english],
    ]  # fmt: skip
    return " ".join(filter(None, said))


def _intro(version: QuestionnaireVersion, centre: str, level: int) -> str:
    return f"survey-{version.pk}-{centre or 'any'}{'-unit' if level == 2 else ''}"


def _closing(version: QuestionnaireVersion) -> str:
    return f"survey-{version.pk}-end-of-call"


def _offered(question: SurveyQuestion, language: str) -> str:
    in_english = language == "en"
    hears = (_HEARS_WITH_PROGRAM if settings.TRANSCRIBER_COMMAND else _HEARS)[in_english]
    about = {"minutes": RECORDED_MINUTES, "days": settings.SPOKEN_COMMENT_DAYS, "hears": hears}
    return f"{question.text_in(language)} {_OFFER[in_english] % about}"


def _offer(question: SurveyQuestion) -> str:
    """A prompt for each promise: what was said before a setting changed stays what it was."""
    hears = "-program" if settings.TRANSCRIBER_COMMAND else ""
    return f"survey-question-{question.pk}-spoken{hears}-{settings.SPOKEN_COMMENT_DAYS}"


def _code(question: SurveyQuestion) -> str:
    return f"survey-question-{question.pk}"
