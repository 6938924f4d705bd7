import { expect, test } from "vitest";
import { lex } from "./lex.ts";
import { Reporter } from "./messages.ts";
import { preprocess } from "./preprocess.ts";
import { Types } from "./types.ts";

const expand = (source: string): string => {
  const names = { constant: () => undefined, constantNames: () => [] };
  const types = new Types({ struct: () => undefined, structNames: () => [] });
  const context = { reporter: new Reporter(), types, names, source };
  const { tokens } = preprocess(lex(source).tokens, context, { predefined: () => undefined, known: () => false });
  return tokens.map((token) => token.text).join(" ");
};

// The expected texts are the output of gcc 12 -E -P.
test.each([
  [
    "## with nothing on a side",
    "#define t(x,y,z) x ## y ## z\nint j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };",
    "int j [ ] = { 123 , 45 , 67 , 89 , 10 , 11 , 12 , } ;",
  ],
  [
    "# ## #",
    "#define hash_hash # ## #\n#define mkstr(a) # a\n#define in_between(a) mkstr(a)\n#define join(c, d) in_between(c hash_hash d)\nchar p[] = join(x, y);",
    'char p [ ] = "x ## y" ;',
  ],
  [
    "variadic macros",
    '#define debug(...) fprintf(stderr, __VA_ARGS__)\n#define show(fmt, ...) p(fmt, ##__VA_ARGS__)\n#define report(test, ...) ((test)?puts(#test):printf(__VA_ARGS__))\ndebug("Flag"); debug("X = %d\\n", x); show("a"); show("a", 1, 2); report(x>y, "x is %d but y is %d", x, y);',
    'fprintf ( stderr , "Flag" ) ; fprintf ( stderr , "X = %d\\n" , x ) ; p ( "a" ) ; p ( "a" , 1 , 2 ) ; ( ( x > y ) ? puts ( "x>y" ) : printf ( "x is %d but y is %d" , x , y ) ) ;',
  ],
  ["two macros in a circle", "#define A B\n#define B A\nA B A;", "A B A ;"],
  [
    "a name that meets its parenthesis later",
    "#define F(x) x F\n#define G(x) (x)\nF(1)(2)(3); G G(1); G(G)(G)(1);",
    "1 F ( 2 ) ( 3 ) ; G ( 1 ) ; ( G ) ( G ) ( 1 ) ;",
  ],
  ["empty macros before a parenthesis", "#define EMPTY\n#define LP (\n#define FX(x) [x]\nFX EMPTY (1);", "FX ( 1 ) ;"],
  [
    "pasting before and after expansion",
    "#define CAT(a,b) a##b\n#define XCAT(a,b) CAT(a,b)\n#define AB 7\nXCAT(A,B) CAT(A,B) XCAT(XCAT(1,2),3);",
    "7 7 123 ;",
  ],
  [
    "# of what was and was not expanded",
    "#define S(x) #x\n#define XS(x) S(x)\n#define N 42\nS(N) XS(N) S(\"a\\n\" 'b') S( a   b ) S( );",
    '"N" "42" "\\"a\\\\n\\" \'b\'" "a b" "" ;',
  ],
  ["macros in macros' arguments", "#define REP2(x) x x\n#define REP4(x) REP2(REP2(x))\nREP4(a;)", "a ; a ; a ; a ;"],
  [
    "conditionals",
    "#if defined(A) || !defined B && 3 > 2\nyes\n#else\nno\n#endif\n#define B\n#if defined B && (1 ? 2 : 0) == 2\nyes2\n#elif 1\nno2\n#endif\n#ifdef B\n#ifndef C\nin\n#else\nout\n#endif\n#endif\n#if 0\n#if 1\nx\n#endif\n#else\nend\n#endif\n#if -1 > 0u\nuns\n#endif\n#if 'a' == 97 && 0x10 == 16 && 010 == 8 && UNKNOWN == 0\nok\n#endif",
    "yes yes2 in end uns ok",
  ],
  [
    "commas, parentheses and newlines in arguments",
    "#define f(x, y) x+y\n#define c ,\nf(1 , (2, 3)) f((a,b),c) [f(\n1,\n2\n)]",
    "1 + ( 2 , 3 ) ( a , b ) + , [ 1 + 2 ]",
  ],
  [
    "nesting of one macro",
    "#define NEST(a) <a>\n#define OUTER(x) NEST(x) NEST(NEST(x))\nOUTER(NEST(1)) OUTER(OUTER(2))",
    "< < 1 > > < < < 1 > > > < < 2 > < < 2 > > > < < < 2 > < < 2 > > > >",
  ],
  [
    "missing and empty variable arguments",
    "#define va(a, ...) [a|__VA_ARGS__]\nva(1) va(1,) va(1,2,3) va(,) va((1,2),3)",
    "[ 1 | ] [ 1 | ] [ 1 | 2 , 3 ] [ | ] [ ( 1 , 2 ) | 3 ]",
  ],
  ["gcc's named rest", "#define args(a, r...) {a:r}\nargs(1,2,3)", "{ 1 : 2 , 3 }"],
  [
    "an object macro whose text looks like parameters",
    "#define obj (x)\n#define obj2(x) <x>\nobj obj2 (1) obj2\n(2)",
    "( x ) < 1 > < 2 >",
  ],
  [
    "three macros in a circle",
    "#define ONE two\n#define two TWO(1)\n#define TWO(x) ONE x two\nONE TWO(ONE)",
    "ONE 1 two TWO ( 1 ) ONE 1 two TWO ( 1 )",
  ],
])("%s", (_, source, expected) => {
  expect(expand(source)).toBe(expected);
});
