"""What was found, told once for each kind."""

import datetime
import threading
import time

from journal import Exchange

STORY_LINES_MAX = 12


class Findings:
    """Collects findings and prints each kind once, with its story."""

    def __init__(self, seed, out):
        self._lock = threading.Lock()
        self._out = out
        self._seed = seed
        self._start = time.monotonic()
        self._start_of_day = time.time()
        self.counts = {}
        self.checks = 0
        self.done = {}

    def seconds(self):
        return time.monotonic() - self._start

    def seconds_of(self, timestamp):
        """When an event was recorded, by the clock of this attack."""
        return datetime.datetime.fromisoformat(timestamp).timestamp() - self._start_of_day

    def check(self, count=1):
        with self._lock:
            self.checks += count

    def add(self, rule, sentence, story=(), kind="", about=None):
        """
        rule: which rule was broken, in a few words.
        sentence: what happened, for people.
        story: requests or lines of text that show it, the oldest first.
        kind: tells apart what breaks the same rule for another reason.
        about: the entity that the story is about.
        """
        with self._lock:
            name = (rule, str(kind))
            self.counts[name] = self.counts.get(name, 0) + 1
            if self.counts[name] > 1:
                return
            lines = [f"FINDING {len(self.counts)} ({self.seconds():.0f} s, seed {self._seed}) {rule}", f"  {sentence}"]
            told = list(story)
            if len(told) > STORY_LINES_MAX:
                half = STORY_LINES_MAX // 2
                told = told[:half] + [f"… {len(told) - 2 * half} more …"] + told[-half:]
            lines += [f"    {entry.told(about) if isinstance(entry, Exchange) else entry}" for entry in told]
            print("\n".join(lines), file=self._out, flush=True)

    def tally(self, name):
        """Counts what was done, for the closing line."""
        with self._lock:
            self.done[name] = self.done.get(name, 0) + 1

    def note(self, sentence):
        with self._lock:
            print(f"  {self.seconds():5.1f} s  {sentence}", file=self._out, flush=True)

    @property
    def is_empty(self):
        return not self.counts

    def summary(self):
        """One line for each kind, with how often it was met."""
        return [f"{count} × {rule}{': ' + kind if kind else ''}" for (rule, kind), count in self.counts.items()]
