from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.people import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", views.people_list, name="people"),
    path("people/new/", views.person_new, name="person-new"),
    path("people/roles/", views.roles, name="roles"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/roles/", views.person_roles, name="person-roles"),
    path("people/<int:pk>/roles/<int:role>/end/", views.person_role_end, name="person-role-end"),
    path("people/<int:pk>/queues/", views.person_queues, name="person-queues"),
    path("people/<int:pk>/queues/<int:membership>/end/", views.person_queue_end, name="person-queue-end"),
    path("people/<int:pk>/queues/<int:membership>/switch/", views.person_queue_switch, name="person-queue-switch"),
    path("people/<int:pk>/entry/", views.person_entry, name="person-entry"),
    path("people/<int:pk>/numbers/", views.person_numbers, name="person-numbers"),
    path("people/<int:pk>/numbers/<int:number>/end/", views.person_number_end, name="person-number-end"),
    path("people/<int:pk>/competences/", views.person_competences, name="person-competences"),
    path("people/<int:pk>/closure/", views.person_closure, name="person-closure"),
    path("people/<int:pk>/second-factor/", views.person_second_factor, name="person-second-factor"),
    path("people/<int:pk>/sign-out/", views.person_sign_out, name="person-sign-out"),
    path("people/<int:pk>/password/", views.person_password, name="person-password"),
]
