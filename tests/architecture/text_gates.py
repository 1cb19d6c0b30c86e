"""Gates over templates, styles, scripts and whatever is committed."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from tests.architecture.trees import ROOT, at, browser_files, committed, parsed, product_code, templates

TRANSLATORS = ("django.utils.translation", "backoffice.kernel.phrases")

MAX_TEMPLATE_LINES = 400
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
INLINE = {
    re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE): "a style attribute",
    re.compile(r"<style\b", re.IGNORECASE): "a style element",
    re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE): "an event attribute",
    re.compile(r"[\"']javascript:", re.IGNORECASE): "a javascript: address",
    # A script that names neither a source nor a type of plain data carries code.
    re.compile(
        r"<script\b(?![^>]*(?:\ssrc\s*=|application/(?:ld\+)?json))", re.IGNORECASE
    ): "an inline script",
}
FOREIGN = (
    re.compile(
        r"\b(?:src|srcset|action|poster|data|hx-(?:get|post))\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
    re.compile(r"<link\b(?![^>]*\sitemprop=)[^>]*\shref\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    re.compile(r"url\(\s*[\"']?(?:https?:)?//", re.IGNORECASE),
    re.compile(r"@import\s+[\"'](?:https?:)?//", re.IGNORECASE),
    re.compile(r"\b(?:fetch|import|importScripts)\(\s*[\"'`](?:https?:)?//", re.IGNORECASE),
    re.compile(r"\bfrom\s+[\"'](?:https?:)?//", re.IGNORECASE),
)
# Written in pieces, so that this file does not break its own rule.
MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.*-])/(?:wo" + r"rk|ro" + r"ot|fa" + r"rm)/[a-z.]",
            r"(?<![\w.*-])/ho" + r"me/[a-z]+/",
            r"\"res" + r"olved\":\s*\"http",
            r"(?:extra-)?index" + r"-url[ =]",
            r"pypi\.o" + r"rg|files\.pythonhoste" + r"d|registry\.npmj" + r"s",
        )
    )
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|raise NotImplemented" + r"Error")
BINARY = {
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".ico",
    ".woff2",
    ".pdf",
    ".xlsx",
    ".zip",
    ".glb",
    ".mo",
    ".gz",
    ".sqlite3",
}


def _search(tree: Path, files: Iterable[Path], patterns: dict[re.Pattern[str], str]) -> list[str]:
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        for pattern, what in patterns.items():
            found += [
                at(tree, file, text.count("\n", 0, hit.start()) + 1, what) for hit in pattern.finditer(text)
            ]
    return found


def long_templates(tree: Path) -> list[str]:
    return [
        at(tree, file, lines, f"{lines} lines, at most {MAX_TEMPLATE_LINES}")
        for file in templates(tree)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_TEMPLATE_LINES
    ]


def inline_code(tree: Path) -> list[str]:
    found = []
    for file in templates(tree):
        # Comments keep their line breaks, so the line numbers stay true.
        text = COMMENT.sub(lambda hit: "\n" * hit[0].count("\n"), file.read_text(encoding="utf-8"))
        for pattern, what in INLINE.items():
            found += [
                at(tree, file, text.count("\n", 0, hit.start()) + 1, what) for hit in pattern.finditer(text)
            ]
    return found


def foreign_hosts(tree: Path) -> list[str]:
    return _search(tree, browser_files(tree), dict.fromkeys(FOREIGN, "a foreign host"))


def machine_traces(tree: Path) -> list[str]:
    files = (file for file in committed(tree) if file.suffix not in BINARY)
    return _search(tree, files, {MACHINE: "a registry address or a path of somebody's machine"})


def unfinished(tree: Path) -> list[str]:
    files = (file for file in committed(tree) if file.suffix in {".py", ".html", ".css", ".js", ".md", ".sh"})
    return _search(tree, files, {UNFINISHED: "unfinished work"})


@cache
def _german() -> frozenset[str]:
    """Every text that has its German, plural forms too."""
    with (ROOT / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    texts: set[str] = set()
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        texts |= set(ids) if all(said) else set()
    return frozenset(texts)


def _texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Literal texts given to gettext, under whatever name a module imports it."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module in TRANSLATORS
        for alias in node.names
        if alias.name.startswith(("gettext", "ngettext"))
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def untranslated(tree: Path) -> list[str]:
    return [
        at(tree, file, line, f"no German for “{text}”")
        for file in product_code(tree)
        for line, text in _texts(parsed(file))
        if text not in _german()
    ]


GATES = (long_templates, inline_code, foreign_hosts, machine_traces, unfinished, untranslated)
