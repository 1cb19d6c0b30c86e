"""The operators' shell: Wagtail admin with our login, menu, home and colours."""
