/** Parts of the panel that are fetched when somebody needs them: not every shopper pays for all. */

import { useEffect, useState } from "preact/hooks";
import { type House, useHouse } from "./context";

export interface Part<Kind> {
  /** Fetched once, and with it what `join` brings; after a failure the next call tries again. */
  load(join?: House["join"]): Promise<unknown>;
  /** The part while `wanted`, as soon as it is here; tried again for as long as it is not. */
  use(wanted: boolean): Kind | null;
}

/** A network that failed may be back after so long. */
const AGAIN_MS = 3_000;

export function part<Kind>(fetched: () => Promise<Kind>): Part<Kind> {
  let held: Kind | null = null;
  const load: Part<Kind>["load"] = async (join) => {
    const [kind] = await Promise.all([fetched(), join?.()]);
    held = kind;
  };
  const use = (wanted: boolean) => {
    const { room, join } = useHouse();
    const [, drawAgain] = useState(0);
    const missing = wanted && held === null;
    useEffect(() => {
      if (!missing) return;
      let timer = 0;
      let gone = false;
      let lacks = 0;
      const get = () =>
        load(join).then(
          () => gone || drawAgain((n) => n + 1),
          () => {
            if (gone) return;
            if (!lacks) room.lacks(++lacks);
            timer = window.setTimeout(get, AGAIN_MS);
          },
        );
      get();
      return () => {
        gone = true;
        if (lacks) room.lacks(-1);
        clearTimeout(timer);
      };
    }, [missing]);
    return wanted ? held : null;
  };
  return { load, use };
}

/** How to be reached elsewhere: the forms, and the page that tells what we have. */
export const reaching = part(() => import("./reaching"));
/** When to offer that. */
export const offering = part(() => import("./offering"));
/** Files: those that are about to be sent, and those of messages. */
export const filing = part(() => import("./filing"));
/** Why a message was not taken. */
export const refusing = part(() => import("./refusing"));
/** What the store asks, and how it went; only where a store has forms. */
export const forming = part(() => import("./forms/forming"));
/** What makes links of the web addresses in a message, and words stand out that are meant to. */
export const wording = part(() => import("./wording"));
