// Makes docs/widget-api.md of loader/api.ts; with --check, fails when the page differs.
import { readFile, writeFile } from "node:fs/promises";

const source = new URL("../loader/api.ts", import.meta.url);
const page = new URL("../../docs/widget-api.md", import.meta.url);

/** The members of an interface: each a one-line comment above `name: type;`. */
export function membersOf(text, name) {
  const begin = text.indexOf(`export interface ${name} {`);
  if (begin < 0) throw new Error(`no interface ${name}`);
  const body = text.slice(begin, text.indexOf("\n}", begin));
  const found = [...body.matchAll(/\/\*\* (.+?) \*\/\n {2}(\w+): (.+);/g)];
  const declared = [...body.matchAll(/^ {2}\w+: /gm)];
  if (found.length !== declared.length) throw new Error(`${name}: a member has no comment`);
  return found.map(([, says, member, type]) => ({ says, member, type }));
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.map((each) => each.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

export function guide(text) {
  const calls = membersOf(text, "Calls").map(({ says, member, type }) => {
    const given = type.slice(1, -1).replace(/(\w+\??): /g, "$1: ");
    return [`\`${member}\``, given ? `\`${given}\`` : "", says];
  });
  const events = membersOf(text, "Events").map(({ says, member, type }) => [
    `\`${member}\``,
    type === "undefined" ? "" : `\`${type}\``,
    says,
  ]);
  const attributes = membersOf(text, "Attributes").map(({ says, member }) => [
    `\`data-${member}\``,
    says,
  ]);
  return `# The widget's JavaScript API

Made of \`widget/loader/api.ts\` by \`npm run guide\` in \`widget/\`: do not edit it by hand. How to put the chat
into a page is in [embed.md](embed.md).

Calls may be made before the script has loaded, once this line stands somewhere before them:

\`\`\`html
<script>window.Onethread=window.Onethread||function(){(Onethread.q=Onethread.q||[]).push(arguments)}</script>
\`\`\`

No call ever throws; what is wrong with one is a warning in the page's console that begins with \`Onethread:\`.

## Calls

\`Onethread('open')\`, \`Onethread('track', 'viewed', {sku: 'fjord-blue'})\`

${table(["call", "with", "what it does"], calls)}

\`identify\`, \`track\`, \`set\` and \`reset\` wait in the page until the shopper shows interest in the chat, or has a
conversation; of more than 50, the oldest \`track\` is forgotten. They are copied when they are made, so they take
what \`structuredClone\` takes: no functions, no elements. A token leaves the page as soon as the panel has it.

## Events

\`Onethread('on', 'unread', (n) => badge.textContent = n)\`

${table(["event", "detail", "when"], events)}

## Attributes of the script tag

${table(["attribute", "meaning"], attributes)}
`;
}

if (process.argv[1] === source.pathname.replace("loader/api.ts", "scripts/guide.mjs")) {
  const made = guide(await readFile(source, "utf8"));
  if (!process.argv.includes("--check")) await writeFile(page, made);
  else if ((await readFile(page, "utf8")) !== made) {
    console.error("docs/widget-api.md is not what loader/api.ts says: run `npm run guide`");
    process.exit(1);
  }
}
