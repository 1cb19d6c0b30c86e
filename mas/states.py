"""How the states of this app look, and the words of its audit trail."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.badges import DANGER, DONE, ENDED, INFO, WAITING, State, register_states
from backoffice.ui.timeline import register_actions, register_actors, register_fields

register_states(
    "mas.Merchant",
    {
        "invited": State(_("Invited"), INFO, "mail", _("The invitation was sent; nobody registered yet.")),
        "registering": State(_("Registering"), INFO, hint=_("The merchant works on the checklist.")),
        "in_review": State(_("In review"), WAITING, hint=_("The operator decides.")),
        "approved": State(_("Approved"), DONE, hint=_("The offers can be bought.")),
        "suspended": State(
            _("Suspended"), DANGER, "pause", _("Nothing new can be bought; open orders go on.")
        ),
        "closed": State(_("Closed"), ENDED),
        "rejected": State(_("Rejected"), ENDED, "x"),
    },
)
register_states(
    "mas.Kyc",
    {
        "to_submit": State(_("To submit"), INFO),
        "to_approve": State(_("To approve"), WAITING),
        "approved": State(_("Approved"), DONE),
        "refused": State(_("Refused"), DANGER, "x"),
        "not_required": State(_("Not required"), ENDED),
    },
)
register_states(
    "mas.Invitation",
    {
        "sent": State(_("Sent"), INFO, "mail"),
        "accepted": State(_("Accepted"), DONE),
        "expired": State(_("Expired"), WAITING),
        "revoked": State(_("Revoked"), ENDED),
    },
)
register_states(
    "mas.ChecklistItem",
    {
        "open": State(_("Open"), WAITING, "square"),
        "done": State(_("Done"), DONE),
        "waived": State(_("Waived"), ENDED),
    },
)
register_states(
    "mas.Document",
    {
        "pending": State(_("Waiting for review"), WAITING),
        "accepted": State(_("Accepted"), DONE),
        "rejected": State(_("Rejected"), DANGER, "x"),
        "expired": State(_("Expired"), DANGER, "clock"),
        "replaced": State(_("Replaced"), ENDED),
    },
)
register_states(
    "mas.BankAccount",
    {
        "unverified": State(_("Not verified"), WAITING),
        "verified": State(_("Verified"), DONE),
        "replaced": State(_("Replaced"), ENDED),
    },
)
register_actions(
    {
        "mas.merchant.invited": _("Merchant invited"),
        "mas.merchant.registered": _("Account created"),
        "mas.merchant.submitted": _("Registration handed in"),
        "mas.merchant.returned": _("Sent back to the merchant"),
        "mas.merchant.approved": _("Merchant approved"),
        "mas.merchant.approved_anyway": _("Approved although points were open"),
        "mas.merchant.rejected": _("Registration rejected"),
        "mas.merchant.suspended": _("Merchant suspended"),
        "mas.merchant.reinstated": _("Suspension lifted"),
        "mas.merchant.closed": _("Merchant closed"),
        "mas.merchant.kyc_changed": _("Identity check changed"),
        "mas.merchant.profile_changed": _("Profile changed"),
        "mas.merchant.holidays_set": _("Holidays changed"),
        "mas.merchant.shop_text_changed": _("Shop page texts changed"),
        "mas.merchant.logo_changed": _("Logo changed"),
        "mas.company.changed": _("Company changed"),
        "mas.tax_number.changed": _("Tax number changed"),
        "mas.representative.changed": _("Fiscal representative changed"),
        "mas.representative.removed": _("Fiscal representative removed"),
        "mas.address.changed": _("Address changed"),
        "mas.bank_account.changed": _("Bank account changed"),
        "mas.bank_account.verified": _("Bank account verified"),
        "mas.bank_account.doubted": _("Bank account doubted: money came back"),
        "mas.checklist.completed": _("Checklist item done"),
        "mas.checklist.waived": _("Checklist item waived"),
        "mas.checklist.reopened": _("Checklist item open again"),
        "mas.terms.accepted": _("Terms accepted"),
        "mms.role.assigned": _("Role given"),
        "mms.role.removed": _("Role taken away"),
    }
)
register_fields(
    "mas.Merchant",
    {
        "status": (_("Status"), "mas.Merchant"),
        "kyc_status": (_("Identity check"), "mas.Kyc"),
        "country": (_("Country"), ""),
        "legal_form": (_("Legal form"), ""),
        "legal_name": (_("Legal name"), ""),
        "register_name": (_("Register"), ""),
        "registration_number": (_("Registration number"), ""),
        "representative_name": (_("Legal representative"), ""),
        "registered": (_("Registered office"), ""),
        "account": (_("Bank account"), ""),
    },
)
register_actors(
    {
        "document-expired": _("Documents: valid until passed"),
        "document-expiring": _("Documents: valid until comes near"),
        "auto-approve": _("Approval without review"),
        "onboarding": _("Onboarding"),
        "registration": _("Registration"),
        "terms-accepted": _("Terms: accepted"),
        "terms-overdue": _("Terms: not accepted in time"),
    }
)
register_states(
    "mms.TaskKind",
    {
        "mas.review_document": State(_("Document to review")),
        "mas.review_merchant": State(_("Registration to review")),
        "mas.verify_bank_account": State(_("Bank account to verify")),
    },
)
