"""Runs the attack where nothing of it can outlive it: in namespaces of its own, as far as this user may make them."""

import os
import shutil
import signal
import sys
import tempfile

_MARK = "LIFEOS_ATTACK_CONFINED"


def enter():
    """Starts the program anew inside its own process and mount namespaces, where that is allowed.

    When the last of them ends, by whatever signal, the kernel ends every process that was started inside and
    takes away what was mounted there. Elsewhere `Workshop.close` has to be enough.
    """
    if os.environ.get(_MARK) or os.geteuid() != 0 or not shutil.which("unshare"):
        return
    attempt = os.spawnlp(os.P_WAIT, "unshare", "unshare", "--mount", "--pid", "--fork", "--mount-proc", "true")
    if attempt != 0:
        return
    os.environ[_MARK] = "1"
    os.execlp(
        "unshare", "unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
        "--mount-proc", sys.executable, *sys.argv)


def is_confined():
    return os.environ.get(_MARK) == "1"


def become_child():
    """In a process namespace, the first process has to take in orphans; so it does only that, and the work is its child's."""
    if not is_confined() or os.getpid() != 1:
        return
    child = os.fork()
    if child == 0:
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(child, number))
    while True:
        try:
            ended, status = os.wait()
        except InterruptedError:
            continue
        if ended == child:
            os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)


def make_folder():
    """A folder for one attack; short, because the path of a Unix socket has to fit into 107 bytes."""
    root = os.path.realpath(tempfile.mkdtemp(prefix="lifeos-attack-", dir="/tmp"))
    os.chmod(root, 0o755)
    return root
