// Lets the page open without a network after its first visit, and asks before it loads a newer version. Loaded five seconds after the
// start. Not used inside another page and during development.
import { Workbox } from "workbox-window";
import { saveNow } from "../stores/program/program.ts";
import { offerUpdate } from "./UpdateBar.tsx";

export function registerOffline(): void {
  const workbox = new Workbox("./sw.js");
  let asked = false;
  workbox.addEventListener("waiting", () =>
    offerUpdate(() => {
      asked = true;
      workbox.messageSkipWaiting();
    }),
  );
  workbox.addEventListener("controlling", ({ isUpdate, isExternal }) => {
    if (asked) reload();
    // Another tab has loaded the newer version, so files of this one may be gone from the device.
    else if (isUpdate || isExternal) offerUpdate(reload);
  });
  workbox.register().catch(() => {}); // not allowed here: the page needs a network, as before
}

function reload(): void {
  saveNow();
  location.reload();
}
