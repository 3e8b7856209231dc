# SPDX-License-Identifier: Apache-2.0
"""What the tests of the program share: clips made by ffmpeg, the program itself, and ffprobe's view of the result."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

FLUXEL = os.environ["FLUXEL"]


def ffmpeg(*args, stdin=None):
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, args)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, input=stdin).stdout


def probe(path, *args):
    command = ["ffprobe", "-v", "error", "-of", "json", *args, str(path)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def streams(path, kind=None):
    """ffprobe's streams, with decoded frames counted."""
    found = probe(path, "-count_frames", "-show_streams")["streams"]
    return [s for s in found if kind is None or s["codec_type"] == kind]


def video(path):
    return streams(path, "video")[0]


def size(path):
    v = video(path)
    return v["width"], v["height"]


def packets(path, stream):
    """(pts seconds, bytes, hash) of every packet."""
    found = probe(path, "-select_streams", stream, "-show_packets", "-show_data_hash", "md5")["packets"]
    return [(float(p["pts_time"]), int(p["size"]), p["data_hash"]) for p in found]


def times(path):
    """Times of the video frames in ticks of 1/1000 s, sorted."""
    found = probe(path, "-select_streams", "v:0", "-show_packets")["packets"]
    return sorted(round(float(p["pts_time"]) * 1000) for p in found)


def raw(path, *args):
    """The decoded frames as one string of bytes, in their own pixel format."""
    return ffmpeg("-i", path, *args, "-vsync", "passthrough", "-f", "rawvideo", "-")


def decoded_md5(path, *args):
    """MD5 of every decoded frame."""
    text = ffmpeg("-i", path, "-map", "0:v:0", "-vsync", "passthrough", *args, "-f", "framemd5", "-").decode()
    return [line.split(",")[-1].strip() for line in text.splitlines() if line and not line.startswith("#")]


def read_md5(path):
    with open(path) as f:
        return [line.strip().split(",")[-1] for line in f if not line.startswith("#")]


class Case(unittest.TestCase):
    """A test with a folder of its own; it fails when a test leaves temporary files."""

    @classmethod
    def setUpClass(cls):
        cls.clips = tempfile.mkdtemp(prefix="fluxel-clips-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.clips)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="fluxel-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def clip(self, name, *args):
        """A clip that ffmpeg makes once per class."""
        path = os.path.join(self.clips, name)
        if not os.path.exists(path):
            ffmpeg(*args, path)
        return path

    def fluxel(self, *args, code=0, stdin=None, **kwargs):
        """Runs the program, checks its exit code, and that it leaves nothing behind."""
        done = subprocess.run([FLUXEL, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=stdin,
                              timeout=60, **kwargs)
        done.text = done.stderr.decode()
        self.assertEqual(done.returncode, code, done.text)
        self.assert_nothing_left()
        return done

    def resize(self, source, target, *args, **kwargs):
        return self.fluxel("resize", source, target, "--device", "cpu", *args, **kwargs)

    def assert_nothing_left(self):
        self.assertEqual([f for f in os.listdir(self.folder) if f.startswith(".fluxel")], [])

    def assert_one_line(self, done):
        self.assertEqual(len(done.text.strip().splitlines()), 1, done.text)


def test_source(size="160x120", rate=25, seconds=1):
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def sine(seconds=1):
    return ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]


X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
FAST = ["--codec-opt", "preset=ultrafast"]
