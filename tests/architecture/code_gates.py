"""Gates over Python files: each takes a tree and returns one sentence per violation."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.trees import (
    AUDIENCES,
    all_code,
    at,
    dotted,
    layer_of,
    parsed,
    product_code,
)

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 5
# `actor` is passed everywhere, the rest is Python's or Django's own.
FREE_PARAMETERS = {"self", "cls", "actor"}

FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "managers.py", "common.py", "misc.py"}

HTTP_MODULES = (
    "django.http", "django.shortcuts", "django.views", "django.contrib.messages", "django.template.response",
    "requests", "httpx", "urllib3", "urllib.request", "http.client", "aiohttp", "ninja",
)  # fmt: skip
CLOCK_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "timezone.now", "timezone.localdate", "date.today", "datetime.date.today", "time.time",
}  # fmt: skip
STORED_FRACTIONS = {"FloatField", "DecimalField"}
MONEY_PLACES = {"oms", "billing", "money"}
# What `makemessages` collects by; a text called through another name never reaches a translator.
COLLECTED_NAMES = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
    "npgettext", "npgettext_lazy",
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_files(tree: Path) -> list[str]:
    return [
        at(tree, file, lines, f"{lines} lines, at most {MAX_FILE_LINES}")
        for file in all_code(tree)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    ]


def _functions(tree: Path, files: Iterator[Path]) -> Iterator[tuple[Path, Function]]:
    for file in files:
        for node in ast.walk(parsed(file)):
            if isinstance(node, Function):
                yield file, node


def long_functions(tree: Path) -> list[str]:
    return [
        at(tree, file, node.lineno, f"{node.name} has {lines} lines, at most {MAX_FUNCTION_LINES}")
        for file, node in _functions(tree, all_code(tree))
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]


def many_parameters(tree: Path) -> list[str]:
    found = []
    for file, node in _functions(tree, product_code(tree)):
        arguments = node.args
        names = [item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        counted = [name for name in names if name not in FREE_PARAMETERS]
        if len(counted) > MAX_PARAMETERS:
            found.append(
                at(tree, file, node.lineno, f"{node.name} takes {len(counted)}, at most {MAX_PARAMETERS}")
            )
    return found


def forbidden_file_names(tree: Path) -> list[str]:
    return [at(tree, file, 1, "names no noun") for file in all_code(tree) if file.name in FORBIDDEN_NAMES]


def _imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def http_below_the_edges(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        layers = layer_of(tree, file)
        if not layers & {"kernel", "models", "selectors", "operations"} or layers & AUDIENCES:
            continue
        # The one client for addresses that people gave us.
        if file.relative_to(tree).as_posix() == "backoffice/kernel/http.py":
            continue
        found += [
            at(tree, file, line, f"imports {name}")
            for line, name in _imports(parsed(file))
            if any(name == module or name.startswith(f"{module}.") for module in HTTP_MODULES)
        ]
    return found


def queries_in_audiences(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        # A shell is a package of its own: its few models, reads and writes live in files named after the layer.
        if not layer_of(tree, file) & AUDIENCES or file.stem in {"models", "selectors", "operations"}:
            continue
        found += [
            at(tree, file, node.lineno, f"reaches for .{node.attr}; ask a selector or an operation")
            for node in ast.walk(parsed(file))
            if isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
        ]
    return found


def own_clocks(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        if file.relative_to(tree).as_posix() == "backoffice/kernel/clock.py":
            continue
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Attribute) and dotted(node) in CLOCK_CALLS:
                found.append(at(tree, file, node.lineno, f"{dotted(node)}: only kernel.clock knows the time"))
            elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                found.append(
                    at(tree, file, node.value.lineno, f"{node.arg}: only kernel.clock knows the time")
                )
    return found


def stored_fractions(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        if "models" not in layer_of(tree, file):
            continue
        found += [
            at(tree, file, node.lineno, f"{dotted(node.func)}: store whole minor units")
            for node in ast.walk(parsed(file))
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in STORED_FRACTIONS
        ]
    return found


def floats_near_money(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        if not layer_of(tree, file) & MONEY_PLACES:
            continue
        module = parsed(file)
        # A printed page is measured in points.
        if any(name.startswith("reportlab") for _line, name in _imports(module)):
            continue
        for node in ast.walk(module):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and dotted(node.func) == "float"
            if literal or call:
                found.append(at(tree, file, node.lineno, "a float where money is counted"))
    return found


def uncollected_texts(tree: Path) -> list[str]:
    found = []
    for file in product_code(tree):
        module = parsed(file)
        hidden = {
            name.asname
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom)
            for name in node.names
            if name.name in COLLECTED_NAMES and name.asname and name.asname not in COLLECTED_NAMES
        }
        found += [
            at(tree, file, node.lineno, f"translators never see what {dotted(node.func)}() says")
            for node in ast.walk(module)
            if isinstance(node, ast.Call)
            and dotted(node.func) in hidden
            and any(isinstance(text, ast.Constant) for text in node.args)
        ]
    return found


GATES = (
    long_files,
    long_functions,
    many_parameters,
    forbidden_file_names,
    http_below_the_edges,
    queries_in_audiences,
    own_clocks,
    stored_fractions,
    floats_near_money,
    uncollected_texts,
)
