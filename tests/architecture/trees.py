"""Which files the gates look at, in the project itself or in a planted tree."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("mms", "dam", "mas", "pim", "oms", "billing", "reports")
PACKAGES = ("backoffice", *APPS)
AUDIENCES = {"console", "portal", "storefront", "api"}
SKIPPED = {"migrations", "node_modules", "__pycache__", ".venv", "dist"}


def _below(tree: Path, folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        for file in sorted((tree / folder).rglob(pattern)):
            if not SKIPPED & set(file.relative_to(tree).parts):
                yield file


def product_code(tree: Path) -> Iterator[Path]:
    return _below(tree, PACKAGES, "*.py")


def all_code(tree: Path) -> Iterator[Path]:
    return _below(tree, (*PACKAGES, "tests", "benchmarks", "scripts"), "*.py")


def templates(tree: Path) -> Iterator[Path]:
    return _below(tree, PACKAGES, "*.html")


def browser_files(tree: Path) -> Iterator[Path]:
    for pattern in ("*.html", "*.css", "*.js", "*.svg"):
        yield from _below(tree, PACKAGES, pattern)


def committed(tree: Path) -> Iterator[Path]:
    """What git holds or is about to hold; every file, where the tree is no checkout."""
    if not (tree / ".git").exists():
        yield from (file for file in sorted(tree.rglob("*")) if file.is_file())
        return
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=tree, capture_output=True, check=True, text=True,
    )  # fmt: skip
    yield from (tree / name for name in listed.stdout.split("\0") if name and (tree / name).is_file())


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def at(tree: Path, file: Path, line: int, what: str) -> str:
    return f"{file.relative_to(tree)}:{line}: {what}"


def dotted(node: ast.expr) -> str:
    """`timezone.now` of an attribute chain, `""` of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def layer_of(tree: Path, file: Path) -> set[str]:
    """The folder and module names of a file: `oms/operations/orders.py` → {oms, operations, orders}."""
    return {*file.relative_to(tree).with_suffix("").parts}
