// Builds elements without ever parsing markup: whatever arrives by text or mail stays text.

const LINK = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]']/g;

/** Make an element; strings among the children become text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Split words into text and links that open beside the page. */
export function linked(words) {
  const parts = [];
  let end = 0;
  for (const match of words.matchAll(LINK)) {
    parts.push(words.slice(end, match.index));
    parts.push(el("a", { href: match[0], target: "_blank", rel: "noopener noreferrer" }, match[0]));
    end = match.index + match[0].length;
  }
  parts.push(words.slice(end));
  return parts;
}

/** Let Enter send and Shift+Enter break the line, and let the field grow with its words. */
export function composer(field, form) {
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return fit;
}

/** Post JSON; throws an Error whose message a person may read. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message || "The sandbox did not take it.");
  return answer;
}
