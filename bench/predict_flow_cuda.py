#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Predicts what a pair of dense flow takes on an H100 since the last time that one was measured.

usage: bench/predict_flow_cuda.py [RECORD.json]      default: bench/results/benchmarks_h100.json

A pair is the sum of its kernels. What they took at some sizes is in STEPS (docs/performance.md), in between they are
interpolated. The sum over what a call launched when the record was made is compared with the time that was measured:
that is how far the model is to be trusted. The prediction is the measured time, times the model's sum now over its sum
then. What has changed since: the options of the presets, how many levels there are, the instructions of the warps of
Horn-Schunck, whose weights follow the flow, those that whole warps and medians have lost since, that the coarsest levels
share a launch, and the search for large motion.
"""
import json
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Microseconds on an H100 by pixels. Warps with all that is done up to the system or the solution.
SIZES = (2073600, 518400, 307200, 129600, 32400, 8160)
STEPS = {
    'horn_schunck first': (65, 20, 16, 8.4, 5.8, 5.7),
    'horn_schunck later': (58, 16, 12, 6.9, 5.1, 5.0),
    'lucas_kanade first': (99, 30, 18, 12, 8.0, 8.0),
    'lucas_kanade later': (79, 23, 16, 10, 7.6, 7.7),
    'relax 12': (71, 22, 19, 12, 6.0, 5.7),  # half sweeps
    'relax 20': (135, 40, 28, 19, 11, 10),
    'medians': (57, 17, 14, 7.9, 4.8, 4.0),
    'warp alone': (31, 9, 6.5, 4, 3, 3),  # the two small ones and the third are taken from the others' course
}
LAUNCH = 2.3  # of a kernel with next to no work, inside a graph: the slope of the pyramids' times over their levels
LATENCY = 4.5  # below this a warp's time does not follow its instructions

# Instructions of a warp kernel whose weights follow the flow to those of the one of the record, by pixels of the level
# (static, sm_90): first warps always made weights.
ROBUST = ((1000000, 1.53, 1.25), (400000, 1.46, 1.21), (80000, 1.37, 1.16), (0, 1.29, 1.12))  # later, first
ISSUE = 132 * 4 * 1.755e3  # warp instructions per us of the device
BUSY = 0.55  # of them that good kernels reach

# A level inside the launch of the coarse ones: what a warp waits for whatever its size, and instructions of a pixel.
COARSE_WAIT = 3.0
COARSE_SWEEP = 0.08  # a half sweep
COARSE_INSTRUCTIONS = {'horn_schunck': 940, 'lucas_kanade': 1090}
COARSE_RATE = 2 * 1.755e3  # warp instructions per us of a block of 16 warps
SHARED = 48 * 1024 - 64


class Preset:
    def __init__(self, factor, warps, half_sweeps=0, radius=0, after='never'):
        self.factor, self.warps, self.half_sweeps = factor, warps, half_sweeps
        self.radius, self.after = radius, after  # of the weighted median


NOW = {'horn_schunck': {'fast': Preset(0.5, 2, 10), 'balanced': Preset(0.5, 2, 10, 4, 'level'),
                        'accurate': Preset(0.65, 3, 10, 5, 'level'), 'best': Preset(0.7, 3, 10, 7, 'warp')},
       'lucas_kanade': {'fast': Preset(0.5, 2), 'balanced': Preset(0.7, 2), 'accurate': Preset(0.7, 5, 0, 7, 'finest'),
                        'best': Preset(0.7, 5, 0, 7, 'warp')}}
THEN = {'horn_schunck': {'fast': Preset(0.5, 2, 12), 'balanced': Preset(0.7, 5, 16), 'accurate': Preset(0.7, 10, 20)},
        'lucas_kanade': {'fast': Preset(0.5, 2), 'balanced': Preset(0.7, 2), 'accurate': Preset(0.7, 5)}}


def weighted(radius):
    """Instructions of a pixel's weighted median, grey (static): weights, the extremes, and 8 bisections."""
    side = 2 * radius + 1
    return side * side * 23.4 + side * 36 + 8 * side * (10 * side + 2)


def interpolated(values, pixels):
    if pixels >= SIZES[0]:
        return values[0] * pixels / SIZES[0]
    for (p, a), (q, b) in zip(zip(SIZES, values), zip(SIZES[1:], values[1:])):
        if pixels >= q:
            share = (math.log(pixels) - math.log(q)) / (math.log(p) - math.log(q))
            return math.exp(math.log(b) + share * (math.log(a) - math.log(b)))
    return values[-1]


def step(name, pixels):
    return interpolated(STEPS[name], pixels)


def relaxation(half_sweeps, pixels):
    twelve, twenty = step('relax 12', pixels), step('relax 20', pixels)
    return max(twelve + (half_sweeps - 12) / 8 * (twenty - twelve), LAUNCH)


def sizes_of(width, height, factor, coarsest):
    levels = [(width, height)]
    while True:
        w, h = (math.floor(side * factor + 0.5) for side in levels[-1])
        if min(w, h) < coarsest or (w, h) == levels[-1]:
            return levels
        levels.append((w, h))


# What the pyramids of both frames take beside launches: us by megapixels of a frame, from image_pyramid of the record. At
# 1080p most of it was two turns of the blocks where one is enough now: a turn takes as long as a warp's rows and one more,
# which is 18 for 13 on the first level and 10 for 7 on the second.
PYRAMID_FIRST, PYRAMID_REST = 5.7, 9.4  # 8.8 in all by factor 0.5, 14.7 by 0.7
PYRAMID_TURNS = 0.72
SMALL_TOGETHER = 3.3  # a launch of two levels, or of the last ones: LAUNCH, and what one waits for the other (assumed)


def pyramids(levels, count, factor, then, objects=1):
    """Both frames, each level of both in a launch; or `objects` 2: as image_pyramid is timed, a frame at a time."""
    area = factor * factor
    work = levels[0][0] * levels[0][1] * count / 1e6 * (PYRAMID_FIRST + PYRAMID_REST * area / (1 - area))
    if then:
        return objects * len(levels) * LAUNCH + work
    time, at = LAUNCH, 1
    while at < len(levels):
        pixels, left = levels[at][0] * levels[at][1], len(levels) - at
        if left > 1 and pixels <= 1536:
            time, at = time + SMALL_TOGETHER, len(levels)
        elif left > 1 and pixels <= 1 << 17 and pixels * count * 2 / objects <= 1 << 18:
            time, at = time + SMALL_TOGETHER, at + 2
        else:
            time, at = time + LAUNCH, at + 1
    return objects * time + work * (PYRAMID_TURNS if count == 1 and levels[0][0] <= 1920 else 1)


def even(side):
    return side + side % 2


def coarse_bytes(method, sizes, alone):
    """As kernels/cuda/flow/coarse_levels/ has it. `sizes` are finest first."""
    def padded(w, h=1):
        return (w * h + 15) // 16 * 16

    def work(w, h):
        we, he = even(w), even(h)
        medians = 4 * ((we + 6) * (he + 6) + he // 2 * 6 * (we + 6) + he // 2 * 12 * ((we + 6) // 2 - 1))
        return padded(max(medians, (25 if method == 'horn_schunck' else 28) * padded(w, h)))
    most = max(2 * work(*s) + 4 * padded(*s) if l == alone else work(*s) for l, s in enumerate(sizes))
    return 1024 + sum(4 * padded(*s) for s in sizes[:2]) + most


def first_coarse(method, levels, alone):
    first = len(levels)
    while first > 0:
        w, h = levels[first - 1]
        threads = 256 if first - 1 == alone else 512
        if (w + 1) // 2 * h > 2 * threads or coarse_bytes(method, levels[first - 1:], alone - first + 1) > SHARED:
            break
        first -= 1
    return first


# What later changes have left of the instructions of a pixel (static, by how often each part runs): of whole warps, and of
# medians, by pixels of the level. The latter are bound by min and max, which have half of the issue slots.
WARPS_SINCE = {'horn_schunck': 0.926, 'lucas_kanade': 0.923}
MEDIANS_SINCE = ((200000, 0.77), (0, 0.92))

# The search (static): issue slots of a pixel and displacement, there and back: 6.4 in the loop, whose comparisons, minima
# and sums count twice; 1.1 to keep the best, 0.6 to begin. Filling the tiles adds the rest.
SEARCH_RADIUS = 192
SEARCH_SLOTS = 8.2 * 1.15


def search(levels, count):
    """Block matching both ways on the first level of at most a seventh, and the small kernels around it."""
    width, height = levels[0]
    at = next((l for l, s in enumerate(levels) if s[0] * 7 <= width), None)
    if at is None or min(levels[at]) < 8:
        return 0
    kept = sum(2 * s[0] <= width for s in levels[:at])
    w, h = levels[at]
    radius = math.ceil(SEARCH_RADIUS * w / width)
    tried = w * h * count * (2 * radius + 1) ** 2
    return (16 + 2 * kept) * LAUNCH + tried / 32 * SEARCH_SLOTS / (ISSUE * BUSY)


def solve(method, preset, size, count, then, shared=True):
    """Model of a pair or batch, in us: when the record was made, or now. `shared`: coarse levels share a launch."""
    p = (THEN if then else NOW)[method][preset]
    factor, half_sweeps = p.factor, p.half_sweeps
    levels = sizes_of(*size, factor, 16 if then else 4)
    small = [l for l, s in enumerate(levels) if min(s) < 8]
    alone = small[0] - 1 if small and small[0] > 0 else len(levels)
    each_level = p.after in ('level', 'warp')
    first = len(levels) if then or not shared or each_level else first_coarse(method, levels, alone)

    def warp(pixels, is_first, with_weights):
        time = step(f'{method} {"first" if is_first else "later"}', pixels)
        if method == 'horn_schunck':
            if not then:
                ratio = next(r[2 if is_first else 1] for r in ROBUST if pixels >= r[0])
                time = LATENCY + max(time - LATENCY, 0) * ratio
        if not then:
            time = LATENCY + max(time - LATENCY, 0) * WARPS_SINCE[method]
        if method == 'horn_schunck':
            time += relaxation(half_sweeps, pixels)
        medians = step('medians', pixels) * (1 if then else next(m[1] for m in MEDIANS_SINCE if pixels >= m[0]))
        if with_weights:
            median = medians / 2 + step('warp alone', pixels) + 2 * LAUNCH
            return time + median + weighted(p.radius) * pixels / 32 / (ISSUE * BUSY)
        return time + medians

    def level(l):
        pixels = levels[l][0] * levels[l][1] * count
        weights = [p.after == 'warp' or k + 1 == p.warps and (each_level or p.after == 'finest' and l == 0)
                   for k in range(p.warps)]
        return sum(warp(pixels, k == 0 and l + 1 < len(levels), w) for k, w in enumerate(weights))

    def coarse_warp(l):
        pixels = levels[l][0] * levels[l][1]
        work = (COARSE_INSTRUCTIONS[method] + 25 * half_sweeps * (method == 'horn_schunck')) * pixels / 32
        waits = COARSE_WAIT + (COARSE_SWEEP * half_sweeps if method == 'horn_schunck' else 0)
        return max(waits, work / COARSE_RATE)
    time = pyramids(levels, count, factor, then or not shared) + max(15.3 * levels[0][0] * levels[0][1] * count / SIZES[0], LAUNCH)
    time += sum(level(l) for l in range(first))
    if first == len(levels):
        time += LAUNCH  # the first guess
        if not then and alone < len(levels):
            time += level(alone) + 7 * LAUNCH
    else:
        blocks = math.ceil(count / 132)
        time += LAUNCH + blocks * p.warps * sum(coarse_warp(l) for l in range(first, len(levels)))
    return time + (0 if then or preset == 'fast' else search(levels, count))


CASES = [  # name in the record, method, preset, frames, pairs, goal in ms
    ('horn_schunck/fast/1080p', 0.65), ('horn_schunck/balanced/1080p', 2.4), ('horn_schunck/accurate/1080p', 6),
    ('lucas_kanade/fast/1080p', 0.45), ('lucas_kanade/balanced/1080p', 0.7), ('lucas_kanade/accurate/1080p', 1.7),
    ('horn_schunck/fast/vga', 0.22), ('lucas_kanade/fast/vga', 0.18), ('horn_schunck/fast/4K', 2.2),
    ('lucas_kanade/fast/4K', 1.3), ('horn_schunck/fast/vga_x32', 2.2), ('lucas_kanade/fast/vga_x32', 1.5)]
FRAMES = {'vga': (640, 480), '1080p': (1920, 1080), '4K': (3840, 2160)}


def main(arguments):
    path = arguments[0] if arguments else os.path.join(HERE, 'results', 'benchmarks_h100.json')
    with open(path) as file:
        measured = {row['name'].split('/cuda_graph/')[0]: row['real_time'] for row in json.load(file)['benchmarks']
                    if '/cuda_graph/' in row['name']}
    print('| case | measured, ms | model of that | predicted with a launch for each step | predicted, ms | goal (H200) |')
    print('|---|---|---|---|---|---|')
    for name, goal in CASES:
        method, preset, frames = name.split('/')
        size, _, count = frames.partition('_x')
        of = (method, preset, FRAMES[size], int(count or 1))
        before, apart, now = solve(*of, True), solve(*of, False, False), solve(*of, False)
        print(f'| {name} | {measured[name]:.3f} | {before / 1e3:.3f} | {measured[name] * apart / before:.3f} | '
              f'{measured[name] * now / before:.3f} | {goal} |')
    best = solve('horn_schunck', 'best', FRAMES['vga'], 1, False)
    print(f'| horn_schunck/best/vga | – | – | – | {best / 1e3:.1f} (model alone) | 5 |')
    for factor, name in ((0.5, 'image_pyramid/0.5/1080p'), (0.7, 'image_pyramid/0.7/1080p')):
        sizes = sizes_of(1920, 1080, factor, 4)
        before = pyramids(sizes_of(1920, 1080, factor, 16), 1, factor, True, 2)
        apart, now = pyramids(sizes, 1, factor, True, 2), pyramids(sizes, 1, factor, False, 2)
        print(f'| {name}, frame by frame | {measured[name]:.3f} | {before / 1e3:.3f} | {measured[name] * apart / before:.3f} | '
              f'{measured[name] * now / before:.3f} | – |')
        both = pyramids(sizes, 1, factor, True), pyramids(sizes, 1, factor, False)
        print(f'| {name}, both frames of a pair | – | – | {both[0] / 1e3:.3f} (model alone) | {both[1] / 1e3:.3f} (model alone) | 0.03 |')


if __name__ == '__main__':
    main(sys.argv[1:])
