"""A supplier's file on its way in: mapped by a saved profile, stopped by a rate that an operator still has to enter."""

import json

from django.conf import settings

from backoffice.kernel.actors import Actor
from mas.models import Merchant
from pim.imports.mapping.definition import Definition
from pim.imports.runs import check_import, map_import, receive_import
from pim.models import ImportRun

SAMPLES = settings.BASE_DIR / "pim" / "samples"
NAME = "supplier_furniture_sar"
PROFILE = "Gulf furniture supplier"


def receive_supplier_file(merchant: Merchant, actor: Actor) -> ImportRun:
    """Send the sample file in, keep its mapping as a profile and start the dry run: prices in riyals find no rate."""
    definition = json.loads((SAMPLES / f"{NAME}.mapping.json").read_text(encoding="utf-8"))
    run = receive_import(
        [(SAMPLES / f"{NAME}.csv").read_bytes()],
        filename=f"{NAME}.csv",
        merchant_id=merchant.pk,
        currency=merchant.currency,
        actor=actor,
    )
    map_import(run.ref, Definition.from_json(definition), save_as=PROFILE, actor=actor)
    return check_import(run.ref, actor=actor)
