"""Public files from a local folder: renditions never change under their name, so browsers keep them for a year."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.utils._os import safe_join

from backoffice.kernel.grants import PUBLIC
from backoffice.ui.pages import StorefrontPage
from dam.storage import RENDITIONS

FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
# Kinds a browser may show on its own; everything else is offered for download.
SHOWN = {".webp", ".jpg", ".jpeg", ".png", ".gif", ".mp4", ".glb", ".pdf"}


class PublicFileView(StorefrontPage):
    """One file below MEDIA_ROOT; a web server or a CDN in front may take this over."""

    grant = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = str(kwargs["path"])
        try:
            path = Path(safe_join(settings.MEDIA_ROOT, name))
        except SuspiciousFileOperation:
            return HttpResponseNotFound()
        if not path.is_file():
            # Plain: nobody reads an error page in place of a picture.
            return HttpResponseNotFound()
        response = FileResponse(path.open("rb"), as_attachment=path.suffix.lower() not in SHOWN)
        response["Cache-Control"] = FOREVER if name.startswith(f"{RENDITIONS}/") else A_DAY
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'"
        response["X-Content-Type-Options"] = "nosniff"
        return response
