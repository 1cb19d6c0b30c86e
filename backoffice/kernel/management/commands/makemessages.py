"""`makemessages` that also finds texts under the names by which the code imports gettext a second time."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_t", "--keyword=_phrase"]
