// The sentence about a witness: what harm the program does, where, and why it is harm.

import type { Texts } from "../../base/language.ts";
import { hex64 } from "../../base/u64.ts";
import type { Fault } from "../../vm/fault.ts";
import type { Harm } from "../../vm/harm.ts";

export function harmWords(harm: Harm): Texts {
  const { slot } = harm;
  switch (harm.kind) {
    case "fault":
      return faultWords(harm.fault);
    case "unset-register":
      return {
        en: `Instruction ${slot} reads R${harm.reg}, which nothing has written on this path: it holds whatever was left there.`,
        ja: `命令 ${slot} が R${harm.reg} を読みますが、この経路では何も書かれていません。前に残っていた値がそのまま使われます。`,
      };
    case "unwritten-stack":
      return {
        en: `Instruction ${slot} reads fp${harm.off}, a byte of the stack that nothing has written: it holds whatever was left there.`,
        ja: `命令 ${slot} がスタックの fp${harm.off} を読みますが、何も書かれていません。前に残っていた値がそのまま使われます。`,
      };
    case "moved-packet":
      return {
        en: `Instruction ${slot} goes through R${harm.reg} to where the packet was before ${harm.func}() at instruction ${harm.call}, which may have moved it: that memory may be another one's by now.`,
        ja: `命令 ${slot} は R${harm.reg} を通して、命令 ${harm.call} の ${harm.func}() より前にパケットがあった場所を使います。呼び出しでパケットが移動していれば、そこはもう別のメモリです。`,
      };
    case "released":
      return {
        en: `Instruction ${slot} goes through R${harm.reg} to what ${harm.func}() at instruction ${harm.call} has released.`,
        ja: `命令 ${slot} は R${harm.reg} を通して、命令 ${harm.call} の ${harm.func}() で解放したものを使います。`,
      };
    case "leak":
      return {
        en: `The program ends at instruction ${slot}, and what ${harm.func}() gave at instruction ${harm.call} is never released: each run leaves one more behind.`,
        ja: `プログラムは命令 ${slot} で終わりますが、命令 ${harm.call} の ${harm.func}() で得たものが解放されません。実行するたびに 1 つずつ残ります。`,
      };
    case "result":
      return {
        en: `The program returns ${harm.value}; only ${range(harm)} means something to the kernel here.`,
        ja: `プログラムは ${harm.value} を返しますが、カーネルがここで受け取れるのは ${range(harm)} だけです。`,
      };
    case "pointer-result":
      return {
        en: `The program returns an address of the kernel, which is no result and tells where its memory lies.`,
        ja: `プログラムはカーネルのアドレスを返します。これは結果ではなく、メモリの場所を漏らします。`,
      };
    case "endless":
      return {
        en: `After ${harm.step} steps everything is as it was after ${harm.since}: the program goes round for ever and its CPU never comes back.`,
        ja: `${harm.step} ステップの後、すべてが ${harm.since} ステップの後と同じ状態に戻ります。プログラムは永久に回り続け、CPU は戻りません。`,
      };
    case "too-long":
      return {
        en: `After ${harm.step} instructions the program has not ended: no program that the verifier accepts runs so long.`,
        ja: `${harm.step} 命令を実行しても終わりません。verifier が受け入れるプログラムがこれほど長く走ることはありません。`,
      };
  }
}

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? String(min) : `${min} … ${max}`;

function faultWords(fault: Fault): Texts {
  const { kind, slot, address, size = 0, write = false, nearest, reason } = fault;
  if (kind === "access" && address !== undefined) {
    if (address < 4096n)
      return {
        en: `Instruction ${slot} goes to address ${address} through a NULL pointer, where there is no memory.`,
        ja: `命令 ${slot} は NULL ポインタを通してアドレス ${address} に触れます。そこにメモリはありません。`,
      };
    const does = write ? { en: "writes", ja: "書き" } : { en: "reads", ja: "読み" };
    const place = nearest
      ? placeWords(address, size, nearest)
      : { en: `at 0x${hex64(address)}`, ja: `0x${hex64(address)} の` };
    return {
      en: `Instruction ${slot} ${does.en} ${size} byte${size === 1 ? "" : "s"} ${place.en}.`,
      ja: `命令 ${slot} は ${place.ja} ${size} バイトを${does.ja}ます。`,
    };
  }
  if (kind === "deadlock")
    return {
      en: `At instruction ${slot} a lock is held that never comes free: this CPU, or the next one that wants it, waits for ever.`,
      ja: `命令 ${slot} で、ロックが解放されないままになります。この CPU か、次にそのロックを取る CPU が永久に待ちます。`,
    };
  if (kind === "frames")
    return {
      en: `Instruction ${slot} calls deeper than the kernel's stack has room for.`,
      ja: `命令 ${slot} の呼び出しは、カーネルのスタックに収まらない深さです。`,
    };
  if (kind === "argument")
    return {
      en: `Instruction ${slot} gives a helper what it cannot take (${reason}); the kernel would use it unseen.`,
      ja: `命令 ${slot} がヘルパーに渡せないものを渡します (${reason})。カーネルは確かめずにそれを使います。`,
    };
  return {
    en: `The machine stops at instruction ${slot}: ${reason}.`,
    ja: `命令 ${slot} でマシンが止まります (${reason})。`,
  };
}

/** Up to this many bytes, the sentence says how far an access lies from the nearest memory. */
const NEAR = 1n << 20n;

const bytes = (n: bigint): string => `${n} byte${n === 1n ? "" : "s"}`;

function placeWords(address: bigint, size: number, { name, start, end }: NonNullable<Fault["nearest"]>): Texts {
  const far = address >= end ? address - end : start - address;
  if (far > NEAR)
    return { en: `at 0x${hex64(address)}, far from all its memory`, ja: `どのメモリからも遠い 0x${hex64(address)} の` };
  if (address >= end)
    return far === 0n
      ? { en: `right behind the end of \`${name}\``, ja: `\`${name}\` の終わりの直後の` }
      : { en: `${bytes(far)} behind the end of \`${name}\``, ja: `\`${name}\` の終わりから ${far} バイト先の` };
  if (address < start)
    return { en: `${bytes(far)} before the start of \`${name}\``, ja: `\`${name}\` の始まりの ${far} バイト手前の` };
  const over = address + BigInt(size) - end;
  return over > 0n
    ? {
        en: `of which ${over} ${over === 1n ? "lies" : "lie"} behind the end of \`${name}\``,
        ja: `\`${name}\` の終わりを ${over} バイト越える`,
      }
    : { en: `of \`${name}\`, which may only be read`, ja: `読み取り専用の \`${name}\` の` };
}
