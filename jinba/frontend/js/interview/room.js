// Who is in the room and how this page reaches each of them.
import { post } from "./door.js";
import { track } from "./devices.js";
import { Peer } from "./peer.js";
import { Gauge, worst } from "./quality.js";
import { dropRemote, onStreams, putRemote } from "./streams.js";

const LOOK = 2_000;
const ICE_WAITS = 4_000; // ms for the servers' addresses: many calls find a way without any
const ICE_AGAIN = 5_000; // ms until they are asked for again

export class Room {
  /** `hears` has peers(), net(word), news() when a person is tried to reach, or reached. `line` is the way to the server. */
  constructor(line, hears) {
    this.line = line;
    this.hears = hears;
    this.snapshot = null;
    this.peers = new Map(); // by seat
    this.gauges = new Map(); // by peer
    this.here = new Set(); // seats whose socket is there
    this.gone = new Set(); // pages that were replaced or said goodbye
    this.stood = new WeakSet(); // peers that were connected once
    this.finished = []; // peers of this page that are over, for the report
    this.servers = null;
    this.net = "good";
    this.sent = { audio: null, video: null };
    this.hasLeft = false;
    onStreams(() => this.swap());
    this.looking = setInterval(() => this.look(), LOOK);
  }

  get isIn() {
    const { snapshot } = this;
    return Boolean(snapshot && snapshot.on && snapshot.you.admitted);
  }

  get people() {
    return 1 + this.peers.size;
  }

  take(snapshot) {
    this.snapshot = snapshot;
    if (!this.isIn) {
      this.closeAll();
      return;
    }
    const inside = new Set();
    for (const person of snapshot.people) {
      if (person.seat === snapshot.you.seat || !person.admitted) {
        continue;
      }
      inside.add(person.seat);
      // Whose socket is away may still be seen and heard: only another page of his, or his leave, ends this.
      const wasHere = this.here.has(person.seat);
      this.here[person.here ? "add" : "delete"](person.seat);
      if (person.here && person.conn) {
        const peer = this.reach(person.seat, person.conn);
        if (peer && !wasHere) {
          peer.check();
        }
      }
    }
    for (const seat of Array.from(this.peers.keys())) {
      if (!inside.has(seat)) {
        this.forget(seat);
      }
    }
  }

  hear({ from, conn, d }) {
    if (!this.isIn) {
      return;
    }
    const peer = d.type === "bye" ? this.peers.get(from) : this.reach(from, conn);
    if (peer && peer.conn === conn) {
      peer.hear(d);
    }
  }

  reach(seat, conn) {
    const known = this.peers.get(seat);
    if (known && known.conn === conn && known.state !== "closed") {
      return known;
    }
    if (this.gone.has(conn)) {
      return null;
    }
    if (known) {
      this.gone.add(known.conn);
      this.forget(seat);
    }
    const peer = new Peer(seat, conn, this.snapshot.you.seat < seat, {
      ice: () => this.ice(),
      say: (d) => this.line.send({ t: "signal", to: seat, conn, d }),
      track: (kind, one) => (kind === "video" && one.hasVideoHeld ? null : track(kind)),
      changed: (one) => this.changed(one),
      isThere: () => this.here.has(seat),
      gone: (one) => {
        this.gone.add(one.conn);
        this.forget(seat);
      },
    });
    this.peers.set(seat, peer);
    this.gauges.set(peer, new Gauge(peer));
    this.hears.peers();
    this.hears.news();
    return peer;
  }

  changed(peer) {
    if (peer.state === "lost") {
      this.line.check(); // what cut the one may have cut the other, which does not notice by itself
    }
    if (peer.state === "connected" && !this.stood.has(peer)) {
      this.stood.add(peer);
      this.hears.news();
    }
    if (this.peers.get(peer.seat) === peer) {
      putRemote(peer.seat, peer.stream);
      this.hears.peers();
    }
  }

  forget(seat) {
    const peer = this.peers.get(seat);
    if (!peer) {
      return;
    }
    peer.close();
    this.peers.delete(seat);
    this.gauges.delete(peer);
    this.finished.push(peer);
    dropRemote(seat);
    this.hears.peers();
  }

  closeAll() {
    for (const seat of Array.from(this.peers.keys())) {
      this.forget(seat);
    }
  }

  /** Says goodbye, so that nobody waits for a page that went on purpose. */
  leave() {
    for (const [seat, peer] of this.peers) {
      this.line.send({ t: "signal", to: seat, conn: peer.conn, d: { type: "bye" } });
    }
    this.hasLeft = true;
    this.closeAll();
    clearInterval(this.looking);
    clearTimeout(this.renewing);
  }

  /** The line is back, or the page woke up. */
  check() {
    this.peers.forEach((peer) => peer.check());
  }

  /** The servers that help to find a way; asked for anew before their credentials end. */
  ice() {
    if (!this.servers) {
      const tooLate = new Promise((done) => setTimeout(done, ICE_WAITS));
      this.servers = Promise.race([post("ice"), tooLate]).catch(() => null).then((servers) => {
        if (!this.hasLeft) {
          this.renewing = setTimeout(() => this.renew(), servers ? Math.max(20, servers.ttl * 0.8) * 1000 : ICE_AGAIN);
        }
        // Where only the relay may be used, no page tells its own addresses for want of an answer.
        return servers || { iceServers: [], iceTransportPolicy: this.snapshot.relay_only ? "relay" : "all", isNone: true };
      });
    }
    return this.servers;
  }

  async renew() {
    clearTimeout(this.renewing);
    const { isNone } = await this.servers;
    this.servers = null;
    if (this.isIn) {
      const servers = await this.ice();
      if (servers.isNone) {
        return; // what each peer has serves on
      }
      this.peers.forEach((peer) => {
        peer.refresh(servers);
        if (isNone) {
          peer.check();
        }
      });
    }
  }

  // A person muted, changed the camera, or the network decided: each line gets what it shall carry.
  swap() {
    for (const kind of ["audio", "video"]) {
      const now = track(kind);
      if (this.sent[kind] !== now) {
        this.sent[kind] = now;
        this.peers.forEach((peer) => peer.swap(kind));
      }
    }
  }

  async look() {
    const people = this.people;
    await Promise.all(Array.from(this.gauges.values(), (gauge) => gauge.look(LOOK / 1000, people).catch(() => {})));
    const net = worst(Array.from(this.gauges.values()));
    if (this.net !== net) {
      this.net = net;
      this.hears.net(net);
    }
    this.hears.peers();
  }
}
