"""What the attack starts: PostgreSQL, nodes of Life-OS, and single commands of it."""

import glob
import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass

START_SECONDS_MAX = 60
COMMAND_SECONDS_MAX = 90
STOP_SECONDS_MAX = 30
DISK_MEGABYTES = 512
TOKEN = "a token for the attack"


class Trouble(Exception):
    """Something that the attack itself needs does not work."""


class Postgres:
    """One PostgreSQL, its data on a small disk of its own where this user may mount one."""

    def __init__(self, root, is_confined):
        newest = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), default=None)
        program = shutil.which("postgres")
        self.binaries = newest or (program and os.path.dirname(program))
        if not self.binaries:
            raise Trouble("PostgreSQL is not installed. Run: ops/setup --test")
        self.disk = f"{root}/disk"
        self.data = f"{self.disk}/data"
        self.sockets = f"{root}/socket"
        self.log_path = f"{root}/postgres.log"
        self.process = None
        os.mkdir(self.disk)
        os.mkdir(self.sockets)
        # A mount is only made where it vanishes with this process.
        self.can_be_filled = is_confined and 0 == subprocess.call(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", self.disk])
        if os.geteuid() == 0:
            shutil.chown(self.disk, "postgres", "postgres")
            shutil.chown(self.sockets, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-U", "lifeos", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                  "--no-sync", "--wal-segsize=1", "--no-instructions")

    def _command(self, name, *arguments):
        dropping = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return dropping + [f"{self.binaries}/{name}", *arguments]

    def _run(self, name, *arguments):
        done = subprocess.run(self._command(name, *arguments), capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise Trouble(f"{name} failed: {done.stderr.strip()}")
        return done.stdout

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def conninfo(self, database):
        return f"host={self.sockets} user=lifeos dbname={database}"

    def start(self):
        """Starts it unless it runs, and returns once it answers."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if not self.is_running:
                settings = {
                    "listen_addresses": "", "unix_socket_directories": self.sockets, "fsync": "off",
                    "max_connections": "80", "shared_buffers": "32MB", "max_wal_size": "32MB", "min_wal_size": "4MB",
                    "autovacuum_naptime": "5s", "log_min_messages": "warning"}
                options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
                with open(self.log_path, "ab") as log:
                    self.process = subprocess.Popen(
                        self._command("postgres", "-D", self.data, *options), stdout=log, stderr=log, cwd="/",
                        stdin=subprocess.DEVNULL)
            if self.answers():
                return
            time.sleep(0.1)
        raise Trouble(f"PostgreSQL does not start; its log is {self.log_path}")

    def answers(self):
        try:
            self.query("SELECT 1")
            return True
        except Trouble:
            return False

    def query(self, sql, database="postgres", seconds=10):
        """The rows of an answer, each as a list of texts."""
        command = [f"{self.binaries}/psql", "-X", "-A", "-t", "-q", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                   "-d", self.conninfo(database), "-c", sql]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd="/")
        except subprocess.TimeoutExpired as error:
            raise Trouble(f"psql did not end within {seconds} s: {sql}") from error
        if done.returncode != 0:
            raise Trouble(done.stderr.strip())
        return [line.split("\t") for line in done.stdout.splitlines()]

    def open_session(self, sql, database):
        """Runs statements in a session that lives until the process is ended."""
        return subprocess.Popen(
            [f"{self.binaries}/psql", "-X", "-q", "-d", self.conninfo(database), "-c", sql],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")

    def make_database(self, name):
        self.query(f'CREATE DATABASE "{name}"')

    def drop_database(self, name):
        try:
            self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', seconds=30)
        except Trouble:
            pass  # It goes with the whole cluster.

    def backends(self, database):
        rows = self.query(f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()")
        return [int(row[0]) for row in rows]

    def kill(self):
        """As a power failure would end it: all of its processes at once."""
        if self.is_running:
            children = _children(self.process.pid)
            self.process.kill()
            self.process.wait()
            for child in children:
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def close(self):
        self.kill()
        if self.can_be_filled:
            subprocess.call(["umount", "--lazy", self.disk])


def _children(parent):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(path.split("/")[2]))
    return found


class Node:
    """A `lifeos serve`."""

    def __init__(self, name, workshop, database, *arguments):
        self.name = name
        self.database = database
        self._arguments = arguments
        self._workshop = workshop
        self._environment = workshop.environment(name, database)
        self._out_path = f"{workshop.root}/{name}.out"
        self.log_path = f"{workshop.root}/{name}.log"
        self.process = None
        self.address = None
        self.is_frozen = False
        self.is_expected_to_run = False

    def move_to(self, database):
        """From its next start on, it serves another database."""
        self.database = database
        self._environment = self._workshop.environment(self.name, database)

    def begin(self):
        """Starts it without waiting."""
        self.address = None
        # A new file each time, so that nobody reads the former one's address.
        with open(self._out_path, "wb") as out, open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self._workshop.program, "serve", "--json", *self._arguments], env=self._environment, stdout=out,
                stderr=log, stdin=subprocess.DEVNULL, cwd="/")

    def await_start(self):
        """Returns whether it answers."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            with open(self._out_path, "rb") as out:
                line = out.readline()
            if line.endswith(b"\n"):
                host, port = json.loads(line)["address"].removeprefix("http://").rsplit(":", 1)
                self.address = (host, int(port))
                self.is_expected_to_run = True
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.03)
        return False

    def start(self):
        self.begin()
        return self.await_start()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.is_expected_to_run = False
        self.address = None
        if self.process is not None:
            self.thaw()
            self.process.kill()
            self.process.wait()

    def freeze(self):
        if self.is_running:
            self.is_frozen = True
            self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        if self.is_frozen and self.is_running:
            self.process.send_signal(signal.SIGCONT)
        self.is_frozen = False

    def stop(self):
        """Ends it in good order; tells whether it ended in time."""
        self.is_expected_to_run = False
        self.address = None
        if not self.is_running:
            return True
        self.thaw()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS_MAX)
            return True
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False

    def last_words(self, lines=6):
        """The end of its log, for stories."""
        with open(self.log_path, "rb") as log:
            return [line.decode(errors="replace")[:600] for line in log.read()[-20_000:].splitlines()[-lines:]]

    def cause(self, request_id):
        """What its log says about a request that went wrong inside."""
        with open(self.log_path, "rb") as log:
            for line in log:
                if request_id.encode() in line and b'"error"' in line:
                    return line.decode(errors="replace").strip()[:900]
        return None


@dataclass
class Result:
    """How a command ended."""

    arguments: list
    code: int | None
    out: str
    err: str
    took: float

    @property
    def is_success(self):
        return self.code == 0

    def rows(self):
        """The lines of its `--json` output."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def __str__(self):
        ending = "did not end" if self.code is None else f"exit {self.code}"
        said = " ".join((self.out.strip()[-500:] + "\n" + self.err.strip()[-900:]).split())
        return f"lifeos {' '.join(self.arguments)} → {ending} after {self.took:.1f} s: {said}"


class Workshop:
    """The folder that an attack works in, and all that it runs there."""

    def __init__(self, root, program, folders, is_confined):
        self.root = root
        self.program = program
        self.folders = folders
        self.nodes = []
        self.backups = f"{root}/backups"
        self.postgres = Postgres(root, is_confined)
        self.postgres.start()

    def environment(self, home, database):
        folder = f"{self.root}/home-{home}"
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": folder, "LANG": "C.UTF-8", "TZ": "UTC",
            "LIFEOS_HOME": folder, "LIFEOS_LISTEN": "127.0.0.1:0", "LIFEOS_ADMIN_TOKEN": TOKEN,
            "LIFEOS_CATALOGUE": self.folders["events"], "LIFEOS_PROJECTIONS": self.folders["projections"],
            "LIFEOS_DASHBOARDS": self.folders["dashboards"], "LIFEOS_BACKUP_TARGET": self.backups,
            "LIFEOS_DATABASE_CONNECTIONS": "6", "DATABASE_URL": self.postgres.conninfo(database),
        }

    def node(self, name, database, *arguments):
        node = Node(name, self, database, *arguments)
        self.nodes.append(node)
        return node

    def begin(self, database, *arguments):
        """Starts a command without waiting for its end."""
        return subprocess.Popen(
            [self.program, *arguments], env=self.environment("desk", database), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd="/"), time.monotonic()

    def finish(self, begun, arguments):
        process, start = begun
        try:
            out, err = process.communicate(timeout=COMMAND_SECONDS_MAX)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            code = None
        return Result(list(arguments), code, out.decode(errors="replace"), err.decode(errors="replace"),
                      time.monotonic() - start)

    def run(self, database, *arguments):
        return self.finish(self.begin(database, *arguments), arguments)

    def close(self):
        for node in self.nodes:
            if node.is_running:
                node.kill()
        self.postgres.close()
