from __future__ import annotations

from tests.office.conftest import as_person as as_person
from tests.office.conftest import morning as morning
