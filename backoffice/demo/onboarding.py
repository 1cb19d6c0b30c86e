"""The demo's merchants walk the real way: invitation by mail, registration, checklist, review."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from schwifty import IBAN
from stdnum.de import vat as german_vat

from backoffice.demo.merchants import MERCHANTS, DemoMerchant
from backoffice.demo.people import PASSWORD
from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from mas.models import Merchant, TermsVersion
from mas.operations.addresses import AddressDetails, set_address
from mas.operations.approvals import approve_merchant
from mas.operations.bank_accounts import BankDetails, set_bank_account, verify_bank_account
from mas.operations.checklists import complete_attestation
from mas.operations.companies import CompanyDetails, set_company, set_tax_number
from mas.operations.documents import DocumentUpload, accept_document, upload_document
from mas.operations.invitations import MerchantInvite, invite_merchant
from mas.operations.kyc import approve_kyc
from mas.operations.registration import register_from_invitation
from mas.operations.reviews import return_onboarding, submit_onboarding
from mas.operations.starter_checklist import start_usual_checklist
from mas.operations.suspensions import suspend_merchant
from mas.operations.terms import accept_terms, draft_terms, publish_terms
from mms.models import Mail
from mms.selectors.access import PORTAL, build_actor

LANGUAGES = {"DE": "de", "AT": "de"}
TOKEN = re.compile(r"/([A-Za-z0-9_-]{20,})/")
# Where the last ones stop, so that every queue of the console has something in it.
LAST_STEPS = ("invited", "registering", "in_review", "returned", "suspended")


def prepare_onboarding(actor: Actor) -> None:
    """The checklist and the terms every merchant meets."""
    start_usual_checklist(actor=actor)
    terms = draft_terms(
        title="Terms for merchants 2026",
        bodies={
            "en": "You ship within the promised time, answer buyers within two days and accept returns for 30 days. "
            "We pay out what buyers paid, less the agreed commission, after the hold period.",
            "de": "Sie versenden in der zugesagten Zeit, antworten Käufern binnen zwei Tagen und nehmen 30 Tage "
            "zurück. "
            "Wir zahlen aus, was Käufer gezahlt haben, abzüglich der Provision, nach Ablauf der Haltefrist.",
        },
        actor=actor,
    )
    publish_terms(terms.ref, accept_by=None, actor=actor)


def bring_in_merchants(operator: Actor, finance: Actor) -> Iterator[tuple[DemoMerchant, Merchant]]:
    """Invite and register everybody; all but the last few are approved. Yields the approved ones with their trade."""
    stops = dict(zip(range(len(MERCHANTS) - len(LAST_STEPS), len(MERCHANTS)), LAST_STEPS, strict=True))
    for number, demo in enumerate(MERCHANTS):
        merchant = _bring_in(number, demo, operator, finance, stops.get(number, "approved"))
        if merchant.status == "approved":
            yield demo, merchant


def _bring_in(number: int, demo: DemoMerchant, operator: Actor, finance: Actor, until: str) -> Merchant:
    email = "merchant@demo.test" if number == 0 else f"shop{number:02d}@demo.test"
    invitation = invite_merchant(
        MerchantInvite(
            name=demo.name,
            email=email,
            country=demo.country,
            currency="EUR",
            language=LANGUAGES.get(demo.country, "en"),
            person_name=_owner(number),
        ),
        actor=operator,
    )
    if until == "invited":
        return invitation.merchant
    mail = Mail.objects.filter(about_ref=invitation.ref).latest("id")
    found = TOKEN.search(mail.body)
    if found is None:
        raise LookupError(f"the invitation mail to {email} holds no link")
    registration = register_from_invitation(found[1], name=_owner(number), password=PASSWORD)
    merchant = registration.merchant
    person = build_actor(registration.user, PORTAL)
    if until == "registering":
        set_company(merchant.ref, _company(number, demo), actor=person)
        return _fresh(merchant)
    _fill_checklist(number, demo, merchant, person)
    submit_onboarding(merchant.ref, actor=person)
    if until == "in_review":
        return _fresh(merchant)
    if until == "returned":
        return_onboarding(
            merchant.ref,
            actor=operator,
            reason="The register extract is older than three months. Please upload a new one.",
            item_codes=["register-extract"],
        )
        return _fresh(merchant)
    _approve(merchant, operator, finance)
    if until == "suspended":
        suspend_merchant(
            merchant.ref, actor=operator, reason="Three parcels in a row arrived late; we are talking."
        )
    return _fresh(merchant)


def _approve(merchant: Merchant, operator: Actor, finance: Actor) -> None:
    for document in merchant.documents.all():
        accept_document(document.ref, actor=operator)
    approve_kyc(merchant.ref, actor=operator)
    account = merchant.bank_accounts.first()
    if account is not None:
        verify_bank_account(merchant.ref, account.ref, actor=finance, note="Name matched by the bank.")
    approve_merchant(merchant.ref, actor=operator)


def _fill_checklist(number: int, demo: DemoMerchant, merchant: Merchant, person: Actor) -> None:
    set_company(merchant.ref, _company(number, demo), actor=person)
    set_address(
        merchant.ref,
        "registered",
        AddressDetails(
            line1=f"Market street {number + 3}",
            city=demo.city,
            country=demo.country,
            postal_code=_postal_code(number, demo.country),
        ),
        actor=person,
    )
    set_tax_number(merchant.ref, country="DE", number=_german_vat(number), actor=person)
    iban = IBAN.generate("DE", bank_code="37040044", account_code=f"{5_320_130 + number:010d}")
    set_bank_account(
        merchant.ref, BankDetails(holder=f"{demo.name} GmbH", account_number=str(iban)), actor=person
    )
    upload_document(
        merchant.ref,
        DocumentUpload("register-extract", "register-extract.pdf", _register_extract(demo)),
        actor=person,
    )
    upload_document(
        merchant.ref,
        DocumentUpload(
            "liability-insurance",
            "liability-insurance.pdf",
            _register_extract(demo, "Certificate of liability insurance"),
            expires_on=clock.today() + timedelta(days=20 + number * 9),
        ),
        actor=person,
    )
    complete_attestation(merchant.ref, "lawful-goods", actor=person)
    terms = TermsVersion.objects.latest("id")
    accept_terms(merchant.ref, terms.ref, actor=person)


def _company(number: int, demo: DemoMerchant) -> CompanyDetails:
    return CompanyDetails(
        legal_name=f"{demo.name} GmbH",
        country=demo.country,
        legal_form="GmbH",
        registration_number=f"HRB {10400 + number * 17}",
        register_name=f"Register of {demo.city}",
        representative_name=_owner(number),
    )


def _owner(number: int) -> str:
    first = ("Mara", "Jonas", "Elif", "Piet", "Noor", "Luca", "Ines", "Emil", "Zoé", "Arvo", "Tilda")
    last = ("Keller", "Lind", "Moreau", "Rossi", "van Dijk", "Nowak", "Silva")
    return f"{first[number % len(first)]} {last[number % len(last)]}"


def _postal_code(number: int, country: str) -> str:
    shapes = {
        "NL": "{:04d} AB",
        "PT": "{:04d}-101",
        "PL": "{:02d}-201",
        "AT": "{:04d}",
        "DK": "{:04d}",
        "BE": "{:04d}",
    }
    shape = shapes.get(country, "{:05d}")
    return shape.format(20 + number if country == "PL" else (1010 if "04" in shape else 10115) + number)


def _german_vat(number: int) -> str:
    """A number whose check digit is right, so it passes the same check as a real one."""
    body = f"{13_000_000 + number * 7919:08d}"
    return next(f"DE{body}{digit}" for digit in range(10) if german_vat.is_valid(f"{body}{digit}"))


def _register_extract(demo: DemoMerchant, title: str = "Extract from the commercial register") -> bytes:
    out = BytesIO()
    page = Canvas(out, pagesize=A4, invariant=1)
    page.setFont("Helvetica-Bold", 16)
    page.drawString(72, 760, title)
    page.setFont("Helvetica", 11)
    page.drawString(72, 730, f"{demo.name.encode('latin-1', 'replace').decode('latin-1')} GmbH")
    page.drawString(72, 712, "A sample document of the demonstration; it has no legal meaning.")
    page.save()
    return out.getvalue()


def _fresh(merchant: Merchant) -> Merchant:
    merchant.refresh_from_db()
    return merchant
