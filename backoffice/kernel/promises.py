"""What `doctor` proves about the kernel's own tables."""

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, lag
from backoffice.kernel.invariants import invariant
from backoffice.kernel.numbering import broken_series


@invariant("kernel.audit_chain", _("No entry of the audit trail was changed or removed after it was sealed"))
def audit_chain() -> Iterator[str]:
    yield from audit.broken_links()


@invariant("kernel.audit_sealed", _("Every entry of the audit trail older than an hour is sealed"))
def audit_sealed() -> Iterator[str]:
    if unsealed := lag.count_unsealed_entries():
        yield f"{unsealed} entries wait for their seal; is a worker running?"


@invariant("kernel.work_in_time", _("No delivery and no job waits longer than fifteen minutes past its time"))
def work_in_time() -> Iterator[str]:
    state = lag.get_lag()
    late = lag.LATE_AFTER.total_seconds()
    if state.delivery_seconds > late:
        yield f"the oldest due delivery waits since {state.delivery_seconds} seconds; is a worker running?"
    if state.job_seconds > late:
        yield f"the oldest due job waits since {state.job_seconds} seconds; is a worker running?"


@invariant("kernel.numbers", _("Document numbers run from 1 without gaps in every series"))
def numbers_without_gaps() -> Iterator[str]:
    yield from islice(broken_series(), 20)
