"""Backups, and what comes back from them; forks; the operator's own checks."""

import time

from history import Event
from studio import judge_command

EVENTS_PER_PAGE = 500
# How long a check waits for a rebuild that somebody has begun.
WAIT_SECONDS_MAX = 30


def read_events(client, node, after, up_to=None):
    """The events behind a position as they were written; None where the node does not answer."""
    events = []
    while True:
        exchange = client.call(node, "events.list", query={
            "after": after + len(events), "limit": EVENTS_PER_PAGE, "raw": "true"})
        if exchange.status != 200:
            return None
        events += [Event(item) for item in exchange.answer["items"]]
        if len(exchange.answer["items"]) < EVENTS_PER_PAGE or up_to and len(events) + after >= up_to:
            return events


class Rescue:
    def __init__(self, world, findings, client, random, workshop, present):
        self._world = world
        self._findings = findings
        self._client = client
        self._random = random
        self._workshop = workshop
        self._present = present
        self._number = 0

    def examine(self, database):
        """What the operator's own checks say. Events that the catalogue of now cannot read are told, and no fault."""
        commands = [["log", "verify", "--json"], ["projections", "check", "--json"]]
        begun = [(self._workshop.begin(database, *command), command) for command in commands]
        for process, command in begun:
            result = self._workshop.finish(process, command)
            deadline = time.monotonic() + WAIT_SECONDS_MAX
            while "is under way" in result.err and time.monotonic() < deadline:
                time.sleep(0.5)
                result = self._workshop.run(database, *command)
            judge_command(result, self._findings, self._world)
            if not result.is_success:
                rows = [row for row in result.rows() if "difference" in row]
                kind = ", ".join(sorted({f"{row['name']} {row['difference']} {row.get('columns') or ''}" for row in rows}))
                self._findings.add(
                    f"lifeos {' '.join(command[:2])} has nothing to complain about", str(result),
                    [str(row) for row in rows[:6]], kind)

    def back_up(self, database):
        """Makes a backup; returns its position, or None."""
        self._findings.tally("backups")
        if self._random.random() < 0.5:
            # It may be refused where the newest backup is of another branch or there is none, and says so.
            position = self._back_up(database, "--incremental")
            if position is not None:
                return position
        position = self._back_up(database, "--full")
        if position is None:
            self._findings.add("a backup can be made", str(self._last))
        return position

    def _back_up(self, database, kind):
        self._last = self._workshop.run(database, "backup", "create", kind, "--json")
        judge_command(self._last, self._findings, self._world)
        if not self._last.is_success:
            return None
        return next((row["position"] for row in self._last.rows() if "position" in row), None)

    def restore(self, position=None):
        """Restores into a new database; returns its name, or None where that failed."""
        self._number += 1
        self._findings.tally("restores")
        database = f"restored_{self._number}"
        self._workshop.postgres.make_database(database)
        to = [] if position is None else ["--to", str(position)]
        result = self._workshop.run(database, "backup", "restore", *to, "--json")
        judge_command(result, self._findings, self._world)
        if result.is_success:
            return database
        self._findings.add(
            "a backup can be restored", str(result), kind="to a point" if position else "all of it")
        self._workshop.postgres.drop_database(database)
        return None

    def compare(self, database, history, position, foreign, what, *arguments):
        """Holds a copy against the history of the original up to a position."""
        node = self._workshop.node("copy", database, *arguments)
        try:
            if not node.start():
                self._findings.add("a restored installation starts", f"{what}: it does not start.", node.last_words(4))
                return
            events = read_events(self._client, node, 0)
            if events is None:
                return
            for ours, theirs in zip(history.events[:position], events):
                if ours.hash != theirs.hash:
                    self._findings.add(
                        "what comes back is what was there",
                        f"{what}: event {ours.position} is another one. The log has {ours.type} of {ours.recorded_at}, "
                        f"what came back has {theirs.type} of {theirs.recorded_at}.", [ours, theirs], what.split(" ")[0])
                    return
            if len(events) < position:
                self._findings.add("what comes back is whole", f"{what}: only {len(events)} of {position} events.")
                return
            copy = history.cut(position)
            for event in events[position:]:
                if event.category not in history.effects:
                    self._findings.add("a restore changes no entity", f"{what}: it wrote {event}.", [event])
                copy.add(event)
            shown = self._present.everything(node)
            if shown is not None:
                # An operation that was cut off may be given up meanwhile.
                running = {stream for stream, state in copy.states.items() if state.data.get("status") == "running"}
                self._present.judge(node, shown, copy, what.split(" ")[0], foreign | running)
        finally:
            node.stop()
            self._workshop.nodes.remove(node)
