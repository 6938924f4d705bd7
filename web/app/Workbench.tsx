// Four panes in two columns: what one writes and what the verifier says of it; what runs and what makes it run.
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { useText } from "../i18n/index.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { KernelPane } from "../panes/kernel/KernelPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { useSettings } from "../stores/settings.ts";
import { Lesson } from "./Lesson.tsx";

export function Workbench() {
  const text = useText();
  const present = useSettings((s) => s.present);
  const columns = useDefaultLayout({ id: "group-columns" });
  const left = useDefaultLayout({ id: "group-left" });
  const right = useDefaultLayout({ id: "group-right" });
  return (
    <Group
      id="group-columns"
      className="workbench"
      orientation="horizontal"
      defaultLayout={columns.defaultLayout}
      onLayoutChanged={columns.onLayoutChanged}
    >
      <Panel id="panel-write" defaultSize="59" minSize={320}>
        <div className="workbench__left">
          <Lesson />
          <Group
            id="group-left"
            className="workbench__rows"
            orientation="vertical"
            defaultLayout={left.defaultLayout}
            onLayoutChanged={left.onLayoutChanged}
          >
            <Panel id="panel-editor" defaultSize="56" minSize={160}>
              <EditorPane />
            </Panel>
            <Separator className="split split--rows" aria-label={text.resize.rows} />
            <Panel id="panel-verifier" defaultSize="44" minSize={120}>
              <VerifierPane />
            </Panel>
          </Group>
        </div>
      </Panel>
      <Separator className="split split--columns" aria-label={text.resize.columns} />
      <Panel id="panel-run" defaultSize="41" minSize={300}>
        {present ? (
          <MachinePane />
        ) : (
          <Group
            id="group-right"
            orientation="vertical"
            defaultLayout={right.defaultLayout}
            onLayoutChanged={right.onLayoutChanged}
          >
            <Panel id="panel-machine" defaultSize="57" minSize={180}>
              <MachinePane />
            </Panel>
            <Separator className="split split--rows" aria-label={text.resize.rows} />
            <Panel id="panel-kernel" defaultSize="43" minSize={160}>
              <KernelPane />
            </Panel>
          </Group>
        )}
      </Panel>
    </Group>
  );
}
