"""The classes of models between two operations are those that Django would make from nothing."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.state import ProjectState, StateApps

from indgang.config.migration_states import few_renderings


def _key() -> models.BigAutoField[Any, Any]:
    return models.BigAutoField(primary_key=True)


def _refers(to: str) -> Any:
    return models.ForeignKey(to, models.CASCADE, related_name="+" if to == "a.unit" else "leaves")


OPERATIONS = [
    migrations.CreateModel("Unit", [("id", _key()), ("code", models.TextField())]),
    migrations.CreateModel("Person", [("id", _key()), ("unit", _refers("a.unit"))]),
    migrations.AddIndex("Unit", models.Index(fields=["code"], name="by_code")),
    migrations.CreateModel(
        "Leave", [("id", _key()), ("person", _refers("a.person")), ("known", models.ManyToManyField("a.person"))]
    ),
    migrations.AddConstraint("Unit", models.UniqueConstraint(fields=["code"], name="one_code")),
    migrations.AddConstraint("Person", models.UniqueConstraint(fields=["unit"], name="one_person")),
]
#: after these, Django itself leaves some classes as they were, until a migration runs code
DELAYING = [
    migrations.AddField("Person", "name", models.TextField(default="")),
    migrations.AddConstraint("Person", models.UniqueConstraint(fields=["name"], name="one_name")),
    migrations.RemoveConstraint("Unit", "one_code"),
    migrations.AlterField("Unit", "code", models.CharField(max_length=9)),
]


def described(apps: StateApps) -> dict[str, Any]:
    """What the operations that follow may read of the models."""
    return {
        model._meta.label: {
            "fields": [(field.name, type(field), getattr(field.related_model, "__name__", None))
                       for field in model._meta.get_fields(include_hidden=True)],
            "options": sorted(each.name for each in [*model._meta.indexes, *model._meta.constraints]),
            "unique": [each.name for each in model._meta.total_unique_constraints],
            "reverse": sorted(name for name in ("leaves", "leave_set") if hasattr(model, name)),
        }
        for model in apps.get_models(include_auto_created=True)
    }  # fmt: skip


def test_after_each_operation_the_models_are_as_if_rendered_from_nothing() -> None:
    state = ProjectState()
    assert not state.apps.get_models()
    for operation in OPERATIONS:
        with few_renderings():
            operation.state_forwards("a", state)
        assert described(state.apps) == described(StateApps([], state.models)), operation
    with few_renderings():
        for operation in DELAYING:
            operation.state_forwards("a", state)
    state.clear_delayed_apps_cache()
    assert described(state.apps) == described(StateApps([], state.models))
    assert state.apps.get_model("a.unit")._meta.get_field("code").max_length == 9


def test_a_new_model_leaves_the_classes_of_the_others_alone_and_code_gets_new_ones() -> None:
    state = ProjectState()
    assert not state.apps.get_models()
    with few_renderings():
        for operation in OPERATIONS[:2]:
            operation.state_forwards("a", state)
        person = state.apps.get_model("a.person")
        OPERATIONS[3].state_forwards("a", state)
        assert state.apps.get_model("a.person") is person
    state.clear_delayed_apps_cache()  # as Django does before it runs the code of a migration
    assert state.apps.get_model("a.person") is not person


def test_django_is_as_before_afterwards() -> None:
    before = ProjectState.add_model, ProjectState._append_option  # type: ignore[attr-defined]
    with few_renderings():
        assert ProjectState.add_model is not before[0]
    assert (ProjectState.add_model, ProjectState._append_option) == before  # type: ignore[attr-defined]
