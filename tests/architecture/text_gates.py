"""Gates over templates, styles, scripts and whatever is committed."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.trees import at, browser_files, committed, templates

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


GATES = (long_templates, inline_code, foreign_hosts, machine_traces, unfinished)
