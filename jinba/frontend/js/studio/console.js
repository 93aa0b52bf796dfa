// The host's console: on air with one button, the same session again after a cut, off air.
import { ready } from "../dom.js";
import { post, urls } from "../interview/door.js";
import { say, speakAt, tell } from "../interview/words.js";
import { keepAwake } from "./awake.js";
import { countDown } from "./count.js";
import { Desk, clock } from "./desk.js";
import { Monitor } from "./monitor.js";
import { OVER, Publisher, TAKEN } from "./publisher.js";
import { Stage } from "./stage.js";
import { Talk } from "./talk.js";

const FIRST_PICTURE = 25_000; // ms from the count-down's end until the server has a whole second of pictures
const RUNNING = ["announced", "live"];
// By the steps of ladder.js.
const QUALITY = ["清楚", "一般", "偏糊", "很糊，只求不断"];
// What the server closes with and says nothing of.
const REFUSALS = {
  4401: "您的登录过期了。请在新窗口重新登录，再回来刷新这个页面，直播还在。",
  4403: "您现在不是这场直播的工作人员，不能送画面。",
  4404: "您现在不是这场直播的工作人员，不能送画面。",
};

ready("[data-console]", (root) => {
  const find = (selector) => root.querySelector(selector);
  const note = (name, isShown, words) => {
    const box = find(`[data-note=${name}]`);
    box.hidden = !isShown;
    if (words) {
      box.querySelector("[data-text]").textContent = words;
    }
  };
  speakAt(find("[data-say]"));
  bindTabs(root);
  if (!RUNNING.includes(urls.state)) {
    return;
  }

  const held = `live-holder-${urls.id}`; // in this tab: it was on air, and may go on after a reload without a question
  const clockError = Date.parse(urls.now) - Date.now();
  let state = urls.state;
  let mode = urls.is_elsewhere ? "elsewhere" : urls.mode;
  let liveAt = urls.live_at ? Date.parse(urls.live_at) : 0;
  let counting = null;
  let isLeaving = false;
  let wasTaken = false;
  let desk = urls.first;

  // The picture -----------------------------------------------------------------------------------------------------
  let publisher = null;
  const stage = new Stage(root, {
    ready: () => show(),
    turned: () => publisher && publisher.renew(),
  });
  publisher = new Publisher({
    url: urls.publish,
    stream: stage.stream,
    holder: kept(held),
    hears: {
      state: (word) => {
        if (word === "sending") {
          say("画面送到了。");
        }
        show();
      },
      poor: (isPoor) => note("poor", isPoor && state === "live"),
      ended: (code, words) => {
        if (code === OVER) {
          leave();
          return;
        }
        wasTaken = code === TAKEN;
        keep(held, "");
        if (!wasTaken) {
          counting && counting.cancel();
          tell(words || REFUSALS[code] || "画面没有送出去。请刷新页面再试。", "error");
        }
        show();
      },
    },
  });

  const monitor = new Monitor(root);

  /** Sends again. Another device that sends is cut off by it, so the button says so; not by one that `isBack`. */
  async function resume(isBack) {
    wasTaken = false;
    if (!stage.hasPicture && !(await stage.open())) {
      show();
      return;
    }
    keep(held, publisher.holder);
    publisher.start(isBack);
    show();
  }

  /** The page sends no more, and a streaming program may. */
  function handOver() {
    publisher.stop();
    keep(held, "");
    mode = "encoder";
    root.querySelector("[data-modes] input[value=encoder]").checked = true;
    stage.close();
    show();
  }

  // On air ----------------------------------------------------------------------------------------------------------
  async function goLive() {
    if (counting) {
      return;
    }
    if (mode === "browser") {
      if (!stage.hasPicture && !(await stage.open())) {
        return;
      }
      // Sent already while we count: the server keeps nothing of it, and nobody waits for the first picture.
      publisher.start();
    }
    counting = countDown(find("[data-count-down]"));
    show();
    const isMeant = (await counting.counted) && (mode !== "browser" || (await counting.until(() => publisher.segments > 0, FIRST_PICTURE)));
    const isCancelled = counting.isCancelled;
    try {
      if (isMeant) {
        await post("go_live");
        keep(held, mode === "browser" ? publisher.holder : "");
        onAir();
        say("开播了。");
      } else {
        publisher.stop();
        if (!isCancelled) {
          tell("画面没有送到服务器，还没有开播。请检查网络，再点一次。", "error");
        }
      }
    } catch (refusal) {
      publisher.stop();
      tell(refusal.message, "error");
    }
    counting.end();
    counting = null;
    show();
  }

  function onAir(at) {
    state = "live";
    root.dataset.state = "live";
    liveAt = at || liveAt || Date.now() + clockError;
    root.querySelectorAll("[data-live-only]").forEach((part) => (part.hidden = false));
    root.querySelectorAll("[data-before-only]").forEach((part) => (part.hidden = true));
    show();
  }

  async function stop(name, fields) {
    try {
      await post(name, fields);
    } catch (refusal) {
      tell(refusal.message, "error");
      return;
    }
    leave();
  }

  /** It is over: the page says so anew. */
  function leave() {
    isLeaving = true;
    publisher.stop();
    table.stop();
    try {
      sessionStorage.removeItem(held);
    } catch (error) {
      // Storage may be forbidden.
    }
    location.reload();
  }

  // What the page shows ---------------------------------------------------------------------------------------------
  function show() {
    if (!publisher) {
      return;
    }
    const isBrowser = mode === "browser";
    const isSending = publisher.isOn;
    const isLive = state === "live";
    // The picture that viewers have comes from somewhere else: another device, or a streaming program.
    const isOthers = isLive && !isSending && desk.is_on_air && (wasTaken || !kept(held));
    root.dataset.mode = mode;
    root.dataset.sends = isSending ? publisher.word : "";
    toggle("[data-open-camera]", isBrowser && !stage.hasPicture && !isLive);
    toggle("[data-go]", !isBrowser || stage.hasPicture);
    toggle("[data-do=resume]", isLive && isBrowser && !isSending && !isOthers);
    toggle("[data-encoder]", mode === "encoder");
    // A program asks nobody: who would rather use this camera says so first, and is asked then.
    toggle("[data-modes]", !isSending && !(isOthers && isBrowser));
    toggle("[data-hand-over]", isSending && isLive);
    monitor.show(isLive && !isSending && desk.is_on_air ? desk.video : "");
    root.dataset.monitored = monitor.url ? "yes" : "";
    quality(isSending && isLive);
    const go = find("[data-go] button");
    if (go) {
      go.disabled = Boolean(counting) || go.hasAttribute("data-lacks");
    }
    const cam = find("[data-cam]");
    if (cam) {
      cam.dataset.mode = mode;
      toggle("[data-cam-empty]", isBrowser && !stage.hasPicture && !monitor.url);
      toggle("[data-cam-encoder]", mode === "encoder" && !monitor.url);
      find("[data-cam-encoder]").textContent = isLive ? "还没有收到推流软件的画面" : desk.is_arriving ? "收到推流软件的画面了。点“开播”，观众才看得到" : "还没有收到推流软件的画面。先在软件里点“开始直播”，再回来点“开播”";
    }
    note("away", isLive && isSending && stage.hasPicture && publisher.word !== "sending");
    note("camera", isSending && !stage.hasPicture);
    note("sound", isSending && stage.hasPicture && !stage.hasSound);
    note("elsewhere", isOthers && isBrowser && urls.is_crew, "别的设备（或者推流软件）正在送画面，您在这里可以讲岗位、答问题。换到这台设备以后，那边会停下。");
    word();
  }

  function toggle(selector, isShown) {
    const part = find(selector);
    if (part) {
      part.hidden = !isShown;
    }
  }

  /** Which picture he sends, in words. */
  function quality(isShown) {
    toggle("[data-quality]", isShown);
    const place = find("[data-quality]");
    const { step } = publisher.ladder;
    const words = `画质：${QUALITY[step]}${step ? "。网络慢，先送小一点的画面；网络好了会自动变清楚" : ""}`;
    if (place && place.textContent !== words) {
      place.textContent = words;
    }
  }

  function word() {
    const sign = find("[data-air]");
    const isLive = state === "live";
    const hasPicture = mode === "elsewhere" || desk.is_on_air || publisher.word === "sending";
    sign.dataset.air = isLive ? (hasPicture ? "on" : "dark") : "";
    const text = isLive ? (hasPicture ? "直播中" : "直播中 · 没有画面") : "预告";
    if (find("[data-air-word]").textContent !== text) {
      find("[data-air-word]").textContent = text;
    }
    const time = find("[data-air-time]");
    time.hidden = !isLive;
    time.textContent = isLive ? clock((Date.now() + clockError - liveAt) / 1000) : "";
  }
  setInterval(word, 1_000);

  // The desk and the talk -------------------------------------------------------------------------------------------
  const talk = new Talk(root);
  const table = new Desk(root, {
    clockError,
    fresh: (fresh) => {
      desk = fresh;
      RUNNING.includes(fresh.state) && talk.until(fresh.last); // who aborts shuts the room
      if (fresh.state === "live" && state !== "live") {
        onAir(fresh.live_at ? Date.parse(fresh.live_at) : 0); // another device of the crew pressed the button
      } else if (!RUNNING.includes(fresh.state) && !isLeaving) {
        leave();
      }
      show();
    },
    line: (isAway) => note("desk", isAway),
  });
  table.take(desk);
  table.begin();

  // Buttons ---------------------------------------------------------------------------------------------------------
  const deeds = {
    camera: async () => (await stage.open()) && publisher.isOn && publisher.hurry(),
    mute: () => stage.mute(),
    flip: () => stage.flip(),
    shape: () => stage.reshape(),
    cancel: () => counting && counting.cancel(),
    resume: () => resume(),
    take: () => resume(),
    "hand-over": () => handOver(),
  };
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-do]");
    if (button && deeds[button.dataset.do]) {
      deeds[button.dataset.do]();
    }
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-modes] input")) {
      mode = event.target.value;
      if (mode === "encoder") {
        wasTaken = false;
        stage.close();
      }
      show();
    }
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-go]")) {
      event.preventDefault();
      goLive();
    } else if (form.matches("[data-end]")) {
      event.preventDefault();
      stop("end", {});
    } else if (form.matches("[data-abort]")) {
      event.preventDefault();
      stop("abort", { reason: form.elements.reason.value });
    }
  });

  // Going, sleeping, coming back ------------------------------------------------------------------------------------
  window.addEventListener("beforeunload", (event) => {
    if (publisher.isOn && state === "live" && !isLeaving) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      stage.revive();
      publisher.hurry();
      table.look();
    }
  });
  keepAwake(() => state === "live" || publisher.isOn);

  window.studio = Object.freeze({
    snapshot: () => ({
      state,
      mode,
      word: publisher.word,
      isOn: publisher.isOn,
      segments: publisher.segments,
      parts: publisher.parts,
      cuts: publisher.cuts,
      why: publisher.why,
      sent: publisher.sent,
      isPoor: publisher.isPoor,
      bits: publisher.bits,
      monitor: monitor.time,
      patience: publisher.ladder.patience,
      holder: publisher.holder,
      hasPicture: stage.hasPicture,
    }),
  });

  show();
  if (!urls.is_crew || mode !== "browser") {
    return;
  }
  stage.isAllowed().then(async (isAllowed) => {
    if (state === "live" && kept(held) && isAllowed) {
      resume(true); // the same tab again: it goes on by itself
    } else if (state === "announced" && isAllowed) {
      stage.open();
    }
  });
});

function kept(name) {
  try {
    return sessionStorage.getItem(name) || "";
  } catch (error) {
    return "";
  }
}

function keep(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch (error) {
    // Storage may be forbidden.
  }
}

function bindTabs(root) {
  const tabs = Array.from(root.querySelectorAll("[data-tab]"));
  const choose = (name) => {
    root.dataset.pane = name;
    tabs.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.tab === name)));
  };
  tabs.forEach((tab) => tab.addEventListener("click", () => choose(tab.dataset.tab)));
  choose("cards");
}
