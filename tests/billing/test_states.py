"""The states of statements and payouts and the only ways between them."""

import pytest
from django_fsm import TransitionNotAllowed

from billing.models import Payout, Settlement

SETTLEMENT = {
    "cut": ({"open"}, "cut_off"),
    "calculate": ({"cut_off", "rejected"}, "calculated"),
    "roll_over": ({"calculated"}, "rolled_over"),
    "submit_for_review": ({"calculated"}, "in_review"),
    "reject": ({"in_review"}, "rejected"),
    "approve": ({"in_review"}, "approved"),
    "hold": ({"approved"}, "on_hold"),
    "make_payable": ({"approved", "on_hold"}, "payable"),
    "pay": ({"payable"}, "paid"),
    "reopen": ({"paid"}, "payable"),
}
PAYOUT = {
    "claim": ({"created"}, "claimed"),
    "export": ({"claimed"}, "exported"),
    "withdraw": ({"exported"}, "claimed"),
    "accept": ({"exported", "unknown"}, "accepted"),
    "execute": ({"exported", "accepted", "unknown"}, "executed"),
    "reconcile": ({"executed"}, "reconciled"),
    "lose_track": ({"exported", "accepted"}, "unknown"),
    # A claimed payout that never left is given back this way.
    "reject": ({"claimed", "exported", "accepted", "unknown"}, "rejected"),
    "come_back": ({"executed", "reconciled"}, "returned"),
    "cancel": ({"created"}, "cancelled"),
    # What was taken for it was taken back.
    "lose_proof": ({"reconciled"}, "unknown"),
    "lose_line": ({"reconciled", "returned"}, "executed"),
}
STEPS = [
    *((Settlement, name, *told) for name, told in SETTLEMENT.items()),
    *((Payout, name, *told) for name, told in PAYOUT.items()),
]


@pytest.mark.parametrize(("model", "name", "sources", "target"), STEPS)
def test_a_step_starts_from_its_states_only(model, name, sources, target):
    for state, _label in model._meta.get_field("state").choices:
        row = model(state=state)
        if state in sources:
            getattr(row, name)()
            assert row.state == target
        else:
            with pytest.raises(TransitionNotAllowed):
                getattr(row, name)()
            assert row.state == state


@pytest.mark.parametrize(("model", "steps"), [(Settlement, SETTLEMENT), (Payout, PAYOUT)])
def test_there_is_no_other_way(model, steps):
    ways = model._meta.get_field("state").get_all_transitions(model)
    assert {(way.name, way.source, way.target) for way in ways} == {
        (name, source, target) for name, (sources, target) in steps.items() for source in sources
    }
    with pytest.raises(AttributeError):
        model().state = "paid"
