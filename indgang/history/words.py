"""What is wrong with a row or a mapping, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.history.mapping.choices import MappingFault
from indgang.history.mapping.faults import CellFault
from indgang.history.mapping.fields import FieldName
from indgang.measures.figure_texts import Words

FIELD_WORDS: Mapping[FieldName, Words] = {
    FieldName.AT: gettext_lazy("Dato og klokkeslæt"),
    FieldName.DAY: gettext_lazy("Dato"),
    FieldName.TIME: gettext_lazy("Klokkeslæt"),
    FieldName.QUEUE: gettext_lazy("Kø"),
    FieldName.CHANNEL: gettext_lazy("Kanal"),
    FieldName.WAIT: gettext_lazy("Ventetid"),
    FieldName.TALK: gettext_lazy("Samtaletid"),
    FieldName.WRAP_UP: gettext_lazy("Efterbehandling"),
    FieldName.RESULT: gettext_lazy("Resultat"),
    FieldName.SERVICE: gettext_lazy("Ydelse"),
    FieldName.PURPOSE: gettext_lazy("Ærinde"),
    FieldName.RESOLUTION: gettext_lazy("Afklaring"),
    FieldName.ROW_ID: gettext_lazy("Rækkens eget nummer"),
    FieldName.SUBJECT: gettext_lazy("Hvad det handler om"),
    FieldName.NUMBER: gettext_lazy("Antal"),
    FieldName.VALUE: gettext_lazy("Værdi"),
}
_FAULTS: Mapping[CellFault, Words] = {
    CellFault.EMPTY: gettext_lazy("Feltet er tomt, men skal være udfyldt."),
    CellFault.NO_MOMENT: gettext_lazy("Det er ikke en dato med klokkeslæt. Skriv fx 2026-03-01 08:15."),
    CellFault.NO_DAY: gettext_lazy("Det er ikke en dato. Skriv fx 2026-03-01 eller 1.3.2026."),
    CellFault.NO_SUCH_TIME: gettext_lazy("Klokkeslættet findes ikke den dag, fordi uret stilles frem til sommertid."),
    CellFault.OUT_OF_RANGE: gettext_lazy("Dagen skal ligge efter 1999 og før i dag."),
    CellFault.NO_DURATION: gettext_lazy("Det er ikke en varighed. Skriv sekunder eller fx 0:03:20."),
    CellFault.TOO_LONG: gettext_lazy("Det er længere end et døgn. Se, om tallet er i minutter."),
    CellFault.TOO_LONG_TEXT: gettext_lazy("Teksten er længere end 300 tegn."),
    CellFault.NO_NUMBER: gettext_lazy("Det er ikke et tal."),
    CellFault.NEGATIVE: gettext_lazy("Tallet må ikke være mindre end 0."),
    CellFault.UNKNOWN_CODE: gettext_lazy("Koden kendes ikke. Vælg, hvad den svarer til, eller udelad den."),
    CellFault.DOUBLED: gettext_lazy("Nummer, tidspunkt og kø er som i en tidligere række i filen. Den tæller."),
    CellFault.CELLS: gettext_lazy("Rækken har flere felter, end filen har kolonner."),
    CellFault.OTHER_IMPORT: gettext_lazy(
        "En anden import har allerede tal for køen den dag. Tag den tilbage, hvis denne skal gælde."
    ),
    CellFault.OTHER_VALUE: gettext_lazy("Der er allerede et andet tal for det samme i den periode."),
    CellFault.OWN_DATA: gettext_lazy("Køen har sine egne tal for den dag. Historik fylder kun dage uden tal."),
}
_MAPPING_FAULTS: Mapping[str, Words] = {
    "not_an_object": gettext_lazy("Tilknytningen er ikke skrevet rigtigt: %(told)s"),
    "unknown_setting": gettext_lazy("Tilknytningen har en indstilling, der ikke findes: %(told)s"),
    "unknown_value": gettext_lazy("Tilknytningen har en værdi, der ikke findes: %(told)s"),
    "no_text": gettext_lazy("Tilknytningen mangler en tekst: %(told)s"),
    "too_many_codes": gettext_lazy("Tilknytningen har for mange koder: %(told)s"),
    "strange_field": gettext_lazy("Feltet hører ikke til den slags fil: %(told)s"),
    "no_such_column": gettext_lazy("Filen har ingen kolonne, der hedder %(told)s."),
    "personal_column": gettext_lazy("Kolonnen %(told)s kan rumme personoplysninger og læses ikke."),
    "not_fixed": gettext_lazy("Feltet skal have en kolonne: %(told)s"),
    "field_missing": gettext_lazy("Vælg en kolonne til feltet: %(told)s"),
    "other_order": gettext_lazy("Datoerne er skrevet i den anden rækkefølge af dag og måned, fx %(told)s. Vælg den."),
    "unknown_target": gettext_lazy("Tilknytningen nævner noget, vi ikke har: %(told)s"),
}


def of_fault(fault: str) -> str:
    """What is wrong in a row, as a sentence; a code that a later release wrote stands for itself."""
    return str(_FAULTS[CellFault(fault)]) if fault in set(CellFault) else fault


def of_mapping(fault: MappingFault) -> str:
    told = fault.told
    name, colon, rest = told.partition(": ")
    if name in set(FieldName):
        told = f"{FIELD_WORDS[FieldName(name)]}{colon}{rest}"
    return str(_MAPPING_FAULTS[fault.code]) % {"told": told}


def too_many_values() -> str:
    return _("Filen har flere end 200.000 rækker. Del den i flere.")


def left_out() -> str:
    return _("Rækken skal ikke med.")


def too_many(day: str) -> str:
    said = _("Filen har flere end 200.000 rækker den %(day)s. Se, om datoerne bliver læst rigtigt.")
    return said % {"day": day}
