"""Names of owners, told from above."""

from django.db import transaction

from dam.models import Owner


@transaction.atomic
def name_owner(merchant_id: int, name: str) -> None:
    """Remember what a merchant is called; called whenever it is created or renamed."""
    Owner.objects.update_or_create(merchant_id=merchant_id, defaults={"name": name[:200]})
