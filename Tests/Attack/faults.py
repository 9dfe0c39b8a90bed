"""What breaks while the clients work: servers, databases, connections and disks."""

import os
import signal
import time

from servers import Trouble

BALLAST_BYTES = 4 << 20


class Faults:
    """Breaks one thing at a time and puts it right again."""

    def __init__(self, random, world, workshop, database, nodes, findings):
        self.random = random
        self.world = world
        self.workshop = workshop
        self.postgres = workshop.postgres
        self.database = database
        self.nodes = nodes
        self.findings = findings
        # Whether one fault may take half a minute.
        self.has_time = False

    def kinds(self):
        kinds = ["kill_node", "kill_node", "kill_postgres", "kill_backends", "cut_connections", "freeze_node",
                 "hold_the_head"]
        return kinds + (["fill_disk", "fill_disk"] if self.postgres.can_be_filled else [])

    def run(self, name, stop):
        """`stop`: an event that ends it early."""
        begun = time.monotonic()
        self.world.fault_begins(name.replace("_", " "))
        try:
            self.findings.tally("faults")
            self.findings.note(f"fault: {name.replace('_', ' ')}")
            getattr(self, name)(stop)
        except Trouble as trouble:
            # PostgreSQL may be down by its own crash; the end of the round starts it again.
            self.findings.note(f"  {str(trouble).splitlines()[0] if str(trouble) else 'no answer'}")
        finally:
            self.mend()
            self.world.fault_ends()
            self.findings.note(f"  mended after {time.monotonic() - begun:.1f} s")

    def mend(self):
        """Puts right what a fault may have left."""
        for node in self.nodes:
            node.thaw()
        self._remove_ballast()
        self.postgres.start()
        self.start_nodes()

    def start_nodes(self):
        """Starts the nodes that do not run; tells whether all run now."""
        down = [node for node in self.nodes if not node.is_running]
        for node in down:
            if node.is_expected_to_run:
                self._tell_of_crash(node)
            node.begin()
        started = [node.await_start() for node in down]
        for node, is_up in zip(down, started):
            if not is_up:
                self.findings.add(
                    "a node starts", f"{node.name} did not start"
                    + (f" and ended with {node.process.poll()}." if not node.is_running else "."), node.last_words(4),
                    _reason(node))
                node.kill()
        return all(started)

    def _tell_of_crash(self, node):
        self.findings.add(
            "no node ends by itself", f"{node.name} ended with exit code {node.process.poll()}.", node.last_words(8))

    # MARK: kinds

    def kill_node(self, stop):
        node = self.random.choice(self.nodes)
        node.kill()
        stop.wait(self.random.choice([0, 0.3]))

    def kill_postgres(self, stop):
        self.postgres.kill()
        stop.wait(self.random.choice([0, 1.5]))

    def kill_backends(self, stop):
        """SIGKILL to a single backend, after which PostgreSQL ends all others and recovers."""
        backends = self.postgres.backends(self.database)
        if backends:
            try:
                os.kill(self.random.choice(backends), signal.SIGKILL)
            except ProcessLookupError:
                return
        stop.wait(1)

    def cut_connections(self, stop):
        for _ in range(self.random.randint(1, 4)):
            self.postgres.query(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}' "
                "AND pid <> pg_backend_pid() AND random() < 0.4")
            stop.wait(0.2)

    def freeze_node(self, stop):
        """A node that is stopped in the middle of whatever it does, as by a suspended machine."""
        node = self.random.choice(self.nodes)
        node.freeze()
        stop.wait(self.random.choice([0.5, 3]))

    def hold_the_head(self, stop):
        """Somebody's forgotten transaction keeps every writer waiting for a while."""
        session = self.postgres.open_session("BEGIN; SELECT FROM log.head FOR UPDATE; SELECT pg_sleep(60)", self.database)
        # Longer than any request may take, now and then, where there is time for that.
        stop.wait(33 if self.has_time and self.random.random() < 0.15 else self.random.choice([1, 3]))
        session.kill()
        session.wait()
        self.postgres.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' "
                            "AND pid <> pg_backend_pid()")

    def fill_disk(self, stop):
        """No room for anything, until somebody makes some."""
        written = 0
        try:
            with open(f"{self.postgres.disk}/ballast", "wb", buffering=0) as ballast:
                block = bytes(BALLAST_BYTES)
                while True:
                    written += ballast.write(block if written < 1 << 30 else block[:4096])
        except OSError:
            pass
        try:
            with open(f"{self.postgres.disk}/ballast", "ab", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
        except OSError:
            pass
        stop.wait(self.random.choice([1, 2.5]))
        self._rescue_without_room()

    def _rescue_without_room(self):
        """While nothing can be written, what is there can still be saved."""
        # With another catalogue, a backup may be refused because its course could not be recorded.
        if self.world.is_changed or not self.postgres.answers():
            return
        made = self._run_without_room("backup", "create", "--json")
        looked = self._run_without_room("log", "verify", "--json")
        if not self.postgres.answers():
            return
        for result in (made, looked):
            if not result.is_success:
                self.findings.add("what is there can be saved while the disk is full", str(result),
                                  kind=" ".join(result.arguments[:2]))

    def _run_without_room(self, *arguments):
        """PostgreSQL refuses a connection that finds its relation cache file outdated and has no room for a new one."""
        for _ in range(5):
            result = self.workshop.run(self.database, *arguments)
            if "could not write init file" not in str(result):
                break
        return result

    def _remove_ballast(self):
        path = f"{self.postgres.disk}/ballast"
        if os.path.exists(path):
            os.remove(path)


def _reason(node):
    """The last thing that it said, without what differs from one time to the next."""
    words = [line for line in node.last_words(3) if line.strip()]
    return "".join(character for character in (words[-1] if words else "") if not character.isdigit())[-160:-20]

