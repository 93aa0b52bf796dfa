// The video room. Each module has one task; this one lets them know of each other.
// `window.interview` is for whoever looks why a call goes badly: `interview.snapshot()` tells people, lines and figures.
import { ready } from "./dom.js";
import { Chat } from "./interview/chat.js";
import "./interview/criteria.js";
import * as devices from "./interview/devices.js";
import "./interview/kiosk.js";
import { ByPhone } from "./interview/phone.js";
import "./interview/panel.js";
import { People } from "./interview/people.js";
import { wordOf } from "./interview/quality.js";
import { callsOf, startReports } from "./interview/report.js";
import "./interview/recorder.js";
import { Room } from "./interview/room.js";
import { Screens } from "./interview/screens.js";
import { Line } from "./interview/signalling.js";
import { Stage } from "./interview/stage.js";
import { onStreams } from "./interview/streams.js";
import { Toolbar } from "./interview/toolbar.js";
import { Waiting } from "./interview/waiting.js";
import { say, speakAt, tell } from "./interview/words.js";

const ENDS = { 4401: "stale", 4403: "stale", 4404: "stale", 4409: "taken", 4410: "over", 4411: "off" };
const SLEPT = 5_000; // ms that a timer of a second may lack before the page is taken to have slept

ready("[data-room]", (root) => {
  const kind = root.dataset.kind;
  speakAt(root.querySelector("[data-say]"));
  const screens = new Screens(root);
  const byPhone = new ByPhone(root, kind, tell);
  const obstacle = devices.obstacle();
  if (obstacle) {
    screens.trouble(obstacle, true);
    return;
  }

  let snapshot = null;
  let isAsking = false;
  const stage = new Stage(root);
  const waiting = new Waiting(root, kind);
  const people = new People(root, tell);
  const sign = root.querySelector("[data-net]");

  const line = new Line({
    room: take,
    signal: (message) => room.hear(message),
    back: () => {
      sayMe(true);
      room.check();
      chat.retry();
      render();
    },
    away: render,
    over: (code) => end(ENDS[code] || "stale"),
  });
  const room = new Room(line, {
    peers: render,
    news: () => reports.soon(),
    net: (net) => {
      sayMe();
      render();
      if (net === "audio") {
        say("网络不好，先只保留声音，好了会自动恢复画面。");
      }
    },
  });
  const reports = startReports(() => callsOf([...room.finished, ...room.peers.values()], line.conn));
  const toolbar = new Toolbar(root, { tell, leave, opened: (drawer) => drawer === "chat" && chat.opened() });
  const chat = new Chat(root, {
    unread: (count, said) => {
      toolbar.unread(count);
      if (said) {
        say(`${said.name || "对方"}写了：${said.text}`);
      }
    },
  });

  // What the server says --------------------------------------------------------------------------------------------
  function take(fresh) {
    const before = snapshot;
    snapshot = fresh;
    if (fresh.over) {
      end("over");
      return;
    }
    announce(before, fresh);
    room.take(fresh);
    people.take(fresh);
    byPhone.take(fresh);
    chat.take(fresh);
    waiting.take(fresh);
    screens.show(fresh.you.admitted && fresh.on ? "call" : "waiting");
    render();
    // For the recorder and whatever else hangs on the room.
    document.dispatchEvent(new CustomEvent("interview:room", { detail: fresh }));
  }

  function announce(before, now) {
    if (!before) {
      return;
    }
    if (now.you.admitted && !before.you.admitted) {
      say("面试官请您进来了。");
    }
    for (const person of now.people) {
      const old = before.people.find((one) => one.seat === person.seat);
      if (person.seat !== now.you.seat && old && old.here !== person.here) {
        const name = person.name || "对方";
        say(person.here ? `${name}${person.admitted ? "进来了" : "到等候室了"}。` : `${name}断开了。`);
      }
    }
  }

  // What the page says of itself ------------------------------------------------------------------------------------
  let said = "";
  function sayMe(isAnew) {
    const me = { mic: Boolean(devices.track("audio")) && devices.state.wantsSound, cam: Boolean(devices.track("video")), net: room.net };
    const words = JSON.stringify(me);
    if ((isAnew || words !== said) && line.send({ t: "me", ...me })) {
      said = words;
    }
  }

  function render() {
    if (!snapshot || screens.now === "trouble") {
      return;
    }
    const others = room.isIn ? stage.render(snapshot, room) : 0;
    const net = line.isOpen ? (others ? room.net : "") : "away";
    if (sign.dataset.net !== net) {
      sign.dataset.net = net;
      showBars(sign.querySelector("use"), net);
    }
    const words = net === "away" ? "网络断了，正在重新连" : net ? `网络：${wordOf(net)}` : "";
    if (sign.querySelector("[data-text]").textContent !== words) {
      sign.querySelector("[data-text]").textContent = words;
    }
    root.querySelector("[data-sound-only]").hidden = net !== "audio";
    root.querySelector("[data-away]").hidden = line.isOpen;
  }

  // One, two or three bars: not everybody tells red from green.
  function showBars(use, net) {
    const bars = { good: "signal", fair: "signal-fair" }[net] || "signal-poor";
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${bars}`);
  }

  // Camera and microphone -------------------------------------------------------------------------------------------
  const ask = root.querySelector("[data-ask]");

  async function openDevices() {
    if (isAsking) {
      return;
    }
    isAsking = true;
    const trouble = await devices.open();
    isAsking = false;
    ask.hidden = trouble === "";
    ask.querySelector("[data-ask-first]").hidden = trouble !== "";
    screens.trouble(trouble, false);
    toolbar.show();
  }

  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-open-devices]");
    if (button) {
      openDevices();
    }
    if (event.target instanceof Element && event.target.closest("[data-sound-is-enough]")) {
      ask.hidden = true;
    }
    if (event.target instanceof Element && event.target.closest("[data-reload]")) {
      location.reload();
    }
  });
  onStreams(() => {
    sayMe();
    toolbar.show();
  });
  devices.isAllowed().then((isAllowed) => {
    if (isAllowed) {
      openDevices();
    } else {
      ask.hidden = false;
    }
  });

  // Going, sleeping, coming back ------------------------------------------------------------------------------------
  function end(why) {
    room.leave();
    reports.now();
    reports.stop();
    line.close();
    devices.stop();
    letSleep();
    if (why === "over" || why === "off") {
      byPhone.end();
    }
    screens.trouble(why, true);
    document.dispatchEvent(new CustomEvent("interview:end", { detail: why }));
  }

  function leave() {
    end("left");
  }

  function wake() {
    line.hurry();
    room.check();
    if (devices.track("audio") || devices.track("video") || devices.state.trouble === "") {
      devices.revive();
    }
    keepAwake();
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && snapshot && !line.isOver) {
      wake();
    }
  });
  document.addEventListener("resume", () => !line.isOver && wake());
  window.addEventListener("online", () => !line.isOver && room.check());
  window.addEventListener("pagehide", () => room.leave());
  // A page from the browser's memory has dead connections only.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  let tick = Date.now();
  setInterval(() => {
    const late = Date.now() - tick - 1000;
    tick = Date.now();
    if (late > SLEPT && !document.hidden && !line.isOver) {
      wake();
    }
  }, 1000);

  // A phone that dims in the middle of the talk takes the camera with it.
  let lock = null;
  function keepAwake() {
    if (navigator.wakeLock && !document.hidden) {
      navigator.wakeLock.request("screen").then(
        (got) => {
          lock = got;
        },
        () => {},
      );
    }
  }
  function letSleep() {
    if (lock) {
      lock.release().catch(() => {});
    }
  }

  screens.show("waiting");
  keepAwake();
  line.connect();

  window.interview = Object.freeze({
    snapshot: () => ({
      conn: line.conn,
      line: line.isOpen ? "open" : line.isOver ? "over" : "away",
      screen: screens.now,
      net: room.net,
      seat: snapshot && snapshot.you.seat,
      room: snapshot,
      peers: Array.from(room.peers.values(), (peer) => {
        const gauge = room.gauges.get(peer);
        return { seat: peer.seat, conn: peer.conn, state: peer.state, isRelayOnly: peer.isRelayOnly, ...peer.facts, net: gauge.net, step: gauge.step, soundOnly: peer.hasVideoHeld, seen: gauge.seen };
      }),
    }),
  });
});
