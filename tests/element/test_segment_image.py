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


def main():
    need_coco(PHOTO.name)
    with tempfile.TemporaryDirectory() as name, coco_emulator() as environment:
        folder = pathlib.Path(name)
        read = f"filesrc location={PHOTO} ! pngdec ! videoconvert"
        held = folder / "held.jpg"
        launch(f"{read} ! videoflip video-direction=90l ! videoconvert ! jpegenc quality=90 "
               f"! taginject tags=image-orientation=rotate-90 ! jifmux ! filesink location={held}")
        launch(f"{read} ! webpenc quality=90 ! filesink location={folder / 'photo.webp'}")
        before = Picture(PHOTO)
        for kind, path in (("png", PHOTO), ("jpeg", held), ("webp", folder / "photo.webp")):
            ran = segment(folder, environment, path, "cups", "--output", kind)
            check(ran.returncode == 0, f"{kind} is read: {ran.stdout.strip()}")
            overlay = look(folder, kind)
            if kind == "png":
                check(0.02 < before.share_changed(overlay) < 0.5, "the overlay is the picture but for the cup")
        # HEIC is made by libheif's example, and read by gdk-pixbuf's loader where that is installed.
        loaders = glob.glob("/usr/lib/*/gdk-pixbuf-2.0/*/loaders/*heif*")
        made = loaders and shutil.which("heif-enc") and subprocess.run(
            ["heif-enc", PHOTO, "-o", folder / "photo.heic"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if made and made.returncode == 0:
            ran = segment(folder, environment, folder / "photo.heic", "cups", "--output", "heic")
            check(ran.returncode == 0, f"heic is read: {ran.stdout.strip()}")
            look(folder, "heic")
        else:
            print("HEIC is left out: heif-enc to make one, or the loader to read it, is not here")
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
