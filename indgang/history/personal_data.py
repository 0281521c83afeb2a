"""Personal data in imports: who made one, and what a wrongly mapped column may hold while the worker has it. Columns
whose names say that they hold somebody's data are not read (`mapping.fields`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

declare(
    PersonalData(
        name="waiting_imports",
        title=_("Filer, der venter på at blive importeret"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At importere en lang fil i baggrunden. Kun de tilknyttede kolonner gemmes, til importen er slut"),
        basis=Basis.PUBLIC_TASK,
        since=_("importen blev bestilt"),
        days=1,
        holdings=(
            Holding(
                table="history_waitingimport", since="at", key="source_id",
                scrubs=("DELETE FROM history_waitingimport WHERE source_id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "history.WaitingImport.content",
)  # fmt: skip
cover("staff", "history.HistoryImport.made_by", "history.MappingProfile.changed_by", "history.WaitingImport.by")
