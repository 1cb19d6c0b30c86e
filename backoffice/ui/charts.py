"""Charts: one question each, drawn by Chart.js from data attributes, with the same numbers as a table below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.kernel.money import Money, exponent
from backoffice.ui import formats


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; with `currency` the values are minor units, else plain counts."""

    label: Any
    values: Sequence[int]
    currency: str = ""
    # Drawn pale and dashed: the period compared with.
    compare: bool = False

    def texts(self) -> list[str]:
        if not self.currency:
            return [formats.number_text(value) for value in self.values]
        return [formats.money_text(value, self.currency) for value in self.values]

    def as_data(self) -> dict[str, Any]:
        # Major units as text keep the exact amount up to the browser's drawing.
        numbers = (
            [str(Money(v, self.currency).amount) for v in self.values] if self.currency else list(self.values)
        )
        return {
            "label": str(self.label),
            "values": numbers,
            "texts": self.texts(),
            "compare": self.compare,
            "currency": self.currency,
            "digits": exponent(self.currency) if self.currency else 0,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` name the points; `urls` (same length) lead to the filtered index whose sum is that point."""

    title: Any
    labels: Sequence[str]
    series: Sequence[Series]
    kind: str = "line"
    urls: Sequence[str] = ()
    x_label: Any = ""
    note: Any = ""

    def as_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "labels": [str(label) for label in self.labels],
            "series": [series.as_data() for series in self.series],
            "urls": list(self.urls),
        }

    def table_rows(self) -> list[tuple[str, str, list[str]]]:
        """(label, url, texts) per point, for the table under the chart."""
        columns = [series.texts() for series in self.series]
        urls = list(self.urls) or [""] * len(self.labels)
        return [
            (str(label), urls[index], [column[index] for column in columns])
            for index, label in enumerate(self.labels)
        ]

    @property
    def is_empty(self) -> bool:
        return not any(any(series.values) for series in self.series)
