"""In production every missing or unsafe setting is named; the embedded default starts without any."""

import pytest
from django.core.checks import Error

from backoffice.kernel.checks import production_settings, settings_before_deployment

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "x7" * 30,
    "SECRET_KEY_IS_EMBEDDED": False,
    "ALLOWED_HOSTS": ["shop.example"],
    "BASE_URL": "https://shop.example",
    "HTTPS": True,
    "STAFF_SECOND_FACTOR": True,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CELERY_BROKER_URL": "redis://redis:6379/0",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "marketplace@shop.example",
}


@pytest.fixture
def production(monkeypatch):
    """Only the checks see these values: the suite itself goes on with its own database."""
    from backoffice.kernel import checks

    def use(**values):
        monkeypatch.setattr(checks, "settings", type("Settings", (), {**SAFE, **values}))
        return [message.id for message in production_settings(None)]

    return use


def test_a_complete_production_has_nothing_to_be_told(production):
    assert production() == []


@pytest.mark.parametrize(
    ("unsafe", "code"),
    [
        ({"SECRET_KEY_IS_EMBEDDED": True}, "backoffice.E001"),
        ({"SECRET_KEY": "short"}, "backoffice.E002"),
        ({"DEBUG": True}, "backoffice.E003"),
        ({"ALLOWED_HOSTS": []}, "backoffice.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "backoffice.E004"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "backoffice.E005"),
        ({"HTTPS": False}, "backoffice.E006"),
        ({"STAFF_SECOND_FACTOR": False}, "backoffice.E007"),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "backoffice.E008"),
        ({"CELERY_BROKER_URL": "filesystem://"}, "backoffice.E009"),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            "backoffice.W010",
        ),
        ({"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}, "backoffice.W011"),
        ({"DEFAULT_FROM_EMAIL": "marketplace@localhost"}, "backoffice.W012"),
    ],
)
def test_each_unsafe_setting_is_named(production, unsafe, code):
    assert production(**unsafe) == [code]


def test_outside_of_production_only_a_deployment_check_speaks(production):
    assert production(PRODUCTION=False, DEBUG=True, ALLOWED_HOSTS=[]) == []
    told = settings_before_deployment(None)
    assert [message.id for message in told] == ["backoffice.W001", "backoffice.E003", "backoffice.E004"]


def test_every_message_says_what_to_do(production):
    production(PRODUCTION=False, SECRET_KEY_IS_EMBEDDED=True, HTTPS=False, CELERY_BROKER_URL="filesystem://")
    told = settings_before_deployment(None)
    assert len([message for message in told if isinstance(message, Error)]) == 3
    assert all(message.hint for message in told)
