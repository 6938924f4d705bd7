// Records the calls of bpf(2) that a program makes through syscall(2), as libbpf does: LD_PRELOAD=capture.so. Writes one JSON object a
// line to the file that CAPTURE names. Bytes that an attribute points to are in hex. Descriptors are the kernel's, so a reader can tell
// which map a load uses.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static FILE *out;

static void hex(const char *name, __u64 at, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)(unsigned long)at;
	if (!at || !size)
		return;
	fprintf(out, ",\"%s\":\"", name);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('"', out);
}

static void text(const char *name, const char *chars)
{
	if (!chars)
		return;
	fprintf(out, ",\"%s\":\"", name);
	for (; *chars; chars++) {
		unsigned char c = *chars;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

// The sizes of keys and values by descriptor: an update does not contain them.
static struct { unsigned key, value; unsigned type; } maps[4096];

static void created(int fd, const union bpf_attr *a)
{
	if (fd < 0 || fd >= 4096)
		return;
	maps[fd].key = a->key_size;
	maps[fd].value = a->value_size;
	maps[fd].type = a->map_type;
}

static void map_create(const union bpf_attr *a)
{
	fprintf(out, ",\"type\":%u,\"key_size\":%u,\"value_size\":%u,\"max_entries\":%u,\"flags\":%u,\"inner\":%u,\"btf\":%u,\"btf_key\":%u,\"btf_value\":%u,\"extra\":%llu",
		a->map_type, a->key_size, a->value_size, a->max_entries, a->map_flags, a->inner_map_fd, a->btf_fd,
		a->btf_key_type_id, a->btf_value_type_id, (unsigned long long)a->map_extra);
	char name[BPF_OBJ_NAME_LEN + 1] = "";
	memcpy(name, a->map_name, BPF_OBJ_NAME_LEN);
	text("name", name);
}

static void map_update(const union bpf_attr *a)
{
	unsigned fd = a->map_fd < 4096 ? a->map_fd : 0, per_cpu = 0;
	switch (maps[fd].type) {
	case BPF_MAP_TYPE_PERCPU_ARRAY: case BPF_MAP_TYPE_PERCPU_HASH: case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		per_cpu = 1;
	}
	fprintf(out, ",\"fd\":%u", a->map_fd);
	hex("key", a->key, maps[fd].key);
	if (!per_cpu)
		hex("value", a->value, maps[fd].value);
}

static void prog_load(const union bpf_attr *a)
{
	fprintf(out, ",\"type\":%u,\"attach_type\":%u,\"flags\":%u,\"btf\":%u,\"attach_btf_id\":%u,\"attach_prog_fd\":%u,\"kern_version\":%u,\"log_level\":%u",
		a->prog_type, a->expected_attach_type, a->prog_flags, a->prog_btf_fd, a->attach_btf_id, a->attach_prog_fd,
		a->kern_version, a->log_level);
	char name[BPF_OBJ_NAME_LEN + 1] = "";
	memcpy(name, a->prog_name, BPF_OBJ_NAME_LEN);
	text("name", name);
	text("license", (const char *)(unsigned long)a->license);
	hex("insns", a->insns, 8ul * a->insn_cnt);
	hex("func_info", a->func_info, (size_t)a->func_info_cnt * a->func_info_rec_size);
	hex("line_info", a->line_info, (size_t)a->line_info_cnt * a->line_info_rec_size);
	fprintf(out, ",\"line_info_size\":%u", a->line_info_rec_size);
}

long syscall(long number, ...)
{
	static long (*real)(long, ...);
	long arg[6];
	va_list list;
	if (!real)
		real = dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(list, long);
	va_end(list);
	long result = real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	int error = errno;
	if (number != SYS_bpf && number != SYS_dup3)
		return result;
	const char *path = getenv("CAPTURE");
	if (!out && path)
		out = fopen(path, "a");
	if (out && number == SYS_dup3) {
		// libbpf gives a map its final descriptor with dup3.
		fprintf(out, "{\"dup\":%ld,\"ret\":%ld}\n", arg[0], result);
		fflush(out);
		if (result >= 0 && result < 4096 && arg[0] >= 0 && arg[0] < 4096)
			maps[result] = maps[arg[0]];
	} else if (out) {
		union bpf_attr a;
		memset(&a, 0, sizeof a);
		memcpy(&a, (void *)arg[1], (size_t)arg[2] < sizeof a ? (size_t)arg[2] : sizeof a);
		fprintf(out, "{\"cmd\":%ld,\"ret\":%ld,\"errno\":%d", arg[0], result, result < 0 ? error : 0);
		switch (arg[0]) {
		case BPF_MAP_CREATE:
			map_create(&a);
			created(result, &a);
			break;
		case BPF_MAP_UPDATE_ELEM:
			map_update(&a);
			break;
		case BPF_MAP_FREEZE:
			fprintf(out, ",\"fd\":%u", a.map_fd);
			break;
		case BPF_PROG_LOAD:
			prog_load(&a);
			if (a.log_buf && a.log_level)
				text("log", (const char *)(unsigned long)a.log_buf);
			break;
		case BPF_BTF_LOAD:
			hex("data", a.btf, a.btf_size);
			break;
		}
		fputs("}\n", out);
		fflush(out);
	}
	errno = error;
	return result;
}
