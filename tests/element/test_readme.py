#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the lines of the README's seven tasks as they stand there, and looks at what they leave.

BUILD_DIR, from the environment, is where the product was built. Status 77: something that it needs is not here.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["BUILD_DIR"])
CACHE = pathlib.Path(
    os.environ.get("GST_GEMINI_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "gst-gemini"
)
PHOTO = CACHE / "media" / "astronaut.png"
TASKS = ["detect", "segment", "point", "boxes-3d", "caption", "classify", "ask"]
# How much of the picture each task may change, as shares of its pixels.
DRAWN = {
    "detect": (0.002, 0.1),
    "segment": (0.1, 0.9),
    "point": (0.0002, 0.05),
    "boxes-3d": (0.002, 0.1),
    "caption": (0.004, 0.34),
    "classify": (0.002, 0.34),
}


def check(condition, claim):
    if not condition:
        sys.exit(f"FAILED: {claim}")
    print(f"ok: {claim}")


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def lines_of_readme():
    """The commands of the chapter, on one line each."""
    chapter = re.search(r"## Seven tasks\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.S).group(1)
    return [line.strip() for line in chapter.replace("\\\n", " ").splitlines() if line.startswith("    gst-launch-1.0 ")]


def pixels(path):
    pipeline = Gst.parse_launch(
        "filesrc name=file ! decodebin ! videoconvert ! video/x-raw,format=BGRx ! appsink name=sink sync=false"
    )
    pipeline.get_by_name("file").set_property("location", str(path))
    pipeline.set_state(Gst.State.PLAYING)
    sample = pipeline.get_by_name("sink").emit("pull-sample")
    pipeline.set_state(Gst.State.NULL)
    check(sample is not None, f"{path.name} is a picture")
    buffer = sample.get_buffer()
    return memoryview(buffer.extract_dup(0, buffer.get_size())).cast("I")


def share_changed(before, after):
    return sum(a != b for a, b in zip(before, after)) / len(before)


def main():
    if not PHOTO.is_file():
        skip(f"{PHOTO} is not here: tests/get-media.sh")
    if not (CACHE / "models" / "stamp").is_file():
        skip("the emulator's network is not here: tests/emulator/get-models.sh")
    Gst.init(None)
    commands = {}
    for line in lines_of_readme():
        commands[re.search(r"task=(\S+)", line).group(1)] = line
    check(sorted(commands) == sorted(TASKS), "the README has a line for each task")

    emulator = subprocess.Popen(
        [str(BUILD / "tests" / "emulator" / "gemini-emulator"), "--vision", "coco", "--models", str(CACHE / "models")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with tempfile.TemporaryDirectory() as name:
        try:
            folder = pathlib.Path(name)
            shutil.copy(PHOTO, folder / "photo.png")
            url = emulator.stdout.readline().strip().removeprefix("listening on ")
            environment = dict(os.environ, GOOGLE_GEMINI_BASE_URL=url, GEMINI_API_KEY="emulator-key")
            environment.pop("GOOGLE_API_KEY", None)
            before = pixels(PHOTO)
            for task, command in commands.items():
                ran = subprocess.run(
                    command, shell=True, cwd=folder, env=environment, timeout=60, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )
                check(ran.returncode == 0, f"task={task} runs: {ran.stdout if ran.returncode else ''}")
                check("WARNING" not in ran.stdout, f"task={task} has nothing to complain of: {ran.stdout}")
                left = folder / re.search(r"filesink location=(\S+)$", command).group(1)
                if task == "ask":
                    answer = json.loads(left.read_text())
                    check(answer["status"] == "ok" and re.search(r"\b(1|one|a) person\b", answer["text"], re.I),
                          f"one person is counted: {answer['text']}")
                    continue
                lowest, highest = DRAWN[task]
                share = share_changed(before, pixels(left))
                if keep := os.environ.get("KEEP_PICTURES"):
                    shutil.copy(left, keep)
                check(lowest <= share <= highest, f"task={task} draws on {share:.2%} of the picture")
        finally:
            emulator.kill()
            emulator.wait()


main()
