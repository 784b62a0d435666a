# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads results from Python through GObject Introspection, in a real pipeline."""

import ctypes
import json
import os
import sys
import unittest

if os.environ["GEMINI_HAS_GIR"] == "0":
    print("SKIPPED: this build has no typelib (g-ir-scanner is missing, or there is a sanitizer)")
    sys.exit(0)
try:
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError) as why:
    print(f"SKIPPED: Python cannot use GStreamer here ({why})")
    sys.exit(0)

gi.require_version("GstGemini", "1.0")
from gi.repository import GstGemini  # noqa: E402


def frame(launch):
    """The first frame that comes out of a pipeline."""
    pipeline = Gst.parse_launch(launch + " ! appsink name=sink sync=false")
    pipeline.set_state(Gst.State.PLAYING)
    sample = pipeline.get_by_name("sink").emit("pull-sample")
    pipeline.set_state(Gst.State.NULL)
    assert sample is not None, launch
    return sample.get_buffer()


SOURCE = "videotestsrc num-buffers=1 ! video/x-raw,width=640,height=480"


class ResultsFromPython(unittest.TestCase):
    def test_frame_without_analyzer_has_no_scene(self):
        self.assertIsNone(GstGemini.Scene.from_buffer(frame(SOURCE)))

    def test_objects_are_read_in_pixels_of_the_scaled_frame(self):
        buffer = frame(f"{SOURCE} ! geminifixture ! videoscale ! video/x-raw,width=320,height=240")
        scene = GstGemini.Scene.from_buffer(buffer)
        self.assertEqual(scene.get_n_objects(), 2)
        self.assertEqual(scene.get_object(0).get_box(320, 240), (True, 80, 120, 160, 60))
        self.assertEqual(scene.get_object(0).get_label(), "person")
        self.assertEqual(scene.get_object(0).get_confidence(), (True, 0.9))
        self.assertEqual(scene.get_object(0).get_id(), 3)
        self.assertEqual(scene.get_object(1).get_label(), "M&M <b>")
        self.assertFalse(scene.get_object(1).get_box(320, 240)[0])
        self.assertFalse(scene.get_object(1).get_confidence()[0])
        self.assertEqual(scene.get_object(1).get_text(), "Red & blue")
        self.assertEqual(scene.get_object(1).get_parent_id(), (True, 17))
        self.assertEqual(scene.get_object(1).get_parent_label(), "bowl")
        self.assertIsNone(scene.get_object(0).get_text())
        self.assertEqual(scene.get_object(0).get_parent_id(), (False, 0))
        self.assertIsNone(scene.get_object(0).get_parent_label())

    def test_shapes_are_read_in_pixels_of_the_scaled_frame(self):
        big = "videotestsrc num-buffers=1 ! video/x-raw,width=1280,height=720"
        buffer = frame(f"{big} ! geminifixture ! videoscale ! video/x-raw,width=640,height=360")
        scene = GstGemini.Scene.from_buffer(buffer)
        person, sweet = scene.get_object(0), scene.get_object(1)
        self.assertEqual(person.get_point(640, 360), (True, 320, 225))
        mask, *place = person.get_mask(640, 360)
        self.assertEqual(place, [160, 180, 320, 90, 3, 2])
        self.assertEqual(mask.get_data(), bytes([0, 255, 0, 128, 255, 128]))
        self.assertEqual(person.get_n_rings(), 2)
        self.assertEqual(person.get_ring(0, 640, 360), [160, 180, 480, 180, 320, 270])
        self.assertEqual(person.get_box_3d(), (True, 0.5, 2, -0.25, 1, 0.75, 1.5, 0, 10, -90))
        self.assertFalse(sweet.get_point(640, 360)[0])
        self.assertIsNone(sweet.get_mask(640, 360)[0])
        self.assertEqual(sweet.get_n_rings(), 0)
        self.assertFalse(sweet.get_box_3d()[0])

    def test_objects_tell_how_they_are_followed(self):
        scene = GstGemini.Scene.from_buffer(frame(f"{SOURCE} ! geminifixture"))
        person, sweet = scene.get_object(0), scene.get_object(1)
        self.assertEqual(person.get_state(), GstGemini.ObjectState.KEPT)
        self.assertEqual(person.get_state().value_nick, "kept")
        self.assertEqual(person.get_age(), 1500 * Gst.MSECOND)
        self.assertEqual(person.get_track_confidence(), 0.75)
        self.assertEqual(sweet.get_state(), GstGemini.ObjectState.NEW)
        self.assertEqual((sweet.get_age(), sweet.get_track_confidence()), (0, 1))
        analysis = scene.get_analysis()
        self.assertEqual(analysis.get_n_gone(), 1)
        bus = analysis.get_gone(0)
        self.assertEqual((bus.get_label(), bus.get_state()), ("bus", GstGemini.ObjectState.LEFT))
        self.assertEqual(bus.get_box(640, 480), (True, -160, 240, 160, 120))
        line = json.loads(analysis.to_ndjson())
        self.assertEqual(line["objects"][0]["age_ms"], 1500)
        self.assertEqual(line["gone"][0]["state"], "left")

    def test_values_outlive_the_frame(self):
        thing = GstGemini.Scene.from_buffer(frame(f"{SOURCE} ! geminifixture")).get_object(0)
        self.assertEqual(thing.get_label(), "person")

    def test_analysis_is_read_whole(self):
        scene = GstGemini.Scene.from_buffer(frame(f"{SOURCE} ! geminifixture"))
        self.assertEqual(scene.get_status(), GstGemini.SceneStatus.PARTIAL)
        self.assertEqual(scene.get_status().value_nick, "partial")
        analysis = scene.get_analysis()
        self.assertEqual(analysis.get_status(), GstGemini.AnalysisStatus.PARTIAL)
        self.assertEqual(analysis.get_task(), GstGemini.Task.SEGMENT)
        self.assertEqual(analysis.get_text(), "A person & sweets")
        self.assertEqual(json.loads(analysis.get_json()), {"people": 1})
        self.assertEqual(analysis.get_source(), "camera-1")
        self.assertEqual(analysis.get_request_id(), 7)
        self.assertEqual(analysis.get_pts(), Gst.SECOND)
        self.assertEqual(tuple(analysis.get_size()), (1280, 720))
        self.assertEqual(tuple(analysis.get_usage()), (1290, 210, 3, 4, 1500))
        self.assertEqual(analysis.get_captured_at().format_iso8601(), "2026-11-22T16:00:00.250000Z")
        self.assertEqual(analysis.get_problem(0), "object 3 has no box")
        self.assertIsNone(analysis.get_error_kind())
        line = json.loads(analysis.to_ndjson())
        self.assertEqual(line["schema"], "gst-gemini/1")
        self.assertEqual(line["objects"][0]["box"], [320, 360, 640, 180])


if __name__ == "__main__":
    Gst.init(None)
    ctypes.CDLL(os.environ["GEMINI_FIXTURE"]).gemini_fixture_register()
    unittest.main()
