#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
import os
import tempfile
import unittest

import instructions


class Comparison(unittest.TestCase):
    def test_equal_counts_say_nothing(self):
        self.assertEqual(instructions.compare({'a': 2.0}, {'a': 2.0}), ([], False))

    def test_a_slower_case_fails_and_is_named(self):
        lines, worse = instructions.compare({'a': 2.0, 'b': 1.0}, {'a': 2.1, 'b': 1.0})
        self.assertTrue(worse)
        self.assertEqual(len(lines), 1)
        self.assertIn('a: 2.000', lines[0])

    def test_a_faster_case_passes_and_is_named(self):
        lines, worse = instructions.compare({'a': 2.0}, {'a': 1.5})
        self.assertFalse(worse)
        self.assertIn('better', lines[0])

    def test_a_case_that_comes_or_goes_fails(self):
        self.assertTrue(instructions.compare({'a': 2.0}, {})[1])
        self.assertTrue(instructions.compare({}, {'a': 2.0})[1])


class Dump(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'out.1')
            with open(path, 'w') as f:
                f.write(text)
            return instructions.read_dump(path)

    def test_count_per_output(self):
        text = 'desc: Trigger: Client Request: resize/u8x3 200.0\nevents: Ir\nsummary: 500\n\ntotals: 500\n'
        self.assertEqual(self.read(text), ('resize/u8x3', 2.5))

    def test_end_of_program_is_no_case(self):
        self.assertIsNone(self.read('desc: Trigger: Program termination\nevents: Ir\ntotals: 500\n'))


if __name__ == '__main__':
    unittest.main()
