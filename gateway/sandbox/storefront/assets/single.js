// A shop of one page: each link swaps the whole body, as some frameworks do, and pastes the tag anew.

const PAGES = {
  "/single": ["A single-page shop", "Each link below swaps the body and the address, and loads nothing."],
  "/single/blue": ["Fjord, blue", "€89. The chat stays open over it."],
  "/single/checkout": ["Checkout", "No chat here: the tag says data-hide=\"/single/checkout\"."],
};
const tag = document.querySelector("script[data-key]");

function show() {
  const [title, words] = PAGES[location.pathname] ?? PAGES["/single"];
  const fresh = document.createElement("body");
  const main = Object.assign(document.createElement("main"), { id: "main" });
  const nav = document.createElement("nav");
  for (const [path, [name]] of Object.entries(PAGES)) {
    const link = Object.assign(document.createElement("a"), { href: path, textContent: name });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.pushState(null, "", path);
      show();
    });
    nav.append(link, " ");
  }
  main.append(
    Object.assign(document.createElement("h1"), { textContent: title }),
    Object.assign(document.createElement("p"), { textContent: words }),
    nav,
  );
  const again = Object.assign(document.createElement("script"), { async: true, src: tag.src });
  Object.assign(again.dataset, tag.dataset);
  const [header, footer] = document.querySelectorAll("header, footer");
  fresh.append(header, main, footer, again);
  document.body.replaceWith(fresh);
  document.title = `${title} · Acme Shoes`;
}

addEventListener("popstate", show);
show();
