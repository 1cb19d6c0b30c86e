"""The published OpenAPI files: written by command, kept in the repository, compared by a test."""

import json
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from backoffice.api.apis import APIS

FOLDER = Path(settings.BASE_DIR) / "docs" / "openapi"


def render(audience: str) -> str:
    """The OpenAPI document of one API as it is published."""
    with override("en"):
        schema = APIS[audience].get_openapi_schema(path_prefix=f"api/{audience}/v1/")
        return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def path_of(audience: str) -> Path:
    return FOLDER / f"{audience}.json"
