"""Environment variables are read by type, and a value that cannot be used is named."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from backoffice.settings import env


@pytest.mark.parametrize(("value", "meaning"), [("1", True), (" YES ", True), ("off", False), ("", False)])
def test_flags(monkeypatch, value, meaning):
    monkeypatch.setenv("BO_X", value)
    assert env.flag("BO_X", not meaning) is meaning


def test_a_flag_that_is_neither_is_named(monkeypatch):
    monkeypatch.setenv("BO_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"BO_X.*maybe"):
        env.flag("BO_X")


def test_defaults_apply_where_nothing_is_set(monkeypatch):
    monkeypatch.delenv("BO_X", raising=False)
    assert env.flag("BO_X", True) is True
    assert env.integer("BO_X", 5) == 5
    assert env.text("BO_X", "a") == "a"
    assert env.words("BO_X", ("a", "b")) == ["a", "b"]
    assert env.secret("BO_X") is None


def test_numbers_and_lists(monkeypatch):
    monkeypatch.setenv("BO_X", "12")
    assert env.integer("BO_X", 1) == 12
    monkeypatch.setenv("BO_X", "a, b,,c ")
    assert env.words("BO_X") == ["a", "b", "c"]
    with pytest.raises(ImproperlyConfigured, match="BO_X"):
        env.integer("BO_X", 1)


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    monkeypatch.setenv("BO_X_FILE", str(file))
    assert env.secret("BO_X") == "from-file"
    monkeypatch.setenv("BO_X", "from-variable")
    assert env.secret("BO_X") == "from-variable"
    monkeypatch.delenv("BO_X")
    monkeypatch.setenv("BO_X_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="BO_X_FILE"):
        env.secret("BO_X")


def test_database_urls(monkeypatch):
    monkeypatch.setenv("BO_DB", "postgres://bo%40x:p%2Fw@db.test:5433/market?sslmode=require")
    entry = env.database("BO_DB", "")
    assert (entry["ENGINE"], entry["NAME"], entry["USER"], entry["PASSWORD"]) == (
        "django.db.backends.postgresql", "market", "bo@x", "p/w",
    )  # fmt: skip
    assert (entry["HOST"], entry["PORT"], entry["OPTIONS"]) == ("db.test", "5433", {"sslmode": "require"})
    monkeypatch.setenv("BO_DB", "sqlite:////data/market.sqlite3")
    assert env.database("BO_DB", "")["NAME"] == "/data/market.sqlite3"
    monkeypatch.setenv("BO_DB", "mysql://x/y")
    with pytest.raises(ImproperlyConfigured, match=r"BO_DB.*mysql"):
        env.database("BO_DB", "")
