"""Small steps between a cell and a value, written `strip | number , | unit cm in`; each is total and quick."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _

MAX_TEXT = 2_000
MAX_PATTERN = 200
# A repeated group that repeats inside can run for ever on a hostile text.
NESTED_REPEAT = re.compile(r"[+*}]\s*\)\s*[+*{]")
NUMBER = re.compile(r"[-−]?\d[\d.,'’\s\u00a0]*")


class BadTransform(InvalidInput):
    code = "bad_transform"


@dataclass(frozen=True, slots=True)
class Step:
    """One transform with its argument as written."""

    name: str
    argument: str = ""

    def as_text(self) -> str:
        return f"{self.name} {self.argument}".strip()


class CellError(Exception):
    """A cell cannot be read as the mapping says; (code, message)."""


Read = Callable[[str], str]


def parse_steps(text: str) -> tuple[Step, ...]:
    """Read `strip | number ,`. Raises `BadTransform` naming the step that is not understood."""
    steps = []
    for part in _split(text):
        name, _blank, argument = part.strip().partition(" ")
        if not name:
            continue
        if name not in BUILDERS:
            raise BadTransform(
                _("“%(name)s” is not a transform. Known are: %(known)s.")
                % {"name": name[:40], "known": ", ".join(sorted(BUILDERS))}
            )
        step = Step(name, argument.strip())
        BUILDERS[name](step.argument)
        steps.append(step)
    return tuple(steps)


def _split(text: str) -> list[str]:
    # `||` stands for a bar inside an argument.
    return [part.replace("\x00", "|") for part in text.replace("||", "\x00").split("|")]


def format_steps(steps: tuple[Step, ...]) -> str:
    return " | ".join(step.as_text().replace("|", "||") for step in steps)


def build(steps: tuple[Step, ...]) -> Read:
    """One function for a chain of steps."""
    functions = [BUILDERS[step.name](step.argument) for step in steps]
    if not functions:
        return _strip

    def read(text: str) -> str:
        for function in functions:
            text = function(text)
        return text

    return read


def _strip(text: str) -> str:
    return " ".join(text.split()) if "\n" not in text else text.strip()


def _number(argument: str) -> Read:
    """The first number in the text as plain decimal text; `,` says that the comma is the decimal sign."""
    comma = argument == ","
    if argument not in {"", ",", "."}:
        raise BadTransform(_("Write “number”, “number ,” or “number .”."))

    def read(text: str) -> str:
        if not text.strip():
            return ""
        match = NUMBER.search(text)
        if match is None:
            raise CellError("bad_number", _("“%(text)s” holds no number.") % {"text": text[:40]})
        digits = re.sub(r"['’\s\u00a0]", "", match.group()).replace("−", "-").rstrip(".,")
        return digits.replace(".", "").replace(",", ".") if comma else digits.replace(",", "")

    return read


def _split_by(argument: str) -> Read:
    """`split , 2`: the second part; without a number the parts stay together, separated by bars."""
    parts = argument.rsplit(" ", 1)
    has_index = len(parts) == 2 and parts[1].isdigit()
    separator = {"comma": ",", "semicolon": ";", "bar": "|", "slash": "/", "space": " "}.get(
        (parts[0] if has_index else argument).strip(), (parts[0] if has_index else argument).strip()
    )
    if not separator:
        raise BadTransform(_("Say what separates the parts, such as “split ;”."))
    index = int(parts[1]) - 1 if has_index else None

    def read(text: str) -> str:
        found = [part.strip() for part in text.split(separator)]
        if index is None:
            return "|".join(part for part in found if part)
        return found[index] if index < len(found) else ""

    return read


def _regex(argument: str) -> Read:
    if not argument or len(argument) > MAX_PATTERN or NESTED_REPEAT.search(argument):
        raise BadTransform(_("This pattern is empty, too long or could run for ever; write a simpler one."))
    try:
        pattern = re.compile(argument)
    except re.error as error:
        raise BadTransform(_("The pattern cannot be read: %(why)s") % {"why": error}) from error

    def read(text: str) -> str:
        match = pattern.search(text[:MAX_TEXT])
        if match is None:
            return ""
        return (match.group(1) if pattern.groups else match.group()) or ""

    return read


def _map(argument: str) -> Read:
    """`map Red = rot; Blue = blau`: whole cells, without regard to case; `* = x` catches the rest."""
    pairs = [pair.partition("=") for pair in argument.split(";") if pair.strip()]
    if not pairs or any(not sign for _left, sign, _right in pairs):
        raise BadTransform(_("Write pairs such as “map Red = red; Blue = blue”."))
    table = {left.strip().casefold(): right.strip() for left, _sign, right in pairs}

    def read(text: str) -> str:
        return table.get(text.strip().casefold(), table.get("*", text.strip()))

    return read


def _blank_if(argument: str) -> Read:
    words = {word.strip().casefold() for word in argument.split(";") if word.strip()}
    return lambda text: "" if text.strip().casefold() in words else text


def _unit(argument: str) -> Read:
    """`unit cm` writes the unit behind the number; `unit cm in` also converts (done where the attribute is known)."""
    parts = argument.split()
    if not 1 <= len(parts) <= 2:
        raise BadTransform(_("Write “unit cm” or “unit cm in”."))
    suffix = parts[0] if len(parts) == 1 else f"{parts[0]}>{parts[1]}"
    return lambda text: f"{text.strip()} {suffix}" if text.strip() else ""


def _constant(argument: str) -> Read:
    return lambda _text: argument


def _default(argument: str) -> Read:
    return lambda text: text if text.strip() else argument


def _remove(argument: str) -> Read:
    if not argument:
        raise BadTransform(_("Say which text to remove."))
    return lambda text: text.replace(argument, "").strip()


def _plain(function: Callable[[str], str]) -> Callable[[str], Read]:
    return lambda _argument: function


BUILDERS: dict[str, Callable[[str], Any]] = {
    "strip": _plain(_strip),
    "lower": _plain(str.lower),
    "upper": _plain(str.upper),
    "number": _number,
    "split": _split_by,
    "regex": _regex,
    "map": _map,
    "blank_if": _blank_if,
    "unit": _unit,
    "constant": _constant,
    "currency": _plain(lambda text: re.sub(r"[^A-Za-z]", "", text).upper()),
    "default": _default,
    "remove": _remove,
}
