// Loads each program of an object alone through libbpf, as veristat does: load FILE.o [LOG_LEVEL]. Before each program it writes one JSON
// line to standard output, or to the file that CAPTURE names. capture.so records what libbpf then does. The exit code is 0 unless the
// object cannot be opened.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char said[1 << 16];

static int print(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t at = strlen(said);
	if (level <= LIBBPF_WARN && at < sizeof said - 1)
		vsnprintf(said + at, sizeof said - at, format, args);
	return 0;
}

static void quote(FILE *out, const char *chars)
{
	fputc('"', out);
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

static void say(const char *what, const char *name, int value)
{
	const char *path = getenv("CAPTURE");
	FILE *out = path ? fopen(path, "a") : stdout;
	if (!out)
		return;
	fprintf(out, "{\"%s\":", what);
	quote(out, name);
	fprintf(out, ",\"value\":%d}\n", value);
	path ? fclose(out) : fflush(out);
}

int main(int argc, char **argv)
{
	int level = argc > 2 ? atoi(argv[2]) : 2;
	static char log[16 << 20];
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	libbpf_set_print(print);
	struct bpf_object *first = bpf_object__open_file(argv[1], &opts);
	if (!first) {
		say("unopened", said, 0);
		return 1;
	}
	struct bpf_program *named, *prog;
	bpf_object__for_each_program(named, first) {
		const char *name = bpf_program__name(named);
		said[0] = 0;
		struct bpf_object *object = bpf_object__open_file(argv[1], &opts);
		if (!object)
			continue;
		say("program", name, bpf_program__autoload(named));
		bpf_object__for_each_program(prog, object) {
			int wanted = !strcmp(bpf_program__name(prog), name);
			bpf_program__set_autoload(prog, wanted);
			if (wanted && level) {
				bpf_program__set_log_buf(prog, log, sizeof log);
				bpf_program__set_log_level(prog, level);
			}
		}
		struct bpf_map *map;
		bpf_object__for_each_map(map, object) {
			// Ignore maps that another program has pinned.
			bpf_map__set_pin_path(map, NULL);
		}
		int err = bpf_object__load(object);
		say("loaded", said, err);
		bpf_object__close(object);
	}
	bpf_object__close(first);
	return 0;
}
