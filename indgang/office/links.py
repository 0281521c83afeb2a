"""The office's links in the menu at the top of every page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.accounts.recognition import Remembered
from indgang.analysis.counting import rights as counting
from indgang.core import clock
from indgang.feedback.follow_ups import menu_count
from indgang.messaging.sms import gateways
from indgang.ui import banner, navigation

#: whether each person counts now: every page with the menu asks
_counting: Remembered[bool] = Remembered()


def register() -> None:
    _knowledge()
    _agreements()
    _acting_on_feedback()
    _planning()
    _programme()
    set_up = _("Opsætning")
    catalogue = _("Katalog")
    overview = _("Overblik")
    navigation.register(_("Tavle"), "office:wallboards", P.SEE_WALLBOARD, order=100)
    navigation.register(_("Nøgletal"), "office:figures", P.SEE_FIGURES, order=104, group=overview)
    navigation.register(_("Tilfredshed"), "office:feedback", P.SEE_FIGURES, order=105, group=overview)
    navigation.register(_("Hvem bliver spurgt"), "office:asking-rules", P.SET_FEEDBACK, order=253, group=set_up)
    navigation.register(_("Kapacitet"), "office:capacities", P.LEAD_TEAM, order=105, group=overview)
    navigation.register(_("Medarbejdernes dag"), "office:time-lines", P.LEAD_TEAM, order=106, group=overview)
    navigation.register(_("Vagtordninger"), "office:rotas", P.LEAD_TEAM, P.EDIT_QUEUES, order=106, group=overview)
    navigation.register(_("Optagelser"), "office:recordings", P.LISTEN_RECORDINGS, order=108, group=overview)
    followers = (P.TAKE_HANDOVERS, P.LEAD_TEAM, P.MAKE_AGREEMENTS)
    navigation.register(_("Overleveringer"), "office:handovers", *followers, order=107, group=overview)
    navigation.register(_("Løfter"), "office:promises", *followers, P.SEE_FIGURES, order=107, group=overview)
    keepers = (P.TAKE_CALLS, P.TELL_STAFF, P.LEAD_TEAM)
    navigation.register(_("Dagens log"), "office:day-logs", *keepers, order=109, group=overview)
    navigation.register(_("Nyt til medarbejderne"), "office:staff-news", P.TELL_STAFF, order=110, group=overview)
    readers = (P.SEE_FIGURES, P.SIGN_COOPERATION, P.LEAD_TEAM, P.TAKE_CALLS)
    navigation.register(_("Rapporter"), "office:reports", *readers, order=111, group=overview)
    _studies()
    starters = (P.EDIT_CATALOGUE, P.EDIT_PEOPLE, P.EDIT_QUEUES, P.EDIT_FLOWS)
    navigation.register(_("Kom i gang"), "office:getting-started", *starters, order=195, group=set_up)
    navigation.register(_("Opkaldsforløb"), "office:flows", P.EDIT_FLOWS, order=200, group=set_up)
    navigation.register(_("Indgange"), "office:entry-points", P.EDIT_FLOWS, order=205, group=set_up)
    navigation.register(_("Køer"), "office:queues", P.EDIT_QUEUES, order=210, group=set_up)
    navigation.register(_("Tekster og indtalinger"), "office:prompts", P.EDIT_PROMPTS, order=215, group=set_up)
    navigation.register(_("Velkomst"), "office:greetings", P.EDIT_PROMPTS, order=217, group=set_up)
    navigation.register(_("Enheder"), "office:units", P.SEE_CATALOGUE, order=230, group=catalogue)
    navigation.register(_("Kontaktcentre"), "office:centres", P.SEE_CATALOGUE, order=232, group=catalogue)
    navigation.register(_("Ydelser"), "office:services", P.SEE_CATALOGUE, order=234, group=catalogue)
    navigation.register(_("Ærinder"), "office:purposes", P.SEE_CATALOGUE, order=236, group=catalogue)
    navigation.register(_("Åbningstider"), "office:schedules", P.SEE_CATALOGUE, order=238, group=catalogue)
    navigation.register(_("Telefonbog"), "office:directory", P.SEARCH_DIRECTORY, order=240, group=catalogue)
    navigation.register(_("Hjemmesiden"), "office:public-site", P.EDIT_CATALOGUE, order=250, group=set_up)
    navigation.register(_("Mail"), "office:mail", P.SEE_OPERATIONS, order=255, group=set_up)
    navigation.register(_("Fællespostkasser"), "office:mailboxes", P.SET_MAILBOXES, order=212, group=set_up)
    navigation.register(_("Medarbejdere"), "office:people", P.EDIT_PEOPLE, P.LEAD_TEAM, order=270, group=set_up)
    navigation.register(_("Kompetencer"), "office:skills", P.EDIT_QUEUES, P.LEAD_TEAM, order=272, group=set_up)
    navigation.register(_("Pauseårsager"), "office:pause-reasons", P.EDIT_QUEUES, P.LEAD_TEAM, order=274, group=set_up)
    navigation.register(_("Login og sessioner"), "office:sign-on", P.EDIT_PEOPLE, order=275, group=set_up)
    navigation.register(_("Historik"), "office:imports", P.IMPORT_HISTORY, order=279, group=set_up)
    navigation.register(_("Tabeller"), "office:tables", P.EDIT_CATALOGUE, P.EDIT_PEOPLE, order=278, group=set_up)
    navigation.register(_("Log over ændringer"), "office:changes", P.SEE_AUDIT, order=280, group=set_up)
    navigation.register(_("Persondata"), "office:privacy", P.SET_RETENTION, order=275, group=set_up)
    navigation.register(_("Min enheds henvendelser"), "office:department", P.SEE_FIGURES, order=106, group=overview)
    navigation.register(_("Fagsystemer"), "office:case-systems", P.SET_CASE_SYSTEMS, order=248, group=catalogue)
    navigation.register(_("Opkald fra andre kommuner"), "office:elsewhere", P.SEE_FIGURES, order=252, group=catalogue)
    navigation.register(_("Afregning"), "office:settlement", P.SEE_FIGURES, order=246, group=catalogue)
    navigation.register(_("Mine opslag"), "office:own-looks", P.SEE_HISTORY, order=250, group=catalogue)
    navigation.register(_("Drift"), "office:operations", P.SEE_OPERATIONS, order=290)
    _demo()
    banner.register("office:alert-strip", "alerts")


def _agreements() -> None:
    """What is agreed about hours and about centres, and whether it is kept."""
    catalogue = _("Katalog")
    navigation.register(
        _("Træffetidsaftaler"), "office:agreements", P.SEE_CATALOGUE, P.MAKE_AGREEMENTS, order=242, group=catalogue
    )
    navigation.register(
        _("Træffetid nu"), "office:availability-now", P.SEE_CATALOGUE, P.MAKE_AGREEMENTS, order=244, group=catalogue
    )
    navigation.register(
        _("Aftalt og holdt"), "office:availability-kept", P.SEE_CATALOGUE, P.MAKE_AGREEMENTS, order=245, group=catalogue
    )
    parties = (P.SEE_FIGURES, P.SIGN_COOPERATION)
    navigation.register(_("Samarbejdsaftaler"), "office:cooperations", *parties, order=241, group=catalogue)
    navigation.register(_("Sammenlign nøgletal"), "office:workbench", *parties, order=243, group=catalogue)


def _studies() -> None:
    """Reflective feedback. Whoever is in the team of a study finds it without one of these permissions."""
    overview, readers = _("Overblik"), (P.SEE_FIGURES, P.LEAD_STUDIES, P.DECIDE_STUDIES)
    navigation.register(_("Brugerundersøgelser"), "office:studies", *readers, order=112, group=overview)
    navigation.register(_("Feedbackpakker"), "office:feedback-packages", *readers, order=113, group=overview)


def _programme() -> None:
    """What could be answered otherwise, what that is worth, and how services move: in the order in which it is done."""
    programme, overview, knowledge = _("Udvikling"), _("Overblik"), _("Redaktion")
    counters, askers = (P.SEE_FIGURES, P.SET_UP_COUNTING), (P.SEE_FIGURES, P.EDIT_KNOWLEDGE)
    navigation.register(
        _("Tælleuger"), "office:counting-weeks", *counters, order=130, group=programme, alone=overview,
        named=_counts_now,
    )  # fmt: skip
    readers = (P.SEE_FIGURES, P.LEAD_STUDIES, P.DECIDE_STUDIES)
    navigation.register(_("Ydelser efter segment"), "office:segments", *readers, order=131, group=programme)
    navigation.register(_("Kanalpotentiale"), "office:potential", P.SEE_FIGURES, order=132, group=programme)
    navigation.register(
        _("Fra spørgsmål til digitalt"), "office:gaps", *askers, order=133, group=programme, alone=knowledge
    )
    navigation.register(_("Investeringsforslag"), "office:cases", P.SEE_FIGURES, order=134, group=programme)
    rolling = (P.SEE_FIGURES, P.EDIT_PROGRAMME, P.MAKE_AGREEMENTS)
    navigation.register(_("Udrulning"), "office:rollouts", *rolling, order=135, group=programme, alone=overview)
    navigation.register(_("Skift til kontaktcentret"), "office:switchovers", P.SEE_FIGURES, order=136, group=programme)
    navigation.register(_("Gevinster"), "office:benefits", P.SEE_FIGURES, order=137, group=programme)
    navigation.register(
        _("Ydelsers egne numre"), "office:service-contacts", P.EDIT_CATALOGUE, order=247, group=_("Katalog")
    )


def _acting_on_feedback() -> None:
    """From low score to action."""
    overview, leaders = _("Overblik"), (P.LEAD_TEAM, P.SIGN_COOPERATION)
    navigation.register(
        _("Opfølgning på feedback"), "office:follow-ups", *leaders, order=114, group=overview,
        waiting=menu_count.count,
    )  # fmt: skip
    navigation.register(_("Forbedringer"), "office:improvements", *leaders, order=115, group=overview)
    readers = (*leaders, P.TAKE_CALLS, P.TAKE_HANDOVERS)
    navigation.register(_("Kommentarer"), "office:feedback-comments", *readers, order=116, group=overview)


def _planning() -> None:
    """How many, when and who."""
    staffing, planners = _("Bemanding"), (P.PLAN_STAFFING, P.SIGN_COOPERATION)
    navigation.register(_("Prognoser"), "office:forecasts", *planners, order=118, group=staffing)
    navigation.register(_("Bemandingsbehov"), "office:staffing-need", *planners, order=120, group=staffing)
    navigation.register(_("Vagtplaner"), "office:shifts", P.PLAN_STAFFING, order=121, group=staffing)
    navigation.register(_("Hvad nu hvis"), "office:scenarios", *planners, order=122, group=staffing)
    navigation.register(_("Simulér en dag"), "office:described-day", *planners, order=123, group=staffing)
    navigation.register(_("Antagelser"), "office:staffing-assumptions", *planners, order=124, group=staffing)


def _demo() -> None:
    """The pages of what the demo simulates."""
    overview = _("Overblik")
    if gateways.simulates():
        navigation.register(
            _("SMS i demoen"), "office:simulated-sms", P.TAKE_CALLS, P.SEE_OPERATIONS, order=109, group=overview
        )
    if settings.DEMO:
        navigation.register(
            _("Digital Post i demoen"), "office:simulated-post", P.TAKE_CALLS, P.SEE_OPERATIONS, order=110,
            group=overview,
        )  # fmt: skip


def _knowledge() -> None:
    knowledge = _("Redaktion")
    navigation.register(
        _("Standardtekster"), "office:reply-texts", P.LEAD_TEAM, P.EDIT_KNOWLEDGE, order=218, group=_("Opsætning")
    )
    writers = (P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
    navigation.register(_("Artikler"), "office:articles", *writers, order=150, group=knowledge)
    navigation.register(_("Indbakke"), "office:knowledge-inbox", *writers, order=152, group=knowledge)
    navigation.register(_("Ugen"), "office:knowledge-week", P.EDIT_KNOWLEDGE, order=154, group=knowledge)
    navigation.register(_("Vejvisere"), "office:guides", *writers, order=156, group=knowledge)
    navigation.register(_("Formularer"), "office:online-forms", *writers, order=157, group=knowledge)
    navigation.register(_("Nyheder"), "office:news", P.WRITE_NEWS, order=158, group=knowledge)
    navigation.register(_("Søgninger"), "office:searches", *writers, order=160, group=knowledge)
    navigation.register(_("Læsernes svar"), "office:page-feedback", *writers, order=161, group=knowledge)
    navigation.register(_("Synonymer"), "office:synonyms", P.EDIT_KNOWLEDGE, order=162, group=knowledge)
    navigation.register(
        _("Regler for viden"), "office:knowledge-rules", P.SET_KNOWLEDGE_RULES, order=164, group=knowledge
    )


def _counts_now(person: Person) -> bool:
    """Of those who may open the page."""
    known = _counting.find(person.pk)
    if known is None:
        known = _counting.keep(person.pk, counting.counts_now(person, clock.today()))
    return known and may(person, P.READ_KNOWLEDGE)
