"""Marketplace management: users, roles, websites/stores/views, settings, tasks, mails, API keys; not merchants."""
