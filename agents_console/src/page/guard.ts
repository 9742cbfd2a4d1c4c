/** Keeps somebody from losing what they have not saved: by a link, by Back, or by closing the tab. */

import { keepHere, leave } from "../leaving";

/** `ask` is handed how to go on; returns how to stop guarding. */
export function guard(unsaved: () => boolean, ask: (go: () => void) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const here = location.href;
  const stop = () => {
    listening.abort();
    keepHere(null);
  };
  const goOn = (href: string) => () => {
    stop();
    // Only the part after the hash: anything else would load the page anew.
    location.hash = new URL(href).hash || "#";
  };
  keepHere({
    ask: (go) => (unsaved() ? ask(go) : go()),
    stays() {
      if (!unsaved() || location.href === here) return false;
      const wanted = location.href;
      history.pushState(null, "", here);
      ask(goOn(wanted));
      return true;
    },
  });
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.target;
      // What leads off this page is asked about by the browser.
      if (!link || elsewhere || link.pathname !== location.pathname) return;
      if (link.href === here || !unsaved()) return;
      event.preventDefault();
      leave(goOn(link.href));
    },
    { capture: true, signal },
  );
  addEventListener(
    "beforeunload",
    (event) => {
      if (unsaved()) event.preventDefault();
    },
    { signal },
  );
  return stop;
}
