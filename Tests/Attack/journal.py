"""What was asked and answered, kept so that it can be judged afterwards and told as a story."""

import json
import threading
from dataclasses import dataclass, field
from decimal import Decimal

ANSWERED = "answered"
# Nobody can know what became of the request.
LOST = "lost"
GIVEN_UP = "given up"


def parse_json(text):
    """Numbers keep their exact value."""
    return json.loads(text, parse_float=Decimal)


@dataclass(slots=True)
class Change:
    """One change that a request asks for: a single request has one, a bulk request many."""

    verb: str
    type: str
    # As it was sent: an id, or of a tag its name; None where something is created.
    id: str | None = None
    # What the entity is to have afterwards.
    wish: dict = field(default_factory=dict)
    # Whether the entity is known to exist with this type, so that 404 would be a lie.
    is_honest: bool = False
    is_conditional: bool = False
    status: int | None = None
    # The entity of a 2xx, the problem of anything else.
    document: dict | None = None

    @property
    def is_acknowledged(self):
        return self.status is not None and 200 <= self.status < 300

    @property
    def stream(self):
        return self.document["id"] if self.is_acknowledged else None


@dataclass(slots=True)
class Exchange:
    number: int
    node: str
    operation: str
    method: str
    target: str
    headers: dict
    body: bytes | None
    changes: list = field(default_factory=list)
    started: float = 0.0
    ended: float = 0.0
    outcome: str = LOST
    # Why there is no answer, in the words of the one who waited for it.
    failure: str = ""
    status: int | None = None
    answer: object = None
    answer_headers: dict = field(default_factory=dict)

    @property
    def request_id(self):
        return f"attack-{self.number}"

    @property
    def key(self):
        return self.headers.get("Idempotency-Key")

    @property
    def fingerprint(self):
        """What has to be the same for two requests to ask for the same."""
        return (self.method, self.target, self.headers.get("If-Match"), self.body)

    @property
    def code(self):
        return self.answer.get("code") if isinstance(self.answer, dict) else None

    @property
    def is_acknowledged(self):
        """Whether something of it was confirmed, and so has to be remembered under its key."""
        return any(change.is_acknowledged for change in self.changes)

    @property
    def is_bulk(self):
        return self.operation == "entities.bulk"

    def __str__(self):
        return self.told()

    def told(self, about=None):
        """For people. `about`: an entity; of many operations only those on it are told."""
        shown = {"Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "X-Correlation-Id"}
        said = "".join(f"[{name}: {value}] " for name, value in self.headers.items() if name in shown)
        head = f"#{self.number} at {self.started:.2f} s to {self.node}: {self.method} {shorten(self.target)} {said}"
        if self.is_bulk and self.status == 200:
            return head + self._told_operations(about)
        body = f"{shorten(self.body.decode(errors='replace'))} " if self.body else ""
        answer = shorten(json.dumps(self.answer, default=str, ensure_ascii=False), 300) if self.answer is not None else ""
        return head + body + "→ " + (
            f"{self.status} {answer}" if self.outcome == ANSWERED else f"{self.outcome} ({self.failure})")

    def _told_operations(self, about):
        lines = []
        for index, change in enumerate(self.changes):
            if about is None or about in (change.id, change.stream):
                version = f" version {change.document['version']}" if change.is_acknowledged else ""
                wish = f" {shorten(json.dumps(change.wish, ensure_ascii=False), 160)}" if change.wish else ""
                lines.append(
                    f"{index}: {change.verb} {change.type} {change.id or ''}{wish} → {change.status}{version}")
        left = len(self.changes) - len(lines)
        return "; ".join(lines[:4]) + (f"; … and {left + max(0, len(lines) - 4)} more" if left or len(lines) > 4 else "")


def shorten(text, length=260):
    """Keeps both ends of what is long."""
    text = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
    return text if len(text) <= length else f"{text[:length - 80]} … {text[-60:]} ({len(text)} characters)"


class Journal:
    """Every request that asked for a change, and counts of all."""

    def __init__(self):
        self._lock = threading.Lock()
        self._next = 0
        self.exchanges = []
        self.by_request_id = {}
        self.called = {}

    def begin(self, **parts):
        with self._lock:
            self._next += 1
            return Exchange(number=self._next, **parts)

    def end(self, exchange):
        with self._lock:
            self.called[exchange.operation] = self.called.get(exchange.operation, 0) + 1
            # Reads are judged on the spot; keeping them all would only take memory.
            if exchange.method != "GET":
                self.exchanges.append(exchange)
                self.by_request_id[exchange.request_id] = exchange

    @property
    def count(self):
        return self._next

    def about(self, stream):
        """The requests that name an entity, in order."""
        if not stream:
            return []
        with self._lock:
            return [exchange for exchange in self.exchanges
                    if stream in exchange.target or (exchange.body and stream.encode() in exchange.body)
                    or any(change.stream == stream for change in exchange.changes)]

    def keep(self, exchanges):
        """Forgets all others; numbers go on."""
        with self._lock:
            self.exchanges = sorted(exchanges, key=lambda exchange: exchange.number)
            self.by_request_id = {exchange.request_id: exchange for exchange in exchanges}
