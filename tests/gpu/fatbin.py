#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fingerprints of the device code in an executable, without cuobjdump: the images in its .nv_fatbin section.

An image's bytes depend on nvcc, its flags and the kernels alone (not on folders or comments, without -lineinfo).
usage: fatbin.py EXECUTABLE      prints one line per image: kind, architecture, SHA-256
"""
import hashlib
import struct
import sys

MAGIC = 0xBA55ED50
KINDS = {1: "ptx", 2: "sm"}


def section(elf, wanted):
    """The bytes of one section of a 64-bit little-endian ELF file; empty when it has none."""
    offset, = struct.unpack_from("<Q", elf, 40)
    entry, count, names = struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, offset + i * entry) for i in range(count)]
    start = headers[names][4]
    for h in headers:
        name = elf[start + h[0]:elf.index(b"\0", start + h[0])]
        if name == wanted:
            return elf[h[4]:h[4] + h[5]]
    return b""


def images(path):
    """(kind, architecture, sha256) of every image in the file."""
    with open(path, "rb") as f:
        data = section(f.read(), b".nv_fatbin")
    found, at = [], 0
    while at + 16 <= len(data):
        magic, _, header, size = struct.unpack_from("<IHHQ", data, at)
        if magic != MAGIC:  # alignment between fat binaries
            at += 8
            continue
        end = at + header + size
        at += header
        while at < end:
            kind, _, entry, payload = struct.unpack_from("<HHIQ", data, at)
            arch, = struct.unpack_from("<I", data, at + 28)
            body = data[at + entry:at + entry + payload]
            found.append((KINDS.get(kind, str(kind)), arch, hashlib.sha256(body).hexdigest()))
            at += entry + payload
        at = end
    return found


def machine_code(path):
    """{architecture: sorted hashes}, of machine code only; what ran is one of these architectures."""
    result = {}
    for kind, arch, digest in images(path):
        if kind == "sm":
            result.setdefault(str(arch), []).append(digest)
    return {arch: sorted(set(hashes)) for arch, hashes in sorted(result.items())}


if __name__ == "__main__":
    for kind, arch, digest in images(sys.argv[1]):
        print(f"{kind}_{arch} {digest}")
