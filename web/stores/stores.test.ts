// The stores without a browser: an engine in the same thread behind the worker's protocol, and the page's own actions on the stores.
import { beforeEach, expect, test, vi } from "vitest";
import { Cancelled, createSession, type DefinitionInput, type Remote } from "../../engine/index.ts";
import { inThread } from "./engine-in-thread.ts";

/** What the stores need from a browser: an address, a language. Nothing can be stored. */
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });

const { startEngine, engine } = await import("./engine.ts");
const kernel = await import("./kernel/kernel.ts");
const { useKernel } = kernel;
const { followVerdict, moveBy, moveTo, useMachine } = await import("./run/machine.ts");
const { openEnvironment, setEnvironment, useEnvironment } = await import("./program/environment.ts");
const { measureSpeed } = await import("./run/speed.ts");
const { chooseAttach } = await import("./program/attach-type.ts");
const { editInput, editSource, openProgram, programInput, useProgram } = await import("./program/program.ts");
const { followProgram, freshCheck, useVerdict } = await import("./check/verdict.ts");
const { openState } = await import("../links/open.ts");

const PLUS42 =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n";
const RETURN = (n: number): string => `BPF_MOV64_IMM(BPF_REG_0, ${n}),\nBPF_EXIT_INSN(),\n`;
const OREORE = { source: PLUS42, progType: "oreore", maps: [] };
const ADDER: DefinitionInput = {
  name: "adder",
  ctx: {
    struct: "adder_ctx",
    fields: [
      { name: "a", off: 0, size: 4, writable: false },
      { name: "b", off: 4, size: 4, writable: false },
    ],
  },
  helpers: { set: "base" },
  attachName: "BPF_ADDER_ATTACH",
  sysfsPath: "/sys/adder/sum",
};
const SUM =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 4),\nBPF_ALU32_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),\n";

/** What was asked since the test began. */
let asked: string[] = [];
const askedOf = (...methods: readonly string[]): string[] => asked.filter((method) => methods.includes(method));

/** Each worker has a session of its own, as on the page. */
function session(): Remote {
  const real = createSession();
  return Object.fromEntries(
    Object.entries(real).map(([group, methods]) => [
      group,
      new Proxy(methods, {
        get: (of, name) => {
          asked.push(`${group}.${String(name)}`);
          return Reflect.get(of, name);
        },
      }),
    ]),
  ) as unknown as Remote;
}

/** Waits until a store is in a state. */
const until = <State>(
  store: { getState(): State; subscribe(listener: () => void): () => void },
  is: (state: State) => boolean,
): Promise<State> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!is(store.getState())) return;
      stop();
      resolve(store.getState());
    };
    const stop = store.subscribe(look);
    look();
  });

/** The trial run of the current program, or why there is none. */
const trial = async () => {
  const check = await freshCheck();
  const insns = check?.slots.map(({ hex }) => hex).join("");
  return until(
    useMachine,
    ({ run, noRunReason }) => noRunReason !== null || run?.slots.map(({ hex }) => hex).join("") === insns,
  );
};
const texts = (): string[] => (useMachine.getState().run?.slots ?? []).map(({ text }) => text);
const output = () => useKernel.getState().output;

startEngine(inThread(session));
followProgram();
followVerdict();
await kernel.startKernel();

beforeEach(async () => {
  await kernel.loadPresets();
  if (useKernel.getState().preset !== "oreore") await kernel.choosePreset("oreore");
  await kernel.bootFreshKernel([true, true, true, true]);
  openProgram({ ...OREORE, input: "10" }, {});
  await freshCheck();
  asked = [];
});

test("the check follows the text: while an answer is awaited, only the newest text waits", async () => {
  for (const n of [1, 2, 3, 4]) editSource(RETURN(n));
  const check = await freshCheck();
  expect(check?.revision).toBe(useProgram.getState().revision);
  expect(check?.slots[0]?.text).toBe("r0 = 4");
  expect(askedOf("check.check")).toHaveLength(2);
});

test("an answer about an older text is dropped", async () => {
  const { revision } = useProgram.getState();
  editSource(RETURN(1));
  const old = engine().api.check.visits(revision, 0, 10);
  await freshCheck();
  expect([await old, await engine().api.check.visits(revision, 0, 10)]).toEqual([expect.any(Array), []]);
  // A trial run of the text before is being made while the next text is typed.
  editSource(RETURN(2));
  await until(useVerdict, ({ check, checking }) => !checking && check?.slots[0]?.text === "r0 = 2");
  editSource(RETURN(3));
  await trial();
  expect(texts()[0]).toBe("r0 = 3");
});

test("a move while the run of a new input is being made is made in that run", async () => {
  const { input } = useProgram.getState();
  await until(useMachine, (s) => s.run !== null && s.input === input);
  asked = [];
  editInput("20");
  while (askedOf("runs.readInput").length === 0) await new Promise((resolve) => setImmediate(resolve));
  await moveTo(3);
  await until(useMachine, (s) => s.input === "20");
  expect(useMachine.getState().position).toBe(3);
});

test("a move right after an edit is not made in the kernel's run of the text before", async () => {
  await kernel.runAll();
  expect(useMachine.getState().origin).toBe("event");
  editSource(RETURN(7));
  await moveTo(1);
  expect([texts()[0], useMachine.getState().position]).toEqual(["r0 = 7", 1]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(useMachine.getState().position).toBe(1);
});

test("steps that are pressed before there is a run add up", async () => {
  editSource(PLUS42.replace("42", "44"));
  await Promise.all([moveBy(1), moveBy(1)]);
  expect([texts()[1], useMachine.getState().position]).toEqual(["w0 += 44", 2]);
  await Promise.all([moveBy(1), moveBy(-1), moveBy(-1)]);
  expect(useMachine.getState().position).toBe(1);
});

test("presses before an answer are done in their order", async () => {
  await Promise.all([kernel.load(), kernel.attach(), kernel.write(), kernel.read()]);
  expect(output()?.text).toBe("52\n");
});

test("a load pressed while the kernel boots is made afterwards", async () => {
  await Promise.all([kernel.bootFreshKernel([true, false, false, false]), kernel.load(), kernel.attach()]);
  const { fd, calls } = useKernel.getState();
  expect(fd).toBeGreaterThan(0);
  expect(calls.map(({ call, errnoName }) => [call, errnoName])).toEqual([
    ["prog-load", ""],
    ["prog-attach", "EINVAL"],
  ]);
});

test("an echo writes the input as it was when it was pressed", async () => {
  await Promise.all([kernel.load(), kernel.attach()]);
  const presses = [kernel.write()];
  useProgram.setState({ input: "20" });
  presses.push(kernel.read());
  await Promise.all(presses);
  expect(output()?.text).toBe("52\n");
});

test("Run is load, attach, echo and cat, and ends at the end of the run", async () => {
  expect(await kernel.runAll()).toBe(true);
  expect(askedOf("kernel.load", "kernel.attach", "kernel.writeFile", "kernel.readFile")).toEqual([
    "kernel.load",
    "kernel.attach",
    "kernel.writeFile",
    "kernel.readFile",
  ]);
  expect(output()).toEqual({ text: "52\n", failed: false, from: "read", shellMessage: "" });
  expect(useMachine.getState()).toMatchObject({ origin: "event", input: "echo 10", position: 3 });
});

test("Run right after an edit: the kernel's run stays, no trial takes its place", async () => {
  editSource(PLUS42.replace("42", "43"));
  expect(await kernel.runAll()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(useMachine.getState()).toMatchObject({ origin: "event", input: "echo 10", position: 3 });
});

test("Run stops where a step is refused", async () => {
  editSource("BPF_EXIT_INSN(),\n");
  expect(await kernel.runAll()).toBe(false);
  expect(askedOf("kernel.attach")).toEqual([]);
  expect(useKernel.getState()).toMatchObject({ fd: -1, loaded: null });
  editSource(PLUS42);
  editInput("no number");
  expect(await kernel.runAll()).toBe(false);
  expect(output()).toMatchObject({ text: "EINVAL", failed: true, from: "write", cause: { check: "input" } });
});

test("a program that was edited after its load runs as it was loaded", async () => {
  await kernel.load();
  await kernel.attach();
  editSource(RETURN(7));
  await freshCheck();
  expect(kernel.isLoaded()).toBe(false);
  await kernel.write();
  expect(texts()).toEqual(["r0 = *(u32 *)(r1 +0)", "w0 += 42", "exit"]);
  // The same text again is the program that was loaded.
  editSource(PLUS42);
  expect(kernel.isLoaded()).toBe(true);
  editSource(RETURN(7));
  await kernel.read();
  expect(output()?.text).toBe("52\n");
});

test("a cancelled request rejects, and the effects of earlier ones are restored", async () => {
  await kernel.runAll();
  const { run } = useMachine.getState();
  const ended = engine().api.kernel.shell("echo 99 > /sys/oreore/bpf");
  engine().cancel();
  await expect(ended).rejects.toBeInstanceOf(Cancelled);
  expect(await engine().api.runs.step(run?.run ?? -1, 3)).toEqual(useMachine.getState().view);
  await kernel.read();
  expect(output()?.text).toBe("52\n");
});

test("a reader's own type takes OREORE's place, in the list and in the kernel", async () => {
  expect(await kernel.defineOwn(ADDER)).toBe(true);
  expect(kernel.progTypeView("oreore")).toBeUndefined();
  expect(kernel.progTypeView("adder")).toMatchObject({
    constant: "BPF_PROG_TYPE_ADDER",
    event: "sysfs",
    firstInput: "10 32",
    attachTypes: [{ id: 44, name: "BPF_ADDER_ATTACH" }],
  });
  expect(kernel.hookPath(useKernel.getState())).toBe("/sys/adder/sum");
  expect(useProgram.getState()).toMatchObject({ progType: "adder", input: "10 32", askedDefinition: ADDER });
  editSource(SUM);
  expect(await kernel.runAll()).toBe(true);
  expect(output()?.text).toBe("42\n");
});

test("a link's program opens with its own type, its run repeated, at its step", async () => {
  await openState({ source: SUM, progType: "adder", maps: [], input: "40 2", step: 2, definition: ADDER });
  await until(useKernel, ({ definition }) => definition?.name === "adder");
  const { position, view } = await until(useMachine, ({ position, run }) => run?.length === 4 && position === 2);
  expect([position, view?.regs[0], view?.regs[2]]).toEqual([2, "0000000000000028", "0000000000000002"]);
});

test("a link with a faulty definition is refused with a notice, and the program stays", async () => {
  await openState({ source: SUM, progType: "x", maps: [], input: "1", definition: { name: 7 } });
  expect(useProgram.getState()).toMatchObject({ source: PLUS42, notice: { kind: "link-fault", fault: "definition" } });
});

test("a packet is given by name or as hex, and anything else gives a message", async () => {
  kernel.chooseType("xdp");
  editSource(RETURN(2));
  expect(useProgram.getState().input).toBe(kernel.progTypeView("xdp")?.firstInput);
  expect(await trial()).toMatchObject({ origin: "trial", inputBytes: useProgram.getState().input, noRunReason: null });
  editInput("tcp-synn");
  await until(useMachine, ({ noRunReason }) => noRunReason !== null);
  expect(useMachine.getState()).toMatchObject({
    run: null,
    noRunReason: { en: expect.stringContaining("`tcp-synn` is no packet") },
  });
  editInput("tcp-syn");
  const { inputBytes } = await until(useMachine, ({ run }) => run !== null);
  expect(inputBytes).toMatch(/^[0-9a-f]+$/);
  await kernel.load();
  await kernel.testRun();
  expect(useMachine.getState()).toMatchObject({ origin: "test", run: { end: { retval: 2 } } });
});

test("a chosen attach type becomes a line of the text, and check, load, attach and take-home follow it", async () => {
  kernel.chooseType("cgroup_skb");
  editSource(RETURN(1));
  const attach = async () => (await freshCheck())?.attach;
  expect(await attach()).toEqual({ id: 0, name: "BPF_CGROUP_INET_INGRESS", saidBy: "" });
  await chooseAttach("BPF_CGROUP_INET_EGRESS");
  expect(useProgram.getState().source).toBe(`// @attach BPF_CGROUP_INET_EGRESS\n${RETURN(1)}`);
  expect(await attach()).toEqual({ id: 1, name: "BPF_CGROUP_INET_EGRESS", saidBy: "directive" });
  await kernel.load();
  await kernel.attach();
  const [load, attached] = useKernel.getState().calls;
  expect(load?.text).toContain("expected_attach_type=BPF_CGROUP_INET_EGRESS");
  expect(attached?.text).toContain("attach_type=BPF_CGROUP_INET_EGRESS");
  expect(attached).toMatchObject({ errnoName: "EBADF", cause: { check: "no-target" } });
  const files = await engine().api.tools.takeHome(programInput(useProgram.getState()));
  const loader = files?.find(({ path }) => path === "loader.c")?.text;
  expect(loader).toContain("attr.prog_type = 8 /* BPF_PROG_TYPE_CGROUP_SKB */;");
  expect(loader).toContain("attr.expected_attach_type = 1 /* BPF_CGROUP_INET_EGRESS */;");
  expect(loader).toContain("attr.target_fd = target;");
  await chooseAttach("BPF_CGROUP_INET_INGRESS");
  expect(useProgram.getState().source).toBe(`// @attach BPF_CGROUP_INET_INGRESS\n${RETURN(1)}`);
  await chooseAttach("");
  expect(useProgram.getState().source).toBe(RETURN(1));
});

test("a type that needs an attach type says so, and is loaded once one is chosen", async () => {
  kernel.chooseType("cgroup_sock_addr");
  editSource(RETURN(1));
  expect(kernel.progTypeView("cgroup_sock_addr")?.attachNeeded).toBe(true);
  expect(await freshCheck()).toMatchObject({ verdict: "reject", attach: { name: "", saidBy: "" } });
  await chooseAttach("BPF_CGROUP_UDP4_RECVMSG");
  expect(await freshCheck()).toMatchObject({ verdict: "accept", attach: { id: 19 } });
  // A record names its attach type in C, so there is nothing to choose.
  editSource(
    '{ "t", .insns = { BPF_MOV64_IMM(BPF_REG_0, 1), BPF_EXIT_INSN(), }, .expected_attach_type = BPF_CGROUP_INET4_BIND, },',
  );
  expect(await freshCheck()).toMatchObject({ attach: { name: "BPF_CGROUP_INET4_BIND", saidBy: "record" } });
  const choosable = useKernel.getState().hello?.progTypes.filter(({ attachTypes }) => attachTypes.length > 1);
  expect(choosable?.map(({ name, attachTypes }) => `${name} ${attachTypes.length}`)).toEqual([
    "kprobe 4",
    "sched_cls 4",
    "xdp 3",
    "cgroup_skb 2",
    "cgroup_sock 4",
    "sk_skb 3",
    "cgroup_sock_addr 17",
    "sk_reuseport 2",
    "cgroup_sockopt 2",
  ]);
});

test("measuring the speed says what is wrong with an input", async () => {
  expect((await measureSpeed())?.view?.interp.nsPerRun).toBeGreaterThan(0);
  kernel.chooseType("xdp");
  editInput("tcp-synn");
  expect(await measureSpeed()).toBeUndefined();
  expect(useProgram.getState().notice).toMatchObject({
    kind: "said",
    bad: true,
    words: { en: expect.stringContaining("`tcp-synn` is no packet") },
  });
});

test("two changes of the environment at once are both made", async () => {
  await Promise.all([setEnvironment({ seed: 7 }), setEnvironment({ cpu: 2 })]);
  expect(useEnvironment.getState()).toEqual({ seed: 7, cpu: 2, sockets: false });
  await openEnvironment({});
});
