// A phone that dims in the middle takes the camera with it.

/** Keeps the screen on as long as `isWanted()`; asked anew when the page is looked at again. */
export function keepAwake(isWanted) {
  let lock = null;
  const look = () => {
    if (!navigator.wakeLock || document.hidden || !isWanted()) {
      return;
    }
    if (!lock || lock.released) {
      navigator.wakeLock.request("screen").then(
        (got) => {
          lock = got;
        },
        () => {},
      );
    }
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5_000);
}
