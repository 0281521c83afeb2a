"""What each definition counts, in plain words for those who read the figures; in code they are in English."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indgang.measures.definitions import Definition, Direction

Words = str | Promise


@dataclass(frozen=True, slots=True)
class FigureText:
    """The formula and what counts, of one version of a figure."""

    formula: Words
    counts: Words


#: by the name of the definition, with its version
FIGURE_TEXTS: dict[str, FigureText] = {
    "service_level_sl1 v1": FigureText(
        _("(besvaret i tide + opgivet i tide) / (besvarede + opgivne)"),
        _("Den, der lægger på inden for løftet, tæller som besvaret i tide."),
    ),
    "service_level_sl2 v1": FigureText(
        _("besvaret i tide / besvarede"),
        _("Kun besvarede ophold i køen tæller med. Den, der giver op, tæller slet ikke."),
    ),
    "service_level_sl3 v1": FigureText(
        _("besvaret i tide / (besvarede + opgivne)"),
        _("Alle, der giver op, tæller imod, også den, der har ringet forkert."),
    ),
    "service_level_sl4 v1": FigureText(
        _("besvaret i tide / (besvarede + opgivne − opgivet i tide)"),
        _("Den, der giver op inden for løftet, tæller ikke med. Målene holdes op mod dette tal."),
    ),
    "service_level_sl5 v1": FigureText(
        _("besvaret i tide / (besvarede + opgivne − korte)"),
        _("Korte opkald tæller ikke med: dem, hvor der lægges på inden for 5 sekunder."),
    ),
    "service_level_slg v1": FigureText(
        _("besvaret i tide / (besvarede + opgivne + gået videre)"),
        _(
            "Alle, der giver op, tæller imod. Det gør også alle ophold, hvor opkaldet går videre til en anden kø, et"
            " andet forløb eller et andet nummer: den kø, der giver opkaldet fra sig, svarer for det."
        ),
    ),
    "whole_wait_within_100_seconds v1": FigureText(
        _("ventetid i alt på højst 100 sekunder / besvarede opkald, der er slut"),
        _(
            "Uret starter ved første ring: menuen og alle køer er med. I 2020 blev der anslået 100 sekunder. Den, der"
            " giver op, tæller ikke med."
        ),
    ),
    "answered_within_20_seconds v1": FigureText(
        _("besvaret inden for 20 sekunder / (besvarede + opgivne − opgivet inden for 20 sekunder)"),
        _("Som serviceniveauet, men som om alle køer lovede svar inden for 20 sekunder, som i 2006."),
    ),
    "average_answer_seconds v1": FigureText(
        _("ventetiden for besvarede ophold i køen / besvarede"),
        _(
            "Fra opkaldet kommer i køen, til det bliver besvaret. Ringetiden er med, menuen er ikke. Opgivne opkald "
            "tæller ikke. Et opkald, der besvares i sin anden kø, tæller med opholdet i den."
        ),
    ),
    "median_answer_seconds v1": FigureText(
        _("midten af ventetiderne for besvarede"), _("Halvdelen af de besvarede ophold ventede ikke længere.")
    ),
    "p90_answer_seconds v1": FigureText(
        _("90-procentpunktet af ventetiderne for besvarede"),
        _("Ni af ti besvarede ophold ventede ikke længere."),
    ),
    "average_whole_wait_seconds v1": FigureText(
        _("ventetiden i alt / besvarede opkald, der er slut"),
        _(
            "Fra første ring, til den, der ringer, taler med den, der afslutter opkaldet: menuen og alle køer, også "
            "efter en viderestilling. Samtale og parkering er ikke med."
        ),
    ),
    "p90_whole_wait_seconds v1": FigureText(
        _("90-procentpunktet af ventetiderne i alt"), _("Ni af ti, der ringede, ventede alt i alt ikke længere.")
    ),
    "given_up v1": FigureText(
        _("(opgivne − korte) / (besvarede + opgivne − korte)"),
        _(
            "Ophold i køen, der blev opgivet efter mere end 5 sekunder, ud af dem, der blev besvaret eller opgivet "
            "sådan. Beskeder, lovede opkald og opkald, der gik videre, er hverken det ene eller det andet."
        ),
    ),
    "abandoned_in_queue v1": FigureText(
        _("opgivne / alle ophold i kø, der er afgjort"),
        _(
            "Alle opgivne, også de korte, ud af alle ophold i køen. Ophold, der endte med en besked eller et lovet"
            " opkald, eller hvor opkaldet gik videre, er ikke opgivet, men tæller med i det hele."
        ),
    ),
    "given_up_after_overflow v1": FigureText(
        _("opgivet bagefter / opkald, der gik videre fra en kø"),
        _(
            "Opkald, der er slut, og som gik videre fra deres kø efter reglen eller efter eget valg. Det er opgivet,"
            " når den, der ringede, lagde på, og ingen svarede efter det. De tæller, når de kom, i deres sidste kø."
        ),
    ),
    "availability v1": FigureText(
        _("100 % − (opgivne − korte) / (besvarede + opgivne − korte)"),
        _("Besvarede ophold i køen ud af dem, der blev besvaret eller opgivet efter mere end 5 sekunder."),
    ),
    "contacts_arrived v1": FigureText(
        _("henvendelser, der kom til os"),
        _(
            "Alle opkald, fremmøder, mails og bestillinger, også dem, der endte i menuen. Opkald, som medarbejdere "
            "foretager, er ikke med."
        ),
    ),
    "average_talk_seconds v1": FigureText(
        _("samtaletid / henvendelser, hvis opkald er slut"),
        _(
            "Opkald og direkte opkald, der blev besvaret i perioden. Parkering og efterbehandling er ikke samtale. Det "
            "er heller ikke, hvad der er skrevet om et fremmøde."
        ),
    ),
    "average_handle_seconds v1": FigureText(
        _("(samtale + parkering + efterbehandling) / de samme, når de er færdigbehandlet"),
        _("Som samtaletiden. Efterbehandling tæller med, når den er slut, så dagens tal kan vokse nogle minutter."),
    ),
    "transfers v1": FigureText(
        _("viderestillede henvendelser / besvarede henvendelser"),
        _("En henvendelse tæller én gang, hvor tit den end stilles om, og uanset om der spørges først."),
    ),
    "transfers_warm v1": FigureText(
        _("viderestillede efter at have spurgt / besvarede henvendelser"),
        _("De viderestillede henvendelser, hvor kollegaen hver gang blev spurgt først."),
    ),
    "transfers_blind v1": FigureText(
        _("viderestillede uden at spørge / besvarede henvendelser"),
        _(
            "De øvrige viderestillede henvendelser: mindst én gang blev kollegaen ikke spurgt først. Importerede"
            " opkald, hvor ingen ved det, er med her. Beskeder og lovede opkald har deres eget tal."
        ),
    ),
    "first_contact_resolution_net v1": FigureText(
        _("afklaret med det samme / henvendelser med kun generelle spørgsmål"),
        _(
            "Som straksafklaring, men kun af det, som 1. niveau kan afklare: henvendelser med et spørgsmål, som"
            " medarbejderen har markeret som sagsspecifikt, er ikke med. Importerede henvendelser siger det ikke og er"
            " heller ikke med."
        ),
    ),
    "first_contact_resolution v1": FigureText(
        _("afklaret med det samme / henvendelser, der er registreret første gang"),
        _(
            "Efter medarbejderens egen markering: aldrig viderestillet, og alle spørgsmål endte som straksafklaret "
            "eller henvist til selvbetjening. Henvendelser, som ingen har registreret, er ikke med."
        ),
    ),
    "first_contact_resolution_by_repeat v1": FigureText(
        _("straksafklaret og ingen ny henvendelse / afgjorte henvendelser"),
        _(
            "Som straksafklaring, men den, der henvender sig igen om samme ydelse inden for syv dage, var ikke "
            "afklaret. Det bliver afgjort én gang, når dagene er gået: indtil da er det endnu ikke afgjort. "
            "Henvendelser uden nummer og part er ikke med."
        ),
    ),
    "first_contact_resolution_no_repeat v1": FigureText(
        _("ingen ny henvendelse / afgjorte henvendelser"),
        _(
            "Den, der ikke henvender sig igen om samme ydelse inden for syv dage, var afklaret, uanset hvad "
            "medarbejderen har markeret. Det bliver afgjort én gang, når dagene er gået. Henvendelser uden nummer og "
            "part er ikke med."
        ),
    ),
    "callbacks_on_time v1": FigureText(
        _("ringet inden for løftet / lovede opkald på et valgt tidspunkt"),
        _(
            "Opkald, vi har lovet på et tidspunkt, som kontakten selv valgte. De tæller som ringet i tide, når første "
            "forsøg kom højst så mange sekunder efter tidspunktet, som køen lovede, da det blev valgt, også hvis ingen "
            "tog telefonen. Opkald, der venter på deres tur, har intet tidspunkt at holde. De og opkald, der blev "
            "aflyst, før vi ringede, er ikke med."
        ),
    ),
    "satisfaction v1": FigureText(
        _("svarenes indeks lagt sammen / antal svar"),
        _(
            "Hvad de svarer om samtalen alt i alt; hvert niveau om sin egen del. Alle svar er regnet om til et indeks "
            "fra 0 til 100 og tæller på den dag, de blev givet."
        ),
    ),
    "satisfied v1": FigureText(
        _("svar om tilfredshed på mindst 75 i indekset / svar om tilfredshed"),
        _(
            "Tilfredse eller meget tilfredse alt i alt: 4 og 5 ud af 5, 7 til 9 ud af 9, 8 til 10 ud af 10. Vælg"
            " kanalen fremmøde for at se dem, der kom personligt."
        ),
    ),
    "survey_response_rate v1": FigureText(
        _("har svaret / blev truffet"),
        _(
            "De, der blev spurgt om samtalen og kunne træffes, når det er slut, på den dag de først blev spurgt. Ét"
            " besvaret spørgsmål er et svar. Svar om en side, som ingen har bedt om, er ikke med."
        ),
    ),
    "survey_reached v1": FigureText(
        _("blev truffet / udtrukket til at blive spurgt"),
        _(
            "Af dem, der blev udtrukket og ikke aflyst igen: den, der tog telefonen, da robotten ringede, eller fik"
            " beskeden frem."
        ),
    ),
    "courtesy v1": FigureText(
        _("svarenes indeks lagt sammen / antal svar"),
        _("Hvor imødekommende de blev mødt; hvert niveau om sin egen del. Et indeks fra 0 til 100."),
    ),
    "waiting_satisfaction v1": FigureText(
        _("svarenes indeks lagt sammen / antal svar"),
        _("Hvor tilfredse de er med ventetiden til kontaktcentret. Et indeks fra 0 til 100."),
    ),
    "resolution_by_contact v1": FigureText(
        _("svarenes indeks lagt sammen / antal svar"),
        _("I hvor høj grad de fik svar hos kontaktcentret. Et indeks fra 0 til 100."),
    ),
    "first_contact_resolution_by_contact v1": FigureText(
        _("svar på mindst 75 i indekset / antal svar"),
        _("Straksafklaring, som de selv siger det: 7, 8 eller 9 i telefonen, 8, 9 eller 10 på nettet."),
    ),
    "handed_over v1": FigureText(
        _("besked eller lovet opkald / registrerede henvendelser"),
        _(
            "Henvendelser, der endte med en besked eller et lovet opkald uden at blive stillet om: andre arbejder "
            "videre."
        ),
    ),
    "avoidable_contacts v1": FigureText(
        _("burde løses digitalt / henvendelser, der er registreret første gang"),
        _("Henvendelser med mindst ét spørgsmål, som medarbejderen har markeret som et, der burde løses digitalt."),
    ),
    "digital_topic_contacts v1": FigureText(
        _("henvendelser, der burde løses digitalt"), _("De samme henvendelser, talt op.")
    ),
    "digital_share v1": FigureText(
        _("henvendelser på digitale kanaler / henvendelser, der kom til os"),
        _(
            "Mail, formularer, chat, SMS, Digital Post og opkald, der er bestilt på hjemmesiden. De øvrige er telefon"
            " og fremmøde. Den, der selv finder svaret på hjemmesiden, er ikke med."
        ),
    ),
    "written_answered_in_time v1": FigureText(
        _("svar inden for løftet / svar"),
        _(
            "Svar på mails, formularer, SMS, chat og Digital Post, den dag de blev sendt. Hvert er det første svar på "
            "det, som ingen havde svaret på. Tiden tælles i køens åbningstid, fra kontakten skrev."
        ),
    ),
    "written_average_answer_seconds v1": FigureText(
        _("åbningstid, til de svar blev sendt / svar"),
        _("De samme svar. Nætter, helligdage og timer, hvor køen er lukket, tæller ikke."),
    ),
    "written_median_answer_seconds v1": FigureText(
        _("midten af åbningstiden til de svar"), _("Halvdelen af svarene tog ikke længere.")
    ),
    "written_p90_answer_seconds v1": FigureText(
        _("90-procentpunktet af åbningstiden til de svar"), _("Ni af ti svar tog ikke længere.")
    ),
    "promised_calls_reached v1": FigureText(
        _("lovede opkald, hvor vi talte sammen / dem, der er slut"),
        _(
            "Opkald, der er lovet i stedet for ventetid. Der ringes, til nogen taler med kontakten, eller kontakten "
            "selv ringer ind først. Aflyste tæller slet ikke."
        ),
    ),
    "callbacks_not_reached v1": FigureText(
        _("lovede opkald, der blev opgivet uden kontakt"),
        _(
            "Lovede opkald, som vi har opgivet, fordi ingen tog telefonen. De tæller den dag, vi gav op. Hvor stor en "
            "del der når frem, står i et andet nøgletal, efter den dag opkaldet blev lovet."
        ),
    ),
    "promises_kept v1": FigureText(
        _("holdte løfter / løfter, der skulle holdes"),
        _(
            "Løfter om et svar til et bestemt tidspunkt eller et opkald i et bestemt tidsrum, når en henvendelse er "
            "givet videre. Et løfte tæller, når det er slut. Flyttede og aflyste i tide tæller ikke."
        ),
    ),
    "handovers_returned v1": FigureText(
        _("overleveringer, der kom tilbage / overleveringer"),
        _(
            "Overleveringer til 2. niveau, den dag de blev sendt, uden dem, der blev trukket tilbage. En, der kommer "
            "tilbage flere gange, tæller én gang."
        ),
    ),
    "second_level_reached v1": FigureText(
        _("besvarede forsøg / forsøg i den aftalte tid"),
        _(
            "Hver gang en kollega på 2. niveau blev spurgt i den tid, der er aftalt, om et emne eller ved navn. Det "
            "tæller også, når ingen kunne spørges, selv om tiden var åben."
        ),
    ),
    "second_level_out_of_hours v1": FigureText(
        _("forsøg uden for den aftalte tid / alle forsøg"),
        _(
            "Hvor tit en kollega på 2. niveau blev eller ville være blevet spurgt om et emne, selv om ingen havde lovet"
            " den tid. Forsøg ved navn er kun med inden for den aftalte tid."
        ),
    ),
    "occupancy v1": FigureText(
        _("(samtale + parkering + skriftligt arbejde + efterbehandling) / (logget ind − pauser)"),
        _("Den tid, hvor medarbejderne havde arbejde i hånden, ud af den tid, de var logget ind uden pauser."),
    ),
    "time_ready v1": FigureText(
        _("klar / logget ind"), _("Den del af tiden, hvor medarbejderne ventede på næste henvendelse.")
    ),
    "time_talking v1": FigureText(
        _("(samtale + parkering) / logget ind"), _("Den del af tiden, hvor medarbejderne var i samtale.")
    ),
    "time_working v1": FigureText(
        _("skriftligt arbejde / logget ind"),
        _("Den del af tiden, der gik med skriftligt arbejde, når der ikke også var en samtale."),
    ),
    "time_wrap_up v1": FigureText(
        _("efterbehandling / logget ind"), _("Den del af tiden, der gik med efterbehandling.")
    ),
    "time_paused v1": FigureText(_("pauser / logget ind"), _("Den del af tiden, der gik med pauser af enhver slags.")),
    "contacts_per_hour v1": FigureText(
        _("henvendelser i hånden / timer logget ind uden pauser"),
        _(
            "Henvendelser, som en medarbejder havde i samtale eller i arbejde, for hver time. En henvendelse tæller én "
            "gang om dagen for hver, der har haft den."
        ),
    ),
    "operating_cost v1": FigureText(
        _("aftalens pris for dagene"),
        _("Hver dag, der er slut, koster sin del af året efter prisen i den aftale, der gælder den dag."),
    ),
    "cost_per_contact v1": FigureText(
        _("aftalens pris for dagene / henvendelser besvaret på dem"),
        _(
            "Henvendelser, der blev besvaret i telefonen, ved fremmøde eller på skrift, på dage, der er slut og har en "
            "pris."
        ),
    ),
    "adherence v1": FigureText(
        _("tid som planlagt / planlagt tid"),
        _(
            "Den del af den planlagte tid, hvor medarbejderne var logget ind uden pause, når de skulle arbejde, og "
            "ikke var det, når de skulle holde pause. Et opkald, der trækker ud i pausen, tæller imod. Tallet er for "
            "hele teamet."
        ),
    ),
    "conformance v1": FigureText(
        _("arbejdet tid / tid planlagt til arbejde"),
        _(
            "Den tid, medarbejderne var logget ind uden pauser, når som helst på dagen, ud af den tid, de skulle "
            "arbejde. Over 100 procent betyder, at de arbejdede mere end planlagt."
        ),
    ),
    "shrinkage v1": FigureText(
        _("(i huset + fravær) / betalt tid"),
        _("Den betalte tid, hvor medarbejderne ikke kunne tage henvendelser: planlagt til andet, eller fraværende."),
    ),
    "shrinkage_inside v1": FigureText(
        _("i huset / betalt tid"), _("Pauser, møder, uddannelse og egne sager, som de var planlagt.")
    ),
    "shrinkage_outside v1": FigureText(_("fravær / betalt tid"), _("Ferie, sygdom og fri.")),
    "website_visits v1": FigureText(
        _("besøg på hjemmesidens sider"),
        _("Besøg efter hjemmesidens egen statistik, til at holde op mod henvendelserne på de samme dage."),
    ),
    "satisfied_in_person v1": FigureText(
        _("tilfredse eller meget tilfredse / svar ved indgangene"),
        _(
            "Svar ved standere i de fysiske indgange og i deres egne undersøgelser. Svar på spørgsmål, som Indgang"
            " stiller, har deres eget tal."
        ),
    ),
    "staff_trained v1": FigureText(
        _("uddannede medarbejdere / medarbejdere"),
        _("Medarbejdere, der er uddannet i at vejlede digitalt. Det seneste tal tæller."),
    ),
    "service_journeys v1": FigureText(_("gennemførte servicerejser"), _("De servicerejser, der er gennemført i året.")),
    "by_appointment v1": FigureText(
        _("henvendelser med bestilt tid / henvendelser"), _("Fremmøder, hvor der var bestilt en tid.")
    ),
    "by_screen v1": FigureText(
        _("henvendelser på skærm / henvendelser"), _("Henvendelser, der blev betjent på skærm fra et andet sted.")
    ),
    "manual_processes v1": FigureText(
        _("manuelle processer i sagsbehandlingen"),
        _("Trin i sagsbehandlingen, som udføres i hånden, når kvartalet slutter. Det seneste tal tæller."),
    ),
    "services_studied v1": FigureText(
        _("ydelser, hvor en hel brugerrejse er undersøgt / ydelser"), _("Hver ydelse tæller én gang i året.")
    ),
    "solutions_tested v1": FigureText(
        _("selvbetjeningsløsninger, der er testet med brugere / løsninger"),
        _("Hver selvbetjeningsløsning tæller én gang i året."),
    ),
}

#: the switches: what is decided where others decide otherwise
SWITCH_WORDS: dict[str, Words] = {
    "who is asked": _("hvem der bliver spurgt"),
    "a drawn share by rule; those who answer may not resemble all (docs/feedback.md)": _(
        "en udtrukket del efter regel; de, der svarer, ligner måske ikke alle"
    ),
    "clock starts": _("Uret starter"),
    "transferred and returned calls": _("Viderestillede og returnerede opkald"),
    "callbacks": _("Lovede opkald"),
    "overflow": _("Overløb"),
    "closed hours": _("Uden for åbningstid"),
    "given up early": _("Opgivet tidligt"),
    "hang-ups in the menu": _("Lagt på i menuen"),
    "when the call enters the queue; the menu is before it, ringing at agents after it": _(
        "når opkaldet kommer i køen: menuen er før, og at det ringer hos medarbejdere, er efter"
    ),
    "each stay in a queue is a segment of its own": _("hvert ophold i en kø tæller for sig"),
    "neither answered nor abandoned": _("hverken besvaret eller opgivet"),
    "credited to the queue that receives the call": _("tæller i den kø, der får opkaldet"),
    "no segment, so no data": _("intet ophold i køen, så ingen data"),
    "good": _("tæller som i tide"),
    "nothing": _("tæller ikke"),
    "counts against the queue that gives the call away": _("tæller imod den kø, der giver opkaldet fra sig"),
    "not given up, but in the denominator": _("ikke opgivet, men med i det hele"),
    "kind of transfer": _("Måden at stille om på"),
    "warm when the colleague was asked each time": _("kollegaen blev spurgt hver gang"),
    "blind when once was without asking, or is not known": _("mindst én gang uden at spørge, eller det vides ikke"),
    "a transferred contact is not resolved": _("en viderestillet henvendelse er ikke afklaret"),
    "a promised call is not resolved": _("et lovet opkald er ikke afklaret"),
    "what level one cannot solve": _("Hvad 1. niveau ikke kan afklare"),
    "questions about a single case are left out": _("sagsspecifikke spørgsmål er ikke med"),
    "digital": _("Digitalt"),
    "mail counts as digital, self-service without a contact does not": _(
        "mail tæller som digital, selvbetjening uden henvendelse gør ikke"
    ),
    "those with a contract, in the centre of it": _("de, der har en kontrakt, i kontraktens center"),
    "days on which fewer than five employees were paid are not in it": _(
        "dage, hvor færre end fem medarbejdere blev betalt, er ikke med"
    ),
    "paid": _("Betalt tid"),
    "planned shifts; a day of the contract for whoever is absent on a working day without a shift": _(
        "planlagte vagter, og en dag efter kontrakten for den, der er fraværende på en arbejdsdag uden vagt"
    ),
    "breaks": _("Pauser"),
    "paid, and not available": _("betalt, men ikke til rådighed"),
    "counts in the quarter": _("Tæller i det kvarter"),
    "in which the call entered the queue": _("hvor opkaldet kom i køen"),
    "in which the contact was answered first": _("hvor henvendelsen først blev besvaret"),
    "price": _("Prisen"),
    "that of the agreement, signed by both parties, on the days that are over": _(
        "den, der står i aftalen, som begge parter har skrevet under på, for de dage, der er slut"
    ),
    "days without a price": _("Dage uden aftalt pris"),
    "in neither": _("hverken pris eller henvendelser er med"),
    "channels": _("Kanaler"),
    "share the price by the time of employees; a visit takes as long as an average call": _(
        "deler prisen efter medarbejdernes tid, og et fremmøde tager så lang tid som et gennemsnitligt opkald"
    ),
    "ready time and pauses": _("Ventetid og pauser hos medarbejderne"),
    "each channel bears its share": _("hver kanal bærer sin del"),
    "queues, services and levels": _("Køer, ydelser og niveauer"),
    "no data: the price is the centre's": _("ingen data, for prisen er centrets"),
    "given up after the last attempt of the queue's terms": _("opgivet efter det sidste forsøg, køen giver"),
    "typed": _("Tælles i hånden"),
    "period": _("Periode"),
    "a number for each period; they are added up": _("et tal for hver periode, og de lægges sammen"),
    "a number for each period; the latest counts": _("et tal for hver periode, og det seneste tæller"),
    "a number out of another for each period; both are added up": _(
        "et tal ud af et andet for hver periode, og begge lægges sammen"
    ),
    "a number out of another for each period; the latest counts": _(
        "et tal ud af et andet for hver periode, og det seneste tæller"
    ),
    "a month, in the days that hold all of it": _("en måned, i de dage, der rummer hele måneden"),
    "a quarter, in the days that hold all of it": _("et kvartal, i de dage, der rummer hele kvartalet"),
    "a year, in the days that hold all of it": _("et år, i de dage, der rummer hele året"),
    "the part": _("er dem, der tælles"),
    "against": _("tæller imod"),
    "left out within the promise": _("tæller ikke inden for løftet"),
    "left out within 5 seconds": _("tæller ikke inden for 5 sekunder"),
    "left out within 20 seconds": _("tæller ikke inden for 20 sekunder"),
    "at the first ring": _("ved første ring"),
    "the call counts under its last queue": _("opkaldet tæller i sin sidste kø"),
    "not in it": _("ikke med"),
    "agent's mark": _("Medarbejderens markering"),
    "not used": _("bruges ikke"),
    "decided": _("Afgjort"),
    "seven days after the registration; until then in neither": _(
        "syv dage efter registreringen: indtil da tæller henvendelsen ikke med"
    ),
    "employees": _("Medarbejdere"),
    "in the centre whose plan has most of their time that day": _(
        "tæller i det center, hvis vagtplan har mest af deres tid den dag"
    ),
    "days on which fewer than five employees had shifts are not in it": _(
        "dage, hvor færre end fem medarbejdere havde vagt, er ikke med"
    ),
    "planned": _("Planlagt"),
    "work for callers and breaks; meetings, training and other work away from callers are in neither": _(
        "arbejde med henvendelser og pauser; møder, uddannelse og andet uden henvendelser er ikke med"
    ),
    "changed plans": _("Ændrede vagtplaner"),
    "as they were published at three in the night after the day": _("som de var offentliggjort klokken tre næste nat"),
    "in the centre in which they serve most queues": _("tæller i det center, hvor de betjener flest køer"),
    "small centres": _("Små centre"),
    "days with fewer than five employees are not in it": _(
        "dage, hvor færre end fem medarbejdere var logget ind, er ikke med"
    ),
    "a call in time that nobody took keeps the promise": _("et opkald i tide, som ingen tog, holder løftet"),
    "attempts out of hours": _("Forsøg uden for den aftalte tid"),
    "once per contact, never per leg": _("én gang for hver henvendelse"),
    "with the contact's message; it stands still while the queue is closed": _(
        "med kontaktens besked, og står stille, mens køen er lukket"
    ),
}

#: the source of a definition that the lines of the documents follow
DOCUMENTS = "kpi_definitions.csv"
#: where a rule comes from, if it is not the product's own
SOURCE_WORDS: dict[str, Words] = {
    "2006: 80 % within 20 s": _("Konceptet fra 2006: 80 procent inden for 20 sekunder"),
    "2020: 100 s": _("Skønnet fra 2020: 100 sekunder"),
    "2006: at most 10 % hang up": _("Konceptet fra 2006: højst 10 procent lægger på"),
}

DIRECTION_WORDS: dict[Direction, Words] = {
    Direction.HIGHER: _("højt"), Direction.LOWER: _("lavt"), Direction.NEITHER: _("hverken højt eller lavt"),
}  # fmt: skip


def text_of(definition: Definition) -> FigureText:
    """The plain words of a definition; those in code where it has none yet."""
    return FIGURE_TEXTS.get(definition.name, FigureText(definition.formula, definition.counts))


def switches_of(definition: Definition) -> list[tuple[Words, Words]]:
    """The switches of a definition in plain words, each with its value."""
    return [(SWITCH_WORDS.get(name, name), SWITCH_WORDS.get(value, value)) for name, value in
            definition.switches.items()]  # fmt: skip


def source_of(definition: Definition) -> Words:
    """Where the rule comes from; empty for the product's own, which its documentation explains."""
    name, _space, lines = definition.source.partition(" ")
    if name == DOCUMENTS:
        return gettext("Kommunens egne dokumenter, %(lines)s") % {"lines": lines}
    return "" if name.endswith(".md") else SOURCE_WORDS.get(definition.source, definition.source)
