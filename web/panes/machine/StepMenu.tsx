// The speed of play, and ways through a run that are rarer than a step: until a register changes, back to a stop, to the cursor, to other
// visits of its line. Loaded at the first press of its button, so it is open from the start.
import { Popover } from "@base-ui/react/popover";
import { ChevronDown, FastForward, Rewind } from "lucide-react";
import { COMMANDS } from "../../app/commands.ts";
import { Keys } from "../../app/Keys.tsx";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { chooseRegister, chooseSpeed, SPEEDS, usePlay } from "../../stores/run/play.ts";
import { untilChange } from "../../stores/run/travel.ts";
import { RegisterSelect } from "../../ui/RegisterSelect.tsx";
import { Segments } from "../../ui/Segments.tsx";
import "../../ui/menu.css";
import "./step-menu.css";

/** Commands of the page. */
const WAYS = ["run.previous-stop", "run.to-cursor", "run.previous-visit", "run.next-visit"];

export default function StepMenu() {
  const { play: words } = useMachineTexts();
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger className="button button--quiet button--icon" aria-label={words.more} title={words.more}>
        <ChevronDown size={15} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="menu-place" sideOffset={4} align="end">
          <Popover.Popup className="menu step-menu" aria-label={words.more} data-testid="step-menu">
            <Speeds />
            <div className="menu__line" />
            <UntilChange />
            <div className="menu__line" />
            {COMMANDS.filter(({ id }) => WAYS.includes(id)).map((command) => (
              <Popover.Close key={command.id} className="menu__item step-menu__way" onClick={() => void command.act()}>
                <Words of={command.words} />{" "}
                <span className="menu__keys">
                  <Keys names={command.keys?.slice(0, 1) ?? []} />
                </span>
              </Popover.Close>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

const Words = ({ of }: { readonly of: (typeof COMMANDS)[number]["words"] }) => of[useSettings((s) => s.language)];

function Speeds() {
  const { play: words } = useMachineTexts();
  const speed = usePlay((s) => s.speed);
  const names = Object.fromEntries(SPEEDS.map((one) => [one, one])) as Record<(typeof SPEEDS)[number], string>;
  return (
    <>
      <p className="menu__title" aria-hidden="true">
        {words.speed}
      </p>
      <Segments
        label={words.speed}
        name="play-speed"
        choices={SPEEDS}
        chosen={speed}
        words={{ ...names, frame: words.frame }}
        onChoose={chooseSpeed}
      />
    </>
  );
}

function UntilChange() {
  const { play: words } = useMachineTexts();
  const reg = usePlay((s) => s.reg);
  const button = (back: boolean, Icon: typeof Rewind, text: string, label: string) => (
    <button
      type="button"
      className="button"
      aria-label={label}
      title={label}
      onClick={() => void untilChange(reg, back)}
    >
      {back && <Icon size={14} aria-hidden="true" />}
      {text}
      {!back && <Icon size={14} aria-hidden="true" />}
    </button>
  );
  return (
    <>
      <p className="menu__title" aria-hidden="true">
        {words.until}
      </p>
      <div className="step-menu__until">
        <RegisterSelect label={words.register} value={reg} onChoose={chooseRegister} />
        {button(true, Rewind, words.back, words.backTo(`R${reg}`))}
        {button(false, FastForward, words.on, words.onTo(`R${reg}`))}
      </div>
    </>
  );
}
