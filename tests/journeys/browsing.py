"""A person with a browser: what they open, and everything that went wrong while they did."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, TimeoutError

from backoffice.demo.people import PASSWORD, TOTP_SECRET

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SLOW = 15_000


@dataclass
class Watch:
    """Collects script and policy errors, broken parts, server errors and requests to other hosts."""

    host: str
    problems: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._on_console(message.type, message.text))
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def _on_console(self, kind: str, text: str) -> None:
        # Refused forms answer 422, which the browser also calls an error; broken parts are told by `_on_response`.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.problems.append(f"console: {text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.problems.append(f"foreign host: {request.url}")

    def _on_response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.problems.append(f"{response.status}: {response.url}")


@dataclass
class Desk:
    """Opens browsers for people, each with cookies of their own."""

    browser: Browser
    base: str
    watch: Watch

    @contextmanager
    def visitor(
        self, *, width: int = 1280, scripts: bool = True, locale: str = "en-GB", dark: bool = False
    ) -> Iterator[Page]:
        context = self.browser.new_context(
            base_url=self.base,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(SLOW)
        self.watch.follow(context)
        try:
            yield context.new_page()
        finally:
            context.close()

    @contextmanager
    def signed_in(
        self, email: str, *, with_code: bool = False, locale: str = "en-GB", dark: bool = False
    ) -> Iterator[Page]:
        with self.visitor(locale=locale, dark=dark) as page:
            sign_in(page, email, with_code=with_code)
            yield page


def sign_in(page: Page, email: str, *, with_code: bool = False) -> None:
    """E-mail and password; staff also the code their app would show."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    if with_code:
        page.wait_for_url(re.compile("/accounts/2fa/authenticate/"))
        # A code whose half minute ended on the way is refused; the next one counts then.
        for _attempt in range(2):
            page.locator("input[name=code]").fill(code_now())
            with page.expect_navigation():
                page.locator("form button[type=submit]").first.click()
            if "/accounts/2fa/" not in page.url:
                break
    page.wait_for_url(re.compile("^(?!.*/accounts/)"))


def code_now() -> str:
    """The one-time code of this half minute."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(TOTP_SECRET, counter))


def press(page: Page, name: str) -> None:
    """The visible button or link of that name; waits for the page it leads to."""
    button = page.get_by_role("button", name=name, exact=True)
    link = page.get_by_role("link", name=name, exact=True)
    try:
        button.or_(link).first.click()
    except TimeoutError as error:
        raise AssertionError(f"no “{name}” on {page.url}:\n{text_of(page)}") from error
    page.wait_for_load_state()


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names; selects choose by value, boxes are ticked with "on"."""
    for name, value in values.items():
        control = page.locator(f"[name={name}]:visible").first
        kind = control.evaluate("e => e.tagName + ' ' + e.type")
        if kind.startswith("SELECT"):
            control.select_option(value)
        elif kind.endswith("checkbox"):
            control.check()
        else:
            control.fill(value)


def text_of(page: Page) -> str:
    return page.locator("main").first.inner_text()
