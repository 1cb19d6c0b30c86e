from django.db import transaction

from backoffice.kernel.refs import new_token
from mms.models import ReferenceVersion
from mms.selectors import versions


def announce_change(name: str) -> None:
    """Tell every process that reference rows changed: here at once, elsewhere within seconds of the commit."""
    ReferenceVersion.objects.update_or_create(name=name, defaults={"token": new_token()})
    versions.forget(name)
    # Another thread may have read the old rows again before this transaction became true.
    transaction.on_commit(lambda: versions.forget(name))
