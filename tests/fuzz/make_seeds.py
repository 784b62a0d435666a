#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes inputs to begin with: make_seeds.py TARGET FOLDER [FIXTURES].

FIXTURES is a folder with bodies of replies, from which the texts are taken too; it may be missing. The cases of the
unit tests are.
"""
import base64
import json
import pathlib
import re
import struct
import sys
import zlib

# In the order of the targets' options_of(), which divides by their number.
TASK_NAMES = ("detect", "segment", "point", "boxes-3d", "caption", "classify", "ask")
TASKS = range(len(TASK_NAMES))
BY_SCHEMA = 0x84  # a question
CASES = [pathlib.Path(__file__).parent.parent / "unit" / name for name in ("model_text_cases.txt", "mask_cases.txt")]
MAX_SEED = 65536  # what is longer only keeps the fuzzer busy


def png(width, height, depth, colour, rows, interlace=0, extra=()):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    chunks = [(b"IHDR", head), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def disc(side):
    middle = (side - 1) / 2
    return b"".join(
        b"\0" + bytes(255 if (x - middle) ** 2 + (y - middle) ** 2 <= middle**2 else 0 for x in range(side))
        for y in range(side)
    )


PNGS = [
    png(16, 16, 8, 0, disc(16)),
    png(3, 1, 1, 0, b"\0\xa0"),
    png(2, 1, 16, 0, b"\0\1\2\3\4"),
    png(2, 1, 8, 2, b"\0" + bytes(range(6))),
    png(2, 1, 8, 3, b"\0\1\0", extra=[(b"PLTE", bytes(6)), (b"tRNS", b"\7")]),
    png(2, 1, 8, 4, b"\0\1\2\3\4"),
    png(2, 1, 8, 6, b"\0" + bytes(range(8))),
    png(3, 3, 8, 0, bytes([0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6]), interlace=1),
    png(3, 5, 8, 0, bytes([0, 10, 20, 30, 1, 10, 10, 10, 2, 5, 5, 5, 3, 9, 9, 9, 4, 1, 1, 1])),
]
DATA = base64.b64encode(PNGS[0]).decode()
URL = "data:image/png;base64," + DATA
MASKS = [
    URL,
    DATA,
    "<start_of_mask><seg_18><seg_58>" + URL,
    "<start_of_mask><seg_18><seg_58>",
    "gimme_mask_for_this",
    [True, True],
    {"inline_data": {"mime_type": "image/png", "data": DATA}},
    "100,200,900,600,900,200",
]
POLYGONS = [
    [[200, 100], [600, 900], [200, 900]],
    [100, 200, 900, 600, 900, 200],
    [[100, 200, 900, 600], [900, 200, 300, 300]],
    [[[200, 100], [600, 100], [600, 900], [200, 900]], [[300, 300], [500, 300], [500, 700]]],
    [{"x": 200, "y": 100}, {"x": 600, "y": 900}, {"x": 200, "y": 900}],
    [["0.2", "0.1"], ["0.6", "0.9"], ["0.2", "0.9"]],
    {"points": [[-20, 100], [600, 1900], [200, 900]]},
]
ITEMS = (
    [{"box_2d": [100, 200, 900, 600], "label": "cat", "confidence": 0.5}]
    + [{"box_2d": [100, 200, 900, 600], "mask": mask, "label": "cat"} for mask in MASKS + POLYGONS]
    + [
        {"point": [500, 250], "label": "ear"},
        {"label": "table", "box_3d": [0.1, 2.5, -0.3, 1.2, 0.8, 0.7, 0, 5, 90]},
        {"label": "cat", "confidence": 0.9},
    ]
)
TEXTS = (
    [json.dumps([item]) for item in ITEMS]
    + ["```json\n" + json.dumps(ITEMS) + "\n```", "Here it is:\n" + json.dumps({"objects": ITEMS[:3]})[:-20]]
    + ["A cat on a table.", "cat, dog", '{"caption": "A cat."}', "[]", '[{{"box_2d": [1, 2, 3, 4,], "label": "a"}}]']
)


OBJECTS = [
    {"id": 1, "label": "cat", "confidence": 0.5, "box": [192, 288, 96.5, 144]},
    {"id": 2, "label": "cup", "mask": {"box": [192, 288, 96, 144], "png": DATA}, "polygon": [[1, 2], [3.25, 4], [5, 6]]},
    {"id": 3, "label": "", "confidence": None, "polygons": [[[0, 0], [9, 0], [9, 9]], [[1, 1], [2, 1], [2, 2]]]},
    {"id": 4, "label": "ear", "point": [384, 72.001]},
    {"id": 5, "box_3d": {"center": [-0.5, 2.25, 0.1], "size": [1, 0.5, 0.75], "rotation": [0, -1.5, 90]}},
]
LINE = {
    "schema": "gst-gemini/1", "source": "camera-1", "request_id": 7, "pts": 1000000000, "running_time": None,
    "captured_at": "2026-11-22T16:00:00.000Z", "width": 768, "height": 576, "task": "segment", "model": "gemini",
    "model_version": None, "latency_ms": 1234, "attempts": 1, "status": "ok", "finish_reason": "STOP",
    "usage": {"prompt": 1290, "output": 210, "thoughts": 0, "cached": 0, "total": 1500}, "text": None, "json": None,
    "objects": OBJECTS,
}
TRACK = {"state": "kept", "age_ms": 1234, "track_confidence": 0.75}
GONE = {"id": 9, "label": "bus", "state": "left", "age_ms": 800, "track_confidence": 0.5, "box": [-80, 9.5, 70, 20]}
LINES = (
    [LINE]
    + [{**LINE, "objects": [one]} for one in OBJECTS]
    + [{**LINE, "task": task, "objects": []} for task in ("detect", "point", "boxes-3d", "caption", "classify", "ask")]
    + [
        {**LINE, "objects": [{**one, **TRACK} for one in OBJECTS], "gone": [{**GONE, "state": "lost"}, GONE]},
        {**LINE, "objects": [], "text": "A cat.", "json": {"any": ["thing", 1.50, None], "json": "}"}},
        {**LINE, "status": "partial", "growing": True, "problems": ["item 3: no box"]},
        {**LINE, "status": "failed", "error": {"kind": "quota", "message": "no", "http_status": 429}},
    ]
)


def body(text):
    parts = [{"text": "hm", "thought": True}, {"text": text}]
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 1130, "candidatesTokenCount": 40, "totalTokenCount": 1170},
        "modelVersion": "gemini",
    }


BODIES = [body(text) for text in TEXTS] + [
    {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "no"}},
    {"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": {"thoughtsTokenCount": 9}},
    {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}},
    [body("[]")],
]


CATS = [{"box_2d": [100, 200, 900, 600], "label": "cat"}]
FRAMES = [
    [{"image": 1, "result": CATS}, {"image": 2, "result": []}],
    [{"index": 0, "objects": CATS}, {"index": 1, "answer": "none"}],
    {"1": CATS, "image_2": {"boxes": CATS}},
    {"results": [{"frame": "Frame 2", **CATS[0]}, {"frame": 1, **CATS[0]}]},
    [CATS, CATS, CATS],
    ["A cat.", "A dog."],
]


def stream(text, end):
    """The text in three chunks, as events that end in this way."""
    third = len(text) // 3 + 1
    chunks = [json.dumps(body(text[at : at + third])) for at in range(0, len(text), third)]
    return "".join(f"data: {chunk}{end}{end}" for chunk in chunks).encode()


def streams():
    for end in ("\n", "\r", "\r\n"):
        for text in TEXTS[:2] + TEXTS[-6:] + [json.dumps(frames) for frames in FRAMES]:
            yield stream(text, end)
    yield stream("[]", "\n") + json.dumps(BODIES[-2]).encode()
    yield stream(json.dumps(FRAMES[0])[:-30], "\n")[:-5]
    yield b"\xef\xbb\xbf: note\nevent: x\ndata\ndata: {\ndata: }\n\n[{},\n{}]\n"


def bodies_of(folder):
    """Recorded bodies, and the texts that models wrote in them."""
    bodies, texts = [], []
    for path in sorted(folder.rglob("*")) if folder and folder.is_dir() else []:
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix != ".json":
            texts.append(content)
            continue
        bodies.append(content)
        try:
            parts = json.loads(content)["candidates"][0]["content"]["parts"]
            texts.append("".join(part.get("text", "") for part in parts).encode())
        except (ValueError, LookupError, TypeError, AttributeError):
            texts.append(content)
    return bodies, texts


def unescaped(text):
    """As in the files of cases, whose first lines explain it."""
    text = re.sub(r"\\\((\d+):(.*?)\\\)", lambda m: m[2] * min(int(m[1]), MAX_SEED // max(len(m[2]), 1)), text)
    names = {"n": b"\n", "r": b"\r", "t": b"\t"}
    pieces = re.split(r"\\(x[0-9a-f]{2}|.)", text)
    escapes = (bytes([int(one[1:], 16)]) if len(one) == 3 else names.get(one, one.encode()) for one in pieces[1::2])
    plain = (one.encode() for one in pieces[::2])
    return b"".join(a + b for a, b in zip(plain, [*escapes, b""]))


def cases():
    """The choice of the task and the answer of each."""
    for path in CASES:
        for line in path.read_text().splitlines():
            fields = line.split("\t")
            if not line.startswith("#") and len(fields) == 7:
                choice = BY_SCHEMA if "schema" in fields[1] else TASK_NAMES.index(fields[1].split(";")[0])
                yield choice, unescaped(fields[2])[:MAX_SEED]


def masks_in(texts):
    """The values of members that are masks or polygons, as far as they are JSON; none of them twice."""
    name = re.compile(r'"(?:mask|masks|polygon|polygons|segmentation|points)"\s*:\s*')
    decoder = json.JSONDecoder(strict=False)
    found = {}
    for text in (one.decode(errors="replace") for one in texts):
        for match in name.finditer(text):
            try:
                value, _ = decoder.raw_decode(text, match.end())
            except ValueError:
                continue
            if value:
                found.setdefault(json.dumps(value), value)
    return list(found.values())


def mask_seeds(mask):
    yield b"\4" + json.dumps({"mask": mask}).encode()
    if not isinstance(mask, str):
        return
    yield b"\3" + mask.encode()
    data = mask[max(mask.find("iVBORw0KGgo"), 0) :]
    yield b"\2" + data.encode()
    try:
        picture = base64.b64decode(re.sub(r"\s", "", data))
    except ValueError:
        return
    yield from (bytes([way]) + picture for way in (0, 1))


def seeds(target, fixtures):
    bodies, texts = bodies_of(fixtures)
    if target == "reply":
        for content in [json.dumps(one).encode() for one in BODIES] + bodies:
            yield from (bytes([task]) + content for task in TASKS)
    elif target == "model_text":
        for content in [text.encode() for text in TEXTS] + texts:
            yield from (bytes([task]) + content for task in TASKS)
        yield bytes([BY_SCHEMA]) + b'{"any": ["thing", 1, null]}'
        yield from (bytes([choice]) + content for choice, content in cases())
    elif target == "ndjson":
        yield from (json.dumps(line, separators=(",", ":")).encode() for line in LINES)
    elif target == "stream":
        for content in [*streams(), *(json.dumps(body(json.dumps(frames))).encode() for frames in FRAMES)]:
            yield from (bytes([task, 29]) + content for task in TASKS)
        yield from (bytes([BY_SCHEMA, 2]) + content for content in streams())
    elif target == "mask":
        yield from (bytes([way]) + one for one in PNGS for way in (0, 1))
        yield from (b"\2" + base64.b64encode(one) for one in PNGS)
        yield from (b"\3" + mask.encode() for mask in MASKS if isinstance(mask, str))
        yield from (b"\4" + json.dumps({"mask": mask}).encode() for mask in MASKS + POLYGONS)
        for mask in masks_in([*texts, *(answer for _, answer in cases())]):
            yield from mask_seeds(mask)
    else:
        written = masks_in([*texts, *(answer for _, answer in cases())])
        for polygon in POLYGONS + [mask for mask in written if "iVBORw0KGgo" not in json.dumps(mask)]:
            for way in (0, 2, 4, 6, 12, 14):
                yield bytes([way]) + json.dumps(polygon).encode()
        for way in (3, 7, 15):
            yield bytes([way]) + struct.pack("8d", 0.3, 0.2, 0.9, 0.1, 0.5, 0.9, -1e300, float("inf"))


def main(target, folder, fixtures=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target, fixtures and pathlib.Path(fixtures))):
        (folder / f"seed-{number:04}").write_bytes(seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
