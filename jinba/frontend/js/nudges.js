// data-nudges="/ws/notices/" on an element that asks for new notices when it hears "nudge". A socket says when
// something is new; while it is open the page asks by itself only now and then, without it once a minute.
import { ready } from "./dom.js";

const SOON = 1000;
const ALONE = 60 * 1000;
const WITH_SOCKET = 10 * 60 * 1000;
const LONGEST_PAUSE = 5 * 60 * 1000;
const SIGNED_OUT = 4401;

ready("[data-nudges]", (asker) => {
  let socket = null;
  let failures = 0;
  let isOver = false;
  let timer = 0;
  let asked = 0;

  const isOpen = () => socket !== null && socket.readyState === 1;

  const ask = () => {
    clearTimeout(timer);
    if (isOver) {
      return;
    }
    if (document.hidden) {
      asked = 0; // when somebody looks again
      return;
    }
    asked = Date.now();
    asker.dispatchEvent(new Event("nudge"));
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, isOpen() ? WITH_SOCKET : ALONE);
  };

  const connect = () => {
    if (isOver || !("WebSocket" in window) || socket !== null) {
      return;
    }
    socket = new WebSocket(location.origin.replace(/^http/, "ws") + asker.dataset.nudges);
    socket.onopen = () => {
      failures = 0;
      document.documentElement.dataset.listens = "";
      // Whatever came while nobody listened.
      ask();
    };
    socket.onmessage = () => {
      clearTimeout(timer);
      // Several at once are one question; many pages do not ask in the same moment.
      timer = setTimeout(ask, Math.random() * 200);
    };
    socket.onclose = (event) => {
      socket = null;
      delete document.documentElement.dataset.listens;
      if (event.code === SIGNED_OUT) {
        isOver = true;
        return;
      }
      failures += 1;
      if (asked !== 0) {
        plan(); // before the first question its own timer runs
      }
      const pause = Math.min(SOON * 2 ** failures, LONGEST_PAUSE);
      setTimeout(connect, pause * (0.5 + Math.random()));
    };
  };

  // A line that was kept open may have died with the server: the question is asked again, and nobody is told.
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.requestConfig.elt === asker && !isOver) {
      clearTimeout(timer);
      timer = setTimeout(ask, (isOpen() ? 1 : 10) * SOON);
    }
  });

  // Who is signed out is sent to another page: that is not what belongs here.
  // htmx says so to the place that takes the answer in, which is not within the asker.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig.elt !== asker) {
      return;
    }
    if (new URL(event.detail.xhr.responseURL).pathname !== asker.getAttribute("hx-post")) {
      event.detail.shouldSwap = false;
      isOver = true;
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && asked === 0) {
      ask();
    }
  });
  window.addEventListener("pagehide", () => {
    isOver = true;
    if (socket !== null) {
      socket.close();
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && isOver) {
      isOver = false;
      connect();
    }
  });
  timer = setTimeout(ask, SOON);
  connect();
});

// Each answer tells how many are unread: {"unread": {"count": 3}}.
document.addEventListener("unread", (event) => {
  for (const place of document.querySelectorAll("[data-unread]")) {
    place.hidden = !event.detail.count;
    place.querySelector("[data-number]").textContent = event.detail.count;
  }
});
