#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stabilization beside vid.stab (two passes, its defaults): how much jitter is left, and how fast it goes.

usage: bench/stabilize.py FLUXEL CLIP...     (FLUXEL: the program; needs ffmpeg with the filters of vid.stab)

Every clip is shaken by a known motion: sums of sines of no common period, for the first 300 frames, and cut to four
fifths of its size, so that no border is seen. Then it is stabilized by both, as video without compression. Jitter is the
acceleration of points: |p(i+1) - 2 p(i) + p(i-1)| in pixels, its median over the points of a frame that `fluxel track`
follows through three frames, and the root mean square of that over frames. A smooth motion of the camera has next to
none. The same measure of the clip before it was shaken is what a perfect result would come near to. Both results are
enlarged (vid.stab by what its frames need, fluxel by its margin), which makes what is left larger with them.

Where most points lie on something that moves by itself, that measures this, and not the camera. So what is left of the
shake is measured, too: every frame of a result is brought onto the same frame of the clip before it was shaken, by a
similarity fitted to points of both, and the acceleration of nine places that these similarities carry along is taken. It
is the picture's as a whole, whatever moves in it. The root mean square over frames, and the median.

Times are wall clock and CPU seconds of all passes, from raw video to nowhere (no encoder), the best of three.
"""
import collections
import csv
import math
import os
import resource
import subprocess
import sys
import tempfile
import time

FRAMES = 300
SHAKE_X, SHAKE_Y = "{a}*(0.6*sin(n*1.31)+0.4*sin(n*2.87+1))", "{a}*(0.6*sin(n*1.73+2)+0.4*sin(n*0.91))"
TURN = "0.010*sin(n*1.93)+0.008*sin(n*0.77+1)"


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ffmpeg(*arguments):
    run("ffmpeg", "-v", "error", "-y", *arguments)


def size_of(path):
    text = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                           "-of", "csv=p=0", path], check=True, capture_output=True, text=True).stdout
    return [int(side) for side in text.strip().strip(",").split(",")[:2]]


RAW = ["-an", "-c:v", "rawvideo", "-pix_fmt", "yuv420p"]


def shake(clip, to, still):
    """The clip, its middle alone, shaken or not."""
    width, height = size_of(clip)
    w, h = width * 4 // 5 // 2 * 2, height * 4 // 5 // 2 * 2
    reach = 0.025 * width
    x, y = (f"{(width - w) / 2}+" + SHAKE_X.format(a=reach), f"{(height - h) / 2}+" + SHAKE_Y.format(a=reach))
    middle = f"crop={w}:{h}:{(width - w) // 2}:{(height - h) // 2}"
    # crop moves by whole pixels, rotate by any angle
    shaken = f"rotate='{TURN}':bilinear=1,crop={w}:{h}:'{x}':'{y}'"
    ffmpeg("-i", clip, "-frames:v", str(FRAMES), "-vf", middle if still else shaken, *RAW, to)


def jitter(fluxel, video, folder):
    """Root mean square over frames of the median acceleration, px."""
    points = os.path.join(folder, "points.csv")
    run(fluxel, "track", video, "-o", points, "-y", "--quiet", "--max-corners", "400", "--device", "cpu")
    paths = collections.defaultdict(dict)
    with open(points, newline="") as f:
        for row in csv.DictReader(f):
            if row["status"] in ("new", "tracked"):
                paths[row["id"]][int(row["frame"])] = (float(row["x"]), float(row["y"]))
    of_frame = collections.defaultdict(list)
    for path in paths.values():
        for i, b in path.items():
            if i - 1 in path and i + 1 in path:
                a, c = path[i - 1], path[i + 1]
                of_frame[i].append(((a[0] - 2 * b[0] + c[0]) ** 2 + (a[1] - 2 * b[1] + c[1]) ** 2) ** 0.5)
    medians = [sorted(v)[len(v) // 2] for v in of_frame.values() if len(v) >= 10]
    return (sum(m * m for m in medians) / len(medians)) ** 0.5


def similarity(pairs):
    """The least squares of the nearer pairs, again and again; x, y -> x, y. None of too few."""
    near = pairs
    for _ in range(8):
        if len(near) < 10:
            return None
        ax, ay, bx, by = (sum(column) / len(near) for column in zip(*near))
        squares = sum((p[0] - ax) ** 2 + (p[1] - ay) ** 2 for p in near)
        c = sum((p[0] - ax) * (p[2] - bx) + (p[1] - ay) * (p[3] - by) for p in near) / squares
        d = sum((p[0] - ax) * (p[3] - by) - (p[1] - ay) * (p[2] - bx) for p in near) / squares

        def to(x, y, m=(ax, ay, bx, by, c, d)):
            return (m[4] * (x - m[0]) - m[5] * (y - m[1]) + m[2], m[5] * (x - m[0]) + m[4] * (y - m[1]) + m[3])
        far = sorted((math.dist(to(p[0], p[1]), p[2:]), p) for p in pairs)
        near = [p for distance, p in far if distance <= max(2.5 * far[len(far) // 2][0], 0.2)]
    return to


def shake_left(fluxel, still, result, folder):
    """Root mean square over frames, and median, of the acceleration that the result adds to the clip, px."""
    width, height = size_of(still)
    both, points = os.path.join(folder, "both.nut"), os.path.join(folder, "both.csv")
    larger = f"scale={round(width / 0.85)}:{round(height / 0.85)}:flags=bicubic,crop={width}:{height},setsar=1"
    ffmpeg("-i", still, "-i", result, "-filter_complex",
           f"[0]{larger},settb=1/1000,setpts=2*N[a];[1]setsar=1,settb=1/1000,setpts=2*N+1[b];[a][b]interleave",
           "-fps_mode", "passthrough", *RAW, both)
    run(fluxel, "track", both, "-o", points, "-y", "--quiet", "--max-corners", "300", "--redetect", "1", "--device", "cpu")
    places = collections.defaultdict(dict)
    with open(points, newline="") as f:
        for row in csv.DictReader(f):
            if row["status"] in ("new", "tracked"):
                places[int(row["frame"])][row["id"]] = (float(row["x"]), float(row["y"]))
    os.remove(both)
    maps = {}
    for i in range(max(places) // 2 + 1):
        here, there = places.get(2 * i, {}), places.get(2 * i + 1, {})
        found = similarity([here[k] + there[k] for k in here if k in there])
        if found:
            maps[i] = found
    shown = [(x * width, y * height) for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)]
    squares = []
    for i, to in maps.items():
        if i - 1 in maps and i + 1 in maps:
            of_place = [(maps[i - 1](*p), to(*p), maps[i + 1](*p)) for p in shown]
            squares.append(sum((a[0] - 2 * b[0] + c[0]) ** 2 + (a[1] - 2 * b[1] + c[1]) ** 2
                               for a, b, c in of_place) / len(shown))
    return (sum(squares) / len(squares)) ** 0.5, sorted(squares)[len(squares) // 2] ** 0.5


def timed(*commands):
    """Wall clock and CPU seconds of the best of three runs."""
    best = None
    for _ in range(3):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        for command in commands:
            run(*command)
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best or (wall, cpu), (wall, cpu), key=lambda t: t[1])
    return best


def compare(fluxel, clip, folder):
    still, shaken, ours, theirs, found = (os.path.join(folder, name) for name in
                                          ("still.nut", "shaken.nut", "ours.nut", "theirs.nut", "transforms.trf"))
    shake(clip, still, True)
    shake(clip, shaken, False)
    detect, transform = f"vidstabdetect=result={found}", f"vidstabtransform=input={found}"
    ffmpeg("-i", shaken, "-vf", detect, "-f", "null", "-")
    ffmpeg("-i", shaken, "-vf", transform, *RAW, theirs)
    run(fluxel, "stabilize", shaken, ours, "-y", "--quiet", "--codec", "rawvideo", "--device", "cpu")
    quality = [jitter(fluxel, video, folder) for video in (still, shaken, theirs, ours)]
    left = [shake_left(fluxel, still, video, folder) for video in (theirs, ours)]
    to_nowhere = ["-f", "null", "-"]
    their_time = timed(["ffmpeg", "-v", "error", "-i", shaken, "-vf", detect, *to_nowhere],
                       ["ffmpeg", "-v", "error", "-i", shaken, "-vf", transform, *to_nowhere])
    our_time = timed([fluxel, "stabilize", shaken, "-", "--quiet", "--device", "cpu"])
    return quality, left, their_time, our_time


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    fluxel = os.path.realpath(sys.argv[1])
    print("px per frame^2: jitter of points                      left of the shake: rms (median)      "
          "seconds: wall (CPU)")
    print(f"{'clip':20} {'steady':>8} {'shaken':>8} {'vid.stab':>9} {'fluxel':>8}   {'vid.stab':>15} {'fluxel':>15}   "
          f"{'vid.stab':>15} {'fluxel':>15} {'times as fast':>14}")
    for clip in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            (steady, shaken, theirs, ours), left, their_time, our_time = compare(fluxel, clip, folder)
        print(f"{os.path.basename(clip):20} {steady:8.3f} {shaken:8.3f} {theirs:9.3f} {ours:8.3f}   "
              + " ".join(f"{all:7.3f} ({middle:5.3f})" for all, middle in left) + "   "
              f"{their_time[0]:7.2f} ({their_time[1]:5.2f}) {our_time[0]:7.2f} ({our_time[1]:5.2f}) "
              f"{their_time[0] / our_time[0]:6.1f} ({their_time[1] / our_time[1]:4.1f})", flush=True)


if __name__ == "__main__":
    main()
