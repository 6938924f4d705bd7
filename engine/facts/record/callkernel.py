"""Calls pure functions of the running kernel in an emulator: get_func_proto and is_valid_access of each program type.
Each is a switch over its arguments, and its machine code is the only complete record of its rules. Nothing runs in the
kernel itself. Needs the unicorn package (python3 -m pip install unicorn==2.1.4)."""
import struct

import unicorn
from unicorn import x86_const as x86

STACK, DATA, RETURN = 0x10000000, 0x20000000, 0x30000000
# Most instructions that one call may take. A search by name through all of the kernel's types takes millions.
LONGEST = 100_000_000
ARGS = [x86.UC_X86_REG_RDI, x86.UC_X86_REG_RSI, x86.UC_X86_REG_RDX, x86.UC_X86_REG_RCX, x86.UC_X86_REG_R8,
        x86.UC_X86_REG_R9]


class Emulator:
    """`answers`: {function name: return value}. These functions are not emulated, because their result depends on the process
    (its capabilities) and not on their arguments."""

    def __init__(self, memory, by_name, by_addr, answers):
        self.memory, self.by_addr = memory, by_addr
        self.answers = {by_name[n]: v for n, v in answers.items() if n in by_name}
        self.called = set()
        self.uc = uc = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)
        uc.mem_map(STACK, 0x10000)
        uc.mem_map(DATA, 0x20000)
        uc.mem_map(RETURN, 0x1000)
        uc.mem_map(0, 0x100000)  # accesses relative to %gs land here: data of the CPU and the process, all zeros
        uc.hook_add(unicorn.UC_HOOK_MEM_UNMAPPED, self._fault)
        uc.hook_add(unicorn.UC_HOOK_BLOCK, self._block)

    def _fault(self, uc, access, addr, size, value, _):
        page = addr & ~4095  # the emulator's physical addresses have 52 bits, so the upper 12 bits of a kernel address are lost
        content = self.memory.page(page | 0xfff << 52) if page >> 47 else None
        if content is None:
            return False
        uc.mem_map(page, 4096)
        uc.mem_write(page, content)
        return True

    def _block(self, uc, addr, size, _):
        if addr in self.answers:
            sp = uc.reg_read(x86.UC_X86_REG_RSP)
            ret, = struct.unpack("<Q", uc.mem_read(sp, 8))
            uc.reg_write(x86.UC_X86_REG_RSP, sp + 8)
            uc.reg_write(x86.UC_X86_REG_RAX, self.answers[addr])
            uc.reg_write(x86.UC_X86_REG_RIP, ret)
        elif addr in self.by_addr:
            self.called.add(self.by_addr[addr][0])

    def call(self, addr, *args):
        """-> the return value (rax)"""
        uc = self.uc
        sp = STACK + 0x8000
        uc.mem_write(sp, struct.pack("<Q", RETURN))
        uc.reg_write(x86.UC_X86_REG_RSP, sp)
        for reg, value in zip(ARGS, args):
            uc.reg_write(reg, value & (1 << 64) - 1)
        try:
            uc.emu_start(addr, RETURN, count=LONGEST)
        except unicorn.UcError as e:
            raise RuntimeError(f"{e} at {uc.reg_read(x86.UC_X86_REG_RIP):#x} in the call of {addr:#x}") from e
        if uc.reg_read(x86.UC_X86_REG_RIP) != RETURN:
            raise RuntimeError(f"call of {addr:#x} stands at {uc.reg_read(x86.UC_X86_REG_RIP):#x}")
        return uc.reg_read(x86.UC_X86_REG_RAX)
