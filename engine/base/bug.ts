// Errors for our own mistakes: the only thing the engine throws. Wrong input is never thrown:
// it becomes a Diagnostic, a Verdict, a negative errno or a Fault.

/** An invariant of this program does not hold. Shown to people as "this is a bug in Oreore". */
class Bug extends Error {
  override readonly name = "Bug";
}

/** Makes the error to throw in a state that the code rules out: `throw bug("no form for code 0x…")`. */
export const bug = (message: string): Bug => new Bug(message);

/** What a caught value says. Anything can be thrown, most often an Error. */
export const thrownText = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
