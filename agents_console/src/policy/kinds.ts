/** What kind of value each of the policy's fields holds, as the gateway's schema tells. */

export interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly { readonly type?: string }[];
  readonly items?: { readonly pattern?: string };
}

/** A `span` is in seconds; `money` is in the policy's currency, or null for no bound. */
export type Kind = "span" | "count" | "money" | "countries" | "choice" | "other";
export type Kinds = ReadonlyMap<string, Kind>;

/** Two capital letters, as the gateway asks for them. */
const COUNTRY = "^[A-Z]{2}$";

export function kindOf(schema: FieldSchema | undefined): Kind {
  if (schema?.type === "number") return "span";
  if (schema?.type === "integer") return "count";
  if (schema?.enum) return "choice";
  if (schema?.items?.pattern === COUNTRY) return "countries";
  const types = schema?.anyOf?.map(({ type }) => type) ?? [];
  return types.includes("number") && types.includes("null") ? "money" : "other";
}

export function kindsOf(properties: Readonly<Record<string, FieldSchema>>): Kinds {
  return new Map(Object.entries(properties).map(([name, schema]) => [name, kindOf(schema)]));
}
