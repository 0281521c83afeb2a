"""The pages of settlement: terms agreed on, a month closed, checked and taken out as a file; who sees which."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.audit.models import Change
from indgang.core.clock import FrozenTime
from indgang.entry.event_kinds import Kind
from indgang.measures.models import SettlementStatement, SettlementTerms
from indgang.measures.settlement import terms
from tests.enquiries.told_calls import happen
from tests.measures.test_settlement import agreed, close, helped
from tests.office.conftest import SignIn
from tests.world import MORNING, World

PAGE = "/office/settlement/"
MONTH = "/office/settlement/tmf/2026/3/"
SENT = {
    "rule": "entry", "per_call": "12,50", "per_minute": "4,25", "free_seconds": "10", "minimum": "", "cap": "",
    "vat_percent": "25", "month": "2026-03-01",
}  # fmt: skip
LATER = timedelta(days=30)


def words(html: bytes) -> str:
    return " ".join(html.decode().split())  # also breaks no-break spaces


def test_terms_are_agreed_on_and_changed_from_a_month(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    sides = {"owner": world.centres["tmf"].pk, "answered_by": world.centres["bif"].pk}
    page = words(finn.post(f"{PAGE}terms/new/", SENT | sides, follow=True).content)
    assert "Vilkårene er gemt." in page
    assert "12,50 kr. for et opkald og 4,25 kr. for hvert påbegyndt minut." in page
    row = SettlementTerms.objects.get()
    assert (row.per_call, row.vat_percent, row.cap) == (Decimal("12.50"), Decimal("25.00"), None)
    shown = finn.get(f"{PAGE}terms/{row.pk}/").content.decode()
    assert 'value="12,50"' in shown
    revision = {"revision": shown.partition('name="revision" value="')[2].partition('"')[0]}
    changed = SENT | revision | {"month": "2026-04-01", "per_call": "15"}
    assert finn.post(f"{PAGE}terms/{row.pk}/", changed).status_code == 302
    SettlementTerms.objects.filter(pk=row.pk).update(per_call=Decimal(13))
    assert "Andre har ændret noget her" in words(finn.post(f"{PAGE}terms/{row.pk}/", changed).content)
    row.refresh_from_db()
    assert row.valid_to == date(2026, 4, 1)
    finn.post(f"{PAGE}terms/{row.pk}/end/", {"end-month": "2026-03-01"})
    assert [each.per_call for each in SettlementTerms.objects.all()] == [Decimal("15.00")]
    done = set(Change.objects.values_list("action", flat=True))
    assert done == {"settlement_terms.agree", "settlement_terms.end"}
    assert "Vilkår for afregning: aftalt" in words(finn.get("/office/audit/changes/").content)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"per_call": "tolv"}, "Skriv et tal."), ({"minimum": "200", "cap": "100"}, "Loftet er lavere"),
        ({"month": "2019-03-01"}, "2019-03-01 er ikke en af"),
        ({"answered_by": "", "minimum": "5"}, "mindstebeløb aftales"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_when_terms_are_refused(
    world: World, as_person: SignIn, changed: dict[str, str], sentence: str
) -> None:
    sides = {"owner": world.centres["tmf"].pk, "answered_by": world.centres["bif"].pk}
    answer = as_person("finn").post(f"{PAGE}terms/new/", SENT | sides | changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="4,25"' in answer.content.decode()


def test_terms_that_hold_already_are_not_replaced_by_new_ones(world: World, as_person: SignIn) -> None:
    row = agreed(world, per_call=Decimal(9))
    agreed(world, by="")
    sides = {"owner": world.centres["tmf"].pk, "answered_by": world.centres["bif"].pk}
    finn = as_person("finn")
    for month in ("2026-03-01", "2026-05-01"):
        answer = finn.post(f"{PAGE}terms/new/", SENT | sides | {"month": month})
        assert answer.status_code == 422
        assert f'<a href="{PAGE}terms/{row.pk}/">Ændr vilkårene</a>' in answer.content.decode()
    assert finn.post(f"{PAGE}terms/new/", SENT | sides | {"answered_by": ""}).status_code == 422
    terms.end(row, month=date(2026, 5, 1), by=world.finn, at=MORNING)
    assert finn.post(f"{PAGE}terms/new/", SENT | sides | {"month": "2026-05-01"}).status_code == 302
    row.refresh_from_db()
    assert (row.per_call, row.valid_to) == (Decimal(9), date(2026, 5, 1))


def test_a_month_is_closed_checked_and_corrected(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    agreed(world, wrap_up=True)
    stream = helped(world, talk=130, wrap_up=None)
    finn = as_person("finn")
    assert "Måneden kan opgøres, når der er gået 12 timer af den næste." in words(finn.get(MONTH).content)
    assert "12 timer" in words(finn.post(MONTH, follow=True).content)
    morning.move(LATER)
    finn = as_person("finn")
    assert "25,25 kr." in words(finn.get(PAGE).content)
    page = words(finn.post(MONTH, follow=True).content)
    assert "Opgørelse nr. 1 er oprettet." in page
    assert stream in page
    assert "+4599990101" not in page
    assert "linje for linje" in words(finn.get(f"{PAGE}statements/1/?count=again").content)
    happen(stream, (Kind.WRAPPED_UP, 300, {"queue": "bif-erhverv", "person": world.otto, "seconds": 90.0}))
    assert "Én linje bliver anderledes" in words(finn.get(f"{PAGE}statements/1/?count=again").content)
    assert "Forskellen er 4,25 kr." in words(finn.get(MONTH).content)
    assert "Forskellen til nr. 1" in words(finn.post(MONTH, follow=True).content)
    assert "Rettet i nr. 2: 4,25 kr." in words(finn.get(f"{PAGE}statements/1/").content)
    assert "Opgør forskellen" not in finn.get(MONTH).content.decode()


def test_the_file_is_for_a_danish_spreadsheet_and_adds_up(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    agreed(world, cap=Decimal(20), vat_percent=Decimal(25))
    stream = helped(world, talk=130)
    world.queues["bif-erhverv"].name = "=cmd|' /C calc'!A0"
    world.queues["bif-erhverv"].save()
    close(world)
    answer = as_person("finn").get(f"{PAGE}statements/1/file/")
    assert answer["Content-Disposition"] == 'attachment; filename="afregning-1-tmf-2026-03.csv"'
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming response
    assert content.startswith(b"\xef\xbb\xbf")
    rows = [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
    assert rows[0][-1] == "Beløb (kr.)"
    assert rows[1][4:] == [
        "Opkald", stream, "11-03-2026 09:31:20", "'=cmd|' /C calc'!A0", "1", "0", "130", "20", "3", "25,25",
    ]  # fmt: skip
    assert [row[-1] for row in rows[1:]] == ["25,25", "-5,25", "5,00"]
    total = sum(Decimal(row[-1].replace(",", ".")) for row in rows[1:])
    assert total == SettlementStatement.objects.get().total


def test_the_file_is_in_the_language_of_its_reader(world: World, as_person: SignIn) -> None:
    agreed(world, cap=Decimal(20), vat_percent=Decimal(25))
    helped(world)
    close(world)
    world.finn.language = "en"
    world.finn.save()
    answer = as_person("finn").get(f"{PAGE}statements/1/file/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming response
    rows = [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
    assert [row[4] for row in rows] == ["Kind", "Call", "Above the cap", "VAT"]


def test_a_statement_of_many_lines_has_pages_and_its_sums(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    agreed(world)
    for number in range(101):
        helped(world, start=MORNING + timedelta(minutes=number), talk=60)
    close(world)
    morning.move(LATER)
    finn = as_person("finn")
    first, second = (words(finn.get(f"{PAGE}statements/1/?page={page}").content) for page in (1, 2))
    assert [page.count("<code") for page in (first, second)] == [100, 1]
    assert all("1.691,75 kr." in page for page in (first, second))
    assert "1.691,75 kr." in words(finn.get(PAGE).content)


def test_the_answering_side_sees_its_own_lines_and_decides_nothing(world: World, as_person: SignIn) -> None:
    agreed(world)
    agreed(world, by="kff", minimum=Decimal(700))
    helped(world)
    close(world)
    RoleAssignment.objects.create(person=world.otto, role="planner", unit=world.units["bif"])
    otto, hans = as_person("otto"), as_person("hans")
    page = words(otto.get(f"{PAGE}statements/1/").content)
    assert "25,25 kr." in page
    assert "700,00" not in page
    assert "Kontrolberegning" not in page
    listed = words(otto.get(PAGE).content)
    assert "25,25 kr." in listed
    assert "725,25" not in listed, "what others are owed is not theirs to see"
    assert "725,25 kr." in words(hans.get(PAGE).content)
    assert "700,00" in words(hans.get(f"{PAGE}statements/1/").content)
    assert b"700,00" not in b"".join(otto.get(f"{PAGE}statements/1/file/").streaming_content)  # type: ignore[attr-defined]  # streaming
    assert otto.get(MONTH).status_code == 404
    for client, status in ((otto, 404), (hans, 404)):
        assert client.post(MONTH).status_code == status
        assert client.get(f"{PAGE}terms/new/").status_code == 403
    assert "Aftal vilkår" not in words(hans.get(PAGE).content)


def test_others_see_no_statement(world: World, as_person: SignIn) -> None:
    agreed(world, "bif", "kff", minimum=Decimal(5))
    close(world, "bif")
    assert as_person("eva").get(f"{PAGE}statements/1/").status_code == 404
    assert "Ingen måned er opgjort" in as_person("eva").get(PAGE).content.decode()
    for wrong in ("2026/13/", "2031/1/", "1999/1/"):
        assert as_person("finn").get(f"{PAGE}tmf/{wrong}").status_code == 404
