"""A local server that speaks Stripe's wire format: form-encoded requests, JSON answers, keys that replay their answer.

It forgets nothing within a test, refuses a wrong key, another API version and a reused idempotency key with other
contents, and can be told to break the next call of a kind before or after it acted.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from oms.integrations.stripe.client import API_VERSION
from oms.integrations.stripe.signatures import sign

SECRET_KEY, WEBHOOK_SECRET = "sk_test_only_for_tests", "whsec_only_for_tests"
Reply = tuple[int, dict[str, Any]]


def _nest(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in pairs:
        keys = name.replace("]", "").split("[")
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return root


def refusal(status: int, code: str, message: str = "no", **more: Any) -> Reply:
    kind = "card_error" if status == 402 else "invalid_request_error"
    return status, {"error": {"type": kind, "code": code, "message": message, **more}}


class FakeStripe:
    """Stripe's objects of one test, and what goes wrong next."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.answers: dict[str, tuple[str, Reply]] = {}
        # (method and path ending) → faults in order: "before", "after", or a whole reply.
        self.faults: dict[str, list[str | Reply]] = {}
        self.refund_status = "succeeded"
        self.multicapture = True
        self.lock = threading.Lock()
        self.url = ""

    def break_next(self, ending: str, *faults: str | Reply) -> None:
        self.faults.setdefault(ending, []).extend(faults)

    def buyer_pays(self, session_id: str = "") -> dict[str, Any]:
        """The buyer enters a card on Stripe's page."""
        session = self.sessions[session_id or next(reversed(self.sessions))]
        assert session["status"] == "open"
        intent = {
            "id": f"pi_{len(self.intents) + 1}",
            "object": "payment_intent",
            "status": "requires_capture",
            "amount": session["amount_total"],
            "amount_capturable": session["amount_total"],
            "amount_received": 0,
            "created": int(time.time()),
            "metadata": dict(session["sent"]["payment_intent_data"]["metadata"]),
            "latest_charge": f"ch_{len(self.intents) + 1}",
        }
        self.intents[intent["id"]] = intent
        session.update(status="complete", payment_intent=intent["id"], url=None)
        return intent

    def expire(self) -> None:
        self.sessions[next(reversed(self.sessions))].update(status="expired", url=None)

    def signed(
        self,
        kind: str,
        thing: dict[str, Any],
        *,
        number: str = "",
        secret: str = WEBHOOK_SECRET,
        age: int = 0,
    ) -> tuple[bytes, str]:
        """A webhook: (body, value of the header Stripe-Signature)."""
        event = {"id": number or f"evt_{kind}_{thing['id']}", "type": kind, "data": {"object": thing}}
        body, moment = json.dumps(event).encode(), str(int(time.time()) - age)
        return body, f"t={moment},v0=old,v1={sign(body, moment, secret)}"

    def answer(self, method: str, path: str, sent: dict[str, Any], headers: dict[str, str]) -> Reply | None:
        """None closes the line without a word."""
        with self.lock:
            self.calls.append((method, path, sent, headers))
            if headers.get("authorization") != f"Bearer {SECRET_KEY}":
                return refusal(401, "invalid_api_key")
            assert headers["stripe-version"] == API_VERSION
            fault = next(
                (
                    rows.pop(0)
                    for end, rows in self.faults.items()
                    if rows and f"{method} {path}".endswith(end)
                ),
                None,
            )
            if fault == "before":
                return None
            if isinstance(fault, tuple):
                return fault
            reply = self._once(method, path, sent, headers.get("idempotency-key", ""))
            return None if fault == "after" else reply

    def _once(self, method: str, path: str, sent: dict[str, Any], key: str) -> Reply:
        if method == "GET":
            return self._act(method, path.strip("/").split("/")[1:], sent)
        assert key, "every command carries a key"
        said = json.dumps([path, sent], sort_keys=True)
        if key in self.answers:
            before, reply = self.answers[key]
            return reply if before == said else refusal(400, "idempotency_error")
        reply = self._act(method, path.strip("/").split("/")[1:], sent)
        self.answers[key] = (said, json.loads(json.dumps(reply)))
        return reply

    def _act(self, method: str, place: list[str], sent: dict[str, Any]) -> Reply:
        match (method, *place):
            case ("POST", "checkout", "sessions"):
                return self._open_session(sent)
            case ("GET", "checkout", "sessions", name):
                session = dict(self.sessions[name])
                if session["payment_intent"]:
                    session["payment_intent"] = self.intents[session["payment_intent"]]
                return 200, session
            case ("GET", "payment_intents", name):
                return 200, self.intents[name]
            case ("POST", "payment_intents", name, "capture"):
                return self._capture(self.intents[name], sent)
            case ("POST", "payment_intents", name, "cancel"):
                intent = self.intents[name]
                if intent["status"] != "requires_capture":
                    return refusal(400, "payment_intent_unexpected_state", payment_intent=intent)
                intent.update(status="canceled", amount_capturable=0)
                return 200, intent
            case ("POST", "refunds"):
                return self._refund(sent)
            case ("GET", "refunds"):
                rows = [
                    row for row in self.refunds.values() if row["payment_intent"] == sent["payment_intent"]
                ]
                return 200, {"object": "list", "data": rows}
        return refusal(404, "resource_missing")

    def _open_session(self, sent: dict[str, Any]) -> Reply:
        lines = sent["line_items"].values()
        name = f"cs_test_{len(self.sessions) + 1}"
        session = {
            "id": name,
            "status": "open",
            "payment_intent": None,
            "url": f"https://checkout.stripe.com/c/pay/{name}",
            "amount_total": sum(
                int(row["price_data"]["unit_amount"]) * int(row["quantity"]) for row in lines
            ),
            "metadata": sent["metadata"],
            "sent": sent,
        }
        self.sessions[name] = session
        return 200, session

    def _capture(self, intent: dict[str, Any], sent: dict[str, Any]) -> Reply:
        amount = int(sent["amount_to_capture"])
        final = sent.get("final_capture", "true") == "true"
        if intent["status"] != "requires_capture" or amount > intent["amount_capturable"]:
            return refusal(400, "payment_intent_unexpected_state", payment_intent=intent)
        if not final and not self.multicapture:
            return refusal(400, "parameter_invalid")
        intent["amount_received"] += amount
        intent["amount_capturable"] -= amount
        intent["metadata"].update(sent.get("metadata", {}))
        if final or not intent["amount_capturable"]:
            intent.update(status="succeeded", amount_capturable=0)
        return 200, intent

    def _refund(self, sent: dict[str, Any]) -> Reply:
        name, amount = sent["payment_intent"], int(sent["amount"])
        back = sum(row["amount"] for row in self.refunds.values() if row["payment_intent"] == name)
        if back + amount > self.intents[name]["amount_received"]:
            return refusal(400, "charge_already_refunded")
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "payment_intent": name,
            "amount": amount,
            "status": self.refund_status,
            "metadata": sent["metadata"],
        }
        self.refunds[refund["id"]] = refund
        return 200, refund


@contextmanager
def running() -> Iterator[FakeStripe]:
    fake = FakeStripe()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length).decode() if length else parts.query
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = fake.answer(self.command, parts.path, _nest(parse_qsl(text)), headers)
            if reply is None:
                self.close_connection = True
                return
            body = json.dumps(reply[1]).encode()
            self.send_response(reply[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
