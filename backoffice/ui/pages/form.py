from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from backoffice.kernel.errors import Conflict, DomainError, InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.idempotency import IdempotencyConflict, run_once
from backoffice.kernel.refs import new_token
from backoffice.ui.pages.base import Page


class StaleForm(Conflict):
    """Somebody changed the thing after the form was opened."""

    code = "stale_form"


class FormPage(Page):
    """A form whose success calls one operation: `perform(form)`.

    `InvalidInput.fields` land at their fields, any other refusal in the error summary, input is kept (status 422).
    A double click or a second press of the same form does the work once. Where `get_version()` is given, a form opened
    before somebody else's change is not saved; people see what is stored now and decide.
    """

    form_class: ClassVar[type[forms.BaseForm]]
    template_name = "ui/form.html"
    submit_label: Any = ""
    cancel_url: str = ""
    success_message: Any = ""
    # Off only for operations that manage their own transactions (outside calls between two of them).
    once: ClassVar[bool] = True

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_version(self) -> Any:
        """What changes with each save of the thing (version number, updated_at); None for new things."""
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {}

    def get_form(self, *, bound: bool) -> Any:
        kwargs = {"initial": self.get_initial(), **self.get_form_kwargs()}
        if bound:
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        return self.form_class(**kwargs)

    def perform(self, form: Any) -> Any:
        """Call the operation with `form.cleaned_data`; a returned text replaces `success_message`."""
        raise ImproperlyConfigured(f"{type(self).__name__} must say what it performs.")

    def get_success_url(self) -> str:
        return self.request.path

    def get_success_message(self) -> str:
        return str(self.success_message)

    def get_submit_label(self) -> str:
        return str(self.submit_label or _("Save"))

    def get_cancel_url(self) -> str:
        return self.cancel_url

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_form(self.get_form(bound=False))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form(bound=True)
        if not form.is_valid():
            return self.render_form(form)
        try:
            self._check_version(form)
            url, text = self._perform_once(form)
        except (NotFound, PermissionRefused):
            raise
        except IdempotencyConflict:
            message = _(
                "This form was already sent, so nothing was done now. Send it again if you want it twice."
            )
            return self._refuse(form, InvalidInput(message))
        except DomainError as error:
            return self._refuse(form, error)
        if text:
            messages.success(request, text)
        return self.redirect(url)

    def _perform_once(self, form: Any) -> tuple[str, str]:
        def command() -> tuple[int, list[str]]:
            result = self.perform(form)
            text = result if isinstance(result, str) else self.get_success_message()
            return 303, [self.get_success_url(), str(text)]

        token = self.request.POST.get("form_token", "")
        if not self.once or not token:
            _status, answer = command()
        else:
            caller = f"form:{self.request.user.pk or 'guest'}"
            _status, answer = run_once(caller, token[:64], self._payload(), command)
        return answer[0], answer[1]

    def _payload(self) -> dict[str, Any]:
        ignored = {"csrfmiddlewaretoken", "form_token"}
        sent: dict[str, Any] = {k: v for k, v in self.request.POST.lists() if k not in ignored}
        sent["path"] = self.request.path
        for name, files in self.request.FILES.lists():
            sent[f"file:{name}"] = [[file.name, file.size] for file in files]
        return sent

    def _check_version(self, form: Any) -> None:
        current, sent = self.get_version(), self.request.POST.get("form_version", "")
        if current is None or not sent or sent == str(current):
            return
        raise StaleForm(
            _(
                "Somebody saved this while you were editing, so nothing was saved now. Your input is kept; "
                "the fields that differ show what is stored. Save again to put yours in its place."
            )
        )

    def _refuse(self, form: Any, error: DomainError) -> HttpResponse:
        if isinstance(error, InvalidInput) and hasattr(form, "add_domain_errors"):
            form.add_domain_errors(error)
        else:
            form.add_error(None, error.message)
        if isinstance(error, StaleForm):
            form.stored_values = self._differences(form)
            # From here on the person knows what is stored: the next press is allowed to replace it.
            return self.render_form(form, version=self.get_version())
        return self.render_form(form)

    def _differences(self, form: Any) -> dict[str, str]:
        """What is stored now in the fields where it differs from what was sent, as text by field name."""
        stored: dict[str, str] = {}
        for bound in form.visible_fields():
            now = bound.field.prepare_value(form.get_initial_for_field(bound.field, bound.name))
            if bound.field.has_changed(form.get_initial_for_field(bound.field, bound.name), bound.data):
                stored[bound.name] = str(now if now is not None else "")
        return stored

    def render_form(self, form: Any, *, version: Any = None) -> HttpResponse:
        """The form with its input; a version already sent stays, so an invalid first try does not hide a change."""
        if version is None:
            version = self.request.POST.get("form_version") or self.get_version()
        return self.render(
            form=form,
            form_token=new_token(),
            form_version="" if version is None else str(version),
            status=422 if form.errors else 200,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_label=self.get_submit_label(),
            cancel_url=self.get_cancel_url(),
            **kwargs,
        )
