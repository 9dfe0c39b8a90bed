"""A rollback of everything to a point, while nobody writes: all is as it was then, and after its undo as it was before."""

import time

from history import same

EVENTS_MAX = 400
SECONDS_MAX = 40


class RollbackJudge:
    def __init__(self, episode):
        self._episode = episode
        self._world = episode.world
        self._findings = episode.findings

    def judge(self):
        """Rolls back, compares, undoes, compares."""
        history = self._episode.history
        ends = [end for end in history.command_ends() if history.head - EVENTS_MAX < end < history.head]
        if not ends or self._episode.foreign:
            return
        point = self._episode.random.choice(ends)
        self._findings.tally("rollbacks")
        before = self._contents(history.states)
        then = self._contents(history.states_at(point))
        operation = self._carry_out("replay.rollback", {"to": point, "force": True, "execute": True})
        if operation is None:
            return
        # What has come into being since is put away, not deleted.
        now = self._contents(self._episode.history.states)
        for stream, content in now.items():
            if stream in then and not same(content, then[stream]):
                self._tell("a rollback makes everything what it was",
                           f"{stream} is not what it was at position {point}: {_unlike(then[stream], content)}", stream)
            elif stream not in then and not content["archived"]:
                self._tell("a rollback puts away what came since", f"{stream} is still in use.", stream)
        if self._carry_out("replay.undo", {"id": operation, "force": True, "execute": True}) is None:
            return
        now = self._contents(self._episode.history.states)
        for stream, content in before.items():
            if not same(content, now[stream]):
                self._tell("an undo of a rollback brings everything back",
                           f"{stream} is not what it was before: {_unlike(content, now[stream])}", stream)

    def _contents(self, states):
        names = ("archived", "archived_with", "favorite", "tags", "links", "data")
        return {stream: dict(zip(names, state.content())) for stream, state in states.items()
                if state.type not in self._episode.history.effects and state.type in self._world.catalogue.types}

    def _carry_out(self, name, body):
        """Returns the operation once it is complete and its events are read; None where it was refused."""
        node = self._episode.random.choice(self._episode.nodes)
        begun = self._episode.client.call(node, name, body=body)
        if begun.status != 202:
            return None
        operation = begun.answer["operation"]
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            exchange = self._episode.client.call(node, "operations.get", {"id": operation})
            data = exchange.answer["data"] if exchange.status == 200 else {}
            if data.get("status", "running") != "running":
                break
            time.sleep(0.05)
        else:
            self._findings.add("an operation ends", f"{name} has not ended after {SECONDS_MAX} s.", [begun, exchange])
            return None
        if data["status"] != "completed":
            self._findings.add("a rollback is carried out", f"It ended as {data['status']}.", [begun, exchange], name)
            return None
        if not self._episode.verdict.read_log():
            return None
        result = data.get("result", {})
        return None if result.get("refused") or result.get("overtaken") else operation

    def _tell(self, rule, sentence, stream):
        events = self._episode.history.streams[stream][-6:]
        self._findings.add(rule, sentence, [f"{event} {event.data}"[:300] for event in events])


def _unlike(expected, actual):
    return {name: (expected[name], actual[name]) for name in expected if not same(expected[name], actual[name])}
