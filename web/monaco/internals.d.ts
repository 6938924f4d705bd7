// What we use of Monaco that is not in its public types.

// Parts that are only evaluated: load.ts.
declare module "monaco-editor/editor/common/model/textModel.js";
declare module "monaco-editor/editor/browser/widget/codeEditor/codeEditorWidget.js";
declare module "monaco-editor/editor/standalone/browser/standaloneServices.js";

// The two registries that keep titles.
declare module "monaco-editor/editor/browser/editorExtensions.js" {
  export const EditorExtensionsRegistry: { getEditorActions(): Iterable<{ readonly label: string }> };
}
declare module "monaco-editor/platform/actions/common/actions.js" {
  interface MenuId {
    readonly id: string;
  }
  interface Titled {
    readonly title: string | { readonly value: string; readonly original: string };
  }
  export const MenuId: Readonly<
    Record<
      "EditorContext" | "EditorContextCopy" | "EditorContextPeek" | "EditorContextShare" | "SimpleEditorContext",
      MenuId
    >
  >;
  export const MenuRegistry: {
    getMenuItems(id: MenuId): readonly (Titled | { readonly command: Titled })[];
    getCommands(): ReadonlyMap<string, Titled>;
  };
}
