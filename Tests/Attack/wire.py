"""Requests as bytes: several on one connection, framed in ways that are right, odd or wrong."""

import json
import socket
import time

from servers import TOKEN

ANSWER_SECONDS_MAX = 5
TYPE = "story_theme"


def _chunks(body, end=b"\r\n", extension=b""):
    half = len(body) // 2
    return b"".join(b"%x%b%b%b%b" % (len(part), extension, end, part, end) for part in (body[:half], body[half:])) + (
        b"0" + end + end)


# Headers and body of a request, by how it is framed.
FRAMINGS = {
    "a length": lambda body: (b"Content-Length: %d\r\n" % len(body), body),
    "a length with blanks around": lambda body: (b"Content-Length:  %d \r\n" % len(body), body),
    "a length with a sign": lambda body: (b"Content-Length: +%d\r\n" % len(body), body),
    "two equal lengths": lambda body: (b"Content-Length: %d\r\n" % len(body) * 2, body),
    "two lengths": lambda body: (b"Content-Length: %d\r\nContent-Length: 3\r\n" % len(body), body),
    "chunks": lambda body: (b"Transfer-Encoding: chunked\r\n", _chunks(body)),
    "chunks in capitals": lambda body: (b"Transfer-Encoding: CHUNKED\r\n", _chunks(body)),
    "chunks with a trailing blank": lambda body: (b"Transfer-Encoding: chunked \r\n", _chunks(body)),
    "chunks with a trailing tab": lambda body: (b"Transfer-Encoding: chunked\t\r\n", _chunks(body)),
    "chunks with an extension": lambda body: (b"Transfer-Encoding: chunked\r\n", _chunks(body, extension=b";a=b")),
    "chunks with bare line feeds": lambda body: (b"Transfer-Encoding: chunked\r\n", _chunks(body, end=b"\n")),
    "chunks and a length": lambda body: (
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n" % len(body), _chunks(body)),
    "chunks within gzip": lambda body: (b"Transfer-Encoding: gzip, chunked\r\n", _chunks(body)),
    "chunks twice": lambda body: (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", _chunks(body)),
    "an expectation": lambda body: (b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(body), body),
    "an expectation with a trailing blank": lambda body: (
        b"Expect: 100-continue \r\nContent-Length: %d\r\n" % len(body), body),
    "a folded header": lambda body: (b"X-Reason: a\r\n b\r\nContent-Length: %d\r\n" % len(body), body),
    "a blank before a colon": lambda body: (b"Content-Length : %d\r\n" % len(body), body),
    "a null byte": lambda body: (b"X-Reason: a\0b\r\nContent-Length: %d\r\n" % len(body), body),
    "no length": lambda body: (b"", b""),
}


class WireClient:
    """Sends a change and a question behind it on one connection; what is answered must be in step with what was asked."""

    def __init__(self, random, world, nodes, findings):
        self.random = random
        self.world = world
        self.nodes = nodes
        self.findings = findings
        self._count = 0

    def step(self):
        entity_type = self.world.catalogue.types.get(TYPE)
        node = self.random.choice(self.nodes)
        if entity_type is None or node.address is None:
            return
        name = self.random.choice(sorted(FRAMINGS))
        self._count += 1
        ids = [f"wire-{self.random.getrandbits(40):x}-{part}" for part in ("change", "question")]
        body = json.dumps({"name": f"theme {self._count}"}).encode()
        framing, framed = FRAMINGS[name](body)
        head = (f"POST /api/v2/{entity_type.collection} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
                f"Content-Type: application/json\r\nX-Request-Id: {ids[0]}\r\n").encode()
        question = f"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {ids[1]}\r\n\r\n".encode()
        begun = time.monotonic()
        try:
            answers, is_closed = exchange(node.address, head + framing + b"\r\n" + framed + question, 2)
        except OSError:
            return
        if self.world.was_calm(begun, aftermath=1):
            self.findings.check()
            self._judge(name, ids, answers, is_closed, head + framing)

    def _judge(self, name, ids, answers, is_closed, sent):
        told = [f"sent: {sent!r} …", *(f"answered: {status} {headers.get('x-request-id')} {headers.get('connection', '')}"
                                      for status, headers in answers), "closed" if is_closed else "still open"]
        if not answers:
            self._tell("a request on a connection is answered", f"With {name}, nothing was answered.", told, name)
            return
        status, headers = answers[0]
        ends = is_closed and (status >= 400 or headers.get("connection", "").lower() == "close")
        if len(answers) == 1 and not ends:
            self._tell("a request behind another is answered or the connection is closed",
                       f"After {status} for one with {name}, the next got no answer.", told, name)
        for (_, answered), asked in list(zip(answers, ids))[1:]:
            if answered.get("x-request-id") != asked:
                self._tell("answers are in step with requests",
                           f"After one with {name}, {answered.get('x-request-id')} was answered instead of {asked}.", told,
                           name)
        if len(answers) > len(ids):
            self._tell("answers are in step with requests", f"{len(answers)} answers came for {len(ids)} requests.", told,
                       name)

    def _tell(self, rule, sentence, told, kind):
        self.findings.add(rule, sentence, told, kind)


def exchange(address, sent, wanted):
    """The answers that come on one connection, as status and headers, and whether it was closed afterwards."""
    answers, received = [], b""
    with socket.create_connection(address, timeout=ANSWER_SECONDS_MAX) as connection:
        connection.sendall(sent)
        while True:
            taken = take_answer(received)
            if taken:
                status, headers, received = taken
                if status != 100:
                    answers.append((status, headers))
                continue
            # Whether it is closed after the last one, or says more, is seen in a moment.
            connection.settimeout(0.2 if len(answers) >= wanted else ANSWER_SECONDS_MAX)
            try:
                piece = connection.recv(65_536)
            except TimeoutError:
                return answers, False
            except ConnectionResetError:
                return answers, True
            if not piece:
                return answers, True
            received += piece


def take_answer(received):
    """The first whole answer of what was received: status, headers and the rest; None while it is not whole."""
    head, found, rest = received.partition(b"\r\n\r\n")
    if not found:
        return None
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if status == 100 or status in (204, 304):
        return status, headers, rest
    length = int(headers.get("content-length", "0"))
    return (status, headers, rest[length:]) if len(rest) >= length else None
