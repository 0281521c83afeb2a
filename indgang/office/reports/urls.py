from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.reports import template_views, views, warning_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.reports, name="reports"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/file/", views.file, name="report-file"),
    path("<int:pk>/board/", views.board, name="report-board"),
    path("<int:pk>/notes/", views.notes, name="report-notes"),
    path("<int:pk>/sending/", views.sending_now, name="report-sending"),
    path("<int:pk>/missed/", views.sending_missed, name="report-missed"),
    path("warnings/", warning_views.warnings_list, name="early-warnings"),
    path("warnings/<int:pk>/", warning_views.warning, name="early-warning"),
    path("templates/", template_views.templates_list, name="report-templates"),
    path("templates/new/", template_views.new, name="report-template-new"),
    path("templates/<int:pk>/", template_views.template, name="report-template"),
    path("templates/<int:pk>/missed/<int:report>/", template_views.sending_missed, name="report-template-missed"),
    path("templates/<int:pk>/blocks/new/", template_views.block_new, name="report-block-new"),
    path("templates/<int:pk>/blocks/<int:block>/", template_views.block, name="report-block"),
    path("templates/<int:pk>/blocks/<int:block>/removal/", template_views.removal, name="report-block-removal"),
    path("milestones/<slug:code>/", template_views.milestones, name="report-milestones"),
    path("milestones/<slug:code>/<int:pk>/", template_views.milestone, name="report-milestone"),
    path("milestones/<slug:code>/<int:pk>/removal/", template_views.milestone_removal, name="report-milestone-removal"),
]
