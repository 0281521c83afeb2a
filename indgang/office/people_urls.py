from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import people

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.people_list, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/roles/", people.roles, name="roles"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/", people.person_roles, name="person-roles"),
    path("people/<int:pk>/roles/<int:role>/end/", people.person_role_end, name="person-role-end"),
    path("people/<int:pk>/competences/", people.person_competences, name="person-competences"),
    path("people/<int:pk>/closure/", people.person_closure, name="person-closure"),
    path("people/<int:pk>/password/", people.person_password, name="person-password"),
]
