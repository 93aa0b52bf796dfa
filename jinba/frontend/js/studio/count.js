// 3, 2, 1: time to look into the camera, and to change one's mind.
const SECOND = 1_000;
const LOOK = 100;

/** `counted` comes true after the count, false when it was cancelled; `until(isSo, longest)` waits on. Ended by end(). */
export function countDown(place) {
  const number = place.querySelector("[data-number]");
  const words = place.querySelector("[data-words]");
  const count = { isCancelled: false };
  let left = 3;
  let finish = () => {};
  place.hidden = false;
  number.hidden = false;
  number.textContent = left;
  words.textContent = "看镜头，马上开播";
  place.querySelector("button").focus();
  count.counted = new Promise((tell) => {
    finish = tell;
  });
  let ticking = setInterval(() => {
    left -= 1;
    number.textContent = left;
    if (left === 0) {
      clearInterval(ticking);
      finish(true);
    }
  }, SECOND);
  count.cancel = () => {
    count.isCancelled = true;
    count.end();
    finish(false);
  };
  count.end = () => {
    clearInterval(ticking);
    place.hidden = true;
  };
  count.until = (isSo, longest) => {
    const end = Date.now() + longest;
    number.hidden = true;
    words.textContent = "正在接通…";
    return new Promise((tell) => {
      finish = tell;
      ticking = setInterval(() => {
        if (isSo() || Date.now() > end) {
          clearInterval(ticking);
          tell(isSo());
        }
      }, LOOK);
    });
  };
  return count;
}
