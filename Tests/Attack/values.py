"""Random values that fit a JSON schema, and odd ones that may not."""

import re._constants as constants
import re._parser as parser
import string
import uuid

# Few words, so that changes meet each other and often change nothing.
WORDS = ["bees", "lighthouse", "amber", "fog", "clockwork", "moss"]
PLAIN_TAGS = ["wool", "sea", "dusk", "todo", "harbour", "rain", "lantern"]
ODD_TAGS = [
    "null", "NULL", "İstanbul", "i̇stanbul", "{a,b}", '"quoted"', "O'Neill", "back\\slash", "🐝 bee", "ﬁne", "straße",
    "STRASSE", "true", "-1", "café", "cafe\u0301", "ｆｕｌｌ", "ǅ", "a" * 80, "ß" * 40, "1e3", "%2F", "a/b", "ⅷ", "ΟΔΟΣ",
    "οδος", "one, two", "  spaced  ", "東京", "ـ", "{}", "undefined"]
ODD_TEXTS = [
    "null", "", " ", "\u0000", "\u202egnp", "a\u0300\u0301", "\\", '"', "'; DROP TABLE x; --", "{NULL}",
    "\r\n", "\t", "%", "_", "\u2028", "\U0010ffff", "𝕱𝖔𝖌", "\u200b", "x" * 300]
ODD_NUMBERS = [0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**40, 0.1, 1e-7, 1e300, 1.0]


def reference(schema):
    return schema.get("x-references")


class Values:
    """Makes values; `random` decides, `world` knows what there is to refer to."""

    def __init__(self, random, world, huge_chance=0.0):
        self.random = random
        self.world = world
        self.huge_chance = huge_chance

    # MARK: entities

    def data(self, entity_type):
        """Fields of a new entity that fit its type."""
        data = {}
        for name, schema in entity_type.properties.items():
            # What can hold much is where it hurts.
            chance = 0.4 if schema.get("maxLength", 0) >= 100_000 and self.huge_chance else 0.15
            if name in entity_type.required or self.random.random() < chance:
                data[name] = self.value(schema)
        if entity_type.unique_by:
            data[entity_type.unique_by] = self.tag()
        return data

    def patch(self, entity_type):
        """A merge patch, which is likely to say what is so already."""
        names = [name for name in entity_type.properties if name != entity_type.unique_by]
        patch = {}
        for name in self.random.sample(names, k=min(len(names), self.random.choice([1, 1, 1, 2, 3]))):
            optional = name not in entity_type.required
            patch[name] = None if optional and self.random.random() < 0.15 else self.value(
                entity_type.properties[name])
        # The field that all have is where most of them meet.
        if self.random.random() < 0.5 and entity_type.name_field != entity_type.unique_by:
            return {entity_type.name_field: self.value(entity_type.properties[entity_type.name_field])}
        return patch

    def spoilt(self, data):
        """The same with something wrong in it, most likely."""
        data = dict(data)
        name = self.random.choice([*data, "no_such_field"])
        data[name] = self.random.choice([
            None, True, [], {}, [[]], {"a": {"b": 1}}, self.random.choice(ODD_NUMBERS),
            self.random.choice(ODD_TEXTS), "x" * 100_001, str(uuid.UUID(int=self.random.getrandbits(128)))])
        return data

    def tag(self):
        if self.world.mentioned and self.random.random() < 0.1:
            return self.random.choice(self.world.mentioned)
        return self.random.choice(ODD_TAGS if self.world.has_odd_tags and self.random.random() < 0.4 else PLAIN_TAGS)

    # MARK: by schema

    def value(self, schema, depth=0):
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return self.value(self.random.choice(schema[keyword]), depth)
        if reference(schema):
            return self.world.some_id(self.random, reference(schema))
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        return getattr(self, f"_{kind}")(schema, depth)

    def _null(self, _schema, _depth):
        return None

    def _boolean(self, _schema, _depth):
        return self.random.random() < 0.5

    def _integer(self, schema, _depth):
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 101) - 1)
        return self.random.choice([low, high, low + 1 if low < high else low, self.random.randint(low, max(low, high))])

    def _number(self, schema, _depth):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return self.random.choice([low, high, round(self.random.uniform(low, high), 3), float(low)])

    def _array(self, schema, depth):
        count = self.random.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
        made = []
        for _ in range(count):
            element = self.value(schema.get("items", {}), depth + 1)
            if not schema.get("uniqueItems") or element not in made:
                made.append(element)
        return made

    def _object(self, schema, depth):
        properties = schema.get("properties", {})
        made = {name: self.value(inner, depth + 1) for name, inner in properties.items()
                if name in schema.get("required", []) or self.random.random() < 0.4}
        if schema.get("additionalProperties", True) is not False and depth < 4 and self.random.random() < 0.5:
            made[self.random.choice(["seed", "null", "steps", "é"])] = self._anything(depth + 1)
        return made

    def _anything(self, depth):
        pick = self.random.randrange(6)
        if pick == 0 and depth < 5:
            return [self._anything(depth + 1) for _ in range(2)]
        if pick == 1 and depth < 5:
            return {self.random.choice(WORDS): self._anything(depth + 1)}
        return self.random.choice([True, False, 0, 1.5, "moss", "🐝", 2**53 + 1, -0.0])

    def _string(self, schema, _depth):
        made = {
            "uuid": lambda: self.world.some_id(self.random, ["*"]),
            "date": lambda: f"20{self.random.randint(10, 29)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}",
            "date-time": lambda: f"20{self.random.randint(10, 29)}-11-0{self.random.randint(1, 9)}T10:00:00Z",
            "uri": lambda: f"https://example.org/{self.random.choice(WORDS)}",
            "email": lambda: f"{self.random.choice(WORDS)}@example.org",
        }.get(schema.get("format"))
        if made:
            return made()
        if "pattern" in schema:
            return matching(schema["pattern"], self.random)
        longest = schema.get("maxLength", 10**6)
        if longest >= 2_000 and self.random.random() < self.huge_chance * (4 if longest >= 100_000 else 1):
            return self._huge(min(longest, 900_000 if self.random.random() < 0.5 else 100_000))
        text = self.random.choice(WORDS)
        while len(text) < schema.get("minLength", 0):
            text += self.random.choice(string.ascii_lowercase)
        return text[:longest]

    def _huge(self, length):
        """Texts that are hard on indexes, search vectors and pages."""
        kind = self.random.randrange(4)
        if kind == 0:
            return "".join(self.random.choices(string.ascii_letters, k=length))
        if kind == 1:
            # As many different words as fit, each of which counts in a search vector.
            return " ".join(f"{n:06x}" for n in range(length // 7))
        if kind == 2:
            return "🐝" * length
        return ("\u0e01\u0e34" * length)[:length]


def matching(pattern, random):
    """A text that matches a regular expression of the simple kind that schemas use."""
    return "".join(_pieces(parser.parse(pattern), random))


def _pieces(parsed, random):
    for operation, argument in parsed:
        if operation is constants.LITERAL:
            yield chr(argument)
        elif operation is constants.ANY:
            yield random.choice(string.ascii_lowercase)
        elif operation is constants.IN:
            yield _member(argument, random)
        elif operation in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            low, high, inner = argument
            for _ in range(random.randint(low, min(high, low + 3))):
                yield from _pieces(inner, random)
        elif operation is constants.SUBPATTERN:
            yield from _pieces(argument[3], random)
        elif operation is constants.BRANCH:
            yield from _pieces(random.choice(argument[1]), random)
        elif operation is constants.NOT_LITERAL:
            yield "b" if argument == ord("a") else "a"


def _member(argument, random):
    if argument[0][0] is constants.NEGATE:
        return random.choice(string.ascii_lowercase)
    kind, value = random.choice(argument)
    if kind is constants.RANGE:
        return chr(random.randint(value[0], value[1]))
    if kind is constants.CATEGORY:
        return random.choice(string.digits)
    return chr(value)
