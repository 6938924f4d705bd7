// Writes programs that call helpers with chosen arguments, as JSON lines for record_runs.py. They are random with a fixed seed. The
// result of each call goes into R7. Changes of the packet and its context show in the packet and in R7.
import { toHex } from "../../base/bytes.ts";
import { helperId } from "../../facts/helpers.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";

const imm64 = (dst: number, value: bigint): Insn[] => [
  insn("ld_imm64", { dst, imm: Number(BigInt.asIntN(32, value)) }),
  { code: 0, dst: 0, src: 0, off: 0, imm: Number(BigInt.asIntN(32, value >> 32n)) },
];
const mov = (dst: number, value: number) => insn("mov64_imm", { dst, imm: value });
const call = (name: string) => insn("call_helper", { imm: helperId(name) as number });
const ctxToR1 = insn("mov64_reg", { dst: 1, src: 6 });
/** R7 = R7 * 31 + R0, as u32. */
const mixR0 = [insn("mul32_imm", { dst: 7, imm: 31 }), insn("add32_reg", { dst: 7, src: 0 })];

let state = 6180;
const random = (below: number): number => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = <T>(choices: readonly T[]): T => choices[random(choices.length)] as T;
const bytes = (count: number) => Uint8Array.from({ length: count }, () => random(256));

/** Stores bytes on the stack at fp + off. Their number is a multiple of four. */
const onStack = (off: number, data: Uint8Array): Insn[] => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, i) =>
    insn("st4", { dst: 10, off: off + 4 * i, imm: view.getInt32(4 * i, true) }),
  );
};
const stackPointer = (dst: number, off: number) => [
  insn("mov64_reg", { dst, src: 10 }),
  insn("add64_imm", { dst, imm: off }),
];

const ip4 = [0x45, 0, 0, 50, 0, 1, 0, 0, 64, 17, 0x66, 0xb7, 10, 0, 0, 1, 10, 0, 0, 2];
const udp = [0x30, 0x39, 0, 53, 0, 30, 0x12, 0x34];
const payload = Array.from({ length: 22 }, (_, i) => i);
const ETHERNET = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const IPV4 = Uint8Array.from([...ETHERNET, 8, 0, ...ip4, ...udp, ...payload]);
const ip6 = [0x60, 0, 0, 0, 0, 30, 17, 64, ...Array.from({ length: 32 }, (_, i) => i)];
const IPV6 = Uint8Array.from([...ETHERNET, 0x86, 0xdd, ...ip6, ...udp, ...payload]);
const VLAN = Uint8Array.from([...ETHERNET, 0x81, 0, 0x20, 5, 8, 0, ...ip4, ...udp, ...payload]);
const BROADCAST = Uint8Array.from([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 2, 8, 6, ...bytes(28)]);

type Step = () => readonly Insn[];
const offset = () => pick([0, 1, 2, 12, 14, 16, 24, 34, 40, 42, 60, 63, 64, 100, 65536, -1]);
const length = () => pick([0, 4, 8, 14, 16]);
const nonZero = () => pick([4, 8, 12, 16]);

/** Mixes R0 into R7, and then `size` bytes at fp + off. */
const mixBytes = (off: number, size: number): Insn[] => [
  ...Array.from({ length: size / 4 }, (_, i) => [...mixR0, insn("ldx4", { src: 10, off: off + 4 * i })]).flat(),
];

const lookUpRoute: Step = () => {
  const params = bytes(64);
  params[0] = pick([2, 2, 10, 10, 0, 7]);
  new DataView(params.buffer).setUint32(8, pick([0, 1, 1, 1, 77]), true);
  const size = pick([64, 64, 64, 60, 4]);
  const ask = [ctxToR1, ...stackPointer(2, -64), mov(3, size), mov(4, pick([0, 0, 1, 2, 32, 64]))];
  return [...onStack(-64, params), ...ask, call("fib_lookup"), ...mixBytes(-64, 16)];
};

const TUNNEL_SIZES = [44, 44, 44, 28, 24, 22, 8, 20];
/** Mostly a valid key: without ext, and often without a label. */
function tunnelKey(): Uint8Array {
  const key = bytes(44);
  if (random(8) > 0) key.fill(0, 22, 24);
  if (random(2) > 0) key.fill(0, 24, 28);
  return key;
}

const SKB_STEPS: readonly Step[] = [
  () => {
    const size = nonZero();
    const store = [ctxToR1, mov(2, offset()), ...stackPointer(3, -64), mov(4, size), mov(5, pick([0, 1, 2, 3, 4]))];
    return [...onStack(-64, bytes(size)), ...store, call("skb_store_bytes")];
  },
  () => [
    ...onStack(-64, bytes(16)),
    ...[ctxToR1, mov(2, offset()), ...stackPointer(3, -64), mov(4, nonZero()), call("skb_load_bytes")],
    ...[...mixR0, insn("ldx4", { src: 10, off: -64 })],
  ],
  () => [
    ...onStack(-64, bytes(16)),
    ...[ctxToR1, mov(2, offset()), ...stackPointer(3, -64), mov(4, nonZero()), mov(5, pick([0, 1]))],
    ...[call("skb_load_bytes_relative"), ...mixR0, insn("ldx4", { src: 10, off: -64 })],
  ],
  () => {
    const size = pick([0, 2, 4, 4, 3]);
    const from = size === 0 ? pick([0n, 1n]) : BigInt(random(65536));
    return [
      ...[ctxToR1, mov(2, pick([24, 24, 25, 62, 63, 70000])), ...imm64(3, from), ...imm64(4, BigInt(random(2 ** 31)))],
      ...[mov(5, size), call("l3_csum_replace")],
    ];
  },
  () => {
    const size = pick([0, 2, 4]);
    const flags = size | pick([0, 0x10, 0x20, 0x60, 0x30, 0x100]);
    return [
      ...[ctxToR1, mov(2, pick([40, 40, 41, 63])), ...imm64(3, size === 0 ? 0n : BigInt(random(65536)))],
      ...[...imm64(4, BigInt(random(2 ** 31))), mov(5, flags), call("l4_csum_replace")],
    ];
  },
  () => {
    const [from, to] = [length() & ~3, length() & ~3];
    const null_ = (dst: number, size: number, off: number) => (size === 0 ? [mov(dst, 0)] : stackPointer(dst, off));
    return [
      ...[...onStack(-64, bytes(16)), ...onStack(-96, bytes(16)), ...null_(1, from, -64), mov(2, from)],
      ...[...null_(3, to, -96), mov(4, to), mov(5, random(2 ** 31)), call("csum_diff")],
    ];
  },
  () => [
    ctxToR1,
    mov(2, pick([0, 10, 14, 20, 60, 64, 65, 100, 300, 5000])),
    mov(3, pick([0, 0, 0, 1])),
    call("skb_change_tail"),
  ],
  () => [ctxToR1, mov(2, pick([0, 1, 4, 14, 40, 100])), mov(3, pick([0, 0, 0, 1])), call("skb_change_head")],
  () => [ctxToR1, mov(2, pick([0, 20, 64, 65, 1000])), call("skb_pull_data")],
  () => [
    ...[ctxToR1, mov(2, pick([4, 8, 20, -4, -8, -20, -40, 5000])), mov(3, pick([0, 1, 1, 2]))],
    ...[mov(4, pick([0, 0, 0, 1, 2, 4, 6, 8, 16, 0x80, 0x100, 0x180, 0x10000])), call("skb_adjust_room")],
  ],
  () => [ctxToR1, mov(2, pick([0x0081, 0xa888, 0x1234])), mov(3, random(4096)), call("skb_vlan_push")],
  () => [ctxToR1, call("skb_vlan_pop")],
  () => [ctxToR1, mov(2, pick([0x0008, 0xdd86, 0x1234])), mov(3, pick([0, 0, 1])), call("skb_change_proto")],
  () => [ctxToR1, mov(2, pick([0, 1, 2, 3, 4, 7])), call("skb_change_type")],
  () => [ctxToR1, mov(2, random(65536)), call("csum_update")],
  () => [ctxToR1, mov(2, pick([0, 1, 2, 3, 4])), call("csum_level")],
  () => [ctxToR1, mov(2, random(65536)), call("set_hash"), ...mixR0, ctxToR1, call("get_hash_recalc")],
  () => [mov(1, pick([1, 77])), mov(2, pick([0, 1, 2])), call("redirect")],
  () => [
    ...[ctxToR1, mov(2, pick([0, 5])), mov(3, pick([0, 1, 2, 3])), call("skb_set_tstamp"), ...mixR0],
    ...[insn("ldx8", { src: 6, off: 152 }), ...mixR0, insn("ldx1", { src: 6, off: 180 })],
  ],
  () => [
    ...[insn("st4", { dst: 10, off: -64, imm: pick([0, 0, 1500, 70000]) }), ctxToR1, mov(2, pick([0, 1, 77]))],
    ...[...stackPointer(3, -64), mov(4, pick([0, 0, 10, 70000])), mov(5, pick([0, 0, 1, 2])), call("check_mtu")],
    ...[...mixR0, insn("ldx4", { src: 10, off: -64 })],
  ],
  () => [mov(1, 1), mov(2, 0), mov(3, 0), mov(4, pick([0, 1])), call("redirect_neigh")],
  () => [ctxToR1, call("skb_cgroup_classid")],
  () => [ctxToR1, call("get_cgroup_classid")],
  () => [ctxToR1, call("get_route_realm")],
  lookUpRoute,
  () => [
    ...[...onStack(-64, tunnelKey()), ctxToR1, ...stackPointer(2, -64), mov(3, pick(TUNNEL_SIZES))],
    ...[mov(4, pick([0, 0, 1, 1, 2, 4, 8, 16, 30, 31, 32])), call("skb_set_tunnel_key"), ...mixR0],
    ...[...onStack(-64, bytes(44)), ctxToR1, ...stackPointer(2, -64), mov(3, pick(TUNNEL_SIZES))],
    ...[mov(4, pick([0, 0, 1, 1, 16, 17, 2])), call("skb_get_tunnel_key"), ...mixBytes(-64, 44)],
  ],
  () => [
    ...onStack(-64, bytes(44)),
    ctxToR1,
    ...stackPointer(2, -64),
    mov(3, 44),
    mov(4, 0),
    call("skb_get_tunnel_key"),
  ],
  () => [
    ...[...onStack(-64, bytes(44)), ctxToR1, ...stackPointer(2, -64), mov(3, pick([44, 12])), mov(4, 0)],
    ...[call(pick(["skb_set_tunnel_key", "skb_get_tunnel_key"])), ...mixR0],
    ...[ctxToR1, ...stackPointer(2, -64), mov(3, pick([4, 8, 6, 44])), call("skb_set_tunnel_opt"), ...mixR0],
    ...[...onStack(-64, bytes(16)), ctxToR1, ...stackPointer(2, -64), mov(3, pick([4, 8, 16]))],
    ...[call("skb_get_tunnel_opt"), ...mixBytes(-64, 16), ...mixR0],
    ...[...onStack(-64, bytes(44)), ctxToR1, ...stackPointer(2, -64), mov(3, 44), mov(4, 16)],
    ...[call("skb_get_tunnel_key"), ...mixBytes(-64, 44)],
  ],
  () => [
    ...[...onStack(-64, bytes(28)), ctxToR1, mov(2, pick([0, 1])), ...stackPointer(3, -64), mov(4, pick([28, 8]))],
    ...[mov(5, pick([0, 1])), call("skb_get_xfrm_state"), ...mixBytes(-64, 28)],
  ],
  () => [
    ...[insn("ldx8", { dst: 2, src: 6, off: 168 }), mov(0, 1), insn("jeq64_imm", { dst: 2, off: 3 }), ctxToR1],
    ...[mov(3, pick([0, 1])), call("sk_assign")],
  ],
];

const SKB_FIELDS = [0, 4, 16, 20, 24, 28];

const XDP_STEPS: readonly Step[] = [
  () => [ctxToR1, mov(2, pick([0, 4, 14, 20, 50, 51, 64, -4, -14, -100, -216, -217, -256])), call("xdp_adjust_head")],
  () => [ctxToR1, mov(2, pick([0, 4, 8, 6, -4, -8, -6, -32, -64, -252, -256])), call("xdp_adjust_meta")],
  () => [ctxToR1, mov(2, pick([0, 4, 14, 100, 1000, 3000, 4000, -4, -14, -50, -51, -64])), call("xdp_adjust_tail")],
  () => [
    ...[...onStack(-64, bytes(16)), ctxToR1, mov(2, offset()), ...stackPointer(3, -64), mov(4, nonZero())],
    ...[call("xdp_load_bytes"), ...mixR0, insn("ldx4", { src: 10, off: -64 })],
  ],
  () => [
    ...[...onStack(-64, bytes(16)), ctxToR1, mov(2, offset()), ...stackPointer(3, -64), mov(4, nonZero())],
    call("xdp_store_bytes"),
  ],
  () => [ctxToR1, call("xdp_get_buff_len")],
  () => [mov(1, 1), mov(2, pick([0, 1])), call("redirect")],
  () => [
    ...[insn("st4", { dst: 10, off: -64, imm: pick([0, 0, 1500, 70000]) }), ctxToR1, mov(2, pick([0, 1, 77]))],
    ...[...stackPointer(3, -64), mov(4, pick([0, 70000])), mov(5, pick([0, 0, 1])), call("check_mtu")],
  ],
  lookUpRoute,
];

const text = (value: string, size: number) => {
  const out = new Uint8Array(size);
  for (let i = 0; i < value.length; i++) out[i] = value.charCodeAt(i);
  return out;
};
const NUMBERS = ["42", "-42", " 7 ", "0x1f", "0X1F", "017", "08", "zz", "", "-", "+5", "18446744073709551615"];
const MORE = [
  "18446744073709551616",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "0x",
  "12ab",
  "\t\n5",
];
const parse: Step = () => {
  const value = pick([...NUMBERS, ...MORE]);
  return [
    ...[...onStack(-64, text(value, 24)), ...imm64(0, 0n), insn("stx8", { dst: 10, src: 0, off: -72 })],
    ...[
      ...stackPointer(1, -64),
      mov(2, pick([value.length || 1, 24])),
      mov(3, pick([0, 8, 10, 16, 2])),
      ...stackPointer(4, -72),
    ],
    ...[
      call(pick(["strtol", "strtoul"])),
      ...mixR0,
      insn("ldx8", { src: 10, off: -72 }),
      ...mixR0,
      insn("rsh64_imm", { imm: 32 }),
    ],
  ];
};

/** Formats for programs that print into the stack and store what was printed in the packet. */
const FORMATS = [
  ...[
    "%d %u",
    "%x|%X",
    "%5d|%-5d|",
    "%05d|%+d|% d|",
    "%ld %lu",
    "%llx",
    "%c%c",
    "100%%|%d",
    "%i",
    "%li|%08lx",
    "%08x|%8x",
  ],
  ...[
    "%s|%d",
    "%h",
    "%lld %lli",
    "%hd",
    "%.3d",
    "%*d",
    "%q",
    "no conversion",
    "%",
    "%d%",
    "%l",
    "%pI4",
    "%pi4|%pI6",
    "tab\there",
    "ctrl\u0001x",
    "%+05d|",
    "%-05d|",
    "%#x",
  ],
];

interface MapRecord {
  readonly type: string;
  readonly key_size: number;
  readonly value_size: number;
  readonly max_entries: number;
  readonly flags?: number;
  readonly fields?: Readonly<Record<string, number>>;
  /** First contents, by u32 key. */
  readonly entries?: Readonly<Record<number, string>>;
  /** Whether the contents are recorded after the run. */
  readonly dump?: boolean;
}

interface Program {
  readonly prog_type: string;
  readonly insns: readonly Insn[];
  readonly data_in: Uint8Array;
  readonly text?: Uint8Array;
  readonly text_slots?: readonly number[];
  readonly map?: MapRecord;
  readonly map_slots?: readonly number[];
}

function snprintf(): Program {
  const size = pick([64, 64, 64, 16, 1]);
  const head = [insn("mov64_reg", { dst: 6, src: 1 }), ...onStack(-64, new Uint8Array(64))];
  const data = Array.from({ length: 2 }, () =>
    pick([0n, 1n, 42n, -1n, -42n, 0xffff_ffffn, 1n << 40n, BigInt(random(2 ** 31))]),
  );
  const words = data.flatMap((value, i) => [...imm64(0, value), insn("stx8", { dst: 10, src: 0, off: -96 + 8 * i })]);
  const before = [...head, ...words, ...stackPointer(1, -64), mov(2, size)];
  const value = [insn("ld_imm64_map_value", { dst: 3 }), { code: 0, dst: 0, src: 0, off: 0, imm: 0 }];
  const after = [
    ...[...stackPointer(4, -96), mov(5, pick([16, 16, 16, 8])), call("snprintf"), insn("mov64_reg", { dst: 7 })],
    ...[ctxToR1, mov(2, 0), ...stackPointer(3, -64), mov(4, 64), mov(5, 0), call("skb_store_bytes")],
    ...[insn("mov64_reg", { src: 7 }), insn("exit")],
  ];
  const insns = [...before, ...value, ...after];
  return { prog_type: "sched_cls", insns, data_in: IPV4, text: text(pick(FORMATS), 32), text_slots: [before.length] };
}

function steps(
  prog_type: string,
  choices: readonly Step[],
  data_in: Uint8Array,
  count: number,
  fields: readonly number[],
): Program {
  const body = Array.from({ length: count }, () => [...pick(choices)(), ...mixR0]).flat();
  const look = fields.flatMap((off) => [insn("ldx4", { src: 6, off }), ...mixR0]);
  const head = [insn("mov64_reg", { dst: 6, src: 1 }), mov(7, 0)];
  return { prog_type, insns: [...head, ...body, ...look, insn("mov64_reg", { src: 7 }), insn("exit")], data_in };
}

// ---- programs with a map: its address is in R8, its contents are compared as well

const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const loadMap = [insn("ld_imm64_map_fd", { dst: 8 }), HALF];
const theMap = insn("mov64_reg", { dst: 1, src: 8 });

function withMap(prog_type: string, map: MapRecord, body: readonly Insn[], after: readonly Insn[] = []): Program {
  const head = [insn("mov64_reg", { dst: 6, src: 1 }), mov(7, 0), ...loadMap];
  const insns = [...head, ...body, insn("mov64_reg", { src: 7 }), insn("exit"), ...after];
  return { prog_type, insns, data_in: IPV4, map, map_slots: [2] };
}

const key = () => onStack(-64, Uint8Array.of(random(6), 0, 0, 0));
const value = () => onStack(-56, bytes(8));
/** BPF_F_ZERO_SEED: in every run the filter then takes the same values for known. */
const ZERO_SEED = { flags: 64 };
const KEYED = ["array", "hash", "lru_hash"];

function mapSteps(): Program {
  const type = pick([...KEYED, "queue", "stack", "bloom_filter"]);
  const keyed = KEYED.includes(type);
  const map = {
    type,
    key_size: keyed ? 4 : 0,
    value_size: 8,
    max_entries: 4,
    ...(type === "bloom_filter" ? ZERO_SEED : { dump: true }),
  };
  const at = stackPointer(2, -64);
  const choices: readonly Step[] = keyed
    ? [
        () => [
          ...[...key(), ...value(), theMap, ...at, ...stackPointer(3, -56), mov(4, pick([0, 0, 1, 2, 3, 4]))],
          call("map_update_elem"),
        ],
        () => [...key(), theMap, ...at, call("map_delete_elem")],
        () => [
          ...[...key(), theMap, ...at, call("map_lookup_elem"), insn("jeq64_imm", { off: 3 }), mov(1, random(99))],
          ...[insn("atomic8_add", { src: 1 }), insn("ldx8")],
        ],
        () => [
          ...[...key(), theMap, ...at, call("map_lookup_elem"), insn("jeq64_imm", { off: 2 })],
          ...[insn("st2", { off: pick([0, 2, 6]), imm: random(65536) }), insn("ldx4", { off: 4 })],
        ],
      ]
    : [
        () => [...value(), theMap, ...stackPointer(2, -56), mov(3, pick([0, 0, 0, 2, 1])), call("map_push_elem")],
        () => [...value(), theMap, ...stackPointer(2, -56), call("map_peek_elem"), ...mixBytes(-56, 8)],
        ...(type === "bloom_filter"
          ? []
          : [() => [...value(), theMap, ...stackPointer(2, -56), call("map_pop_elem"), ...mixBytes(-56, 8)]]),
      ];
  const body = Array.from({ length: 3 + random(8) }, () => [...pick(choices)(), ...mixR0]).flat();
  return withMap("sched_cls", map, body);
}

/** A callback of bpf_for_each_map_elem on a hash table that deletes other elements, and may put new ones into the places of these. */
function walks(): Program {
  const type = pick(["hash", "hash", "lru_hash"]);
  const entries = Object.fromEntries(
    Array.from({ length: 8 }, () => [random(32), toHex(Uint8Array.of(random(256), 1, 2, 3, 4, 5, 6, 7))]),
  );
  const map = { type, key_size: 4, value_size: 8, max_entries: 8, ...ZERO_SEED, entries, dump: true };
  const mixInto = (off: number, what: readonly Insn[]) => [
    ...[insn("ldx4", { dst: 1, src: 7, off }), insn("mul32_imm", { dst: 1, imm: 31 }), ...what],
    ...[insn("add32_reg", { dst: 1, src: 2 }), insn("stx4", { dst: 7, src: 1, off })],
  ];
  /** The key of the current element with some bits turned, at fp - 8. */
  const otherKey = () => [
    insn("mov64_reg", { dst: 1, src: 8 }),
    insn("xor32_imm", { dst: 1, imm: pick([0, 1, 2, 3, 7, 8, 16, 24, 31]) }),
    insn("stx4", { dst: 10, src: 1, off: -8 }),
  ];
  const mapToR1 = insn("mov64_reg", { dst: 1, src: 6 });
  const remove = () => [...otherKey(), mapToR1, ...stackPointer(2, -8), call("map_delete_elem")];
  const add = () => [
    ...[...otherKey(), insn("stx8", { dst: 10, src: 8, off: -16 }), mapToR1, ...stackPointer(2, -8)],
    ...[...stackPointer(3, -16), mov(4, 1), call("map_update_elem")],
  ];
  const mixResult = () => mixInto(0, [insn("mov64_reg", { dst: 2, src: 0 })]);
  const changes = Array.from({ length: 1 + random(3) }, () => [
    ...(type === "hash" && random(3) === 0 ? add() : remove()),
    ...mixResult(),
  ]);
  // R6: the map, R7: three u32 of the caller (mix, number of turns, bits of the keys), R8: the key. It ends after 20 turns.
  const callback = [
    ...[insn("mov64_reg", { dst: 6, src: 1 }), insn("mov64_reg", { dst: 7, src: 4 }), insn("ldx4", { dst: 8, src: 2 })],
    insn("ldx4", { dst: 9, src: 3 }),
    ...mixInto(0, [insn("mov64_reg", { dst: 2, src: 8 })]),
    ...mixInto(0, [insn("mov64_reg", { dst: 2, src: 9 })]),
    ...changes.flat(),
    ...[insn("ldx4", { dst: 1, src: 7, off: 4 }), insn("add32_imm", { dst: 1, imm: 1 })],
    ...[insn("stx4", { dst: 7, src: 1, off: 4 }), mov(0, 0), insn("jle64_imm", { dst: 1, imm: 20, off: 1 }), mov(0, 1)],
    insn("exit"),
  ];
  const before = [...onStack(-64, new Uint8Array(8)), theMap];
  const body = [
    ...[...before, insn("ld_imm64_func", { dst: 2 }), HALF, ...stackPointer(3, -64), mov(4, 0)],
    ...[call("for_each_map_elem"), ...mixR0, ...mixBytes(-64, 8)],
  ];
  const program = withMap("sched_cls", map, body, callback);
  const start = program.insns.length - callback.length;
  const slot = 4 + before.length;
  const insns = program.insns.map((one, i) => (i === slot ? { ...one, imm: start - slot - 1 } : one));
  return { ...program, insns };
}

/** Flags, and a size, of 64 bits. Their lower half alone would mean something else. */
const WIDE = [0n, 4n, 1n << 31n, (1n << 31n) | 4n, 1n << 32n, (1n << 32n) | 1n, (1n << 32n) | 4n, 1n << 63n, -1n];
const WIDE_MAPS: readonly MapRecord[] = [
  { type: "array", key_size: 4, value_size: 8, max_entries: 4, dump: true },
  { type: "hash", key_size: 4, value_size: 8, max_entries: 4, dump: true },
  { type: "lru_hash", key_size: 4, value_size: 8, max_entries: 4, dump: true },
  { type: "percpu_array", key_size: 4, value_size: 8, max_entries: 4 },
  { type: "percpu_hash", key_size: 4, value_size: 8, max_entries: 4 },
  { type: "lpm_trie", key_size: 8, value_size: 8, max_entries: 4, flags: 1, dump: true },
  { type: "queue", key_size: 0, value_size: 8, max_entries: 1, dump: true },
  { type: "bloom_filter", key_size: 0, value_size: 8, max_entries: 4, ...ZERO_SEED },
  { type: "ringbuf", key_size: 0, value_size: 0, max_entries: 4096 },
];

function wide(map: MapRecord, flags: bigint): Program {
  const head = [...onStack(-64, Uint8Array.of(1, 0, 0, 0, ...bytes(12))), theMap];
  const element = [...stackPointer(2, -64), ...stackPointer(3, -56), ...imm64(4, flags), call("map_update_elem")];
  const value = [...stackPointer(2, -56), ...imm64(3, flags), call("map_push_elem")];
  const query = [...imm64(2, flags), call("ringbuf_query"), ...mixR0];
  const discard = [insn("mov64_reg", { dst: 1 }), mov(2, 0), call("ringbuf_discard"), mov(0, 5)];
  const reserve = [theMap, ...imm64(2, flags | 8n), mov(3, 0), call("ringbuf_reserve"), insn("jeq64_imm", { off: 4 })];
  const body = map.type === "ringbuf" ? [...query, ...reserve, ...discard] : map.key_size === 0 ? value : element;
  return withMap("sched_cls", map, [...head, ...body, ...mixR0]);
}

function targets(): Program {
  const type = pick(["devmap", "devmap_hash", "cpumap", "xskmap"]);
  const entries = type === "cpumap" ? { 0: "80000000" } : type === "xskmap" ? {} : { 0: "01000000" };
  const map = { type, key_size: 4, value_size: 4, max_entries: 2, entries, dump: type !== "xskmap" };
  const flags = pick([0, 0, 1, 2, 3, 4, 8, 16, 24, 32]);
  return withMap("xdp", map, [theMap, mov(2, pick([0, 0, 1, 5])), mov(3, flags), call("redirect_map"), ...mixR0]);
}

function ring(): Program {
  const map = { type: "ringbuf", key_size: 0, value_size: 0, max_entries: 4096 };
  const query = () => [theMap, mov(2, pick([0, 1, 2, 3, 4])), call("ringbuf_query")];
  const choices: readonly Step[] = [
    query,
    () => [
      ...[...onStack(-64, bytes(16)), theMap, ...stackPointer(2, -64), mov(3, pick([0, 1, 8, 13, 16]))],
      ...[mov(4, pick([0, 0, 1, 2, 4])), call("ringbuf_output")],
    ],
    () => [
      ...[theMap, mov(2, pick([8, 100, 2000, 4088, 4096])), mov(3, pick([0, 0, 0, 1])), call("ringbuf_reserve")],
      ...[
        insn("jeq64_imm", { off: 5 }),
        insn("st8", { imm: 7 }),
        insn("mov64_reg", { dst: 1 }),
        mov(2, pick([0, 1, 2])),
      ],
      ...[call(pick(["ringbuf_submit", "ringbuf_discard"])), mov(0, 5)],
    ],
    () => {
      const size = pick([8, 64, 4088, 5000]);
      const reserve = [theMap, mov(2, size), mov(3, pick([0, 0, 1])), ...stackPointer(4, -80)];
      const write = [...stackPointer(1, -80), mov(2, pick([0, 4, 60])), ...stackPointer(3, -64), mov(4, 8), mov(5, 0)];
      const read = [
        ...stackPointer(1, -56),
        mov(2, 8),
        ...stackPointer(3, -80),
        mov(4, pick([0, 4, 63])),
        mov(5, pick([0, 0, 1])),
      ];
      return [
        ...[...onStack(-64, bytes(16)), ...reserve, call("ringbuf_reserve_dynptr"), ...mixR0],
        ...[...write, call("dynptr_write"), ...mixR0, ...read, call("dynptr_read"), ...mixBytes(-56, 8)],
        ...[
          ...stackPointer(1, -80),
          mov(2, 0),
          call(pick(["ringbuf_submit_dynptr", "ringbuf_discard_dynptr"])),
          mov(0, 3),
        ],
      ];
    },
  ];
  return withMap("sched_cls", map, Array.from({ length: 2 + random(4) }, () => [...pick(choices)(), ...mixR0]).flat());
}

/** Calls of timers in the only value of an array, in any order. No timer expires while the program runs. */
function timers(): Program {
  const map = { type: "array", key_size: 4, value_size: 24, max_entries: 1, fields: { bpf_timer: 8 } };
  const timer = [insn("mov64_reg", { dst: 1, src: 9 })];
  const head = [...onStack(-64, new Uint8Array(4)), theMap, ...stackPointer(2, -64), call("map_lookup_elem")];
  const found = [insn("jne64_imm", { off: 2 }), mov(0, 0), insn("exit"), insn("mov64_reg", { dst: 9 })];
  const body = [...head, ...found, insn("add64_imm", { dst: 9, imm: 8 })];
  const length = 2 + random(5);
  const places: number[] = [];
  for (let i = 0; i < length; i++) {
    const what = i === 0 && random(4) > 0 ? 0 : random(4);
    body.push(...timer);
    if (what === 0)
      body.push(insn("mov64_reg", { dst: 2, src: 8 }), mov(3, pick([1, 1, 7, 0, 2, 8, 16])), call("timer_init"));
    else if (what === 1) {
      places.push(body.length);
      body.push(insn("ld_imm64_func", { dst: 2 }), HALF, call("timer_set_callback"));
    } else if (what === 2) body.push(...imm64(2, 1n << 50n), mov(3, pick([0, 0, 1, 2, 4])), call("timer_start"));
    else body.push(call("timer_cancel"));
    body.push(...mixR0);
  }
  const program = withMap("sched_cls", map, body, places.length > 0 ? [mov(0, 0), insn("exit")] : []);
  const callback = program.insns.length - 2;
  const insns = program.insns.map((one, slot) =>
    places.includes(slot - 4) ? insn("ld_imm64_func", { dst: 2, imm: callback - slot - 1 }) : one,
  );
  return { ...program, insns };
}

const ZEROS = new Uint8Array(64);
const SHORT = new Uint8Array(14);
const ONES = new Uint8Array(64).fill(255);
const FRAMES = [IPV4, IPV6, VLAN, BROADCAST, ZEROS, SHORT, ONES, ONES.slice(0, 13), IPV4.slice(0, 20)];

/** Offsets of context fields that are read one after the other: __sk_buff fields that any type may read, and those of single types. */
const COMMON = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 68];
const FIELDS: Readonly<Record<string, readonly number[]>> = {
  socket_filter: [...COMMON, 48, 64],
  sched_cls: [...COMMON, 44, 48, 64, 72, 160, 164, 176],
  sched_act: [...COMMON, 44, 48, 64, 72, 160, 164],
  lwt_in: [...COMMON, 48, 64],
  lwt_out: [...COMMON, 48, 64],
  lwt_xmit: [...COMMON, 48, 64],
  xdp: [12, 16],
};
const contexts = Object.entries(FIELDS).flatMap(([type, fields]) =>
  FRAMES.map((frame) => steps(type, [() => []], frame, 0, fields)),
);

/** Loads of the packet from many offsets, some relative to the network or MAC header. */
const PLACES = [0, 12, 14, 23, 46, 47, 60, -0x100000, -0x100000 + 9, -0x200000, -0x200000 + 12, -0x300000, 5000];
const loads = ["socket_filter", "sched_cls"].flatMap((prog_type) =>
  [IPV4, ZEROS, SHORT].flatMap((data_in) =>
    PLACES.flatMap((imm) =>
      ["ldabs1", "ldabs2", "ldabs4"].map((name): Program => {
        const insns = [insn("mov64_reg", { dst: 6, src: 1 }), mov(0, 77), insn(name, { imm }), insn("exit")];
        return { prog_type, insns, data_in };
      }),
    ),
  ),
);

const programs: Program[] = [
  ...contexts,
  ...loads,
  ...Array.from({ length: 300 }, () =>
    steps("sched_cls", SKB_STEPS, pick([IPV4, IPV4, IPV6, VLAN, BROADCAST]), 1 + random(3), SKB_FIELDS),
  ),
  ...Array.from({ length: 60 }, () => steps("xdp", XDP_STEPS, pick([IPV4, VLAN]), 1 + random(4), [])),
  ...Array.from({ length: 60 }, () => steps("sched_cls", [parse], IPV4, 2, [])),
  ...Array.from({ length: 90 }, snprintf),
  ...Array.from({ length: 120 }, mapSteps),
  ...Array.from({ length: 40 }, targets),
  ...Array.from({ length: 40 }, ring),
  ...Array.from({ length: 60 }, timers),
  ...Array.from({ length: 80 }, walks),
  ...WIDE_MAPS.flatMap((map) => WIDE.map((flags) => wide(map, flags))),
];
for (const [id, { insns, data_in, text, ...rest }] of programs.entries()) {
  const row = { id, insns: toHex(encodeInsns(insns)), data_in: toHex(data_in), ...rest };
  console.log(JSON.stringify(text === undefined ? row : { ...row, text: toHex(text) }));
}
