import { Later } from "../desk/later";

export function SearchPane() {
  return (
    <Later id="search" fetch={() => import("./screen")}>
      {({ SearchScreen }) => <SearchScreen />}
    </Later>
  );
}
