from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.rotas import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("rotas/", views.rotas, name="rotas"),
    path("rotas/<slug:code>/", views.rota, name="rota"),
    path("rotas/<slug:code>/plan/", views.plan, name="rota-plan"),
    path("rotas/<slug:code>/members/", views.members, name="rota-members"),
    path("rotas/<slug:code>/members/<int:pk>/end/", views.member_end, name="rota-member-end"),
    path("rotas/<slug:code>/shifts/<int:pk>/offer/", views.offer, name="shift-offer"),
    path("rotas/<slug:code>/shifts/<int:pk>/assignment/", views.assignment, name="shift-assignment"),
    path("rotas/<slug:code>/swaps/<int:pk>/withdrawal/", views.withdrawal, name="swap-withdrawal"),
    path("rotas/<slug:code>/swaps/<int:pk>/", views.taken, name="swap-taken"),
]
