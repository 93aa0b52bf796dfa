// At a booth of the zone: when the talk is over, or the worker left, the screen goes back to the park's page by itself,
// which forgets his seat. <form data-kiosk> with a [data-seconds] inside, posted when the time is up.
import { ready } from "../dom.js";

const SECONDS = { left: 20, over: 8 };
const OTHERWISE = 8;

ready("[data-kiosk]", (form) => {
  const words = form.querySelector("[data-seconds]");
  let timer = 0;
  document.addEventListener("interview:end", (event) => {
    let left = SECONDS[event.detail] || OTHERWISE;
    clearInterval(timer);
    const tick = () => {
      words.textContent = `${left} 秒以后自己回去。`;
      if (left <= 0) {
        clearInterval(timer);
        form.submit();
      }
      left -= 1;
    };
    tick();
    timer = setInterval(tick, 1000);
  });
});
