# SPDX-License-Identifier: Apache-2.0
"""Operands of PTX as C++ expressions over include/replay/machine.hpp."""
import re

from .module import Refused

CPP = {'b8': 'std::uint8_t', 'u8': 'std::uint8_t', 's8': 'std::int8_t', 'b16': 'std::uint16_t',
       'u16': 'std::uint16_t', 's16': 'std::int16_t', 'b32': 'std::uint32_t', 'u32': 'std::uint32_t',
       's32': 'std::int32_t', 'b64': 'std::uint64_t', 'u64': 'std::uint64_t', 's64': 'std::int64_t',
       'f32': 'float', 'f64': 'double', 'pred': 'bool', 'f16': 'ptx::f16', 'bf16': 'ptx::bf16',
       's16x2': 'std::int16_t', 'u16x2': 'std::uint16_t'}

SPECIAL = {'%laneid': 'emulation::lane()', 'WARP_SZ': '32u', '%nsmid': '1u', '%smid': '0u',
           '%lanemask_eq': '(1u << emulation::lane())', '%lanemask_lt': '((1u << emulation::lane()) - 1)',
           '%dynamic_smem_size': 'static_cast<std::uint32_t>(emulation::dynamic_shared_bytes())'}
for _name, _value in (('tid', 'threadIdx'), ('ntid', 'blockDim'), ('ctaid', 'blockIdx'), ('nctaid', 'gridDim')):
    for _axis in 'xyz':
        SPECIAL[f'%{_name}.{_axis}'] = f'{_value}.{_axis}'


def identifier(name):
    return 'v_' + re.sub(r'\W', '_', name)


class Operands:
    """`symbols` maps the names of variables and parameters to C++ expressions for their address."""

    def __init__(self, symbols):
        self.symbols = symbols

    def value(self, operand):
        """An operand's bits: a register, a literal or an address."""
        if operand in SPECIAL:
            return SPECIAL[operand]
        if re.fullmatch(r'0[fF][0-9a-fA-F]{8}', operand):
            return f'0x{operand[2:]}u'
        if re.fullmatch(r'0[dD][0-9a-fA-F]{16}', operand):
            return f'0x{operand[2:]}ull'
        if re.fullmatch(r'-?(0[xX][0-9a-fA-F]+|\d+)U?', operand):
            return f'0x{int(operand.rstrip("U"), 0) & (2 ** 64 - 1):x}ull'
        m = re.fullmatch(r'([\w$]+)\+(\d+)', operand)
        if m and m[1] in self.symbols:
            return f'({self.symbols[m[1]]} + {m[2]})'
        if operand in self.symbols:
            return self.symbols[operand]
        if re.fullmatch(r'%?[\w$]+', operand):
            return identifier(operand.lstrip('%'))
        raise Refused('operand ' + operand)

    def read(self, operand, type_):
        if operand.startswith('!'):
            return f'!ptx::as<{CPP[type_]}>({self.value(operand[1:])})'
        return f'ptx::as<{CPP[type_]}>({self.value(operand)})'

    def reads(self, operands, type_):
        return ', '.join(self.read(o, type_) for o in operands)

    def put(self, target, expression):
        if target == '_':
            return f'(void)({expression});'
        return f'ptx::put({self.value(target)}, {expression});'

    def address(self, operand):
        m = re.fullmatch(r'\[\s*([^\s+\]]+)\s*(?:\+\s*(-?\w+))?\s*\]', operand)
        if not m:
            raise Refused('address ' + operand)
        return m[1], int(m[2] or '0', 0)

    def pointer(self, operand, space, type_, count=1):
        base, offset = self.address(operand)
        shape = f'<{CPP[type_]}, {count}>'
        if space == 'shared':
            return f'shared.at{shape}({self.value(base)} + ({offset}), HERE)'
        return f'ptx::memory{shape}({self.value(base)} + ({offset}), HERE)'
