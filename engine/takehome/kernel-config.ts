// Configuration of the smallest Linux 6.1 in which the take-home runs: tinyconfig and the symbols below. It builds in minutes.

/** Symbols to set after `make tinyconfig`, each with its reason. */
const CONFIG: readonly (readonly [symbol: string, value: string, why: string])[] = [
  ["64BIT", "y", "bpf(2) as on the machines people have"],
  ["PRINTK", "y", "messages"],
  ["TTY", "y", "a console"],
  ["SERIAL_8250", "y", "the console is the serial port of QEMU"],
  ["SERIAL_8250_CONSOLE", "y", "the console is the serial port of QEMU"],
  ["BLK_DEV_INITRD", "y", "the root file system is an initramfs"],
  ["BINFMT_ELF", "y", "programs"],
  ["BINFMT_SCRIPT", "y", "/init is a script"],
  ["MULTIUSER", "y", "capabilities"],
  ["FUTEX", "y", "C libraries"],
  ["SHMEM", "y", "tmpfs"],
  ["PROC_FS", "y", "/proc"],
  ["SYSFS", "y", "the module's file is there"],
  ["DEVTMPFS", "y", "/dev"],
  ["MODULES", "y", "the module"],
  ["MODULE_UNLOAD", "y", "rmmod"],
  ["NET", "y", "socket filters, to compare with"],
  ["INET", "y", "packet programs, to compare with"],
  ["BPF", "y", "the interpreter"],
  ["BPF_SYSCALL", "y", "bpf(2)"],
  ["PERF_EVENTS", "y", "bpf_trace_printk needs tracing"],
  ["FTRACE", "y", "bpf_trace_printk needs tracing"],
  ["KPROBES", "y", "bpf_trace_printk needs tracing"],
  ["KPROBE_EVENTS", "y", "bpf_trace_printk needs tracing"],
  ["BPF_EVENTS", "y", "bpf_trace_printk"],
  ["WERROR", "n", "Debian's compiler is newer than the tree"],
];

export const configFragment = (): string =>
  `${CONFIG.map(([symbol, value, why]) => `# ${why}\n${value === "n" ? `# CONFIG_${symbol} is not set` : `CONFIG_${symbol}=${value}`}`).join("\n")}\n`;
