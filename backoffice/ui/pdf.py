"""What every PDF shares: the number of each page, counted by document."""

from collections import Counter
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

# A frame keeps so much free beside its text; margins take it off, so that headings and tables start at one line.
FRAME_PADDING = 6
FONT = "Vera"


# reportlab tells no types of what its pages are made of.
_Canvas: Any = Canvas


class Section(Flowable):
    """Takes no room: from this page on, pages belong to `name`, which stands in their foot and has its own count."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.width = self.height = 0
        self.name = name

    def draw(self) -> None:
        canvas: Any = self.canv
        canvas.section = self.name


class NumberedCanvas(_Canvas):
    """Writes “ORD-1 · 2 / 3” at the foot of each page: `document.build(story, canvasmaker=NumberedCanvas)`.

    The caller registered the font `Vera`.
    """

    section = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: list[dict[str, Any]] = []
        self._sections: list[str] = []

    def showPage(self) -> None:  # noqa: N802  the name reportlab gives it
        self._held.append(dict(self.__dict__))
        self._sections.append(self.section)
        self._startPage()

    def save(self) -> None:
        held, sections = self._held, self._sections
        totals, reached = Counter(sections), Counter[str]()
        for state, section in zip(held, sections, strict=True):
            self.__dict__.update(state)
            reached[section] += 1
            count = f"{reached[section]} / {totals[section]}"
            self.setFont(FONT, 7)
            self.setFillGray(0.33)
            self.drawRightString(
                self._pagesize[0] - 20 * mm, 10 * mm, f"{section} · {count}" if section else count
            )
            super().showPage()
        super().save()
