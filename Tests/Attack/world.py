"""What the clients of an attack know together: which entities there are, which keys were used, what is broken just now."""

import threading
import time
import uuid

from catalogue import derived_id
from description import Description
from values import PLAIN_TAGS

HOT_MAX = 10
# How long a fault may still be felt after it is over: pools, backoff, failover of operations.
AFTERMATH_SECONDS = 20


class World:
    def __init__(self):
        self._lock = threading.Lock()
        self.catalogue = None
        self.description = Description({"paths": {}, "components": {}})
        self.has_odd_tags = False
        self.round_types = []
        # Whether the catalogue is another than the one that came with the program.
        self.is_changed = False
        self._faults = 0
        self._fault = None
        self._last_fault = -1e9
        self.forget()

    def forget(self):
        """A new installation, of which nothing is known."""
        with self._lock:
            self.types = {}
            self._by_type = {}
            self._acknowledged = {}
            self.keyed = []
            self.operations = []
            self.correlations = []
            self.mentioned = []
            self.head = 0

    def forget_after(self, position, ended, types):
        """The log ends at an earlier position again, which was written at `ended`.

        `types`: of the entities that are still there.
        """
        with self._lock:
            self.types = dict(types)
            self._by_type = {}
            for stream, entity_type in types.items():
                self._by_type.setdefault(entity_type, []).append(stream)
            self._acknowledged = {}
            # Only what was answered before then is known to be in what is left of the log.
            self.keyed = [exchange for exchange in self.keyed if exchange.is_acknowledged and exchange.ended < ended]
            self.operations = []
            self.head = position

    # MARK: entities

    def learn(self, exchange):
        """Takes down what an answer confirms."""
        with self._lock:
            for change in exchange.changes:
                if not change.is_acknowledged:
                    continue
                document = change.document
                stream, entity_type = document["id"], document["type"]
                if stream not in self.types:
                    self.types[stream] = entity_type
                    self._by_type.setdefault(entity_type, []).append(stream)
                self.head = max(self.head, document["position"])
                self._acknowledged.setdefault(stream, []).append(
                    (time.monotonic(), exchange.node, document["version"]))
            if exchange.key:
                self.keyed.append(exchange)

    def version_at_least(self, stream, node, started):
        """The version that a read through this node must show when it began then."""
        with self._lock:
            return max((version for at, by, version in self._acknowledged.get(stream, [])
                        if by == node and at < started), default=0)

    def version(self, stream):
        with self._lock:
            return max((version for _, _, version in self._acknowledged.get(stream, [])), default=1)

    def of_type(self, random, type_name):
        """One of those that everybody works on; None where there is none."""
        with self._lock:
            known = self._by_type.get(type_name)
            if not known:
                return None
            return random.choice(known[-HOT_MAX:] if random.random() < 0.8 else known)

    def any_id(self, random):
        with self._lock:
            names = [name for name in self._by_type if self._by_type[name]]
            if not names:
                return str(uuid.UUID(int=random.getrandbits(128)))
            preferred = [name for name in names if name in self.round_types] or names
            return random.choice(self._by_type[random.choice(preferred)][-HOT_MAX:])

    def some_id(self, random, types):
        """Something to refer to, which now and then does not exist or is of a type that is not allowed there."""
        if random.random() < 0.05:
            return str(uuid.UUID(int=random.getrandbits(128)))
        found = self.of_type(random, random.choice(types)) if types != ["*"] else None
        if found is None or random.random() < 0.05:
            return self.any_id(random)
        return found

    def unborn_id(self, random, type_names):
        """The id that an entity would have which is found by its name, whether or not there is one yet."""
        name = random.choice([*PLAIN_TAGS, *(f"name {random.randrange(1000)}" for _ in range(20))])
        with self._lock:
            # From now on people talk of it.
            self.mentioned.append(name)
        return derived_id(random.choice(type_names), name)

    def knows(self, stream, type_name):
        with self._lock:
            return self.types.get(stream) == type_name

    def some_keyed(self, random):
        with self._lock:
            if not self.keyed:
                return None
            # Recent ones for races, old ones for what was forgotten.
            return random.choice(self.keyed[-20:] if random.random() < 0.5 else self.keyed)

    # MARK: faults

    def fault_begins(self, name="a restart"):
        with self._lock:
            self._fault = name
            self._faults += 1
            self._last_fault = time.monotonic()

    def fault_ends(self):
        with self._lock:
            self._faults -= 1
            self._last_fault = time.monotonic()

    def fault_of_now(self):
        """What is broken, or has just been; None where nothing is."""
        with self._lock:
            return self._fault if self._faults or self._last_fault > time.monotonic() - 3 else None

    def was_calm(self, since, aftermath=AFTERMATH_SECONDS):
        """Whether nothing was broken from then on, nor shortly before."""
        with self._lock:
            return self._faults == 0 and self._last_fault < since - aftermath
