// The header's menu: files, commands, presenting, keys, colours. Loaded at the first press, and open from the start.
import { Menu } from "@base-ui/react/menu";
import { FolderOpen, Keyboard, Menu as MenuIcon, Presentation, Search } from "lucide-react";
import { useText } from "../i18n/index.ts";
import { useMenuTexts } from "../i18n/menu.ts";
import { openDialog } from "../stores/page/dialog.ts";
import { THEMES, useSettings } from "../stores/page/settings.ts";
import { Keys } from "./Keys.tsx";
import "../ui/menu.css";

export default function MainMenu() {
  const { header } = useText();
  const text = useMenuTexts();
  const theme = useSettings((s) => s.theme);
  const set = useSettings((s) => s.set);
  return (
    <Menu.Root defaultOpen modal={false}>
      <Menu.Trigger className="button button--quiet header__menu">
        <MenuIcon size={16} aria-hidden="true" />
        <span className="header__word">{header.menu}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            <Item Icon={FolderOpen} words={text.files} keys="C-o" act={() => openDialog("files")} />
            <Item Icon={Search} words={text.commands} keys="C-k" act={() => openDialog("palette")} />
            <Item Icon={Presentation} words={text.present} keys="A-p" act={() => set({ present: true })} />
            <Item Icon={Keyboard} words={text.keys} keys="?" act={() => openDialog("keys")} />
            <Menu.Separator className="menu__line" />
            <Menu.Group>
              <Menu.GroupLabel className="menu__title">{text.themeLabel}</Menu.GroupLabel>
              <Menu.RadioGroup value={theme} onValueChange={(value) => set({ theme: value })}>
                {THEMES.map((one) => (
                  <Menu.RadioItem key={one} className="menu__item" value={one}>
                    <span className="menu__mark">
                      <Menu.RadioItemIndicator>✓</Menu.RadioItemIndicator>
                    </span>
                    {text.theme[one]}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

interface ItemProps {
  readonly Icon: typeof MenuIcon;
  readonly words: string;
  /** As in combination.ts. */
  readonly keys: string;
  readonly act: () => void;
}

function Item({ Icon, words, keys, act }: ItemProps) {
  return (
    <Menu.Item className="menu__item" onClick={act}>
      <span className="menu__mark">
        <Icon size={15} aria-hidden="true" />
      </span>
      {words}{" "}
      <span className="menu__keys">
        <Keys names={[keys]} />
      </span>
    </Menu.Item>
  );
}
