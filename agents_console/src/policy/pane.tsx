import { Later } from "../desk/later";

export function PolicyPane({ storeId }: { storeId: string }) {
  return (
    <Later id="policy" fetch={() => import("./screen")}>
      {({ PolicyScreen }) => <PolicyScreen storeId={storeId} />}
    </Later>
  );
}
