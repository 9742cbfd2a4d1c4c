// Writes link/protocol.gen.ts from the gateway's schema, or with --check fails when it has drifted.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const schemaFile = new URL("../../gateway/protocol/schema.json", import.meta.url);
const home = new URL("../link/protocol.gen.ts", import.meta.url);

const unions = ["ShopperSays", "ShopperHears", "AgentSays", "AgentHears"];
const banner = "// Generated from gateway/protocol/schema.json by `npm run types`. Do not edit.\n";

/** One name for each union, so that the contract's root needs no unpacking where it is used. */
function named(schema) {
  const defs = { ...schema.$defs };
  const properties = { ...schema.properties };
  for (const name of unions) {
    const key = name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
    const { discriminator: _, ...union } = properties[key];
    defs[name] = union;
    properties[key] = { $ref: `#/$defs/${name}` };
  }
  return { ...schema, $defs: defs, properties };
}

const schema = named(JSON.parse(await readFile(schemaFile, "utf8")));
const text = await compile(schema, "Contract", {
  bannerComment: banner,
  additionalProperties: false,
  ignoreMinAndMaxItems: true, // a list of at most ten is no union of ten tuples
});

if (process.argv.includes("--check")) {
  const held = await readFile(home, "utf8").catch(() => "");
  if (held !== text) {
    console.error("link/protocol.gen.ts has drifted from the schema: run `npm run types`");
    process.exit(1);
  }
} else {
  await writeFile(home, text);
}
