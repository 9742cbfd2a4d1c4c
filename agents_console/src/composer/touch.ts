/** A field that has the focus would cover half of a phone with its keyboard. */
export function touch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
