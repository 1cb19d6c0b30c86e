"""The starting rules come with the tables themselves, so no failing seed of another app can leave them out."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db.models.signals import post_migrate

from billing.invariants import default_rules_exist
from billing.models import FeeRule

migration = import_module("billing.migrations.0005_starting_fee_rules")


@pytest.mark.django_db
def test_a_fresh_database_has_a_default_for_goods_and_for_shipping():
    assert sorted(FeeRule.objects.values_list("fee_kind", "rate_bps", "state")) == [
        ("commission", 1000, "active"),
        ("shipping_commission", 1000, "active"),
    ]
    assert list(default_rules_exist()) == []


@pytest.mark.django_db
def test_rules_of_finance_are_never_joined_by_starting_ones():
    kept = FeeRule.objects.first().pk
    FeeRule.objects.exclude(pk=kept).delete()
    migration.seed(apps, None)
    assert FeeRule.objects.count() == 1
    FeeRule.objects.all().delete()
    migration.seed(apps, None)
    assert FeeRule.objects.count() == 2


def test_no_receiver_of_the_migration_signal_runs_for_every_app():
    """Without a sender it would run before the seeds of the apps that follow, and its failure would leave those out."""
    ours = {"backoffice", "mms", "pim", "billing", "oms"}
    for_everybody = [
        reference().__module__
        for (_uid, sender), reference, *_rest in post_migrate.receivers
        if sender == id(None) and reference().__module__.split(".")[0] in ours
    ]
    assert for_everybody == []
