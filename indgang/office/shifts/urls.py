from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.shifts import day, fixed, loans, meetings, people, requests, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.plans, name="shifts"),
    path("places/", people.places, name="shift-places"),
    path("places/workplaces/", people.workplaces, name="shift-workplaces"),
    path("places/activities/", people.activities, name="shift-activities"),
    path("requests/", requests.requests, name="shift-requests"),
    path("requests/leave/<int:pk>/", requests.leave_decision, name="leave-decision"),
    path("requests/swaps/<int:pk>/", requests.swap_decision, name="swap-decision"),
    path("plans/<int:pk>/", views.plan, name="shift-plan"),
    path("plans/<int:pk>/progress/", views.progress, name="shift-plan-progress"),
    path("plans/<int:pk>/need/", views.need, name="shift-plan-need"),
    path("plans/<int:pk>/forecast-need/", views.forecast_need, name="shift-plan-forecast-need"),
    path("plans/<int:pk>/prices/", views.prices, name="shift-plan-prices"),
    path("plans/<int:pk>/fixed-shifts/", fixed.fixed, name="shift-plan-fixed"),
    path("plans/<int:pk>/held-shifts/", fixed.held, name="shift-plan-held"),
    path("plans/<int:pk>/held-shifts/<int:number>/removal/", fixed.freed, name="shift-plan-freed"),
    path("plans/<int:pk>/run/", views.run, name="shift-plan-run"),
    path("plans/<int:pk>/run/<int:number>/stop/", views.stop, name="shift-plan-stop"),
    path("plans/<int:pk>/publication/", views.publication, name="shift-plan-publication"),
    path("plans/<int:pk>/version/", views.version, name="shift-plan-version"),
    path("plans/<int:pk>/removal/", views.removal, name="shift-plan-removal"),
    path("<slug:code>/", views.centre, name="shift-plans"),
    path("<slug:code>/people/", people.people, name="shift-people"),
    path("<slug:code>/people/<str:username>/", people.contract, name="shift-contract"),
    path("<slug:code>/people/<str:username>/<int:pk>/end/", people.contract_end, name="shift-contract-end"),
    path("<slug:code>/meetings/", meetings.meetings, name="shift-meetings"),
    path("<slug:code>/meetings/<int:pk>/end/", meetings.meeting_end, name="shift-meeting-end"),
    path("<slug:code>/day/", day.day, name="shift-day"),
    path("<slug:code>/day/loans/", loans.loan_requests, name="shift-loans"),
    path("<slug:code>/day/loans/<int:pk>/answer/", loans.loan_answer, name="shift-loan-answer"),
    path("<slug:code>/day/loans/<int:pk>/end/", loans.loan_end, name="shift-loan-end"),
    path("<slug:code>/day/move/", day.move, name="shift-move"),
]
