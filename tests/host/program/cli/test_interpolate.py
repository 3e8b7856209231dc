# SPDX-License-Identifier: Apache-2.0
"""fluxel interpolate: the times of what comes out, the pictures that stay, and every odd input."""

import os
import unittest

from support import *

LOSSLESS = ["--codec", "ffv1"]


def crossing(rate=10, seconds=1, size="96x64", pixels="yuv420p"):
    """A picture that moves 2 pixels a frame to the left."""
    return ["-f", "lavfi", "-i", f"testsrc2=size=320x64:rate={rate}:duration={seconds}", "-vf",
            f"loop=loop=-1:size=1,trim=duration={seconds},crop=96:64:2*n:0,scale={size.replace('x', ':')},format={pixels}"]


class Interpolate(Case):
    def interpolate(self, source, target, *args, **kwargs):
        return self.fluxel("interpolate", source, target, "--device", "cpu", *args, **kwargs)

    def moving(self, name="a.mkv", pixels="yuv420p", rate=10):
        return self.clip(name, *crossing(rate=rate, pixels=pixels), "-c:v", "ffv1")

    def test_a_factor_keeps_the_pictures_and_puts_others_between(self):
        source, target = self.moving(), self.path("out.mkv")
        self.interpolate(source, target, "--factor", 2, *LOSSLESS)
        self.assertEqual(times(target), list(range(0, 1000, 50)))
        before, after = decoded_md5(source), decoded_md5(target)
        self.assertEqual(after[0::2], before)
        self.assertEqual(len(set(after[:-1])), 19, "those between differ")
        self.assertEqual(after[-1], after[-2], "the last picture lasts")

    def test_what_lies_between_is_where_the_motion_is(self):
        fine = self.clip("fine.mkv", "-f", "lavfi", "-i", "testsrc2=size=320x64:rate=20:duration=1", "-vf",
                         "loop=loop=-1:size=1,trim=duration=1,gblur=1,crop=96:64:2*n:0", "-c:v", "ffv1", "-pix_fmt",
                         "yuv420p")
        half = self.clip("half.mkv", "-i", fine, "-vf", "select='not(mod(n,2))',setpts=N/10/TB", "-r", 10, "-c:v", "ffv1")
        self.interpolate(half, self.path("out.mkv"), "--factor", 2, *LOSSLESS)
        frame = 96 * 64 * 3 // 2
        made, truth = raw(self.path("out.mkv")), raw(fine)
        for n in range(1, 18, 2):
            inner = [(y * 96 + x) for y in range(4, 60) for x in range(8, 88)]
            error = sum(abs(made[n * frame + i] - truth[n * frame + i]) for i in inner) / len(inner)
            moved = sum(abs(truth[(n + 1) * frame + i] - truth[n * frame + i]) for i in inner) / len(inner)
            self.assertLess(error, 0.35 * moved, n)

    def test_a_rate_has_exact_times(self):
        for rate, count, step in (("25", 25, 40), ("30000/1001", 30, 1001 / 30), ("4", 4, 250)):
            with self.subTest(rate):
                self.interpolate(self.moving(), self.path("out.mkv"), "--fps", rate, *LOSSLESS, "-y")
                self.assertEqual(times(self.path("out.mkv")), [int(i * step + 0.5) for i in range(count)])

    def test_uneven_times_stay_uneven(self):
        uneven = self.clip("uneven.mkv", *crossing(), "-c:v", "ffv1", "-enc_time_base", "1/1000", "-bsf:v",
                           "setts=ts='if(gt(N,4),TS+200,TS)'")
        self.assertEqual(times(uneven)[3:7], [300, 400, 700, 800])
        self.interpolate(uneven, self.path("out.mkv"), "--factor", 2, *LOSSLESS)
        self.assertEqual(times(self.path("out.mkv"))[6:14], [300, 350, 400, 550, 700, 750, 800, 850])
        self.interpolate(uneven, self.path("even.mkv"), "--fps", 20, *LOSSLESS)
        self.assertEqual(times(self.path("even.mkv")), list(range(0, 1200, 50)))

    def test_slow_motion_is_longer_and_silent(self):
        source = self.clip("sound.mkv", *crossing()[:4], *sine(), *crossing()[4:], "-map", "0", "-map", "1", "-c:v", "ffv1", "-c:a", "flac")
        done = self.interpolate(source, self.path("out.mkv"), "--slow", 4, *LOSSLESS)
        self.assertIn("sound", done.text)
        self.assertEqual(times(self.path("out.mkv")), list(range(0, 4000, 100)))
        self.assertEqual(streams(self.path("out.mkv"), "audio"), [])
        self.interpolate(source, self.path("same.mkv"), "--factor", 2, *LOSSLESS)
        self.assertEqual([p[2] for p in packets(self.path("same.mkv"), "a:0")], [p[2] for p in packets(source, "a:0")])

    def test_repeated_pictures_are_joined(self):
        doubled = self.clip("doubled.mkv", "-i", self.moving(), "-vf", "fps=20", "-c:v", "ffv1")
        self.assertEqual(len(set(decoded_md5(doubled))), 10)
        self.interpolate(doubled, self.path("out.mkv"), "--factor", 2, "--dedup", *LOSSLESS)
        self.assertEqual(len(times(self.path("out.mkv"))), 40)
        self.assertGreater(len(set(decoded_md5(self.path("out.mkv")))), 35)
        self.interpolate(doubled, self.path("plain.mkv"), "--factor", 2, *LOSSLESS)
        self.assertLess(len(set(decoded_md5(self.path("plain.mkv")))), 25)

    def test_drawings_that_last_two_pictures_move_between(self):
        """12 drawings a second at 24, whose repeats differ by what the encoder did."""
        def moved(x, rate):
            return ["-f", "lavfi", "-i", f"testsrc2=size=320x64:rate={rate}:duration=1", "-vf",
                    f"loop=loop=-1:size=1,trim=duration=1,gblur,crop=96:64:'{x}':0,format=yuv420p"]
        drawn = self.clip("drawn.mkv", *moved("8*floor(n/2)", 24), "-c:v", "libx264", "-crf", 12, "-bf", 0)
        truth = raw(self.clip("truth.mkv", *moved("2*n", 48), "-c:v", "ffv1"))
        self.assertGreater(len(set(decoded_md5(drawn))), 12, "repeats are not the same bytes")

        def error(*args):
            target = self.path("out.mkv")
            self.interpolate(drawn, target, "--factor", 2, *args, *LOSSLESS, "-y")
            self.assertEqual(len(times(target)), 48)
            frame, made = 96 * 64 * 3 // 2, raw(target)
            inner = [y * 96 + x for y in range(4, 60) for x in range(8, 88)]
            apart = (abs(made[n * frame + i] - truth[n * frame + i]) for n in range(1, 44) for i in inner)
            return sum(apart) / 43 / len(inner)

        self.assertLess(error("--dedup"), 0.5 * error())

    def film(self, pattern):
        *start, filters = crossing(rate=24)
        return self.clip(f"film_{pattern}.mkv", *start, f"{filters},telecine=pattern={pattern}", "-c:v", "ffv1")

    def test_telecine_of_whole_pictures_is_joined(self):
        film = self.film(2224)
        self.assertEqual((len(decoded_md5(film)), len(set(decoded_md5(film)))), (30, 24))
        once = self.clip("once.mkv", "-i", film, "-vf", "select='not(eq(mod(n,5),4))'", "-fps_mode", "passthrough",
                         "-c:v", "ffv1")
        self.assertEqual(times(once)[:6], [0, 33, 67, 100, 167, 200])
        self.interpolate(film, self.path("film_out.mkv"), "--fps", 60, "--dedup", *LOSSLESS)
        self.interpolate(once, self.path("once_out.mkv"), "--fps", 60, *LOSSLESS)
        self.assertEqual(times(self.path("film_out.mkv")), [int(i * 1000 / 60 + 0.5) for i in range(60)])
        shown = decoded_md5(self.path("film_out.mkv"))
        self.assertEqual(len(set(shown[:56])), 56)
        self.assertEqual(shown[:56], decoded_md5(self.path("once_out.mkv"))[:56])

    def test_telecine_that_mixes_fields_repeats_nothing(self):
        film = self.film(23)
        self.assertEqual(len(set(decoded_md5(film))), 30)
        self.interpolate(film, self.path("joined.mkv"), "--factor", 2, "--dedup", *LOSSLESS)
        self.interpolate(film, self.path("plain.mkv"), "--factor", 2, *LOSSLESS)
        self.assertEqual(decoded_md5(self.path("joined.mkv")), decoded_md5(self.path("plain.mkv")))

    def test_cuts_repeat_the_nearer_picture(self):
        cut = self.clip("cut.mkv", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=0.2", "-f", "lavfi", "-i",
                        "color=white:size=96x64:rate=10:duration=0.2", "-filter_complex", "[0]negate[a];[a][1]concat",
                        "-c:v", "ffv1", "-pix_fmt", "yuv420p")
        self.interpolate(cut, self.path("out.mkv"), "--factor", 4, *LOSSLESS)
        before, after = decoded_md5(cut), decoded_md5(self.path("out.mkv"))
        self.assertEqual(after[4:6], [before[1]] * 2)
        self.assertEqual(after[6:9], [before[2]] * 3)

    def test_black_and_single_pictures(self):
        black = self.clip("black.mkv", "-f", "lavfi", "-i", "color=black:size=96x64:rate=10:duration=0.5", "-c:v", "ffv1",
                          "-pix_fmt", "yuv420p")
        self.interpolate(black, self.path("out.mkv"), "--factor", 2, *LOSSLESS)
        self.assertEqual(set(decoded_md5(self.path("out.mkv"))), set(decoded_md5(black)))
        one = self.clip("one.mkv", *crossing(seconds=0.1), "-c:v", "ffv1")
        self.assertEqual(len(decoded_md5(one)), 1)
        self.interpolate(one, self.path("one.mkv"), "--fps", 30, *LOSSLESS)
        self.assertEqual(set(decoded_md5(self.path("one.mkv"))), set(decoded_md5(one)))
        self.assertEqual(len(times(self.path("one.mkv"))), 3)

    def test_deep_pixels_alpha_and_rgb_keep_their_pictures(self):
        for pixels in ("yuv420p10le", "yuv422p", "yuva420p", "gray", "bgr0", "gbrp10le"):
            with self.subTest(pixels):
                source = self.moving(f"{pixels}.mkv", pixels)
                self.interpolate(source, self.path("out.mkv"), "--factor", 2, *LOSSLESS, "-y")
                self.assertEqual(video(self.path("out.mkv"))["pix_fmt"], video(source)["pix_fmt"])
                self.assertEqual(decoded_md5(self.path("out.mkv"))[0::2], decoded_md5(source))

    def test_shape_and_rotation_are_kept(self):
        wide = self.clip("wide.mp4", *crossing(), "-aspect", "4:1", *X264)
        self.interpolate(wide, self.path("wide.mp4"), "--factor", 2, *FAST)
        self.assertEqual(video(self.path("wide.mp4"))["sample_aspect_ratio"], video(wide)["sample_aspect_ratio"])
        turned = self.clip("turned.mp4", "-i", wide, "-c", "copy", "-metadata:s:v:0", "rotate=90")
        self.interpolate(turned, self.path("turned.mp4"), "--factor", 2, *FAST)
        self.assertEqual(size(self.path("turned.mp4")), (96, 64))
        self.assertEqual(video(self.path("turned.mp4")).get("side_data_list"), video(turned).get("side_data_list"))

    def test_interlaced_pictures_are_refused_until_they_are_whole(self):
        fields = self.clip("fields.mkv", *test_source("96x64", 50, 0.4), "-vf", "interlace=scan=tff", "-c:v", "ffv1",
                           "-pix_fmt", "yuv420p")
        self.assertIn("--deinterlace", self.interpolate(fields, self.path("a.mkv"), "--factor", 2, code=3).text)
        self.interpolate(fields, self.path("b.mkv"), "--factor", 2, "--deinterlace=fields", *LOSSLESS)
        self.assertEqual(len(times(self.path("b.mkv"))), 40)

    def test_pipes(self):
        stream = ffmpeg("-i", self.moving(), "-f", "yuv4mpegpipe", "-pix_fmt", "yuv420p", "-strict", -1, "-")
        done = self.interpolate("-", "-", "--factor", 2, stdin=stream)
        self.assertTrue(done.stdout.startswith(b"YUV4MPEG2"))
        self.assertEqual(done.stdout.count(b"FRAME\n"), 20)

    def test_wrong_usage(self):
        source = self.moving()
        for args, text in (([], "--fps 60"), (["--fps", "fast"], "--fps fast"), (["--factor", 1], "--factor"),
                           (["--factor", 2, "--slow", 2], "--slow"), (["--fps", 50, "--factor", 2], "--f"),
                           (["--factor", 2, "--cut", 300], "--cut"), (["--factor", 2, "--flow-side", 3], "--flow-side"),
                           (["--factor", 2, "--quality", "best?"], "quality")):
            with self.subTest(args=args):
                done = self.interpolate(source, self.path("out.mkv"), *args, code=2)
                self.assertIn(text, done.text)
                self.assertFalse(os.path.exists(self.path("out.mkv")))

    def test_threads_write_the_same(self):
        for threads in (1, 3):
            self.interpolate(self.moving(), self.path(f"{threads}.mkv"), "--fps", 37, "--threads", threads, *LOSSLESS)
        self.assertEqual(decoded_md5(self.path("1.mkv")), decoded_md5(self.path("3.mkv")))


if __name__ == "__main__":
    unittest.main()
