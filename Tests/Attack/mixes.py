"""Random requests of clients that know each other's entities, keys and versions, and often get them wrong."""

import json
import uuid

from catalogue import plain_slug
from journal import Change, parse_json
from values import Values

PATIENCE_SECONDS = [0.0005, 0.002, 0.005, 0.02]
BULK_OPERATIONS_MAX = 12
VERBS = ["archive", "unarchive", "favorite", "unfavorite"]
RELATIONS = ["related", "shows", "null"]


class Habits:
    """What the clients of one round like to do; drawn anew for each, because a mix of everything hides some things."""

    def __init__(self, random):
        self.weights = {
            "create": random.choice([1, 3]), "patch": random.choice([2, 6]), "verb": random.choice([1, 4]),
            "tag": random.choice([0, 3]), "link": random.choice([0, 1, 2]), "revert": random.choice([0, 1]),
            "bulk": random.choice([0, 2, 4]), "retry": random.choice([1, 4]), "read": random.choice([1, 3]),
            "walk": random.choice([1, 4])}
        self.wrong_type = random.choice([0, 0, 0.1, 0.3])
        self.wrong_body = random.choice([0, 0.05])
        self.key = random.choice([0.2, 0.6, 0.9])
        self.if_match = random.choice([0, 0.2])
        self.impatience = random.choice([0, 0.03])
        self.huge = random.choice([0, 0.03, 0.06])
        self.has_odd_tags = random.random() < 0.4

    def __str__(self):
        liked = ", ".join(f"{name} {weight}" for name, weight in self.weights.items() if weight)
        return (f"{liked}; wrong types {self.wrong_type}, wrong bodies {self.wrong_body}, keys {self.key}, "
                f"If-Match {self.if_match}, impatient {self.impatience}, huge {self.huge}, "
                f"odd tags {'yes' if self.has_odd_tags else 'no'}")


class Writer:
    """One client that changes entities."""

    def __init__(self, random, world, client, nodes, habits):
        self.random = random
        self.world = world
        self.client = client
        self.nodes = nodes
        self.habits = habits
        self.values = Values(random, world, habits.huge)
        self._keys = 0

    def step(self, name):
        getattr(self, name)()

    # MARK: choosing

    def _type(self):
        names = [name for name in self.world.round_types if name in self.world.catalogue.types]
        return self.world.catalogue.types[self.random.choice(names)]

    def _node(self):
        return self.random.choice(self.nodes)

    def _target(self, entity_type):
        """An id of the type, most likely."""
        if self.random.random() < self.habits.wrong_type:
            return self.world.any_id(self.random)
        if self.random.random() < 0.02:
            return self.random.choice(
                [str(uuid.UUID(int=self.random.getrandbits(128))), *(self.world.operations[-2:] or ["nonsense"])])
        if entity_type.unique_by and self.random.random() < 0.3:
            return self.values.tag()
        return self.world.of_type(self.random, entity_type.name)

    def _headers(self, stream=None):
        headers = {}
        if self.random.random() < self.habits.key:
            self._keys += 1
            headers["Idempotency-Key"] = f"key-{self.random.getrandbits(40):x}-{self._keys}"
        if stream and self.random.random() < self.habits.if_match:
            version = self.world.version(stream) + self.random.choice([0, 0, 0, -1, 1])
            headers["If-Match"] = self.random.choice([f'"{version}"', f'"{version}"', "*", '"nonsense"'])
        return headers

    def _patience(self):
        return self.random.choice(PATIENCE_SECONDS) if self.random.random() < self.habits.impatience else None

    def _change(self, verb, entity_type, stream, **wish):
        return Change(
            verb=verb, type=entity_type.name, id=stream, wish=wish,
            is_honest=stream is not None and self.world.knows(stream, entity_type.name))

    def _ask(self, operation, entity_type, stream, change, body=None, names=None, query=None):
        """Sends a request for one entity."""
        headers = self._headers(stream if change.is_honest else None)
        change.is_conditional = "If-Match" in headers
        names = {"id": stream, **(names or {})} if stream is not None else {}
        return self.client.call(
            self._node(), f"{entity_type.collection}.{operation}", names, query, body, headers, [change],
            self._patience())

    def _spoil(self, body):
        return self.values.spoilt(body) if self.random.random() < self.habits.wrong_body else body

    # MARK: single requests

    def create(self):
        entity_type = self._type()
        data = self._spoil(self.values.data(entity_type))
        self._ask("create", entity_type, None, self._change("create", entity_type, None, data=data), data)

    def patch(self):
        entity_type = self._type()
        stream = self._target(entity_type)
        if stream is None:
            return self.create()
        patch = self._spoil(self.values.patch(entity_type))
        return self._ask("update", entity_type, stream, self._change("patch", entity_type, stream, patch=patch), patch)

    def verb(self):
        entity_type = self._type()
        stream = self._target(entity_type)
        if stream is None:
            return self.create()
        verb = self.random.choice(VERBS)
        return self._ask(verb, entity_type, stream, self._change(verb, entity_type, stream))

    def tag(self):
        entity_type = self._type()
        stream = self._target(entity_type)
        if stream is None:
            return self.create()
        tags = [self.values.tag() for _ in range(self.random.choice([1, 1, 2, 3]))]
        if self.random.random() < 0.7:
            change = self._change("tag", entity_type, stream, tags=tags)
            return self._ask("tag", entity_type, stream, change, self._spoil({"tags": tags}))
        worn = self.random.choice(tags)
        change = self._change("untag", entity_type, stream, tags=[worn])
        return self._ask("untag", entity_type, stream, change, names={"tag": worn})

    def link(self):
        entity_type = self._type()
        stream = self._target(entity_type)
        if stream is None:
            return self.create()
        target = self.world.some_id(self.random, ["*"])
        relation = self.random.choice(RELATIONS)
        wish = {"to": target, "relation": relation}
        if self.random.random() < 0.6:
            return self._ask("link", entity_type, stream, self._change("link", entity_type, stream, **wish), wish)
        change = self._change("unlink", entity_type, stream, **wish)
        return self._ask(
            "unlink", entity_type, stream, change, names={"target": target}, query={"relation": relation})

    def revert(self):
        entity_type = self._type()
        stream = self._target(entity_type)
        if stream is None:
            return self.create()
        version = self.random.randint(1, max(1, self.world.version(stream)))
        change = self._change("revert", entity_type, stream)
        # An earlier version may be one that the client has never seen.
        change.is_honest = change.is_honest and version == 1
        return self._ask("revert", entity_type, stream, change, {"version": version})

    # MARK: many at once

    def bulk(self):
        operations, changes = [], []
        for _ in range(self.random.randint(1, BULK_OPERATIONS_MAX)):
            operation, change = self._operation(operations)
            operations.append(operation)
            changes.append(change)
        self.client.call(
            self._node(), "entities.bulk", body={"operations": operations}, headers=self._headers(), changes=changes,
            patience=self._patience())

    def _operation(self, before):
        entity_type = self._type()
        stream = self._target(entity_type)
        # What one operation does to an entity, the next one meets.
        again = [operation["id"] for operation in before if "id" in operation]
        if again and self.random.random() < 0.4:
            stream = self.random.choice(again)
            if self.random.random() >= self.habits.wrong_type and stream in self.world.types:
                entity_type = self.world.catalogue.types.get(self.world.types[stream], entity_type)
        verb = self.random.choice(["create", "patch", "patch", "tag", "untag", "link", "unlink", *VERBS])
        if stream is None or entity_type.is_system:
            verb, stream, entity_type = "create", None, self._type()
        if verb == "create":
            data = self._spoil(self.values.data(entity_type))
            return ({"op": "create", "type": entity_type.name, "data": data},
                    self._change("create", entity_type, None, data=data))
        operation = {"op": verb, "type": entity_type.name, "id": stream}
        wish = {}
        if verb == "patch":
            wish["patch"] = operation["data"] = self._spoil(self.values.patch(entity_type))
        elif verb in ("tag", "untag"):
            wish["tags"] = operation["tags"] = [self.values.tag() for _ in range(self.random.choice([1, 1, 2]))]
        elif verb in ("link", "unlink"):
            wish = {"to": self.world.some_id(self.random, ["*"]), "relation": self.random.choice(RELATIONS)}
            operation |= wish
        change = self._change(verb, entity_type, stream, **wish)
        if self.random.random() < self.habits.if_match / 2:
            operation["if_version"] = max(1, self.world.version(stream) + self.random.choice([0, 0, 1]))
            change.is_conditional = True
        return operation, change

    # MARK: the same again

    def retry(self):
        """Sends an earlier request under its key again, or another one under the same key."""
        known = self.world.some_keyed(self.random)
        if known is None or not self._can_repeat(known):
            return self.patch()
        if self.random.random() < 0.85:
            return self.repeat(known)
        return self._retry_otherwise({"Idempotency-Key": known.key})

    def _can_repeat(self, known):
        return known.operation in self.world.description.operations and all(
            change.type in self.world.catalogue.types for change in known.changes)

    def repeat(self, known):
        """The same request again, to either node."""
        changes = [Change(verb=change.verb, type=change.type, id=change.id, wish=change.wish,
                          is_conditional=change.is_conditional) for change in known.changes]
        return self.client.send(
            self._node(), known.operation, known.method, known.target, known.body, known.headers, changes)

    def _retry_otherwise(self, headers):
        """Uses a key for something else. A server that goes by keys alone would answer with what it did before."""
        entity_type = self._type()
        if self.random.random() < 0.5:
            data = {**self.values.data(entity_type), entity_type.name_field: f"other {self.random.getrandbits(30)}"}
            change = self._change("create", entity_type, None, data=data)
            return self.client.call(
                self._node(), f"{entity_type.collection}.create", body=data, headers=headers, changes=[change])
        stream = self.world.of_type(self.random, entity_type.name)
        if stream is None:
            return self.create()
        operations = [{"op": verb, "type": entity_type.name, "id": stream}
                      for verb in self.random.sample(VERBS[2:], k=self.random.choice([1, 2]))]
        return self.client.call(
            self._node(), "entities.bulk", body={"operations": operations}, headers=headers,
            changes=[self._change(operation["op"], entity_type, stream) for operation in operations])


def is_granted(change):
    """Whether the entity that was answered is as the change wanted it; True where that cannot be told."""
    document, wish = change.document, change.wish
    match change.verb:
        case "archive": return document["archived"]
        case "unarchive": return not document["archived"]
        case "favorite": return document["favorite"]
        case "unfavorite": return not document["favorite"]
        case "tag" | "untag":
            slugs = [plain_slug(tag) for tag in wish["tags"] if isinstance(tag, str)]
            return all((slug in document["tags"]) == (change.verb == "tag") for slug in slugs
                       if slug and len(slug) <= 48)
        case "link" | "unlink":
            link = {"to": wish["to"].lower(), "relation": wish["relation"]}
            return (link in document["links"]) == (change.verb == "link")
    return True


def wanted_data(change):
    """The fields that an acknowledged change must have led to, as JSON reads them; None where that cannot be told."""
    if change.verb == "create":
        return change.wish["data"]
    return change.wish.get("patch")


def as_sent(value):
    """A value as it is after a journey through JSON."""
    return parse_json(json.dumps(value))
