"""What our console changes in Wagtail's admin: colours, scripts, and the items we replace with our own pages."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks

STYLES = ("ui/ui.css", "ui/shell.css", "console/wagtail.css")
SCRIPTS = ("django_htmx/htmx-2.min.js", "ui/ui.js")


@hooks.register("insert_global_admin_css")
def our_styles() -> SafeString:
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((static(path),) for path in STYLES))


@hooks.register("insert_global_admin_js")
def our_scripts() -> SafeString:
    meta = format_html(
        '<meta name="htmx-config" content="{}">', '{"includeIndicatorStyles":false,"allowEval":false}'
    )
    return meta + format_html_join(
        "", '<script src="{}" defer></script>', ((static(path),) for path in SCRIPTS)
    )


@hooks.register("construct_main_menu")
def hide_wagtail_menu(request: HttpRequest, menu_items: list[object]) -> None:
    """Our rail stands in its place; Wagtail's pages are reached under Content."""
    menu_items.clear()
