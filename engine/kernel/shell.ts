// The shell at the bottom of the page. It has the few commands that the talk needs, and they print what the real ones would print
// on this kernel. Every file access goes through the process, so that strace shows it. Other commands give an error message.
import { concat, utf8Decode, utf8Encode } from "../base/bytes.ts";
import { bpftool } from "./bpftool.ts";
import { listDirectory } from "./files.ts";
import { bytesOfText, byteText, echoed, printf } from "./printf.ts";
import type { Process } from "./process.ts";
import { failed, ok, type Ran } from "./ran.ts";
import { RELEASE } from "./registry.ts";
import { type Command, parseLine } from "./shell-words.ts";
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from "./syscall.ts";
import { catError, readAll, redirectError, writeAll, writeError } from "./whole-file.ts";

export interface ShellResult {
  /** Standard output and standard error as the terminal shows them. */
  readonly output: string;
  /** Exit status of the last command. */
  readonly status: number;
}

type Builtin = (process: Process, args: readonly string[]) => Ran;

export function runShell(process: Process, line: string): ShellResult {
  const parsed = parseLine(line);
  if (!parsed.ok) return { output: `${parsed.message}\n`, status: 2 };
  let output = "";
  let status = 0;
  for (const command of parsed.commands) {
    if (command.when === "success" && status !== 0) continue;
    if (command.when === "failure" && status === 0) continue;
    const ran = runCommand(process, command);
    output += ran.output;
    status = ran.status;
  }
  return { output, status };
}

function runCommand(process: Process, { words, to }: Command): ShellResult {
  const [name = "", ...args] = words;
  // The shell opens the target before the command runs.
  let fd = -1;
  if (to) {
    fd = process.open(to.path, O_WRONLY | O_CREAT | (to.append ? O_APPEND : O_TRUNC));
    if (fd < 0) return { output: redirectError(to.path, fd), status: 1 };
  }
  const { out, err, status } =
    name === "" ? ok("") : Object.hasOwn(BUILTINS, name) ? (BUILTINS[name] as Builtin)(process, args) : unknown(name);
  if (fd < 0) return { output: utf8Decode(out) + err, status };
  const refused = writeAll(process, fd, out);
  process.close(fd);
  if (refused === 0) return { output: err, status };
  return { output: err + writeError(name, refused), status: 1 };
}

/** Commands that a real machine has and this shell does not → what to do instead. */
const NOT_SIMULATED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "awk bash cd chmod clang cp find gcc grep head hexdump ip less llvm-objdump make man mount mv nano ps pwd rm sed sh sort tail tc tee touch vi vim wc xxd"
      .split(" ")
      .map((name) => [name, "`help` lists what is"]),
  ),
  insmod: "step 3 of the recipe is the module: apply it under “Extend the kernel”",
  modprobe: "step 3 of the recipe is the module: apply it under “Extend the kernel”",
  rmmod: "step 3 of the recipe is the module: take it back under “Extend the kernel”",
  reboot: "changing a step under “Extend the kernel” starts the kernel anew",
  strace: "the list of system calls below the shell is what it would print",
};

const unknown = (name: string): Ran =>
  Object.hasOwn(NOT_SIMULATED, name)
    ? failed(`${name} is not simulated here; ${NOT_SIMULATED[name]}\n`, 127)
    : failed(`bash: ${name}: command not found\n`, 127);

const BUILTINS: Readonly<Record<string, Builtin>> = {
  echo(_, args) {
    let newline = true;
    let escapes = false;
    let words = args;
    while (words[0] && /^-[neE]+$/.test(words[0])) {
      if (words[0].includes("n")) newline = false;
      if (/[eE]/.test(words[0])) escapes = words[0].lastIndexOf("e") > words[0].lastIndexOf("E");
      words = words.slice(1);
    }
    const text = words.join(" ");
    const end = newline ? "\n" : "";
    return { ...ok(""), out: bytesOfText(escapes ? echoed(text, end) : byteText(text) + end) };
  },
  printf(_, [format, ...rest]) {
    if (format === undefined) return failed("bash: printf: usage: printf [-v var] format [arguments]\n", 2);
    const { out, err } = printf(format, rest);
    return { out: bytesOfText(out), err, status: err === "" ? 0 : 1 };
  },
  cat(process, paths) {
    const parts: Uint8Array[] = [];
    let err = "";
    for (const path of paths) {
      const { error, bytes } = readAll(process, path);
      parts.push(bytes);
      if (error !== 0) err += catError(path, error);
    }
    return { out: concat(parts), err, status: err === "" ? 0 : 1 };
  },
  ls(process, args) {
    const letters = args.flatMap((arg) => (/^-[^-]/.test(arg) ? [...arg.slice(1)] : []));
    const wrong = letters.find((letter) => !"alA1".includes(letter));
    if (wrong !== undefined)
      return failed(`ls: invalid option -- '${wrong}'\nTry 'ls --help' for more information.\n`, 2);
    const [long, all] = [letters.includes("l"), letters.includes("a")];
    const paths = args.filter((arg) => !arg.startsWith("-"));
    let out = "";
    let err = "";
    for (const path of paths.length > 0 ? paths : ["/sys"]) {
      const found = listDirectory(process.kernel, path);
      const isFile = found?.some(({ name }) => name === path);
      const names = found && all && !isFile ? [...DOTS, ...found] : found;
      if (!names) err += `ls: cannot access '${path}': No such file or directory\n`;
      else if (long) out += `${isFile ? "" : "total 0\n"}${names.map(longLine).join("")}`;
      else out += names.map(({ name }) => `${name}\n`).join("");
    }
    return { out: utf8Encode(out), err, status: err === "" ? 0 : 2 };
  },
  bpftool: (process, args) => bpftool(process.kernel, args),
  dmesg: ({ kernel }) => ok(kernel.dmesg.map((line) => `${line}\n`).join("")),
  uname(_, args) {
    const all = args.includes("-a");
    return ok(
      all
        ? `Linux oreore ${RELEASE} #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n`
        : `${args.includes("-r") ? RELEASE : "Linux"}\n`,
    );
  },
  lsmod({ kernel }) {
    const name = `${kernel.definition.type.name}_module`;
    return ok(`Module                  Size  Used by\n${kernel.steps[2] ? `${name.padEnd(19)} 12288  0\n` : ""}`);
  },
  // The only user is root, so sudo just runs its command.
  sudo: (process, [name = "", ...args]) =>
    Object.hasOwn(BUILTINS, name) ? (BUILTINS[name] as Builtin)(process, args) : unknown(name),
  id: () => ok("uid=0(root) gid=0(root) groups=0(root)\n"),
  whoami: () => ok("root\n"),
  true: () => ok(""),
  false: () => failed(""),
  clear: () => ok("\x1b[2J"),
  help: () => ok(`Commands here: ${COMMANDS.join(" ")}\nFiles: /sys/…, /sys/kernel/tracing/trace_pipe\n`),
};

/** All commands, for completion and `help`. */
const COMMANDS: readonly string[] = Object.keys(BUILTINS).sort();

/** Whole words that may replace the last word of a line: commands, words of bpftool, or paths. */
export function completions({ kernel }: Process, line: string): string[] {
  const word = /[^\s;|&>]*$/.exec(line)?.[0] ?? "";
  const before = line.slice(0, line.length - word.length).trimEnd();
  const isCommand = before === "" || /[;|&]$/.test(before);
  if (isCommand) return COMMANDS.filter((name) => name.startsWith(word));
  const bpf = /\bbpftool(?:\s+(\S.*))?$/.exec(before);
  if (bpf) return bpftoolWords(kernel, (bpf[1] ?? "").split(/\s+/)).filter((name) => name.startsWith(word));
  if (!word.startsWith("/")) return [];
  const directory = word.slice(0, word.lastIndexOf("/") + 1);
  return (listDirectory(kernel, directory) ?? [])
    .map(({ name, mode }) => `${directory}${name}${mode.startsWith("d") ? "/" : ""}`)
    .filter((path) => path.startsWith(word));
}

/** The words that may follow `bpftool` and these words. */
function bpftoolWords({ progs, maps }: Process["kernel"], words: readonly string[]): readonly string[] {
  const [object = "", verb] = words;
  const last = words.at(-1) ?? "";
  const ids = [...(object === "map" ? maps : progs).keys()].map(String);
  if (object === "") return ["prog", "map"];
  if (verb === undefined) return ["show", "list", "dump"];
  if (last === "id") return ids;
  if (object === "prog" && last === "dump") return ["xlated"];
  if (last === "xlated" || last === "show" || last === "list" || (object === "map" && last === "dump")) return ["id"];
  return object === "prog" && words.includes("dump") && /^\d+$/.test(last) ? ["opcodes"] : [];
}

/** The two entries that `ls -a` adds to a directory. */
const DOTS = [".", ".."].map((name) => ({ name, mode: "drwxr-xr-x", size: 0 }));

function longLine({
  name,
  mode,
  size,
}: {
  readonly name: string;
  readonly mode: string;
  readonly size: number;
}): string {
  return `${mode} ${mode.startsWith("d") ? 2 : 1} root root ${String(size).padStart(4)} Jul 22  2023 ${name}\n`;
}
