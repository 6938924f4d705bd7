// Names of kernel objects.

/** Whether a `prog_name` or `map_name` is valid: letters, digits, `_` and `.`, at most 15. @kernel kernel/bpf/syscall.c bpf_obj_name_cpy */
export const isValidName = (name: string): boolean => /^[A-Za-z0-9_.]{0,15}$/.test(name);
