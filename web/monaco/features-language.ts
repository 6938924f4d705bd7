// What the editor says about a program, and the menus that lead there: each import registers one feature with Monaco.
import "monaco-editor/features/codeAction/register";
import "monaco-editor/features/contextmenu/register";
import "monaco-editor/features/gotoError/register";
import "monaco-editor/features/gotoLine/register";
import "monaco-editor/features/gotoSymbol/register";
import "monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands.js";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/inlayHints/register";
import "monaco-editor/features/parameterHints/register";
import "monaco-editor/features/quickCommand/register";
import "monaco-editor/features/rename/register";
// features/suggest registers inline suggestions only. This file registers the list of suggestions.
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";
import "monaco-editor/features/wordHighlighter/register";
