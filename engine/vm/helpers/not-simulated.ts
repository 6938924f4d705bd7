// Why a helper of the kernel is not simulated: the part of the kernel that it needs.

const HELPERS_BY_REASON = {
  "it works on the memory and the files of a process, and there is none behind the task of this machine":
    "task_pt_regs d_path ima_inode_hash ima_file_hash find_vma sock_from_file",
  "it reads counters of the processor": "read_branch_records",
  "it signals or overrides a process, and there is none": "send_signal send_signal_thread override_return",
  "it works on real sockets and their options":
    "setsockopt getsockopt bind sk_select_reuseport sock_map_update sock_hash_update sk_redirect_map sk_redirect_hash msg_redirect_map msg_redirect_hash sock_ops_cb_flags_set tcp_send_ack load_hdr_opt store_hdr_opt reserve_hdr_opt",
  "it works on messages of the socket layer": "msg_apply_bytes msg_cork_bytes msg_pull_data msg_push_data msg_pop_data",
  "it makes and checks cookies with a secret of the kernel":
    "tcp_raw_gen_syncookie_ipv4 tcp_raw_gen_syncookie_ipv6 tcp_raw_check_syncookie_ipv4 tcp_raw_check_syncookie_ipv6",
  "it rewrites routing headers": "lwt_push_encap lwt_seg6_store_bytes lwt_seg6_adjust_srh lwt_seg6_action",
  "it writes to a file that an iterator is read through": "seq_printf seq_write seq_printf_btf",
  "it looks into the running kernel's symbols and types":
    "snprintf_btf per_cpu_ptr this_cpu_ptr kallsyms_lookup_name btf_find_by_name_kind sys_bpf sys_close",
  "it changes a sysctl": "sysctl_get_name sysctl_get_current_value sysctl_get_new_value sysctl_set_new_value",
  "it stands in an infrared driver": "rc_keydown rc_pointer_rel rc_repeat",
  "it keeps its values in a map that only BTF can describe":
    "task_storage_get task_storage_delete inode_storage_get inode_storage_delete cgrp_storage_get cgrp_storage_delete sk_storage_get sk_storage_delete",
} as const;

export const NOT_SIMULATED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(HELPERS_BY_REASON).flatMap(([why, names]) => names.split(" ").map((name) => [name, why])),
);
