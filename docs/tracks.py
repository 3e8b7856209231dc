#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the trajectories of points that `fluxel track` wrote as CSV, and nothing of the video.

usage: tracks.py WIDTH HEIGHT LEAST < TRACKS.csv > TRACKS.svg
A trajectory turns from blue to orange with the time; a dot is where its point was last seen. Points that went less than
LEAST pixels are left out.
"""
import csv
import sys


def color(share):
    return "#%02x%02x%02x" % (round(40 + 200 * share), round(70 + 40 * share), round(220 - 180 * share))


def main():
    width, height, least = (int(a) for a in sys.argv[1:4])
    trajectories, last = {}, 0
    for row in csv.DictReader(sys.stdin):
        frame = int(row["frame"])
        last = max(last, frame)
        if row["status"] in ("new", "tracked"):
            trajectories.setdefault(row["id"], []).append((frame, float(row["x"]), float(row["y"])))
    trajectories = [p for p in trajectories.values()
                    if max(abs(p[-1][1] - p[0][1]), abs(p[-1][2] - p[0][2])) >= least]
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">')
    print(f'<rect width="{width}" height="{height}" fill="white" stroke="#888"/>')
    print('<g fill="none" stroke-width="1">')
    step = max(1, last // 24)  # a piece per step: its color is the time
    for path in trajectories:
        for i in range(0, len(path) - 1, step):
            piece = path[i:i + step:2] + [path[min(i + step, len(path) - 1)]]
            points = " ".join(f"{x:.1f},{y:.1f}" for _, x, y in piece)
            print(f'<polyline points="{points}" stroke="{color(path[i][0] / max(last, 1))}"/>')
    print("</g>")
    for path in trajectories:
        frame, x, y = path[-1]
        print(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{color(frame / max(last, 1))}"/>')
    print("</svg>")


main()
