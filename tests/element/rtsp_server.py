#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A camera on loopback that speaks RTSP, for tests.

    rtsp_server.py h264|mjpeg [PORT]

Prints its address as the first line, and serves until it is killed. Status 77: something that it needs is not here.
"""
import sys

import gi

try:
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer
except (ImportError, ValueError) as error:
    print(f"SKIPPED: {error} (Debian: gir1.2-gst-rtsp-server-1.0)")
    sys.exit(77)

FPS = 25
PICTURE = f"videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate={FPS}/1"
CODECS = {
    "h264": (
        ("x264enc", "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96"),
        ("openh264enc", "openh264enc gop-size=25 complexity=low ! rtph264pay name=pay0 pt=96 config-interval=1"),
    ),
    "mjpeg": (("jpegenc", "jpegenc ! rtpjpegpay name=pay0 pt=26"),),
}


def main():
    Gst.init(None)
    encoders = [launch for name, launch in CODECS[sys.argv[1]] if Gst.ElementFactory.find(name)]
    if not encoders:
        print(f"SKIPPED: there is no encoder for {sys.argv[1]}")
        sys.exit(77)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {PICTURE} ! {encoders[0]} )")
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[2] if len(sys.argv) > 2 else "0")
    server.get_mount_points().add_factory("/camera", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/camera", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
