"""One installation: two nodes on a database, a few rounds of load, and what is done between them."""

import random
import time

from crowd import Crowd
from faults import Faults
from follower import Follower
from history import History
from mixes import Writer
from present import PresentJudge
from reading import Reader
from rescue import Rescue
from rules import LogRules
from studio import Operator
from turns import Turns
from verdict import Verdict
from wire import WireClient

WRITERS = 5
SETTLE_SECONDS_MAX = 30
RETRIES_MAX = 80


class Episode:
    def __init__(self, campaign, habits):
        self.campaign = campaign
        self.habits = habits
        self.random = random.Random(campaign.random.getrandbits(64))
        self.world = campaign.world
        self.findings = campaign.findings
        self.workshop = campaign.workshop
        self.database = campaign.new_database()
        self.nodes = [self.workshop.node(name, self.database) for name in ("north", "south")]
        self.client = campaign.client(self.nodes)
        self.history = History()
        self.rules = LogRules(self.history, self.findings, campaign.journal)
        self.present = PresentJudge(self.world, self.findings, self.client, self.random)
        self.rescue = Rescue(self.world, self.findings, self.client, self.random, self.workshop, self.present)
        self.faults = Faults(self.random, self.world, self.workshop, self.database, self.nodes, self.findings)
        self.world.is_changed = False
        # Catalogues, each with the position from which on it held.
        self.epochs = []
        self.verdict = Verdict(self)
        self.turns = Turns(self)
        self._may_import = self.random.random() < 0.5
        self._likes_faults = self.random.choice([0, 0.5, 1])

    @property
    def foreign(self):
        return self.rules.foreign

    # MARK: beginning and end

    def begin(self):
        self.world.has_odd_tags = self.habits.has_odd_tags
        self.turns.perhaps_begin_otherwise()
        return self.faults.start_nodes() and self.enter_epoch()

    def enter_epoch(self):
        """From here on, another catalogue holds."""
        if not self.campaign.load_description(self.nodes[0]):
            return False
        self.history.declare(self.world.catalogue)
        head = int(self.workshop.postgres.query("SELECT position FROM log.head", self.database)[0][0])
        self.epochs.append((head, self.world.catalogue))
        return True

    def end(self):
        self.client.close()
        for node in self.nodes:
            node.stop()
            self.workshop.nodes.remove(node)
        self.workshop.postgres.drop_database(self.database)

    # MARK: a round

    def run_round(self):
        """Load, then judgement, then perhaps something new; tells whether the installation can go on."""
        self._choose_types()
        seconds = min(self.random.uniform(2.5, 5), max(2.5, self.campaign.seconds_left / 3))
        self._load(seconds)
        if not self._settle():
            return False
        if not self.verdict.judge():
            return False
        return self.campaign.seconds_left < 8 or self.turns.turn()

    def _choose_types(self):
        names = sorted(entity_type.name for entity_type in self.world.catalogue.everyday())
        chosen = self.random.sample(names, k=min(4, len(names)))
        if self.random.random() < 0.5:
            chosen += ["story", "story_scene"]
        if self.random.random() < 0.5:
            chosen.append("tag")
        chosen += self.campaign.folder.changed_types()
        self.world.round_types = [name for name in dict.fromkeys(chosen) if name in names]

    def _load(self, seconds):
        workers = [self._client_worker() for _ in range(WRITERS)]
        operator = Operator(
            random.Random(self.random.getrandbits(64)), self.world, self.campaign.client(self.nodes), self.nodes,
            self.workshop, self.database, self.findings)

        def operate(stop):
            if not stop.wait(operator.random.uniform(0.3, 1.2)):
                operator.step(self._may_import)

        wire = WireClient(random.Random(self.random.getrandbits(64)), self.world, self.nodes, self.findings)

        def send_bytes(stop):
            if not stop.wait(0.1):
                wire.step()

        crowd = Crowd([*workers, operate, send_bytes])
        followers = [Follower(node, self.history.head, self.findings) for node in self.nodes]
        for follower in followers:
            follower.start()
        crowd.start()
        try:
            self._break_things(seconds, crowd.stopping)
        finally:
            crowd.stop()
            for follower in followers:
                follower.stop()

    def _client_worker(self):
        generator = random.Random(self.random.getrandbits(64))
        client = self.campaign.client(self.nodes)
        writer = Writer(generator, self.world, client, self.nodes, self.habits)
        reader = Reader(generator, self.world, client, self.nodes)
        names = [name for name, weight in self.habits.weights.items() if weight]
        weights = [self.habits.weights[name] for name in names]

        def work(_stop):
            name = generator.choices(names, weights)[0]
            (reader if name in ("read", "walk") else writer).step(name)

        return work

    def _break_things(self, seconds, stop):
        self.faults.has_time = self.campaign.seconds_left > 45
        end = time.monotonic() + seconds
        has_faults = self.random.random() < self._likes_faults
        while True:
            wait = self.random.uniform(0.7, 2.5) if has_faults else seconds
            if stop.wait(max(0, min(wait, end - time.monotonic()))) or time.monotonic() >= end:
                return
            self.faults.run(self.random.choice(self.faults.kinds()), stop)

    def _settle(self):
        """Waits until both nodes are ready and have nothing under way; asks again what got no answer."""
        self.world.fault_begins()
        self.faults.mend()
        self.world.fault_ends()
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        for node in self.nodes:
            while self.client.call(node, "health.ready").status != 200:
                if time.monotonic() > deadline:
                    self.findings.add(
                        "a node is ready again once everything is mended",
                        f"{node.name} is not ready after {SETTLE_SECONDS_MAX} s.", node.last_words())
                    return False
                time.sleep(0.1)
        self._ask_again()
        self._await_operations(deadline)
        return True

    def _ask_again(self):
        doubtful = [exchange for exchange in self.campaign.journal.exchanges
                    if exchange.number > self.verdict.judged and exchange.key and exchange.changes
                    and (exchange.status is None or exchange.status >= 500)
                    and exchange.operation in self.world.description.operations]
        writer = Writer(self.random, self.world, self.client, self.nodes, self.habits)
        for exchange in doubtful[-RETRIES_MAX:]:
            writer.repeat(exchange)

    def _await_operations(self, deadline):
        """Those whose node was killed may take longer to be given up; nobody waits for them."""
        patience = min(deadline, time.monotonic() + 8)
        for operation in list(self.world.operations):
            while time.monotonic() < patience and "operations.get" in self.world.description.operations:
                exchange = self.client.call(self.nodes[0], "operations.get", {"id": operation})
                if exchange.status != 200 or exchange.answer["data"].get("status") != "running":
                    break
                time.sleep(0.05)
        self.world.operations.clear()

    def sweep(self):
        """Calls what was never called, so that every run has seen every operation."""
        reader = Reader(self.random, self.world, self.client, self.nodes)
        for name, operation in sorted(self.world.description.operations.items()):
            if name not in self.campaign.journal.called:
                reader.call(operation)
