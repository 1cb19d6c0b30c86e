"""What a person does with a page: fills in the form that is there and presses its button."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client
from lxml import html


def content(response: HttpResponseBase) -> bytes:
    """The whole body, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def form_of(response: HttpResponseBase, *, action: str = "") -> html.FormElement:
    """The page's form that is sent by POST (to `action`, when several are there)."""
    forms = [form for form in html.fromstring(content(response)).forms if form.method == "POST"]
    found = [form for form in forms if form.action == action] if action else forms
    if not action:
        found = [form for form in found if "form_token" in form.fields] or found
    assert found, f"no form on the page sends to {action or 'anywhere'}: {[form.action for form in forms]}"
    return found[0]


def filled(response: HttpResponseBase, **values: Any) -> dict[str, Any]:
    """What the page's form sends when nothing but `values` is changed in it. Each must be a field of the form."""
    form = form_of(response)
    unknown = set(values) - set(form.fields)
    assert not unknown, f"the page has no field {sorted(unknown)}"
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent | values


def send(client: Client, url: str, **values: Any) -> HttpResponseBase:
    """Open the page, change `values` in its form, press its button."""
    return client.post(url, filled(client.get(url), **values))


def upload(client: Client, url: str, data: bytes, name: str, *, field: str = "file") -> HttpResponseBase:
    """Open the page, choose a file, press its button."""
    return send(client, url, **{field: SimpleUploadedFile(name, data)})


def press(client: Client, page: str, action: str) -> HttpResponseBase:
    """Press the button of a page that posts to `action`."""
    form = form_of(client.get(page), action=action)
    return client.post(action, dict(form.form_values()))


def errors_at(response: HttpResponseBase) -> dict[str, str]:
    """The messages of a form that was refused, by the field they stand at; "" holds the summary's own."""
    tree = html.fromstring(content(response))
    found = {}
    for error in tree.xpath("//p[@class='bo-error']"):
        place = error.get("id") or ""
        found[place.removeprefix("id_").removesuffix("_error")] = " ".join(error.text_content().split())
    items = tree.xpath("//*[@class='bo-summary']//li")
    summary = [" ".join(item.text_content().split()) for item in items]
    own = [text for text in summary if not any(text.endswith(message) for message in found.values())]
    return found | ({"": " ".join(own)} if own else {})


def words(response: HttpResponseBase) -> str:
    """The text on the page as one line."""
    tree = html.fromstring(content(response))
    return " ".join(" ".join(tree.itertext()).split())


def assert_refused(response: HttpResponseBase, field: str) -> None:
    """A form refused with a sentence at `field`, not with an error page."""
    assert response.status_code == 422, response.status_code
    found = errors_at(response)
    assert len(found.get(field, "")) > 15, found
