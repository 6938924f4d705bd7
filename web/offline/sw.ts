// The service worker: keeps every file of the site on the device, so that the page opens without a network. A newer version waits until a
// reader asks for it. web/build/offline.ts builds it and puts the list of files into FILES.

import { cleanupOutdatedCaches } from "workbox-precaching/cleanupOutdatedCaches";
import { precacheAndRoute } from "workbox-precaching/precacheAndRoute";

declare const FILES: readonly { readonly url: string; readonly revision: string | null }[];

/** The used part of a worker's global scope. Its types cannot be loaded together with those of a page. */
interface WorkerScope {
  skipWaiting(): Promise<void>;
  addEventListener(type: "message", listener: (event: MessageEvent<{ readonly type?: string } | null>) => void): void;
}
const scope = globalThis as unknown as WorkerScope;

cleanupOutdatedCaches();
// ?lang=ja, ?embed=1 and anything else before the # give the same page.
precacheAndRoute([...FILES], { ignoreURLParametersMatching: [/./], cleanURLs: false });
scope.addEventListener("message", ({ data }) => {
  if (data?.type === "SKIP_WAITING") void scope.skipWaiting();
});
