"""“Explain this cent”: the frozen steps of a fee as sentences in the reader's language."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backoffice.kernel.money import Money, display_unrounded


def percent(bps: int) -> str:
    """Basis points as people read them: `12 %`, `12.5 %`."""
    value = (Decimal(bps) / 100).normalize()
    digits = max(0, -int(value.as_tuple().exponent))
    return f"{number_format(value, decimal_pos=digits)} %"


def explain(steps: Iterable[Any], currency: str) -> list[str]:
    """One sentence per step, in the order they were taken."""
    return [text for code, params in steps if (text := _sentence(code, dict(params), currency))]


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).display()


def _unrounded(text: str, currency: str) -> str:
    return display_unrounded(Decimal(text), currency)


def _sentence(code: str, p: dict[str, Any], currency: str) -> str:
    currency = p.get("currency", currency)
    if code == "rule":
        return _("Rule “%(name)s” (%(ref)s, version %(version)s) wins.") % p
    if code == "paid":
        return _paid(p, currency)
    if code == "net":
        return _("Without %(rate)s item tax the base is %(base)s.") % {
            "rate": percent(p["rate_bps"]),
            "base": _money(p["base"], currency),
        }
    if code == "converted":
        return _("%(from)s at the locked rate %(rate)s is %(base)s.") % {
            "from": _money(p["from"], p["from_currency"]),
            "rate": p["rate"],
            "base": _money(p["base"], currency),
        }
    if code == "month":
        return _("Sold in this month before: %(before)s; the tiers start there.") % {
            "before": _money(p["before"], currency)
        }
    if code == "percent":
        return _("%(rate)s of %(base)s = %(part)s.") % {
            "rate": percent(p["rate_bps"]),
            "base": _money(p["base"], currency),
            "part": _unrounded(p["part"], currency),
        }
    if code == "tiers":
        return _tiers(p, currency)
    return _rest(code, p, currency)


def _paid(p: dict[str, Any], currency: str) -> str:
    if p["subsidy"]:
        return _("The buyer pays %(paid)s, the marketplace pays %(subsidy)s of the discount.") % {
            "paid": _money(p["paid"], currency),
            "subsidy": _money(p["subsidy"], currency),
        }
    return _("The buyer pays %(paid)s.") % {"paid": _money(p["paid"], currency)}


def _tiers(p: dict[str, Any], currency: str) -> str:
    parts = [
        (_("%(rate)s up to %(amount)s") % {"rate": percent(rate), "amount": _money(top, currency)})
        if top is not None
        else (_("%(rate)s above") % {"rate": percent(rate)})
        for top, rate in p["tiers"]
    ]
    text = (
        _("Each part at its own rate (%(tiers)s) of %(base)s = %(part)s.")
        if p["mode"] == "graduated"
        else _("The whole at the rate it reaches (%(tiers)s) of %(base)s = %(part)s.")
    )
    return text % {
        "tiers": ", ".join(parts),
        "base": _money(p["base"], currency),
        "part": _unrounded(p["part"], currency),
    }


def _rest(code: str, p: dict[str, Any], currency: str) -> str:
    if code == "fixed":
        return _("Fixed: %(line)s per line and %(unit)s for each of %(quantity)s pieces.") % {
            "line": _money(p["per_line"], currency),
            "unit": _money(p["per_unit"], currency),
            "quantity": p["quantity"],
        }
    if code == "monthly":
        if not p["per_unit"]:
            return _("Per month: %(base)s.") % {"base": _money(p["base"], currency)}
        return _("Per month: %(base)s, and %(unit)s for each of %(quantity)s offers.") % {
            "base": _money(p["base"], currency),
            "unit": _money(p["per_unit"], currency),
            "quantity": p["quantity"],
        }
    if code in {"min", "max", "cap"}:
        text = {
            "min": _("Raised to the smallest fee %(to)s."),
            "max": _("Lowered to the largest fee %(to)s."),
            "cap": _("Lowered to what the line brings, %(to)s."),
        }[code]
        return text % {"to": _money(p["to"], currency)}
    if code == "rounded":
        return _("%(raw)s, rounded half-up once: %(to)s.") % {
            "raw": _unrounded(p["raw"], currency),
            "to": _money(p["to"], currency),
        }
    if code == "tax":
        return _tax(p, currency)
    return ""


def _tax(p: dict[str, Any], currency: str) -> str:
    if p["category"] == "AE":
        return _("No tax: the merchant accounts for it in %(country)s (reverse charge).") % p
    if p["category"] == "O":
        return _("No tax: the service is supplied in %(country)s, outside the scope.") % p
    text = (
        _("The fee contains %(rate)s tax of %(country)s: %(fee)s + %(tax)s.")
        if p["included"]
        else _("Tax of %(country)s at %(rate)s: %(fee)s + %(tax)s.")
    )
    return text % {
        "rate": percent(p["rate_bps"]),
        "country": p["country"],
        "fee": _money(p["fee"], currency),
        "tax": _money(p["tax"], currency),
    }
