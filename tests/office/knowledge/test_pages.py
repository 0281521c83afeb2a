"""Every knowledge page, as each role sees it."""

from __future__ import annotations

import pytest
from django.utils.html import strip_tags

from indgang.accounts.models import Person, RoleAssignment
from indgang.knowledge import attachments, tasks, versions
from indgang.knowledge.models import Article, Guide, Task
from tests.office.conftest import SignIn
from tests.office.knowledge import house
from tests.world import MORNING, World

WRITERS = {"ida", "finn", "vera"}
PAGES = (
    "", "new/", "articles/borde-paa-fortovet/", "articles/borde-paa-fortovet/versions/da/1/", "inbox/",
    "inbox/?show=tasks", "inbox/?show=tasks&done=1", "inbox/?show=approvals", "inbox/?show=proposals",
    "inbox/?show=reviews", "guides/", "guides/skal-jeg-soege/", "guides/skal-jeg-soege/?language=en",
    "guides/skal-jeg-soege/versions/da/1/", "guides/skal-jeg-soege/versions/da/1/rehearsal/",
    "guides/skal-jeg-soege/versions/da/1/rehearsal/?path=1", "guides/skal-jeg-soege/versions/da/1/file/",
    "week/", "week/?unit=tmf&week=2026-W10", "week/behind/?unit=tmf", "searches/", "synonyms/",
)  # fmt: skip
#: the people with access, for pages that not all writers may open
ONLY = {"news/": {"finn", "vera"}, "news/new/": {"finn", "vera"}, "rules/": {"finn"}}


@pytest.fixture
def vera(world: World) -> Person:
    return house.web_editor(world)


@pytest.fixture
def article(world: World, vera: Person) -> Article:
    return house.article(world, vera)


@pytest.fixture
def guide(world: World) -> Guide:
    return house.guide(world)


@pytest.mark.generated
@pytest.mark.parametrize("username", ["anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt", "vera"])
def test_each_role_gets_the_pages_that_are_theirs(
    as_person: SignIn, article: Article, guide: Guide, username: str
) -> None:
    client = as_person(username)
    for page in (*PAGES, *ONLY):
        allowed = ONLY.get(page, WRITERS)
        answer = client.get(f"/office/knowledge/{page}")
        assert answer.status_code == (200 if username in allowed else 403), page


def test_an_article_of_another_unit_is_read_but_not_written(as_person: SignIn, article: Article, world: World) -> None:
    article.unit = world.units["bif"]
    article.save()
    client = as_person("ida")
    page = client.get("/office/knowledge/articles/borde-paa-fortovet/")
    assert page.status_code == 200
    assert "Ret teksten" not in page.text
    for door in ("facts/", "confirmation/", "withdrawal/", "attachments/", "draft/da/beginning/"):
        assert client.post(f"/office/knowledge/articles/borde-paa-fortovet/{door}").status_code == 404, door
    assert not article.versions.filter(state="draft").exists()


def test_who_does_not_write_an_article_sees_what_was_published(
    as_person: SignIn, article: Article, vera: Person, world: World
) -> None:
    house.write(versions.draft(article, language="da", by=vera, at=MORNING), vera, body="Hemmelig kladde")
    attachments.add(article, name="plan.txt", content=b"Plan", description="Planen", by=vera, at=MORNING)
    article.unit = world.units["bif"]
    article.save()
    tasks.raise_task(kind="wrong", question="Også om vinteren?", article=article, by=world.anna, at=MORNING)
    Task.objects.update(service=None)
    address = "/office/knowledge/articles/borde-paa-fortovet/"
    file = f"{address}attachments/{article.attachments.get().pk}/"
    reader, writer = as_person("ida"), as_person("vera")
    for page, status in ((f"{address}versions/da/2/", 404), (f"{address}versions/da/1/", 200), (file, 404)):
        assert writer.get(page).status_code == 200, page
        assert reader.get(page).status_code == status, page
    for said in ("Kladde", "plan.txt", "Også om vinteren?"):
        assert said in writer.get(address).text, said
        assert said not in reader.get(address).text, said
    mine = versions.propose(
        article, language="da", title="Mine borde", short="Søg.", body="", reason="Nemmere", by=world.ida, at=MORNING
    )
    assert reader.get(f"{address}versions/da/{mine.number}/").status_code == 200, "one's own proposal"
    assert reader.get(f"{address}versions/da/1/?against=2").status_code == 404


def test_a_task_is_given_on_to_who_may_write_there(as_person: SignIn, world: World, vera: Person) -> None:
    bif = world.units["bif"]
    task = tasks.raise_task(kind="missing", question="Må jeg grave?", unit=bif, by=world.anna, at=MORNING)
    tasks.place(task, unit=bif, owner=vera, by=world.finn, at=MORNING)
    client, address = as_person("vera"), f"/office/knowledge/tasks/{task.pk}/"
    page = client.get(address).text
    assert "Begynd artiklen" in page
    assert "David" not in page.partition('id="id_owner"')[2].partition("</select>")[0], "a case worker does not write"
    refused = client.post(f"{address}place/", {"unit": bif.pk, "owner": str(world.ida.pk)})
    assert refused.status_code == 422
    assert "må ikke skrive i vidensbasen for" in refused.text
    client.post(f"{address}place/", {"unit": world.units["tmf"].pk, "owner": str(world.ida.pk)})
    task.refresh_from_db()
    assert task.owner == world.ida
    RoleAssignment.objects.filter(person=world.ida).update(unit=world.units["bif"])
    Task.objects.filter(pk=task.pk).update(owner=None, unit=world.units["tmf"])
    assert as_person("ida").get(address).status_code == 404
    Task.objects.filter(pk=task.pk).update(owner=world.ida)
    assert "Begynd artiklen" not in as_person("ida").get(address).text, "it would become another unit's"
    assert as_person("ida").post(f"{address}article/", {"title": "Må jeg grave?"}).status_code == 404


def test_a_units_own_article_is_not_there_for_others(as_person: SignIn, article: Article, world: World) -> None:
    Article.objects.filter(pk=article.pk).update(audience="unit", unit=world.units["bif"])
    assert as_person("ida").get("/office/knowledge/articles/borde-paa-fortovet/").status_code == 404
    assert "borde-paa-fortovet" not in as_person("ida").get("/office/knowledge/").text
    assert as_person("vera").get("/office/knowledge/articles/borde-paa-fortovet/").status_code == 200


def test_the_list_is_narrowed_by_words_state_owner_and_lateness(
    as_person: SignIn, article: Article, vera: Person, world: World
) -> None:
    house.article(world, vera, slug="stille-artikel", owner=vera)
    versions.draft(article, language="da", by=vera, at=MORNING)
    Article.objects.filter(pk=article.pk).update(review_on="2020-01-01")
    client = as_person("ida")

    def found(query: str) -> set[str]:
        text = client.get(f"/office/knowledge/?{query}", headers={"HX-Request": "true", "HX-Target": "found"}).text
        return {slug for slug in ("borde-paa-fortovet", "stille-artikel") if f"articles/{slug}/" in text}

    assert found("") == {"borde-paa-fortovet", "stille-artikel"}
    assert found("text=passage") == {"borde-paa-fortovet", "stille-artikel"}
    assert found("text=%27%3B+drop+table") == set()
    assert found("state=draft") == {"borde-paa-fortovet"}
    assert found("overdue=on") == {"borde-paa-fortovet"}
    assert found("mine=on") == {"borde-paa-fortovet"}
    assert found("state=withdrawn") == set()
    assert found("unit=ctb-byliv&service=udeservering") == {"borde-paa-fortovet", "stille-artikel"}
    assert "skal læses igennem" in client.get("/office/knowledge/").text


def test_the_article_says_how_it_is_used_and_what_is_open(as_person: SignIn, article: Article, world: World) -> None:
    tasks.raise_task(kind="wrong", question="Gælder det også om vinteren?", article=article, by=world.anna, at=MORNING)
    page = as_person("ida").get("/office/knowledge/articles/borde-paa-fortovet/").text
    assert "Vist under opkald" in page
    assert "Gælder det også om vinteren?" in page


def test_a_task_in_the_inbox_names_its_article_as_readers_know_it(
    as_person: SignIn, article: Article, world: World
) -> None:
    tasks.raise_task(kind="wrong", question="Også om vinteren?", article=article, by=world.anna, at=MORNING)
    tasks.raise_task(kind="missing", question="Må jeg grave?", unit=article.unit, by=world.anna, at=MORNING)
    text = " ".join(strip_tags(as_person("ida").get("/office/knowledge/inbox/?show=tasks").text).split())
    assert "Om artiklen “Hvordan får jeg lov til at have borde på fortovet?” ·" in text
    assert "Må jeg grave? Byliv ·" in text, "no dot before the first word"


def test_an_article_is_confirmed_withdrawn_and_brought_back(as_person: SignIn, article: Article) -> None:
    client, address = as_person("vera"), "/office/knowledge/articles/borde-paa-fortovet/"
    Article.objects.filter(pk=article.pk).update(review_on="2020-01-01")
    assert "skulle være læst igennem" in client.get(address).text
    client.post(f"{address}confirmation/")
    article.refresh_from_db()
    assert article.review_on.year == 2027
    for because in ("", "x" * 301, "\x00"):
        refused = client.post(f"{address}withdrawal/", {"because": because})
        assert refused.status_code == 422
    assert "Skriv, hvorfor den trækkes tilbage" in client.post(f"{address}withdrawal/", {"because": ""}).text
    client.post(f"{address}withdrawal/", {"because": "Loven er ændret"})
    article.refresh_from_db()
    assert article.withdrawn_because == "Loven er ændret"
    assert "Loven er ændret" in client.get(address).text
    client.post(f"{address}withdrawal/", {"back": "1"})
    article.refresh_from_db()
    assert article.withdrawn_at is None


def test_facts_are_changed_and_what_is_wrong_stands_at_its_field(
    as_person: SignIn, article: Article, world: World
) -> None:
    client, address = as_person("ida"), "/office/knowledge/articles/borde-paa-fortovet/facts/"
    data = {"unit": world.units["ctb-byliv"].pk, "audience": "everyone", "review_on": "2027-01-01"}
    RoleAssignment.objects.create(person=world.eva, role="web_editor", unit=world.units["bif"])
    answer = client.post(address, data | {"approver": world.eva.pk})
    assert answer.status_code == 422
    assert "må ikke godkende" in answer.text
    assert client.post(address, data | {"owner": world.anna.pk}).status_code == 422, "she could not do what it takes"
    assert client.post(address, data | {"owner": world.eva.pk, "elsewhere": "on"}).status_code == 302
    article.refresh_from_db()
    assert (article.owner, article.elsewhere) == (world.eva, True)
    assert "Andre svarer på det" in client.get(address.removesuffix("facts/")).text
    # another administration's unit is not a valid choice
    assert client.post(address, data | {"unit": world.units["bif"].pk}).status_code == 422


def test_a_file_is_put_up_fetched_and_taken_away(as_person: SignIn, article: Article) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, address = as_person("ida"), "/office/knowledge/articles/borde-paa-fortovet/attachments/"
    large = SimpleUploadedFile("plan.png", b"\x89PNG\r\n\x1a\n" + bytes(40 << 20))
    answer = client.post(address, {"content": large, "description": "Plan"})
    assert "fylder 40,0 MB" in answer.content.decode()
    script = SimpleUploadedFile("plan.svg", b"<svg><script>alert(1)</script></svg>")
    assert client.post(address, {"content": script}).status_code == 422
    huge = SimpleUploadedFile("stor.png", b"\x89PNG\r\n\x1a\n" + b"0" * (11 * 1024 * 1024))
    answer = client.post(address, {"content": huge, "description": "stor"})
    assert answer.status_code == 422
    assert "MB" in answer.text
    note = SimpleUploadedFile("../../note.txt", "Mål efter".encode())
    assert client.post(address, {"content": note}).status_code == 302
    file = article.attachments.get()
    fetched = client.get(f"{address}{file.pk}/")
    assert fetched.content.decode() == "Mål efter"
    assert fetched["Content-Disposition"].startswith("attachment")
    assert "sandbox" in fetched["Content-Security-Policy"]
    client.post(f"{address}{file.pk}/removal/")
    assert not article.attachments.exists()
