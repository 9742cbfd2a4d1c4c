/**
 * For the shop's own page: who is chatting here, as a reference that its server can use.
 *
 *   const { shopperReference } = await import("https://chat.shop.example/widget/reference.js");
 *   const shopper = await shopperReference("pk_…");
 *
 * It comes as soon as the shopper has a session, which is when they first open the chat. It is good
 * for ten minutes, and for nothing without the store's secret.
 */

const gateway = new URL(import.meta.url).origin;

export function shopperReference(key) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = `${gateway}/widget/reference?key=${encodeURIComponent(key)}`;
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      removeEventListener("message", heard);
      frame.remove();
      settle(value);
    };
    let ask = () => {};
    const heard = ({ source, origin, data }) => {
      if (origin !== gateway) return;
      // The panel speaks: by now the shopper may have the session that they had not before.
      if (source !== frame.contentWindow) ask();
      else if (data?.reference) end(resolve, data.reference);
      else if (data?.refused) end(reject, new Error(data.refused));
    };
    addEventListener("message", heard);
    // Only the store's own pages may frame it, and a refused frame loads all the same: asked, it
    // answers by its own script or not at all.
    frame.onload = () => {
      ask = () => frame.contentWindow.postMessage({ asks: "reference" }, gateway);
      ask();
    };
    document.documentElement.append(frame);
  });
}
