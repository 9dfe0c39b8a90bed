"""`/openapi.json` as the attack uses it: which operations there are, and what they take and may answer."""

from urllib.parse import quote, urlencode


class Operation:
    def __init__(self, name, method, path, document, resolve):
        self.name = name
        self.method = method
        self.path = path
        self.parameters = [resolve(parameter) for parameter in document.get("parameters", [])]
        body = document.get("requestBody", {}).get("content", {}).get("application/json", {})
        self.body = body.get("schema")
        self.statuses = {int(status) for status in document["responses"] if status.isdigit()}
        self.has_default = "default" in document["responses"]
        # What begins work that goes on for a while.
        self.is_long = 202 in self.statuses

    def takes(self, header):
        return any(parameter["name"] == header and parameter["in"] == "header" for parameter in self.parameters)

    def target(self, names, query=None):
        path = self.path
        for name, value in names.items():
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        return path + ("?" + urlencode(query) if query else "")


class Description:
    def __init__(self, document):
        self._document = document
        self.operations = {}
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if "operationId" in operation:
                    self.operations[operation["operationId"]] = Operation(
                        operation["operationId"], method.upper(), path, operation, self.resolve)
        self.codes = set()
        _collect_codes(document["components"], self.codes)

    def resolve(self, schema):
        while "$ref" in schema:
            target = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def inline(self, schema, depth=0):
        """The schema without references, as deep as bodies go."""
        if isinstance(schema, dict):
            schema = self.resolve(schema)
            return {name: self.inline(inner, depth + 1) for name, inner in schema.items()} if depth < 12 else schema
        if isinstance(schema, list):
            return [self.inline(inner, depth + 1) for inner in schema]
        return schema


def _collect_codes(schema, codes):
    """The `code`s that problems can have, by status: wherever a response lists them."""
    if isinstance(schema, dict):
        properties = schema.get("properties", {})
        if "enum" in properties.get("code", {}) and "const" in properties.get("status", {}):
            codes.update((properties["status"]["const"], code) for code in properties["code"]["enum"])
        for inner in schema.values():
            _collect_codes(inner, codes)
    elif isinstance(schema, list):
        for inner in schema:
            _collect_codes(inner, codes)
