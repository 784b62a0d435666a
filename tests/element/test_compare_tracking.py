#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs examples/compare-tracking on some seconds of the street, and looks at the film that it leaves."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from example_support import BUILD, MEDIA, ROOT, Picture, check, launch, need_coco

STREET = MEDIA / "vtest.avi"
WIDTH, HEIGHT, TITLE = 640, 480, 60
SECONDS = 6


def start(folder, *arguments, build=BUILD):
    environment = dict(os.environ, GST_GEMINI_BUILD_DIR=str(build))
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"):
        environment.pop(name, None)
    return subprocess.Popen(
        [str(ROOT / "examples" / "compare-tracking"), *map(str, arguments)], cwd=folder, env=environment,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )


def end(process):
    """Its status, and what it said."""
    said, _ = process.communicate(timeout=90)
    return process.returncode, said.strip()


def part(picture, number):
    """The green of one of the three pictures, above its title."""
    across = range(number * WIDTH, (number + 1) * WIDTH)
    return [picture.pixels[y * picture.size[0] + x] >> 8 & 255 for y in range(HEIGHT - TITLE) for x in across]


def share_that_differs(picture, one, other):
    pairs = list(zip(part(picture, one), part(picture, other)))
    return sum(abs(a - b) > 60 for a, b in pairs) / len(pairs)


def main():
    need_coco(STREET.name)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clip = folder / "clip.avi"
        launch(f"filesrc location={STREET} ! decodebin ! identity eos-after={10 * SECONDS + 1} ! videoconvert "
               f"! jpegenc ! avimux ! filesink location={clip}")
        status, said = end(start(folder, clip, "people", "--delay", 2))
        check(status == 0, f"the film is made: {said}")
        launch(f"filesrc location={folder / 'compared.mp4'} ! decodebin ! videoconvert ! videorate "
               f"! video/x-raw,framerate=1/1 ! pngenc ! multifilesink location={folder}/at%d.png")
        pictures = [Picture(folder / f"at{second}.png") for second in range(SECONDS)]
        check(pictures[0].size == (3 * WIDTH, HEIGHT), f"three pictures are side by side, {pictures[0].size}")
        early, late = pictures[1], pictures[SECONDS - 1]
        check(share_that_differs(early, 0, 1) < 0.0002, "before the first answer has come there is nothing to draw live")
        check(share_that_differs(early, 0, 2) > 0.002, "accurate frames have waited for theirs")
        check(share_that_differs(late, 0, 1) > 0.001, "boxes that stay are not where those are that move")
        check(share_that_differs(late, 0, 2) > 0.001, "nor where they are when frames wait")

        for wrong, says, build in ((["nothing.avi"], "nothing.avi", BUILD), ([clip], "is not built", folder),
                                   ([__file__], "compare-tracking: ", BUILD)):
            status, said = end(start(folder, *wrong, build=build))
            check(status == 1 and says in said and "Traceback" not in said, f"what is wrong is told: {said}")

        # The file is begun when pictures are there, so it is not interrupted before.
        process = start(folder, STREET, "--delay", 0, "--output", "short.mp4")
        short = folder / "short.mp4"
        while process.poll() is None and not (short.is_file() and short.stat().st_size):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        status, said = end(process)
        check(status == 0, f"Ctrl-C ends the film: {said}")
        launch(f"filesrc location={short} ! decodebin ! fakesink")


main()
