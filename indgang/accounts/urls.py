from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.password, name="password"),
    path("password/rules/", views.password_rules, name="password-rules"),
    path("language/", views.language, name="language"),
]
