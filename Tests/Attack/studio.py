"""The work of an operator while clients write: rebuilds, checks, backups, forks, imports, rollbacks."""

import http.client
import json
import os
import shutil
import uuid
from urllib.parse import urlencode

from servers import TOKEN
from values import PLAIN_TAGS, Values

IMPORT_FILES_MAX = 8
# What an operation is refused with when another one is under way, or the log moved on: no fault of anybody.
BUSY = {"busy", "plan_changed", "operation_over", "already_exists", "conflict", "not_found"}
COMMAND_TELLS_OF_OURS = ("PostgresError", "SQLSTATE", "duplicate key", "events_0", "DecodingError", "Fatal error",
                         "violates", "syntax error")


class Operator:
    """One person who looks after the installation."""

    def __init__(self, random, world, client, nodes, workshop, database, findings):
        self.random = random
        self.world = world
        self.client = client
        self.nodes = nodes
        self.workshop = workshop
        self.database = database
        self.findings = findings
        self.values = Values(random, world)
        self.forks = []

    def step(self, may_import):
        if self.random.random() < 0.1:
            return self.sign_in_and_out()
        kinds = ["rebuild", "check", "backup", "rollback", "undo", "fork", "cancel"] + ["bring_in"] * (3 if may_import else 0)
        return getattr(self, self.random.choice(kinds))()

    def _begin(self, name, names=None, body=None):
        exchange = self.client.call(self.random.choice(self.nodes), name, names, body=body)
        if exchange.status == 202:
            self.world.operations.append(exchange.answer["operation"])
        return exchange

    def rebuild(self):
        names = self.random.choice([[], [], ["words"], ["entities", "entity_versions"]])
        self._begin("projections.rebuild", body={"names": names} if names else {})

    def check(self):
        self._begin("projections.check")

    def backup(self):
        self._begin("backups.create", body={"kind": self.random.choice(["full", "incremental"])})

    def cancel(self):
        if self.world.operations:
            self._begin("operations.cancel", {"id": self.random.choice(self.world.operations[-4:])})

    def fork(self):
        if self.forks and self.random.random() < 0.6:
            self._begin("replay.forks.drop", {"name": self.forks.pop()})
        elif len(self.forks) < 2:
            name = f"what-if-{self.random.getrandbits(24):x}"
            if self._begin("replay.forks.create", body={
                    "name": name, "point": self.random.randint(0, self.world.head)}).status == 202:
                self.forks.append(name)

    def rollback(self):
        """Takes back what happened lately to a few entities, now and then as it was planned."""
        body = {"to": max(0, self.world.head - self.random.randint(1, 300)),
                "entities": list({self.world.any_id(self.random) for _ in range(4)}),
                "force": self.random.random() < 0.5, "execute": True}
        if self.random.random() < 0.4:
            planned = self.client.call(self.random.choice(self.nodes), "replay.rollback", body={**body, "execute": False})
            if planned.status == 200:
                body |= {"plan": planned.answer["plan"], "up_to": planned.answer["up_to"]}
        self._begin("replay.rollback", body=body)

    def undo(self):
        if self.world.correlations:
            self._begin("replay.undo", body={
                "id": self.random.choice(self.world.correlations[-30:]), "execute": self.random.random() < 0.7})

    def sign_in_and_out(self):
        """A session holds from sign-in to sign-out, and no longer."""
        node = self.random.choice(self.nodes)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        entered = self.client.send(
            node, "console.session.begin", "POST", "/console/sign-in", urlencode({"token": TOKEN}).encode(), form)
        cookie = entered.answer_headers.get("Set-Cookie", "").split(";")[0]
        if not cookie or node.address is None:
            return
        seen = self._with_cookie(node, "GET", "/api/v2/tags", cookie)
        left = self._with_cookie(node, "POST", "/console/sign-out", cookie)
        after = self._with_cookie(node, "GET", "/api/v2/tags", cookie)
        self.findings.check()
        if seen == 200 and left is not None and left < 400 and after == 200:
            self.findings.add("a session ends when it is left", "Its cookie was accepted after the sign-out.",
                              [f"GET /api/v2/tags → {seen}; POST /console/sign-out → {left}; GET /api/v2/tags → {after}"])

    def _with_cookie(self, node, method, path, cookie):
        """The status of a request that has nothing but a cookie; None where there was no answer."""
        try:
            connection = http.client.HTTPConnection(*node.address, timeout=35)
            origin = f"http://{node.address[0]}:{node.address[1]}"
            connection.request(method, path, headers={"Cookie": cookie, "Origin": origin, "Sec-Fetch-Site": "same-origin"})
            status = connection.getresponse().status
            connection.close()
            return status
        except (OSError, TypeError, http.client.HTTPException):
            return None

    # MARK: import

    def bring_in(self):
        """A folder of files whose ids may be anybody's."""
        self.findings.tally("imports")
        folder = f"{self.workshop.root}/import-{self.random.getrandbits(32):08x}"
        written = [self._write_file(folder) for _ in range(self.random.randint(1, IMPORT_FILES_MAX))]
        self.run("import", folder, "--json", story=written)
        shutil.rmtree(folder, ignore_errors=True)

    def _write_file(self, folder):
        entity_type = self.random.choice(
            [self.world.catalogue.types[name] for name in self.world.round_types if name in self.world.catalogue.types])
        pick = self.random.random()
        if pick < 0.3:
            name = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        elif pick < 0.6:
            name = self.world.of_type(self.random, entity_type.name) or "first"
        elif pick < 0.75:
            name = self.world.any_id(self.random)
        elif pick < 0.9:
            named = [other.name for other in self.world.catalogue.everyday() if other.unique_by]
            name = self.world.unborn_id(self.random, named)
        else:
            name = self.random.choice(["first", "second", "tag-null"])
        data = self.values.data(entity_type)
        if self.random.random() < 0.15:
            data = self.values.spoilt(data)
        document = data
        if self.random.random() < 0.5:
            document = {
                "id": name, "type": entity_type.name, "data": data, "favorite": self.random.random() < 0.3,
                "archived": self.random.random() < 0.1, "tags": self.random.sample(PLAIN_TAGS, k=2),
                "links": [{"to": self.world.any_id(self.random), "relation": "related"}]}
        os.makedirs(f"{folder}/{entity_type.name}", exist_ok=True)
        with open(f"{folder}/{entity_type.name}/{name}.json", "w", encoding="utf-8") as file:
            json.dump(document, file)
        return f"file {entity_type.name}/{name}.json: {json.dumps(document, ensure_ascii=False)[:300]}"

    def run(self, *arguments, story=()):
        """Runs a command of which nothing but its own words may be heard when it fails."""
        result = self.workshop.run(self.database, *arguments)
        judge_command(result, self.findings, self.world, story)
        return result


def judge_command(result, findings, world, story=()):
    findings.check()
    words = result.arguments[0] if result.arguments[0] in ("import", "rollback", "undo") else " ".join(result.arguments[:2])
    if result.code is None:
        findings.add("every command ends", str(result), story, words)
    elif result.code < 0:
        findings.add("no command crashes", str(result), story, words)
    elif result.code != 0:
        inner = next((tell for tell in COMMAND_TELLS_OF_OURS if tell in result.out + result.err), None)
        if inner and world.was_calm(_began(result)):
            findings.add("a command that fails says in words why", str(result), story, f"{words}: {inner}")


def _began(result):
    import time
    return time.monotonic() - result.took
