// A small C program that runs a scenario inside the booted kernel. It reads one call per line and prints one JSON line per call.
// With it the simulation is compared with a real kernel.
//
//   load PROG_TYPE ATTACH_TYPE HEX     BPF_PROG_LOAD with log level 1. HEX: the instructions
//   attach ATTACH_TYPE [bad]           BPF_PROG_ATTACH of the program that was loaded last (`bad`: of descriptor 999)
//   detach ATTACH_TYPE
//   write HEX [PATH]                   one write(2) to the file. Without PATH: to the file that runs the program
//   read [PATH]                        one read(2) of the file
import type { KernelDefinition } from "../kernel/definition.ts";

export const replaySource = (definition: KernelDefinition): string => `// SPDX-License-Identifier: GPL-2.0-only
/* Runs the calls on standard input and prints what the kernel answered, a JSON line each. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILE_PATH "${definition.attribute.path}"

static unsigned char bytes[1 << 20];
static char line[1 << 21], log_text[1 << 20];
static int prog = -1;

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

static size_t unhex(const char *text)
{
	size_t n = 0;
	unsigned int byte;

	while (sscanf(text + 2 * n, "%2x", &byte) == 1)
		bytes[n++] = byte;
	return n;
}

static void json_string(const char *name, const char *text, size_t length)
{
	printf(",\\"%s\\":\\"", name);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = text[i];

		if (c < 32 || c == '"' || c == '\\\\' || c > 126)
			printf("\\\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void answer(const char *op, long ret)
{
	printf("{\\"op\\":\\"%s\\",\\"ret\\":%ld,\\"errno\\":%d", op, ret, ret < 0 ? errno : 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		union bpf_attr attr;
		char *op = strtok(line, " \\n"), *a = strtok(NULL, " \\n"), *b = strtok(NULL, " \\n"), *c = strtok(NULL, " \\n");
		long ret;

		memset(&attr, 0, sizeof(attr));
		if (!op)
			continue;
		if (!strcmp(op, "load")) {
			log_text[0] = 0;
			attr.prog_type = atoi(a);
			attr.expected_attach_type = atoi(b);
			attr.insn_cnt = unhex(c ? c : "") / 8;
			attr.insns = (uintptr_t)bytes;
			attr.license = (uintptr_t)"GPL";
			attr.log_level = 1;
			attr.log_buf = (uintptr_t)log_text;
			attr.log_size = sizeof(log_text);
			ret = bpf(BPF_PROG_LOAD, &attr);
			answer(op, ret < 0 ? -1 : 0);
			json_string("log", log_text, strlen(log_text));
			if (ret >= 0)
				prog = ret;
		} else if (!strcmp(op, "attach")) {
			attr.attach_bpf_fd = b ? 999 : prog;
			attr.attach_type = atoi(a);
			answer(op, bpf(BPF_PROG_ATTACH, &attr));
		} else if (!strcmp(op, "detach")) {
			attr.attach_type = atoi(a);
			answer(op, bpf(BPF_PROG_DETACH, &attr));
		} else if (!strcmp(op, "write")) {
			size_t n = unhex(a && strcmp(a, "-") ? a : "");
			int fd = open(b ? b : FILE_PATH, O_WRONLY);

			answer(op, fd < 0 ? -1 : write(fd, bytes, n));
			close(fd);
		} else if (!strcmp(op, "read")) {
			int fd = open(a ? a : FILE_PATH, O_RDONLY);

			ret = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
			answer(op, ret);
			json_string("data", (char *)bytes, ret < 0 ? 0 : ret);
			close(fd);
		} else {
			answer(op, -1);
		}
		puts("}");
	}
	return 0;
}
`;
