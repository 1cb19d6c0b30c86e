"""The gates that are programs of others: each is shown a planted violation in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise, permutations, product
from pathlib import Path

import pytest

from tests.architecture.trees import PACKAGES, ROOT

BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path):
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _run(*command, folder):
    environment = {**os.environ, "PYTHONPATH": str(folder), "BO_DEV_NAME": "gates"}
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def _plant(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if not (file.parent / "__init__.py").exists():
        (file.parent / "__init__.py").touch()
    file.write_text(text, encoding="utf-8")


def test_the_layers_are_guarded(copy):
    _plant(copy, "dam/operations/planted.py", "import oms.selectors\n")
    _plant(copy, "backoffice/portal/planted.py", "import backoffice.console.apps\n")
    _plant(copy, "oms/models/planted.py", "import oms.selectors.planted\n")
    _plant(copy, "oms/selectors/planted.py", "import mas.models\n")
    answer = _run("lint-imports", "--no-cache", folder=copy)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "dam.operations.planted -> oms.selectors" in answer.stdout
    assert "backoffice.portal.planted -> backoffice.console.apps" in answer.stdout
    assert "oms.models.planted -> oms.selectors.planted" in answer.stdout
    assert "oms.selectors.planted -> mas.models" in answer.stdout


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]


def _members(layer):
    return [name.strip(" ()") for name in re.split(r"[|:]", layer)]


def _plants():
    """(contract, module that imports, what it imports) for every arrow that a contract forbids."""
    for number, contract in enumerate(CONTRACTS):
        if contract["type"] == "forbidden":
            for source, target in product(contract["source_modules"], contract["forbidden_modules"]):
                yield number, source, target
            continue
        for container in contract.get("containers", [""]):
            inside = f"{container}." if container else ""
            for upper, lower in pairwise(contract["layers"]):
                yield number, f"{inside}{_members(lower)[0]}", f"{inside}{_members(upper)[0]}"
            for layer in contract["layers"]:
                if "|" in layer:
                    for first, second in permutations(_members(layer), 2):
                        yield number, f"{inside}{first}", f"{inside}{second}"


def _exists(folder, module):
    path = folder / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def test_every_arrow_that_a_contract_forbids_is_found(copy):
    planted = []
    for number, source, target in _plants():
        if not (_exists(copy, source) and _exists(copy, target)):
            continue
        name = f"planted_{number}_{target.replace('.', '_')}"
        _plant(copy, f"{source.replace('.', '/')}/{name}.py", f"import {target}\n")
        planted.append(f"{source}.{name} -> {target}")
    assert len(planted) > 8 * len(CONTRACTS)
    answer = _run("lint-imports", "--no-cache", folder=copy)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"Contracts: 0 kept, {len(CONTRACTS)} broken." in answer.stdout
    assert [arrow for arrow in planted if arrow not in answer.stdout] == []


def test_ruff_refuses_what_the_rule_list_names(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = {
        "F401": "import os\n",
        "DTZ005": "import datetime\n\nprint(datetime.datetime.now())\n",
        "T201": "print(1)\n",
        "B006": "def f(a=[]):\n    return a\n",
        "S307": "eval('1')\n",
    }
    for code, text in planted.items():
        (tmp_path / "planted.py").write_text(text)
        answer = _run("ruff", "check", "--no-cache", "planted.py", folder=tmp_path)
        assert answer.returncode == 1
        assert code in answer.stdout
    (tmp_path / "planted.py").write_text("x = {  'a':1 }\n")
    assert _run("ruff", "format", "--check", "--no-cache", "planted.py", folder=tmp_path).returncode == 1


def test_mypy_refuses_an_untyped_function_and_a_wrong_type(copy, tmp_path):
    _plant(copy, "oms/planted.py", "def f(a):\n    return a\n\n\nx: int = 'text'\n")
    answer = _run(
        "mypy",
        "--follow-imports",
        "silent",
        "--cache-dir",
        str(tmp_path / "cache"),
        "oms/planted.py",
        folder=copy,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "[no-untyped-def]" in answer.stdout
    assert "[assignment]" in answer.stdout
