"""Targets against reality, and baselines, through their pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest

from indgang.agreements import baselines, cooperation
from indgang.agreements.models import AgreementPart, Baseline, CooperationAgreement
from indgang.core import clock
from indgang.measures.period import Period
from indgang.measures.rollups import store
from indgang.measures.rollups.facts import FactKey, Measure
from indgang.measures.rollups.tallies import Tallies
from tests.agreements.agreed import TODAY, draft, operator, signed, target
from tests.agreements.measured import FIRST, LAST, calls, measuring, settled, weeks
from tests.agreements.test_centres_together import agreement
from tests.agreements.test_centres_together import calls as centre_calls
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import ROOM, able, text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 3)


def test_each_target_is_shown_with_what_was_reached(as_person: SignIn, world: World) -> None:
    made = draft(world)
    target(made, world.hans, level=0, value=Decimal(60))
    target(made, world.hans, level=0, kpi="transfers", aim="at_most", value=Decimal(20))
    target(made, world.hans, level=0, kpi="average_answer_seconds", aim="down", value=Decimal(10))
    target(made, world.hans, level=0, is_floor=True, value=Decimal(80))
    calls(MARCH, 6, 4)
    page = f"{ROOM}{made.pk}/kept/"
    shown = text_of(as_person("hans").get(page))
    assert "Regnet for 01.03.2026 til 10.03.2026. Perioden er ikke slut." in shown
    assert "Straksafklaring first_contact_resolution v1 mindst 60 % – 60,0 % 10 Holdt" in shown
    assert "højst 20 % – 0,0 % 10 Holdt" in shown
    assert "20,0 sekunder 10 Udgangspunktet er ikke målt" in shown
    assert "60,0 % Ikke holdt" in shown, "the floor, for the one service"
    found = re.findall(r'href="(/office/figures/[^"]+)"', as_person("hans").get(page).content.decode())
    assert len(found) == 3, "a floor has many figures"
    assert any("60,0 %" in text_of(as_person("hans").get(unescape(each))) for each in found)
    assert "Ingen data" in text_of(as_person("hans").get(f"{page}?period=2026-02"))
    assert "til sammenligning" in shown, "a draft holds on no day"


def test_the_price_of_few_contacts_and_their_number_are_not_shown(as_person: SignIn, world: World) -> None:
    page = f"{ROOM}{agreement(world, 'tmf', 80).pk}/kept/"
    calls(TODAY, 3, 0)
    with clock.frozen(MORNING + timedelta(days=1)):
        few = text_of(as_person("hans").get(page))
        calls(TODAY, 3, 0)
        enough = text_of(as_person("hans").get(page))
    assert "Pris for hver besvaret henvendelse For få til at vise" in few
    assert "delt med" not in few
    assert "delt med 6 besvarede henvendelser" in enough


def test_a_target_of_the_centre_is_held_against_each_contact_point(as_person: SignIn, world: World) -> None:
    made = draft(world)
    target(made, world.hans, level=0, value=Decimal(60))
    calls(MARCH, 6, 4)
    shown = text_of(as_person("hans").get(f"{ROOM}{made.pk}/kept/"))
    assert "Hvert kontaktpunkt" in shown
    assert "60,0 % Holdt" in shown.partition("Hvert kontaktpunkt")[2]


def test_a_quarter_is_clipped_to_the_days_of_the_agreement(as_person: SignIn, world: World) -> None:
    made = signed(world)
    calls(MARCH, 0, 20)
    shown = text_of(as_person("gerda").get(f"{ROOM}{made.pk}/kept/?period=2026-k1"))
    assert "Ingen dage i perioden er gået endnu." in shown, "it begins today"
    earlier = text_of(as_person("gerda").get(f"{ROOM}{made.pk}/kept/?period=2025-k4"))
    assert "Regnet for 01.10.2025 til 31.12.2025. Aftalen gjaldt ikke" in earlier


def test_who_was_a_party_once_reads_nothing_of_what_the_centre_does_now(as_person: SignIn, world: World) -> None:
    made, karen = signed(world), operator(world)
    cooperation.end(made, on=date(2026, 3, 20), by=world.hans, at=MORNING)
    centre = made.centre
    centre.operator = centre.owner
    centre.save()
    calls(date(2026, 4, 7), 0, 20)
    with clock.frozen(MORNING + timedelta(days=40)):
        before = text_of(as_person(karen.username).get(f"{ROOM}{made.pk}/kept/?period=2026-03"))
        after = text_of(as_person(karen.username).get(f"{ROOM}{made.pk}/kept/?period=2026-04"))
        owner = text_of(as_person("hans").get(f"{ROOM}{made.pk}/kept/?period=2026-04"))
    assert "Regnet for 11.03.2026 til" in before
    assert "Aftalen gjaldt ikke i de dage, og du ser ikke centrets tal" in after
    assert "Regnet for" not in after
    assert "Regnet for 01.04.2026" in owner


@pytest.mark.parametrize("period", ["2026-13", "x", "2026-k9", "%00", "-1"])
def test_odd_periods_show_this_month(as_person: SignIn, world: World, period: str) -> None:
    answer = as_person("hans").get(f"{ROOM}{draft(world).pk}/kept/?period={period}")
    assert answer.status_code == 200


def test_who_reads_the_agreement_reads_whether_it_is_kept(as_person: SignIn, world: World) -> None:
    made = draft(world)
    assert able(as_person, world, f"{ROOM}{made.pk}/kept/") == {"finn", "hans", "karen"}
    found = measuring(world)
    assert able(as_person, world, f"{ROOM}baselines/{found.pk}/") == {"eva", "finn", "gerda", "hans", "ida", "karen"}
    assert as_person("gerda").post(f"{ROOM}baselines/{found.pk}/removal/").status_code in (403, 404)
    assert as_person("hans").get(f"{ROOM}baselines/999999/").status_code == 404


def test_from_a_measured_period_to_an_improvement_that_both_sign(as_person: SignIn, world: World) -> None:
    weeks(FIRST, LAST, 6, 6)
    calls(date(2026, 1, 14), 0, 40)
    karen, hans = operator(world), as_person("hans")
    room = f"{ROOM}centres/tmf/baselines/"
    short = hans.post(f"{room}new/", {"first_day": "2026-01-01", "last_day": "2026-01-31"})
    assert short.status_code == 422
    assert "mindst to måneder" in text_of(short)
    hans.post(f"{room}new/", {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()})
    made = Baseline.objects.get()
    page = f"{ROOM}baselines/{made.pk}/"
    outside = hans.post(f"{page}days/", {"day": "2026-03-01", "reason": "Strejke"})
    assert "Dagen ligger ikke i perioden." in text_of(outside)
    hans.post(f"{page}days/", {"day": "2026-01-14", "reason": "Strejke"})
    shown = text_of(hans.get(page))
    assert "14.01.2026: Strejke (Hans" in shown
    assert "50,0 % (95 %-interval 42,2–57,8, n = 156)" in shown
    hans.post(f"{page}settlement/")
    made.refresh_from_db()
    assert made.settled_at is not None
    assert "Fastlagt" in text_of(hans.get(room))

    agreement = draft(world)
    fields = {"kpi": "first_contact_resolution", "level": "0", "aim": "up", "value": "20", "baseline": made.pk}
    assert hans.post(f"{ROOM}{agreement.pk}/targets/new/", fields).status_code == 302
    calls(MARCH, 13, 7)
    kept = text_of(hans.get(f"{ROOM}{agreement.pk}/kept/"))
    assert "mindst 60,0 %" in kept
    assert "65,0 % 20 Holdt" in kept
    for kind in AgreementPart.Kind:
        cooperation.write_part(agreement, kind, "Tekst", by=world.hans, at=MORNING)
    cooperation.save(
        agreement, {"enquiries_a_year": 1, "full_time": Decimal(1), "price": Decimal(1)}, by=world.hans, at=MORNING
    )
    agreement.refresh_from_db()
    for person in (world.hans, karen):
        agreement = cooperation.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    assert CooperationAgreement.objects.get().state_on(TODAY) == "in_force"
    both_sign = "(målt 01.12.2025–28.02.2026): 50,0 % (95 %-interval 42,2–57,8, n = 156). Udeladt: 14.01.2026: Strejke"
    assert both_sign in text_of(hans.get(f"{ROOM}{agreement.pk}/"))


def test_a_settled_baseline_offers_nothing_to_change(as_person: SignIn, world: World) -> None:
    made = settled(world)
    answer = as_person("hans").get(f"{ROOM}baselines/{made.pk}/")
    assert "Dage og tal ændres ikke mere." in text_of(answer)
    assert f"{made.pk}/settlement" not in answer.content.decode()
    refused = as_person("hans").post(f"{ROOM}baselines/{made.pk}/removal/", follow=True)
    assert "kan ikke ændres" in text_of(refused)
    assert Baseline.objects.get() == made


def test_a_day_counts_after_all(as_person: SignIn, world: World) -> None:
    made = measuring(world)
    row = baselines.exclude(made, day=FIRST, reason="Strejke", by=world.hans, at=MORNING)
    as_person("hans").post(f"{ROOM}baselines/{made.pk}/days/{row.pk}/removal/")
    assert not made.excluded_days.exists()
    assert as_person("hans").post(f"{ROOM}baselines/{made.pk}/days/{row.pk}/removal/").status_code == 404


def test_each_answered_contact_has_its_price(as_person: SignIn, world: World) -> None:
    made = draft(world)
    cooperation.save(made, {"price": Decimal(365_000)}, by=world.hans, at=MORNING)
    calls(MARCH, 6, 4)
    shown = text_of(as_person("hans").get(f"{ROOM}{made.pk}/kept/"))
    assert "Pris for hver besvaret henvendelse 1.000,00 kr." in shown, "ten days of 1,000 kroner, ten contacts"
    empty = text_of(as_person("hans").get(f"{ROOM}{made.pk}/kept/?period=2026-02"))
    assert "Pris for hver besvaret henvendelse –" in empty
    assert "Pris efter kanal Ingen data" in shown, "nobody was counted on duty"


def test_the_price_is_shared_among_channels_by_the_time_of_employees(as_person: SignIn, world: World) -> None:
    made = draft(world)
    cooperation.save(made, {"price": Decimal(365_000)}, by=world.hans, at=MORNING)
    tallies: Tallies[FactKey] = Tallies()
    day = Period.day(MARCH).start
    tallies.at(FactKey(day, Measure.ON_DUTY, "tmf", outcome="signed_in")).whole = 5
    for state, seconds in (("talking", 3_000), ("wrap_up", 1_000), ("working", 1_000), ("ready", 9_000)):
        tallies.at(FactKey(day, Measure.ON_DUTY, "tmf", outcome=state)).milliseconds = 1_000 * seconds
    for channel in ("phone", "mail"):
        tallies.at(FactKey(day, Measure.ANSWERED, "tmf", "tmf-byggeri", channel=channel)).whole = 10
    handled = tallies.at(FactKey(day, Measure.HANDLED, "tmf", "tmf-byggeri", channel="phone"))
    handled.whole, handled.milliseconds, handled.histogram = 10, 3_000_000, {300: 10}
    store.add(tallies)
    shown = text_of(as_person("hans").get(f"{ROOM}{made.pk}/kept/"))
    assert "Mail 10 200,00 kr." in shown, "a fifth of 10,000 kroner"
    assert "Telefon 10 800,00 kr." in shown


def test_the_page_adds_up_what_the_person_sees(as_person: SignIn, world: World) -> None:
    agreement(world, "tmf", 80)
    agreement(world, "bif", 50)
    centre_calls("tmf-byggeri", 24, 6, 1_000)
    centre_calls("bif-erhverv", 4, 6, 2_000)
    with clock.frozen(MORNING + timedelta(days=1)):
        shown = text_of(as_person("hans").get("/office/cooperation/together/"))
        assert "Tilsammen mindst 72,5 % 70,0 % 40 Ikke holdt" in shown
        assert as_person("anna").get("/office/cooperation/together/").status_code == 403
        nothing = text_of(as_person("karen").get("/office/cooperation/together/?period=2026-02"))
    assert "Ingen data" in nothing
