#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the quickstart as a user would, and looks at what it leaves.

    test_quickstart.py video|picture|interrupt

BUILD_DIR, from the environment, is where the product was built. Status 77: something that it needs is not here.
"""
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo  # noqa: E402

from example_support import BUILD, CACHE, EMULATOR, ROOT, check, skip  # noqa: E402

STREET = CACHE / "media" / "vtest.avi"
STREET_FRAMES = 795
MODEL = "gemini-flash-latest"


class Frame:
    """One picture as rows of RGB."""

    def __init__(self, sample):
        info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
        buffer = sample.get_buffer()
        self.pts, self.width, self.height = buffer.pts, info.width, info.height
        data = buffer.extract_dup(0, buffer.get_size())
        self.rows = [data[y * info.stride[0]:][:3 * info.width] for y in range(info.height)]

    def at(self, x, y):
        return self.rows[y][3 * x:3 * x + 3]

    def to_png(self):
        def chunk(kind, body):
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 1)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def frames_of(path, wanted=lambda pts: True):
    """What a video is, the times of its frames, and those frames that are wanted."""
    pipeline = Gst.parse_launch(
        "filesrc name=file ! decodebin ! videoconvert ! video/x-raw,format=RGB ! appsink name=frames sync=false"
    )
    pipeline.get_by_name("file").set_property("location", str(path))
    sink = pipeline.get_by_name("frames")
    pipeline.set_state(Gst.State.PLAYING)
    times, frames, info = [], [], None
    while True:
        sample = sink.emit("try-pull-sample", 30 * Gst.SECOND)
        if sample is None:
            break
        info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
        times.append(sample.get_buffer().pts)
        if wanted(times[-1]):
            frames.append(Frame(sample))
    check(sink.get_property("eos"), f"{path.name} can be read to its end")
    pipeline.set_state(Gst.State.NULL)
    return info, times, frames


def quickstart(folder, *arguments, interrupt_after=None, status=0):
    """Runs it in `folder`; returns what it said. After it said `interrupt_after` it gets a Ctrl-C."""
    environment = dict(os.environ, GST_GEMINI_BUILD_DIR=str(BUILD))
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [str(ROOT / "examples" / "quickstart.sh"), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        if interrupt_after is None:
            said, _ = process.communicate(timeout=200)
        else:
            said = ""
            while interrupt_after not in said:
                line = process.stdout.readline()
                if not line:
                    check(False, f"it says '{interrupt_after}' before it ends; it said: {said}")
                said += line
            os.killpg(process.pid, signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
            said += rest
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    print(said)
    check(process.returncode == status, f"the quickstart ends with status {status} (it was {process.returncode})")
    check(not processes_in(folder), "no process of it is left")
    return said


def processes_in(folder):
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cwd"):
        try:
            if entry.resolve() == folder:
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


def read_results(folder):
    with open(folder / "annotated.ndjson", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def iou(a, b):
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    w = min(ax + aw, bx + bw) - max(ax, bx)
    h = min(ay + ah, by + bh) - max(ay, by)
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / (aw * ah + bw * bh - w * h)


def match(ours, theirs):
    """The IoUs of the pairs, best first, with each box in one pair at most and no pair below 0.5."""
    pairs = sorted(((iou(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)), reverse=True)
    used_ours, used_theirs, values = set(), set(), []
    for value, i, j in pairs:
        if value >= 0.5 and i not in used_ours and j not in used_theirs:
            used_ours.add(i)
            used_theirs.add(j)
            values.append(value)
    return values


class Network:
    """The emulator's eyes, asked directly with pictures that nothing was lost of."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(EMULATOR), "--vision", "coco", "--models", str(CACHE / "models"), "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        check(self.url.startswith("http://127.0.0.1:"), "the emulator listens on loopback")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)

    def persons(self, frame):
        prompt = "Detect all prominent items in the image. Answer with a JSON list of box_2d and label."
        image = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(frame.to_png()).decode()}}
        request = urllib.request.Request(
            f"{self.url}/v1beta/models/{MODEL}:generateContent",
            json.dumps(
                {
                    "contents": [{"role": "user", "parts": [image, {"text": prompt}]}],
                    "generationConfig": {"responseMimeType": "application/json"},
                }
            ).encode(),
            {"Content-Type": "application/json", "x-goog-api-key": "emulator-key"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
            text = json.load(reply)["candidates"][0]["content"]["parts"][0]["text"]
        boxes = []
        for thing in json.loads(text):
            if thing["label"] == "person":
                top, left, bottom, right = (side / 1000 for side in thing["box_2d"])
                boxes.append(
                    (
                        left * frame.width,
                        top * frame.height,
                        (right - left) * frame.width,
                        (bottom - top) * frame.height,
                    )
                )
        return boxes


def persons_of(analysis):
    return [thing["box"] for thing in analysis["objects"] if thing["label"] == "person"]


def compare_with_network(results, frames):
    by_pts = {frame.pts: frame for frame in frames}
    check(all(analysis["pts"] in by_pts for analysis in results), "every analysis is about a frame of the video")
    with Network() as network, concurrent.futures.ThreadPoolExecutor(2) as pool:
        truth = list(pool.map(lambda analysis: network.persons(by_pts[analysis["pts"]]), results))
    values, expected = [], 0
    for analysis, boxes in zip(results, truth):
        ours = persons_of(analysis)
        values += match(ours, boxes)
        expected += max(len(ours), len(boxes))
    check(expected > 100, f"there are people in the street: {expected}")
    check(len(values) >= 0.9 * expected, f"90 % of the persons are matched: {len(values)} of {expected}")
    mean = sum(values) / len(values)
    check(mean >= 0.85, f"the mean IoU is 0.85 or better: {mean:.3f}")


def share_of_outline_drawn(picture, source, box):
    """How much of the outline of `box` differs between the two, within two pixels."""
    x, y, w, h = box
    points = []
    for step in range(5, 96, 5):
        for edge in (y, y + h):
            points.append((x + w * step / 100, edge))
        for edge in (x, x + w):
            points.append((edge, y + h * step / 100))
    drawn = 0
    for px, py in points:
        around = [
            (cx, cy)
            for cx in range(int(px) - 2, int(px) + 3)
            for cy in range(int(py) - 2, int(py) + 3)
            if 0 <= cx < picture.width and 0 <= cy < picture.height
        ]
        differences = (max(abs(a - b) for a, b in zip(picture.at(*p), source.at(*p))) for p in around)
        drawn += any(difference > 40 for difference in differences)
    return drawn / len(points)


def check_picture(folder, analysis, source):
    """annotated.png is `source` with the persons of `analysis` boxed where they are."""
    _, _, pictures = frames_of(folder / "annotated.png")
    check(len(pictures) == 1, "annotated.png is a picture")
    picture = pictures[0]
    size = (picture.width, picture.height)
    check(size == (source.width, source.height), f"annotated.png is as large as the frame: {size}")
    boxes = persons_of(analysis)
    check(boxes, "there are persons in the picture")
    for box in boxes:
        share = share_of_outline_drawn(picture, source, box)
        check(share >= 0.9, f"the person at {[round(side) for side in box]} has a box around: {share:.2f}")


def test_video(folder):
    said = quickstart(folder)
    for pattern in (
        rf"^frames +{STREET_FRAMES}$",
        r"^analyses +(79|80|81)$",
        r"^objects +.*\bperson \d+",
        r"^requests +\d+$",
        r"^tokens +[1-9]\d*$",
        r"^time +[\d.]+ s$",
    ):
        check(re.search(pattern, said, re.MULTILINE), f"the summary says {pattern}")

    results = read_results(folder)
    check(79 <= len(results) <= 81, f"there are 79 to 81 analyses: {len(results)}")
    check(all(r["schema"] == "gst-gemini/1" and r["status"] == "ok" for r in results), "all of them are good")
    times = [r["pts"] for r in results]
    check(times == sorted(set(times)), "they are in the order of the video")

    info, times, _ = frames_of(folder / "annotated.mp4", lambda pts: False)
    check(len(times) == STREET_FRAMES, f"annotated.mp4 has {STREET_FRAMES} frames: {len(times)}")
    check((info.fps_n, info.fps_d) == (10, 1), f"at 10 frames a second: {info.fps_n}/{info.fps_d}")
    gaps = {b - a for a, b in zip(times, times[1:])}
    check(gaps == {Gst.SECOND // 10}, f"all of them 100 ms apart: {gaps}")

    sampled = {r["pts"] for r in results}
    _, _, frames = frames_of(STREET, lambda pts: pts in sampled)
    compare_with_network(results, frames)
    most = max(results, key=lambda r: len(r["objects"]))
    check_picture(folder, most, next(frame for frame in frames if frame.pts == most["pts"]))


def test_picture(folder):
    photo = CACHE / "media" / "astronaut.png"
    said = quickstart(folder, str(photo))
    check("person 1" in said, "it sees one person")
    results = read_results(folder)
    check(len(results) == 1, "there is one analysis")
    check(not (folder / "annotated.mp4").exists(), "a picture makes no video")
    _, _, frames = frames_of(photo)
    check_picture(folder, results[0], frames[0])

    (folder / "notes.txt").write_text("no picture")
    for name in ("notes.txt", "/dev/video99"):
        said = quickstart(folder, name, status=1)
        check(name in said and "Traceback" not in said, f"what is wrong with {name} is told by its name")


def test_interrupt(folder):
    said = quickstart(folder, interrupt_after=" frames, ")
    frames = int(re.search(r"^frames +(\d+)$", said, re.MULTILINE)[1])
    check(0 < frames < STREET_FRAMES, f"it ended early, after {frames} frames")
    _, times, _ = frames_of(folder / "annotated.mp4", lambda pts: False)
    check(len(times) == frames, "annotated.mp4 is whole")
    check(read_results(folder), "annotated.ndjson is whole")


def main():
    if len(sys.argv) != 2 or f"test_{sys.argv[1]}" not in globals():
        sys.exit(__doc__)
    if not STREET.exists():
        skip("the test media are not here (tests/get-media.sh)")
    if not any((CACHE / "models").glob("nanodet*")):
        skip("the emulator's network is not here (tests/emulator/get-models.sh)")
    missing = subprocess.run([str(ROOT / "tests" / "install-deps.sh"), "--check", "build"], stdout=subprocess.PIPE)
    if missing.returncode != 0:
        skip("the quickstart would install packages: " + missing.stdout.decode().replace("\n", " "))
    Gst.init(None)
    with tempfile.TemporaryDirectory(prefix="gst-gemini-") as folder:
        started = time.monotonic()
        globals()[f"test_{sys.argv[1]}"](pathlib.Path(folder).resolve())
        print(f"took {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
