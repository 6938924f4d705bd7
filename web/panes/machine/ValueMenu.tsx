// What can be done with a value: one menu for registers, stack rows and map values. Opened on the value's name, with the right button or
// the menu key.
import { Menu } from "@base-ui/react/menu";
import { useMachineTexts } from "../../i18n/machine.ts";
import { NUMBER_BASES, type NumberBase } from "../../stores/page/settings.ts";
import { toggleWatch, useBreakpoints } from "../../stores/run/breakpoints.ts";
import { lastWrite, untilChange } from "../../stores/run/travel.ts";
import { formatValue } from "./format.ts";
import { chooseBase, chosenBase } from "./numbers.ts";
import { type OpenMenu, useValueMenu } from "./value-menu.ts";
import "../../ui/menu.css";

export default function ValueMenu() {
  const open = useValueMenu((s) => s.open);
  return open && <ValueActions key={open.value.name} open={open} />;
}

function ValueActions({ open }: { readonly open: OpenMenu }) {
  const words = useMachineTexts();
  const { value, x, y, from } = open;
  const { name, hex, target } = value;
  const watched = useBreakpoints((s) => s.watches.some((watch) => watch.name === name));
  const base = chosenBase(name);
  const close = (): void => {
    useValueMenu.setState({ open: null });
    from.focus();
  };
  const item = (label: string, act: () => void) => (
    <Menu.Item className="menu__item" onClick={act}>
      {label}
    </Menu.Item>
  );
  const show = (one: NumberBase | undefined, label: string) => (
    <Menu.RadioItem key={label} className="menu__item" value={one} closeOnClick>
      <span className="menu__mark">
        <Menu.RadioItemIndicator>✓</Menu.RadioItemIndicator>
      </span>
      {label}
    </Menu.RadioItem>
  );
  return (
    <Menu.Root open modal={false} onOpenChange={(isOpen) => isOpen || close()}>
      <Menu.Portal>
        <Menu.Positioner
          className="menu-place"
          align="start"
          anchor={{ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }}
        >
          <Menu.Popup className="menu" aria-label={words.value.menu(name)}>
            {item(words.value.lastWrite, () => void lastWrite(target))}
            {"reg" in target && item(words.value.nextChange, () => void untilChange(target.reg))}
            {item(watched ? words.value.unwatch : words.value.watch, () => toggleWatch({ name, ...target }))}
            {item(words.value.copy, () => void navigator.clipboard?.writeText(formatValue(hex, base ?? "hex")))}
            <Menu.Separator className="menu__line" />
            <Menu.Group>
              <Menu.GroupLabel className="menu__title">{words.value.show}</Menu.GroupLabel>
              <Menu.RadioGroup value={base} onValueChange={(one: NumberBase | undefined) => chooseBase(name, one)}>
                {show(undefined, words.value.asSetting)}
                {NUMBER_BASES.map((one) => show(one, words.base[one]))}
              </Menu.RadioGroup>
            </Menu.Group>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
