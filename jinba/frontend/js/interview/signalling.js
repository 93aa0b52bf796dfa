// The line to the server: one socket, a heartbeat, and coming back after a cut with the same `conn`.
import { newId } from "../ids.js";
import { get, urls } from "./door.js";

export { newId };

const PING = 10_000; // what the server expects
const PATIENCE = 4_000; // for the first word of a new socket, and for a pong
const HURRY = 2_500; // for a pong when something is wrong already
const SHORTEST = 300;
const LONGEST = 2_000; // a call that is cut heals within ten seconds of the line's return
const MANY = 30; // failures after which there is no hurry any more
const ASK_BY_PAGE = 3; // failures before asking over HTTP whether we are still wanted

/** After these the server wants no new try: no seat, link stale, no interview, another page, over, called off. */
const FINAL = [4401, 4403, 4404, 4409, 4410, 4411];
const TOO_LOUD = 4408;
const GONE = 1000;

/** `hears` has room(snapshot), signal(message), back(), away(), over(code). */
export class Line {
  constructor(hears) {
    this.hears = hears;
    this.conn = newId();
    this.socket = null;
    this.isOpen = false; // the server has greeted this page
    this.isOver = false;
    this.failures = 0;
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.check());
  }

  connect() {
    clearTimeout(this.later);
    if (this.isOver || this.socket) {
      return;
    }
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + urls.socket);
    this.socket = socket;
    this.expect(PATIENCE);
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", conn: this.conn }));
    socket.onmessage = (event) => this.hear(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.lose(socket, event.code);
  }

  /** Tries at once, without waiting for the pause to end. */
  hurry() {
    this.failures = 0;
    if (this.socket) {
      this.check();
    } else {
      this.connect();
    }
  }

  /** Asks the server for a sign of life; without one soon, the socket is taken for dead. */
  check() {
    if (this.isOpen) {
      this.ping(HURRY);
    }
  }

  send(message) {
    if (!this.isOpen) {
      return false;
    }
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.isOver = true;
    clearTimeout(this.later);
    this.lose(this.socket, GONE);
  }

  // What the rest do ------------------------------------------------------------------------------------------------
  expect(milliseconds) {
    clearTimeout(this.deadline);
    const socket = this.socket;
    this.deadline = setTimeout(() => this.lose(socket, 1006), milliseconds);
  }

  ping(patience = PATIENCE) {
    clearTimeout(this.beat);
    this.socket.send('{"t":"ping"}');
    this.expect(patience);
    this.beat = setTimeout(() => this.ping(), PING);
  }

  hear(socket, message) {
    if (socket !== this.socket) {
      return;
    }
    // Whatever it says, it lives.
    clearTimeout(this.deadline);
    if (message.t === "room") {
      const isNew = !this.isOpen;
      this.isOpen = true;
      if (isNew) {
        this.failures = 0;
        this.beat = setTimeout(() => this.ping(), PING);
      }
      this.hears.room(message);
      if (isNew) {
        this.hears.back();
      }
    } else if (message.t === "signal") {
      this.hears.signal(message);
    }
  }

  lose(socket, code) {
    if (!socket || socket !== this.socket) {
      return;
    }
    clearTimeout(this.deadline);
    clearTimeout(this.beat);
    // A cut line never finishes to close: it is forgotten at once.
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (code === GONE) {
      socket.close(GONE); // on purpose: nobody waits for this page
    } else {
      socket.close();
    }
    this.socket = null;
    this.isOpen = false;
    if (FINAL.includes(code)) {
      this.isOver = true;
      this.hears.over(code);
    }
    if (this.isOver) {
      return;
    }
    this.failures += 1;
    this.hears.away();
    if (this.failures % ASK_BY_PAGE === 0) {
      this.askByPage();
    }
    const isHopeless = code === TOO_LOUD || this.failures > MANY;
    const pause = isHopeless ? 5 * LONGEST : Math.min(SHORTEST * 2 ** this.failures, LONGEST);
    this.later = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  // A socket that is refused before it opens tells no code.
  async askByPage() {
    try {
      await get("state");
    } catch (error) {
      if ([401, 403, 404].includes(error.status) && !this.isOpen) {
        this.isOver = true;
        clearTimeout(this.later);
        this.hears.over(error.status === 404 ? 4404 : 4403);
      }
    }
  }
}
