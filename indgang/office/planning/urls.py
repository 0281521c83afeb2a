from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.planning import assumptions, need, scenarios

urlpatterns: list[URLPattern | URLResolver] = [
    path("need/", need.calculator, name="staffing-need"),
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
]
