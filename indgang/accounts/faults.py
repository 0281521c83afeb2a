"""Why a sign-in or sign-out at a provider failed, and what the person is told to do about it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Fault(StrEnum):
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    STATE_LOST = "state_lost"
    REFUSED_THERE = "refused_there"
    REFUSED_US = "refused_us"
    NOT_FOR_US = "not_for_us"
    OTHER_ISSUER = "other_issuer"
    CLOCK = "clock"
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE = "unreadable"
    CERTIFICATE_ENDED = "certificate_ended"
    NO_LASTING_NAME = "no_lasting_name"
    NO_GROUPS = "no_groups"
    NO_ROLE = "no_role"
    CLOSED = "closed"
    SIGN_OUT_REFUSED = "sign_out_refused"
    SIGN_OUT_UNCONFIRMED = "sign_out_unconfirmed"


#: the faults after which somebody may still be signed in
SIGN_OUT = frozenset((Fault.SIGN_OUT_REFUSED, Fault.SIGN_OUT_UNCONFIRMED))

#: what went wrong, and what to do; `%(provider)s` is the provider's name
SENTENCES: dict[Fault, tuple[str | Promise, str | Promise]] = {
    Fault.UNREACHABLE: (
        _("%(provider)s svarer ikke lige nu."),
        _("Vent et par minutter, og prøv igen. Bliver det ved, så kontakt it-driften."),
    ),
    Fault.CANCELLED: (
        _("Du afbrød login hos %(provider)s."),
        _("Prøv igen, når du er klar."),
    ),
    Fault.STATE_LOST: (
        _("Login blev afbrudt, eller der gik for lang tid. Det sker også, når browseren ikke gemmer cookies."),
        _("Begynd forfra her. Hjælper det ikke, så tillad cookies for denne side, eller prøv en anden browser."),
    ),
    Fault.REFUSED_THERE: (
        _("%(provider)s afviste login."),
        _("Prøv igen. Bliver det ved, så spørg din administrator, om du må logge ind på Indgang hos %(provider)s."),
    ),
    Fault.REFUSED_US: (
        _("%(provider)s ville ikke bekræfte dit login over for Indgang."),
        _(
            "Prøv igen. Bliver det ved, skal din administrator kontrollere Indgangs klient-id og hemmelighed hos "
            "%(provider)s."
        ),
    ),
    Fault.NOT_FOR_US: (
        _("Svaret fra %(provider)s er lavet til et andet system."),
        _("Bed din administrator kontrollere, at Indgang er sat rigtigt op hos %(provider)s (klient-id eller navn)."),
    ),
    Fault.OTHER_ISSUER: (
        _("Svaret kommer fra en anden end den, Indgang er sat op til."),
        _("Bed din administrator sammenligne udstederen i Indgangs indstillinger med den hos %(provider)s."),
    ),
    Fault.CLOCK: (
        _("Urene hos Indgang og %(provider)s går ikke ens. Derfor kan dit login ikke godkendes."),
        _("Prøv igen om lidt. Bliver det ved, skal it-driften stille urene; de må højst gå fem minutter forskelligt."),
    ),
    Fault.BAD_SIGNATURE: (
        _("Svaret fra %(provider)s er ikke underskrevet med den nøgle, Indgang kender."),
        _("Bed din administrator hente udbyderens nye certifikat. Indtil da kan ingen logge ind ad den vej."),
    ),
    Fault.UNREADABLE: (
        _("Indgang kan ikke læse svaret fra %(provider)s."),
        _("Prøv igen. Bliver det ved, så bed din administrator se i loggen."),
    ),
    Fault.CERTIFICATE_ENDED: (
        _("Det certifikat, som %(provider)s viser sig med, er udløbet."),
        _("Bed it-driften om at få det nye certifikat fra %(provider)s. Indtil da kan ingen logge ind ad den vej."),
    ),
    Fault.NO_LASTING_NAME: (
        _("%(provider)s sendte ikke et fast navn for dig. Derfor kan Indgang ikke kende dig igen."),
        _("Bed din administrator få %(provider)s til at sende et fast NameID (persistent) eller en fast attribut."),
    ),
    Fault.NO_GROUPS: (
        _("%(provider)s kender dig, men sendte ingen grupper med. Derfor ved Indgang ikke, hvad du må."),
        _("Bed din administrator lægge dig i en gruppe, der giver en rolle, og få grupperne sendt med."),
    ),
    Fault.NO_ROLE: (
        _("%(provider)s kender dig, men ingen af dine grupper giver en rolle i Indgang."),
        _("Bed din administrator lægge dig i den rigtige gruppe, eller give gruppen en rolle."),
    ),
    Fault.CLOSED: (
        _("Din bruger er lukket i Indgang."),
        _("Bed din administrator åbne den igen."),
    ),
    Fault.SIGN_OUT_REFUSED: (
        _("Indgang har ikke fået en gyldig besked fra %(provider)s om at logge dig ud."),
        _("Log selv ud af Indgang. Din administrator kan se i loggen, om underskriften eller uret er forkert."),
    ),
    Fault.SIGN_OUT_UNCONFIRMED: (
        _("Du er logget ud af Indgang, men %(provider)s har ikke bekræftet, at du også er logget ud der."),
        _("Luk alle browserens vinduer, hvis andre bruger computeren."),
    ),
}
