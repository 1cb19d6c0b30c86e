"""What every template may rely on: the shell of the audience and what that shell needs, built only when drawn."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

ShellProvider = Callable[[HttpRequest], Mapping[str, Any]]

SHELLS = {
    "console": "console/shell.html",
    "portal": "portal/shell.html",
    "storefront": "storefront/shell.html",
    "entrance": "ui/entrance.html",
}
_providers: dict[str, ShellProvider] = {}


def register_shell(audience: str, provider: ShellProvider) -> None:
    """Let an audience's shell add its own data (menu, merchant names); called at most once per page, lazily."""
    _providers[audience] = provider


def audience_of(request: HttpRequest) -> str:
    """The audience whose shell this request wears: the page's own, else by path; signed-out people get the entrance."""
    declared = getattr(request, "audience", "")
    if declared in SHELLS:
        return str(declared)
    for audience in ("console", "portal"):
        if request.path_info.startswith(f"/{audience}/"):
            user = getattr(request, "user", None)
            return audience if user is not None and user.is_authenticated else "entrance"
    return "storefront" if getattr(request, "store", None) is not None else "entrance"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page: `audience`, `shell_template`, lazy `shell` and the chosen colour theme."""
    audience = audience_of(request)
    provider = _providers.get(audience)
    theme = request.COOKIES.get("bo_theme", "")
    return {
        "audience": audience,
        "shell_template": SHELLS[audience],
        "shell": SimpleLazyObject(lambda: dict(provider(request)) if provider else {}),
        "theme": theme if theme in {"light", "dark"} else "",
    }
