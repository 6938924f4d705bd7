// What can be pressed in sight and is smaller than a finger needs: 44 pixels each way (WCAG 2.5.5).
import type { Page } from "@playwright/test";

const LEAST = 44;
const PRESSED =
  'a[href], button, input, select, textarea, summary, [role="tab"], [role^="menuitem"], [role="option"], label:has(> input)';
/**
 * Left out, as WCAG allows: what stands within a sentence (its height is the line's), the blocks of a drawing (they are as
 * large as the reader zooms; the lines of the program lead to the same instructions), and the way past the header for the keyboard.
 */
const LEFT_OUT = "p a, li a, .lesson__blank, .lesson__goto, .block, .block__loop, .skip";

/** One line for each. A box to tick or a radio button is pressed on its label. */
export const smallTargets = (page: Page, within = "body"): Promise<readonly string[]> =>
  page.evaluate(
    ([selector, leftOut, least, part]) =>
      [...document.querySelectorAll(part)].flatMap((place) =>
        [...place.querySelectorAll<HTMLElement>(selector)]
          .filter((one) => !one.matches(leftOut) && !(one.matches("input") && one.closest("label")))
          .filter(
            (one) =>
              !one.closest("[inert]") && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
          )
          .map((one) => ({ one, box: one.getBoundingClientRect() }))
          // Fractions of a pixel are the screen's.
          .filter(({ box }) => box.width + 0.5 < least || box.height + 0.5 < least)
          .map(
            ({ one, box }) =>
              `${one.tagName} ${one.className} "${one.getAttribute("aria-label") ?? one.textContent}" ${Math.round(box.width)} × ${Math.round(box.height)}`,
          ),
      ),
    [PRESSED, LEFT_OUT, LEAST, within] as const,
  );
