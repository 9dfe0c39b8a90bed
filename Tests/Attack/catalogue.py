"""What can happen, as the files of `events/` say, and the changes that an attack makes to a copy of them."""

import copy
import hashlib
import json
import os
import re
import uuid

ENTITY_VERBS = {
    "created", "updated", "archived", "unarchived", "favorited", "unfavorited", "tagged", "untagged", "linked",
    "unlinked", "reverted", "restored"}


class EntityType:
    def __init__(self, document):
        self.document = document
        self.is_system = "category" in document
        self.name = document.get("category") or document["type"]
        self.collection = document["collection"]
        self.schema = {"type": "object", "additionalProperties": False, **document["schema"]}
        self.properties = document["schema"]["properties"]
        self.required = document["schema"].get("required", [])
        self.unique_by = document.get("unique_by")
        self.name_field = document["name_field"]
        self.verbs = {
            verb: event["effect"] for verb, event in document.get("events", {}).items() if not event.get("retired")}
        self.effects = {verb: event["effect"] for verb, event in document.get("events", {}).items()}

    def declares(self, verb):
        return verb in (self.verbs if self.is_system else ENTITY_VERBS)

    def references(self, data):
        """What the data point to: (field, id, types that are allowed there)."""
        found = []
        for name, schema in self.properties.items():
            if name in data:
                _collect(schema, data[name], name, found)
        return found

    def derived_id(self, text):
        return derived_id(self.name, text) if self.unique_by else None


def _collect(schema, value, path, found):
    if "x-references" in schema:
        if isinstance(value, str):
            found.append((path, value, schema["x-references"]))
    elif isinstance(value, list):
        for element in value:
            _collect(schema.get("items", {}), element, path, found)
    elif isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                _collect(inner, value[name], f"{path}.{name}", found)


def plain_slug(text):
    """The slug of an ASCII text; None for others, whose folding is the server's business."""
    if not text.isascii():
        return None
    return "-".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))) or None


def derived_id(type_name, text):
    """The id of the entity that a name belongs to, where the type has one entity a name; None where it cannot be told."""
    slug = plain_slug(text)
    if slug is None or len(slug) > 48:
        return None
    digest = bytearray(hashlib.sha256(f"{type_name}:{slug}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


class Catalogue:
    def __init__(self, folder):
        self.types = {}
        for path in [folder, f"{folder}/system"]:
            for name in sorted(os.listdir(path)):
                if name.endswith(".json"):
                    with open(f"{path}/{name}", encoding="utf-8") as file:
                        entity_type = EntityType(json.load(file))
                    self.types[entity_type.name] = entity_type

    def everyday(self):
        return [entity_type for entity_type in self.types.values() if not entity_type.is_system]


class CatalogueFolder:
    """A copy of `events/` that changes between restarts."""

    def __init__(self, original, copy_path):
        self.path = copy_path
        self._originals = {}
        # The files that are not as they were.
        self._changed = set()
        os.makedirs(f"{copy_path}/system")
        for name in os.listdir(original) + [f"system/{name}" for name in os.listdir(f"{original}/system")]:
            if name.endswith(".json"):
                with open(f"{original}/{name}", encoding="utf-8") as file:
                    self._originals[name] = json.load(file)
        self.restore()

    def restore(self):
        """Puts everything back as it was."""
        self._changed = set()
        for name in self._originals:
            self._write(name, self._originals[name])

    def _write(self, name, document):
        with open(f"{self.path}/{name}", "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)

    def changed_types(self):
        return [name.removesuffix(".json") for name in sorted(self._changed) if not name.startswith("system/")]

    def change(self, random):
        """Makes one to three changes; says in words which."""
        said = []
        for _ in range(random.choice([1, 1, 2, 3])):
            change = random.choice(
                [self._remove_verb, self._remove_verb, self._remove_verb, self._retire_verb, self._remove_type,
                 self._remove_field, self._add_field, self._make_searchable, self._make_searchable])
            words = change(random)
            if words:
                said.append(words)
        return said

    def _edit(self, name, edit):
        """Edits a file that is there; what is gone stays gone."""
        path = f"{self.path}/{name}"
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        words = edit(document)
        if words:
            self._changed.add(name)
            self._write(name, document)
        return words

    def _some(self, random, condition):
        names = [name for name, document in sorted(self._originals.items()) if condition(name, document)]
        # What was changed before is changed again rather than something else.
        again = [name for name in names if name in self._changed]
        return random.choice(again if again and random.random() < 0.8 else names)

    def _remove_verb(self, random):
        def edit(document, verb):
            del document["events"][verb]
            return "removed"

        return self._edit_verb(random, edit)

    def _retire_verb(self, random):
        def edit(document, verb):
            document["events"][verb]["retired"] = True
            return "retired"

        return self._edit_verb(random, edit)

    def _edit_verb(self, random, edit):
        """Changes one of the events of the system, each of which is as likely; never what begins a stream."""
        name, verb = random.choice(
            [(name, verb) for name, document in sorted(self._originals.items()) if name.startswith("system/")
             for verb, event in document["events"].items() if event["effect"] != "create"])
        return self._edit(name, lambda document: verb in document["events"] and (
            f"{edit(document, verb)} the event {verb} in {name}"))

    def _remove_type(self, random):
        def is_removable(name, document):
            # What others refer to cannot be removed without changing them as well.
            return not name.startswith("system/") and document["type"] not in self._referred() | {"tag"}

        name = self._some(random, is_removable)
        if not os.path.exists(f"{self.path}/{name}"):
            return None
        os.remove(f"{self.path}/{name}")
        return f"removed {name}"

    def _referred(self):
        return set(re.findall(r'"x-references": \["([a-z_]+)"\]', json.dumps(self._originals)))

    def _remove_field(self, random):
        def edit(document):
            used = json.dumps([document.get("preview"), document.get("summary"), document.get("analyser")])
            names = [field for field in sorted(document["schema"]["properties"])
                     if field not in document["schema"].get("required", []) and field != document["name_field"]
                     and field not in document.get("search", {}) and field not in used]
            if not names:
                return None
            field = random.choice(names)
            del document["schema"]["properties"][field]
            return f"removed the field {field} from {name}"

        name = self._some(random, lambda name, _: not name.startswith("system/"))
        return self._edit(name, edit)

    def _add_field(self, random):
        length = random.choice([2_000, 2_000_000, 2_000_000])

        def edit(document):
            document["schema"]["properties"]["attack_note"] = {
                "type": "string", "maxLength": length, "description": "A field that came later."}
            return f"added the field attack_note of up to {length} characters to {name}"

        name = self._some(random, lambda name, _: not name.startswith("system/"))
        return self._edit(name, edit)

    def _make_searchable(self, random):
        def edit(document):
            fields = [field for field, schema in sorted(document["schema"]["properties"].items())
                      if schema["type"] == "string" and "format" not in schema and "enum" not in schema
                      and field not in document.get("search", {})]
            if not fields:
                return None
            # Half of the time the one that can hold most.
            field = random.choice([random.choice(fields), max(
                fields, key=lambda name: document["schema"]["properties"][name].get("maxLength", 0))])
            document["search"] = {**copy.deepcopy(document.get("search", {})), field: random.choice("ABCD")}
            return f"made {field} searchable in {name}"

        name = self._some(random, lambda name, _: not name.startswith("system/"))
        return self._edit(name, edit)
