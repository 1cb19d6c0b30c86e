"""Marketplace management: users and roles, websites/stores/views, settings, tasks, notifications, integrations; not merchants themselves."""
