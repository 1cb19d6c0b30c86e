"""Tables of marketplace management; private to the app, selectors and operations are its face."""

from mms.models.users import User

__all__ = ["User"]
