"""Terms: published once, accepted with who, when and where, enforced by date and lifted by accepting."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, ActorKind
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from mas.errors import TermsPublished
from mas.models import TermsAcceptance, TermsVersion
from mas.operations.terms import accept_terms, draft_terms, publish_terms, suspend_for_overdue_terms
from mas.permissions import ACCEPT_TERMS, PUBLISH_TERMS
from mas.selectors.terms import find_current_terms, find_terms_to_accept
from mms.models import Mail
from tests.factories import mas as make
from tests.factories import mms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(PUBLISH_TERMS)


def publish(days=None, text="Be fair."):
    draft = draft_terms(title="Terms", bodies={"en": text, "de": ""}, actor=OPERATOR)
    accept_by = clock.today() + timedelta(days=days) if days else None
    return publish_terms(draft.ref, accept_by=accept_by, actor=OPERATOR)


def person_of(merchant) -> Actor:
    user = mms.merchant_user(merchant)
    return Actor(
        ActorKind.USER,
        user.ref,
        str(user),
        merchant_grants={merchant.pk: frozenset({ACCEPT_TERMS})},
        user_id=user.pk,
        ip="192.0.2.7",
    )


def test_a_draft_is_seen_by_nobody_and_versions_are_numbered_when_published():
    draft = draft_terms(title="Terms", bodies={"en": "Be fair."}, actor=OPERATOR)
    assert find_current_terms() is None
    first = publish_terms(draft.ref, accept_by=None, actor=OPERATOR)
    again = publish_terms(draft.ref, accept_by=None, actor=OPERATOR)
    second = publish(text="Be fairer.")
    assert (first.number, again.number, second.number) == (1, 1, 2)
    assert first.text_sha256 != second.text_sha256
    assert find_current_terms() == second
    assert second.bodies == {"en": "Be fairer."}


def test_a_published_text_never_changes():
    version = publish()
    with pytest.raises(TermsPublished):
        draft_terms(title="Other", bodies={"en": "Be mean."}, ref=version.ref, actor=OPERATOR)
    version.refresh_from_db()
    assert version.bodies == {"en": "Be fair."}


@pytest.mark.parametrize(
    ("title", "bodies", "field"), [("", {"en": "x"}, "title"), ("Terms", {"en": " "}, "bodies")]
)
def test_a_draft_needs_a_title_and_a_text(title, bodies, field):
    with pytest.raises(InvalidInput) as refusal:
        draft_terms(title=title, bodies=bodies, actor=OPERATOR)
    assert list(refusal.value.fields) == [field]
    assert not TermsVersion.objects.exists()


def test_merchants_get_at_least_a_day():
    draft = draft_terms(title="Terms", bodies={"en": "x"}, actor=OPERATOR)
    with pytest.raises(InvalidInput) as refusal:
        publish_terms(draft.ref, accept_by=clock.today(), actor=OPERATOR)
    assert list(refusal.value.fields) == ["accept_by"]
    assert find_current_terms() is None


def test_writing_and_publishing_need_their_right():
    draft = draft_terms(title="Terms", bodies={"en": "x"}, actor=OPERATOR)
    with pytest.raises(PermissionRefused):
        draft_terms(title="Terms", bodies={"en": "x"}, actor=operator_actor())
    with pytest.raises(PermissionRefused):
        publish_terms(draft.ref, accept_by=None, actor=operator_actor())


def test_accepting_keeps_person_time_address_and_text():
    merchant = make.merchant("registering")
    make.checklist_item(merchant, make.checklist_rule("terms"))
    version = publish()
    person = person_of(merchant)
    assert find_terms_to_accept(merchant) == version
    accept_terms(merchant.ref, version.ref, actor=person)
    accept_terms(merchant.ref, version.ref, actor=person)
    [kept] = TermsAcceptance.objects.all()
    assert (kept.user_id, kept.user_label, kept.ip, kept.text_sha256) == (
        person.user_id,
        person.label,
        "192.0.2.7",
        version.text_sha256,
    )
    assert merchant.checklist_items.get().state == "done"
    assert find_terms_to_accept(merchant) is None


def test_nobody_accepts_a_text_they_did_not_read():
    merchant = make.merchant()
    shown = publish()
    publish(text="Be fairer.")
    with pytest.raises(InvalidInput):
        accept_terms(merchant.ref, shown.ref, actor=person_of(merchant))
    assert not TermsAcceptance.objects.exists()


def test_rights_and_strangers():
    merchant, version = make.merchant(), publish()
    with pytest.raises(PermissionRefused):
        accept_terms(merchant.ref, version.ref, actor=merchant_actor(merchant.pk))
    with pytest.raises(NotFound):
        accept_terms(merchant.ref, version.ref, actor=stranger_actor(ACCEPT_TERMS))
    assert not TermsAcceptance.objects.exists()


def test_a_new_version_asks_again_by_mail_and_opens_the_line_of_those_who_register():
    registering, _selling = make.merchant("registering"), make.merchant(email="shop@example.com")
    make.checklist_item(registering, make.checklist_rule("terms"), "done")
    publish(days=14)
    assert registering.checklist_items.get().state == "open"
    assert [mail.to for mail in Mail.objects.all()] == ["shop@example.com"]


def test_the_date_pauses_those_who_did_not_accept_and_accepting_lifts_it():
    late, on_time = make.merchant(), make.merchant()
    version = publish(days=14)
    accept_terms(on_time.ref, version.ref, actor=person_of(on_time))
    with clock.shifted(timedelta(days=14)):
        assert suspend_for_overdue_terms() == 0
    with clock.shifted(timedelta(days=15)):
        assert (suspend_for_overdue_terms(), suspend_for_overdue_terms()) == (1, 0)
    late.refresh_from_db()
    on_time.refresh_from_db()
    assert (late.status, late.suspension_type, on_time.status) == ("suspended", "automatic", "approved")
    accept_terms(late.ref, version.ref, actor=person_of(late))
    late.refresh_from_db()
    assert late.status == "approved"


def test_accepting_does_not_lift_a_suspension_with_another_cause():
    merchant = make.merchant("suspended")
    accept_terms(merchant.ref, publish().ref, actor=person_of(merchant))
    merchant.refresh_from_db()
    assert merchant.status == "suspended"


def test_without_a_date_nobody_is_paused():
    make.merchant()
    publish()
    with clock.shifted(timedelta(days=400)):
        assert suspend_for_overdue_terms() == 0
