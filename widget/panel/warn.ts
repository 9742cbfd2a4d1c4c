/** For whoever builds the shop: what went wrong, and stops nobody. */
export function warn(why: unknown): void {
  console.warn("Onethread:", why);
}
