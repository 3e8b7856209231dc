#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What counts as fused, and the reading of a cubin, on made-up ones."""
import collections
import struct
import unittest

from check_cubins import verdict
from cubin import count_instructions


def counts(**kinds):
    return collections.Counter(kinds)


def elf(code):
    """The smallest ELF file with one kernel."""
    names = b'\0.text.kernel\0.shstrtab\0'
    body = code + names
    header = bytearray(64)
    struct.pack_into('<Q', header, 40, 64 + len(body))
    struct.pack_into('<HHH', header, 58, 64, 2, 1)
    section = '<IIQQQQIIQQ'
    table = struct.pack(section, 1, 1, 0, 0, 64, len(code), 0, 0, 0, 0)
    table += struct.pack(section, 14, 3, 0, 0, 64 + len(code), len(names), 0, 0, 0, 0)
    return bytes(header) + body + table


class Cubins(unittest.TestCase):
    def test_counts_opcodes(self):
        code = b''.join(struct.pack('<QQ', word, 0) for word in (0x7221, 0x7221, 0x7820, 0x7223, 0x1234))
        self.assertEqual(count_instructions(elf(code)), {'kernel': counts(FADD=2, FMUL=1, FFMA=1)})

    def test_equal(self):
        same = counts(FFMA=3, FADD=2, DMUL=1)
        self.assertEqual(verdict(same, set(), counts(**same)), 'equal')

    def test_fused(self):
        self.assertIn('1 FFMA for 0', verdict(counts(FMUL=1, FADD=1), set(), counts(FFMA=1)))
        self.assertIn('0 FMUL for 1', verdict(counts(FMUL=1, FADD=3, FFMA=5), set(), counts(FFMA=6, FADD=2)))
        self.assertIn('DFMA', verdict(counts(DMUL=2, DADD=1), {'F'}, counts(DFMA=1, DMUL=1)))

    def test_fma_from_nothing(self):
        self.assertIn('FFMA', verdict(counts(FMUL=1, FADD=1), set(), counts(FFMA=1, FMUL=1, FADD=1)))

    def test_copies_and_expansions(self):
        once = counts(FMUL=1, FADD=2, FFMA=3)
        self.assertEqual(verdict(once, set(), counts(FMUL=2, FADD=4, FFMA=6)), 'equal')
        self.assertEqual(verdict(once, set(), counts(FMUL=2, FADD=3, FFMA=4)), 'inexact')
        self.assertEqual(verdict(counts(FMUL=1), {'F'}, counts(FMUL=3, FFMA=8)), 'inexact')

    def test_divisions_of_doubles(self):
        # Its expansion has an FFMA of its own, which must not hide a fused multiply and add.
        self.assertEqual(verdict(counts(FMUL=1, FADD=1), {'D', 'F'}, counts(FMUL=1, FADD=1, FFMA=1, DFMA=4)), 'inexact')
        self.assertIn('0 FMUL for 1', verdict(counts(FMUL=1, FADD=1), {'D', 'F'}, counts(FFMA=1)))


if __name__ == '__main__':
    unittest.main()
