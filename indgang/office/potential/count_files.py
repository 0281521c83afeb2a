"""A file of counted enquiries that somebody sends: CSV or a workbook, for the reader of `indgang potential`."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from indgang.analysis import count_tables, words
from indgang.analysis.potential.reading import CountFile, NoColumns
from indgang.analysis.potential.rules import RuleList
from indgang.core.refusals import RefusedChange
from indgang.tables.reading import MOST_BYTES, UnreadableTable

#: enquiries that a page classifies; `indgang potential` takes more
_MOST = 2_000_000


def read(given: UploadedFile[bytes], rules: RuleList, *, unit: str = "") -> CountFile:
    """The enquiries of the file, as `count_tables.read`. Raises RefusedChange."""
    if given.size and given.size > MOST_BYTES:
        raise RefusedChange(
            {"table": _("Filen er for stor: højst %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024}}
        )
    try:
        return count_tables.read(given.read(), rules, unit=unit, most=_MOST)
    except UnreadableTable as unreadable:
        raise RefusedChange({"table": str(unreadable)}) from unreadable
    except NoColumns as lacking:
        said = _("Filen mangler kolonner: %(names)s.")
        found = ", ".join(words.column_word(each) for each in lacking.columns)
        raise RefusedChange({"table": said % {"names": found}}) from lacking
    except OverflowError as error:
        said = _("Filen har flere henvendelser, end siden kan regne på. Del den i flere.")
        raise RefusedChange({"table": said}) from error
