// Finds visible buttons, links and other controls that are too small for a finger: less than 44 pixels wide or high (WCAG 2.5.5).
import type { Page } from "@playwright/test";

const LEAST = 44;
const PRESSED =
  'a[href], button, input, select, textarea, summary, [role="tab"], [role^="menuitem"], [role="option"], label:has(> input)';
/**
 * Left out, as WCAG allows: links within a sentence, which are as high as the line; the blocks of the graph, which are as large as the
 * reader zooms (the lines of the program lead to the same instructions); the link for the keyboard that skips the header.
 */
const LEFT_OUT = "p a, li a, .lesson__blank, .lesson__goto, .block, .block__loop, .skip";

/** One line for each control that is too small. A check box or radio button counts with its label, which can be pressed too. */
export const smallTargets = (page: Page, within = "body"): Promise<readonly string[]> =>
  page.evaluate(
    ([selector, leftOut, least, part]) =>
      [...document.querySelectorAll(part)].flatMap((place) =>
        [...place.querySelectorAll<HTMLElement>(selector)]
          .filter((one) => !one.matches(leftOut) && !(one.matches("input") && one.closest("label")))
          .filter(
            (one) =>
              !one.closest("[inert]") &&
              // A library's field for forms, which nobody sees or presses.
              !one.matches('input[aria-hidden="true"]') &&
              one.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
          )
          .map((one) => ({ one, box: one.getBoundingClientRect() }))
          // Half a pixel is allowed for rounding.
          .filter(({ box }) => box.width + 0.5 < least || box.height + 0.5 < least)
          .map(
            ({ one, box }) =>
              `${one.tagName} ${one.className} "${one.getAttribute("aria-label") ?? one.textContent}" ${Math.round(box.width)} × ${Math.round(box.height)}`,
          ),
      ),
    [PRESSED, LEFT_OUT, LEAST, within] as const,
  );
