/** Midnights between two instants, here; an hour more or less by summer time moves no day. */
export function daysBetween(earlier: number, later: number): number {
  const noon = (at: number) => new Date(at).setHours(12, 0, 0, 0);
  return Math.round((noon(later) - noon(earlier)) / 86_400_000);
}
