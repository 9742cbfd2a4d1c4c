// What a shop's page does so that its own app can be told: ask the widget who is chatting, and tell
// the shop's server, which knows who is signed in.

const told = document.getElementById("told");

document.getElementById("tell-app").addEventListener("click", async () => {
  const { src, dataset } = document.querySelector("script[data-key]");
  told.textContent = "Open the chat, and it is done.";
  try {
    const { shopperReference } = await import(new URL("/widget/reference.js", src).href);
    const answer = await fetch("/app/link", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ shopper: await shopperReference(dataset.key) }),
    });
    const { message } = await answer.json();
    told.textContent = answer.ok ? "We tell you in the app." : message;
  } catch {
    told.textContent = "That did not work. Please try again.";
  }
});
