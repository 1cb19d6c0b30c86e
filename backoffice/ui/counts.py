"""Words for what a job counts, such as `rendered` or `skipped`."""

from typing import Any

_words: dict[str, Any] = {}


def register_counts(words: dict[str, Any]) -> None:
    """Words for the counts that jobs keep: `{"rendered": _("rendered")}`; others are read from their name."""
    _words.update(words)


def count_word(name: str) -> str:
    """The word behind a number of a job's progress, in the reader's language."""
    return str(_words.get(name) or name.replace("_", " "))
