"""Formatted texts: what is plain comes out as the reader of HTML would write it, without asking it."""

import nh3
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pim.selectors.rich_text import TAGS, clean_rich_text

AWKWARD = ["\u00a0", "\ufeff", "\r", "\x00", "&", "<", ">", "<p>", "\n", " ", "é", "😀", '"', "'", "--"]


# A busy machine is no reason to fail.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(max_size=5)), max_size=12).map("".join))
def test_plain_text_comes_out_as_the_parser_writes_it(text: str) -> None:
    parsed = nh3.clean(text, tags=TAGS, attributes={}).strip()
    assert clean_rich_text(text) == (parsed if strip_tags(parsed).strip() else "")


def test_markup_is_reduced_and_blank_text_is_blank() -> None:
    assert (
        clean_rich_text("<p onclick=x>Steel <script>bad()</script>& light</p>") == "<p>Steel &amp; light</p>"
    )
    assert clean_rich_text(" plain words\n") == "plain words"
    assert clean_rich_text(" \t\n") == ""
