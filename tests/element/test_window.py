#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A film in a window, with answers that take 2 seconds: the player pauses for them, and every frame is shown."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

from example_support import EMULATOR, check, skip  # noqa: E402

FRAMES = 50  # 5 seconds
PATIENCE = 60


def wait_for_end(pipeline):
    end = pipeline.get_bus().timed_pop_filtered(PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    if end and end.type == Gst.MessageType.ERROR:
        sys.exit(f"FAILED: {end.parse_error()}")
    return end is not None


def make_film(path):
    pipeline = Gst.parse_launch(
        f"videotestsrc pattern=ball num-buffers={FRAMES} ! video/x-raw,width=320,height=240,framerate=10/1 "
        f"! jpegenc ! avimux ! filesink location={path}"
    )
    pipeline.set_state(Gst.State.PLAYING)
    check(wait_for_end(pipeline), "a film is made")
    pipeline.set_state(Gst.State.NULL)


class Player:
    """As gst-launch-1.0 plays."""

    def __init__(self, film, url):
        self.pipeline = Gst.parse_launch(
            f"filesrc location={film} ! decodebin ! videoconvert ! geminianalyzer mode=accurate max-in-flight=1 "
            f"api-key=emulator-key base-url={url} ! geminioverlay ! videoconvert name=last ! autovideosink"
        )
        self.n_shown = 0
        self.n_pauses = 0
        self.percent = 100
        self.dropped = []
        last = self.pipeline.get_by_name("last")
        last.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, self.count)

    def count(self, _pad, _info):
        self.n_shown += 1
        return Gst.PadProbeReturn.OK

    def play(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        bus = self.pipeline.get_bus()
        while message := bus.timed_pop(PATIENCE * Gst.SECOND):
            if message.type == Gst.MessageType.EOS:
                break
            if message.type == Gst.MessageType.ERROR:
                sys.exit(f"FAILED: {message.parse_error()}")
            if message.type == Gst.MessageType.QOS:  # a frame that the sink has dropped
                self.dropped.append(message.src.get_name())
            if message.type == Gst.MessageType.BUFFERING:
                self.buffer(message.parse_buffering())
        else:
            sys.exit("FAILED: the film did not end")
        self.pipeline.set_state(Gst.State.NULL)

    def buffer(self, percent):
        if percent < 100 and self.percent == 100:
            self.n_pauses += 1
        self.percent = percent
        self.pipeline.set_state(Gst.State.PAUSED if percent < 100 else Gst.State.PLAYING)


def play(film):
    emulator = subprocess.Popen(
        [str(EMULATOR), "--vision", "shapes", "--latency", "2000"], stdout=subprocess.PIPE, text=True
    )
    try:
        player = Player(film, emulator.stdout.readline().strip().removeprefix("listening on "))
        player.play()
    finally:
        emulator.kill()
        emulator.wait()
    check(player.n_pauses > 0, f"the player has paused, {player.n_pauses} times")
    check(player.percent == 100, "each pause has ended")
    check(player.n_shown == FRAMES, f"{player.n_shown} of {FRAMES} frames have reached the window")
    check(not player.dropped, f"no frame was dropped for being late: {player.dropped}")


def main():
    if not shutil.which("Xvfb"):
        skip("Xvfb is not here: tests/install-deps.sh")
    Gst.init(None)
    if not Gst.ElementFactory.find("ximagesink"):
        skip("ximagesink is not here: tests/install-deps.sh")
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as numbers, tempfile.TemporaryDirectory() as folder:
            number = numbers.readline().strip()
            if not number:
                skip("Xvfb does not run here")
            os.environ["DISPLAY"] = f":{number}"
            os.environ.pop("WAYLAND_DISPLAY", None)
            film = pathlib.Path(folder) / "film.avi"
            make_film(film)
            play(film)
    finally:
        screen.terminate()
        screen.wait()


main()
