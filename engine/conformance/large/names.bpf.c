/* Answers questions about names in XDP: reads the question's labels byte by byte, the options of a TCP connection and the
 * server's name in a TLS greeting. Loops that end by a bound and by what the packet says. */
#include "large.h"

enum { NAME = 48, LABELS = 3, OPTIONS = 10, EXTENSIONS = 3, CIPHERS = 40 };

struct name {
	__u8 text[64];
};

struct rule {
	__u32 action;
	__be32 address;
	__u64 hits;
};

struct seen {
	__u64 first, last;
	__u16 mss;
	__u8 scale, sack, options, pad[3];
};

struct scratch {
	struct name name, key;
	__u32 length, labels, hash, behind;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct name);
	__type(value, struct rule);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __be32);
	__type(value, struct seen);
} clients SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

__inline_it void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counts, &what);
	if (n)
		__sync_fetch_and_add(n, 1);
}

__inline_it __u8 lower(__u8 c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Copies the name of a question in lower case, with dots between its labels. */
static __noinline int read_name(struct xdp_md *ctx, struct scratch *to, __u32 off)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 left = 0, n = 0, hash = 5381;

	if (!to || off > 256)
		return 0;
	__u8 *at = data + off;
	to->labels = 0;
	for (int i = 0; i < NAME; i++) {
		if ((void *)(at + 1) > end)
			return 0;
		__u8 c = *at++;
		if (left == 0) {
			if (c == 0) {
				to->length = n;
				to->hash = hash;
				to->behind = off + i + 1;
				return 1;
			}
			if (c > 63)
				return 0;
			left = c;
			to->labels++;
			if (to->labels > LABELS)
				return 0;
			if (n == 0)
				continue;
			c = '.';
		} else {
			left--;
			c = lower(c);
		}
		to->name.text[n & 63] = c;
		hash = hash * 33 ^ c;
		n++;
	}
	return 0;
}

struct question {
	__be16 type, class;
};

struct dnshdr {
	__be16 id;
	__u16 flags;
	__be16 questions, answers, authorities, additional;
};

/* Looks for the whole name, then for what is behind each of its dots. */
static __noinline int find_rule(struct scratch *from, __be32 *address)
{
	__u32 begin = 0;

	if (!from || !address)
		return 0;
	for (int label = 0; label < 2; label++) {
		__builtin_memset(&from->key, 0, sizeof(from->key));
		for (int i = 0; i < NAME; i++) {
			__u32 at = begin + i;
			if (at >= from->length || at >= NAME)
				break;
			from->key.text[i] = from->name.text[at];
		}
		struct rule *rule = bpf_map_lookup_elem(&rules, &from->key);
		if (rule) {
			__sync_fetch_and_add(&rule->hits, 1);
			*address = rule->address;
			return rule->action;
		}
		for (int i = 0; i < 24; i++) {
			if (begin >= from->length || begin >= NAME)
				return 0;
			if (from->name.text[begin++] == '.')
				break;
		}
	}
	return 0;
}

static __noinline int answer_dns(struct xdp_md *ctx, __u32 off)
{
	__u32 zero = 0;
	__be32 address = 0;
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &zero);

	if (!scratch || off > 128)
		return XDP_PASS;
	struct dnshdr *dns = data + off;
	if ((void *)(dns + 1) > end || dns->questions != htons(1) || dns->flags & htons(0x8000))
		return XDP_PASS;
	__builtin_memset(&scratch->name, 0, sizeof(scratch->name));
	if (!read_name(ctx, scratch, off + sizeof(*dns)))
		return XDP_PASS;
	__u32 behind = scratch->behind;
	if (behind > 512)
		return XDP_PASS;
	struct question *question = data + behind;
	if ((void *)(question + 1) > end)
		return XDP_PASS;
	if (question->class != htons(1) || (question->type != htons(1) && question->type != htons(28)))
		return XDP_PASS;
	int action = find_rule(scratch, &address);
	count(action & 255);
	if (action == 2) {
		dns->flags |= htons(0x8183);
		return XDP_TX;
	}
	return action == 1 ? XDP_DROP : XDP_PASS;
}

/* Kind, length, value: each option says how far the next one is. */
static __noinline int read_options(struct xdp_md *ctx, struct seen *seen, __u32 off, __u32 bytes)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (!seen || off > 256 || bytes > 40)
		return -1;
	__u8 *at = data + off;
	__u32 pos = 0;
	for (int i = 0; i < OPTIONS; i++) {
		if (pos >= bytes || pos > 40)
			return i;
		__u8 *option = at + pos;
		if ((void *)(option + 1) > end)
			return -1;
		__u8 kind = option[0];
		if (kind == 0)
			return i;
		if (kind == 1) {
			pos++;
			continue;
		}
		if ((void *)(option + 2) > end)
			return -1;
		__u8 length = option[1];
		if (length < 2 || length > 40)
			return -1;
		if (kind == 2 && length == 4) {
			if ((void *)(option + 4) > end)
				return -1;
			seen->mss = option[2] << 8 | option[3];
		} else if (kind == 3 && length == 3) {
			if ((void *)(option + 3) > end)
				return -1;
			seen->scale = option[2] & 15;
		} else if (kind == 4) {
			seen->sack = 1;
		}
		pos += length;
	}
	return OPTIONS;
}

/* The server's name in a TLS greeting: behind the session, the ciphers and other extensions. */
static __noinline int read_greeting(struct xdp_md *ctx, struct scratch *to, __u32 off)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (!to || off > 256)
		return 0;
	__u8 *at = data + off;
	if ((void *)(at + 44) > end || at[0] != 0x16 || at[5] != 1)
		return 0;
	__u32 pos = 44 + (at[43] & 31);
	if ((void *)(at + pos + 2) > end)
		return 0;
	__u32 ciphers = at[pos] << 8 | at[pos + 1];
	if (ciphers > 2 * CIPHERS)
		return 0;
	pos += 2 + ciphers;
	if ((void *)(at + pos + 1) > end)
		return 0;
	pos += 1 + (at[pos] & 3) + 2;
	for (int i = 0; i < EXTENSIONS; i++) {
		if (pos > 1024)
			return 0;
		__u8 *extension = at + pos;
		if ((void *)(extension + 9) > end)
			return 0;
		__u32 length = extension[2] << 8 | extension[3];
		if (extension[0] == 0 && extension[1] == 0) {
			__u32 n = extension[7] << 8 | extension[8];
			if (n == 0 || n > 63)
				return 0;
			extension += 9;
			for (int k = 0; k < 63; k++) {
				if (k >= n)
					break;
				if ((void *)(extension + k + 1) > end)
					return 0;
				to->name.text[k] = lower(extension[k]);
			}
			to->length = n;
			return n;
		}
		if (length > 512)
			return 0;
		pos += 4 + length;
	}
	return 0;
}

SEC("xdp")
int names(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__u32 zero = 0;

	if ((void *)(eth + 1) > end || eth->proto != htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->ihl < 5)
		return XDP_PASS;
	__u32 off = sizeof(*eth) + ip->ihl * 4;
	if (ip->protocol == IPPROTO_UDP) {
		struct udphdr *udp = data + off;
		if ((void *)(udp + 1) > end)
			return XDP_PASS;
		if (udp->dest == htons(53))
			return answer_dns(ctx, off + sizeof(*udp));
		return XDP_PASS;
	}
	if (ip->protocol != IPPROTO_TCP)
		return XDP_PASS;
	struct tcphdr *tcp = data + off;
	if ((void *)(tcp + 1) > end || tcp->doff < 5)
		return XDP_PASS;
	__be32 client = ip->saddr;
	if (tcp->syn) {
		struct seen seen = { .first = bpf_ktime_get_ns() };
		int options = read_options(ctx, &seen, off + sizeof(*tcp), (tcp->doff - 5) * 4);
		if (options < 0)
			return XDP_DROP;
		seen.options = options;
		bpf_map_update_elem(&clients, &client, &seen, BPF_ANY);
		return XDP_PASS;
	}
	struct seen *seen = bpf_map_lookup_elem(&clients, &client);
	if (!seen)
		return XDP_PASS;
	seen->last = bpf_ktime_get_ns();
	if (tcp->dest == htons(443) && tcp->psh) {
		struct scratch *scratch = bpf_map_lookup_elem(&scratches, &zero);
		__be32 address = 0;
		if (!scratch)
			return XDP_PASS;
		__builtin_memset(&scratch->name, 0, sizeof(scratch->name));
		if (read_greeting(ctx, scratch, off + tcp->doff * 4) && find_rule(scratch, &address) == 1)
			return XDP_DROP;
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
