// Puts its own in the place of what a guest may use, and writes down whatever it overhears.

(() => {
  const overheard = [];
  window.overheard = overheard;
  const say = () => {
    const line = document.getElementById("spied");
    if (line) line.textContent = `Overheard: ${overheard.length}`;
  };
  const hear = (what) => {
    overheard[overheard.length] = what;
    say();
  };
  const refuse = (name) =>
    function refused() {
      hear(name);
      throw new Error(`${name} is the page's own here`);
    };
  window.fetch = refuse("fetch");
  window.XMLHttpRequest = refuse("XMLHttpRequest");
  window.WebSocket = refuse("WebSocket");
  JSON.parse = refuse("JSON.parse");
  JSON.stringify = refuse("JSON.stringify");
  for (const name of ["map", "filter", "forEach", "reduce", "includes", "concat", "slice"]) {
    Object.defineProperty(Array.prototype, name, { value: refuse(`Array.${name}`) });
  }
  Object.prototype.toJSON = refuse("toJSON");
  EventTarget.prototype.addEventListener = () => {};
  window.addEventListener = () => {};
  document.addEventListener = () => {};
})();
