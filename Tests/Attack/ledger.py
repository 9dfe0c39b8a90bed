"""Holds what was answered against what the log has: every promise is kept, and nothing happened that was denied."""

import journal
from history import differences, merge, same
from mixes import as_sent, is_granted, wanted_data

# The only answer after which a change may have been made or not.
UNKNOWN = "outcome_unknown"


class Ledger:
    def __init__(self, history, findings, log, foreign=frozenset()):
        """`foreign`: streams with events that do not belong there, of whose state nothing is said."""
        self._history = history
        self._findings = findings
        self._journal = log
        self._foreign = foreign
        self._written = {}
        self._commands = {}
        for event in history.events:
            key = event.meta.get("idempotency_key")
            if key:
                # Each operation of a bulk request is a command of its own, and tells its place.
                part = (key, event.meta.get("part", 0))
                self._commands.setdefault(part, {})[event.meta["command"]] = event
            request_id = event.meta.get("request_id")
            if request_id and not self._is_of_system(event.category):
                self._written.setdefault(request_id, []).append(event)

    def _is_of_system(self, category):
        return category in self._history.effects

    def judge(self, since):
        """`since`: the number of the first request that was not judged yet."""
        new = [exchange for exchange in self._journal.exchanges if exchange.number >= since]
        for exchange in new:
            self._findings.check()
            for change in exchange.changes:
                if change.is_acknowledged:
                    self._judge_promise(exchange, change)
            self._judge_denial(exchange)
        touched = {exchange.key for exchange in new if exchange.key}
        groups = {}
        for exchange in self._journal.exchanges:
            if exchange.key in touched and exchange.changes:
                groups.setdefault(exchange.key, []).append(exchange)
        for group in groups.values():
            self._judge_key(group)
        self._judge_commands(touched)

    def _judge_promise(self, exchange, change):
        document = change.document
        if document["id"] in self._foreign:
            return
        state = self._history.state(document["id"], version=document["version"])
        if state is None:
            self._findings.add(
                "what is acknowledged is in the log",
                f"Version {document['version']} of the {change.type} {document['id']} was acknowledged, but the log "
                f"has {len(self._history.streams.get(document['id'], []))} of its versions.", [exchange], change.verb)
            return
        wrong = differences(state.document(), document)
        if wrong:
            self._findings.add(
                "an answer shows the entity as the log has it", f"They differ in {', '.join(wrong)}.",
                [*self._before(exchange, document["id"]), exchange, f"by the log: {journal.shorten(str(state.document()))}"],
                " ".join(wrong))
        if not is_granted(change):
            self._findings.add(
                "an acknowledged change was made", f"{change.verb} was acknowledged with an entity that is not so.",
                [exchange], change.verb)
        data = wanted_data(change)
        if data is not None and isinstance(data, dict):
            expected = merge({} if change.verb == "create" else document["data"], as_sent(data))
            if not same(expected, document["data"]):
                self._findings.add(
                    "an acknowledged change was made", "The fields are not those that were sent.", [exchange],
                    f"{change.verb} data")

    def _judge_denial(self, exchange):
        written = self._written.get(exchange.request_id, [])
        if not written or exchange.outcome != journal.ANSWERED or exchange.status == 202 or exchange.code == UNKNOWN:
            return
        promised = {}
        for change in exchange.changes:
            if change.is_acknowledged:
                stream = change.document["id"]
                promised[stream] = max(promised.get(stream, 0), change.document["version"])
            elif change.document and change.document.get("code") == UNKNOWN:
                return
        for event in written:
            if event.stream in self._foreign or event.version <= promised.get(event.stream, 0):
                continue
            if promised and (event.category == "tag" and event.verb == "created" or self._is_taken_along(event)):
                continue
            said = exchange.code or f"status {exchange.status}"
            self._findings.add(
                "what was refused did not happen",
                f"The request was answered with {said}, but {event.type} was written.",
                [*self._before(exchange, event.stream), exchange, event], said)
            return

    def _is_taken_along(self, event):
        return event.verb in ("archived", "unarchived")

    def _judge_key(self, group):
        """A key stands for one request, whose first answer every repetition gets."""
        group.sort(key=lambda exchange: exchange.ended)
        kept = [exchange for exchange in group if exchange.is_acknowledged]
        if not kept:
            return
        first = kept[0]
        for other in kept[1:]:
            if other.fingerprint != first.fingerprint:
                self._findings.add(
                    "a key stands for one request",
                    "Another request under the same Idempotency-Key was carried out instead of refused.",
                    [first, other], self._kind(first, other))
        for other in group:
            if other is first or other.started < first.ended or other.fingerprint != first.fingerprint:
                continue
            if other.outcome == journal.ANSWERED and other.status < 500:
                self._judge_repetition(first, other)

    def _judge_repetition(self, first, other):
        for promised, repeated in zip(first.changes, other.changes):
            if not promised.is_acknowledged or promised.document["id"] in self._foreign:
                continue
            if repeated.is_acknowledged:
                wrong = differences(promised.document, repeated.document)
                if not wrong:
                    continue
                sentence = (f"The repetition was answered with another {', '.join(wrong)}: version "
                            f"{promised.document['version']} first, then {repeated.document['version']}.")
            elif repeated.status is not None and repeated.status >= 500:
                continue
            else:
                sentence = f"The repetition was refused with {repeated.status}."
            stream = promised.document["id"]
            between = [exchange for exchange in self._journal.about(stream)
                       if first.number < exchange.number < other.number and exchange.is_acknowledged]
            changed = bool(self._written.get(first.request_id))
            self._findings.add(
                "a repetition gets the first answer", sentence, [first, *between[-4:], other],
                f"{self._kind(first, other)}, which {'changed something' if changed else 'changed nothing'}", stream)
            return

    def _judge_commands(self, keys):
        for (key, _), commands in self._commands.items():
            if len(commands) > 1 and key in keys:
                asked = [exchange for exchange in self._journal.exchanges if exchange.key == key]
                self._findings.add(
                    "what has a key is carried out once", f"{len(commands)} commands wrote events under the key {key}.",
                    [*asked[-6:], *list(commands.values())[:3]])

    def _kind(self, first, other):
        kinds = sorted({"bulk" if len(exchange.changes) > 1 or exchange.operation == "entities.bulk" else "single"
                        for exchange in (first, other)})
        return " and ".join(kinds)

    def _before(self, exchange, stream):
        return [other for other in self._journal.about(stream) if other.number < exchange.number][-3:]
