#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The linter refuses each forbidden kind of instruction and names its line; the reader keeps track of lines."""
import unittest

from ptx.instructions import Translator
from ptx.lint import forbidden
from ptx.module import Refused, Statement, read_module, split_operands
from ptx_to_cpp import Translation, host_name, lint

MODULE = '''
.version 9.0
.target sm_90
.visible .entry kernel(
	.param .u64 kernel_param_0,
	.param .align 8 .b8 kernel_param_1[24]
)
.maxntid 32, 4, 1
{
	.reg .b32 	%r<4>;
	.reg .b64 	%rd<2>;
	.loc	1 7 3
	ld.param.u64 	%rd1, [kernel_param_0];
	.loc	2 99 1, function_name $L__info_string0, inlined_at 1 8 5
	BODY
	ret;
}
	.file	1 "kernel.cu"
	.file	2 "formula.hpp"
'''


def module_of(body):
    return read_module(MODULE.replace('BODY', body))


def translated(body, architecture=90):
    return Translation(architecture, 'kernel.cu', module_of(body))


class Sharing(unittest.TestCase):
    """What two architectures have alike is compiled once, and nothing else is."""

    def test_alike(self):
        older, newer = translated('add.u32 %r1, %r2, %r3;', 75), translated('add.u32 %r1, %r2, %r3;')
        alone = older.text()
        older.take(newer)
        self.assertEqual(older.text().count('void kernel_0('), 1)
        for architecture in (75, 90):
            self.assertIn(f'registered_0_{architecture}({architecture}, ', older.text())
        self.assertNotIn('kernel', newer.text().replace('kernel is in', ''))
        self.assertNotIn('(90, ', alone)

    def test_different(self):
        for other in ('sub.u32 %r1, %r2, %r3;', 'add.u32 %r2, %r2, %r3;'):
            older, newer = translated('add.u32 %r1, %r2, %r3;', 75), translated(other)
            older.take(newer)
            self.assertNotIn('(90, ', older.text())
            self.assertIn('registered_0_90(90, ', newer.text())
            self.assertIn('void kernel_0(', newer.text())

    def test_different_threads_or_memory(self):
        body = 'add.u32 %r1, %r2, %r3;'
        older = translated(body, 75)
        more_threads = Translation(90, 'kernel.cu', read_module(MODULE.replace('BODY', body).replace('32, 4', '32, 8')))
        more_memory = Translation(90, 'kernel.cu', read_module(
            MODULE.replace('BODY', body).replace('.visible .entry', '.shared .b32 tile[4];\n.visible .entry')))
        for newer in (more_threads, more_memory):
            older.take(newer)
            self.assertNotIn('(90, ', older.text())
            self.assertIn('(90, ', newer.text())


class Lint(unittest.TestCase):
    def refused(self, body, why):
        found = lint('x.ptx', module_of(body))
        self.assertEqual(len(found), 1, body)
        self.assertIn(why, found[0])
        self.assertTrue(found[0].startswith('formula.hpp:99 (inlined at kernel.cu:8)'), found[0])

    def test_refuses(self):
        self.refused('mul.f32 %r1, %r2, %r3;', 'contractible')
        self.refused('sub.f64 %rd1, %rd1, %rd1;', 'contractible')
        self.refused('mad.f32 %r1, %r1, %r2, %r3;', 'contractible')
        self.refused('fma.rn.ftz.f32 %r1, %r1, %r2, %r3;', 'flushes')
        self.refused('div.full.f32 %r1, %r1, %r2;', 'approximate')
        self.refused('sqrt.approx.f32 %r1, %r1;', 'approximate')
        self.refused('ex2.approx.ftz.f32 %r1, %r1;', 'flushes')
        self.refused('@%p1 red.global.add.f32 [%rd1], %r1;', 'float atomic')
        self.refused('atom.global.add.f64 %rd1, [%rd1], %rd1;', 'float atomic')
        self.refused('min.NaN.f32 %r1, %r1, %r2;', 'NaN')
        self.refused('mul.rn.f16 %r1, %r1, %r2;', 'half')
        self.refused('fma.rn.bf16x2 %r1, %r1, %r2, %r3;', 'half')
        self.refused('activemask.b32 %r1;', 'scheduling')
        self.refused('tex.2d.v4.f32.f32 {%r1, %r1, %r1, %r1}, [t, {%r1, %r2}];', 'texture')

    def test_accepts(self):
        for body in ('mul.rn.f32 %r1, %r2, %r3;', 'fma.rn.f64 %rd1, %rd1, %rd1, %rd1;', 'add.s32 %r1, %r2, %r3;',
                     'red.global.add.u32 [%rd1], %r1;', 'cvt.rn.f16.f32 %r1, %r2;', 'min.s32 %r1, %r2, %r3;',
                     'sqrt.rn.f32 %r1, %r2;', 'min.f32 %r1, %r2, %r3;', 'neg.f32 %r1, %r2;', 'setp.lt.f32 %p1, %r1, %r2;'):
            self.assertEqual(lint('x.ptx', module_of(body)), [], body)


class Reader(unittest.TestCase):
    def test_reads_a_kernel(self):
        kernel, = module_of('st.global.v2.f32 [%rd1+-8], {%r1, 0f3F800000};').kernels
        self.assertEqual(kernel.name, 'kernel')
        self.assertEqual(kernel.max_threads, 128)
        self.assertEqual(kernel.parameters, [('kernel_param_0', 8), ('kernel_param_1', 24)])
        store = kernel.statements[1]
        self.assertEqual(store.parts, ('st', 'global', 'v2', 'f32'))
        self.assertEqual(store.operands, ('[%rd1+-8]', '{%r1, 0f3F800000}'))
        self.assertEqual((store.place, store.inner), (('kernel.cu', 8), ('formula.hpp', 99)))

    def test_splits_operands(self):
        self.assertEqual(split_operands('{%r1, %r2}, [%rd1+4], 7'), ('{%r1, %r2}', '[%rd1+4]', '7'))

    def test_refuses_what_it_does_not_know(self):
        for body in ('frobnicate.b32 %r1;', 'add.cc.u32 %r1, %r1, %r1;', 'bar.sync 1, 64;', 'cvt.rz.f32.f64 %r1, %rd1;'):
            with self.assertRaises(Refused) as problem:
                translated(body)
            self.assertIn('kernel.cu:8', str(problem.exception))
        with self.assertRaises(Refused) as problem:
            translated('\n'.join('{ .reg .b64 t<64>; mov.b64 t1, t2; }' for _ in range(200)))
        self.assertIn('stack', str(problem.exception))
        with self.assertRaises(Refused):
            read_module('.func helper(.param .b32 a)\n{\nret;\n}\n')

    def test_unnamed_namespaces(self):
        self.assertEqual(host_name('_ZN2v039_GLOBAL__N__ec0f4cf8_7_flow_cu_9cc6602312enlarge_flowENS0_3jobE'),
                         '_ZN2v012_GLOBAL__N_112enlarge_flowENS0_3jobE')
        self.assertIsNone(host_name('_ZN6fluxel6kernelEv'))

    def test_scopes_have_registers_of_their_own(self):
        text = translated('{ .reg .b64 %r1; add.s64 %r1, %rd1, %rd1; }\nadd.s32 %r1, %r2, -1;').text()
        self.assertIn('{ u64 v_r1;\n#line 8 "kernel.cu"\nv_r1 = v_rd1 + v_rd1;\n}\nv_r1 = v_r2 + 0xffffffffu;', text)

    def test_types(self):
        for body, expected in (
                ('shr.s32 %r1, %r2, 3;', 'v_r1 = s32(v_r2) >> 3;'),
                ('shr.u32 %r1, %r2, %r3;', 'v_r1 = ptx::shr<u32>(v_r2, v_r3);'),
                ('mul.wide.s32 %rd1, %r2, -4;', 'v_rd1 = s64(s32(v_r2)) * s64(s32(0xfffffffcu));'),
                ('mad.lo.s32 %r1, %r2, %r3, 5;', 'v_r1 = u32(u32(v_r2) * u32(v_r3)) + 0x5u;'),
                ('add.rn.f32 %r1, %r2, 0f3F800000;',
                 'v_r1 = __builtin_bit_cast(u32, __builtin_bit_cast(float, v_r2) + __builtin_bit_cast(float, 0x3F800000u));'),
                ('min.s32 %r1, %r2, 7;', 'v_r1 = (0x7 < s32(v_r2) ? 0x7 : s32(v_r2));'),
                ('ld.global.s8 %r1, [%rd1+2];', 'v_r1 = s8(*ptx::memory<s8, 1>(v_rd1 + (2), HERE));'),
                ('ld.global.f32 %r1, [%rd1];', 'v_r1 = *ptx::memory<u32, 1>(v_rd1, HERE);'),
                ('prmt.b32 %r1, %r2, %r3, 0x5410;', 'v_r1 = (v_r2 >> 0 & 0xffffu) << 0 | (v_r3 >> 0 & 0xffffu) << 16;'),
                ('cvt.s64.s32 %rd1, %r2;', 'v_rd1 = s64(s32(v_r2));')):
            self.assertIn('\n' + expected + '\n', translated(body).text())

    def test_predicates_guard_whole_instructions(self):
        kernel, = module_of('@!%p1 mov.b64 {%r1, %r2}, %rd1;').kernels
        text = Translator({}).translate(kernel.statements[1])
        self.assertTrue(text.startswith('if (!v_p1) {') and text.endswith('}'), text)


if __name__ == '__main__':
    unittest.main()
