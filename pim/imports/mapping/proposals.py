"""A first guess at the mapping: by header names, our own first, then what suppliers usually write."""

from collections.abc import Sequence

from pim.imports.mapping.definition import ColumnRule, Definition
from pim.imports.mapping.fields import ATTRIBUTE, BY_CODE, IMAGE, PROPOSED
from pim.selectors.structure import Structure, folded, get_structure


def propose(header: Sequence[str], *, currency: str, family: str = "") -> Definition:
    """Map every column whose name says what it holds; the rest stays out until somebody chooses."""
    structure = get_structure()
    rules: list[ColumnRule] = []
    taken: set[str] = set()
    for name in header:
        target = target_of(name, structure)
        if not target or (target in taken and target != IMAGE):
            continue
        taken.add(target)
        rules.append(ColumnRule(name, target))
    return Definition(columns=tuple(rules), currency="" if "currency" in taken else currency, family=family)


def target_of(name: str, structure: Structure) -> str:
    """The field a column name stands for, or blank."""
    text = folded(name)
    if not text:
        return ""
    if text in BY_CODE:
        return text
    if text in PROPOSED:
        return PROPOSED[text]
    if text.startswith(IMAGE):
        return IMAGE
    for code, spec in structure.attributes.items():
        if spec.is_system and code in BY_CODE:
            continue
        if text == folded(code) or text in {folded(str(label)) for label in spec.names.values()}:
            return ATTRIBUTE + code
    return ""


def is_template(header: Sequence[str]) -> bool:
    """Whether the columns are those of our own template."""
    names = {folded(name) for name in header}
    return {"sku", "price", "stock", "lead_time_days"} <= names
