"""Sends requests to the nodes, notes them down and judges each answer on the spot."""

import http.client
import json
import socket
import time

import journal
from servers import TOKEN

# The server promises an answer within 30 s, be it that it has none.
ANSWER_SECONDS_MAX = 31
SOCKET_SECONDS_MAX = 40
BODY_BYTES_MAX = 64 << 20
# The server closes a connection that nothing comes from for longer.
IDLE_SECONDS_MAX = 30


class Client:
    """One client with a connection to each node."""

    def __init__(self, world, log, judge, clock):
        self.world = world
        self.journal = log
        self._judge = judge
        self._clock = clock
        self._connections = {}

    def call(self, node, name, names=None, query=None, body=None, headers=None, changes=(), patience=None):
        """Calls an operation of the description. `patience`: after how many seconds the client goes away."""
        operation = self.world.description.operations[name]
        encoded = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self.send(node, name, operation.method, operation.target(names or {}, query), encoded, headers, changes,
                         patience)

    def send(self, node, name, method, target, body=None, headers=None, changes=(), patience=None):
        exchange = self.journal.begin(
            node=node.name, operation=name, method=method, target=target, headers=dict(headers or {}), body=body,
            changes=list(changes))
        sent = {"Authorization": f"Bearer {TOKEN}", "X-Request-Id": exchange.request_id, **exchange.headers}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        exchange.started = self._clock()
        begun = time.monotonic()
        try:
            self._exchange(node, exchange, sent, patience)
        except (OSError, http.client.HTTPException) as error:
            self._drop(node)
            is_impatient = patience is not None and isinstance(error, TimeoutError)
            exchange.outcome = journal.GIVEN_UP if is_impatient else journal.LOST
            exchange.failure = f"{type(error).__name__}: {error}"
        exchange.ended = self._clock()
        _spread(exchange)
        self.journal.end(exchange)
        self._judge.judge(exchange, node, begun)
        self.world.learn(exchange)
        return exchange

    def _exchange(self, node, exchange, headers, patience):
        address = node.address
        if address is None:
            time.sleep(0.05)
            raise ConnectionError("the node is down")
        known = self._connections.get(node.name)
        now = time.monotonic()
        if known is None or known[0] != address or known[2] < now - IDLE_SECONDS_MAX:
            self._drop(node)
            known = (address, http.client.HTTPConnection(*address, timeout=SOCKET_SECONDS_MAX), now)
        connection = known[1]
        self._connections[node.name] = (address, connection, now)
        if connection.sock is None:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock.settimeout(patience or SOCKET_SECONDS_MAX)
        connection.request(exchange.method, exchange.target, exchange.body, headers)
        response = connection.getresponse()
        if response.getheader("Content-Type", "").startswith("text/event-stream"):
            exchange.status = response.status
            self._drop(node)
        else:
            content = response.read(BODY_BYTES_MAX)
            exchange.status = response.status
            if content and "json" in response.getheader("Content-Type", "") and not response.getheader(
                    "Content-Disposition"):
                exchange.answer = journal.parse_json(content)
        exchange.answer_headers = dict(response.getheaders())
        exchange.outcome = journal.ANSWERED

    def _drop(self, node):
        known = self._connections.pop(node.name, None)
        if known:
            known[1].close()

    def close(self):
        for _, connection, _ in self._connections.values():
            connection.close()
        self._connections = {}


def _spread(exchange):
    """Gives each change of a request its part of the answer."""
    answer = exchange.answer
    if exchange.outcome != journal.ANSWERED or not exchange.changes or not isinstance(answer, dict):
        return
    if exchange.operation != "entities.bulk":
        exchange.changes[0].status = exchange.status
        exchange.changes[0].document = answer
        return
    if exchange.status == 200 and len(answer["results"]) == len(exchange.changes):
        for change, result in zip(exchange.changes, answer["results"]):
            change.status = result["status"]
            change.document = result["entity"] if change.is_acknowledged else result["problem"]
    else:
        for change in exchange.changes:
            change.status, change.document = exchange.status, answer
