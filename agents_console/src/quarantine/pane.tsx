import { Later } from "../desk/later";

export function AsidePane() {
  return (
    <Later id="mail" fetch={() => import("./screen")}>
      {({ AsideScreen }) => <AsideScreen />}
    </Later>
  );
}
