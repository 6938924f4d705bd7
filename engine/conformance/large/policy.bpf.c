/* What a container may say to whom, in tc: tracks connections, translates the addresses of services, looks up the identity of the
 * other side and the policy for it. IPv4 and IPv6 with its chain of headers. Much of it is kept on the stack. */
#include "large.h"

struct tuple {
	__be32 daddr[4], saddr[4];
	__be16 dport, sport;
	__u8 nexthdr, flags, pad[2];
};

struct track {
	__u64 rx_packets, rx_bytes, tx_packets, tx_bytes;
	__u32 lifetime;
	__u16 rx_closing : 1, tx_closing : 1, seen_non_syn : 1, proxy : 1, nat : 1;
	__u16 rev_nat, slave;
	__u8 tx_flags, rx_flags;
	__u32 src_id, last_tx, last_rx;
};

struct identity_key {
	__u32 prefix;
	__be32 address[4];
};

struct identity {
	__u32 id, node;
	__u8 key, flags, pad[2];
};

struct policy_key {
	__u32 prefix, id;
	__be16 port;
	__u8 proto, egress;
};

struct policy {
	__be16 proxy_port;
	__u8 deny, auth, length, pad[3];
	__u64 packets, bytes;
};

struct service_key {
	__be32 address[4];
	__be16 port, slave;
	__u8 proto, scope, pad[2];
};

struct service {
	__u32 backend, affinity;
	__u16 count, rev_nat, flags, pad;
};

struct backend {
	__be32 address[4];
	__be16 port;
	__u8 proto, flags;
};

struct rev_nat {
	__be32 address[4];
	__be16 port, pad;
};

struct affinity_key {
	__be32 client[4];
	__u16 rev_nat, pad;
};

struct affinity {
	__u64 last;
	__u32 backend, pad;
};

struct event {
	__u32 reason, id;
	struct tuple tuple;
	__u64 at;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct tuple);
	__type(value, struct track);
} tracks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct identity_key);
	__type(value, struct identity);
} identities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct policy_key);
	__type(value, struct policy);
} policies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct service_key);
	__type(value, struct service);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct backend);
} backends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u16);
	__type(value, struct rev_nat);
} rev_nats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct affinity_key);
	__type(value, struct affinity);
} affinities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

enum { NEW, ESTABLISHED, REPLY, RELATED };
enum { OUT = 0, IN = 1, IS_RELATED = 2, IS_SERVICE = 4 };
enum { BAD_PACKET = 1, BAD_HEADER, NO_BACKEND, DENIED, UNKNOWN_PROTO, NO_ROOM, BAD_NAT, FRAGMENT };
enum { AFFINE = 1, LOCAL_ONLY = 2 };
enum { HEADERS = 6 };

const volatile __u32 own_id = 1000;
const volatile __u32 lifetime_tcp = 21600, lifetime_syn = 60, lifetime_other = 60;
const volatile __u32 proxy_ifindex = 3;

__inline_it int drop(__u32 reason)
{
	__u64 *n = bpf_map_lookup_elem(&drops, &reason);
	if (n)
		*n += 1;
	return -(int)reason;
}

__inline_it void copy_address(__be32 *to, const __be32 *from)
{
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

__inline_it void turned(struct tuple *tuple)
{
	__be32 address[4];
	copy_address(address, tuple->daddr);
	copy_address(tuple->daddr, tuple->saddr);
	copy_address(tuple->saddr, address);
	__be16 port = tuple->dport;
	tuple->dport = tuple->sport;
	tuple->sport = port;
	tuple->flags ^= IN;
}

/* Where the payload begins behind the chain of headers; negative: a reason to drop. */
static __noinline int behind_headers(struct __sk_buff *skb, __u32 off, __u8 *next)
{
	if (!next || off > 128)
		return drop(BAD_HEADER);
	for (int i = 0; i < HEADERS; i++) {
		void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
		__u8 kind = *next;
		if (kind != 0 && kind != 43 && kind != 44 && kind != 51 && kind != 60)
			return off;
		if (off > 512)
			return drop(BAD_HEADER);
		__u8 *header = data + off;
		if ((void *)(header + 8) > end)
			return drop(BAD_PACKET);
		if (kind == 44) {
			if (header[2] || header[3] & 0xf8)
				return drop(FRAGMENT);
			off += 8;
		} else if (kind == 51) {
			off += (header[1] + 2) << 2;
		} else {
			off += (header[1] + 1) << 3;
		}
		*next = header[0];
	}
	return drop(BAD_HEADER);
}

__inline_it void closing(struct track *track, int dir, __u8 flags, __u8 proto)
{
	if (proto != IPPROTO_TCP)
		return;
	if (flags & 5) {
		if (dir == OUT)
			track->tx_closing = 1;
		else
			track->rx_closing = 1;
	}
	if (!(flags & 2))
		track->seen_non_syn = 1;
}

__inline_it void touched(struct track *track, int dir, __u8 flags, __u8 proto, __u32 bytes)
{
	__u32 now = bpf_ktime_get_ns() >> 30;
	__u32 life = lifetime_other;

	if (proto == IPPROTO_TCP)
		life = track->seen_non_syn ? lifetime_tcp : lifetime_syn;
	if (track->rx_closing && track->tx_closing)
		life = 10;
	track->lifetime = now + life;
	if (dir == OUT) {
		track->tx_packets++;
		track->tx_bytes += bytes;
		if ((track->tx_flags | flags) != track->tx_flags || track->last_tx + 5 < now) {
			track->tx_flags |= flags;
			track->last_tx = now;
		}
	} else {
		track->rx_packets++;
		track->rx_bytes += bytes;
		if ((track->rx_flags | flags) != track->rx_flags || track->last_rx + 5 < now) {
			track->rx_flags |= flags;
			track->last_rx = now;
		}
	}
}

/* Looks for the connection as an answer, then as it was opened. */
static __noinline int find_track(struct tuple *tuple, __u32 bytes, __u32 flags, __u16 *rev_nat)
{
	if (!tuple || !rev_nat)
		return NEW;
	int dir = tuple->flags & IN;
	turned(tuple);
	struct track *track = bpf_map_lookup_elem(&tracks, tuple);
	if (track) {
		closing(track, dir, flags, tuple->nexthdr);
		touched(track, dir, flags, tuple->nexthdr, bytes);
		*rev_nat = track->rev_nat;
		turned(tuple);
		return tuple->flags & IS_RELATED ? RELATED : REPLY;
	}
	turned(tuple);
	track = bpf_map_lookup_elem(&tracks, tuple);
	if (!track)
		return NEW;
	if (track->rx_closing && track->tx_closing && flags & 2) {
		track->rx_closing = track->tx_closing = 0;
		track->seen_non_syn = 0;
	}
	closing(track, dir, flags, tuple->nexthdr);
	touched(track, dir, flags, tuple->nexthdr, bytes);
	*rev_nat = track->rev_nat;
	return tuple->flags & IS_RELATED ? RELATED : ESTABLISHED;
}

static __noinline int make_track(struct tuple *tuple, __u32 bytes, __u32 id, __u16 rev_nat)
{
	struct track track = {};
	struct tuple error = {};

	if (!tuple)
		return drop(NO_ROOM);
	track.src_id = id;
	track.rev_nat = rev_nat;
	track.nat = rev_nat != 0;
	track.lifetime = (bpf_ktime_get_ns() >> 30) + (tuple->nexthdr == IPPROTO_TCP ? lifetime_syn : lifetime_other);
	if (tuple->flags & IN) {
		track.rx_packets = 1;
		track.rx_bytes = bytes;
	} else {
		track.tx_packets = 1;
		track.tx_bytes = bytes;
	}
	if (bpf_map_update_elem(&tracks, tuple, &track, BPF_ANY) < 0)
		return drop(NO_ROOM);
	copy_address(error.daddr, tuple->daddr);
	copy_address(error.saddr, tuple->saddr);
	error.nexthdr = tuple->nexthdr == IPPROTO_TCP ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	error.flags = tuple->flags | IS_RELATED;
	if (bpf_map_update_elem(&tracks, &error, &track, BPF_ANY) < 0)
		return drop(NO_ROOM);
	return 0;
}

__inline_it int verdict_of(struct policy *policy, __u32 bytes)
{
	__sync_fetch_and_add(&policy->packets, 1);
	__sync_fetch_and_add(&policy->bytes, bytes);
	if (policy->deny)
		return drop(DENIED);
	return policy->proxy_port;
}

/* From the narrowest rule to the widest: identity, protocol and port, then with parts of them left out. */
static __noinline int allowed(__u32 id, __u32 port, __u32 proto, int dir, __u32 bytes)
{
	struct policy_key key = { .prefix = 64, .id = id, .port = port, .proto = proto, .egress = dir };
	struct policy *policy, *wide;

	policy = bpf_map_lookup_elem(&policies, &key);
	key.id = 0;
	wide = bpf_map_lookup_elem(&policies, &key);
	if (policy && wide && policy->length < wide->length)
		return verdict_of(wide, bytes);
	if (policy)
		return verdict_of(policy, bytes);
	if (wide)
		return verdict_of(wide, bytes);
#pragma unroll
	for (int bits = 12; bits >= 4; bits -= 4) {
		key.port = port & htons(0xffff << (16 - bits));
		key.prefix = 48 + bits;
		key.id = id;
		policy = bpf_map_lookup_elem(&policies, &key);
		if (policy)
			return verdict_of(policy, bytes);
		key.id = 0;
		policy = bpf_map_lookup_elem(&policies, &key);
		if (policy)
			return verdict_of(policy, bytes);
	}
	key.port = 0;
	key.proto = 0;
	key.id = id;
	policy = bpf_map_lookup_elem(&policies, &key);
	if (policy)
		return verdict_of(policy, bytes);
	key.id = 0;
	policy = bpf_map_lookup_elem(&policies, &key);
	if (policy)
		return verdict_of(policy, bytes);
	return drop(DENIED);
}

__inline_it struct service *service_of(struct tuple *tuple, struct service_key *key)
{
	copy_address(key->address, tuple->daddr);
	key->port = tuple->dport;
	key->proto = tuple->nexthdr;
	struct service *service = bpf_map_lookup_elem(&services, key);
	if (service && service->count)
		return service;
	key->port = 0;
	key->proto = 0;
	service = bpf_map_lookup_elem(&services, key);
	return service && service->count ? service : 0;
}

/* The backend of a packet to a service; 0: it is none, negative: a reason to drop. */
static __noinline int pick_backend(struct tuple *tuple, struct backend *to, __u16 *rev_nat)
{
	struct service_key key = {};
	struct affinity_key client = {};
	__u32 number = 0;

	if (!tuple || !to || !rev_nat)
		return 0;
	struct service *service = service_of(tuple, &key);
	if (!service)
		return 0;
	*rev_nat = service->rev_nat;
	if (service->flags & AFFINE) {
		copy_address(client.client, tuple->saddr);
		client.rev_nat = service->rev_nat;
		struct affinity *affinity = bpf_map_lookup_elem(&affinities, &client);
		if (affinity) {
			__u64 now = bpf_ktime_get_ns();
			if (now - affinity->last < (__u64)service->affinity * 1000000000) {
				number = affinity->backend;
				affinity->last = now;
			} else {
				bpf_map_delete_elem(&affinities, &client);
			}
		}
	}
	if (!number) {
		__u32 hash = jhash_3words(tuple->saddr[0] ^ tuple->saddr[2], tuple->saddr[1] ^ tuple->saddr[3],
					  tuple->sport << 16 | tuple->dport, tuple->nexthdr);
		key.slave = hash % service->count + 1;
		struct service *slave = bpf_map_lookup_elem(&services, &key);
		if (!slave)
			return drop(NO_BACKEND);
		number = slave->backend;
		if (service->flags & AFFINE) {
			struct affinity affinity = { .last = bpf_ktime_get_ns(), .backend = number };
			bpf_map_update_elem(&affinities, &client, &affinity, BPF_ANY);
		}
	}
	struct backend *backend = bpf_map_lookup_elem(&backends, &number);
	if (!backend)
		return drop(NO_BACKEND);
	*to = *backend;
	return 1;
}

/* Writes another address and port into the packet, and puts its sums right. */
static __noinline int rewrite(struct __sk_buff *skb, __u32 ip, __u32 l4, struct tuple *old, struct backend *to)
{
	if (!old || !to || ip > 64 || l4 > 1024)
		return drop(BAD_NAT);
	__u8 proto = old->nexthdr;
	__u32 check = proto == IPPROTO_TCP ? 16 : 6;
	__u32 flags = BPF_F_PSEUDO_HDR | (proto == IPPROTO_UDP ? 32 : 0);
	int is6 = old->flags & 128;
	__u32 sum;
	if (is6) {
		sum = bpf_csum_diff(old->daddr, 16, to->address, 16, 0);
		if (bpf_skb_store_bytes(skb, ip + 24, to->address, 16, 0) < 0)
			return drop(BAD_NAT);
	} else {
		sum = bpf_csum_diff(old->daddr, 4, to->address, 4, 0);
		if (bpf_skb_store_bytes(skb, ip + 16, to->address, 4, 0) < 0)
			return drop(BAD_NAT);
		if (bpf_l3_csum_replace(skb, ip + 10, 0, sum, 0) < 0)
			return drop(BAD_NAT);
	}
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return 0;
	if (bpf_l4_csum_replace(skb, l4 + check, 0, sum, flags) < 0)
		return drop(BAD_NAT);
	if (to->port && to->port != old->dport) {
		if (bpf_l4_csum_replace(skb, l4 + check, old->dport, to->port, 2) < 0)
			return drop(BAD_NAT);
		if (bpf_skb_store_bytes(skb, l4 + 2, &to->port, 2, 0) < 0)
			return drop(BAD_NAT);
	}
	copy_address(old->daddr, to->address);
	if (to->port)
		old->dport = to->port;
	return 0;
}

__inline_it __u32 identity_of(__be32 *address)
{
	struct identity_key key = { .prefix = 128 };
	copy_address(key.address, address);
	struct identity *identity = bpf_map_lookup_elem(&identities, &key);
	return identity ? identity->id : 2;
}

__inline_it int ports_of(void *data, void *end, __u32 l4, struct tuple *tuple, __u32 *flags)
{
	if (l4 > 1024)
		return drop(BAD_PACKET);
	if (tuple->nexthdr == IPPROTO_TCP) {
		struct tcphdr *tcp = data + l4;
		if ((void *)(tcp + 1) > end)
			return drop(BAD_PACKET);
		tuple->sport = tcp->source;
		tuple->dport = tcp->dest;
		*flags = ((__u8 *)tcp)[13];
	} else if (tuple->nexthdr == IPPROTO_UDP) {
		struct udphdr *udp = data + l4;
		if ((void *)(udp + 1) > end)
			return drop(BAD_PACKET);
		tuple->sport = udp->source;
		tuple->dport = udp->dest;
	} else if (tuple->nexthdr == IPPROTO_ICMP || tuple->nexthdr == IPPROTO_ICMPV6) {
		struct icmphdr *icmp = data + l4;
		if ((void *)(icmp + 1) > end)
			return drop(BAD_PACKET);
		switch (icmp->type) {
		case 3: case 11: case 12: case 1: case 2: case 4:
			tuple->flags |= IS_RELATED;
			break;
		case 8: case 128:
			tuple->sport = icmp->rest;
			break;
		case 0: case 129:
			tuple->dport = icmp->rest;
			break;
		}
	} else {
		return drop(UNKNOWN_PROTO);
	}
	return 0;
}

__inline_it int handled(struct __sk_buff *skb, struct tuple *tuple, __u32 ip, __u32 l4, __u32 flags, int dir)
{
	struct backend to = {};
	__u16 rev_nat = 0, old_nat = 0;
	__u32 bytes = skb->len;

	if (dir == OUT) {
		int found = pick_backend(tuple, &to, &rev_nat);
		if (found < 0)
			return TC_ACT_SHOT;
		if (found) {
			int err = rewrite(skb, ip, l4, tuple, &to);
			if (err < 0)
				return TC_ACT_SHOT;
		}
	}
	__u32 id = dir == OUT ? identity_of(tuple->daddr) : identity_of(tuple->saddr);
	int state = find_track(tuple, bytes, flags, &old_nat);
	if (state == REPLY || state == RELATED) {
		if (old_nat) {
			struct rev_nat *nat = bpf_map_lookup_elem(&rev_nats, &old_nat);
			if (nat) {
				copy_address(to.address, nat->address);
				to.port = nat->port;
				if (rewrite(skb, ip, l4, tuple, &to) < 0)
					return TC_ACT_SHOT;
			}
		}
		return TC_ACT_OK;
	}
	int verdict = allowed(id, tuple->dport, tuple->nexthdr, dir, bytes);
	if (verdict < 0 && state != ESTABLISHED)
		return TC_ACT_SHOT;
	if (state == NEW && make_track(tuple, bytes, dir == OUT ? own_id : id, rev_nat) < 0)
		return TC_ACT_SHOT;
	if (verdict > 0) {
		skb->mark = 0x200 | verdict << 16;
		return bpf_redirect(proxy_ifindex, 0);
	}
	skb->mark = id << 8 | state;
	return TC_ACT_OK;
}

__inline_it int policed(struct __sk_buff *skb, int dir)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct tuple tuple = {};
	__u32 flags = 0, ip_off = sizeof(*eth);
	int l4;

	if ((void *)(eth + 1) > end)
		return TC_ACT_SHOT;
	if (eth->proto == htons(ETH_P_ARP))
		return TC_ACT_OK;
	tuple.flags = dir;
	if (eth->proto == htons(ETH_P_IP)) {
		struct iphdr *ip = data + ip_off;
		if ((void *)(ip + 1) > end || ip->ihl < 5)
			return TC_ACT_SHOT;
		if (ip->frag_off & htons(0x1fff))
			return TC_ACT_SHOT;
		tuple.nexthdr = ip->protocol;
		tuple.saddr[0] = ip->saddr;
		tuple.daddr[0] = ip->daddr;
		l4 = ip_off + ip->ihl * 4;
	} else if (eth->proto == htons(ETH_P_IPV6)) {
		struct ip6hdr *ip = data + ip_off;
		if ((void *)(ip + 1) > end)
			return TC_ACT_SHOT;
		__builtin_memcpy(tuple.saddr, ip->saddr, 16);
		__builtin_memcpy(tuple.daddr, ip->daddr, 16);
		__u8 next = ip->nexthdr;
		l4 = behind_headers(skb, ip_off + sizeof(*ip), &next);
		if (l4 < 0)
			return TC_ACT_SHOT;
		tuple.nexthdr = next;
		tuple.flags |= 128;
		data = (void *)(long)skb->data;
		end = (void *)(long)skb->data_end;
	} else {
		return TC_ACT_SHOT;
	}
	if (ports_of(data, end, l4, &tuple, &flags) < 0)
		return TC_ACT_SHOT;
	return handled(skb, &tuple, ip_off, l4, flags, dir);
}

SEC("tc")
int leaves(struct __sk_buff *skb)
{
	return policed(skb, OUT);
}

char LICENSE[] SEC("license") = "GPL";
