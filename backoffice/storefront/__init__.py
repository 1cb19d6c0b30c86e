"""The buyers' shell: store context by host and path, theme, header and footer, home page."""
