from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.online_forms import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("online-forms/", views.form_list, name="online-forms"),
    path("online-forms/<slug:code>/", views.online_form, name="online-form"),
    path("online-forms/<slug:code>/settings/", views.settings, name="online-form-settings"),
    path("online-forms/<slug:code>/sections/<int:number>/", views.section, name="online-form-section"),
    path("online-forms/<slug:code>/draft/", views.draft, name="online-form-draft"),
    path("online-forms/<slug:code>/texts/", views.texts, name="online-form-texts"),
    path("online-forms/<slug:code>/fields/", views.new_field, name="online-form-field-new"),
    path("online-forms/<slug:code>/fields/<str:field>/", views.field, name="online-form-field"),
    path("online-forms/<slug:code>/order/", views.order, name="online-form-order"),
    path("online-forms/<slug:code>/publication/", views.publication, name="online-form-publication"),
    path("online-forms/<slug:code>/withdrawal/", views.withdrawal, name="online-form-withdrawal"),
    path("online-forms/<slug:code>/rehearsal/", views.rehearsal, name="online-form-rehearsal"),
]
