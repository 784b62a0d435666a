#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the README's lines: those of the seven tasks as they stand there, and looks at what they leave; all others with
a camera of ours, without a window.

KEEP_PICTURES, from the environment, is a folder to leave the pictures in.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from example_support import MEDIA, ROOT, Gst, Picture, check, coco_emulator, launch, need_coco

PHOTO = "astronaut.png"
FILM = "vtest.avi"
CAMERA = "videotestsrc is-live=true num-buffers=20"
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


# What is not here, and what stands in for it; longer ones first.
STANDINS = {
    "rtspsrc location=rtsp://camera/stream latency=200 ! decodebin": CAMERA,
    "rtspsrc location=rtsp://camera/mjpeg latency=200 ! rtpjpegdepay": f"{CAMERA} ! jpegenc",
    "v4l2src ! image/jpeg,width=1920,height=1080": f"{CAMERA} ! jpegenc",
    "v4l2src": CAMERA,
    "autovideosink": "fakesink sync=false",
}


def lines_of_readme():
    """Each as one, with the title of its chapter."""
    title, found = None, []
    for line in (ROOT / "README.md").read_text().replace("\\\n", " ").splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
        elif line.startswith("    gst-launch-1.0 "):
            found.append((title, line))
    return found


def run(command, folder, environment):
    ran = subprocess.run(
        command, shell=True, cwd=folder, env=environment, timeout=60, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    is_well = ran.returncode == 0 and "WARNING" not in ran.stdout
    if not is_well:
        print(ran.stdout)
    return is_well


def run_tasks(commands, folder, environment):
    check(sorted(commands) == sorted(TASKS), "the README has a line for each task")
    before = Picture(MEDIA / PHOTO)
    for task, command in commands.items():
        check(run(command, folder, environment), f"task={task} runs without complaint")
        left = folder / re.search(r"filesink location=(\S+)$", command).group(1)
        if task == "ask":
            answer = json.loads(left.read_text())
            check(answer["status"] == "ok" and re.search(r"\b(1|one|a) person\b", answer["text"], re.I),
                  f"one person is counted: {answer['text']}")
            continue
        if keep := os.environ.get("KEEP_PICTURES"):
            shutil.copy(left, keep)
        lowest, highest = DRAWN[task]
        share = before.share_changed(Picture(left))
        check(lowest <= share <= highest, f"task={task} draws on {share:.2%} of the picture")


def run_schema(ask, folder, environment):
    """The question again, with the answer by a schema in the words of the README."""
    words = re.search(r"`(response-schema=@(\S+))`", (ROOT / "README.md").read_text())
    schema = {"type": "object", "properties": {"people": {"type": "integer"}}, "required": ["people"]}
    (folder / words.group(2)).write_text(json.dumps(schema))
    check(run(ask.replace("task=ask", f"task=ask {words.group(1)}"), folder, environment), f"{words.group(1)} runs")
    answer = json.loads((folder / "answer.ndjson").read_text())
    check(answer["status"] == "ok" and isinstance(answer["json"]["people"], int), f"it is typed: {answer['json']}")


def run_others(commands, folder, environment):
    check(len(commands) > 6, f"the README has lines for films and cameras: {len(commands)}")
    for command in commands:
        for what, standin in STANDINS.items():
            command = command.replace(what, standin)
        check(run(command, folder, environment), f"this runs without complaint: {command.strip()}")
    times = [json.loads(line)["pts"] / Gst.SECOND for line in (folder / "street.ndjson").read_text().splitlines()]
    check(times[:2] == [0, 2], f"there is a line for every two seconds of film: {times}")


def main():
    need_coco(PHOTO, FILM)
    lines = lines_of_readme()
    tasks = {re.search(r"task=(\S+)", line).group(1): line for title, line in lines if title == "Seven tasks"}
    with tempfile.TemporaryDirectory() as name, coco_emulator() as environment:
        folder = pathlib.Path(name)
        shutil.copy(MEDIA / PHOTO, folder / "photo.png")
        launch(
            f"filesrc location={MEDIA / FILM} ! decodebin ! videoconvert ! identity eos-after=31 ! openh264enc"
            f" ! h264parse ! mp4mux ! filesink location={folder}/street.mp4"
        )
        run_tasks(tasks, folder, environment)
        run_schema(tasks["ask"], folder, environment)
        run_others([line for title, line in lines if title != "Seven tasks"], folder, environment)


main()
