// A live room's line to the server: entries 1, 2, 3 … each told exactly once and in order, whatever the network does.
// The socket only brings what is in the table: what it missed is fetched from `entries/?since=`, and where no socket
// opens, that address is asked every three seconds. Used by the viewer's page and by the host's console.
//
//   const room = new Room({ socket: "/ws/live/7/", entries: "/live/7/entries/", since: 41, ticket, hears: {
//     said(entry), asked(entry), hidden(entry), answered(entry), pinned(entry), unpinned(entry), cards(entry),
//     announced(entry), slowed(entry), on_air(entry), off_air(entry), started(entry), ended(entry),  one of each kind
//     any(entry)          after it, for every kind
//     now({viewers, likes})
//     line(word)          "open", "polling" or "away" when that changes
//     skipped(last)       so much was missed that it is not told one by one: read the page's state again
//     over()              there is no such room any more
//   } });
//   room.connect();  room.like(3);  room.renew(ticket);  room.check();  room.close();

const PING = 25_000;
const PATIENCE = 6_000; // for the first word of a new socket, and for a pong
const HURRY = 2_500; // for a pong when something is wrong already
const SHORTEST = 500;
const LONGEST = 15_000;
const LOUD = 60_000; // after the server found us too loud
const POLL = 3_000;
const POLL_AFTER = 2; // sockets that failed in a row
const SLEPT = 5_000; // ms that a timer of a second may lack before the page is taken to have slept
const FAR = 2_000; // entries: who missed more begins anew
const GONE = 1000;
const NO_ROOM = 4404;
const TOO_LOUD = 4408;

export class Room {
  constructor({ socket, entries, since, ticket, hears }) {
    Object.assign(this, { socketUrl: socket, entriesUrl: entries, last: since, ticket: ticket || "", hears });
    this.socket = null;
    this.isAlive = false; // this socket has said something
    this.isOver = false;
    this.failures = 0;
    this.waiting = new Map(); // entries that came before the one in front of them
    this.word = "";
    this.asleep = false;
  }

  connect() {
    if (!this.isWatching) {
      this.watch();
    }
    this.open();
  }

  /** Something may have happened to the line: make sure at once. */
  check() {
    if (this.isOver) {
      return;
    }
    if (this.socket && this.isAlive) {
      this.ping(HURRY);
    } else if (!this.socket) {
      this.failures = Math.min(this.failures, POLL_AFTER);
      this.open();
      if (this.polling > 0) {
        clearTimeout(this.polling);
        this.polling = 0;
      }
      this.poll();
    }
  }

  /** Another ticket (somebody signed in): said to the server by a new socket. */
  renew(ticket) {
    if (ticket && ticket !== this.ticket) {
      this.ticket = ticket;
      if (this.socket) {
        this.drop();
        this.open();
      }
    }
  }

  /** False when nobody hears it now. */
  like(count) {
    return this.send({ t: "like", n: Math.max(1, Math.min(20, count)) });
  }

  close() {
    this.isOver = true;
    clearTimeout(this.polling);
    this.drop();
  }

  // The socket ------------------------------------------------------------------------------------------------------
  open() {
    clearTimeout(this.later);
    if (this.isOver || this.socket || this.asleep) {
      return;
    }
    if (!("WebSocket" in window)) {
      this.failures = POLL_AFTER;
      this.plan(0);
      return;
    }
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + this.socketUrl);
    this.socket = socket;
    this.expect(PATIENCE);
    socket.onopen = () => {
      socket.send(JSON.stringify({ t: "hello", since: this.last, ticket: this.ticket }));
      socket.send('{"t":"ping"}');
    };
    socket.onmessage = (event) => this.hear(socket, event.data);
    socket.onclose = (event) => this.lose(socket, event.code);
  }

  send(message) {
    if (!this.isAlive || !this.socket || this.socket.readyState !== 1) {
      return false;
    }
    this.socket.send(JSON.stringify(message));
    return true;
  }

  ping(patience) {
    clearTimeout(this.beat);
    if (this.send({ t: "ping" })) {
      this.expect(patience);
    }
    this.beat = setTimeout(() => this.ping(PATIENCE), PING);
  }

  expect(milliseconds) {
    clearTimeout(this.deadline);
    const socket = this.socket;
    this.deadline = setTimeout(() => this.lose(socket, 1006), milliseconds);
  }

  hear(socket, text) {
    if (socket !== this.socket) {
      return;
    }
    let message;
    try {
      message = JSON.parse(text);
    } catch (error) {
      return;
    }
    clearTimeout(this.deadline); // whatever it says, it lives
    if (!this.isAlive) {
      this.isAlive = true;
      this.failures = 0;
      clearTimeout(this.polling);
      this.polling = 0;
      this.beat = setTimeout(() => this.ping(PATIENCE), PING);
      this.tell("open");
    }
    if (message.t === "entries") {
      this.take(message.list || []);
    } else if (message.t === "now") {
      this.call("now", message);
    } else if (message.t === "resync") {
      this.catchUp(message.last);
    }
  }

  drop() {
    const socket = this.socket;
    clearTimeout(this.deadline);
    clearTimeout(this.beat);
    this.socket = null;
    this.isAlive = false;
    if (socket) {
      // A cut line never finishes to close: it is forgotten at once.
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(GONE);
    }
  }

  lose(socket, code) {
    if (!socket || socket !== this.socket) {
      return;
    }
    this.drop();
    if (code === NO_ROOM) {
      this.close();
      this.call("over");
      return;
    }
    this.failures += 1;
    const pause = code === TOO_LOUD ? LOUD : Math.min(SHORTEST * 2 ** this.failures, LONGEST);
    this.plan(pause * (0.5 + Math.random()));
  }

  plan(pause) {
    clearTimeout(this.later);
    if ("WebSocket" in window) {
      this.later = setTimeout(() => this.open(), pause);
    }
    if (this.failures >= POLL_AFTER) {
      this.poll();
    } else {
      this.tell("away");
    }
  }

  // The list --------------------------------------------------------------------------------------------------------
  take(list) {
    for (const entry of list) {
      if (entry.seq > this.last) {
        this.waiting.set(entry.seq, entry);
      }
    }
    while (this.waiting.has(this.last + 1)) {
      const entry = this.waiting.get(this.last + 1);
      this.waiting.delete(entry.seq);
      this.last = entry.seq; // first: what goes wrong in the page is not told twice
      this.call(entry.kind, entry);
      this.call("any", entry);
    }
    if (this.waiting.size) {
      this.catchUp(Math.max(...this.waiting.keys()));
    }
  }

  /** Fetch what is missing up to number `end`. */
  async catchUp(end) {
    this.end = Math.max(this.end || 0, end || 0);
    if (this.isFetching) {
      return;
    }
    this.isFetching = true;
    let isGood = true;
    while (isGood && this.last < this.end && !this.isOver) {
      isGood = await this.fetch();
    }
    this.isFetching = false;
    if (!isGood && !this.isOver) {
      clearTimeout(this.again);
      this.again = setTimeout(() => this.catchUp(0), POLL * (0.75 + Math.random() / 2));
    }
  }

  /** One page of the list; false when it did not come. */
  async fetch() {
    let answer;
    try {
      const response = await fetch(`${this.entriesUrl}?since=${this.last}`, { credentials: "same-origin" });
      if (response.status === 404) {
        this.close();
        this.call("over");
        return false;
      }
      if (!response.ok) {
        return false;
      }
      answer = await response.json();
    } catch (error) {
      return false;
    }
    const before = this.last;
    if (answer.last - this.last > FAR) {
      this.last = answer.last;
      this.waiting.clear();
      this.call("skipped", answer.last);
      return true;
    }
    for (const entry of answer.list) {
      if (entry.seq > this.last) {
        this.waiting.set(entry.seq, entry);
      }
    }
    this.end = Math.max(this.end || 0, answer.last);
    this.take([]);
    return this.last > before || answer.last <= this.last;
  }

  /** In place of a socket. */
  async poll() {
    if (this.polling || this.isAlive || this.isOver || this.asleep || this.failures < POLL_AFTER) {
      return;
    }
    this.polling = -1;
    const isGood = this.isFetching || (await this.fetch());
    if (this.polling !== -1 || this.isAlive || this.isOver) {
      return;
    }
    this.tell(isGood ? "polling" : "away");
    const isBehind = isGood && this.last < this.end;
    this.polling = setTimeout(
      () => {
        this.polling = 0;
        this.poll();
      },
      isBehind ? 0 : POLL * (0.85 + Math.random() * 0.3),
    );
  }

  // Sleep and waking ------------------------------------------------------------------------------------------------
  watch() {
    this.isWatching = true;
    const wake = () => {
      if (!document.hidden) {
        this.check();
      }
    };
    document.addEventListener("visibilitychange", wake);
    document.addEventListener("resume", wake);
    window.addEventListener("online", wake);
    window.addEventListener("offline", () => this.check());
    window.addEventListener("pagehide", () => {
      this.asleep = true;
      clearTimeout(this.later);
      clearTimeout(this.polling);
      this.polling = 0;
      this.drop();
    });
    window.addEventListener("pageshow", () => {
      this.asleep = false;
      this.check();
    });
    let tick = Date.now();
    setInterval(() => {
      const late = Date.now() - tick - 1000;
      tick = Date.now();
      if (late > SLEPT) {
        wake();
      }
    }, 1000);
  }

  tell(word) {
    if (word !== this.word) {
      this.word = word;
      this.call("line", word);
    }
  }

  call(name, value) {
    if (this.hears[name]) {
      try {
        this.hears[name](value);
      } catch (error) {
        // One entry that the page cannot show must not end the line.
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
}
