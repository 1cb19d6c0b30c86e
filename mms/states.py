"""How the states and acts of marketplace management read on screen."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.timeline import register_actions

register_states(
    "mms.Mail",
    {
        "waiting": State(_("Waiting"), WAITING),
        "sent": State(_("Sent"), DONE),
        "failed": State(_("Failed"), DANGER),
    },
)
register_states(
    "mms.Task",
    {
        "open": State(_("Open"), WAITING),
        "overdue": State(_("Overdue"), DANGER),
        "closed": State(_("Closed"), ENDED),
    },
)
register_states(
    "mms.ApiKey",
    {
        "active": State(_("Active"), DONE),
        "expired": State(_("Expired"), ENDED),
        "revoked": State(_("Ended"), ENDED),
    },
)
register_states(
    "kernel.Delivery",
    {
        "waiting": State(_("Waiting"), INFO),
        "done": State(_("Delivered"), DONE),
        "parked": State(_("Parked"), DANGER),
    },
)
register_actions(
    {
        "mms.user.created": _("User created"),
        "mms.user.changed": _("User changed"),
        "mms.user.signed_in": _("Signed in"),
        "mms.user.sign_in_refused": _("Sign-in refused"),
        "mms.user.factor_added": _("Second factor added"),
        "mms.role.assigned": _("Role given"),
        "mms.role.removed": _("Role taken away"),
        "mms.role.changed": _("Role changed"),
        "mms.role.created": _("Role created"),
        "mms.member.invited": _("Member invited"),
        "mms.member.joined": _("Member joined"),
        "mms.member.invitation_revoked": _("Invitation withdrawn"),
        "mms.api_key.created": _("API key created"),
        "mms.api_key.revoked": _("API key ended"),
        "mms.website.created": _("Website opened"),
        "mms.website.changed": _("Website changed"),
        "mms.store.created": _("Store opened"),
        "mms.store.changed": _("Store changed"),
        "mms.storeview.created": _("Store view opened"),
        "mms.storeview.changed": _("Store view changed"),
        "mms.tax_rate.entered": _("Tax rate entered"),
        "mms.mail.resent": _("Mail sent again"),
        "mms.task.claimed": _("Task taken"),
        "mms.task.released": _("Task given back"),
        "mms.task.closed": _("Task closed"),
        "mms.preference.stated": _("Setting stated"),
        "mms.preference.inherited": _("Setting inherits again"),
        "mms.delivery.replayed": _("Delivery tried again"),
    }
)
