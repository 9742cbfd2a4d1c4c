/** The service worker's file: on the gateway's origin, or imported by one line of the shop's. */

import { attend, type Scope } from "./attend";

/** The gateway's origin; the gateway writes it above this file, which may run on the shop's. */
declare const ONETHREAD_GATEWAY: string;

// Whose it is stands in its own address, where whoever registered it put it.
const store = new URLSearchParams(self.location.search).get("key");
attend(self as unknown as Scope, ONETHREAD_GATEWAY, store ?? "");
