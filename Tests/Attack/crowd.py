"""Threads that work until they are told to stop."""

import threading


class Crowd:
    """The clients of a round, each a thread."""

    def __init__(self, workers):
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(worker,), daemon=True) for worker in workers]
        self.errors = []

    def start(self):
        for thread in self._threads:
            thread.start()

    def _run(self, worker):
        try:
            while not self._stop.is_set():
                worker(self._stop)
        except Exception as error:  # Reported by whoever stops the crowd: a bug of the attack ends it.
            self.errors.append(error)

    @property
    def stopping(self):
        return self._stop

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
