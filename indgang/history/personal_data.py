"""Personal data in imports: only who made one. Columns with somebody's data are not read (`mapping.fields`)."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "history.HistoryImport.made_by", "history.MappingProfile.changed_by")
