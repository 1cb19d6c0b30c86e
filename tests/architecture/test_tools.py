"""The gates that are programs of others: each is shown a planted violation in a copy of the project."""

import os
import shutil
import subprocess
import sys
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
