"""The questionnaires that a centre can begin with. Scales and what is asked about are the documents', the words ours.

Sources: data/feedback_questions.csv (001:5031-5038, 001:5113-5123, 001:5186-5194). Waiting and resolution are asked of
callers to the contact centre only (001:5637-5639).
"""

from __future__ import annotations

from dataclasses import dataclass

from indgang.feedback.models import SurveyKind, SurveyQuestion
from indgang.feedback.scales import Scale

_I = SurveyQuestion.Indicator


@dataclass(frozen=True, slots=True)
class PresetQuestion:
    indicator: str
    scale: Scale
    text: str
    text_en: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PresetQuestionnaire:
    code: str
    kind: str
    name: str
    name_en: str
    questions: tuple[PresetQuestion, ...]
    opening: tuple[str, str] = ("", "")
    closing: tuple[str, str] = ("Tak for dit svar.", "Thank you for your answer.")


def _about_a_conversation(code: str, kind: SurveyKind, names: tuple[str, str], thing: str, thing_en: str,
                          scale: Scale) -> PresetQuestionnaire:  # fmt: skip
    """The four indicators about a contact with people, in the words for its channel and for each level."""
    lowest, highest = ("1", "9") if scale == Scale.KEYS_1_9 else ("1", "10")
    talked = kind in (SurveyKind.AFTER_CALL, SurveyKind.APPOINTMENT)
    whom, whom_en = ("du talte med", "you talked with") if talked else ("der svarede dig", "who answered you")
    return PresetQuestionnaire(
        code, kind, *names,
        questions=(
            PresetQuestion(_I.SATISFACTION, scale, f"Hvor tilfreds er du alt i alt med {thing}?",
                           f"All in all, how satisfied are you with {thing_en}?", 1),
            PresetQuestion(_I.COURTESY, scale, "Hvor venligt og imødekommende blev du mødt?",
                           "How friendly and helpful was the person you were in contact with?", 1),
            PresetQuestion(_I.WAITING, scale, "Hvor tilfreds er du med, hvor længe du ventede?",
                           "How satisfied are you with the time you had to wait?", 1),
            PresetQuestion(_I.RESOLUTION, scale, "I hvor høj grad fik du svar på dit spørgsmål?",
                           "To what extent was your question answered?", 1),
            PresetQuestion(_I.OPEN, Scale.OPEN, "Er der noget, vi kan gøre bedre?",
                           "Is there anything we can do better?"),
            PresetQuestion(_I.SATISFACTION, scale,
                           f"Hvor tilfreds er du med hjælpen fra den medarbejder i fagenheden, {whom}?",
                           f"How satisfied are you with the help of the employee in the unit {whom_en}?", 2),
            PresetQuestion(_I.COURTESY, scale,
                           f"Hvor venligt og imødekommende blev du mødt af den medarbejder i fagenheden, {whom}?",
                           f"How friendly and helpful was the employee in the unit {whom_en}?", 2),
        ),
        opening=(
            f"Vi vil gerne høre om {thing}. Svar med et tal fra {lowest} til {highest}, hvor {highest} er bedst.",
            f"We would like to hear about {thing_en}. Answer with a number from {lowest} to {highest}. {highest} is the"
            " best.",
        ),
    )  # fmt: skip


PRESETS: tuple[PresetQuestionnaire, ...] = (
    _about_a_conversation("after-call", SurveyKind.AFTER_CALL, ("Efter opkald", "After calls"), "opkaldet", "the call",
                          Scale.KEYS_1_9),
    _about_a_conversation("after-call-link", SurveyKind.AFTER_CALL, ("Efter opkald, med link", "After calls, by link"),
                          "opkaldet", "the call", Scale.WEB_1_10),
    _about_a_conversation("after-mail", SurveyKind.MAIL, ("Efter mail", "After mails"), "vores svar", "our answer",
                          Scale.WEB_1_10),
    _about_a_conversation("after-form", SurveyKind.FORM, ("Efter formular", "After forms"), "vores svar", "our answer",
                          Scale.WEB_1_10),
    _about_a_conversation("after-chat", SurveyKind.CHAT, ("Efter chat", "After chats"), "chatten", "the chat",
                          Scale.WEB_1_10),
    _about_a_conversation("after-appointment", SurveyKind.APPOINTMENT, ("Efter møde", "After appointments"), "mødet",
                          "the appointment", Scale.WEB_1_10),
    PresetQuestionnaire(
        "article", SurveyKind.ARTICLE, "Sider med viden", "Article pages",
        questions=(
            PresetQuestion(_I.NAVIGATION, Scale.WEB_1_10, "Hvor let er det at finde rundt på siden?",
                           "How easy is it to find your way around this page?"),
            PresetQuestion(_I.INFORMATION, Scale.WEB_1_10, "I hvor høj grad fandt du det, du ledte efter?",
                           "To what extent did you find what you were looking for?"),
            PresetQuestion(_I.LANGUAGE, Scale.WEB_1_10, "Hvor let er sproget at forstå?",
                           "How easy is the language to understand?"),
            PresetQuestion(_I.OPEN, Scale.OPEN, "Hvad kan gøre siden bedre?", "What would make this page better?"),
        ),
    ),
    PresetQuestionnaire(
        "self-service", SurveyKind.SELF_SERVICE, "Selvbetjening", "Self-service",
        questions=(
            PresetQuestion(_I.USABILITY, Scale.WEB_1_10, "Hvor let er løsningen at bruge?",
                           "How easy is this service to use?"),
            PresetQuestion(_I.PREPARATION, Scale.WEB_1_10, "Hvor godt vidste du på forhånd, hvad du skulle have klar?",
                           "How well did you know beforehand what you needed to have ready?"),
            PresetQuestion(_I.OPEN, Scale.OPEN, "Hvad kan gøre løsningen lettere?",
                           "What would make this service easier?"),
        ),
    ),
)  # fmt: skip
