"""Many rows that are like others, written by the database itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Model


def copying(model: type[Model], changed: Mapping[str, str], copied: str) -> str:
    """An INSERT of rows that are like the `copied` ones, but for the columns that change. `changed` are expressions by
    column, `copied` is what follows the columns of the SELECT, with the rows under the alias `copied`."""
    names = [str(field.column) for field in model._meta.concrete_fields]
    columns = [name for name in names if name in changed or name != "id"]
    quoted = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(column, f'copied."{column}"') for column in columns)
    return f"INSERT INTO {model._meta.db_table} ({quoted}) SELECT {values} {copied}"
