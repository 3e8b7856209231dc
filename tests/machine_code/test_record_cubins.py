#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
import unittest

from record_cubins import compare, parse_verbose, resident_warps, stable_name, threads_of, worse

KERNEL = {'registers': 40, 'spilled': 0, 'shared': 1024, 'instructions': 500, 'loop': 100, 'warps': 32}


class Record(unittest.TestCase):
    def test_better_and_slightly_longer_code_pass(self):
        self.assertEqual(worse(KERNEL, KERNEL), '')
        self.assertEqual(worse(KERNEL, dict(KERNEL, registers=32, instructions=509)), '')

    def test_each_number_can_fail(self):
        for column, value in (('registers', 41), ('spilled', 4), ('shared', 1040), ('instructions', 520), ('loop', 103),
                              ('warps', 24)):
            self.assertIn(column, worse(KERNEL, dict(KERNEL, **{column: value})))

    def test_new_and_missing_kernels_fail(self):
        self.assertEqual(compare({'a': KERNEL}, {'b': KERNEL}),
                         ['a: recorded, but no file has it', 'b: not in the record'])

    def test_reads_what_ptxas_prints(self):
        text = """ptxas info    : Compiling entry function '_Z1kv' for 'sm_90'
ptxas info    : Function properties for _Z1kv
    16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 30 registers, used 1 barriers, 16 bytes cumulative stack size, 2048 bytes smem
"""
        self.assertEqual(parse_verbose(text), {'_Z1kv': (30, 20, 2048)})

    def test_names_do_not_depend_on_the_folder(self):
        self.assertEqual(stable_name('_ZN3gpu40_GLOBAL__N__27d815bc_8_relax_cu_5066d40510sweep_tileEv'),
                         '_ZN3gpu40_GLOBAL__N__8_relax_cu10sweep_tileEv')

    def test_reads_the_threads_of_a_block(self):
        self.assertEqual(threads_of('.visible .entry k(\n .param .u64 p\n)\n.maxntid 32, 8, 1\n{ ret; }\n.entry l(){}'),
                         {'k': 256})

    def test_predicts_occupancy(self):
        self.assertEqual(resident_warps('90', 512, 128, 16384), 16)
        self.assertEqual(resident_warps('90', 384, 168, 12288), 12)
        self.assertEqual(resident_warps('90', 256, 32, 0), 64)
        self.assertEqual(resident_warps('90', 256, 32, 60000), 24)
        self.assertEqual(resident_warps('75', 256, 48, 29824), 16)


if __name__ == '__main__':
    unittest.main()
