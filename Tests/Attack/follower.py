"""Follows the log through a node as server-sent events, and looks that each position comes once and in order."""

import http.client
import threading

from servers import TOKEN

READ_SECONDS_MAX = 0.5


class Follower(threading.Thread):
    def __init__(self, node, after, findings):
        super().__init__(daemon=True)
        self._node = node
        self._findings = findings
        self._is_over = threading.Event()
        self.reached = after

    def run(self):
        while not self._is_over.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException, ValueError):
                self._is_over.wait(0.1)

    def stop(self):
        self._is_over.set()
        self.join()

    def _follow(self):
        address = self._node.address
        if address is None:
            self._is_over.wait(0.1)
            return
        connection = http.client.HTTPConnection(*address, timeout=READ_SECONDS_MAX)
        try:
            connection.request("GET", f"/api/v2/stream/events?after={self.reached}", headers={
                "Authorization": f"Bearer {TOKEN}", "Last-Event-ID": str(self.reached)})
            response = connection.getresponse()
            if response.status != 200:
                self._is_over.wait(0.2)
                return
            # Partial lines would be lost at a time-out of a buffered reader, so the bytes are put together here.
            rest = b""
            while not self._is_over.is_set():
                try:
                    piece = response.read1(65_536)
                except TimeoutError:
                    # The reader of http.client cannot go on after a time-out.
                    return
                if not piece:
                    return
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    if line.startswith(b"id: "):
                        self._take(int(line[4:].split(b":")[0]))
        finally:
            connection.close()

    def _take(self, position):
        self._findings.check()
        if position != self.reached + 1:
            self._findings.add(
                "whoever follows the log misses nothing",
                f"After position {self.reached}, {self._node.name} told of {position}.", kind="")
        self.reached = position
