// The two registries of Monaco that keep titles. They are not in its public types.
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
