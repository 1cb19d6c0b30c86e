"""Many tables are created by one step of a migration, and taken away again by its reverse."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState

from backoffice.kernel.schema import CreateModels

KEY = models.BigAutoField(primary_key=True)
# The first points to the second: the order of tables is free.
SAMPLES = CreateModels(
    [
        CreateModel(
            "Leaf",
            [("id", KEY.clone()), ("branch", models.ForeignKey("kernel.Branch", models.PROTECT))],
        ),
        CreateModel("Branch", [("id", KEY.clone()), ("name", models.CharField(max_length=9, unique=True))]),
    ]
)


class Grown(Migration):
    operations = [SAMPLES]


@pytest.mark.django_db(transaction=True)
def test_the_tables_come_together_and_go_together():
    names = {"kernel_leaf", "kernel_branch"}
    before = ProjectState()
    assert not before.apps.get_models()
    grown = Grown("0001_grown", "kernel")
    with connection.schema_editor() as editor:
        after = grown.apply(before.clone(), editor)
    assert names <= set(connection.introspection.table_names())
    leaf, branch = (after.apps.get_model("kernel", name) for name in ("Leaf", "Branch"))
    row = leaf.objects.create(branch=branch.objects.create(name="old"))
    assert row.branch.name == "old"
    with connection.schema_editor() as editor:
        grown.unapply(before, editor)
    assert not names & set(connection.introspection.table_names())


def test_models_built_before_learn_of_the_new_ones():
    state = ProjectState()
    assert not state.apps.get_models()
    SAMPLES.state_forwards("kernel", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Leaf", "Branch"}
