// Numbers of the network that headers of user space give names to. Source: linux/if_ether.h, linux/socket.h, linux/bpf.h.

/** Bytes of an Ethernet header. */
export const ETH_HLEN = 14;
export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;
export const ETH_P_8021Q = 0x8100;
export const ETH_P_IPV6 = 0x86dd;
export const ETH_P_8021AD = 0x88a8;

export const AF_INET = 2;
export const AF_INET6 = 10;

export const XDP_ABORTED = 0;
export const XDP_REDIRECT = 4;

/** 16 bits as they lie in a packet, read by x86-64. */
export const htons = (n: number): number => ((n & 0xff) << 8) | (n >>> 8);
