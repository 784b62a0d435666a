#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Annotates a live RTSP camera on loopback, and measures what that costs its frames.

    test_rtsp.py h264|mjpeg|accurate|drops|quickstart|window [SECONDS]

BUILD_DIR, from the environment, is where the product was built. Status 77: something that it needs is not here.
"""
import contextlib
import faulthandler
import functools
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from example_support import BUILD, EMULATOR, ROOT, Gst, check, need_coco, skip

LONGEST = 280  # seconds, that a test may take
SERVER = pathlib.Path(__file__).with_name("rtsp_server.py")
FRAME = Gst.SECOND // 25
RTSP = "rtspsrc location={url} protocols=tcp latency=200"
# What comes before our elements, and between them. JPEG is asked about as it is.
WAYS = {
    "h264": ("decodebin ! videoconvert", "identity"),
    "mjpeg": ("rtpjpegdepay", "jpegdec ! videoconvert"),
}


class Program(subprocess.Popen):
    """One that may say nothing and never end: nobody waits for that without end."""

    started = []

    def __init__(self, command, **options):
        super().__init__(command, stdout=subprocess.PIPE, text=True, **options)
        self.started.append(self)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.stdout:
            self.lines.put(line)
        self.lines.put("")

    def line(self, seconds=20):
        """What it says next; empty where it has ended, or says nothing for so long."""
        try:
            return self.lines.get(timeout=max(0, seconds))
        except queue.Empty:
            return ""

    def rest(self, seconds=60):
        """All that it says until it ends, or until the time is over."""
        end = time.monotonic() + seconds
        said = ""
        while line := self.line(end - time.monotonic()):
            said += line
        try:
            self.wait(max(0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        return said


def give_up():
    print(f"FAILED: the test has not ended after {LONGEST} s", flush=True)
    faulthandler.dump_traceback()
    for process in Program.started:
        process.kill()
    os._exit(1)


@contextlib.contextmanager
def camera(codec, port=0):
    """The address of a camera that is there for as long as this lasts."""
    process = Program([sys.executable, str(SERVER), codec, str(port)], stderr=subprocess.DEVNULL)
    try:
        url = process.line().strip()
        if url.startswith("SKIPPED"):
            skip(url.removeprefix("SKIPPED: "))
        check(url.startswith("rtsp://127.0.0.1:"), f"the camera is on loopback: {url}")
        yield url
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def emulator(*options):
    process = Program([str(EMULATOR), *options])
    try:
        url = process.line().strip().removeprefix("listening on ")
        check(url, "there is an emulator")
        yield url
    finally:
        process.kill()
        process.wait()


class Arrivals:
    """When each frame reached a sink, by its time in the stream."""

    def __init__(self, sink):
        self.times = {}
        sink.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, self.on_frame)

    def on_frame(self, pad, info):
        self.times[info.get_buffer().pts] = time.monotonic_ns()
        return Gst.PadProbeReturn.OK


def play(pipeline, seconds):
    """Plays a live pipeline for so long, and leaves it playing. Returns the analyses that it posted, with the running
    time of their arrival."""
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    end = time.monotonic() + seconds
    analyses = []
    while time.monotonic() < end:
        message = bus.timed_pop(100 * Gst.MSECOND)
        if message is None:
            continue
        if message.type == Gst.MessageType.ERROR:
            check(False, f"it plays: {message.parse_error()}")
        if message.type == Gst.MessageType.LATENCY:
            pipeline.recalculate_latency()
        if message.type == Gst.MessageType.ELEMENT and message.has_name("gemini-analysis"):
            arrival = pipeline.get_clock().get_time() - pipeline.get_base_time()
            analyses.append((arrival, json.loads(message.get_structure().get_string("json"))))
    return analyses


def latency_of(pipeline):
    query = Gst.Query.new_latency()
    check(pipeline.query(query), "the pipeline knows its latency")
    return query.parse_latency()[1]


def check_results(analyses, seconds, latency_ms):
    check(len(analyses) >= 0.7 * (seconds - 3), f"there is a result for nearly every second: {len(analyses)}")
    check(all(a["status"] == "ok" for _, a in analyses), "all results are good")
    ages = sorted((arrival - a["running_time"]) / 1e6 for arrival, a in analyses)
    usual, most = ages[int(0.95 * (len(ages) - 1))], ages[-1]
    # The jitter buffer's 200 ms lie between a frame's time and its coming.
    check(usual < latency_ms + 1000, f"they are on time: {usual:.0f} ms after their frame, with few exceptions")
    check(most < latency_ms + 3000, f"none is much too late: {most:.0f} ms")


def test_live(codec, seconds):
    """No frame comes more than one frame later than on the way round our elements. A second such way tells how much
    of that is the machine's own."""
    before, between = WAYS[codec]
    with camera(codec) as url, emulator("--latency", "300") as service:
        launch = (
            f"{RTSP.format(url=url)} ! {before} ! tee name=all all. ! queue ! {between} ! fakesink name=without"
            f" sync=false all. ! queue ! {between} ! fakesink name=again sync=false all. ! queue ! geminianalyzer"
            f" name=gemini api-key=emulator-key mode=live base-url={service} ! {between} ! geminioverlay ! fakesink name=with sync=false"
        )
        pipeline = Gst.parse_launch(launch)
        names = ("with", "without", "again")
        with_us, without, again = (Arrivals(pipeline.get_by_name(name)).times for name in names)
        analyses = play(pipeline, seconds)
        stats = pipeline.get_by_name("gemini").get_property("stats")
        pipeline.set_state(Gst.State.NULL)
        check_results(analyses, seconds, 300)
        check(len(without) >= 20 * (seconds - 3), f"the camera shows {len(without)} frames")
        missing = sorted(set(without) - set(with_us))
        check(len(missing) <= 1, f"every frame comes through: {len(missing)} did not")  # one may be under way
        delays, noise = (sorted(w[pts] - without[pts] for pts in w if pts in without) for w in (with_us, again))
        for name, of in (("with us", delays), ("without", noise)):
            print(f"delay {name} in ms: median {of[len(of) // 2] / 1e6:.2f}, most {of[-1] / 1e6:.2f}")
        late, late_anyway = (sum(delay > FRAME for delay in of) for of in (delays, noise))
        check(late <= 3 * late_anyway, f"no frame comes later by more than one frame: {late}, {late_anyway} without us")
        check(stats.get_value("frames") >= len(with_us), "all frames are counted")


def test_accurate(codec, seconds):
    """Frames leave with their own answers, within the latency that was reported."""
    added_ms = 1500
    before, between = WAYS[codec]
    with camera(codec) as url, emulator("--latency", "300") as service:
        pipeline = Gst.parse_launch(
            f"{RTSP.format(url=url)} ! {before} ! geminianalyzer name=gemini api-key=emulator-key base-url={service}"
            f" mode=accurate max-latency={added_ms} analysis-rate=2/1 ! {between} ! geminioverlay"
            " ! fakesink name=sink sync=true qos=true max-lateness=20000000"
        )
        arrivals = Arrivals(pipeline.get_by_name("sink")).times
        analyses = play(pipeline, seconds)
        latency = latency_of(pipeline)
        stats = pipeline.get_by_name("gemini").get_property("stats")
        sink_stats = pipeline.get_by_name("sink").get_property("stats")
        pipeline.set_state(Gst.State.NULL)
        check(latency >= (200 + added_ms) * Gst.MSECOND, f"the latency says what is added: {latency / 1e6:.0f} ms")
        check(latency < (200 + added_ms + 1000) * Gst.MSECOND, "and not much more")
        check(len(analyses) >= 2 * (seconds - 4), f"there is a result for every sample: {len(analyses)}")
        check(len(arrivals) >= 20 * (seconds - 4), f"{len(arrivals)} frames come through")
        # The first ones come while the pipeline still learns of its latency.
        dropped = sink_stats.get_value("dropped")
        check(dropped <= 2, f"the sink drops no late frame: {dropped}")
        early = stats.get_value("released-early")
        check(early == 0, f"no frame leaves without its answer: {early}")


def wait_for(process, words, seconds=40):
    """Reads what it says until the words come; returns all that was said."""
    said = ""
    end = time.monotonic() + seconds
    while words not in said:
        line = process.line(end - time.monotonic())
        if not line:
            tell_where_it_is(process)
        check(line, f"it says '{words}' within {seconds} s; it said: {said}")
        said += line
    return said


def tell_where_it_is(process):
    process.send_signal(signal.SIGABRT)
    print(process.rest(5))


def end_of(process):
    """All that it says until it ends."""
    said = process.rest()
    print(said)
    if process.poll() is None:
        tell_where_it_is(process)
        check(False, "it ends")
    return said


def interrupt(process):
    process.send_signal(signal.SIGINT)
    return end_of(process)


def test_drops(codec, _):
    """The example waits for a camera that drops out, and its film is whole."""
    annotate = [sys.executable, "-u", "-X", "faulthandler", str(ROOT / "examples" / "annotate.py")]
    with tempfile.TemporaryDirectory(prefix="gst-gemini-") as folder, emulator() as service:
        environment = dict(os.environ, GOOGLE_GEMINI_BASE_URL=service, GEMINI_API_KEY="emulator-key")
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "GOOGLE_API_KEY"):
            environment.pop(name, None)
        run = functools.partial(Program, cwd=folder, env=environment, stderr=subprocess.STDOUT)
        with camera(codec) as url:
            port = int(re.search(r":(\d+)/", url)[1])
            process = run([*annotate, url])
            try:
                print(wait_for(process, " frames, "))
            except BaseException:
                process.kill()
                raise
        try:
            print(wait_for(process, "the camera is gone"))
            with camera(codec, port):
                print(wait_for(process, "the camera is back"))
                print(wait_for(process, " frames, "))
                said = interrupt(process)
        finally:
            process.kill()
        check(process.returncode == 0, f"Ctrl-C ends it with status 0: {process.returncode}")
        frames = int(re.search(r"^frames +(\d+)$", said, re.MULTILINE)[1])
        film = pathlib.Path(folder) / "annotated.mp4"
        filmed = count_frames(film)
        # The encoder may skip one where the picture jumps.
        check(frames - 3 <= filmed <= frames, f"annotated.mp4 has the frames: {filmed} of {frames}")
        lines = (pathlib.Path(folder) / "annotated.ndjson").read_text(encoding="utf-8").splitlines()
        check(len([json.loads(line) for line in lines]) > 3, f"annotated.ndjson has {len(lines)} results")

        process = run([*annotate, url])
        said = end_of(process)
        check(process.returncode == 1, f"without a camera it fails: {said}")
        check("no video comes from rtsp://" in said, "and says so in one sentence")
        check("Traceback" not in said, "and nothing else")


def test_quickstart(codec, _):
    """The quickstart films a camera until Ctrl-C where there is no display, and says so where there is no camera."""
    need_coco()
    missing = subprocess.run([str(ROOT / "tests" / "install-deps.sh"), "--check", "build"], stdout=subprocess.PIPE)
    if missing.returncode != 0:
        skip("the quickstart would install packages: " + missing.stdout.decode().replace("\n", " "))
    quickstart = str(ROOT / "examples" / "quickstart.sh")
    environment = dict(os.environ, GST_GEMINI_BUILD_DIR=str(BUILD))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"):
        environment.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="gst-gemini-") as folder, camera(codec) as url:
        process = Program(
            [quickstart, url], cwd=folder, env=environment, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(process, " frames, ", 120)
            wait_for(process, " frames, ")
            os.killpg(process.pid, signal.SIGINT)
            said = end_of(process)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        check(process.returncode == 0, f"Ctrl-C ends it with status 0: {process.returncode}")
        frames = int(re.search(r"^frames +(\d+)$", said, re.MULTILINE)[1])
        filmed = count_frames(pathlib.Path(folder) / "annotated.mp4")
        check(50 < frames - 3 <= filmed <= frames, f"annotated.mp4 has the frames: {filmed} of {frames}")
        check((pathlib.Path(folder) / "annotated.png").exists(), "there is a picture")
    if not os.path.exists("/dev/video0"):
        ran = subprocess.run([quickstart, "webcam"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        is_told = ran.returncode == 1 and "there is no camera at /dev/video0" in ran.stdout
        check(is_told, f"it misses the webcam: {ran.stdout}")


@contextlib.contextmanager
def display():
    """The name of a screen that nobody sees."""
    if not shutil.which("Xvfb"):
        skip("there is no Xvfb (Debian: xvfb)")
    if not any(Gst.ElementFactory.find(name) for name in ("xvimagesink", "ximagesink")):
        skip("there is no sink for X11 (Debian: gstreamer1.0-x)")
    process = Program(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL
    )
    try:
        number = process.line().strip()
        check(number, "there is a screen")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait()


def test_window(codec, _):
    """With a display the example shows the camera, and leaves its results."""
    with tempfile.TemporaryDirectory(prefix="gst-gemini-") as folder, emulator() as service, camera(codec) as url:
        with display() as screen:
            environment = dict(
                os.environ, GOOGLE_GEMINI_BASE_URL=service, GEMINI_API_KEY="emulator-key", DISPLAY=screen
            )
            environment.pop("WAYLAND_DISPLAY", None)
            process = Program(
                [sys.executable, "-u", "-X", "faulthandler", str(ROOT / "examples" / "annotate.py"), url],
                cwd=folder, env=environment, stderr=subprocess.STDOUT,
            )
            try:
                wait_for(process, " frames, ")
                wait_for(process, " frames, ")
                said = interrupt(process)
            finally:
                process.kill()
        check(process.returncode == 0, f"Ctrl-C ends it with status 0: {process.returncode}")
        check(int(re.search(r"^frames +(\d+)$", said, re.MULTILINE)[1]) > 50, "frames were shown")
        left = sorted(path.name for path in pathlib.Path(folder).iterdir())
        check(left == ["annotated.ndjson", "annotated.png"], f"it leaves no film: {left}")


def count_frames(path):
    pipeline = Gst.parse_launch("filesrc name=file ! decodebin ! fakesink name=sink sync=false")
    pipeline.get_by_name("file").set_property("location", str(path))
    times = Arrivals(pipeline.get_by_name("sink")).times
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    check(message is not None and message.type == Gst.MessageType.EOS, f"{path.name} can be played to its end")
    return len(times)


TESTS = {
    "h264": (test_live, "h264"),
    "mjpeg": (test_live, "mjpeg"),
    "accurate": (test_accurate, "h264"),
    "drops": (test_drops, "h264"),
    "quickstart": (test_quickstart, "h264"),
    "window": (test_window, "h264"),
}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in TESTS:
        sys.exit(__doc__)
    watchdog = threading.Timer(LONGEST, give_up)
    watchdog.daemon = True
    watchdog.start()
    run, codec = TESTS[sys.argv[1]]
    run(codec, float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)


if __name__ == "__main__":
    main()
