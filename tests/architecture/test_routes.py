"""A route that does not declare its audience and its grant fails the build."""

from django.http import HttpResponse
from django.urls import include, path

from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.pages import ConsolePage
from tests.architecture.routes import all_routes, undeclared, walk


class DeclaredPage(ConsolePage):
    grant = SIGNED_IN


class NakedPage(ConsolePage):
    @classmethod
    def as_view(cls, **initkwargs):
        def view(request):
            return HttpResponse()

        view.view_class = cls
        return view


def naked_function(request):
    return HttpResponse()


def _found(patterns, monkeypatch):
    monkeypatch.setattr("tests.architecture.routes.OWN", ("tests",))
    return undeclared(walk(patterns))


def test_every_own_route_declares_its_audience_and_grant():
    routes = all_routes()
    assert len([route for route in routes if route.is_own]) > 3
    assert undeclared(routes) == []


def test_a_page_without_a_grant_is_found_even_below_an_include(monkeypatch):
    patterns = [path("a/", include([path("b/", NakedPage.as_view())])), path("c/", DeclaredPage.as_view())]
    found = _found(patterns, monkeypatch)
    assert len(found) == 1
    assert found[0].startswith("a/b/ ")


def test_a_plain_function_without_declarations_is_found(monkeypatch):
    assert len(_found([path("x/", naked_function)], monkeypatch)) == 1


def test_a_grant_without_an_audience_is_not_enough(monkeypatch):
    def half(request):
        return HttpResponse()

    half.grant = SIGNED_IN
    assert len(_found([path("x/", half)], monkeypatch)) == 1
    half.audience = "everybody"
    assert len(_found([path("x/", half)], monkeypatch)) == 1
    half.audience = "portal"
    assert _found([path("x/", half)], monkeypatch) == []
