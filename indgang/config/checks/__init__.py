"""The checks of `indgang doctor` and the operations page, in one list that each new check is added to."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from indgang.config.checks import (
    backups,
    certificates,
    configuration,
    database,
    disk,
    free_busy,
    machine_clock,
    mail_server,
    mailboxes,
    personal_data,
    processes,
    registers,
    secrets,
    secure_post,
    sign_on,
    telephone_system,
    trunks,
    virus_scanner,
)
from indgang.health.examination import Check

#: in the order of display
CHECKS: Sequence[Check] = (
    Check("settings", _("Indstillinger"), configuration.look),
    Check("secrets", _("Hemmeligheder"), secrets.look),
    Check("database", _("Database"), database.look),
    Check("processes", _("Processer"), processes.look),
    Check("telephone-system", _("Telefoncentral"), telephone_system.look),
    Check("trunks", _("Telefonlinjer"), trunks.look),
    Check("sign-on", _("Login og sessioner"), sign_on.look),
    Check("mail", _("Mail"), mail_server.look),
    Check("mailboxes", _("Fællespostkasser"), mailboxes.look),
    Check("secure-post", _("Digital Post"), secure_post.look),
    Check("virus-scanner", _("Virusscanner"), virus_scanner.look),
    Check("free-busy", _("Kalendere i Microsoft 365"), free_busy.look),
    Check("registers", _("Fagsystemer og CVR"), registers.look),
    Check("disk", _("Disk"), disk.look),
    Check("clock", _("Ur"), machine_clock.look),
    Check("certificates", _("Certifikater"), certificates.look),
    Check("personal-data", _("Persondata"), personal_data.look),
    Check("backup", _("Sikkerhedskopi"), backups.look),
)
