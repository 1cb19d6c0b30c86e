import pytest

from backoffice.kernel import events, invariants, jobs, periodic


@pytest.fixture
def registries(monkeypatch):
    """Whatever a test registers is forgotten afterwards; nothing that the apps registered runs."""
    for module, names in {
        events: ("_classes", "_inline", "_deferred"),
        jobs: ("_handlers",),
        periodic: ("_registry",),
        invariants: ("_registry",),
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, {})
