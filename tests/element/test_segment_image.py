#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs examples/segment-image on pictures of several kinds, and looks at what it leaves."""
import glob
import pathlib
import shutil
import subprocess
import tempfile

from example_support import MEDIA, ROOT, Picture, check, coco_emulator, launch, need_coco

PHOTO = MEDIA / "coffee.png"
WHITE = 0xFFFFFF


def segment(folder, environment, *arguments):
    return subprocess.run(
        [str(ROOT / "examples" / "segment-image"), *map(str, arguments)], cwd=folder, env=environment, timeout=60,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )


def look(folder, kind):
    """One cup: the picture is 600x400 and upright however it was stored."""
    mask, overlay, composite = (
        Picture(folder / kind / name) for name in ("cup_0_mask.png", "cup_0_overlay.png", "composite.png")
    )
    check(overlay.size == composite.size == (600, 400), f"{kind}: the pictures are upright and whole")
    check(80 < mask.size[0] < 400 and 80 < mask.size[1] < 390, f"{kind}: the mask is as large as the cup, {mask.size}")
    share = sum(pixel & WHITE == WHITE for pixel in mask.pixels) / len(mask.pixels)
    check(0.3 < share < 0.95, f"{kind}: {share:.0%} of the mask is white")
    covered = share * len(mask.pixels) / len(overlay.pixels)
    drawn = overlay.share_changed(composite)
    check(0.8 * covered < drawn < 3 * covered + 0.05, f"{kind}: what is drawn is the cup, {drawn:.0%} of the picture")
    return overlay


def make_heic(folder, held):
    """The photo as HEIC, upright and stored as it was held; none where libheif or gdk-pixbuf's loader is not here."""
    encoder = shutil.which("heif-enc")
    if not encoder or not glob.glob("/usr/lib/*/gdk-pixbuf-2.0/*/loaders/*heif*"):
        print("SKIPPED: HEIC: heif-enc or gdk-pixbuf's loader is not here: tests/install-deps.sh heif")
        return {}
    made = {"heic": PHOTO, "held_heic": held}
    for kind, source in made.items():
        ran = subprocess.run([encoder, source, "-o", folder / f"{kind}.heic"], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        if ran.returncode != 0:
            print(f"SKIPPED: HEIC: heif-enc cannot make it here: {' '.join(ran.stdout.split())}")
            return {}
        made[kind] = folder / f"{kind}.heic"
        check(made[kind].read_bytes()[4:12] == b"ftypheic", f"{kind} is HEIC")
    turn(made["held_heic"])
    return made


def turn(heic):
    """Has it displayed turned right, unless heif-enc has seen to that: an older one leaves the turn in EXIF, which
    HEIF does not go by. The box that tells the depth gives way for it, as offsets into the file have to stay."""
    stored = heic.read_bytes()
    if b"irot" in stored:
        return
    depth = b"pixi" + bytes(4) + b"\3\10\10\10"
    check(stored.count(depth) == 1, "there is room for the turn")
    heic.write_bytes(stored.replace(depth, b"irot\3" + bytes(len(depth) - 5)))


def is_like(picture, other):
    """The same way up, and the same but for what lossy coding changes."""
    green = [(a >> 8 & 255, b >> 8 & 255) for a, b in zip(picture.pixels[::97], other.pixels[::97])]
    return sum(abs(a - b) for a, b in green) < 10 * len(green)


def main():
    need_coco(PHOTO.name)
    with tempfile.TemporaryDirectory() as name, coco_emulator() as environment:
        folder = pathlib.Path(name)
        read = f"filesrc location={PHOTO} ! pngdec ! videoconvert"
        held = folder / "held.jpg"
        launch(f"{read} ! videoflip video-direction=90l ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 "
               f"! jpegenc quality=90 ! taginject tags=image-orientation=rotate-90 ! jifmux ! filesink location={held}")
        launch(f"{read} ! webpenc quality=90 ! filesink location={folder / 'photo.webp'}")
        before = Picture(PHOTO)
        pictures = {"png": PHOTO, "jpeg": held, "webp": folder / "photo.webp", **make_heic(folder, held)}
        overlays = {}
        for kind, path in pictures.items():
            ran = segment(folder, environment, path, "cups", "--output", kind)
            check(ran.returncode == 0, f"{kind} is read: {ran.stdout.strip()}")
            overlays[kind] = look(folder, kind)
            check(is_like(overlays[kind], overlays["png"]), f"{kind}: the picture is the one that was stored")
        check(0.02 < before.share_changed(overlays["png"]) < 0.5, "the overlay is the picture but for the cup")
        # A model that answers with pictures instead of outlines, and one without either.
        ran = segment(folder, environment, PHOTO, "cups", "--output", "map", "--model", "gemini-2.5-flash")
        check(ran.returncode == 0, f"a model that draws is read: {ran.stdout.strip()}")
        look(folder, "map")
        ran = segment(folder, environment, PHOTO, "cups", "--output", "none", "--model", "gemini-2.5-flash-lite")
        check(ran.returncode == 0 and "without a mask" in ran.stdout, f"no mask is told: {ran.stdout.strip()}")

        for wrong, says in ((["nothing.png"], "nothing.png: No such file or directory"), ([__file__], "cannot be read as a picture"),
                            ([PHOTO, "--model", "gemini-0.1"], "no such model")):
            ran = segment(folder, environment, *wrong)
            check(ran.returncode == 1 and says in ran.stdout and "Traceback" not in ran.stdout,
                  f"what is wrong is told: {ran.stdout.strip()}")


main()
