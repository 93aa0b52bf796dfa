// data-countdown="60" on a button: not to be pressed again before the seconds are over.
import { ready } from "./dom.js";

ready("[data-countdown]", (button) => {
  const words = button.textContent;
  const end = Date.now() + Number(button.dataset.countdown) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${left} 秒后可再发` : words;
    if (left > 0 && button.isConnected) {
      setTimeout(tick, 500);
    }
  };
  tick();
});
