// Tells the server how each line went: for whoever runs the site, never for judging a person.
import { leaveBehind, post } from "./door.js";

const EVERY = 15_000;
const SOON = 2_000; // after somebody was tried to reach, or reached: a page that is killed says nothing more

/** `calls()` gives [{peer, conn, connected, setup_ms, …}]. Sent again as they go on; the last one counts. */
export function startReports(calls) {
  const send = () => {
    for (const call of calls()) {
      post("report", call).catch(() => {}); // the next one says more
    }
  };
  const timer = setInterval(send, EVERY);
  let soon = 0;
  const leave = () => calls().forEach((call) => leaveBehind("report", call));
  window.addEventListener("pagehide", leave);
  return {
    now: send,
    soon() {
      clearTimeout(soon);
      soon = setTimeout(send, SOON);
    },
    stop() {
      clearTimeout(soon);
      clearInterval(timer);
      window.removeEventListener("pagehide", leave);
    },
  };
}

/** One row for each person; the pages that he had one after another count together. */
export function callsOf(peers, conn) {
  const bySeat = new Map();
  for (const { seat, facts } of peers) {
    const before = bySeat.get(seat);
    bySeat.set(seat, before ? joined(before, facts) : facts);
  }
  return Array.from(bySeat, ([seat, facts]) => callOf(seat, conn, facts));
}

function joined(one, next) {
  return {
    setup: one.setup === null ? next.setup : one.setup,
    firstFrame: one.firstFrame === null ? next.firstFrame : one.firstFrame,
    drops: one.drops + next.drops,
    restarts: one.restarts + next.restarts,
    seconds: one.seconds + next.seconds,
    audioOnly: one.audioOnly + next.audioOnly,
    isRelayed: one.isRelayed || next.isRelayed,
  };
}

function callOf(seat, conn, facts) {
  const call = {
    peer: seat,
    conn,
    connected: facts.setup !== null,
    seconds: Math.round(facts.seconds),
    drops: facts.drops,
    restarts: facts.restarts,
    relayed: facts.isRelayed,
    audio_only_seconds: Math.round(facts.audioOnly),
  };
  if (facts.setup !== null) {
    call.setup_ms = facts.setup;
  }
  if (facts.firstFrame !== null) {
    call.first_frame_ms = facts.firstFrame;
  }
  return call;
}
