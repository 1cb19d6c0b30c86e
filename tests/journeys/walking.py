"""Walking a site by its own links: each kind of page once, looked at in two widths."""

import json
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 320)
# What a link may lead to besides a page: files, exports, the way out, Wagtail's bulk actions without a selection.
NO_PAGE = re.compile(
    r"\.(csv|xlsx|pdf|xml|json|css|txt)$|/file/$|/download/$|/progress/$|/media/|/static/|/logout/|/bulk/"
)
# What only our own pages have: Wagtail's are not looked at.
OURS = ".bo-page, .sf-main, .bo-entrance-card, .bo-errorpage, .bo-plain"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async (rules) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  return found.violations.flatMap(v => v.nodes.map(n => [v.id, n.target.join(" "), n.failureSummary || ""]));
}"""
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return null;
  const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 3).map(e => e.tagName + "." + e.className).join(" | ") || "?";
}"""


def axe_source() -> str:
    """The checker; a visible skip without it, a failure where a browser is required.

    Nothing on PostgreSQL: the engine changes no markup, so there pages are opened and measured only.
    """
    if connection.vendor == "postgresql":
        return ""
    if AXE.exists():
        return AXE.read_text(encoding="utf-8")
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"{AXE} is missing; run npm ci")
    pytest.skip(f"{AXE} is missing; run npm ci to check accessibility")


@dataclass
class Walk:
    """Visits pages below a prefix, one per view; collects what is wrong in words."""

    page: Page
    prefix: str
    axe: str
    urlconf: str | None = None
    cut: str = ""
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def everything(self, start: Iterable[str], most: int = 200) -> None:
        """Breadth first from `start`, following every link to a kind of page that was not seen yet."""
        queue = deque(start)
        while queue and len(self.seen) < most:
            path = queue.popleft()
            kind = self.kind_of(path)
            if kind and kind not in self.seen:
                self.seen.add(kind)
                self.visit(path)
                queue.extend(self.links())

    def check(self) -> None:
        assert not self.faults, "\n" + "\n".join(self.faults)

    def kind_of(self, path: str) -> str:
        """The view behind a path, or nothing when it is no page of this walk."""
        plain = urlsplit(path).path
        if not plain.startswith(self.prefix) or NO_PAGE.search(plain):
            return ""
        try:
            match = resolve("/" + plain.removeprefix(self.cut) if self.cut else plain, urlconf=self.urlconf)
        except Resolver404:
            self.faults.append(f"{self.page.url} links to {plain}, which leads nowhere")
            return ""
        return match.view_name or match._func_path

    def links(self) -> Iterator[str]:
        hrefs = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        here = urlsplit(self.page.url).netloc
        for href in hrefs:
            parts = urlsplit(urljoin(self.page.url, href))
            if parts.netloc == here and "export=" not in parts.query:
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def visit(self, path: str, status: int = 200) -> None:
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        answer = self.page.goto(path)
        if answer is None or answer.status != status:
            self.faults.append(f"{path}: {answer.status if answer else 'no answer'}")
            return
        if self.page.locator(OURS).count() == 0:
            return
        if self.axe:
            self.page.evaluate(self.axe)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate(WIDE)
            if wide:
                self.faults.append(f"{path} at {width}: scrolls sideways because of {wide}")
            if not self.axe:
                continue
            # As high as the page, so that bars that stick to the screen's edge cover nothing.
            high = min(self.page.evaluate("document.documentElement.scrollHeight"), 6000)
            self.page.set_viewport_size({"width": width, "height": max(high, 900)})
            for rule, target, why in self.page.evaluate(LOOK, RULES):
                self.faults.append(f"{path} at {width}: {rule} {target} {json.dumps(why)[:300]}")
