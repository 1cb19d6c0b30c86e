from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.errors import Conflict, DomainError, InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.idempotency import IdempotencyConflict, find_answer, run_once
from backoffice.kernel.refs import new_token
from backoffice.ui.formats import moment_text
from backoffice.ui.forms import stored_differences
from backoffice.ui.pages.base import Page


class StaleForm(Conflict):
    """Somebody changed the thing after the form was opened."""

    code = "stale_form"


class FormPage(Page):
    """A form whose success calls one operation: `perform(form)`.

    `InvalidInput.fields` land at their fields, any other refusal in the error summary, input is kept (status 422).
    A double click or a second press of the same form does the work once. Where `get_subject()` or `get_version()` is
    given, a form opened before somebody else's change is not saved; people see who saved what, and decide.
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

    def get_subject(self) -> models.Model | None:
        """The stored thing that the form changes; None for new things. Its trail tells who saved it meanwhile."""
        return None

    def get_version(self) -> Any:
        """What changes with each save of the thing (version number, updated_at); None for new things.

        Without one, a thing that is changed by the form counts as changed when the form would be filled otherwise.
        """
        return None

    def get_last_save(self, names: set[str]) -> tuple[str, datetime] | None:
        """Who last changed one of the fields `names`, or else anything, and when; None when nobody wrote it down."""
        subject = self.get_subject()
        entries = list(audit.list_entries(subject)[:20]) if subject is not None else []
        found = next(
            (entry for entry in entries if names & set(entry.changes)), entries[0] if entries else None
        )
        return (found.actor_label, found.at) if found else None

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
        # First of all: what the first click changed may have made the form of the second one invalid.
        done = self._find_answer()
        if done is not None:
            return self._go_on(*done)
        form = self.get_form(bound=True)
        if not form.is_valid():
            return self.render_form(form)
        try:
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
        return self._go_on(url, text)

    def _go_on(self, url: str, text: str) -> HttpResponse:
        if text:
            messages.success(self.request, text)
        return self.redirect(url)

    @property
    def _token(self) -> str:
        return self.request.POST.get("form_token", "")[:64] if self.once else ""

    @property
    def _caller(self) -> str:
        return f"form:{self.request.user.pk or 'guest'}"

    def _find_answer(self) -> tuple[str, str] | None:
        found = find_answer(self._caller, self._token, self._payload()) if self._token else None
        return (found[1][0], found[1][1]) if found else None

    def _perform_once(self, form: Any) -> tuple[str, str]:
        def command() -> tuple[int, list[str]]:
            # Inside: a double click of a form that was saved gets its answer again, not a warning about itself.
            self._check_version(form)
            result = self.perform(form)
            text = result if isinstance(result, str) else self.get_success_message()
            return 303, [self.get_success_url(), str(text)]

        if self._token:
            _status, answer = run_once(self._caller, self._token, self._payload(), command)
        else:
            _status, answer = command()
        return answer[0], answer[1]

    def _payload(self) -> dict[str, Any]:
        ignored = {"csrfmiddlewaretoken", "form_token"}
        sent: dict[str, Any] = {k: v for k, v in self.request.POST.lists() if k not in ignored}
        sent["path"] = self.request.path
        for name, files in self.request.FILES.lists():
            sent[f"file:{name}"] = [[file.name, file.size] for file in files]
        return sent

    def _version_of(self, form: Any) -> str:
        version = self.get_version()
        if version is None and self.get_subject() is not None:
            # How the form is filled from what is stored; its shape in words suffices to compare.
            version = sha256_hex(repr(sorted(form.initial.items())))[:16]
        return "" if version is None else str(version)

    def _check_version(self, form: Any) -> None:
        sent, current = self.request.POST.get("form_version", ""), self._version_of(form)
        if not sent or not current or sent == current:
            return
        form.stored_values = stored_differences(form)
        last = self.get_last_save(set(form.stored_values))
        if last is None:
            raise StaleForm(
                _(
                    "Somebody saved this while you were editing, so nothing was saved now. Your input is kept; "
                    "the fields that differ show what is stored. Save again to put yours in its place."
                )
            )
        raise StaleForm(
            _(
                "%(who)s saved this while you were editing (%(when)s), so nothing was saved now. Your input is kept; "
                "the fields that differ show what is stored. Save again to put yours in its place."
            )
            % {"who": last[0], "when": moment_text(last[1])}
        )

    def _refuse(self, form: Any, error: DomainError) -> HttpResponse:
        if isinstance(error, InvalidInput) and hasattr(form, "add_domain_errors"):
            form.add_domain_errors(error)
        else:
            form.add_error(None, error.message)
        if isinstance(error, StaleForm):
            # From here on the person knows what is stored: the next press is allowed to replace it.
            return self.render_form(form, version=self._version_of(form))
        return self.render_form(form)

    def render_form(self, form: Any, *, version: str = "") -> HttpResponse:
        """The form with its input; a version already sent stays, so an invalid first try does not hide a change."""
        return self.render(
            form=form,
            form_token=new_token(),
            form_version=version or self.request.POST.get("form_version") or self._version_of(form),
            status=422 if form.errors else 200,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_label=self.get_submit_label(),
            cancel_url=self.get_cancel_url(),
            **kwargs,
        )
