"""Judges each answer as soon as it is there, by what it says alone."""

import time

import journal
from client import ANSWER_SECONDS_MAX

# They can come at any time, because others may be busy.
CROWDED = {"overloaded", "too_many_operations", "too_many_connections"}
READY = "health.ready"
BODY_BYTES_MAX = 1 << 20
LOOKUPS_MAX = 3
# Parts of internal errors by which they are told apart.
TELLING = (
    "duplicate key", "out of range", "No space left", "could not extend", "deadlock", "too large", "size exceeds",
    "too long", "invalid byte", "read-only", "unreadable", "violates", "malformed array", "is no String")


class AnswerJudge:
    def __init__(self, world, findings, nodes):
        self._world = world
        self._findings = findings
        self._nodes = nodes
        self._looked_up = {}

    def judge(self, exchange, node, begun):
        self._findings.check()
        took = time.monotonic() - begun
        if took > ANSWER_SECONDS_MAX:
            self._findings.add(
                "every request is answered within 30 s",
                f"{exchange.operation} took {took:.0f} s and got {exchange.status or 'nothing'}.", [exchange],
                exchange.operation.split(".")[-1])
        if exchange.outcome != journal.ANSWERED:
            # Of what is too large, a server need not read all before it refuses and closes.
            is_too_large = exchange.body is not None and len(exchange.body) > BODY_BYTES_MAX
            if exchange.outcome == journal.LOST and not is_too_large and self._world.was_calm(begun):
                self._findings.add(
                    "a request is answered while nothing is broken", "The connection ended without an answer.",
                    [exchange, *node.last_words()])
            return
        self._judge_status(exchange, node, begun)
        for change in exchange.changes:
            self._judge_change(exchange, node, change)
        if exchange.method == "GET" and exchange.status == 200:
            self._judge_read(exchange, node, begun)

    def _judge_status(self, exchange, node, begun):
        status, code = exchange.status, exchange.code
        operation = self._world.description.operations.get(exchange.operation)
        if status >= 500 and exchange.operation != READY:
            self._judge_failure(exchange, node, begun)
        elif operation and status not in operation.statuses and not operation.has_default:
            self._findings.add(
                "an answer has a status that is described",
                f"{exchange.operation} answered {status}, which /openapi.json does not tell of.", [exchange],
                f"{exchange.operation.split('.')[-1]} {status}")
        elif 400 <= status < 500 and operation and not operation.has_default:
            if (status, code) not in self._world.description.codes:
                self._findings.add(
                    "a problem has a code that is described", f"Status {status} came with the code {code}.",
                    [exchange], f"{status} {code}")

    def _judge_failure(self, exchange, node, begun):
        status, code = exchange.status, exchange.code
        if status not in (503, 507):
            cause = self._cause(node, exchange)
            self._findings.add(
                "no answer is an internal error", f"{exchange.operation} answered {status}.",
                [exchange, *([f"its log: {cause}"] if cause else [])], self._cause_kind(exchange, cause))
        elif (status, code) not in self._world.description.codes:
            self._findings.add(
                "a problem has a code that is described", f"Status {status} came with the code {code}.", [exchange],
                f"{status} {code}")
        elif "Retry-After" not in exchange.answer_headers and code != "outcome_unknown":
            self._findings.add(
                "503 and 507 say when to try again", f"{code} came without Retry-After.", [exchange], code)
        elif code not in CROWDED and self._world.was_calm(begun):
            self._findings.add(
                "everything is available while nothing is broken", f"{exchange.operation} answered {code}.",
                [exchange, *node.last_words()], code)

    def _cause(self, node, exchange):
        """What the node's log says of it. Looked up for the first ones alone: the log grows long."""
        count = self._looked_up[exchange.operation] = self._looked_up.get(exchange.operation, 0) + 1
        if count > LOOKUPS_MAX:
            return None
        return node.cause(exchange.request_id) or time.sleep(0.1) or node.cause(exchange.request_id)

    def _cause_kind(self, exchange, cause):
        """Tells internal errors apart by what the log says of them, else by what is broken, else by what was asked for."""
        for part in TELLING:
            if cause and part in cause:
                return part
        during = self._world.fault_of_now()
        return f"during {during}" if during else exchange.operation.split(".")[-1]

    def _judge_change(self, exchange, node, change):
        if change.is_acknowledged:
            self._judge_acknowledged(exchange, change)
        elif change.status == 404 and change.is_honest:
            self._findings.add(
                "what exists is found", f"The {change.type} {change.id} exists, but {change.verb} was answered 404.",
                [exchange], _form(exchange), change.id)
        elif change.status is not None and change.status >= 500 and exchange.status == 200:
            code = change.document.get("code")
            if (change.status, code) not in self._world.description.codes or change.status == 500:
                self._findings.add(
                    "no answer is an internal error", f"{change.verb} in a bulk request was answered {change.status}.",
                    [exchange], self._cause_kind(exchange, self._cause(node, exchange)))
        elif exchange.operation.endswith(".bulk") and exchange.status == 422:
            # What is no proper body, such as one with U+0000 in it, is refused whole, and says where.
            pass
        elif change.status == 422 and change.is_honest and change.verb in _BARE and not exchange.key:
            self._findings.add(
                "what asks for nothing special is not refused", f"{change.verb} was answered 422.", [exchange],
                change.verb)

    def _judge_acknowledged(self, exchange, change):
        document = change.document
        if document.get("type") != change.type:
            self._findings.add(
                "an answer is about the type that was asked for",
                f"{change.verb} of a {change.type} was answered with a {document.get('type')}.", [exchange],
                _form(exchange), change.id)
        is_uuid = isinstance(change.id, str) and change.id.count("-") == 4 and len(change.id) == 36
        if is_uuid and document.get("id") != change.id.lower():
            self._findings.add(
                "an answer is about the entity that was asked for",
                f"{change.verb} of {change.id} was answered with {document.get('id')}.", [exchange], _form(exchange),
                change.id)

    def _judge_read(self, exchange, node, begun):
        """Whoever wrote through a node reads what was written there."""
        answer = exchange.answer
        if not exchange.operation.endswith(".get") or not isinstance(answer, dict) or "as_of" in exchange.target:
            return
        if "version" not in answer or "id" not in answer:
            return
        least = self._world.version_at_least(answer["id"], exchange.node, begun)
        if answer["version"] < least:
            self._findings.add(
                "a node shows what it has acknowledged",
                f"It has acknowledged version {least} of {answer['id']}, then showed {answer['version']}.",
                [exchange, *node.last_words(3)])


_BARE = {"archive", "unarchive", "favorite", "unfavorite"}


def _form(exchange):
    return "bulk" if exchange.is_bulk else "single"

