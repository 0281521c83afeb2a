"""Every permission, with the sentence that says what it allows. Each view names one of these or is declared public."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    TAKE_CALLS = "take_calls"
    ANSWER_WRITTEN = "answer_written"
    TAKE_HANDOVERS = "take_handovers"
    REGISTER_ENQUIRIES = "register_enquiries"
    SEE_HISTORY = "see_history"
    SEARCH_DIRECTORY = "search_directory"
    SEE_WALLBOARD = "see_wallboard"
    LEAD_TEAM = "lead_team"
    SUPERVISE_CALLS = "supervise_calls"
    LISTEN_RECORDINGS = "listen_recordings"
    SWITCH_MESSAGES = "switch_messages"
    TELL_STAFF = "tell_staff"
    EDIT_FLOWS = "edit_flows"
    PUBLISH_FLOWS = "publish_flows"
    EDIT_PROMPTS = "edit_prompts"
    EDIT_QUEUES = "edit_queues"
    EDIT_CATALOGUE = "edit_catalogue"
    SEE_CATALOGUE = "see_catalogue"
    EDIT_PEOPLE = "edit_people"
    MAKE_AGREEMENTS = "make_agreements"
    SIGN_COOPERATION = "sign_cooperation"
    SEE_FIGURES = "see_figures"
    SEE_AUDIT = "see_audit"
    SEE_OPERATIONS = "see_operations"
    SET_DIAL_RULES = "set_dial_rules"
    READ_KNOWLEDGE = "read_knowledge"
    PROPOSE_KNOWLEDGE = "propose_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    APPROVE_KNOWLEDGE = "approve_knowledge"
    WRITE_NEWS = "write_news"
    SET_KNOWLEDGE_RULES = "set_knowledge_rules"
    SET_RETENTION = "set_retention"
    ANSWER_SUBJECTS = "answer_subjects"
    LOOK_UP_CASES = "look_up_cases"
    SET_CASE_SYSTEMS = "set_case_systems"
    SET_MAILBOXES = "set_mailboxes"
    LEAD_STUDIES = "lead_studies"
    DECIDE_STUDIES = "decide_studies"
    SET_FEEDBACK = "set_feedback"
    EDIT_PROGRAMME = "edit_programme"
    PLAN_STAFFING = "plan_staffing"
    SET_UP_COUNTING = "set_up_counting"
    IMPORT_HISTORY = "import_history"
    ENTER_FIGURES = "enter_figures"


SENTENCES: dict[Permission, str | Promise] = {
    Permission.TAKE_CALLS: _("Melde sig klar, tage opkald fra køerne og stille dem videre"),
    Permission.ANSWER_WRITTEN: _("Besvare mails og andre skriftlige henvendelser"),
    Permission.TAKE_HANDOVERS: _("Tage imod opkald, der stilles videre fra kontaktcentret, med hele historien"),
    Permission.REGISTER_ENQUIRIES: _("Registrere henvendelser, også fremmøde og direkte opkald"),
    Permission.SEE_HISTORY: _("Se en virksomheds eller borgers tidligere henvendelser (hvert opslag logges)"),
    Permission.SEARCH_DIRECTORY: _("Slå personer og enheder op i telefonbogen"),
    Permission.SEE_WALLBOARD: _("Se tavlen med køer, ventetider og medarbejdernes tilstand"),
    Permission.LEAD_TEAM: _("Ændre medarbejderes køer og tilstand, og lukke og åbne køer"),
    Permission.SUPERVISE_CALLS: _("Lytte med på, hviske i eller deltage i medarbejderes samtaler"),
    Permission.LISTEN_RECORDINGS: _("Høre optagede samtaler, hvis køens formål siger det (hver gang logges)"),
    Permission.SWITCH_MESSAGES: _("Slå driftsmeddelelser og kømeddelelser til og fra"),
    Permission.TELL_STAFF: _("Skrive nyt til medarbejderne, se, hvem der har læst det, og rydde op i dagens log"),
    Permission.EDIT_FLOWS: _("Sammensætte og afprøve opkaldsforløb"),
    Permission.PUBLISH_FLOWS: _("Udgive opkaldsforløb, så de gælder for nye opkald"),
    Permission.EDIT_PROMPTS: _("Skrive og indtale de tekster, som den, der ringer, hører"),
    Permission.EDIT_QUEUES: _("Oprette og ændre køer, kompetencer, pauseårsager og ventetidsmål"),
    Permission.EDIT_CATALOGUE: _(
        "Ændre enheder, ydelser, ærinder, åbningstider og telefonbog, og aftale og opgøre afregning mellem centre"
    ),
    Permission.SEE_CATALOGUE: _("Se enheder, ydelser, ærinder og åbningstider"),
    Permission.EDIT_PEOPLE: _("Oprette medarbejdere og give dem roller"),
    Permission.MAKE_AGREEMENTS: _("Lave træffetidsaftaler for sine enheder"),
    Permission.SIGN_COOPERATION: _("Lave og underskrive samarbejdsaftaler om kontaktcentre for sine enheder"),
    Permission.SEE_FIGURES: _("Se tal for køer, centre og ydelser"),
    Permission.SEE_AUDIT: _("Se, hvem der har ændret hvad, og hvem der har set en persons historik"),
    Permission.SEE_OPERATIONS: _("Se driftssiden: telefoncentral, processer og advarsler"),
    Permission.SET_DIAL_RULES: _("Bestemme, hvilke numre medarbejderne må ringe til"),
    Permission.READ_KNOWLEDGE: _("Søge og læse i vidensbasen, også det, der kun er for medarbejdere"),
    Permission.PROPOSE_KNOWLEDGE: _("Foreslå ændringer og melde svar, der mangler, er forkerte eller uklare"),
    Permission.EDIT_KNOWLEDGE: _("Skrive og rette artikler og vejvisere for sine enheder, og løse opgaver om dem"),
    Permission.APPROVE_KNOWLEDGE: _("Godkende og udgive større ændringer i artikler og vejvisere"),
    Permission.WRITE_NEWS: _("Skrive nyheder til hjemmesiden og nyhedsbrevet"),
    Permission.SET_KNOWLEDGE_RULES: _(
        "Bestemme, hvor små rettelser der må udgives uden godkendelse, og hvor tit artikler skal læses igennem"
    ),
    Permission.ANSWER_SUBJECTS: _(
        "Slå en person op, udlevere en kopi og slette oplysningerne (hvert opslag kræver en grund og logges)"
    ),
    Permission.LOOK_UP_CASES: _("Slå sager op i de fagsystemer, der er aftale om (hvert opslag logges)"),
    Permission.SET_CASE_SYSTEMS: _("Oprette fagsystemer og skrive aftalerne om læseadgang ind"),
    Permission.SET_MAILBOXES: _("Oprette fællespostkasser, og bestemme, hvor deres mails går hen"),
    Permission.LEAD_STUDIES: _("Planlægge brugerundersøgelser for sine enheder og skrive, hvad de viser"),
    Permission.DECIDE_STUDIES: _(
        "Beslutte for sine enheder, hvilke ydelser der undersøges, og hvad der sker med anbefalingerne"
    ),
    Permission.SET_UP_COUNTING: _("Tilrettelægge tælleuger for sine enheder"),
    Permission.IMPORT_HISTORY: _("Indlæse tal fra tiden før Indgang, og tage dem tilbage"),
    Permission.ENTER_FIGURES: _("Skrive tal ind for nøgletal, der tælles i hånden, for sine enheder"),
    Permission.SET_FEEDBACK: _("Bestemme, hvem der spørges om deres tilfredshed, og hvad de spørges om"),
    Permission.PLAN_STAFFING: _("Regne bemanding ud, lave prognoser og scenarier, og planlægge vagter"),
    Permission.EDIT_PROGRAMME: _("Lave og ændre investeringsforslag og udrulningsplaner"),
    Permission.SET_RETENTION: _("Bestemme, hvor længe personoplysninger gemmes, og se, hvad der er slettet"),
}
