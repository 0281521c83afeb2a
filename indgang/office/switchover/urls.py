from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.switchover import contacts, old_channels, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.switchovers, name="switchovers"),
    path("new/", views.new, name="switchover-new"),
    path("contacts/", contacts.contacts, name="service-contacts"),
    path("contacts/<int:pk>/removal/", contacts.contact_removal, name="service-contact-removal"),
    path("old-numbers/", old_channels.channels, name="old-channels"),
    path("old-numbers/<int:pk>/", old_channels.number, name="old-number"),
    path("old-numbers/<int:pk>/closing/", old_channels.number_closing, name="old-number-closing"),
    path("old-addresses/new/", old_channels.address_form, name="old-address-new"),
    path("old-addresses/<int:pk>/", old_channels.address, name="old-address"),
    path("old-addresses/<int:pk>/edit/", old_channels.address_form, name="old-address-edit"),
    path("old-addresses/<int:pk>/closing/", old_channels.address_closing, name="old-address-closing"),
    path("<uuid:pk>/", views.switchover, name="switchover"),
    path("<uuid:pk>/edit/", views.edit, name="switchover-edit"),
    path("<uuid:pk>/decision/", views.decision, name="switchover-decision"),
    path("<uuid:pk>/calling-off/", views.calling_off, name="switchover-calling-off"),
    path("<uuid:pk>/carrying-out/", views.carrying_out, name="switchover-carrying-out"),
    path("<uuid:pk>/taking-back/", views.taking_back, name="switchover-taking-back"),
]
