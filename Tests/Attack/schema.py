"""A small validator for the JSON schemas of the catalogue, written without looking at the server's."""

import re
from decimal import Decimal

_KINDS = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def faults(value, schema, path=""):
    """What is wrong with a value, as sentences."""
    found = list(_own_faults(value, schema, path))
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                found.append(f"{path}/{name} is missing")
        for name, inner in value.items():
            if name in properties:
                found += faults(inner, properties[name], f"{path}/{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{path}/{name} is unknown")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += faults(inner, schema["additionalProperties"], f"{path}/{name}")
    elif isinstance(value, list) and "items" in schema:
        for index, inner in enumerate(value):
            found += faults(inner, schema["items"], f"{path}/{index}")
    return found


def _own_faults(value, schema, path):
    kinds = schema.get("type")
    if kinds is not None:
        if not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
            yield f"{path} is no {kinds}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is none of the choices"
    if "const" in schema and value != schema["const"]:
        yield f"{path} is not {schema['const']}"
    if isinstance(value, str):
        # Characters as people count them may be fewer than code points, so only what is far off counts.
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{path} has {len(value)} characters, more than {schema['maxLength']}"
        if len(value) < schema.get("minLength", 0):
            yield f"{path} is too short"
        if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
            yield f"{path} does not match {schema['pattern']}"
        if "\0" in value:
            yield f"{path} contains U+0000"
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{path} is out of range"
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{path} has {len(value)} elements"
        if schema.get("uniqueItems") and any(value[i] == value[j] for i in range(len(value)) for j in range(i)):
            yield f"{path} says something twice"


def _is(value, kind):
    if kind == "integer":
        return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value == int(value)
    if kind == "number":
        return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return isinstance(value, _KINDS[kind])
