// Step 3 of the recipe: the module, in C for Linux 6.1. Its files in sysfs run the attached program.
import { type KernelDefinition, memberNamed, numberType, type SideFile } from "../kernel/definition.ts";
import { type NumberParse, PARSES, type ShowFormat } from "../kernel/formats.ts";
import { joined, type Piece } from "./diff.ts";
import { namesOf } from "./names.ts";

/** Splits a path below /sys into the names of its directories and the file's name. */
function pathParts(path: string): { readonly dirs: readonly string[]; readonly file: string } {
  const parts = path.split("/").slice(2);
  return { dirs: parts.slice(0, -1), file: parts[parts.length - 1] as string };
}

const identifier = (file: string): string => file.replaceAll(/[^A-Za-z0-9_]/g, "_");
const numberOf = (definition: KernelDefinition, parse: NumberParse, field: string) =>
  numberType(parse, memberNamed(definition, field).size);

/** C lines that parse one number into a variable named after its type. They end with the `if` of the error path. */
function parseNumber(definition: KernelDefinition, parse: NumberParse, text: string, field: string): string[] {
  const type = numberOf(definition, parse, field);
  return [`\terr = kstrto${type}(${text}, ${PARSES[parse].base}, &${type}_value);`, "\tif (err)"];
}

/** C lines that fill `ctx` from `buf`. If kstrto…() fails, they leave the function with its errno. */
function parseLines(definition: KernelDefinition): string[] {
  const { store, parse } = definition.attribute;
  if (parse === "bytes") return ["\tif (count > sizeof(ctx))", "\t\treturn -EINVAL;", "\tmemcpy(&ctx, buf, count);"];
  const set = (text: string, field: string, leave: string) => [
    ...parseNumber(definition, parse, text, field),
    `\t\t${leave};`,
    `\tctx.${memberNamed(definition, field).name} = ${numberOf(definition, parse, field)}_value;`,
  ];
  const [only] = store;
  if (only === undefined) return [];
  if (store.length === 1) return set("buf", only, "return err");
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
    ...store.flatMap((field) => set('strsep(&rest, " ")', field, "goto out")),
  ];
}

/** The printf conversion for a member of this size in bytes, and the C cast that it needs. */
function printed(show: ShowFormat, size: number): { readonly format: string; readonly cast: string } {
  const format = size === 8 ? show.replace("%", "%ll") : show;
  return { format, cast: show === "%d" ? `(s${8 * size})` : "" };
}

/** The functions and the attribute of one of the module's other files. */
function sidePieces(definition: KernelDefinition, { path, field, parse, show }: SideFile): Piece[] {
  const { lower } = namesOf(definition);
  const { file } = pathParts(path);
  const name = `${lower}_${identifier(file)}`;
  const member = field === undefined ? undefined : memberNamed(definition, field);
  const { format, cast } = printed(show, member?.size ?? 4);
  const pieces: Piece[] = [];
  if (field !== undefined && member) {
    const type = numberOf(definition, parse, field);
    pieces.push({
      name: `${name}_store()`,
      text: `static ssize_t ${name}_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	${type} ${type}_value;
	int err;

${parseNumber(definition, parse, "buf", field).join("\n")}
		return err;
	WRITE_ONCE(held.${member.name}, ${type}_value);
	return count;
}`,
    });
  }
  return [
    ...pieces,
    {
      name: `${name}_show()`,
      text: `static ssize_t ${name}_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "${format}\\n", ${cast}READ_ONCE(${member ? `held.${member.name}` : "result"}));
}`,
    },
    {
      name: `${name}_attr`,
      text: `static struct kobj_attribute ${name}_attr =
	__ATTR(${file}, 0${field === undefined ? "444" : "644"}, ${name}_show, ${field === undefined ? "NULL" : `${name}_store`});`,
    },
  ];
}

export const moduleSource = (definition: KernelDefinition): string => joined(modulePieces(definition));

export function modulePieces(definition: KernelDefinition): Piece[] {
  const names = namesOf(definition);
  const { attribute, files } = definition;
  const { dirs, file } = pathParts(attribute.path);
  const { parse } = attribute;
  const store = parse === "bytes" ? [] : attribute.store;
  const several = store.length > 1;
  const types = parse === "bytes" ? [] : [...new Set(store.map((field) => numberOf(definition, parse, field)))];
  const held = files.some(({ field }) => field !== undefined);
  const attrs = [attribute, ...files].map(({ path }) => `${names.lower}_${identifier(pathParts(path).file)}_attr`);
  const { format, cast } = printed(attribute.show, 4);
  const makeDirs = dirs.flatMap((dir, i) => [
    `\tdirs[${i}] = kobject_create_and_add("${dir}", ${i === 0 ? "NULL" : `dirs[${i - 1}]`});`,
    `\tif (!dirs[${i}])`,
    "\t\tgoto out;",
  ]);
  return [
    {
      name: "",
      text: `// SPDX-License-Identifier: GPL-2.0-only
/* ${attribute.path}: a write runs the attached ${names.progType} program, a read gives its result. */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>${names.kernHeader ? `\n#include <${names.kernHeader}>` : ""}`,
    },
    { name: names.attached, text: `extern struct bpf_prog __rcu *${names.attached};` },
    {
      name: "result",
      text: `static struct kobject *dirs[${dirs.length}];
static u32 result;${held ? `\n/* Fields with files of their own. A write to such a file sets the value for later runs. */\nstatic ${names.kern} held;` : ""}`,
    },
    ...files.flatMap((side) => sidePieces(definition, side)),
    {
      name: `${names.lower}_store()`,
      text: `static ssize_t ${names.lower}_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	${names.kern} ctx = ${held ? "held" : "{}"};
	struct bpf_prog *prog;
${types.map((type) => `\t${type} ${type}_value;\n`).join("")}${several ? "\tchar *text, *rest, *word;\n\tsize_t blanks = 0;\n" : ""}	int err${types.length === 0 ? " = 0" : ""};

${parseLines(definition)
  .map((line) => `${line}\n`)
  .join("")}
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
}`,
    },
    {
      name: `${names.lower}_show()`,
      text: `static ssize_t ${names.lower}_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "${format}\\n", ${cast}READ_ONCE(result));
}`,
    },
    {
      name: attrs[0] as string,
      text: `static struct kobj_attribute ${attrs[0]} =
	__ATTR(${file}, 0${attribute.mode.toString(8)}, ${names.lower}_show, ${names.lower}_store);`,
    },
    {
      name: "attrs",
      text: `static const struct attribute *attrs[] = {
${attrs.map((attr) => `\t&${attr}.attr,\n`).join("")}	NULL
};`,
    },
    {
      name: "remove_dirs()",
      text: `static void remove_dirs(void)
{
	int i = ARRAY_SIZE(dirs);

	while (i--)
		kobject_put(dirs[i]);
}`,
    },
    {
      name: `${names.lower}_init()`,
      text: `static int __init ${names.lower}_init(void)
{
	int err = -ENOMEM;

${makeDirs.join("\n")}
	err = sysfs_create_files(dirs[${dirs.length - 1}], attrs);
	if (!err)
		return 0;
out:
	remove_dirs();
	return err;
}`,
    },
    {
      name: `${names.lower}_exit()`,
      text: `static void __exit ${names.lower}_exit(void)
{
	sysfs_remove_files(dirs[${dirs.length - 1}], attrs);
	remove_dirs();
}`,
    },
    {
      name: "module_init()",
      text: `module_init(${names.lower}_init);
module_exit(${names.lower}_exit);
MODULE_DESCRIPTION("Runs ${names.progType} programs from ${attribute.path}");
MODULE_LICENSE("GPL");`,
    },
  ];
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
