/** In the hidden frame: has the session of this browser, and tells the shop's page a reference. */

const { key, origins } = JSON.parse(document.getElementById("boot").textContent);
const home = `onethread:${key}:session`;

function kept() {
  try {
    return localStorage.getItem(home);
  } catch {
    return null; // storage is forbidden: the cookie alone counts
  }
}

async function refer(shop) {
  const answer = await fetch("/widget/reference", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key, session: kept() }),
  });
  const { reference, message } = await answer.json();
  if (!answer.ok) parent.postMessage({ refused: message }, shop);
  else if (reference) parent.postMessage({ reference }, shop);
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || !origins.includes(origin) || data?.asks !== "reference") return;
  refer(origin).catch((why) => parent.postMessage({ refused: `${why}` }, origin));
});
