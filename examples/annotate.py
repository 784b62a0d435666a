#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks Gemini what is to be seen in a video or a picture, and leaves it with boxes drawn and all results as NDJSON.

    examples/annotate.py street.mp4 "people and cars"
    examples/annotate.py photo.jpg
    examples/annotate.py rtsp://camera/stream       (until Ctrl-C)
    examples/annotate.py webcam                     (or /dev/video2)

It leaves annotated.mp4 (not for a picture), annotated.ndjson and annotated.png in the current folder. A camera is shown
in a window instead of annotated.mp4 where there is a display; when it drops out, it is waited for. The key is taken
from GOOGLE_API_KEY or GEMINI_API_KEY. It needs GStreamer's Python bindings and GstGemini's, so it is Debian's own
/usr/bin/python3 that runs it.
"""
import argparse
import collections
import json
import os
import signal
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
gi.require_version("GstGemini", "1.0")
from gi.repository import GLib, Gst, GstGemini, GstPbutils  # noqa: E402

# Every frame passes the analyzer, which attaches what Gemini found, and the overlay, which draws it. The second way
# out of the analyzer gives the results themselves, a line for every answer.
VIDEO = """
  {source} ! videoconvert ! videoflip video-direction=auto ! geminianalyzer name=gemini mode={mode}
    ! geminioverlay name=overlay ! queue ! videoconvert ! {sink}
  gemini.results ! filesink name=results
"""
FILE = "videoscale ! {encoder} ! h264parse ! mp4mux ! filesink name=video"
PICTURE = """
  {source} ! videoconvert ! videoflip video-direction=auto ! imagefreeze num-buffers=1
    ! geminianalyzer name=gemini mode={mode} ! geminioverlay name=overlay ! fakesink
  gemini.results ! filesink name=results
"""


class Input:
    """What is annotated: a file, a picture, or something live."""

    def __init__(self, name):
        self.name = name
        self.is_live = name == "webcam" or name.startswith(("/dev/video", "rtsp://", "rtsps://"))
        self.is_picture = False
        self.width, self.height, self.fps, self.duration = 1280, 720, 30.0, 0
        self.device = "/dev/video0" if name == "webcam" else name if name.startswith("/dev/video") else None
        if self.device:
            if not os.path.exists(self.device):
                raise ValueError(f"there is no camera at {self.device}")
            self.source = "v4l2src name=input ! decodebin"
        elif self.is_live or Gst.uri_is_valid(name):
            self.source = "uridecodebin name=input expose-all-streams=false caps=video/x-raw(ANY)"
        else:
            self.source = "filesrc name=input ! decodebin"
        if not self.is_live:
            self.look_into(name if Gst.uri_is_valid(name) else Gst.filename_to_uri(os.path.abspath(name)))

    def look_into(self, uri):
        try:
            info = GstPbutils.Discoverer.new(30 * Gst.SECOND).discover_uri(uri)
        except GLib.Error as error:
            raise ValueError(f"{self.name}: {error.message}") from error
        streams = info.get_video_streams()
        if not streams:
            raise ValueError(f"{self.name} holds no video")
        video = streams[0]
        self.is_picture = video.is_image()
        self.width, self.height = video.get_width(), video.get_height()
        if video.get_framerate_denom() and video.get_framerate_num():
            self.fps = video.get_framerate_num() / video.get_framerate_denom()
        self.duration = info.get_duration()
        if self.is_picture and video.get_caps().to_string().startswith("image/jpeg"):
            # The parser tells how the camera was held; without it a portrait lies on its side.
            self.source = self.source.replace("decodebin", "jpegparse ! decodebin")

    def configure(self, element):
        if self.device:
            element.set_property("device", self.device)
        elif element.find_property("uri"):
            element.set_property("uri", self.name)
            if self.is_live:
                element.connect("source-setup", self.configure_camera)
        elif element.find_property("location"):
            element.set_property("location", self.name)


    @staticmethod
    def configure_camera(_, source):
        # Enough for a network nearby; and one that is silent for 5 seconds is gone.
        source.set_property("latency", 200)
        source.set_property("tcp-timeout", 5000000)


class Camera:
    """A live source in a running pipeline. It may drop out and come back; the pipeline stays."""

    SILENCE = 10.0  # seconds without a frame, after which it is gone

    def __init__(self, source, pipeline, on_restart):
        self.source, self.pipeline, self.on_restart = source, pipeline, on_restart
        self.entry = pipeline.get_by_name("entry").get_static_pad("sink")
        self.entry.add_probe(Gst.PadProbeType.BUFFER, self.on_frame)
        self.bin = None
        self.seen_at = None  # when a frame came last; written by the streaming thread
        self.has_ended = False  # likewise
        self.connected_at = 0.0
        self.try_at = 0.0

    def on_frame(self, pad, info):
        self.seen_at = time.monotonic()
        return Gst.PadProbeReturn.OK

    def on_event(self, pad, info):
        """The end of the camera is not that of the film."""
        if info.get_event().type != Gst.EventType.EOS:
            return Gst.PadProbeReturn.OK
        self.has_ended = True
        return Gst.PadProbeReturn.DROP

    def connect(self):
        self.bin = Gst.parse_bin_from_description(f"{self.source.source} ! identity name=output", False)
        self.source.configure(self.bin.get_by_name("input"))
        pad = Gst.GhostPad.new("src", self.bin.get_by_name("output").get_static_pad("src"))
        self.bin.add_pad(pad)
        pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, self.on_event)
        self.has_ended = False
        is_first = self.seen_at is None
        is_playing = self.pipeline.get_state(0).state == Gst.State.PLAYING
        if not is_first and not is_playing:
            # It went before the film had begun, which waits for what has been taken out, and would for ever.
            self.pipeline.set_state(Gst.State.READY)
            self.on_restart()
        self.connected_at = time.monotonic()
        self.pipeline.add(self.bin)
        pad.link(self.entry)
        if not is_first and not is_playing:
            self.pipeline.set_state(Gst.State.PLAYING)
        elif not is_first:
            # Two steps: what is live and looks into its stream first forgets in between where it was to go.
            self.bin.set_state(Gst.State.PAUSED)
            self.bin.set_state(Gst.State.PLAYING)

    def disconnect(self):
        if self.bin:
            self.bin.set_locked_state(True)  # or the pipeline may start it again meanwhile
            self.bin.set_state(Gst.State.NULL)
            self.pipeline.remove(self.bin)  # unlinks it, too
            self.bin = None

    def owns(self, element):
        return self.bin is not None and (element == self.bin or element.has_as_ancestor(self.bin))

    def is_gone(self):
        """Whether it has ended, or is silent for too long."""
        if self.bin is None:
            return False
        newest = max(self.connected_at, self.seen_at or 0.0)
        return self.has_ended or time.monotonic() - newest > self.SILENCE

    def has_come_back(self):
        return self.bin is not None and self.seen_at is not None and self.seen_at > self.connected_at

    def lose(self):
        self.disconnect()
        self.try_at = time.monotonic() + 2.0

    def try_again(self):
        if self.bin is None and time.monotonic() >= self.try_at:
            self.connect()

    def finish(self):
        """The end of the film, whether or not the camera is there."""
        self.entry.send_event(Gst.Event.new_eos())


def window():
    """An element that shows video in a window here, or None."""
    # autovideosink would look for a screen elsewhere, too, and not every driver bears that.
    sinks = []
    if os.environ.get("WAYLAND_DISPLAY"):
        sinks += ["waylandsink"]
    if os.environ.get("DISPLAY"):
        sinks += ["xvimagesink", "ximagesink"]
    for name in sinks:
        sink = Gst.ElementFactory.make(name)
        if sink is None:
            continue
        is_there = sink.set_state(Gst.State.READY) != Gst.StateChangeReturn.FAILURE
        sink.set_state(Gst.State.NULL)
        if is_there:
            return name
    return None


def encoder(source):
    """An H.264 encoder that is here, set for good looks at this size and rate."""
    bits = int(min(max(source.width * source.height * source.fps * 0.25, 2e6), 30e6))
    even = "video/x-raw,format=I420,width=[2,16384,2],height=[2,16384,2]"  # H.264 knows no odd sizes in I420
    if Gst.ElementFactory.find("x264enc"):
        tune = "tune=zerolatency" if source.is_live else ""
        return f"{even} ! x264enc speed-preset=veryfast bitrate={bits // 1000} {tune}"
    return f"{even} ! openh264enc rate-control=bitrate bitrate={bits} gop-size=60"


class Annotation:
    """One run of the pipeline, and what was seen in it."""

    def __init__(self, source, options):
        self.source = source
        self.files = {kind: f"{options.output}.{kind}" for kind in ("mp4", "ndjson", "png")}
        shown = window() if source.is_live else None
        if source.is_picture or shown:
            del self.files["mp4"]
        self.pipeline = Gst.parse_launch(
            (PICTURE if source.is_picture else VIDEO).format(
                source="identity name=entry" if source.is_live else source.source,
                mode="auto" if source.is_live else "accurate",
                sink=f"videoscale ! {shown}" if shown else FILE.format(encoder=encoder(source)),
            )
        )
        # What the user typed is set here and not written into the text above, so that no quoting is needed.
        self.camera = None
        if source.is_live:
            self.camera = Camera(source, self.pipeline, self.begin)
            self.camera.connect()
        else:
            source.configure(self.pipeline.get_by_name("input"))
        self.pipeline.get_by_name("results").set_property("location", self.files["ndjson"])
        if "mp4" in self.files:
            self.pipeline.get_by_name("video").set_property("location", self.files["mp4"])
        self.gemini = self.pipeline.get_by_name("gemini")
        for name in ("prompt", "model"):
            if getattr(options, name):
                self.gemini.set_property(name, getattr(options, name))

        self.begin()
        self.pipeline.get_by_name("overlay").get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, self.on_frame)

        self.is_camera_lost = False
        self.warnings = set()
        self.started = time.monotonic()
        self.is_on_terminal = sys.stdout.isatty()
        self.next_progress = 0.0

    def begin(self):
        """Nothing has been filmed so far."""
        # Written by the streaming thread, one value at a time.
        self.frames = 0
        self.position = 0
        self.best = None  # (how many objects, frame, its caps): the frame that becomes the PNG

        self.analyses = 0
        self.failures = collections.Counter()
        self.seen = collections.Counter()  # by label, over all analyses
        self.at_once = collections.Counter()  # by label, the most in one analysis

    def on_frame(self, pad, info):
        """Runs in the streaming thread, for every frame that has its boxes."""
        frame = info.get_buffer()
        self.frames += 1
        self.position = frame.pts
        scene = GstGemini.Scene.from_buffer(frame)
        objects = [scene.get_object(i) for i in range(scene.get_n_objects())] if scene else []
        # The most that the model itself saw on a frame; else the most that was followed there.
        rank = (sum(one.get_age() == 0 for one in objects), len(objects))
        if self.best is None or rank > self.best[0]:
            self.best = (rank, frame, pad.get_current_caps())
        return Gst.PadProbeReturn.OK

    def run(self):
        """Plays to the end or to Ctrl-C; the files are whole in both cases. Returns the status to exit with."""
        stop = []
        signal.signal(signal.SIGINT, lambda *_: stop.append("now"))
        signal.signal(signal.SIGTERM, lambda *_: stop.append("now"))
        bus = self.pipeline.get_bus()
        self.pipeline.set_state(Gst.State.PLAYING)
        try:
            is_ending = False
            while True:
                message = bus.timed_pop(200 * Gst.MSECOND)
                if stop and not is_ending:
                    is_ending = True
                    stop.clear()
                    if self.camera and not self.frames:
                        self.say("stopped before the camera showed anything")
                        return 1
                    if self.camera:
                        self.camera.finish()
                    else:
                        self.pipeline.send_event(Gst.Event.new_eos())
                elif stop:
                    self.say("stopped before the files were whole")
                    return 1
                if message and message.type == Gst.MessageType.EOS:
                    break
                if message and message.type == Gst.MessageType.ERROR:
                    error, _ = message.parse_error()
                    if not self.bears(message.src, error):
                        return 1
                    message = None
                elif self.camera and not is_ending:
                    self.look_after_camera()
                if message:
                    self.on_message(message)
                self.show_progress()
            self.show_progress(at_end=True, is_whole=not is_ending)
            stats = self.gemini.get_property("stats")
        finally:
            self.pipeline.set_state(Gst.State.NULL)
        self.write_picture()
        self.show_summary(stats)
        return 0 if self.analyses > sum(self.failures.values()) else 1

    def bears(self, element, error):
        """Whether it can go on in spite of this error."""
        if self.camera and element != self.pipeline and not element.has_as_ancestor(self.pipeline):
            return True  # of a camera that was given up already
        if not self.camera or not self.camera.owns(element):
            self.say(f"error: {error.message}")
            return False
        if self.camera.seen_at is None:
            self.say(f"error: no video comes from {self.source.name}: {error.message}")
            return False
        self.lose_camera(error.message)
        return True

    def lose_camera(self, why):
        if not self.is_camera_lost:
            self.is_camera_lost = True
            self.say(f"the camera is gone, and waited for until Ctrl-C: {why}")
        self.camera.lose()

    def look_after_camera(self):
        if self.camera.is_gone():
            if self.camera.seen_at is None:
                raise ValueError(f"no video comes from {self.source.name}")
            self.lose_camera("its stream has ended" if self.camera.has_ended else "it sends nothing")
        elif self.is_camera_lost and self.camera.has_come_back():
            self.is_camera_lost = False
            self.say("the camera is back")
        self.camera.try_again()

    def on_message(self, message):
        if message.type == Gst.MessageType.WARNING:
            warning, _ = message.parse_warning()
            if warning.message not in self.warnings:
                self.warnings.add(warning.message)
                self.say(f"warning: {warning.message}")
        elif message.type == Gst.MessageType.LATENCY:
            self.pipeline.recalculate_latency()
        elif message.type == Gst.MessageType.ELEMENT and message.has_name("gemini-analysis"):
            self.on_analysis(json.loads(message.get_structure().get_string("json")))

    def on_analysis(self, analysis):
        self.analyses += 1
        if analysis["status"] in ("failed", "blocked"):
            self.failures[(analysis.get("error") or {}).get("kind", analysis["status"])] += 1
        labels = collections.Counter(thing["label"] for thing in analysis["objects"])
        self.seen.update(labels)
        self.at_once |= labels

    def say(self, text):
        """A line of its own, whatever the progress line shows."""
        if self.is_on_terminal:
            print("\r\033[K", end="")
        print(text, flush=True)

    def show_progress(self, at_end=False, is_whole=False):
        now = time.monotonic()
        if self.source.is_picture or not at_end and (now < self.next_progress or self.frames == 0):
            return
        self.next_progress = now + (0.2 if self.is_on_terminal else 5.0)
        share = ""
        if is_whole and not self.source.is_live:
            share = "100 %, "
        elif self.source.duration:
            share = f"{min(100 * self.position // self.source.duration, 100)} %, "
        text = f"{share}{self.frames} frames, {self.analyses} analyses, {now - self.started:.0f} s"
        if self.is_on_terminal:
            print(f"\r\033[K{text}", end="\n" if at_end else "", flush=True)
        else:
            print(text, flush=True)

    def write_picture(self):
        """The frame with the most objects, as PNG."""
        if self.best is None:
            self.files.pop("png")
            return
        _, frame, caps = self.best
        writer = Gst.parse_launch("appsrc name=frame format=time ! videoconvert ! pngenc ! filesink name=picture")
        writer.get_by_name("picture").set_property("location", self.files["png"])
        source = writer.get_by_name("frame")
        source.set_property("caps", caps)
        writer.set_state(Gst.State.PLAYING)
        source.emit("push-buffer", frame)
        source.emit("end-of-stream")
        message = writer.get_bus().timed_pop_filtered(
            30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
        )
        writer.set_state(Gst.State.NULL)
        if message is None or message.type == Gst.MessageType.ERROR:
            self.files.pop("png")

    def show_summary(self, stats):
        print(f"frames    {self.frames}")
        print(f"analyses  {self.analyses}")
        for kind, number in self.failures.most_common():
            print(f"          {number} without an answer: {kind}")
        seen = [f"{label} {number} (up to {self.at_once[label]} at once)" for label, number in self.seen.most_common(8)]
        if len(self.seen) > len(seen):
            seen.append(f"{len(self.seen) - len(seen)} more kinds")
        print("objects   " + (", ".join(seen) or "none"))
        print(f"requests  {stats.get_value('requests')}")
        print(f"tokens    {stats.get_value('tokens-total')}")
        print(f"time      {time.monotonic() - self.started:.1f} s")
        print("files     " + ", ".join(self.files.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("input", help="a video, a picture, a URI such as rtsp://…, or webcam")
    parser.add_argument("prompt", nargs="?", help="what to look for; without it everything that stands out")
    parser.add_argument("--model", help="the name of the model")
    parser.add_argument("--output", default="annotated", help="what the names of the files begin with")
    options = parser.parse_args()

    Gst.init(None)
    for element in ("geminianalyzer", "geminioverlay"):
        if not Gst.ElementFactory.find(element):
            sys.exit(f"GStreamer does not find {element}: is gst-gemini installed, or GST_PLUGIN_PATH set?")
    try:
        return Annotation(Input(options.input), options).run()
    except (GLib.Error, ValueError) as error:
        sys.exit(f"error: {error.message if isinstance(error, GLib.Error) else error}")


if __name__ == "__main__":
    sys.exit(main())
