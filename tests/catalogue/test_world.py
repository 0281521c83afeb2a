"""The small municipality is what other tests believe it is."""

from __future__ import annotations

from indgang.routing.flows import data
from tests.world import PASSWORD, World


def test_everyone_can_sign_in_with_the_same_password(world: World) -> None:
    assert all(person.check_password(PASSWORD) for person in (world.anna, world.ukendt))


def test_paths_hold_the_codes_from_the_root_down(world: World) -> None:
    assert world.units["ctb-byliv"].path == "kk/tmf/ctb/ctb-byliv/"
    assert world.units["tmf"].contains(world.units["ctb-byliv"])
    assert not world.units["bif"].contains(world.units["ctb-byliv"])


def test_otto_serves_no_queue_of_the_tmf_centre(world: World) -> None:
    assert {each.queue.centre.code for each in world.otto.queue_memberships.all()} == {"bif"}


def test_every_flow_can_be_read(world: World) -> None:
    for version in world.versions.values():
        assert data.parse(version.definition).code == version.flow.code
