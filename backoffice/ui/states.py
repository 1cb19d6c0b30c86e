from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states

register_states(
    "kernel.Job",
    {
        "waiting": State(_("Waiting for a worker"), WAITING),
        "running": State(_("Running"), INFO, "refresh"),
        "done": State(_("Done"), DONE),
        "failed": State(_("Failed"), DANGER),
        "cancelled": State(_("Cancelled"), ENDED),
    },
)
