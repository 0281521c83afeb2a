"""Personal data of reports: who is responsible for and receives them, and employees' own figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover(
    "staff", "reports.ReportTemplate.responsible", "reports.ReportReader.person", "reports.ReportReceipt.person",
    "reports.Report.sent_by", "reports.Report.notes", "reports.EarlyWarning.answered_by", "reports.EarlyWarning.done",
    "reports.WarnedPerson.person",
)  # fmt: skip

declare(
    PersonalData(
        name="own_reports",
        title=_("Rapporter med medarbejdernes egne tal"),
        whose=_("Medarbejdere"),
        purpose=_("At medarbejderen kan følge sine egne tal"),
        basis=Basis.PUBLIC_TASK,
        since=_("rapporten blev lavet"),
        days=365,
        holdings=(
            Holding(
                table="reports_report", since="made_at", left="held.person_id IS NOT NULL",
                scrubs=(
                    "DELETE FROM reports_reportreceipt WHERE report_id = ANY(%(keys)s)",
                    "DELETE FROM reports_report WHERE id = ANY(%(keys)s)",
                ),
            ),
        ),
    ),
    "reports.Report.person", "reports.Report.content", "reports.Report.pdf",
)  # fmt: skip
