# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of examples and README share. BUILD_DIR, from the environment, is where the product was built."""
import contextlib
import os
import pathlib
import subprocess
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["BUILD_DIR"])
EMULATOR = BUILD / "tests" / "emulator" / "gemini-emulator"
CACHE = pathlib.Path(
    os.environ.get("GST_GEMINI_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "gst-gemini"
)
MEDIA = CACHE / "media"


def check(condition, claim):
    if not condition:
        sys.exit(f"FAILED: {claim}")
    print(f"ok: {claim}")


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def need_coco(*media):
    """Whatever is missing ends the test with status 77."""
    for name in media:
        if not (MEDIA / name).is_file():
            skip(f"{MEDIA / name} is not here: tests/get-media.sh")
    if not (CACHE / "models" / "stamp").is_file():
        skip("the emulator's network is not here: tests/emulator/get-models.sh")


@contextlib.contextmanager
def coco_emulator():
    """An environment in which the elements find an emulator that looks at photos."""
    process = subprocess.Popen(
        [str(EMULATOR), "--vision", "coco", "--models", str(CACHE / "models")], stdout=subprocess.PIPE, text=True
    )
    try:
        url = process.stdout.readline().strip().removeprefix("listening on ")
        environment = dict(os.environ, GOOGLE_GEMINI_BASE_URL=url, GEMINI_API_KEY="emulator-key")
        environment.pop("GOOGLE_API_KEY", None)
        yield environment
    finally:
        process.kill()
        process.wait()


def launch(description):
    """Runs a pipeline to its end."""
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    check(message is not None and message.type == Gst.MessageType.EOS, f"this runs to its end: {description}")


class Picture:
    """A picture file as pixels of 32 bits."""

    def __init__(self, path):
        pipeline = Gst.parse_launch(
            "filesrc name=file ! decodebin ! videoconvert ! video/x-raw,format=BGRx ! appsink name=sink sync=false"
        )
        pipeline.get_by_name("file").set_property("location", str(path))
        pipeline.set_state(Gst.State.PLAYING)
        sample = pipeline.get_by_name("sink").emit("try-pull-sample", 30 * Gst.SECOND)
        pipeline.set_state(Gst.State.NULL)
        check(sample is not None, f"{path.name} is a picture")
        info, buffer = GstVideo.VideoInfo.new_from_caps(sample.get_caps()), sample.get_buffer()
        self.size = info.width, info.height
        self.pixels = memoryview(buffer.extract_dup(0, buffer.get_size())).cast("I")

    def share_changed(self, other):
        """How much of it is not the same in another one, 0 to 1."""
        return sum(a != b for a, b in zip(self.pixels, other.pixels)) / len(self.pixels)


Gst.init(None)
