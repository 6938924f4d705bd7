/* What the large programs take of libbpf's and the kernel's headers beyond ../../object/fixtures/bpf.h, written out. */
#pragma once
#include "../../object/fixtures/bpf.h"

typedef __u16 __be16;
typedef __u32 __be32;
typedef long long __s64;

#define __inline_it static inline __attribute__((always_inline))
#define htons(x) __builtin_bswap16(x)
#define htonl(x) __builtin_bswap32(x)

enum { BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_LRU_HASH = 9, BPF_MAP_TYPE_LPM_TRIE = 11 };
enum { BPF_ANY, BPF_NOEXIST, BPF_EXIST };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_PSEUDO_HDR = 16 };
enum { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT };
enum { TC_ACT_OK = 0, TC_ACT_SHOT = 2 };

static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static __u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static __u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static long (*const bpf_skb_store_bytes)(void *skb, __u32 off, const void *from, __u32 size, __u64 flags) = (void *)9;
static long (*const bpf_l3_csum_replace)(void *skb, __u32 off, __u64 from, __u64 to, __u64 flags) = (void *)10;
static long (*const bpf_l4_csum_replace)(void *skb, __u32 off, __u64 from, __u64 to, __u64 flags) = (void *)11;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*const bpf_get_current_comm)(void *to, __u32 size) = (void *)16;
static long (*const bpf_redirect)(__u32 ifindex, __u64 flags) = (void *)23;
static long (*const bpf_csum_diff)(__be32 *from, __u32 from_size, __be32 *to, __u32 to_size, __u32 seed) = (void *)28;
static long (*const bpf_xdp_adjust_head)(void *xdp, int delta) = (void *)44;
static long (*const bpf_probe_read_user)(void *to, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_user_str)(void *to, __u32 size, const void *from) = (void *)114;

struct __sk_buff {
	__u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority, ingress_ifindex, ifindex;
	__u32 tc_index, cb[5], hash, tc_classid, data, data_end;
};

struct ethhdr {
	__u8 dest[6], source[6];
	__be16 proto;
} __attribute__((packed));

struct vlanhdr {
	__be16 tci, proto;
};

struct iphdr {
	__u8 ihl : 4, version : 4, tos;
	__be16 tot_len, id, frag_off;
	__u8 ttl, protocol;
	__u16 check;
	__be32 saddr, daddr;
};

struct ip6hdr {
	__u8 priority : 4, version : 4, flow_lbl[3];
	__be16 payload_len;
	__u8 nexthdr, hop_limit;
	__be32 saddr[4], daddr[4];
};

struct tcphdr {
	__be16 source, dest;
	__be32 seq, ack_seq;
	__u16 res1 : 4, doff : 4, fin : 1, syn : 1, rst : 1, psh : 1, ack : 1, urg : 1, ece : 1, cwr : 1;
	__be16 window;
	__u16 check, urg_ptr;
};

struct udphdr {
	__be16 source, dest, len;
	__u16 check;
};

struct icmphdr {
	__u8 type, code;
	__u16 checksum;
	__be32 rest;
};

enum { ETH_P_IP = 0x0800, ETH_P_ARP = 0x0806, ETH_P_8021Q = 0x8100, ETH_P_IPV6 = 0x86dd, ETH_P_8021AD = 0x88a8 };
enum { IPPROTO_ICMP = 1, IPPROTO_IPIP = 4, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41, IPPROTO_ICMPV6 = 58 };

/* Bob Jenkins' hash of words, as the kernel has it. */
#define ROL(x, n) (((x) << (n)) | ((x) >> (32 - (n))))

#define JHASH_MIX(a, b, c) do { \
	a -= c; a ^= ROL(c, 4); c += b; \
	b -= a; b ^= ROL(a, 6); a += c; \
	c -= b; c ^= ROL(b, 8); b += a; \
	a -= c; a ^= ROL(c, 16); c += b; \
	b -= a; b ^= ROL(a, 19); a += c; \
	c -= b; c ^= ROL(b, 4); b += a; \
} while (0)

#define JHASH_FINAL(a, b, c) do { \
	c ^= b; c -= ROL(b, 14); \
	a ^= c; a -= ROL(c, 11); \
	b ^= a; b -= ROL(a, 25); \
	c ^= b; c -= ROL(b, 16); \
	a ^= c; a -= ROL(c, 4); \
	b ^= a; b -= ROL(a, 14); \
	c ^= b; c -= ROL(b, 24); \
} while (0)

__inline_it __u32 jhash_3words(__u32 a, __u32 b, __u32 c, __u32 seed)
{
	seed += 0xdeadbeef + 12;
	a += seed;
	b += seed;
	c += seed;
	JHASH_FINAL(a, b, c);
	return c;
}
