#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the lines of the README's seven tasks as they stand there, and looks at what they leave.

KEEP_PICTURES, from the environment, is a folder to leave them in.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from example_support import MEDIA, ROOT, Picture, check, coco_emulator, need_coco

PHOTO = "astronaut.png"
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


def commands_of_readme():
    """The lines of the chapter by their task, each as one."""
    chapter = re.search(r"## Seven tasks\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.S).group(1)
    lines = chapter.replace("\\\n", " ").splitlines()
    return {re.search(r"task=(\S+)", line).group(1): line for line in lines if line.startswith("    gst-launch-1.0 ")}


def main():
    need_coco(PHOTO)
    commands = commands_of_readme()
    check(sorted(commands) == sorted(TASKS), "the README has a line for each task")
    before = Picture(MEDIA / PHOTO)
    with tempfile.TemporaryDirectory() as name, coco_emulator() as environment:
        folder = pathlib.Path(name)
        shutil.copy(MEDIA / PHOTO, folder / "photo.png")
        for task, command in commands.items():
            ran = subprocess.run(
                command, shell=True, cwd=folder, env=environment, timeout=60, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            if ran.returncode or "WARNING" in ran.stdout:
                print(ran.stdout)
            check(ran.returncode == 0 and "WARNING" not in ran.stdout, f"task={task} runs without complaint")
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


main()
