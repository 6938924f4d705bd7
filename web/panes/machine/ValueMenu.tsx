// What can be done with a value: one menu for registers, stack rows and map values. Opened on the value's name, with the right button or
// the menu key.
import { Menu } from "@base-ui/react/menu";
import { useMachineTexts } from "../../i18n/machine.ts";
import { NUMBER_BASES, type NumberBase } from "../../stores/page/settings.ts";
import { toggleWatch, useBreakpoints } from "../../stores/run/breakpoints.ts";
import { lastWrite, untilChange } from "../../stores/run/travel.ts";
import { copyOrSay } from "../../ui/copy.ts";
import { formatValue } from "./format.ts";
import { chooseBase, chosenBase } from "./numbers.ts";
import { type OpenMenu, useValueMenu } from "./value-menu.ts";
import "../../ui/menu.css";

/** No base of its own: the value is shown in the base of the setting. */
const AS_SETTING = "setting";

export default function ValueMenu({ open }: { readonly open: OpenMenu }) {
  const words = useMachineTexts();
  const { value, x, y, from } = open;
  const { name, hex, target } = value;
  const watched = useBreakpoints((s) => s.watches.some((watch) => watch.name === name));
  const base = chosenBase(name);
  /** `back`: the focus goes back, as the reader did not press anywhere else. */
  const close = (back: boolean): void => {
    useValueMenu.setState({ open: null });
    if (back) from.focus();
  };
  const item = (label: string, act: () => void) => (
    <Menu.Item className="menu__item" onClick={act}>
      {label}
    </Menu.Item>
  );
  const show = (one: NumberBase | undefined, label: string) => (
    <Menu.RadioItem key={label} className="menu__item" value={one ?? AS_SETTING} closeOnClick>
      <span className="menu__mark">
        <Menu.RadioItemIndicator>✓</Menu.RadioItemIndicator>
      </span>
      {label}
    </Menu.RadioItem>
  );
  return (
    <Menu.Root open modal={false} onOpenChange={(isOpen, { reason }) => isOpen || close(reason !== "outside-press")}>
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
            {item(words.value.copy, () => void copyOrSay(formatValue(hex, base ?? "hex")))}
            <Menu.Separator className="menu__line" />
            <Menu.Group>
              <Menu.GroupLabel className="menu__title">{words.value.show}</Menu.GroupLabel>
              <Menu.RadioGroup
                value={base ?? AS_SETTING}
                onValueChange={(one: NumberBase | typeof AS_SETTING) =>
                  chooseBase(name, one === AS_SETTING ? undefined : one)
                }
              >
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
