/* A profiler of an interpreter, at a probe in the kernel: finds the thread's state, walks its frames, reads the names of their
 * functions and files out of the process and counts the stack. Loops over what another program's memory says. */
#include "large.h"

enum { FRAMES = 40, FILES = 64, NAME = 32, VARS = 8, PROBES = 16 };

struct offsets {
	__u64 thread, frame, back, code, file, name, first_line, data, size, locals, type;
	__u32 string_kind, wide;
};

struct process {
	__u64 thread_state, tls_key;
	struct offsets off;
	__u32 version, flags;
};

struct symbol {
	char class[NAME];
	char name[NAME];
	char file[FILES];
	__u32 line, pad;
};

struct variable {
	__u32 kind, length;
	__u64 value;
	char text[FILES];
};

struct sample {
	__u32 pid, tid, length, flags;
	char comm[16];
	__s32 frames[FRAMES];
	struct variable vars[VARS];
};

struct state {
	struct sample sample;
	struct symbol symbol;
	struct offsets off;
	__u64 frame, cpu;
	__u32 next, lost;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct process);
} processes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} states SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct symbol);
	__type(value, __s32);
} symbols SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct sample);
	__type(value, __u64);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} failures SEC(".maps");

__inline_it void failed(__u32 why)
{
	__u64 *n = bpf_map_lookup_elem(&failures, &why);
	if (n)
		__sync_fetch_and_add(n, 1);
}

__inline_it __u64 word_at(__u64 address)
{
	__u64 word = 0;
	if (bpf_probe_read_user(&word, sizeof(word), (void *)address))
		return 0;
	return word;
}

/* Counted from the interpreter's start, odd for those that this processor gave; 0 where the table is full. */
__inline_it __s32 symbol_number(struct state *state)
{
	__s32 *known = bpf_map_lookup_elem(&symbols, &state->symbol);
	if (known)
		return *known;
	__s32 number = state->next++ * 64 + (state->cpu & 63);
	if (bpf_map_update_elem(&symbols, &state->symbol, &number, BPF_NOEXIST) < 0) {
		failed(1);
		return 0;
	}
	return number;
}

__inline_it int read_text(char *to, __u32 room, __u64 object, struct offsets *off)
{
	__u64 bytes = word_at(object + off->size);
	if (bytes > room - 1)
		bytes = room - 1;
	long got = bpf_probe_read_user_str(to, room, (void *)(object + off->data));
	if (got < 0) {
		failed(2);
		to[0] = 0;
		return 0;
	}
	return got;
}

__inline_it int read_symbol(struct state *state, __u64 code)
{
	struct offsets *off = &state->off;
	__u64 file = word_at(code + off->file);
	__u64 name = word_at(code + off->name);

	__builtin_memset(&state->symbol, 0, sizeof(state->symbol));
	if (!file || !name)
		return 0;
	int n = read_text(state->symbol.file, FILES, file, off);
	n += read_text(state->symbol.name, NAME, name, off);
	__u64 locals = word_at(state->frame + off->locals);
	if (locals) {
		__u64 type = word_at(locals + off->type);
		if (type)
			n += read_text(state->symbol.class, NAME, type + 24, off);
	}
	bpf_probe_read_user(&state->symbol.line, 4, (void *)(code + off->first_line));
	return n;
}

__inline_it int is_self(const char *name)
{
	return name[0] == '_' && name[1] == '_' && name[2] == 's' && name[3] == 'e' && name[4] == 'l' && name[5] == 'f';
}

__inline_it void walk_frames(struct state *state)
{
	struct offsets *off = &state->off;
	for (int i = 0; i < FRAMES; i++) {
		if (!state->frame)
			return;
		__u64 code = word_at(state->frame + off->code);
		if (!code) {
			failed(3);
			return;
		}
		if (read_symbol(state, code) > 2 && !is_self(state->symbol.name)) {
			__u32 at = state->sample.length;
			if (at < FRAMES) {
				state->sample.frames[at] = symbol_number(state);
				state->sample.length = at + 1;
			}
		} else {
			state->lost++;
		}
		__u64 back = word_at(state->frame + off->back);
		if (back == state->frame)
			return;
		state->frame = back;
	}
	state->sample.flags |= 1;
}

/* A value that the process published for profilers: a number, a text or a table to look in. */
__inline_it void read_variable(struct variable *to, __u64 address, struct offsets *off)
{
	__u64 header[2] = {};

	to->kind = 0;
	to->length = 0;
	if (!address || bpf_probe_read_user(header, sizeof(header), (void *)address))
		return;
	__u32 kind = header[0] & 7;
	if (kind == 1) {
		to->kind = kind;
		to->value = header[1];
	} else if (kind == 2) {
		__u32 length = header[0] >> 32;
		if (length > FILES)
			length = FILES;
		if (bpf_probe_read_user(to->text, length, (void *)header[1]))
			return;
		to->kind = kind;
		to->length = length;
		__u32 hash = 17;
		for (int i = 0; i < FILES; i++) {
			if (i >= length)
				break;
			char c = to->text[i];
			if (c >= 'A' && c <= 'Z')
				to->text[i] = c + 32;
			else if (c < 32)
				to->text[i] = '?';
			hash = hash * 31 + c;
		}
		to->value = hash;
	} else if (kind == 3) {
		__u64 wanted = header[0] >> 32;
		__u64 at = header[1];
		for (int i = 0; i < PROBES; i++) {
			__u64 entry[2];
			if (bpf_probe_read_user(entry, sizeof(entry), (void *)at))
				return;
			if (entry[0] == 0)
				return;
			if (entry[0] == wanted) {
				to->kind = kind;
				to->value = entry[1];
				return;
			}
			at += sizeof(entry);
		}
	}
}

__inline_it void read_variables(struct state *state, __u64 thread)
{
	__u64 table = word_at(thread + 128);
	if (!table)
		return;
	for (int i = 0; i < VARS; i++) {
		__u64 address = word_at(table + 8 * i);
		if (!address)
			continue;
		read_variable(&state->sample.vars[i], address, &state->off);
	}
}

SEC("kprobe/do_nanosleep")
int profile(struct pt_regs *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 pid = id >> 32, zero = 0;
	struct process *process = bpf_map_lookup_elem(&processes, &pid);
	if (!process)
		return 0;
	struct state *state = bpf_map_lookup_elem(&states, &zero);
	if (!state)
		return 0;

	state->off = process->off;
	state->cpu = bpf_get_smp_processor_id();
	state->lost = 0;
	__builtin_memset(&state->sample, 0, sizeof(state->sample));
	state->sample.pid = pid;
	state->sample.tid = id;
	bpf_get_current_comm(state->sample.comm, sizeof(state->sample.comm));
	__u64 thread = word_at(process->thread_state);
	if (!thread) {
		failed(4);
		return 0;
	}
	if (process->flags & 1)
		thread = word_at(thread + process->off.thread);
	state->frame = word_at(thread + process->off.frame);
	walk_frames(state);
	if (process->flags & 2)
		read_variables(state, thread);
	__u64 one = 1;
	__u64 *times = bpf_map_lookup_elem(&samples, &state->sample);
	if (times)
		__sync_fetch_and_add(times, 1);
	else
		bpf_map_update_elem(&samples, &state->sample, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
