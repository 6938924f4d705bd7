/* A balancer of connections in XDP: finds the service of a packet, picks a server for its flow and sends it on in a packet
 * around it. IPv4 and IPv6, TCP, UDP, QUIC and the errors of ICMP that speak of a flow. */
#include "large.h"

struct address {
	__be32 word[4];
};

struct flow {
	struct address src, dst;
	__be16 ports[2];
	__u8 proto, is6, flags, hop;
};

struct service_key {
	struct address address;
	__be16 port;
	__u8 proto, pad;
};

struct service {
	__u32 number, flags;
};

struct server {
	struct address address;
	__u32 flags;
	__u8 mac[6], pad[2];
};

struct picked {
	__u32 server;
	__u32 pad;
	__u64 at;
};

struct count {
	__u64 packets, bytes;
};

enum { SERVICES = 512, SERVERS = 4096, RING = 65537 };
enum { HASH_NO_SRC_PORT = 1, NO_TABLE = 2, IS_QUIC = 4, HASH_DST_PORT = 8 };
enum { FROM_ERROR = 1, IS_SYN = 2, IS_RST = 4 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SERVICES);
	__type(key, struct service_key);
	__type(value, struct service);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SERVERS);
	__type(key, __u32);
	__type(value, struct server);
} servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * RING);
	__type(key, __u32);
	__type(value, __u32);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct flow);
	__type(value, struct picked);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} quic_servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2 * SERVICES);
	__type(key, __u32);
	__type(value, struct count);
} service_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SERVERS);
	__type(key, __u32);
	__type(value, struct count);
} server_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct server);
} ours SEC(".maps");

__inline_it int is_there(void *from, __u32 bytes, void *end)
{
	return from + bytes <= end;
}

__inline_it void add(void *map, __u32 key, __u64 bytes)
{
	struct count *count = bpf_map_lookup_elem(map, &key);
	if (!count)
		return;
	count->packets++;
	count->bytes += bytes;
}

__inline_it __u32 hash_of(struct flow *flow, int with_port)
{
	__u32 a = 0xdeadbeef, b = a, c = a;
	__u32 src = jhash_3words(flow->src.word[0], flow->src.word[1], flow->src.word[2], flow->src.word[3]);
	if (flow->is6) {
		a += flow->src.word[0];
		b += flow->src.word[1];
		c += flow->src.word[2];
		JHASH_MIX(a, b, c);
		a += flow->src.word[3];
	} else {
		a += flow->src.word[0];
	}
	b += with_port ? *(__u32 *)flow->ports : flow->ports[1];
	c += src;
	JHASH_FINAL(a, b, c);
	return c;
}

__inline_it __u16 folded(__u64 sum)
{
#pragma unroll
	for (int i = 0; i < 4; i++)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* TCP's header, or that of a packet that an error of ICMP quotes. */
__inline_it int parse_tcp(void *at, void *end, struct flow *flow)
{
	struct tcphdr *tcp = at;
	if (!is_there(tcp, sizeof(*tcp), end))
		return 0;
	if (tcp->syn)
		flow->flags |= IS_SYN;
	if (tcp->rst)
		flow->flags |= IS_RST;
	if (flow->flags & FROM_ERROR) {
		flow->ports[0] = tcp->dest;
		flow->ports[1] = tcp->source;
	} else {
		flow->ports[0] = tcp->source;
		flow->ports[1] = tcp->dest;
	}
	return 1;
}

__inline_it int parse_udp(void *at, void *end, struct flow *flow)
{
	struct udphdr *udp = at;
	if (!is_there(udp, sizeof(*udp), end))
		return 0;
	if (flow->flags & FROM_ERROR) {
		flow->ports[0] = udp->dest;
		flow->ports[1] = udp->source;
	} else {
		flow->ports[0] = udp->source;
		flow->ports[1] = udp->dest;
	}
	return 1;
}

__inline_it int parse_ports(void *at, void *end, struct flow *flow)
{
	if (flow->proto == IPPROTO_TCP)
		return parse_tcp(at, end, flow);
	if (flow->proto == IPPROTO_UDP)
		return parse_udp(at, end, flow);
	return 0;
}

/* An error quotes the packet that we sent: its source is the service. */
__inline_it int parse_quoted4(void *at, void *end, struct flow *flow)
{
	struct iphdr *ip = at;
	if (!is_there(ip, sizeof(*ip), end) || ip->ihl != 5)
		return 0;
	flow->flags |= FROM_ERROR;
	flow->proto = ip->protocol;
	flow->src.word[0] = ip->daddr;
	flow->dst.word[0] = ip->saddr;
	return parse_ports(ip + 1, end, flow);
}

__inline_it int parse_quoted6(void *at, void *end, struct flow *flow)
{
	struct ip6hdr *ip = at;
	if (!is_there(ip, sizeof(*ip), end))
		return 0;
	flow->flags |= FROM_ERROR;
	flow->proto = ip->nexthdr;
	__builtin_memcpy(&flow->src, ip->daddr, 16);
	__builtin_memcpy(&flow->dst, ip->saddr, 16);
	return parse_ports(ip + 1, end, flow);
}

__inline_it int parse4(void *at, void *end, struct flow *flow, __u32 *bytes)
{
	struct iphdr *ip = at;
	if (!is_there(ip, sizeof(*ip), end) || ip->ihl != 5 || ip->frag_off & htons(0x3fff))
		return 0;
	*bytes = htons(ip->tot_len);
	flow->hop = ip->ttl;
	flow->proto = ip->protocol;
	flow->src.word[0] = ip->saddr;
	flow->dst.word[0] = ip->daddr;
	at = ip + 1;
	if (flow->proto == IPPROTO_ICMP) {
		struct icmphdr *icmp = at;
		if (!is_there(icmp, sizeof(*icmp), end) || icmp->type != 3)
			return 0;
		return parse_quoted4(icmp + 1, end, flow);
	}
	return parse_ports(at, end, flow);
}

__inline_it int parse6(void *at, void *end, struct flow *flow, __u32 *bytes)
{
	struct ip6hdr *ip = at;
	if (!is_there(ip, sizeof(*ip), end))
		return 0;
	*bytes = htons(ip->payload_len) + sizeof(*ip);
	flow->is6 = 1;
	flow->hop = ip->hop_limit;
	flow->proto = ip->nexthdr;
	__builtin_memcpy(&flow->src, ip->saddr, 16);
	__builtin_memcpy(&flow->dst, ip->daddr, 16);
	at = ip + 1;
	if (flow->proto == IPPROTO_ICMPV6) {
		struct icmphdr *icmp = at;
		if (!is_there(icmp, sizeof(*icmp), end) || (icmp->type != 1 && icmp->type != 2))
			return 0;
		return parse_quoted6(icmp + 1, end, flow);
	}
	return parse_ports(at, end, flow);
}

/* The server that a QUIC connection's identifier names. */
__inline_it int quic_server(void *at, void *end, __u32 *server)
{
	__u8 *first = at + sizeof(struct udphdr);
	__u8 *id;
	if (!is_there(first, 1, end))
		return 0;
	if (*first & 0x80) {
		__u8 *lengths = first + 5;
		if (!is_there(first, 14, end) || *lengths < 8 || (*first & 0x30) < 0x20)
			return 0;
		id = first + 6;
	} else {
		if (!is_there(first, 9, end))
			return 0;
		id = first + 1;
	}
	if (!is_there(id, 8, end))
		return 0;
	__u8 version = id[0] >> 6;
	__u32 number = 0;
	if (version == 1)
		number = (id[0] & 0x3f) << 10 | id[1] << 2 | id[2] >> 6;
	else if (version == 2)
		number = id[1] << 16 | id[2] << 8 | id[3];
	if (!number)
		return 0;
	__u32 *found = bpf_map_lookup_elem(&quic_servers, &number);
	if (!found || *found >= SERVERS)
		return 0;
	*server = *found;
	return 1;
}

__inline_it int from_ring(struct flow *flow, struct service *service, __u32 *server)
{
	__u32 hash = hash_of(flow, !(service->flags & HASH_NO_SRC_PORT));
	__u32 at = RING * (service->number & 1) + hash % RING;
	__u32 *found = bpf_map_lookup_elem(&rings, &at);
	if (!found || *found >= SERVERS)
		return 0;
	*server = *found;
	return 1;
}

__inline_it int wrap4(struct xdp_md *ctx, struct flow *flow, struct server *to, __u32 bytes)
{
	__u32 zero = 0;
	struct server *from = bpf_map_lookup_elem(&ours, &zero);
	if (!from || bpf_xdp_adjust_head(ctx, 0 - (int)sizeof(struct iphdr)))
		return XDP_DROP;
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct ethhdr *old = data + sizeof(struct iphdr);
	struct iphdr *ip = data + sizeof(*eth);
	if (!is_there(old, sizeof(*old), end) || !is_there(ip, sizeof(*ip), end))
		return XDP_DROP;
	__builtin_memcpy(eth->source, old->dest, 6);
	__builtin_memcpy(eth->dest, to->mac, 6);
	eth->proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = 5;
	ip->tos = 0;
	ip->id = 0;
	ip->frag_off = 0;
	ip->ttl = 64;
	ip->protocol = flow->is6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	ip->tot_len = htons(bytes + sizeof(*ip));
	ip->saddr = from->address.word[0] ^ (flow->ports[0] & 0xffff);
	ip->daddr = to->address.word[0];
	ip->check = 0;
	__u64 sum = 0;
	__u16 *word = (__u16 *)ip;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += word[i];
	ip->check = folded(sum);
	return XDP_TX;
}

__inline_it int wrap6(struct xdp_md *ctx, struct flow *flow, struct server *to, __u32 bytes)
{
	__u32 one = 1;
	struct server *from = bpf_map_lookup_elem(&ours, &one);
	if (!from || bpf_xdp_adjust_head(ctx, 0 - (int)sizeof(struct ip6hdr)))
		return XDP_DROP;
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct ethhdr *old = data + sizeof(struct ip6hdr);
	struct ip6hdr *ip = data + sizeof(*eth);
	if (!is_there(old, sizeof(*old), end) || !is_there(ip, sizeof(*ip), end))
		return XDP_DROP;
	__builtin_memcpy(eth->source, old->dest, 6);
	__builtin_memcpy(eth->dest, to->mac, 6);
	eth->proto = htons(ETH_P_IPV6);
	ip->version = 6;
	ip->priority = 0;
	__builtin_memset(ip->flow_lbl, 0, 3);
	ip->payload_len = htons(bytes);
	ip->nexthdr = flow->is6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	ip->hop_limit = 64;
	__builtin_memcpy(ip->saddr, from->address.word, 16);
	__builtin_memcpy(ip->daddr, to->address.word, 16);
	ip->saddr[3] ^= *(__u32 *)flow->ports;
	return XDP_TX;
}

SEC("xdp")
int balance(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct flow flow = {};
	struct service_key key = {};
	__u32 server = 0, bytes = 0;
	int is_known = 0;

	if (!is_there(eth, sizeof(*eth), end))
		return XDP_DROP;
	void *at = eth + 1;
	__be16 proto = eth->proto;
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (proto != htons(ETH_P_8021Q) && proto != htons(ETH_P_8021AD))
			break;
		struct vlanhdr *vlan = at;
		if (!is_there(vlan, sizeof(*vlan), end))
			return XDP_DROP;
		proto = vlan->proto;
		at = vlan + 1;
	}
	void *header = at;
	if (proto == htons(ETH_P_IP)) {
		if (!parse4(at, end, &flow, &bytes))
			return XDP_PASS;
		header += sizeof(struct iphdr);
	} else if (proto == htons(ETH_P_IPV6)) {
		if (!parse6(at, end, &flow, &bytes))
			return XDP_PASS;
		header += sizeof(struct ip6hdr);
	} else {
		return XDP_PASS;
	}
	if (flow.hop <= 1)
		return XDP_DROP;

	key.address = flow.dst;
	key.port = flow.ports[1];
	key.proto = flow.proto;
	struct service *service = bpf_map_lookup_elem(&services, &key);
	if (!service) {
		key.port = 0;
		service = bpf_map_lookup_elem(&services, &key);
		if (!service)
			return XDP_PASS;
		if (!(service->flags & HASH_DST_PORT))
			flow.ports[1] = 0;
	}
	__u32 number = service->number;
	if (number >= SERVICES)
		return XDP_DROP;
	if (service->flags & IS_QUIC && flow.proto == IPPROTO_UDP && !(flow.flags & FROM_ERROR))
		is_known = quic_server(header, end, &server);
	if (!is_known && !(service->flags & NO_TABLE) && !(flow.flags & IS_SYN)) {
		__u8 flags = flow.flags;
		flow.flags = flow.hop = 0;
		struct picked *picked = bpf_map_lookup_elem(&table, &flow);
		flow.flags = flags;
		if (picked) {
			__u64 now = bpf_ktime_get_ns();
			if (flow.proto != IPPROTO_UDP || now - picked->at < 30000000000ull) {
				picked->at = now;
				server = picked->server;
				is_known = server < SERVERS;
			}
		}
	}
	if (!is_known) {
		if (!from_ring(&flow, service, &server))
			return XDP_DROP;
		if (!(service->flags & NO_TABLE) && !(flow.flags & (IS_RST | FROM_ERROR))) {
			struct picked picked = { .server = server, .at = bpf_ktime_get_ns() };
			flow.flags = flow.hop = 0;
			bpf_map_update_elem(&table, &flow, &picked, BPF_ANY);
		}
	}
	struct server *to = bpf_map_lookup_elem(&servers, &server);
	if (!to)
		return XDP_DROP;
	add(&service_counts, number, bytes);
	add(&server_counts, server, bytes);
	if (to->flags & 1)
		return wrap6(ctx, &flow, to, bytes);
	if (flow.is6 && !(to->flags & 2))
		return XDP_DROP;
	return wrap4(ctx, &flow, to, bytes);
}

char LICENSE[] SEC("license") = "GPL";
