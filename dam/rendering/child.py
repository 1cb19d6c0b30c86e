"""The child process that decodes pictures: a small server that forks once per picture.

Started as a script without Django. It reads one JSON request per line and answers with one JSON line. Each request is
done in a fork with limits on memory, processor time and files, killed when it takes too long; so a hostile picture can
spoil only its own answer, while Pillow is loaded once.
"""

import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 20
FILE_BYTES = 100_000_000
ANSWER_BYTES = 64 * 1024


class Refused(Exception):
    """The picture is not acceptable; the first argument is the code that the parent turns into words."""


def _open(request: dict[str, Any]) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # we compare with our own limit before anything is decoded
    try:
        image = Image.open(request["source"], formats=FORMATS)
    except Exception as error:
        raise Refused("broken") from error
    width, height = image.size
    if width * height > request["max_pixels"] or max(width, height) > request["max_edge"]:
        raise Refused("too_large")
    if getattr(image, "n_frames", 1) > request["max_frames"]:
        raise Refused("too_many_frames")
    return image


def _decode(image: Image.Image, edge: int) -> Image.Image:
    """Pixels as people see them: first frame, upright, sRGB, without any metadata."""
    profile = image.info.get("icc_profile")
    # JPEG can be decoded at a fraction of its size, which saves most of the time.
    image.draft("RGB", (edge, edge))
    try:
        image.load()
    except Exception as error:
        raise Refused("broken") from error
    image = ImageOps.exif_transpose(image)
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if profile and image.mode in {"RGB", "CMYK"}:
        image = _to_srgb(image, profile)
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.info = {}
    return image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    import io

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return (
            ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            or image
        )
    except ImageCms.PyCMSError:
        return image


def _flat(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, (255, 255, 255))
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _dominant_colour(image: Image.Image) -> str:
    small = _flat(image.resize((24, 24), Image.Resampling.BOX)).quantize(colors=5)
    counts = small.histogram()
    place = counts.index(max(counts))
    palette = small.getpalette() or [221, 221, 221]
    red, green, blue = palette[3 * place : 3 * place + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def probe(request: dict[str, Any]) -> dict[str, Any]:
    """Size as shown, dominant colour; decodes (a fraction of) the picture, so a cut-off file is noticed."""
    image = _open(request)
    width, height = image.size
    if image.getexif().get(0x0112) in {5, 6, 7, 8}:
        width, height = height, width
    colour = _dominant_colour(_decode(image, 64))
    return {"width": width, "height": height, "dominant_colour": colour}


def render(request: dict[str, Any]) -> dict[str, Any]:
    """Write each wanted file, largest first, each size made from the next larger one."""
    outputs = sorted(request["outputs"], key=lambda item: -item["edge"])
    image = _decode(_open(request), outputs[0]["edge"])
    made = []
    for output in outputs:
        edge = output["edge"]
        if max(image.size) > edge:
            image = image.copy()
            image.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
            image.info = {}
        for name, quality, path in output["files"]:
            _save(image, name, quality, path)
            made.append(
                {**output["key"], "format": name, "path": path, "width": image.width, "height": image.height}
            )
    return {"files": made}


def _save(image: Image.Image, name: str, quality: int, path: str) -> None:
    if name == "webp":
        image.save(path, "WEBP", quality=quality, method=2)
    else:
        _flat(image).save(path, "JPEG", quality=quality, optimize=True, progressive=image.width > 400)


WORK = {"probe": probe, "render": render}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer_in_fork(request: dict[str, Any]) -> dict[str, Any]:
    try:
        _limit()
        return WORK[request["do"]](request)
    except Refused as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "too_large"}
    except Exception as error:
        return {"error": "broken", "why": f"{type(error).__name__}: {error}"[:300]}


def serve_one(request: dict[str, Any]) -> dict[str, Any]:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read_end)
            os.write(write_end, json.dumps(_answer_in_fork(request)).encode()[:ANSWER_BYTES])
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    content = _read_until(read_end, time.monotonic() + request["seconds"])
    if content is None:
        os.kill(child, signal.SIGKILL)
    os.close(read_end)
    os.waitpid(child, 0)
    if content is None:
        return {"error": "too_slow"}
    # No answer at all: the limits ended the fork.
    return json.loads(content) if content else {"error": "too_large"}


def _read_until(descriptor: int, deadline: float) -> bytes | None:
    content = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return None
        chunk = os.read(descriptor, ANSWER_BYTES)
        if not chunk:
            return content
        content += chunk


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.init()
    for line in sys.stdin.buffer:
        answer = serve_one(json.loads(line))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
