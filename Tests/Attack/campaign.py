"""An attack: installations one after another, each for a few rounds, judged after each."""

import random
import shutil
import time

from answers import AnswerJudge
from catalogue import Catalogue
from client import Client
from description import Description
from episode import Episode
from journal import Journal
from mixes import Habits
from world import World

# What a round takes at least; with less time left, none is begun.
ROUND_SECONDS_MIN = 6


class Campaign:
    def __init__(self, seed, seconds, workshop, folder, findings):
        self.random = random.Random(seed)
        self.seed = seed
        self.workshop = workshop
        self.folder = folder
        self.findings = findings
        self.world = World()
        self.journal = Journal()
        self.deadline = time.monotonic() + seconds
        self.rounds = 0
        self._databases = 0

    @property
    def seconds_left(self):
        return self.deadline - time.monotonic()

    def run(self):
        while self.seconds_left > ROUND_SECONDS_MIN or self.rounds == 0:
            self._run_episode()

    def _run_episode(self):
        self.world.forget()
        self.journal.keep([])
        self.folder.restore()
        shutil.rmtree(self.workshop.backups, ignore_errors=True)
        episode = Episode(self, Habits(self.random))
        self.findings.note(f"a new installation; the clients like {episode.habits}")
        try:
            if not episode.begin():
                return
            for _ in range(self.random.choice([3, 4, 5])):
                if self.rounds and self.seconds_left < ROUND_SECONDS_MIN:
                    break
                self.rounds += 1
                if not episode.run_round():
                    break
            if self.seconds_left < ROUND_SECONDS_MIN:
                episode.sweep()
        finally:
            episode.end()

    def new_database(self):
        self._databases += 1
        name = f"attack_{self._databases}"
        self.workshop.postgres.make_database(name)
        return name

    def client(self, nodes):
        return Client(self.world, self.journal, AnswerJudge(self.world, self.findings, nodes), self.findings.seconds)

    def load_description(self, node):
        """What the node says of itself, after the catalogue changed."""
        self.world.catalogue = Catalogue(self.folder.path)
        client = self.client([node])
        exchange = client.send(node, "openapi", "GET", "/openapi.json")
        client.close()
        if exchange.status != 200:
            return False
        self.world.description = Description(exchange.answer)
        return True
