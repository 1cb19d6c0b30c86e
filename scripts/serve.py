"""Web server and worker side by side for one host: starts both, stops both, brings a fallen worker back.

Production runs the same two commands under its own supervisor; see docs/operations.md.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
GRACE_SECONDS = 20


class Stop(Exception):
    """A person or a supervisor asked us to end."""


def stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def commands(port: int) -> dict[str, list[str]]:
    return {
        "web": [
            str(BIN / "gunicorn"), "backoffice.wsgi", "--bind", f"127.0.0.1:{port}",
            "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning",
        ],
        "worker": [
            str(BIN / "celery"), "-A", "backoffice", "--quiet", "worker", "--beat", "--pool", "solo",
            "--loglevel", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
    }  # fmt: skip


def start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
    log_dir = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "log"
    log_dir.mkdir(parents=True, exist_ok=True)
    with (log_dir / f"{name}.log").open("ab") as log:
        # A session of its own: Ctrl-C reaches this script alone, which then ends both in order.
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def supervise(port: int, running: dict[str, subprocess.Popen[bytes]]) -> int:
    wanted = commands(port)
    for name, command in wanted.items():
        running[name] = start(name, command)
    while not answers(port):
        if running["web"].poll() is not None:
            print("The web server ended at once; var/log/web.log says why.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    print(
        f"\nReady: {os.environ.get('BASE_URL', f'http://127.0.0.1:{port}')}  (Ctrl-C stops it; logs are in var/log)"
    )
    sys.stdout.flush()
    while True:
        time.sleep(1)
        if running["web"].poll() is not None:
            print("The web server ended; var/log/web.log says why.", file=sys.stderr)
            return 1
        if running["worker"].poll() is not None:
            # Its work is kept in rows, so a new worker simply continues.
            time.sleep(2)
            running["worker"] = start("worker", wanted["worker"])


def end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def main() -> int:
    port = int(sys.argv[-1])
    if not is_free(port):
        print(f"Port {port} is in use. Choose another one: make demo PORT={port + 1}", file=sys.stderr)
        return 1
    if "--check-port" in sys.argv:
        return 0
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        return supervise(port, running)
    except Stop:
        print("\nStopping")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end(running)


if __name__ == "__main__":
    sys.exit(main())
