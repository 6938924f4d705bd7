// Which helper may use which map. Some maps are only for a few helpers, and some helpers only for a few maps.
import { helperId } from "../../facts/helpers.ts";
import { mapTypeByName } from "../../facts/map-types.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { helperInMessages } from "./helper-names.ts";

const LOCAL_STORAGE = (kind: string): string => `${kind}_storage_get ${kind}_storage_delete`;
const RINGBUF =
  "ringbuf_output ringbuf_reserve ringbuf_query ringbuf_reserve_dynptr ringbuf_submit_dynptr ringbuf_discard_dynptr";
const PERF = "perf_event_read perf_event_output skb_output perf_event_read_value xdp_output";

/** Map type → the only helpers that accept it. */
const ONLY_HELPERS: Readonly<Record<string, string>> = {
  prog_array: "tail_call",
  perf_event_array: PERF,
  ringbuf: RINGBUF,
  user_ringbuf: "user_ringbuf_drain",
  stack_trace: "get_stackid",
  cgroup_array: "skb_under_cgroup current_task_under_cgroup",
  cgroup_storage: "get_local_storage",
  percpu_cgroup_storage: "get_local_storage",
  devmap: "redirect_map map_lookup_elem",
  devmap_hash: "redirect_map map_lookup_elem",
  cpumap: "redirect_map",
  xskmap: "redirect_map map_lookup_elem",
  array_of_maps: "map_lookup_elem",
  hash_of_maps: "map_lookup_elem",
  sockmap: "sk_redirect_map sock_map_update msg_redirect_map sk_select_reuseport map_lookup_elem",
  sockhash: "sk_redirect_hash sock_hash_update msg_redirect_hash sk_select_reuseport map_lookup_elem",
  reuseport_sockarray: "sk_select_reuseport",
  queue: "map_peek_elem map_pop_elem map_push_elem",
  stack: "map_peek_elem map_pop_elem map_push_elem",
  sk_storage: `${LOCAL_STORAGE("sk")} kptr_xchg`,
  inode_storage: `${LOCAL_STORAGE("inode")} kptr_xchg`,
  task_storage: `${LOCAL_STORAGE("task")} kptr_xchg`,
  cgrp_storage: `${LOCAL_STORAGE("cgrp")} kptr_xchg`,
  bloom_filter: "map_peek_elem map_push_elem",
};

/** Helpers → the only map types that they accept. */
const ONLY_MAPS: readonly (readonly [helpers: string, maps: string])[] = [
  ["tail_call", "prog_array"],
  [PERF, "perf_event_array"],
  [RINGBUF, "ringbuf"],
  ["user_ringbuf_drain", "user_ringbuf"],
  ["get_stackid", "stack_trace"],
  ["current_task_under_cgroup skb_under_cgroup", "cgroup_array"],
  ["redirect_map", "devmap devmap_hash cpumap xskmap"],
  ["sk_redirect_map msg_redirect_map sock_map_update", "sockmap"],
  ["sk_redirect_hash msg_redirect_hash sock_hash_update", "sockhash"],
  ["get_local_storage", "cgroup_storage percpu_cgroup_storage"],
  ["sk_select_reuseport", "reuseport_sockarray sockmap sockhash"],
  ["map_pop_elem", "queue stack"],
  ["map_peek_elem map_push_elem", "queue stack bloom_filter"],
  ["map_lookup_percpu_elem", "percpu_array percpu_hash lru_percpu_hash"],
  [LOCAL_STORAGE("sk"), "sk_storage"],
  [LOCAL_STORAGE("inode"), "inode_storage"],
  [LOCAL_STORAGE("task"), "task_storage"],
  [LOCAL_STORAGE("cgrp"), "cgrp_storage"],
];

const helperIds = (names: string): readonly number[] => names.split(" ").map((name) => helperId(name)!);
const mapIds = (names: string): readonly number[] => names.split(" ").map((name) => mapTypeByName(name)!.id);

const helpersOfMap = new Map(
  Object.entries(ONLY_HELPERS).map(([map, helpers]) => [mapTypeByName(map)!.id, new Set(helperIds(helpers))]),
);
const mapsOfHelper = new Map(
  ONLY_MAPS.flatMap(([helpers, maps]) => {
    const set = new Set(mapIds(maps));
    return helperIds(helpers).map((id) => [id, set] as const);
  }),
);

const MAP_UPDATE = helperId("map_update_elem");
const MAP_DELETE = helperId("map_delete_elem");
const SOCKET_MAPS = new Set(mapIds("sockmap sockhash"));
/** Program types that never have a locked socket at hand, so they may add sockets to maps and remove them. */
const UPDATES_SOCKMAP = new Set(
  "socket_filter sched_cls sched_act xdp sk_reuseport flow_dissector sk_lookup".split(" "),
);

/** @kernel verifier.c may_update_sockmap */
const mayUpdateSockmap = (env: Env, id: number): boolean =>
  UPDATES_SOCKMAP.has(env.progType.name) || (env.progType.name === "sock_ops" && id === MAP_DELETE);

/** @kernel verifier.c check_map_func_compatibility */
export function checkMapFunc(env: Env, map: VerifierMap | null, id: number): number {
  if (map === null) return 0;
  const helpers = helpersOfMap.get(map.type);
  const updates = SOCKET_MAPS.has(map.type) && (id === MAP_UPDATE || id === MAP_DELETE);
  const fromMap = !helpers || helpers.has(id) || (updates && mayUpdateSockmap(env, id));
  const maps = mapsOfHelper.get(id);
  if (fromMap && (!maps || maps.has(map.type))) return 0;
  const args = { name: helperInMessages(id), type: map.type, map: map.def.type };
  const text = `cannot pass map_type ${map.type} into func ${args.name}\n`;
  if (!updates) return refuse(env, "helper-map", args, text, EINVAL);
  return refuse(env, "socket-map-update", args, `cannot update sockmap in this context\n${text}`, EINVAL);
}
