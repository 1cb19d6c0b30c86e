"""When a merchant is reminded of a debt: levels, each once, none skipped, never two shortly after each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def due_level(
    days: Sequence[int], since: datetime, now: datetime, last: tuple[int, datetime] | None = None
) -> int | None:
    """The level (1, 2, …) to send now, or None. `days[n]` = how old a debt is at level n + 1, 0 = never sent.

    `last` = the highest level sent, and when. After a pause the next level waits as long after the last one as their
    days are apart, so a merchant never gets two at once.
    """
    sent, sent_at = last or (0, since)
    before = days[sent - 1] if sent else 0
    for level in range(sent + 1, len(days) + 1):
        if days[level - 1]:
            apart = timedelta(days=max(0, days[level - 1] - before))
            is_due = now >= since + timedelta(days=days[level - 1]) and now >= sent_at + apart
            return level if is_due else None
    return None
