"""What a centre costs by its agreement, as figures: in all, over time and by channel, on every way to them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from indgang.agreements import cooperation, reality
from indgang.agreements.models import CooperationAgreement
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import cost_words, target_words
from indgang.core import clock
from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.ranges import DateRange
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.measures.definitions import Figure, definition
from indgang.measures.period import Period
from indgang.measures.rollups import reading, store
from indgang.measures.rollups.facts import FactKey, Measure, timed
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.totals import Totals
from tests.agreements.agreed import TODAY, signed, target, written
from tests.agreements.measured import calls
from tests.measures.histories import history
from tests.measures.test_reading import PROMISE, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
#: kroner of a day of 2026
OF_DAY = 4_950_000 / 365
THURSDAY, FRIDAY, APRIL = TODAY + timedelta(days=1), TODAY + timedelta(days=2), date(2026, 4, 30)
LATER = in_utc(datetime(2026, 5, 20, 10, tzinfo=COPENHAGEN))


def days(first: date = date(2026, 3, 1), last: date = APRIL) -> Period:
    return Period.days(first, last)


def cost(totals: Totals) -> Figure:
    return definition("operating_cost", on=APRIL).of(totals)


def each(totals: Totals) -> Figure:
    return definition("cost_per_contact", on=APRIL).of(totals)


def on_duty(day: date, **hours: float) -> None:
    tallies: Tallies[FactKey] = Tallies()
    quarter = in_utc(datetime.combine(day, time(10), COPENHAGEN))
    for state, number in hours.items():
        key = FactKey(quarter, Measure.ON_DUTY, centre="tmf", outcome=state)
        tallies.count([timed(key, timedelta(hours=number))])
    store.add(tallies)


def others(day: date, number: int, *steps: Any, channel: str) -> None:
    """Contacts that come in writing or in person."""
    start = in_utc(datetime.combine(day, time(10), COPENHAGEN))
    for _each in range(number):
        write(history(*steps, start=start, stream=uuid4(), channel=channel))


def busy(world: World) -> CooperationAgreement:
    """An agreement from Wednesday on, eight calls the day before it, and contacts on the two days after its first."""
    agreement = signed(world)
    calls(TODAY - timedelta(days=1), 8, 0)
    calls(THURSDAY, 10, 5)
    others(THURSDAY, 5, (EnquiryKind.BEGUN, 0, {"channel": "walk_in", "centre": "tmf"}), channel="walk_in")
    others(
        FRIDAY, 20, (EnquiryKind.RECEIVED, 0, {"channel": "mail", "centre": "tmf"}),
        (Kind.QUEUED, 0, {"queue": "tmf-byggeri", **PROMISE}), (EnquiryKind.REPLIED, 60, {}), channel="mail",
    )  # fmt: skip
    on_duty(THURSDAY, talking=5, wrap_up=1, ready=10)
    on_duty(FRIDAY, working=2, paused=3)
    return agreement


def test_a_day_costs_its_share_once_it_is_over_and_days_without_a_price_count_in_neither(world: World) -> None:
    busy(world)
    with clock.frozen(LATER):
        whole = reading.totals(days())[""]
        assert whole.contacts.answered == 48
        assert cost(whole).value == pytest.approx(OF_DAY * 51), "from 11 March to 30 April"
        assert (each(whole).value, each(whole).base) == pytest.approx((OF_DAY * 51 / 40, 40))
        by_month = reading.totals(days(), by=GroupBy.MONTH)
        assert {month: each(found).base for month, found in by_month.items()} == {"2026-03": 40, "2026-04": 0}
        assert cost(by_month["2026-04"]).value == pytest.approx(OF_DAY * 30), "nobody came"
        assert each(by_month["2026-04"]).value is None
        by_day = reading.totals(days(), by=GroupBy.DAY)
        assert cost(by_day["2026-03-10"]).value is None
        thursday = each(by_day["2026-03-12"])
        assert (thursday.value, thursday.base) == pytest.approx((OF_DAY / 20, 20))
        assert cost(reading.totals(days(), by=GroupBy.CENTRE)["tmf"]) == cost(whole)
        for of_no_price in ({"queue": ["tmf-byggeri"]}, {"level": ["1"]}, {"centre": ["bif"]}):
            assert cost(reading.totals(days(), only=of_no_price).get("", Totals())).value is None, of_no_price
        for by in (GroupBy.HOUR, GroupBy.QUEUE, GroupBy.SERVICE, GroupBy.PURPOSE):
            assert not any(found.price.days for found in reading.totals(days(), by=by).values()), by
        assert not reading.totals(days(), entered=["given_up"])[""].price.days, "not wanted"
    with clock.frozen(in_utc(datetime.combine(FRIDAY, time(23), COPENHAGEN))):
        found = reading.totals(days())[""]
        assert (found.price.days, each(found).base) == (2, 20), "today is not over"


def test_channels_share_the_whole_price_over_any_days(world: World) -> None:
    busy(world)
    with clock.frozen(LATER):
        whole = reading.totals(days())[""]
        by_channel = reading.totals(days(), by=GroupBy.CHANNEL)
        # six hours of conversation and after-work, two of written work; a visit takes as long as a call
        shares = {"phone": 0.75 * 15 / 20, "walk_in": 0.75 * 5 / 20, "mail": 0.25}
        for channel, share in shares.items():
            assert cost(by_channel[channel]).value == pytest.approx(OF_DAY * 51 * share), channel
            alone = reading.totals(days(), only={"channel": [channel]})[""]
            assert cost(alone).value == pytest.approx(cost(by_channel[channel]).value)
            of_each = each(by_channel[channel])
            assert (each(alone).value, each(alone).base) == pytest.approx((of_each.value, of_each.base))
            over_time = reading.totals(days(), by=GroupBy.DAY, only={"channel": [channel]})
            assert sum((found.price for found in over_time.values()), start=Totals().price).kroner == pytest.approx(
                cost(alone).value
            )
        in_all = sum((each(found).value or 0) * each(found).base for found in by_channel.values())
        assert in_all == pytest.approx(cost(whole).value)
        assert cost(by_channel["mail"]).of_people, "with the others it would tell how many there were"
        store.add(_without_duty())
        assert not any(found.price.days for found in reading.totals(days(), by=GroupBy.CHANNEL).values())


def _without_duty() -> Tallies[FactKey]:
    """Takes the written work away again, so that nobody knows what mails took."""
    tallies: Tallies[FactKey] = Tallies()
    quarter = in_utc(datetime.combine(FRIDAY, time(10), COPENHAGEN))
    tallies.count([timed(FactKey(quarter, Measure.ON_DUTY, centre="tmf", outcome="working"), timedelta(hours=2))], -1)
    return tallies


def test_a_new_version_costs_from_its_own_first_day(world: World) -> None:
    first = signed(world)
    second = written_again(world, first)
    with clock.frozen(LATER):
        by_month = reading.totals(days(), by=GroupBy.MONTH)
        assert cost(by_month["2026-03"]).value == pytest.approx(OF_DAY * 21)
        assert cost(by_month["2026-04"]).value == pytest.approx(30 * 3_650_000 / 365)
        assert second.valid_from == date(2026, 4, 1)


def written_again(world: World, first: CooperationAgreement) -> CooperationAgreement:
    made = cooperation.draft(
        first.centre, valid_from=date(2026, 4, 1), owner=first.owner, operator=first.operator, by=world.hans, at=MORNING
    )
    made = cooperation.save(made, {"price": Decimal(3_650_000)}, by=world.hans, at=MORNING)
    for person in (made.owner, made.operator):
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    return made


def test_a_target_is_held_against_it_and_the_command_says_the_same(world: World) -> None:
    agreement = written(world)
    target(agreement, world.hans, kpi="cost_per_contact", level=0, aim="at_most", value=Decimal("678.08"))
    daily = target(agreement, world.hans, kpi="operating_cost", level=0, aim="at_most", value=Decimal(14_000))
    assert target_words(daily) == "Driftsudgift efter aftalens pris: højst 14000 kr. om dagen"
    phone = {"kpi": "cost_per_contact", "level": 0, "aim": "at_most", "value": Decimal(500), "channel": "phone"}
    target(agreement, world.hans, **phone)
    agreement.refresh_from_db()
    for person in (agreement.owner, agreement.operator):
        agreement = cooperation.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    calls(THURSDAY, 10, 10)
    with clock.frozen(in_utc(datetime.combine(FRIDAY, time(10), COPENHAGEN))):
        span = DateRange(THURSDAY, FRIDAY)
        counted = reality.measure_for(agreement, span)
        (held,) = [
            found for found in reality.of_agreement(agreement, counted)
            if found.kpi.code == "cost_per_contact" and not found.target.channel
        ]  # fmt: skip
        assert (held.figure.base, held.verdict) == (20, TargetVerdict.KEPT)
        assert held.figure.value == pytest.approx(OF_DAY / 20)
        assert cost_words(agreement, span, 20) == "678,08 kr.", "the page of targets reads the same price"
        said = command("cost_per_contact", "--from", str(THURSDAY))
        assert said["unit"] == "kroner"
        assert [(row["base"], round(row["value"], 2)) for row in said["rows"]] == [(20, 678.08)]


def command(*words: str) -> Any:
    said = StringIO()
    call_command("figures", *words, "--json", stdout=said)
    return json.loads(said.getvalue())
