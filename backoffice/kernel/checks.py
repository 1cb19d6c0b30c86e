"""System checks: every setting that is missing or unsafe in production, by name and with what to do.

They speak when PRODUCTION is on, and always with `manage.py check --deploy`.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAL = {"localhost", "127.0.0.1", "::1", "testserver", ""}


@register(Tags.security)
def production_settings(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Nothing to say outside of production: the embedded default must start without any setting."""
    return list(_unsafe_settings()) if settings.PRODUCTION else []


@register(Tags.security, deploy=True)
def settings_before_deployment(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if settings.PRODUCTION:
        return []
    off = Warning(
        "PRODUCTION is off.", hint="Set PRODUCTION=1 on every host that serves people.", id="backoffice.W001"
    )
    return [off, *_unsafe_settings()]


def _unsafe_settings() -> Iterator[CheckMessage]:
    yield from _identity()
    yield from _storage()
    yield from _mail()


def _identity() -> Iterator[CheckMessage]:
    if settings.SECRET_KEY_IS_EMBEDDED:
        yield Error(
            "SECRET_KEY is not set; each host would make its own and sign people out of the others.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE to 50 random characters, the same on all hosts.",
            id="backoffice.E001",
        )
    elif len(settings.SECRET_KEY) < 40:
        yield Error(
            "SECRET_KEY is too short.", hint="Use at least 40 random characters.", id="backoffice.E002"
        )
    if settings.DEBUG:
        yield Error(
            "DEBUG is on; error pages would show settings and code.",
            hint="Unset DEBUG.",
            id="backoffice.E003",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is empty or open.",
            hint="Name every host of the console, portal and stores: ALLOWED_HOSTS=shop.example,www.shop.example",
            id="backoffice.E004",
        )
    if urlsplit(settings.BASE_URL).hostname in {*LOCAL, None}:
        yield Error(
            "BASE_URL points to this machine; links in mails would lead nowhere.",
            hint="Set BASE_URL=https://… to the address of the console and the portal.",
            id="backoffice.E005",
        )
    if not settings.HTTPS:
        yield Error(
            "HTTPS is off; sessions and passwords would travel in the clear.",
            hint="Serve over https and set BASE_URL=https://…; behind a proxy that ends it, set BEHIND_PROXY=1 too.",
            id="backoffice.E006",
        )
    if not settings.STAFF_SECOND_FACTOR:
        yield Error(
            "STAFF_SECOND_FACTOR is off; a stolen password opens the console.",
            hint="Unset STAFF_SECOND_FACTOR.",
            id="backoffice.E007",
        )


def _storage() -> Iterator[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield Error(
            "DATABASE_URL is SQLite; it serves one host and one writer at a time.",
            hint="Set DATABASE_URL=postgres://user:password@host:5432/name",
            id="backoffice.E008",
        )
    if settings.CELERY_BROKER_URL.partition(":")[0] in {"filesystem", "memory"}:
        yield Error(
            "CELERY_BROKER_URL is not set; the embedded broker wakes workers of one host only.",
            hint="Set CELERY_BROKER_URL=redis://… or amqp://…",
            id="backoffice.E009",
        )
    if settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        yield Warning(
            "REDIS_URL is not set; every process counts failed logins and API calls for itself.",
            hint="Set REDIS_URL=redis://…",
            id="backoffice.W010",
        )


def _mail() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(
        (".dummy.EmailBackend", ".console.EmailBackend", ".locmem.EmailBackend")
    ):
        yield Warning(
            "EMAIL_BACKEND sends no mail; invitations stay in the outbox of the console.",
            hint="Set EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend and EMAIL_HOST.",
            id="backoffice.W011",
        )
    if settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] in LOCAL:
        yield Warning(
            "DEFAULT_FROM_EMAIL is no address that people can answer to.",
            hint="Set DEFAULT_FROM_EMAIL=marketplace@your.domain",
            id="backoffice.W012",
        )
