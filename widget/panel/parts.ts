/** Parts of the panel that are fetched when somebody needs them: not every shopper pays for all. */

import { useEffect, useState } from "preact/hooks";

export interface Part<Kind> {
  /** Fetched once; after a failure the next call tries again. */
  load(): Promise<Kind>;
  /** The part while `wanted`, as soon as it is here; tried again for as long as it is not. */
  use(wanted: boolean): Kind | null;
}

/** A network that failed may be back after so long. */
const AGAIN_MS = 3_000;

export function part<Kind>(fetched: () => Promise<Kind>): Part<Kind> {
  let held: Kind | null = null;
  const load = async () => {
    held ??= await fetched();
    return held;
  };
  const use = (wanted: boolean) => {
    const [, drawAgain] = useState(0);
    const missing = wanted && held === null;
    useEffect(() => {
      if (!missing) return;
      let timer = 0;
      let gone = false;
      const get = () =>
        load().then(
          () => gone || drawAgain((n) => n + 1),
          () => {
            if (!gone) timer = window.setTimeout(get, AGAIN_MS);
          },
        );
      get();
      return () => {
        gone = true;
        clearTimeout(timer);
      };
    }, [missing]);
    return wanted ? held : null;
  };
  return { load, use };
}

/** How to be reached elsewhere: the forms, and the page that tells what we have. */
export const reaching = part(() => import("./reaching"));
/** Files that are about to be sent. */
export const filing = part(() => import("./filing"));
/** Files that came with messages. */
export const showing = part(() => import("./Files"));
/** The sound of an answer. */
export const ringing = part(() => import("./ringing"));
