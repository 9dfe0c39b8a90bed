"""Our own reading of the log: events, and the states that follow from them."""

import bisect
import copy
from dataclasses import dataclass

ARCHIVE_VERBS = {"archived", "unarchived", "restored"}
# The category in which the program keeps answers under a key that changed nothing. No file of `events/` declares it.
ANSWERS = "command"


@dataclass(slots=True)
class Event:
    position: int
    stream: str
    category: str
    version: int
    type: str
    data: dict
    meta: dict
    recorded_at: str
    hash: str

    def __init__(self, document):
        for name in self.__slots__:
            setattr(self, name, document[name])

    @property
    def verb(self):
        return self.type.rpartition(".")[2]

    def __str__(self):
        return (f"event {self.position} in the log: {self.type}, version {self.version} of {self.stream}, "
                f"command {self.meta.get('command')}")


def same(left, right):
    """Equality of JSON by meaning: `1` is `1.0`, but `true` is not `1`."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def merge(target, patch):
    """A merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


class State:
    """An entity after some of its events."""

    def __init__(self, event, data):
        self.id = event.stream
        self.type = event.category
        self.created_at = event.recorded_at
        self.created_position = event.position
        self.data = data
        self.archived = False
        self.archived_with = None
        self.favorite = False
        self.tags = []
        self.links = []
        self._touch(event)

    def _touch(self, event):
        self.version = event.version
        self.position = event.position
        self.updated_at = event.recorded_at

    def copy(self):
        # Nothing in it is changed in place, so it may be shared.
        return copy.copy(self)

    def apply(self, event, effect):
        """`effect`: what a system event does to the state; None for the events that all entities know."""
        self._touch(event)
        data = event.data
        if effect is not None:
            self.data = merge(self.data, data) if effect == "merge" else data
            return
        match event.verb:
            case "updated": self.data = merge(self.data, data)
            case "reverted": self.data = data["data"]
            case "archived": self.archived, self.archived_with = True, data.get("with")
            case "unarchived": self.archived, self.archived_with = False, None
            case "favorited": self.favorite = True
            case "unfavorited": self.favorite = False
            case "tagged": self.tags = self.tags + [tag for tag in data["tags"] if tag not in self.tags]
            case "untagged": self.tags = [tag for tag in self.tags if tag not in data["tags"]]
            case "linked": self.links = self.links + ([] if _link(data) in self.links else [_link(data)])
            case "unlinked": self.links = [link for link in self.links if link != _link(data)]
            case "restored": self._restore(data)

    def _restore(self, data):
        self.data = data.get("data", self.data)
        self.tags = data.get("tags", self.tags)
        self.links = [_link(link) for link in data["links"]] if "links" in data else self.links
        self.favorite = data.get("favorite", self.favorite)
        if "archived" in data:
            self.archived, self.archived_with = data["archived"], data.get("archived_with")

    def content(self):
        """All that people can change."""
        return (self.archived, self.archived_with, self.favorite, self.tags, self.links, self.data)

    def document(self):
        """As clients see it."""
        document = {
            "id": self.id, "type": self.type, "version": self.version, "position": self.position,
            "created_at": self.created_at, "updated_at": self.updated_at, "archived": self.archived,
            "favorite": self.favorite, "tags": self.tags, "links": self.links, "data": self.data}
        if self.archived_with:
            document["archived_with"] = self.archived_with
        return document


def _link(data):
    return {"to": data["to"], "relation": data["relation"]}


def differences(expected, actual):
    """The members in which two documents differ."""
    if not isinstance(actual, dict):
        return ["everything"]
    return sorted(name for name in expected.keys() | actual.keys()
                  if name not in expected or name not in actual or not same(expected[name], actual[name]))


class History:
    """All events of one log, and the present that they lead to."""

    def __init__(self):
        self.events = []
        self.streams = {}
        self.states = {}
        # Of every type that was ever declared: verb → effect. What is read later was written by one of them.
        self.effects = {ANSWERS: {"unchanged": "create"}}

    @property
    def head(self):
        return len(self.events)

    def declare(self, catalogue):
        for name, entity_type in catalogue.types.items():
            if entity_type.is_system:
                self.effects.setdefault(name, {}).update(entity_type.effects)

    def effect(self, event):
        """None for entities of people, "unknown" for what nobody has declared."""
        if event.category not in self.effects:
            return None
        return self.effects[event.category].get(event.verb, "unknown")

    def add(self, event):
        self.events.append(event)
        self.streams.setdefault(event.stream, []).append(event)
        self.states[event.stream] = self._next(self.states.get(event.stream), event)

    def _next(self, state, event):
        effect = self.effect(event)
        if state is None:
            return State(event, event.data if isinstance(event.data, dict) else {})
        if event.category != state.type or effect == "unknown":
            # It does not belong here, and changes nothing but the count.
            state._touch(event)
        else:
            state.apply(event, effect)
        return state

    def state(self, stream, version=None, position=None):
        """The state of then; None where there was none yet."""
        events = self.streams.get(stream, [])
        if version is not None:
            count = version
        else:
            count = bisect.bisect_right(events, position, key=lambda event: event.position)
        if count < 1 or count > len(events):
            return None
        state = None
        for event in events[:count]:
            state = self._next(state, event)
        return state

    def states_at(self, position):
        return {stream: state for stream in self.streams
                if (state := self.state(stream, position=position)) is not None}

    def cut(self, position):
        """The history up to a position, as a restored log has it."""
        shorter = History()
        shorter.effects = self.effects
        for event in self.events[:position]:
            shorter.add(event)
        return shorter

    def command_ends(self):
        """The positions where a command is complete."""
        ends = [event.position for event, following in zip(self.events, self.events[1:])
                if event.meta.get("command") != following.meta.get("command")]
        return ends + [self.head] if self.head else []

    def types(self):
        return {stream: events[0].category for stream, events in self.streams.items()}
