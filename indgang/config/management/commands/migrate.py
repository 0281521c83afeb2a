"""`indgang migrate`: bring the tables up to date as their owner, and give the application its rights to them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from indgang.config import database_roles


class Command(migrate.Command):
    help = "Bring the tables up to date, as the owner that INDGANG_OWNER_DATABASE_URL names when it is set"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with database_roles.as_owner() as application:
                super().handle(*args, **options)
                if application:
                    retention = database_roles.retention_role()
                    database_roles.grant(application, retention)
                    if not retention:
                        self.stderr.write(database_roles.KEPT_FOR_EVER)
        except database_roles.WrongDatabase as error:
            raise CommandError(str(error)) from error
