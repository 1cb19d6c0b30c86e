from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalEntity(models.Model):
    """The operator's company that sells, owes and pays: one ledger partition, one time zone, one bank account.

    `website_id` says which website's orders it books; the row without a website takes all others.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=70)
    website_id = models.BigIntegerField(null=True, blank=True, unique=True)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=40)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    iban = models.CharField(_("IBAN payouts are sent from"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    us_routing_number = models.CharField(_("US routing number"), max_length=9, blank=True)
    us_company_id = models.CharField(_("ACH company id"), max_length=10, blank=True)
    us_bank_name = models.CharField(_("US bank"), max_length=23, blank=True)
    minimum_payout_minor = models.BigIntegerField(_("smallest payout"), default=100)
    second_approver_above_minor = models.BigIntegerField(_("two approvers above"), null=True, blank=True)
    # A month with more than this on suspense (in any currency, in minor units) is not closed.
    suspense_limit_minor = models.BigIntegerField(_("suspense accepted at the end of a month"), default=0)

    # Days a merchant's balance is below zero when each level of reminding is sent; 0 = never.
    reminder_1_days = models.PositiveSmallIntegerField(_("first reminder of a debt after days"), default=14)
    reminder_2_days = models.PositiveSmallIntegerField(_("second reminder after days"), default=30)
    reminder_3_days = models.PositiveSmallIntegerField(_("last reminder after days"), default=60)
    # Smaller debts (in any currency, in minor units) are not reminded of.
    reminder_minimum_minor = models.BigIntegerField(_("smallest debt reminded of"), default=1000)

    def __str__(self) -> str:
        return self.name

    @property
    def reminder_days(self) -> tuple[int, int, int]:
        return (self.reminder_1_days, self.reminder_2_days, self.reminder_3_days)
