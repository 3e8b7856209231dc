#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reading of host/parity/vectors/README.md: recomputes vectors.jsonl in plain Python.

usage: check_vectors.py vectors.jsonl
Covers nearest and bilinear of every type, all filters of u8 and u16, straight alpha of u8 and u16, transposed
convolution, upsampling, adjoints, flow in colors, warps, and image comparison of u8 and u16. Of flow, corners and tracked points it reads
the lines, not the bytes: those are compared between the library's rows only. Prints what it checked and what it did
not. The folder `reading` has a file for each group of operations.
"""
import json
import sys

from reading.conv_transpose import adjoint, conv_transpose, upsampling
from reading.flow_color import flow_color
from reading.flow_lines import LINES, problem_of
from reading.image_comparison import image_comparison
from reading.numbers import fnv1a, to_bytes
from reading.resize import resize, straight_alpha
from reading.warp import blend, splat, warp
from reading.warp_perspective import warp_perspective

OPERATIONS = {"resize": resize, "straight_alpha": straight_alpha, "conv_transpose": conv_transpose,
              "upsample_conv_transpose": upsampling, "bilinear_adjoint": adjoint,
              "image_comparison": image_comparison, "flow_color": flow_color, "linear_light": lambda v: None,
              "warp": warp, "splat": splat, "blend": blend,
              "warp_perspective": warp_perspective}


def main(path):
    checked = read = skipped = wrong = 0
    for number, line in enumerate(open(path), 1):
        v = json.loads(line)
        if v["operation"] in LINES:
            read += 1
            problem = problem_of(v)
            if problem:
                wrong += 1
                print(f"line {number}: {problem}: {line.strip()}")
            continue
        elements = OPERATIONS[v["operation"]](v)
        if elements is None:
            skipped += 1
            continue
        checked += 1
        output = elements if isinstance(elements, bytes) else to_bytes(v, elements)
        if f"{fnv1a(output):016x}" != v["hash"]:
            wrong += 1
            print(f"line {number}: another hash: {line.strip()}")
    print(f"{checked} vectors checked, {read} of flow read but not computed, {skipped} beyond this program, "
          f"{wrong} wrong")
    return 1 if wrong or not checked or not read else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
