// The room as visitors see it. Each module has one task; this one lets them know of each other.
// `window.live` is for whoever looks why a room goes badly.
import { on, ready } from "./dom.js";
import { Cards } from "./live/cards.js";
import { Chapters } from "./live/chapters.js";
import { Chat } from "./live/chat.js";
import { ask } from "./live/door.js";
import { Likes } from "./live/likes.js";
import { Player } from "./live/player.js";
import { Room } from "./live/room.js";
import { Sheet } from "./live/sheet.js";
import { Stage } from "./live/stage.js";

const CROWD = 2_500; // ms over which many pages spread one question
const MAKING = 5_000; // how often the replay is asked after
const CHAT_BEFORE = 30 * 60 * 1000;
const LOOKED_AT = ["cards", "started", "ended", "on_air", "replay"]; // what they changed stands in the state
const REPLAY_WORDS = { ready: "回放可以看了。", hidden: "回放暂时看不了。", gone: "回放没有了。" };
const STALE = 1_500; // ms that an answer of the state may be old

ready("[data-live]", (root) => {
  const state = JSON.parse(document.getElementById("live-state").textContent);
  const skew = Date.parse(state.now) - Date.now(); // phones' clocks go wrong
  const now = () => Date.now() + skew;
  const speak = root.querySelector("[data-say]");
  const isOpen = state.state !== "aborted";
  const say = (words) => {
    speak.textContent = words;
  };

  const told = { pin: 0, words: 0, air: 0, look: 0 }; // numbers of the entries that said it last
  const cards = new Cards(root, { cards: state.cards, pinned: state.pinned, applied: state.me.applied });
  const stage = new Stage(root, { state, now, again: look });
  const player = new Player(root.querySelector("[data-video]"), {
    moving: () => stage.moving(),
    stalled: () => stage.stalled(),
    blocked: () => stage.blocked(),
    broken: () => stage.broken(),
  });
  stage.use(player);
  const sheet = new Sheet(root, {
    me: (me) => {
      chat && (chat.isIn = me.is_in);
      cards.apply(me.applied);
      room.renew(me.ticket);
      if (me.is_in) {
        const link = document.querySelector(".site-header__tools .tool--strong");
        if (link) {
          link.remove(); // “登录” in the header
        }
      }
    },
    position: () => player.position,
    closed: () => {},
  });
  const chapters = new Chapters(root, { player, cards });
  const chat = isOpen
    ? new Chat(root, {
        url: state.say,
        isIn: state.me.is_in,
        slow: state.slow,
        questions: state.asked_first,
        hears: { signIn: (then) => sheet.open(state.enter, then), card: () => cards.now },
      })
    : null;

  const room = new Room({
    socket: state.socket,
    entries: state.entries,
    since: state.last,
    ticket: state.me.ticket,
    hears: {
      said: (entry) => chat.said(entry),
      asked: (entry) => chat.said(entry),
      hidden: (entry) => chat.hidden(entry),
      answered: (entry) => chat.answered(entry),
      pinned: (entry) => {
        told.pin = entry.seq;
        const card = typeof entry.card === "object" ? entry.card : cards.find(entry.card);
        if (card) {
          cards.pin(card);
          say(`主播正在讲：${card.title}，${card.pay}。`);
        } else {
          told.pin = 0;
          lookSoon(0);
        }
      },
      unpinned: (entry) => {
        told.pin = entry.seq;
        cards.pin(null);
      },
      cards: () => lookSoon(CROWD),
      announced: (entry) => {
        told.words = entry.seq;
        state.announcement = entry.text;
        announce(entry.text);
      },
      slowed: (entry) => {
        state.slow = entry.seconds;
      },
      on_air: (entry) => {
        told.air = entry.seq;
        state.is_on_air = true;
        stage.air(true);
        lookSoon(stage.hasVideo ? CROWD : 300);
      },
      off_air: (entry) => {
        told.air = entry.seq;
        state.is_on_air = false;
        stage.air(false);
        say("主播的网络断了，马上回来。");
      },
      started: () => lookSoon(300),
      ended: () => lookSoon(CROWD),
      replay: () => lookSoon(CROWD),
      any: (entry) => {
        if (LOOKED_AT.includes(entry.kind)) {
          told.look = entry.seq;
        }
      },
      now: ({ viewers, likes: count }) => {
        if (viewers !== undefined) {
          root.querySelector("[data-viewers]").textContent = viewers;
          showViewers(viewers);
        }
        if (count !== undefined) {
          likes.count(count);
        }
      },
      line: (word) => stage.line(word),
      skipped: () => lookSoon(0),
      over: () => location.reload(),
    },
  });
  const likes = new Likes(root, (count) => room.like(count));

  function announce(text) {
    const bar = root.querySelector("[data-announcement]");
    bar.hidden = !text;
    const place = bar.querySelector("[data-text]");
    const isNews = text && place.textContent !== text;
    place.textContent = text || "";
    if (isNews) {
      say(`公告：${text}`);
    }
  }

  // The state, read anew: not in the same moment by all who watch.
  let looking = 0;
  function lookSoon(within) {
    if (!looking) {
      looking = setTimeout(look, Math.random() * within);
    }
  }

  async function look() {
    clearTimeout(looking);
    looking = 0;
    let fresh;
    try {
      fresh = await ask(state.look, { headers: { Accept: "application/json" } });
    } catch (error) {
      if (error.status === 404) {
        location.reload();
        return;
      }
      looking = setTimeout(look, MAKING);
      return;
    }
    take(fresh);
  }

  // A look may be older than what the room has told since: that stays.
  function notOlder(fresh) {
    const kept = {};
    if (fresh.last < told.pin) {
      kept.pinned = cards.pinned;
    }
    if (fresh.last < told.words) {
      kept.announcement = state.announcement;
    }
    if (fresh.last < told.air) {
      kept.is_on_air = state.is_on_air;
    }
    return { ...fresh, ...kept };
  }

  function take(found) {
    const fresh = notOlder(found);
    const before = state.state;
    const was = state.replay && state.replay.state;
    Object.assign(state, fresh);
    if (found.last < told.look) {
      clearTimeout(looking);
      looking = setTimeout(look, STALE * (1 + Math.random()));
    }
    root.dataset.state = state.state;
    cards.take(fresh);
    announce(fresh.announcement);
    likes.count(fresh.likes);
    stage.take(fresh);
    chapters.take(fresh.replay);
    openChat();
    if (state.state !== "live") {
      showViewers(0);
    }
    for (const part of root.querySelectorAll("[data-only]")) {
      part.hidden = part.dataset.only !== state.state;
    }
    if (before !== state.state && state.state === "live") {
      say("开播了。");
    }
    const is = state.replay && state.replay.state;
    if (is !== was && REPLAY_WORDS[is]) {
      say(REPLAY_WORDS[is]);
    }
    waitForReplay();
  }

  // Who still has the page open after the end watches no session.
  function showViewers(viewers) {
    root.querySelector("[data-viewers-box]").hidden = !viewers || state.state !== "live";
  }

  function openChat() {
    if (chat) {
      const isBefore = state.state === "announced";
      const isSoon = isBefore && Date.parse(state.starts_at) - now() <= CHAT_BEFORE;
      const asksOnly = state.state === "replay" || (state.state === "ended" && Boolean(state.replay));
      chat.open(state.state === "live" || isSoon || asksOnly, isBefore, asksOnly);
    }
  }

  // Words of the page itself ------------------------------------------------------------------------------------------
  let making = 0;
  function waitForReplay() {
    clearTimeout(making);
    if (state.replay && state.replay.state === "making") {
      making = setTimeout(look, MAKING * (0.8 + Math.random() * 0.4));
    }
  }

  on("click", "[data-live] [data-apply]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    sheet.open(link.getAttribute("href"));
  });

  // On to a posting's own page: who watches the replay says how far he is.
  on("click", "[data-live] [data-leaves]", (event, link) => {
    const at = player.position;
    link.search = at ? `?at=${at.toFixed(1)}` : "";
  });

  const tabs = Array.from(root.querySelectorAll("[data-tab]"));
  function tab(name, isFocused) {
    for (const one of tabs) {
      const isOn = one.dataset.tab === name;
      one.setAttribute("aria-selected", String(isOn));
      one.tabIndex = isOn ? 0 : -1;
      if (isOn && isFocused) {
        one.focus();
      }
    }
    for (const panel of root.querySelectorAll("[data-panel]")) {
      panel.hidden = panel.dataset.panel !== name;
    }
    if (name === "chat" && chat) {
      chat.toEnd();
    }
  }
  for (const one of tabs) {
    one.addEventListener("click", () => tab(one.dataset.tab));
    one.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        tab(tabs[(tabs.indexOf(one) + 1) % tabs.length].dataset.tab, true);
      }
    });
  }
  if (tabs.length) {
    tab(state.state === "live" ? "chat" : "cards");
  }

  const wechat = root.querySelector("[data-wechat]");
  wechat.hidden = !/MicroMessenger/i.test(navigator.userAgent);

  const wake = () => {
    if (!document.hidden) {
      player.wake();
    }
  };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", (event) => event.persisted && wake());

  setInterval(openChat, 20_000);
  openChat();
  chapters.take(state.replay);
  stage.take(state);
  waitForReplay();
  if (isOpen) {
    room.connect();
  }

  window.live = Object.freeze({ state, room, player, stage });
});
