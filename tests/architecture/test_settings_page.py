"""docs/settings.md names every variable that the settings read, and no other."""

import re

from tests.architecture.trees import ROOT, product_code

READ = re.compile(
    r"\benv\.(?:text|flag|integer|words|secret|database)\(\s*\"([A-Z_]+)\"|\binteger\(\"([A-Z_]+)\""
)
LISTED = re.compile(r"^\| `([A-Z_]+)`", re.MULTILINE)


def variables_read() -> set[str]:
    found = (READ.findall(file.read_text(encoding="utf-8")) for file in product_code(ROOT))
    return {first or second for pairs in found for first, second in pairs}


def test_the_page_and_the_code_name_the_same_variables():
    listed = LISTED.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    assert len(listed) == len(set(listed))
    assert variables_read() >= {"SECRET_KEY", "DATABASE_URL", "DATABASE_CONN_MAX_AGE"}
    assert set(listed) == variables_read()
