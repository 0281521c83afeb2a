from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.api import (
    benefits,
    cases,
    history,
    meetings,
    moves,
    own_shifts,
    own_wishes,
    plan_making,
    shift_people,
    shift_plans,
    shift_requests,
    switchovers,
)
from indgang.api import day as centre_day
from indgang.api.analysis import counting_week, counting_weeks, potential, segments
from indgang.api.documents import potential_documents
from indgang.api.entered import entered
from indgang.api.forecasts import forecast, forecast_list
from indgang.api.gaps import gap_measures, gaps
from indgang.api.health import health, readiness
from indgang.api.monitoring import metrics_page
from indgang.api.openapi import openapi
from indgang.api.planning import runs, scenario, scenario_list, simulated_day, staffing_need
from indgang.api.rollout import rollout, rollout_list
from indgang.api.shifts import shifts
from indgang.api.simulations import simulation
from indgang.api.sms_reports import sms_reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("figures/entered/", entered, name="entered-figures"),
    path("history/", history.imports, name="history"),
    path("history/<int:pk>/", history.one, name="history-import"),
    path("history/values/", history.values, name="history-values"),
    path("health/", health, name="health"),
    path("readiness/", readiness, name="readiness"),
    path("openapi.json", openapi, name="openapi"),
    path("metrics/", metrics_page, name="metrics"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/<slug:code>/", cases.case, name="case"),
    path("cases/<slug:code>/comparison/", cases.comparison, name="case-comparison"),
    path("counting-weeks/", counting_weeks, name="counting-weeks"),
    path("counting-weeks/<int:pk>/", counting_week, name="counting-week"),
    path("potential/", potential, name="potential"),
    path("potential/documents/", potential_documents, name="potential-documents"),
    path("segments/", segments, name="segments"),
    path("benefits/", benefits.benefit_list, name="benefits"),
    path("benefits/<int:pk>/", benefits.benefit, name="benefit"),
    path("benefits/<int:pk>/months/", benefits.months, name="benefit-months"),
    path("benefits/cases/<slug:code>/", benefits.benefit_case, name="benefit-case"),
    path("forecasts/", forecast_list, name="forecasts"),
    path("forecasts/<slug:code>/", forecast, name="forecast"),
    path("forecasts/<slug:code>/moves/", moves.moves, name="forecast-moves"),
    path("forecasts/<slug:code>/moves/follow/", moves.following, name="forecast-moves-following"),
    path("gaps/", gaps, name="gaps"),
    path("gaps/measures/", gap_measures, name="gap-measures"),
    path("staffing-need/", staffing_need, name="staffing-need"),
    path("described-day/", simulated_day, name="described-day"),
    path("simulations/", simulation, name="simulations"),
    path("scenarios/", scenario_list, name="scenarios"),
    path("scenarios/<int:pk>/", scenario, name="scenario"),
    path("scenarios/<int:pk>/runs/", runs, name="scenario-runs"),
    path("rollouts/", rollout_list, name="rollouts"),
    path("rollouts/<int:pk>/", rollout, name="rollout"),
    path("shifts/", shifts, name="shifts"),
    path("shifts/<slug:code>/day/", centre_day.day, name="centre-day"),
    path("shifts/<slug:code>/day/move/", centre_day.move, name="centre-day-move"),
    path("shifts/<slug:code>/loans/", centre_day.loans, name="centre-loans"),
    path("shifts/<slug:code>/loans/<int:pk>/answer/", centre_day.loan_answer, name="centre-loan-answer"),
    path("shifts/<slug:code>/loans/<int:pk>/end/", centre_day.loan_end, name="centre-loan-end"),
    path("shifts/<slug:code>/meetings/", meetings.meetings, name="centre-meetings"),
    path("shifts/<slug:code>/meetings/<int:pk>/end/", meetings.meeting_end, name="centre-meeting-end"),
    path("shifts/workplaces/", shift_people.workplaces, name="shift-workplaces"),
    path("shifts/activities/", shift_people.activities, name="shift-activities"),
    path("shifts/<slug:code>/contracts/", shift_people.contracts, name="centre-contracts"),
    path("shifts/<slug:code>/contracts/<int:pk>/end/", shift_people.contract_end, name="centre-contract-end"),
    path("shifts/<slug:code>/plans/", shift_plans.plans, name="centre-plans"),
    path("shifts/plans/<int:pk>/fixed-shifts/", shift_plans.fixed_shifts, name="plan-fixed-shifts"),
    path("shifts/plans/<int:pk>/held-shifts/", shift_plans.held_shifts, name="plan-held-shifts"),
    path("shifts/plans/<int:pk>/held-shifts/<int:number>/removal/", shift_plans.freed, name="plan-freed-shift"),
    path("shifts/plans/<int:pk>/", plan_making.plan, name="shift-plan"),
    path("shifts/plans/<int:pk>/staffing/", plan_making.staffing, name="plan-staffing"),
    path("shifts/plans/<int:pk>/need/", plan_making.need, name="plan-need"),
    path("shifts/plans/<int:pk>/prices/", plan_making.prices, name="plan-prices"),
    path("shifts/plans/<int:pk>/shifts/", plan_making.shifts, name="plan-shifts"),
    path("shifts/plans/<int:pk>/forecast-need/", plan_making.forecast_need, name="plan-forecast-need"),
    path("shifts/plans/<int:pk>/run/", plan_making.run, name="plan-run"),
    path("shifts/plans/<int:pk>/run/<int:number>/stop/", plan_making.stop, name="plan-run-stop"),
    path("shifts/plans/<int:pk>/publication/", plan_making.publication, name="plan-publication"),
    path("shifts/plans/<int:pk>/version/", plan_making.version, name="plan-version"),
    path("shifts/plans/<int:pk>/removal/", plan_making.removal, name="plan-removal"),
    path("shifts/requests/", shift_requests.requests, name="shift-requests"),
    path("shifts/requests/leave/<int:pk>/", shift_requests.leave_decision, name="leave-decision"),
    path("shifts/requests/swaps/<int:pk>/", shift_requests.swap_decision, name="swap-decision"),
    path("shifts/plans/<int:pk>/wishes/", shift_plans.wishes, name="plan-wishes"),
    path("own-shifts/", own_shifts.own_shifts, name="own-shifts"),
    path("own-shifts/<int:pk>/offer/", own_shifts.offer, name="own-shift-offer"),
    path("own-shifts/swaps/<int:pk>/taking/", own_shifts.taking, name="swap-taking"),
    path("own-shifts/swaps/<int:pk>/refusal/", own_shifts.declining, name="swap-declining"),
    path("own-shifts/swaps/<int:pk>/withdrawal/", own_shifts.swap_withdrawal, name="swap-withdrawal"),
    path("own-shifts/leave/", own_shifts.leave, name="own-leave"),
    path("own-shifts/leave/<int:pk>/withdrawal/", own_shifts.leave_withdrawal, name="own-leave-withdrawal"),
    path("own-wishes/", own_wishes.own_wishes, name="own-wishes"),
    path("own-wishes/<int:pk>/removal/", own_wishes.removal, name="own-wish-removal"),
    path("switchovers/", switchovers.switchovers, name="switchovers"),
    path("switchovers/preparation/", switchovers.preparation, name="switchover-preparation"),
    path("switchovers/<uuid:pk>/", switchovers.switchover, name="switchover"),
    path("switchovers/<uuid:pk>/preparation/", switchovers.other_preparation, name="switchover-other-preparation"),
    path("switchovers/<uuid:pk>/decision/", switchovers.decision, name="switchover-decision"),
    path("switchovers/<uuid:pk>/calling-off/", switchovers.calling_off, name="switchover-calling-off"),
    path("switchovers/<uuid:pk>/carrying-out/", switchovers.carrying_out, name="switchover-carrying-out"),
    path("switchovers/<uuid:pk>/taking-back/", switchovers.taking_back, name="switchover-taking-back"),
    path("old-numbers/", switchovers.old_numbers, name="old-numbers"),
    path("sms/", sms_reports, name="sms-reports"),
]
