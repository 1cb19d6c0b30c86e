"""Absolute addresses for mails."""

from django.conf import settings
from django.urls import reverse


def registration_link(token: str) -> str:
    """Where an invited person registers; the token in it is the secret."""
    return f"{settings.BASE_URL}{reverse('portal:mas-registration-form', args=[token])}"


def checklist_link() -> str:
    return f"{settings.BASE_URL}{reverse('portal:mas-checklist-detail')}"


def bank_account_link() -> str:
    return f"{settings.BASE_URL}{reverse('portal:mas-bank_account-detail')}"


def terms_link() -> str:
    return f"{settings.BASE_URL}{reverse('portal:mas-terms-detail')}"
