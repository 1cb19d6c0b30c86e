"""The rules of docs/architecture.md that a program can check, and the proof that each check can fail."""

import pytest

from tests.architecture import code_gates, text_gates
from tests.architecture.trees import ROOT

GATES = (*code_gates.GATES, *text_gates.GATES)

# For each gate: what must be found, and a twin beside it that must not.
PLANTED = {
    "long_files": [("oms/models/orders.py", "x = 1\n" * 401, "x = 1\n" * 400)],
    "long_functions": [("oms/operations/a.py", "def f():\n" + "    x = 1\n" * 60, "def f():\n" + "    x = 1\n" * 59)],
    "many_parameters": [
        ("mas/operations/a.py", "def f(a, b, c, d, *, e, f): ...\n", "def f(self, a, b, *, c, d, e, actor): ...\n"),
    ],
    "forbidden_file_names": [("dam/utils.py", "", None), ("billing/services.py", "", None)],
    "http_below_the_edges": [
        ("oms/operations/a.py", "from django.http import Http404\n", "from django.db import transaction\n"),
        ("oms/selectors/a.py", "import requests\n", "import re\n"),
        ("oms/models/a.py", "from django import shortcuts\n", "from django import forms\n"),
        ("backoffice/kernel/a.py", "import urllib.request\n", "import urllib.parse\n"),
    ],
    "queries_in_audiences": [
        ("oms/portal/views.py", "rows = Order.objects.all()\n", "rows = list_orders()\n"),
        ("backoffice/api/a.py", "row = Order._default_manager.first()\n", "objects = 1\n"),
    ],
    "own_clocks": [
        ("oms/operations/a.py", "from django.utils import timezone\nx = timezone.now()\n", "x = clock.now()\n"),
        ("oms/models/a.py", "at = DateTimeField(auto_now_add=True)\n", "at = DateTimeField(default=clock.now)\n"),
        ("oms/models/b.py", "at = DateTimeField(default=timezone.now)\n", "at = DateTimeField()\n"),
        ("oms/models/c.py", "x = date.today()\n", "x = clock.today()\n"),
    ],
    "stored_fractions": [
        ("pim/models/offers.py", "price = models.DecimalField()\n", "price = models.BigIntegerField()\n"),
        ("dam/models.py", "ratio = FloatField()\n", "ratio = IntegerField()\n"),
    ],
    "floats_near_money": [
        ("billing/operations/fees.py", "rate = 0.15\n", "rate_bps = 1500\n"),
        ("oms/selectors/a.py", "x = float(total)\n", "x = int(total)\n"),
    ],
    "uncollected_texts": [
        (
            "oms/console/a.py",
            "from django.utils.translation import gettext as _t\nx = _t('Paid')\n",
            "from django.utils.translation import gettext as _\nx = _('Paid')\n",
        ),
        (
            "oms/operations/a.py",
            "from backoffice.kernel.phrases import gettext as said\nx = said('Paid')\n",
            "from backoffice.kernel.phrases import gettext as said\nx = said(text)\n",
        ),
    ],
    "long_templates": [("oms/templates/oms/a.html", "<p>\n" * 401, "<p>\n" * 400)],
    "inline_code": [
        ("oms/templates/oms/a.html", '<p style="color: red">', "<p>{# style= is not allowed #}"),
        ("oms/templates/oms/b.html", "<script>go()</script>", '<script src="/go.js"></script>'),
        ("oms/templates/oms/c.html", '<a onclick="go()">', '<a href="#" data-on="click">'),
        ("oms/templates/oms/d.html", "<style>p {}</style>", '<script type="application/ld+json">{}</script>'),
    ],
    "foreign_hosts": [
        ("backoffice/ui/templates/a.html", '<script src="https://cdn.test/x.js">', '<a href="https://example.org">'),
        ("pim/templates/b.html", '<link rel="icon" href="//x.test/">', '<link itemprop="a" href="https://x.test/">'),
        ("backoffice/ui/static/ui/a.css", "@import 'https://fonts.test/a.css'; ", "p { background: url('a.png') }"),
        ("backoffice/ui/static/ui/b.css", "p { background: url(//cdn.test/a.png) }", "p { }"),
        ("backoffice/ui/static/ui/a.js", "fetch('https://api.test/')", "fetch('/api/')"),
    ],
    "machine_traces": [
        ("docs/a.md", "see /ro" + "ot/project/x", "see `network/main`"),
        ("package-lock.json", '"resolved": ' + '"https://registry.test/x.tgz"', '"integrity": "sha512"'),
        ("requirements/a.txt", "--index" + "-url " + "https://x.test/simple", "django==5.2"),
    ],
    "unfinished": [
        ("oms/models/a.py", "x = 1  # TO" + "DO later\n", "to_do = 1\n"),
        ("oms/models/b.py", "raise NotImplemented" + "Error\n", "raise LookupError\n"),
    ],
    "untranslated": [
        (
            "oms/selectors/a.py",
            "from django.utils.translation import gettext as _t\nx = _t('Said by nobody')\n",
            "from django.utils.translation import gettext as _t\nx = _t('Age')\n",
        ),
    ],
}  # fmt: skip


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
def test_the_project_keeps_the_rule(gate):
    assert gate(ROOT) == []


CASES = [(gate, *case) for gate in GATES for case in PLANTED[gate.__name__]]


@pytest.mark.parametrize(
    ("gate", "path", "wrong", "right"), CASES, ids=[f"{case[0].__name__}-{case[1]}" for case in CASES]
)
def test_the_gate_finds_a_planted_violation_and_only_that(gate, path, wrong, right, tmp_path):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(wrong, encoding="utf-8")
    found = gate(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{path}:")
    if right is not None:
        file.write_text(right, encoding="utf-8")
        assert gate(tmp_path) == []


def test_the_gates_look_at_the_real_project():
    """A gate over an empty list of files would hold for ever."""
    from tests.architecture import trees

    assert len(list(trees.product_code(ROOT))) > 50
    assert {file.name for file in trees.committed(ROOT)} >= {"pyproject.toml", "Makefile"}
