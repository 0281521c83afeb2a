from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.settlement import statements, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("settlement/", statements.overview, name="settlement"),
    path("settlement/terms/new/", terms.new, name="settlement-terms-new"),
    path("settlement/terms/<int:pk>/", terms.change, name="settlement-terms"),
    path("settlement/terms/<int:pk>/end/", terms.end, name="settlement-terms-end"),
    path("settlement/statements/<int:number>/", statements.statement, name="settlement-statement"),
    path("settlement/statements/<int:number>/file/", statements.file, name="settlement-file"),
    path("settlement/<slug:code>/<int:year>/<int:number>/", statements.month, name="settlement-month"),
]
