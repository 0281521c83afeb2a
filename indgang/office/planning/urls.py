from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.planning import (
    assumptions,
    described_day,
    forecast,
    handover,
    need,
    rollout_moves,
    scenarios,
    studies,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("need/", need.calculator, name="staffing-need"),
    path("described-day/", described_day.described, name="described-day"),
    path("studies/<slug:code>/", studies.study, name="simulation-study"),
    path("assumptions/", assumptions.assumptions, name="staffing-assumptions"),
    path("assumptions/<slug:code>/", assumptions.assumption, name="staffing-assumption"),
    path("scenarios/", scenarios.overview, name="scenarios"),
    path("scenarios/new/", scenarios.new, name="scenario-new"),
    path("scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:pk>/file/", scenarios.file, name="scenario-file"),
    path("scenarios/<int:pk>/description/", scenarios.description, name="scenario-description"),
    path("scenarios/<int:pk>/closure/", scenarios.closure, name="scenario-closure"),
    path("scenarios/<int:pk>/runs/", scenarios.runs, name="scenario-runs"),
    path("scenarios/<int:pk>/runs/<int:number>/simulation/", scenarios.simulation, name="scenario-simulation"),
    path("scenarios/<int:pk>/runs/<int:number>/case/", handover.case, name="scenario-case"),
    path("scenarios/<int:pk>/runs/<int:number>/progress/", scenarios.progress, name="scenario-progress"),
    path("scenarios/<int:pk>/runs/<int:number>/cancellation/", scenarios.cancellation, name="scenario-cancellation"),
    path("forecast/", forecast.overview, name="forecasts"),
    path("forecast/<slug:code>/", forecast.forecast, name="forecast"),
    path("forecast/<slug:code>/renewal/", forecast.renewal, name="forecast-renewal"),
    path("forecast/<slug:code>/knowledge/", forecast.knowledge, name="forecast-knowledge"),
    path("forecast/<slug:code>/events/", forecast.events, name="call-events"),
    path("forecast/<slug:code>/events/<int:pk>/removal/", forecast.event_removal, name="call-event-removal"),
    path("forecast/<slug:code>/moves/", forecast.moves, name="moved-services"),
    path("forecast/<slug:code>/moves/<int:pk>/removal/", forecast.move_removal, name="moved-service-removal"),
    path("forecast/<slug:code>/rollout/", rollout_moves.stage_moves, name="stage-moves"),
    path("forecast/<slug:code>/rollout/following/", rollout_moves.following, name="stage-moves-following"),
    path("forecast/<slug:code>/days/", forecast.days, name="judged-days"),
    path("forecast/<slug:code>/days/<int:pk>/removal/", forecast.day_removal, name="judged-day-removal"),
    path("forecast/<slug:code>/stand-in/", forecast.stand_in, name="forecast-stand-in"),
    path("forecast/<slug:code>/stand-in/removal/", forecast.stand_in_removal, name="forecast-stand-in-removal"),
]
