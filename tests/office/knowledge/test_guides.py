"""The editor of guides: steps by form, problems by step, two editors at a time, publication and trial."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core import clock
from indgang.knowledge import guide_versions, guides
from indgang.knowledge.models import Guide, GuideVersion, SearchDocument
from tests.office.conftest import SignIn
from tests.office.knowledge import house
from tests.world import World

ADDRESS = "/office/knowledge/guides/skal-jeg-soege/"
DRAFT = f"{ADDRESS}draft/da/"
EDITOR: Any = {"HX-Request": "true", "HX-Target": "step-editor"}


@pytest.fixture
def guide(world: World) -> Guide:
    return house.guide(world)


@pytest.fixture
def draft(guide: Guide, world: World) -> GuideVersion:
    return guide_versions.draft(guide, by=world.ida, at=clock.now())


def question(draft: GuideVersion, **changes: Any) -> dict[str, Any]:
    return {
        "revision": str(draft.revision), "kind": "question", "text": "Hvor skal de stå?", "hint": "",
        "answer_0": "På fortovet", "to_0": "soeg", "answer_1": "På egen grund", "to_1": "frit",
    } | changes  # fmt: skip


def saved(draft: GuideVersion) -> guides.GuideTree:
    draft.refresh_from_db()
    return guides.parse(draft.definition)


def test_a_guide_is_built_from_nothing_by_forms_alone(as_person: SignIn, world: World) -> None:
    client = as_person("ida")
    facts = {"title": "Må jeg grave?", "unit": world.units["ctb-grav"].pk, "audience": "everyone"}
    answer = client.post("/office/knowledge/guides/", facts)
    address = answer["Location"]
    assert "Vejviseren har ingen trin" in client.get(address).text
    draft = GuideVersion.objects.get(guide__slug="maa-jeg-grave")
    steps = f"{address}draft/da/steps/"
    first = question(draft, text="Hvor dybt?", answer_0="Under en meter", to_0="new:result", answer_1="Dybere", to_1="")
    client.post(f"{steps}?kind=question", first)
    tree = saved(draft)
    assert tree.start == "hvor-dybt"
    assert [step.id for step in tree.steps] == ["hvor-dybt", "under-en-meter"]
    page = client.get(address).text
    assert "Svaret “Dybere” fører ingen steder hen." in page
    assert "Trinnet har ingen tekst." in page
    result = {"revision": draft.revision, "kind": "result", "text": "Du må gerne.", "article_0": ""}
    client.post(f"{steps}under-en-meter/", result)
    draft.refresh_from_db()
    client.post(
        f"{steps}hvor-dybt/", first | {"revision": draft.revision, "to_0": "under-en-meter", "to_1": "under-en-meter"}
    )
    draft.refresh_from_db()
    client.post(
        f"{address}draft/da/head/", {"revision": draft.revision, "title": "Må jeg grave?", "start": "hvor-dybt"}
    )
    assert "alle veje fører til et svar" in client.get(address).text
    assert guide_versions.problems(GuideVersion.objects.get(pk=draft.pk), at=clock.now()) == []


def test_a_dead_end_is_told_at_its_step_and_is_not_published(
    as_person: SignIn, draft: GuideVersion, guide: Guide
) -> None:
    client = as_person("finn")
    none = {name: "" for name in question(draft) if name.startswith(("answer_", "to_"))}
    page = client.post(f"{DRAFT}steps/sted/", question(draft) | none, headers=EDITOR)
    assert "Blindgyde" in page.text
    assert page["HX-Retarget"] == "#guide"
    draft.refresh_from_db()
    answer = client.post(f"{DRAFT}publication/", {"revision": draft.revision}, follow=True)
    assert "Ikke udgivet" in answer.text
    assert guide_versions.in_force(guide, "da", clock.now()) == guide.versions.get(number=1)


def test_the_second_of_two_editors_sees_the_difference_and_chooses(as_person: SignIn, draft: GuideVersion) -> None:
    first, second = as_person("ida"), as_person("finn")
    mine = question(draft, text="Hvor vil du stille dem?")
    first.post(f"{DRAFT}steps/sted/", question(draft, text="Hvor bor du?"))
    refused = second.post(f"{DRAFT}steps/sted/", mine, headers=EDITOR)
    assert refused.status_code == 422
    assert "Din tekst er ikke gemt endnu" in refused.text
    assert "Hvor vil du stille dem?" in refused.text
    assert saved(draft).by_id["sted"].text == "Hvor bor du?"
    second.post(f"{DRAFT}steps/sted/", mine | {"revision": draft.revision}, headers=EDITOR)
    assert saved(draft).by_id["sted"].text == "Hvor vil du stille dem?"


def test_a_step_that_was_deleted_meanwhile_is_not_lost(as_person: SignIn, draft: GuideVersion) -> None:
    client = as_person("ida")
    client.post(f"{DRAFT}steps/frit/removal/", {"revision": draft.revision})
    typed = {"revision": draft.revision, "kind": "result", "text": "Helt frit"}
    refused = client.post(f"{DRAFT}steps/frit/", typed, headers=EDITOR)
    assert refused.status_code == 422
    assert "Helt frit" in refused.text


def test_publishing_takes_the_right_to_approve(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World
) -> None:
    assert as_person("ida").post(f"{DRAFT}publication/", {"revision": draft.revision}).status_code == 403
    house.web_editor(world)
    as_person("ida").post(f"{DRAFT}steps/frit/", {"revision": draft.revision, "kind": "result", "text": "Frit frem"})
    draft.refresh_from_db()
    as_person("ida").post(f"{DRAFT}approval/", {"revision": draft.revision})
    client = as_person("vera")
    assert "skal-jeg-soege" in client.get("/office/knowledge/inbox/?show=approvals").text
    client.post(f"{DRAFT}publication/", {"revision": draft.revision})
    current = guide_versions.in_force(guide, "da", clock.now())
    assert current is not None
    assert current.number == 2
    assert SearchDocument.objects.filter(kind="guide", key=guide.slug).exists()
    assert Change.objects.filter(action="guide.publish", by_id=world.people["vera"].audit_id).exists()


def test_what_changed_between_versions_is_shown_and_tried_out(
    as_person: SignIn, draft: GuideVersion, world: World
) -> None:
    client = as_person("finn")
    client.post(f"{DRAFT}steps/frit/", {"revision": draft.revision, "kind": "result", "text": "Du må **gerne**."})
    page = client.get(f"{ADDRESS}versions/da/2/").text
    assert "Trinnet er ændret" in page
    assert "<ins>" in page
    walked = client.get(f"{ADDRESS}versions/da/2/rehearsal/?path=1").text
    assert "<strong>gerne</strong>" in walked
    assert "Hvor skal de stå?" in client.get(f"{ADDRESS}versions/da/2/rehearsal/?path=7-x").text
    file = client.get(f"{ADDRESS}versions/da/2/file/")
    assert guides.read_yaml(file.content.decode()).guide.by_id["frit"].text == "Du må **gerne**."


def test_a_guide_is_withdrawn_and_found_again(as_person: SignIn, guide: Guide) -> None:
    client = as_person("finn")
    client.post(f"{ADDRESS}withdrawal/", {"because": "Ny lov"})
    guide.refresh_from_db()
    assert guide_versions.in_force(guide, "da", clock.now()) is None
    assert not SearchDocument.objects.filter(kind="guide", key=guide.slug).exists()
    client.post(f"{ADDRESS}withdrawal/", {"back": "1"})
    guide.refresh_from_db()
    assert guide_versions.in_force(guide, "da", clock.now()) is not None
    assert as_person("ida").post(f"{ADDRESS}withdrawal/", {}).status_code == 403


def test_a_guide_of_another_unit_is_not_written(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World
) -> None:
    Guide.objects.filter(pk=guide.pk).update(unit=world.units["bif"])
    client = as_person("ida")
    assert client.get(ADDRESS).status_code == 200
    for door in ("facts/", "draft/da/", "draft/da/head/", "draft/da/steps/sted/", "draft/da/removal/"):
        assert client.post(f"{ADDRESS}{door}", {"revision": "0"}).status_code == 404, door


def test_script_and_huge_input_do_no_harm(as_person: SignIn, draft: GuideVersion) -> None:
    client = as_person("ida")
    nasty = "<script>alert(1)</script>"
    client.post(f"{DRAFT}steps/sted/", question(draft, text=nasty, answer_0=nasty, hint=nasty))
    draft.refresh_from_db()
    client.post(f"{DRAFT}steps/frit/", {"revision": draft.revision, "kind": "result", "text": nasty})
    pages = (ADDRESS, f"{ADDRESS}versions/da/2/", f"{ADDRESS}versions/da/2/rehearsal/?path=1", f"{DRAFT}steps/sted/")
    for page in pages:
        assert nasty not in client.get(page).text, page
    draft.refresh_from_db()
    huge = client.post(f"{DRAFT}steps/sted/", question(draft, text="x" * 20_000))
    assert huge.status_code == 422
    many = {f"answer_{number}": f"svar {number}" for number in range(200)}
    assert client.post(f"{DRAFT}steps/sted/", question(draft) | many).status_code in (302, 422)
    assert len(saved(draft).steps) == 3
    assert client.get(f"{DRAFT}steps/?kind=bomb").status_code == 404
    assert client.get(f"{ADDRESS}draft/xx/steps/sted/").status_code == 404


def test_english_is_edited_beside_the_danish(as_person: SignIn, guide: Guide) -> None:
    client = as_person("ida")
    client.post(f"{ADDRESS}draft/en/")
    page = client.get(f"{ADDRESS}draft/en/steps/sted/").text
    assert "Sådan står det på dansk" in page
    draft = guide.versions.get(language="en")
    client.post(
        f"{ADDRESS}draft/en/steps/sted/",
        {"revision": draft.revision, "text": "Where?", "answer_0": "On the pavement", "to_0": "soeg"},
    )
    assert saved(draft).by_id["sted"].text == "Where?"
    current = guide_versions.in_force(guide, "en", clock.now())
    assert current is not None
    assert current.language == "da"


def test_the_draft_is_thrown_away_but_never_the_only_version(
    as_person: SignIn, draft: GuideVersion, guide: Guide
) -> None:
    client = as_person("ida")
    assert "er slettet" in client.post(f"{DRAFT}removal/", {"revision": draft.revision}, follow=True).text
    assert guide.versions.count() == 1


@pytest.mark.parametrize("gone", ["published", "deleted", "deleted and begun anew"])
def test_what_was_typed_into_a_draft_that_is_gone_is_not_lost(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World, gone: str
) -> None:
    typed = question(draft, text="Hvor vil du stille dem?")
    head = {"revision": str(draft.revision), "title": "Borde og stole ude", "intro": "", "start": "sted"}
    if gone == "published":
        guide_versions.publish(draft, revision=draft.revision, by=world.finn, at=clock.now())
    else:
        guide_versions.discard(draft, revision=draft.revision, by=world.finn, at=clock.now())
    if gone == "deleted and begun anew":
        guide_versions.draft(guide, by=world.finn, at=clock.now())
    client = as_person("ida")
    for door, sent in (("steps/sted/", typed), ("head/", head)):
        refused = client.post(f"{DRAFT}{door}", sent)
        assert refused.status_code == 422, door
        assert "Din tekst er ikke gemt endnu" in refused.text, door
        assert (sent.get("text") or sent["title"]) in refused.text, door
    opened = guide_versions.draft_of(guide, "da")
    assert opened is not None
    assert f'name="revision" value="{opened.revision}"' in refused.text
    assert saved(opened).by_id["sted"].text == "Hvor skal de stå?"
    client.post(f"{DRAFT}steps/sted/", typed | {"revision": opened.revision})
    assert saved(opened).by_id["sted"].text == "Hvor vil du stille dem?"


def test_what_is_done_to_a_draft_that_is_gone_is_told(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World
) -> None:
    guide_versions.discard(draft, revision=draft.revision, by=world.finn, at=clock.now())
    client, sent = as_person("finn"), {"revision": draft.revision}
    for door in ("removal/", "publication/", "steps/frit/removal/"):
        answer = client.post(f"{DRAFT}{door}", sent, follow=True)
        assert "Kladden er udgivet eller slettet af en anden." in answer.text, door
    assert guide.versions.count() == 1, "nothing was begun by it"
    begun = guide_versions.draft(guide, by=world.ida, at=clock.now())
    for door in ("removal/", "publication/", "steps/frit/removal/"):
        assert "En anden har ændret kladden" in client.post(f"{DRAFT}{door}", sent, follow=True).text, door
    assert len(saved(begun).steps) == 3


def test_who_does_not_write_a_guide_sees_what_was_published(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World
) -> None:
    guide_versions.save(
        draft, definition=draft.definition | {"intro": "Hemmelig kladde"}, revision=draft.revision,
        by=world.ida, at=clock.now(),
    )  # fmt: skip
    Guide.objects.filter(pk=guide.pk).update(unit=world.units["bif"])
    reader, writer = as_person("ida"), as_person("finn")
    doors = [ADDRESS, *(f"{ADDRESS}versions/da/2/{end}" for end in ("", "rehearsal/", "file/"))]
    for door in doors:
        assert "Hemmelig kladde" in writer.get(door).text, door
        assert "Hemmelig kladde" not in reader.get(door).text, door
    assert [reader.get(door).status_code for door in doors] == [200, 404, 404, 404]
    assert "Kladde (dansk)" in writer.get("/office/knowledge/guides/").text
    assert "Kladde (dansk)" not in reader.get("/office/knowledge/guides/").text


def test_odd_numbers_and_long_reasons_get_an_answer(as_person: SignIn, guide: Guide) -> None:
    client = as_person("finn")
    for odd in ("²", "9" * 30, "-1", ""):
        assert client.get(f"{ADDRESS}versions/da/1/?against={odd}").status_code in (200, 404), odd
    refused = client.post(f"{ADDRESS}withdrawal/", {"because": "x" * 301})
    assert refused.status_code == 422
    guide.refresh_from_db()
    assert guide.withdrawn_at is None


def test_a_withdrawn_guide_can_be_put_right_before_it_comes_back(as_person: SignIn, guide: Guide, world: World) -> None:
    guide_versions.withdraw(guide, because="Ny lov", by=world.finn, at=clock.now())
    as_person("ida").post(f"{ADDRESS}draft/da/")
    opened = guide_versions.draft_of(guide, "da")
    assert opened is not None
    assert len(saved(opened).steps) == 3


def test_a_guide_is_sent_to_approval_sent_back_and_published(
    as_person: SignIn, draft: GuideVersion, guide: Guide, world: World
) -> None:
    ida, finn = as_person("ida"), as_person("finn")
    head = {"revision": draft.revision, "title": "Skal jeg søge om borde?", "intro": "", "start": "sted"}
    ida.post(f"{DRAFT}head/", head)
    draft.refresh_from_db()
    page = ida.get(ADDRESS).text
    assert "Send til godkendelse" in page
    assert f"{DRAFT}publication/" not in page, "who writes does not publish"
    ida.post(f"{DRAFT}approval/", {"revision": draft.revision})
    assert "Skal jeg søge om borde?" in finn.get("/office/knowledge/inbox/?show=approvals").text

    empty = finn.post(f"{DRAFT}rejection/", {"revision": draft.revision, "note": ""})
    assert empty.status_code == 422
    finn.post(f"{DRAFT}rejection/", {"revision": draft.revision, "note": "Skriv, hvor det gælder."})
    assert "Skriv, hvor det gælder." in ida.get(ADDRESS).text
    assert "Skal jeg søge om borde?" not in finn.get("/office/knowledge/inbox/?show=approvals").text

    ida.post(f"{DRAFT}approval/", {"revision": draft.revision})
    finn.post(f"{DRAFT}publication/", {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.published_by == world.finn
    trail = Change.objects.filter(action__startswith="guide.").order_by("id").values_list("action", flat=True)
    assert list(trail)[-4:] == ["guide.submit", "guide.reject", "guide.submit", "guide.publish"]


def test_what_was_changed_after_it_was_sent_must_be_sent_again(as_person: SignIn, draft: GuideVersion) -> None:
    ida = as_person("ida")
    ida.post(f"{DRAFT}approval/", {"revision": draft.revision})
    ida.post(f"{DRAFT}head/", {"revision": draft.revision, "title": "Noget andet", "intro": "", "start": "sted"})
    draft.refresh_from_db()
    assert draft.submitted_at is None
    assert "Noget andet" not in as_person("finn").get("/office/knowledge/inbox/?show=approvals").text


def test_a_guide_with_a_dead_end_is_not_sent_to_approval(as_person: SignIn, draft: GuideVersion) -> None:
    ida = as_person("ida")
    none = {name: "" for name in question(draft) if name.startswith(("answer_", "to_"))}
    ida.post(f"{DRAFT}steps/sted/", question(draft) | none)
    draft.refresh_from_db()
    told = ida.post(f"{DRAFT}approval/", {"revision": draft.revision}, follow=True)
    assert "Ikke sendt" in told.text
    draft.refresh_from_db()
    assert draft.submitted_at is None
