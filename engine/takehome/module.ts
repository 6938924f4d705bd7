// Step 3 of the recipe: the module whose file in sysfs runs what is attached, as C for Linux 6.1.
import type { KernelDefinition } from "../kernel/definition.ts";
import { namesOf } from "./names.ts";

/** Directory names below /sys, and the file's name. */
function pathParts(path: string): { readonly dirs: readonly string[]; readonly file: string } {
  const parts = path.split("/").slice(2);
  return { dirs: parts.slice(0, -1), file: parts[parts.length - 1] as string };
}

/** Lines that fill `ctx` from `buf`; each leaves with the errno that kstrto…() gives. */
function parseLines(definition: KernelDefinition): string[] {
  const { store } = definition.attribute;
  const [only] = store;
  const parse = (text: string, type: string, field: string) => [
    `\terr = kstrto${type}(${text}, 0, &${type}_value);`,
    "\tif (err)",
    "\t\tgoto out;",
    `\tctx.${field} = ${type}_value;`,
  ];
  if (store.length === 1 && only !== undefined)
    return parse("buf", only.type, only.field).map((line) => line.replace("goto out", "return err"));
  return [
    "\ttext = kstrndup(buf, count, GFP_KERNEL);",
    "\tif (!text)",
    "\t\treturn -ENOMEM;",
    "\tfor (word = text; *word; word++)",
    "\t\tblanks += *word == ' ';",
    "\terr = -EINVAL;",
    `\tif (blanks != ${store.length - 1})`,
    "\t\tgoto out;",
    "\trest = text;",
    ...store.flatMap(({ field, type }) => parse('strsep(&rest, " ")', type, field)),
  ];
}

export function moduleSource(definition: KernelDefinition): string {
  const names = namesOf(definition);
  const { attribute } = definition;
  const { dirs, file } = pathParts(attribute.path);
  const several = attribute.store.length > 1;
  const types = [...new Set(attribute.store.map(({ type }) => type))];
  const attr = `${file.replaceAll(/[^A-Za-z0-9_]/g, "_")}_attr`;
  const makeDirs = dirs.flatMap((dir, i) => [
    `\tdirs[${i}] = kobject_create_and_add("${dir}", ${i === 0 ? "NULL" : `dirs[${i - 1}]`});`,
    `\tif (!dirs[${i}])`,
    "\t\tgoto out;",
  ]);
  return `// SPDX-License-Identifier: GPL-2.0-only
/* ${attribute.path}: a write runs the attached ${names.progType} program, a read gives its result. */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

extern struct bpf_prog __rcu *${names.attached};

static struct kobject *dirs[${dirs.length}];
static u32 result;

static ssize_t ${names.lower}_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	${names.ctx} ctx = {};
	struct bpf_prog *prog;
${types.map((type) => `\t${type} ${type}_value;`).join("\n")}
${several ? "\tchar *text, *rest, *word;\n\tsize_t blanks = 0;\n" : ""}	int err;

${parseLines(definition).join("\n")}

	rcu_read_lock();
	prog = rcu_dereference(${names.attached});
	if (prog) {
		migrate_disable();
		WRITE_ONCE(result, bpf_prog_run(prog, &ctx));
		migrate_enable();
	} else {
		err = -ENOENT;
	}
	rcu_read_unlock();
${several ? "out:\n\tkfree(text);\n" : ""}	return err ?: count;
}

static ssize_t ${names.lower}_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "${attribute.show}\\n", READ_ONCE(result));
}

static struct kobj_attribute ${attr} =
	__ATTR(${file}, 0${attribute.mode.toString(8)}, ${names.lower}_show, ${names.lower}_store);

static void remove_dirs(void)
{
	int i = ARRAY_SIZE(dirs);

	while (i--)
		kobject_put(dirs[i]);
}

static int __init ${names.lower}_init(void)
{
	int err = -ENOMEM;

${makeDirs.join("\n")}
	err = sysfs_create_file(dirs[${dirs.length - 1}], &${attr}.attr);
	if (!err)
		return 0;
out:
	remove_dirs();
	return err;
}

static void __exit ${names.lower}_exit(void)
{
	sysfs_remove_file(dirs[${dirs.length - 1}], &${attr}.attr);
	remove_dirs();
}

module_init(${names.lower}_init);
module_exit(${names.lower}_exit);
MODULE_DESCRIPTION("Runs ${names.progType} programs from ${attribute.path}");
MODULE_LICENSE("GPL");
`;
}

export const moduleMakefile = (
  definition: KernelDefinition,
): string => `# KDIR: the kernel tree with the patches applied, built.
KDIR ?= /lib/modules/$(shell uname -r)/build
obj-m := ${namesOf(definition).lower}_module.o

all:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
`;
