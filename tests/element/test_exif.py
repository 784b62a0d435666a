#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real photo in all eight orientations of EXIF: the box lies on the cup in the picture as it is displayed.

BUILD_DIR, from the environment, is where the product was built; KEEP_PICTURES is a folder to leave all eight in, as
they are displayed. Status 77: something that it needs is not here.
"""
import json
import os
import pathlib
import struct
import tempfile

from example_support import MEDIA, check, coco_emulator, launch, need_coco

PHOTO = MEDIA / "coffee.png"
WIDTH, HEIGHT = 600, 400

# EXIF's number: how videoflip stores an upright picture so that it is displayed upright again, whether its sides are
# swapped, and where a point of the stored picture (0..1) is displayed.
ORIENTATIONS = {
    1: ("identity", False, lambda x, y: (x, y)),
    2: ("horiz", False, lambda x, y: (1 - x, y)),
    3: ("180", False, lambda x, y: (1 - x, 1 - y)),
    4: ("vert", False, lambda x, y: (x, 1 - y)),
    5: ("ul-lr", True, lambda x, y: (y, x)),
    6: ("90l", True, lambda x, y: (1 - y, x)),
    7: ("ur-ll", True, lambda x, y: (1 - y, 1 - x)),
    8: ("90r", True, lambda x, y: (y, 1 - x)),
}


def with_exif(jpeg, orientation):
    """The JPEG with nothing but its orientation written in front."""
    check(jpeg[:2] == b"\xff\xd8", "it is a JPEG")
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body + jpeg[2:]


def store(folder, orientation):
    """The photo as a camera that was held so would have stored it."""
    direction, _, _ = ORIENTATIONS[orientation]
    path = folder / f"stored{orientation}.jpg"
    launch(
        f"filesrc location={PHOTO} ! pngdec ! videoconvert ! videoflip video-direction={direction} ! videoconvert"
        f" ! jpegenc quality=95 ! filesink location={path}"
    )
    path.write_bytes(with_exif(path.read_bytes(), orientation))
    return path


def annotate(folder, orientation, decoded):
    """What is seen on it, in pixels of the picture as it is stored."""
    path = store(folder, orientation)
    # As it is decoded, or as it is: the parser tells the orientation in both cases.
    way = "jpegdec ! videoconvert ! geminianalyzer name=gemini mode=accurate ! videoconvert" if decoded else (
        "geminianalyzer name=gemini mode=accurate ! jpegdec ! videoconvert"
    )
    launch(
        f"filesrc location={path} ! jpegparse ! {way} ! geminioverlay line-width=6 font-size=40 ! videoconvert"
        f" ! videoflip video-direction=auto ! videoconvert ! pngenc ! filesink location={folder}/shown{orientation}.png"
        f" gemini.results ! filesink location={folder}/{orientation}.ndjson"
    )
    return json.loads((folder / f"{orientation}.ndjson").read_text(encoding="utf-8").splitlines()[0])


def displayed(box, orientation):
    """A box in pixels of the stored picture, as x, y, w, h in 0..1 of the displayed one."""
    _, swaps, move = ORIENTATIONS[orientation]
    width, height = (HEIGHT, WIDTH) if swaps else (WIDTH, HEIGHT)
    x, y, w, h = box
    corners = [move(x / width, y / height), move((x + w) / width, (y + h) / height)]
    left, right = sorted(corner[0] for corner in corners)
    top, bottom = sorted(corner[1] for corner in corners)
    return left, top, right - left, bottom - top


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def cup_of(analysis):
    boxes = [thing["box"] for thing in analysis["objects"] if thing["label"] == "cup"]
    check(len(boxes) == 1, f"there is one cup: {analysis['objects']}")
    return boxes[0]


def check_all(folder, decoded):
    truth = None
    for orientation, (_, swaps, _) in ORIENTATIONS.items():
        analysis = annotate(folder, orientation, decoded)
        size = analysis["width"], analysis["height"]
        stored = (HEIGHT, WIDTH) if swaps else (WIDTH, HEIGHT)
        check(size == stored, f"it speaks of the frame as it is stored: {size}")
        box = displayed(cup_of(analysis), orientation)
        truth = truth or box
        same = iou(box, truth)
        check(same > 0.95, f"orientation {orientation}: the box is on the cup as it is displayed: {same:.3f}")


def write_sheet(folder, path):
    pads = " ".join(
        f"sink_{i}::xpos={(i % 4) * (WIDTH + 6)} sink_{i}::ypos={(i // 4) * (HEIGHT + 6)}" for i in range(8)
    )
    pictures = " ".join(
        f"filesrc location={folder}/shown{i + 1}.png ! pngdec ! videoconvert ! sheet.sink_{i}" for i in range(8)
    )
    launch(f"compositor name=sheet {pads} ! videoconvert ! pngenc snapshot=true ! filesink location={path} {pictures}")


def main():
    need_coco(PHOTO.name)
    with tempfile.TemporaryDirectory(prefix="gst-gemini-") as name, coco_emulator() as environment:
        os.environ.update(environment)
        folder = pathlib.Path(name)
        check_all(folder, decoded=False)
        check_all(folder, decoded=True)
        if keep := os.environ.get("KEEP_PICTURES"):
            write_sheet(folder, f"{keep}/exif.png")


if __name__ == "__main__":
    main()
