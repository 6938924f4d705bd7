// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the page's Linux, and its only program beside busybox: makes the file systems, loads the talk's module where
 * there is one, keeps a shell on the first serial line, and makes the system calls that are asked for over the second.
 * What goes over that line is written in PROTOCOL.md. Freestanding: gcc -m32 -static -nostdlib.
 *
 * Called as `loader` it loads and attaches the program in /root/program, for the shell.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;

enum { /* i386 */
	SYS_exit = 1, SYS_fork = 2, SYS_read = 3, SYS_write = 4, SYS_open = 5, SYS_close = 6, SYS_execve = 11, SYS_mount = 21,
	SYS_mkdir = 39, SYS_dup2 = 63, SYS_setsid = 66, SYS_ioctl = 54, SYS_sethostname = 74, SYS_wait4 = 114,
	SYS_rt_sigaction = 174, SYS_mmap2 = 192, SYS_symlink = 83, SYS_chdir = 12, SYS_finit_module = 350, SYS_bpf = 357,
};
enum { O_RDWR = 2, TCGETS = 0x5401, TCSETS = 0x5402, TIOCSCTTY = 0x540e, SIGCHLD = 17 };

/* Where the host's buffers lie; pages that nothing wrote take no memory. */
enum { ARENA = 0x10000000, ARENA_BYTES = 20 << 20, FRAME_MAX = 4 << 20, RESULTS_MAX = 256, CHUNK = 4096 };
/* Steps of a request: PROTOCOL.md. */
enum { PUT = 1, CALL = 2, STORE = 3, GET = 4, TEXT = 5 };

long call6(long nr, long a, long b, long c, long d, long e, long f);
__asm__("call6:\n\tpushl %ebp\n\tpushl %ebx\n\tpushl %esi\n\tpushl %edi\n"
	"\tmovl 20(%esp), %eax\n\tmovl 24(%esp), %ebx\n\tmovl 28(%esp), %ecx\n\tmovl 32(%esp), %edx\n"
	"\tmovl 36(%esp), %esi\n\tmovl 40(%esp), %edi\n\tmovl 44(%esp), %ebp\n\tint $0x80\n"
	"\tpopl %edi\n\tpopl %esi\n\tpopl %ebx\n\tpopl %ebp\n\tret\n");
#define call(nr, a, b, c, d, e) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

void *memcpy(void *to, const void *from, unsigned n)
{
	u8 *t = to;
	const u8 *f = from;

	while (n--)
		*t++ = *f++;
	return to;
}
void *memset(void *at, int byte, unsigned n)
{
	u8 *p = at;

	while (n--)
		*p++ = byte;
	return at;
}
static u32 length(const char *text)
{
	u32 n = 0;

	while (text[n])
		n++;
	return n;
}

static void write_all(int fd, const void *bytes, u32 n)
{
	const u8 *p = bytes;

	while (n) {
		long done = call(SYS_write, fd, p, n, 0, 0);

		if (done <= 0)
			return;
		p += done;
		n -= done;
	}
}

static void say(const char *text)
{
	write_all(2, text, length(text));
}

/* Bytes as they are: no echo, no translation, no signals. */
static void make_raw(int fd)
{
	struct { u32 iflag, oflag, cflag, lflag; u8 line, cc[19]; } t;

	call(SYS_ioctl, fd, TCGETS, &t, 0, 0);
	t.iflag = t.oflag = t.lflag = 0;
	t.cc[6] = 1; /* VMIN */
	t.cc[5] = 0; /* VTIME */
	call(SYS_ioctl, fd, TCSETS, &t, 0, 0);
}

static char *const environment[] = { "PATH=/bin", "HOME=/root", "TERM=xterm-256color", "PS1=# ", 0 };

static void run(const char *file, char *const argv[])
{
	long pid = call(SYS_fork, 0, 0, 0, 0, 0);

	if (pid == 0) {
		call(SYS_execve, file, argv, environment, 0, 0);
		call(SYS_exit, 127, 0, 0, 0, 0);
	}
	call(SYS_wait4, pid, 0, 0, 0, 0);
}

/* A process that has a shell on the first serial line, and starts another when it ends. */
static void keep_shell(void)
{
	static char *const argv[] = { "sh", "-i", 0 };

	if (call(SYS_fork, 0, 0, 0, 0, 0))
		return;
	for (;;) {
		long pid = call(SYS_fork, 0, 0, 0, 0, 0);

		if (pid == 0) {
			int tty;

			call(SYS_setsid, 0, 0, 0, 0, 0);
			tty = call(SYS_open, "/dev/ttyS0", O_RDWR, 0, 0, 0);
			call(SYS_ioctl, tty, TIOCSCTTY, 1, 0, 0);
			for (int fd = 0; fd < 3; fd++)
				call(SYS_dup2, tty, fd, 0, 0, 0);
			if (tty > 2)
				call(SYS_close, tty, 0, 0, 0, 0);
			call(SYS_chdir, "/root", 0, 0, 0, 0);
			call(SYS_execve, "/bin/sh", argv, environment, 0, 0);
			call(SYS_exit, 127, 0, 0, 0, 0);
		}
		call(SYS_wait4, pid, 0, 0, 0, 0);
	}
}

static const struct { const char *at, *type; } mounts[] = {
	{ "/proc", "proc" }, { "/sys", "sysfs" }, { "/dev", "devtmpfs" }, { "/tmp", "tmpfs" },
	{ "/sys/fs/bpf", "bpf" }, { "/sys/fs/cgroup", "cgroup2" }, { "/sys/kernel/tracing", "tracefs" },
};

static void start(void)
{
	static char *const install[] = { "busybox", "--install", "-s", "/bin", 0 };
	/* SA_RESTART; SIG_IGN: children of others that end here leave nothing behind. */
	struct { u32 handler, flags, restorer, mask[2]; } ignore = { 1, 0x10000000, 0, { 0, 0 } };
	int module, fd;

	for (u32 i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		call(SYS_mkdir, mounts[i].at, 0755, 0, 0, 0);
		call(SYS_mount, mounts[i].type, mounts[i].at, mounts[i].type, 0, 0);
	}
	fd = call(SYS_open, "/dev/console", O_RDWR, 0, 0, 0);
	for (int to = 0; to < 3; to++)
		if (fd >= 0)
			call(SYS_dup2, fd, to, 0, 0, 0);
	if (fd > 2)
		call(SYS_close, fd, 0, 0, 0, 0);
	call(SYS_sethostname, "oreore", 6, 0, 0, 0);
	run("/bin/busybox", install);
	call(SYS_symlink, "/init", "/bin/loader", 0, 0, 0);
	module = call(SYS_open, "/module.ko", 0, 0, 0, 0);
	if (module >= 0) {
		if (call(SYS_finit_module, module, "", 0, 0, 0) < 0)
			say("init: the module could not be loaded\n");
		call(SYS_close, module, 0, 0, 0, 0);
	}
	keep_shell();
	call6(SYS_mmap2, ARENA, ARENA_BYTES, 3 /* read, write */, 0x32 /* private, fixed, anonymous */, -1, 0);
	call6(SYS_rt_sigaction, SIGCHLD, (long)&ignore, 0, 8, 0, 0);
}

static int line;
static u8 request[FRAME_MAX];
static s32 results[RESULTS_MAX];

/* Each chunk of a frame is acknowledged with a byte, so that the line's buffers never overflow. */
static void read_frame(u8 *to, u32 n)
{
	u32 at = 0;

	while (at < n) {
		u32 left = CHUNK - at % CHUNK;
		long got = call(SYS_read, line, to + at, n - at < left ? n - at : left, 0, 0);

		if (got <= 0)
			continue;
		at += got;
		if (at % CHUNK == 0 && at < n)
			write_all(line, "\6", 1);
	}
}

static u32 word(const u8 **p)
{
	u32 value = (*p)[0] | (*p)[1] << 8 | (*p)[2] << 16 | (u32)(*p)[3] << 24;

	*p += 4;
	return value;
}

/* What a GET or TEXT step gives: its length and its bytes. */
static void answer(u32 at, u32 n)
{
	write_all(line, &n, 4);
	write_all(line, (void *)(ARENA + at), n);
}

static void do_steps(const u8 *p, const u8 *end)
{
	u32 made = 0;

	while (p < end) {
		u8 op = *p++;
		u32 at, n, args[6], references;
		u8 *to;

		switch (op) {
		case PUT:
			at = word(&p);
			n = word(&p);
			memcpy((void *)(ARENA + at), p, n);
			p += n;
			break;
		case CALL:
			n = word(&p);
			references = *p++;
			for (int i = 0; i < 6; i++) {
				args[i] = word(&p);
				if (references >> i & 1)
					args[i] = results[args[i]];
			}
			results[made] = call6(n, args[0], args[1], args[2], args[3], args[4], args[5]);
			write_all(line, &results[made++], 4);
			break;
		case STORE:
			to = (u8 *)ARENA + word(&p);
			n = results[word(&p)];
			memcpy(to, &n, 4);
			break;
		case GET:
			at = word(&p);
			answer(at, word(&p));
			break;
		case TEXT:
			at = word(&p);
			n = word(&p);
			to = (u8 *)ARENA + at;
			for (u32 i = 0; i < n; i++)
				if (!to[i])
					n = i;
			answer(at, n);
			break;
		default:
			return;
		}
	}
}

/* `loader [FILE]`: the program in the file (struct bpf_insn after struct bpf_insn) as the talk's type. */
static void loader(const char *path)
{
	static u8 insns[1 << 16], log[1 << 16];
	static u32 attr[38];
	long file = call(SYS_open, path, 0, 0, 0, 0), n, prog;

	if (file < 0) {
		say("loader: no program in ");
		say(path);
		say("; the page puts it there\n");
		call(SYS_exit, 1, 0, 0, 0, 0);
	}
	n = call(SYS_read, file, insns, sizeof(insns), 0, 0);
	attr[0] = 32; /* BPF_PROG_TYPE_OREORE */
	attr[1] = n / 8;
	attr[2] = (u32)insns;
	attr[4] = (u32) "GPL";
	attr[6] = 1;
	attr[7] = sizeof(log);
	attr[8] = (u32)log;
	attr[17] = 44; /* BPF_OREORE_ATTACH */
	prog = call(SYS_bpf, 5 /* BPF_PROG_LOAD */, attr, sizeof(attr), 0, 0);
	say((char *)log);
	if (prog < 0) {
		say("loader: refused\n");
		call(SYS_exit, 1, 0, 0, 0, 0);
	}
	memset(attr, 0, sizeof(attr));
	attr[1] = prog;
	attr[2] = 44;
	if (call(SYS_bpf, 8 /* BPF_PROG_ATTACH */, attr, 16, 0, 0) < 0) {
		say("loader: loaded, but not attached\n");
		call(SYS_exit, 1, 0, 0, 0, 0);
	}
	say("loader: loaded and attached\n");
	call(SYS_exit, 0, 0, 0, 0, 0);
}

__attribute__((used)) void begin(long *stack)
{
	long argc = stack[0];
	char **argv = (char **)(stack + 1);
	const u8 *p;
	u8 head[4];
	const char *name = argv[0];

	for (const char *c = argv[0]; *c; c++)
		if (*c == '/')
			name = c + 1;
	if (name[0] == 'l')
		loader(argc > 1 ? argv[1] : "/root/program");

	start();
	line = call(SYS_open, "/dev/ttyS1", O_RDWR, 0, 0, 0);
	make_raw(line);
	write_all(line, "ready", 5);
	for (;;) {
		u32 n;

		read_frame(head, 4);
		p = head;
		n = word(&p);
		if (n > FRAME_MAX)
			continue;
		read_frame(request, n);
		do_steps(request, request + n);
		write_all(line, "\4", 1); /* end of the answer */
	}
}

__asm__(".globl _start\n_start:\n\tmovl %esp, %eax\n\tpushl %eax\n\tcall begin\n");
