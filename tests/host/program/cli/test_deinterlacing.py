# SPDX-License-Identifier: Apache-2.0
"""--deinterlace gives the pictures of ffmpeg's bwdif filter."""

import unittest

from support import *

LOSSLESS = ["--codec", "ffv1", "--scale", 1]


class Deinterlacing(Case):
    def interlaced(self, name="interlaced.mkv", pixels="yuv420p"):
        """25 frames of two fields each, marked: top field first."""
        return self.clip(name, *test_source("160x120", 50), "-vf", "interlace=lowpass=0:scan=tff", "-c:v", "ffv1", "-pix_fmt",
                         pixels)

    def unmarked(self):
        return self.clip("unmarked.mkv", "-i", self.interlaced(), "-vf", "setfield=prog", "-c:v", "ffv1")

    def test_pictures_are_those_of_bwdif(self):
        for source, option, filter in [
                (self.interlaced(), "--deinterlace", "send_frame:deint=interlaced"),
                (self.interlaced(), "--deinterlace=fields", "send_field:deint=all"),
                (self.interlaced("deep.mkv", "yuv422p10le"), "--deinterlace", "send_frame:deint=interlaced"),
                (self.unmarked(), "--deinterlace=all", "send_frame:deint=all"),
                (self.unmarked(), "--deinterlace", "send_frame:deint=interlaced")]:
            with self.subTest(option):
                self.resize(source, self.path("a.mkv"), *LOSSLESS, option, "-y")
                theirs = self.path("theirs.mkv")
                ffmpeg("-i", source, "-vf", f"bwdif=mode={filter}", "-c:v", "ffv1", theirs)
                self.assertEqual(decoded_md5(self.path("a.mkv")), decoded_md5(theirs))
                self.assertEqual(times(self.path("a.mkv")), times(theirs))
                self.assertEqual(video(self.path("a.mkv"))["r_frame_rate"], video(theirs)["r_frame_rate"])

    def test_the_result_is_whole_pictures(self):
        self.resize(self.interlaced(), self.path("a.mp4"), "--scale", 0.5, "--deinterlace", *FAST)
        self.assertEqual(video(self.path("a.mp4"))["field_order"], "progressive")
        self.assertEqual(video(self.path("a.mp4"))["nb_read_frames"], "25")

    def test_nothing_to_do_is_said(self):
        done = self.resize(self.unmarked(), self.path("a.mkv"), *LOSSLESS, "--deinterlace")
        self.assertIn("no picture is marked as interlaced", done.text)
        done = self.resize(self.interlaced(), self.path("b.mkv"), *LOSSLESS, "--deinterlace")
        self.assertNotIn("no picture", done.text)
        self.assertIn("marked, all, fields", self.resize(self.unmarked(), self.path("c.mkv"), *LOSSLESS,
                                                         "--deinterlace=some", code=2).text)


if __name__ == "__main__":
    unittest.main()
