#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
import struct
import unittest

from loops import find_loops, main_loop, outputs_of, own_instructions

PLAIN, FUSED, DOT = 0x7 << 12 | 0x210, 0x7 << 12 | 0x223, 0x7 << 12 | 0x226
EXIT = 0x7 << 12 | 0x94d


def branch(architecture, by, always=False):
    """To the instruction that many further than the next one."""
    offset = by * 4
    predicate = (7 if always else 0) << 12
    if architecture < 90:
        word = 0x947 | predicate | (offset & (1 << 48) - 1) << 34
    else:
        word = 0x947 | predicate | (offset & 0xff) << 16 | (offset >> 8 & (1 << 48) - 1) << 34
    return word & (1 << 64) - 1, word >> 64 | 7 << 23


def assemble(*instructions):
    return b''.join(struct.pack('<QQ', *(i if isinstance(i, tuple) else (i, 0))) for i in instructions)


class Loops(unittest.TestCase):
    def test_a_loop_and_what_lies_around_it(self):
        for architecture in (75, 90):
            code = assemble(PLAIN, PLAIN, PLAIN, branch(architecture, -3), EXIT)
            self.assertEqual(find_loops(code, architecture), [{1, 2, 3}])

    def test_inner_instructions_are_not_the_outer_loops_own(self):
        for architecture in (75, 90):
            code = assemble(PLAIN, PLAIN, FUSED, branch(architecture, -2), PLAIN, branch(architecture, -5), EXIT)
            self.assertEqual(sorted(map(sorted, own_instructions(find_loops(code, architecture)))), [[1, 4, 5], [2, 3]])

    def test_code_moved_to_the_end_is_no_loop_of_its_own(self):
        for architecture in (75, 90):
            code = assemble(PLAIN, branch(architecture, 2), PLAIN, EXIT, PLAIN, branch(architecture, -4, always=True))
            self.assertEqual(find_loops(code, architecture), [])
            self.assertEqual(main_loop(code, architecture), {0, 1, 2, 3, 4, 5})

    def test_the_padding_behind_the_code_is_no_loop(self):
        self.assertEqual(find_loops(assemble(PLAIN, EXIT, branch(90, -1, always=True)), 90), [])

    def test_the_main_loop_is_the_one_that_multiplies(self):
        code = assemble(*[PLAIN] * 30, branch(90, -30), *[FUSED] * 12, branch(90, -13), EXIT)
        self.assertEqual(main_loop(code, 90), set(range(31, 44)))


class Outputs(unittest.TestCase):
    def test_by_the_channels_of_the_kernel(self):
        self.assertEqual(outputs_of('_ZN6fluxel16double_u8_kernelILi3ELi1EEEv', b'', set()), ('pixel', 32))
        self.assertEqual(outputs_of('_ZN6fluxel16double_u8_kernelILi1ELi16EEEv', b'', set()), ('pixel', 64))

    def test_by_the_products_of_a_loop_over_taps(self):
        code = assemble(*[FUSED] * 10, *[DOT] * 3, PLAIN)
        self.assertEqual(outputs_of('_Z7anotherv', code, set(range(14))), ('product', 16))

    def test_a_kernel_of_which_nothing_is_known(self):
        self.assertIsNone(outputs_of('_Z7anotherv', assemble(PLAIN), {0}))


if __name__ == '__main__':
    unittest.main()
