"""Random questions: lists, single entities, the past, and every operation of the description in turn."""

import uuid

from journal import Change
from values import ODD_TEXTS, Values, WORDS

QUERY_CHANCE = 0.25
# A page of everything takes long when many ask for it.
STREAM = "events.stream"
SIGN_IN = "console.session.begin"


class Reader:
    """One client that asks, and walks through the description."""

    def __init__(self, random, world, client, nodes):
        self.random = random
        self.world = world
        self.client = client
        self.nodes = nodes
        self.values = Values(random, world)
        self._route = []
        # Work that goes on after its answer is asked for sparingly: it keeps both nodes busy.
        self.long_calls_left = 2

    def step(self, name):
        getattr(self, name)()

    def _node(self):
        return self.random.choice(self.nodes)

    # MARK: reading

    def read(self):
        names = [name for name in self.world.round_types if name in self.world.catalogue.types]
        entity_type = self.world.catalogue.types[self.random.choice(names)]
        stream = self.world.of_type(self.random, entity_type.name)
        kind = self.random.choice(["get", "get", "list", "search", "past", "history", "references", "tags"])
        if stream is None or kind == "list":
            return self._list(entity_type)
        if kind == "search":
            return self.client.call(self._node(), "entities.search", query={"q": self._words(), "limit": 5})
        if kind == "tags":
            if self.random.random() < 0.5:
                return self.client.call(self._node(), "tags.cloud")
            return self.client.call(self._node(), "tags.suggest", query={"prefix": self.values.tag()[:20]})
        names = {"id": stream}
        collection = entity_type.collection
        if kind == "past":
            point = self.random.randint(1, max(1, self.world.head))
            return self.client.call(self._node(), f"{collection}.get", names, {"as_of": point})
        return self.client.call(self._node(), f"{collection}.{kind}", names)

    def _words(self):
        text = self.random.choice([*WORDS, *ODD_TEXTS[2:]]) + self.random.choice(["", " ", "lght", "İ", " fog"])
        return text if text.strip("\0") else "fog"

    def _list(self, entity_type):
        query = {"limit": self.random.choice([1, 5, 20])}
        if self.random.random() < 0.4:
            query["tags"] = self.values.tag().replace(",", "")
        if self.random.random() < 0.3:
            query["archived"] = self.random.choice(["any", "true"])
        if self.random.random() < 0.3:
            query["sort"] = self.random.choice(["-updated_at", "name", "-created_at"])
        if self.random.random() < 0.3:
            query["as_of"] = self.random.randint(0, max(1, self.world.head))
        return self.client.call(self._node(), f"{entity_type.collection}.list", query=query)

    # MARK: the walk

    def walk(self):
        """Calls the next operation of the description with values that mostly fit."""
        operations = self.world.description.operations
        if not self._route:
            self._route = sorted(operations)
            self.random.shuffle(self._route)
        name = self._route.pop()
        operation = operations.get(name)
        if operation is None or name == SIGN_IN:
            return
        if operation.is_long and operation.method != "GET":
            if self.long_calls_left < 1:
                return
            self.long_calls_left -= 1
        self.call(operation)

    def call(self, operation):
        names, query, headers = {}, {}, {}
        for parameter in operation.parameters:
            place, name = parameter["in"], parameter["name"]
            schema = self.world.description.inline(parameter.get("schema", {}))
            if place == "path":
                names[name] = self._path_value(operation, name, schema)
            elif place == "query" and (parameter.get("required") or self.random.random() < QUERY_CHANCE):
                query[name] = self._text(self._odd() if self.random.random() < 0.1 else self.values.value(schema))
            elif place == "header" and self.random.random() < 0.1 and name in ("If-None-Match", "If-Match", "X-Reason"):
                text = self._text(self.values.value(schema)).encode("ascii", "replace").decode()
                headers[name] = "".join(character for character in text if character.isprintable())
        body = None
        if operation.body is not None:
            body = self.values.value(self.world.description.inline(operation.body))
            if isinstance(body, dict) and self.random.random() < 0.15:
                body = self.values.spoilt(body)
            # Whole histories are taken back where nobody else is disturbed by it.
            if operation.name in ("replay.rollback", "replay.undo") and isinstance(body, dict):
                body["execute"] = False
        patience = 0.5 if operation.name == STREAM else None
        self.client.call(
            self._node(), operation.name, names, query, body, headers, self._changes(operation, names, body), patience)

    def _changes(self, operation, names, body):
        """What the answer will have to keep, where an operation changes entities."""
        if operation.name == "entities.bulk":
            asked = body.get("operations") if isinstance(body, dict) else None
            asked = asked if isinstance(asked, list) else []
            return [Change("walk", str(one.get("type")), one.get("id")) for one in asked if isinstance(one, dict)]
        collection, _, verb = operation.name.rpartition(".")
        for entity_type in self.world.catalogue.everyday():
            if entity_type.collection == collection and operation.method != "GET":
                return [Change("walk", entity_type.name, names.get("id"))]
        return []

    def _path_value(self, operation, name, schema):
        pick = self.random.random()
        if name in ("id", "target") and pick < 0.7:
            collection = operation.path.split("/")[3] if operation.path.count("/") > 3 else ""
            for entity_type in self.world.catalogue.types.values():
                if entity_type.collection == collection and name == "id":
                    found = self.world.of_type(self.random, entity_type.name)
                    if found:
                        return found
            return self.world.any_id(self.random)
        if pick < 0.9:
            return self._text(self.values.value(schema)) or "x"
        return self.random.choice([str(uuid.UUID(int=self.random.getrandbits(128))), "0", "-1", "null", "%00", "é", "x" * 200])

    def _odd(self):
        return self.random.choice([*ODD_TEXTS, "-1", "99999999999999999999", "null", "İ"])

    def _text(self, value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return ",".join(map(self._text, value))
        return str(value)
