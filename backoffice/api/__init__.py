"""The programs' shell: three APIs with published OpenAPI, key authentication and one error format."""
