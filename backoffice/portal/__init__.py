"""The merchants' shell: navigation, merchant switcher and home of the self-service portal."""
