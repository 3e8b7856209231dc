# SPDX-License-Identifier: Apache-2.0
"""Operands of PTX as C++ expressions. The translations of all kernels have millions of them, and the compiler's time is
what they cost: what C++ can say itself is an operator or a cast here, and the rest a function of include/replay."""
import re

from .module import BYTES, Refused

CPP = {'b8': 'u8', 'u8': 'u8', 's8': 's8', 'b16': 'u16', 'u16': 'u16', 's16': 's16', 'b32': 'u32', 'u32': 'u32',
       's32': 's32', 'b64': 'u64', 'u64': 'u64', 's64': 's64', 'f32': 'float', 'f64': 'double', 'pred': 'bool',
       'f16': 'ptx::f16', 'bf16': 'ptx::bf16', 's16x2': 's16', 'u16x2': 'u16'}

SPECIAL = {'%laneid': 'emulation::lane()', 'WARP_SZ': '32u', '%nsmid': '1u', '%smid': '0u',
           '%lanemask_eq': '(1u << emulation::lane())', '%lanemask_lt': '((1u << emulation::lane()) - 1)',
           '%dynamic_smem_size': 'static_cast<std::uint32_t>(emulation::dynamic_shared_bytes())'}
for _name, _value in (('tid', 'threadIdx'), ('ntid', 'blockDim'), ('ctaid', 'blockIdx'), ('nctaid', 'gridDim')):
    for _axis in 'xyz':
        SPECIAL[f'%{_name}.{_axis}'] = f'{_value}.{_axis}'


def identifier(name):
    return 'v_' + re.sub(r'\W', '_', name)


def is_integer(type_):
    return re.fullmatch(r'[bus](8|16|32|64)', type_) is not None


def is_float(type_):
    return type_ in ('f32', 'f64')


def bits_of(type_):
    """The type as plain bits: what moves of any type do is the same for all of its size."""
    return type_ if type_ == 'pred' else f'b{8 * BYTES[type_]}'


class Operands:
    """`symbols` maps the names of variables and parameters to C++ expressions for their address. Registers hold bits, and
    their types are declared: b16, b32, b64 or pred."""

    def __init__(self, symbols):
        self.symbols = symbols
        self.scopes = []

    def declare(self, registers):
        """A scope opens with these (type, name)."""
        self.scopes.append({identifier(name): bits_of(type_) for type_, name in registers})

    def forget(self):
        """The innermost scope closes."""
        self.scopes.pop()

    def type_of(self, expression):
        """The type that a register was declared with; None for what is no register."""
        return next((scope[expression] for scope in reversed(self.scopes) if expression in scope), None)

    def value(self, operand):
        """An operand's bits: a register, a literal or an address."""
        if operand in SPECIAL:
            return SPECIAL[operand]
        if re.fullmatch(r'0[fF][0-9a-fA-F]{8}', operand):
            return f'0x{operand[2:]}u'
        if re.fullmatch(r'0[dD][0-9a-fA-F]{16}', operand):
            return f'0x{operand[2:]}ull'
        if (number := self.literal(operand)) is not None:
            return f'0x{number & (2 ** 64 - 1):x}ull'
        m = re.fullmatch(r'([\w$]+)\+(\d+)', operand)
        if m and m[1] in self.symbols:
            return f'({self.symbols[m[1]]} + {m[2]})'
        if operand in self.symbols:
            return self.symbols[operand]
        if re.fullmatch(r'%?[\w$]+', operand):
            return identifier(operand.lstrip('%'))
        raise Refused('operand ' + operand)

    @staticmethod
    def literal(operand):
        """The number that an operand is, or None."""
        return int(operand.rstrip('U'), 0) if re.fullmatch(r'-?(0[xX][0-9a-fA-F]+|\d+)U?', operand) else None

    def read(self, operand, type_):
        """An operand as a value of its type."""
        if operand.startswith('!'):
            return '!' + self.read(operand[1:], type_)
        value, cpp = self.value(operand), CPP[type_]
        declared = self.type_of(value)
        number = self.literal(operand)
        if is_integer(type_) and number is not None:
            bits = 8 * BYTES[type_]
            number &= 2 ** bits - 1
            if number >> (bits - 1) and type_[0] == 's' or bits < 32:
                return f'{cpp}({number:#x}u{"ll" if bits == 64 else ""})'
            return f'{number:#x}{"" if type_[0] == "s" else "u"}{"ll" if bits == 64 else ""}'
        if declared == bits_of(type_) and (type_[0] in 'bu' or type_ == 'pred'):
            return value
        if is_integer(type_):
            return f'{cpp}({value})'
        same_size = declared == bits_of(type_) or re.fullmatch(r'0[fF]\w{8}' if type_ == 'f32' else r'0[dD]\w{16}', operand)
        if is_float(type_) and same_size:
            return f'__builtin_bit_cast({cpp}, {value})'
        return f'ptx::as<{cpp}>({value})'

    def reads(self, operands, type_):
        return ', '.join(self.read(o, type_) for o in operands)

    def put(self, target, expression, type_=None):
        """The statement that gives a register a value, which is of this type or, without one, says its type itself. Signed
        values extend into a wider register by their sign, all others by zeros."""
        if target == '_':
            return f'(void)({expression});'
        to = self.value(target)
        declared = self.type_of(to)
        if type_ and declared == bits_of(type_) and is_float(type_):
            return f'{to} = __builtin_bit_cast({CPP[declared]}, {expression});'
        if type_ and declared == bits_of(type_) and (is_integer(type_) or type_ == 'pred'):
            return f'{to} = {expression};'
        if type_ and declared and is_integer(type_):
            return f'{to} = {CPP[type_]}({expression});'
        return f'ptx::put({to}, {expression});'

    def address(self, operand):
        m = re.fullmatch(r'\[\s*([^\s+\]]+)\s*(?:\+\s*(-?\w+))?\s*\]', operand)
        if not m:
            raise Refused('address ' + operand)
        return m[1], int(m[2] or '0', 0)

    def location(self, operand):
        """An address as a number."""
        base, offset = self.address(operand)
        return f'{self.value(base)} + ({offset})' if offset else self.value(base)

    def pointer(self, operand, space, type_, count=1):
        shape = f'<{CPP[type_]}, {count}>'
        if space == 'shared':
            return f'shared.at{shape}({self.location(operand)}, HERE)'
        return f'ptx::memory{shape}({self.location(operand)}, HERE)'
