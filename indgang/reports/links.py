"""The addresses of the pages that mails link to; a test compares them with the office's own list."""

from __future__ import annotations

from django.conf import settings

from indgang.reports.models import EarlyWarning, Report


def url_of(report: Report) -> str:
    return f"{settings.PUBLIC_URL}/office/reports/{report.pk}/"


def url_of_warning(warning: EarlyWarning) -> str:
    return f"{settings.PUBLIC_URL}/office/reports/warnings/{warning.pk}/"
