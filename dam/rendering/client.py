"""Asking the decoding child: one per process, started when first needed, started again when it died."""

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from backoffice.kernel.phrases import gettext as _
from dam.content.limits import MAX_EDGE, MAX_FRAMES, MAX_PIXELS
from dam.errors import FileBroken, FileRefused, PictureTooLarge

CHILD = Path(__file__).with_name("child.py")
PROBE_SECONDS = 10
RENDER_SECONDS = 30

_lock = threading.Lock()
_children: dict[int, "subprocess.Popen[bytes]"] = {}


def probe(path: str) -> dict[str, Any]:
    """Width and height as shown, and the dominant colour. Raises `FileRefused` for what must not be decoded."""
    return _ask({"do": "probe", "source": path, "seconds": PROBE_SECONDS})


def render(path: str, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the wanted sizes; `outputs` items: `edge`, `key` (echoed), `files` = [format, quality, path]."""
    answer = _ask({"do": "render", "source": path, "seconds": RENDER_SECONDS, "outputs": outputs})
    return list(answer["files"])


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    request |= {"max_pixels": MAX_PIXELS, "max_edge": MAX_EDGE, "max_frames": MAX_FRAMES}
    with _lock:
        answer = _exchange(request)
    if "error" in answer:
        raise _refusal(answer["error"])
    return answer


def _exchange(request: dict[str, Any]) -> dict[str, Any]:
    line = json.dumps(request).encode() + b"\n"
    for attempt in (1, 2):
        child = _child()
        content = _talk(child, line)
        if content:
            return dict(json.loads(content))
        _children.pop(os.getpid(), None)
        child.kill()
        child.wait()
        if attempt == 2:
            break
    return {"error": "broken"}


def _talk(child: "subprocess.Popen[bytes]", line: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        return b""
    try:
        child.stdin.write(line)
        child.stdin.flush()
        return child.stdout.readline()
    except BrokenPipeError:
        return b""


def _child() -> "subprocess.Popen[bytes]":
    # Keyed by process id: a forked worker must not share its parent's pipes.
    child = _children.get(os.getpid())
    if child is None or child.poll() is not None:
        child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin"},
            close_fds=True,
        )
        _children[os.getpid()] = child
    return child


@atexit.register
def stop_child() -> None:
    """End the child of this process; the next picture starts another."""
    child = _children.pop(os.getpid(), None)
    if child is not None and child.stdin is not None and child.stdout is not None:
        child.stdin.close()
        child.stdout.close()
        child.wait()


def _refusal(code: str) -> FileRefused:
    if code == "too_large":
        return PictureTooLarge(
            _("The picture has more than %(limit)s million pixels. Make it smaller and send it again.")
            % {"limit": MAX_PIXELS // 1_000_000}
        )
    if code == "too_many_frames":
        return PictureTooLarge(_("The animation has more than %(limit)s frames.") % {"limit": MAX_FRAMES})
    if code == "too_slow":
        return FileBroken(_("The picture takes too long to decode. Save it again in another format."))
    return FileBroken(_("The picture is broken or cut off. Save it again and send it once more."))
