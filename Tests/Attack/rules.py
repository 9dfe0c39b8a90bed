"""Rules that the log has to keep by itself, whoever wrote what for what reason. Each event is held against the past."""

import datetime

from catalogue import plain_slug
from history import ANSWERS, ARCHIVE_VERBS, same
from journal import ANSWERED
from schema import faults

CLOCK_SKEW = datetime.timedelta(seconds=10)


class LogRules:
    """Judges events in the order in which they stand, before they are added to the history."""

    def __init__(self, history, findings, journal, foreign=()):
        self._history = history
        self._findings = findings
        self._journal = journal
        self._last_time = ""
        # Streams with events that do not belong there: told once, then left out of what follows from their state.
        self.foreign = set(foreign)

    def judge(self, event, catalogue):
        """`catalogue`: that of the nodes which wrote the event."""
        self._findings.check()
        self._judge_place(event)
        state = self._history.states.get(event.stream)
        category = self._history.streams[event.stream][0].category if state else event.category
        if event.category != category:
            self.foreign.add(event.stream)
            self._tell(
                "an event's category is that of its stream",
                f"Event {event.position} ({event.type}) stands in the stream of the {category} {event.stream}.", event,
                self._who(event))
            return
        if not event.type.startswith(f"{event.category}."):
            self._tell("an event's type begins with its category", f"{event.type} is in {event.category}.", event)
        if event.category == ANSWERS:
            self._judge_answer(event)
            return
        entity_type = catalogue.types.get(event.category)
        if entity_type is None or not entity_type.declares(event.verb):
            self.foreign.add(event.stream)
            self._tell("only declared events are written",
                       f"{event.type} was written, which the catalogue of then does not declare.", event)
            return
        if event.stream in self.foreign:
            return
        if entity_type.is_system:
            self._judge_beginning(event, state, self._history.effect(event) == "create")
        elif self._judge_beginning(event, state, event.verb == "created"):
            self._judge_change(event, state, entity_type)

    def _judge_place(self, event):
        if event.position != self._history.head + 1:
            self._tell("positions have no gap",
                       f"After {self._history.head} comes {event.position}.", event)
        count = len(self._history.streams.get(event.stream, []))
        if event.version != count + 1:
            self._tell("versions of a stream have no gap", f"After version {count} comes {event.version}.", event)
        if event.recorded_at < self._last_time:
            self._tell("times never decrease", f"After {self._last_time} comes {event.recorded_at}.", event)
        self._last_time = event.recorded_at
        recorded = datetime.datetime.fromisoformat(event.recorded_at)
        if recorded > datetime.datetime.now(datetime.timezone.utc) + CLOCK_SKEW:
            self._tell("no event comes from the future", f"{event.recorded_at} is yet to come.", event)

    def _judge_answer(self, event):
        """What is kept of a keyed command that changed nothing tells of a version that there is."""
        state = self._history.states.get(event.data.get("id"))
        told = (event.data.get("type"), event.data.get("version"), event.version)
        if state is None or told != (state.type, state.version, 1) and event.data["id"] not in self.foreign:
            self._tell("a kept answer is that of its time", f"It tells of {event.data}, where {told} was.", event)

    def _judge_beginning(self, event, state, begins):
        if begins == (state is None):
            return True
        self._tell("a stream begins once, by what creates it",
                   f"{event.type} is version {event.version} of its stream.", event, event.verb)
        return False

    def _judge_change(self, event, state, entity_type):
        if state is not None:
            if state.archived and event.verb not in ARCHIVE_VERBS:
                self._tell("what is archived is not changed", f"{event.type} met an archived entity.", event,
                           event.verb)
            after = state.copy()
            after.apply(event, None)
            if same(list(after.content()), list(state.content())):
                self._tell("an event changes something", f"{event.type} says what was so already.", event, event.verb)
        else:
            after = None
        data = event.data if after is None else after.data
        if event.verb in ("created", "updated"):
            wrong = faults(data, entity_type.schema)
            if wrong:
                self._tell("what is written fits its type", f"{event.type}: {wrong[0]}", event, event.category)
            self._judge_references(event, {} if state is None else state.data, data, entity_type)
        if entity_type.unique_by and state is not None:
            before, now = (plain_slug(str(fields.get(entity_type.unique_by, ""))) for fields in (state.data, data))
            if before and now and before != now:
                self._tell("a name that an id is made of is fixed", f"{before} became {now}.", event)

    def _judge_references(self, event, before, data, entity_type):
        known = {(field, target) for field, target, _ in entity_type.references(before)}
        for field, target, allowed in entity_type.references(data):
            if (field, target) in known:
                continue
            found = self._history.streams.get(target.lower())
            found_type = found[0].category if found else None
            if found_type is None or allowed != ["*"] and found_type not in allowed:
                self._tell("what is referred to exists and belongs there",
                           f"{field} of {event.type} points to {found_type or 'nothing'} ({target}).", event)

    def _who(self, event):
        exchange = self._journal.by_request_id.get(event.meta.get("request_id"))
        return "" if exchange is None else "bulk" if exchange.is_bulk else "single"

    def _tell(self, rule, sentence, event, kind=""):
        exchange = self._journal.by_request_id.get(event.meta.get("request_id"))
        others = self._journal.about(event.stream)
        # The requests that led there: the one that wrote it, and what went on just before.
        story = [other for other in others if exchange and exchange.number - 400 < other.number <= exchange.number
                 and (other.is_acknowledged or other.outcome != ANSWERED)]
        if exchange and exchange not in story:
            story.append(exchange)
        creating = [other for other in others if other.operation.endswith(".create")][:1]
        self._findings.add(rule, sentence, [*creating, *[one for one in story if one not in creating][-5:], event], kind,
                           event.stream)
