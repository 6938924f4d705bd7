// Empty records that the passes fill: one InsnAux for each slot, one SubprogInfo for each function.
import type { InsnAux, SubprogInfo } from "./env.ts";

/** What is known of a slot before any pass. */
export const newInsnAux = (): InsnAux => ({
  map: null,
  mapOff: 0,
  ptrType: 0,
  prunePoint: false,
  forceCheckpoint: false,
  jmpPoint: false,
  callsCallback: false,
  scc: 0,
  liveRegsBefore: 0,
  seen: 0,
  callMap: null,
  callMapPoison: false,
  loopInline: false,
  loopSubprogno: -1,
  fastcallPattern: false,
  fastcallSpillsNum: 0,
  ctxFieldSize: 0,
  history: null,
});

/** A function that starts at slot `start`. */
export const newSubprog = (start: number): SubprogInfo => ({
  start,
  stackDepth: 0,
  name: "",
  isGlobal: false,
  called: false,
  verified: false,
  unreliable: false,
  hasTailCall: false,
  tailCallReachable: false,
  hasLdAbs: false,
  isCb: false,
  isAsyncCb: false,
  isExceptionCb: false,
  mightSleep: false,
  changesPktData: false,
  fastcallStackOff: 0,
  keepFastcallStack: false,
  postorderStart: 0,
});
