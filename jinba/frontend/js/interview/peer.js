// The way to one page of one person: one RTCPeerConnection at a time, and the watchdog that mends it.
// Only the end with the lower seat number makes offers; the other asks it to. When both ends offered, some calls never
// started: one that had to take its offer back gathered no candidate any more.
const CONNECT = 8_000; // ms from an offer to a connection
const ANSWERER_WAITS = 3_000; // longer, so that the offerer moves first
const MOST = 30; // candidates in one frame
const LOST = 3_000; // ms of "disconnected" before it is mended: shorter ones heal by themselves
const BATCH = 200; // ms in which candidates are gathered into one frame
const REST = 2_000; // ms between two restarts
const RESTARTS = 2; // tries on one connection before it is made anew

export class Peer {
  /** `help` has ice() (a promise of the servers), say(d), track(kind), isThere(), changed(peer), gone(peer). */
  constructor(seat, conn, offers, help) {
    this.seat = seat;
    this.conn = conn;
    this.offers = offers;
    this.help = help;
    this.stream = new MediaStream();
    this.state = "new"; // connecting, connected, lost, closed
    this.hasVideoHeld = false; // own picture withheld, because the network cannot carry it
    this.limit = { rate: 600_000, scale: 1 };
    this.began = performance.now();
    this.facts = { setup: null, firstFrame: null, drops: 0, restarts: 0, seconds: 0, audioOnly: 0, isRelayed: false };
    this.tries = 0;
    this.asked = 0;
    this.restarted = -REST;
    this.isRelayOnly = false;
    this.work = Promise.resolve();
    this.open();
  }

  // One thing after another: descriptions and candidates must not overtake each other.
  then(act) {
    this.work = this.work
      .then(() => (this.pc && this.state !== "closed" ? act(this.pc) : null))
      .catch(() => this.mendSoon());
  }

  open() {
    this.work = this.work.then(() => this.make()).catch(() => this.mendSoon());
    if (this.offers) {
      this.offer(false);
    }
  }

  async make() {
    const ice = await this.help.ice();
    if (this.state === "closed") {
      return;
    }
    this.drop();
    const policy = this.isRelayOnly && hasRelay(ice) ? "relay" : ice.iceTransportPolicy || "all";
    const pc = new RTCPeerConnection({ iceServers: ice.iceServers, iceTransportPolicy: policy, bundlePolicy: "max-bundle" });
    this.pc = pc;
    this.waiting = []; // candidates that came before their description
    this.outbox = [];
    this.fingerprint = "";
    pc.onicecandidate = (event) => this.gather(pc, event.candidate);
    pc.ontrack = (event) => this.take(event.track);
    pc.onconnectionstatechange = pc.oniceconnectionstatechange = () => this.look(pc);
    if (this.offers) {
      for (const kind of ["audio", "video"]) {
        pc.addTransceiver(this.help.track(kind, this) || kind, { direction: "sendrecv" });
      }
    }
    this.watch();
  }

  offer(isRestart) {
    this.then(async (pc) => {
      const offer = await pc.createOffer(isRestart ? { iceRestart: true } : {});
      await pc.setLocalDescription(offer);
      this.asked += 1;
      this.help.say({ type: "offer", sdp: pc.localDescription.sdp, n: this.asked });
    });
  }

  /** A signal from the other end. */
  hear(d) {
    if (d.type === "offer" && !this.offers) {
      this.then(() => this.answer(d));
    } else if (d.type === "answer" && this.offers) {
      this.then(async (pc) => {
        // The answer to an offer that was made anew meanwhile would describe a way that is gone.
        if (pc.signalingState === "have-local-offer" && d.n === this.asked) {
          const print = fingerprint(d.sdp);
          if (this.fingerprint && this.fingerprint !== print) {
            this.open(); // the other end began anew
            return;
          }
          this.fingerprint = print;
          await pc.setRemoteDescription({ type: "answer", sdp: d.sdp });
          await this.takeWaiting(pc);
        }
      });
    } else if (d.type === "candidates") {
      this.then((pc) => this.takeCandidates(pc, d.list));
    } else if (d.type === "restart" && this.offers) {
      this.mend();
    } else if (d.type === "bye") {
      this.close();
      this.help.gone(this);
    }
  }

  async answer(d) {
    const print = fingerprint(d.sdp);
    if (this.fingerprint && this.fingerprint !== print) {
      await this.make(); // another certificate is a new connection at the other end: it wants a new one here
    }
    const pc = this.pc;
    this.fingerprint = print;
    await pc.setRemoteDescription({ type: "offer", sdp: d.sdp });
    for (const way of pc.getTransceivers()) {
      way.direction = "sendrecv";
      await way.sender.replaceTrack(this.help.track(way.receiver.track.kind, this));
    }
    await pc.setLocalDescription(await pc.createAnswer());
    this.help.say({ type: "answer", sdp: pc.localDescription.sdp, n: d.n });
    await this.takeWaiting(pc);
    if (this.state !== "connected") {
      this.watch();
    }
  }

  async takeWaiting(pc) {
    const list = this.waiting;
    this.waiting = [];
    await this.add(pc, list);
  }

  async takeCandidates(pc, list) {
    if (pc.remoteDescription) {
      await this.add(pc, list);
    } else {
      this.waiting.push(...list);
    }
  }

  async add(pc, list) {
    for (const candidate of list) {
      try {
        await pc.addIceCandidate(candidate);
      } catch (error) {
        // Of a try that is over, or of a kind that this browser does not know: the others suffice.
      }
    }
  }

  gather(pc, candidate) {
    if (pc !== this.pc || !candidate || !candidate.candidate) {
      return;
    }
    this.outbox.push(candidate.toJSON());
    if (!this.posting) {
      this.posting = setTimeout(() => this.post(), BATCH);
    }
  }

  post() {
    this.posting = null;
    if (this.state === "closed" || this.outbox.length === 0) {
      return;
    }
    const list = this.outbox.slice(0, MOST);
    if (this.help.say({ type: "candidates", list })) {
      this.outbox = this.outbox.slice(MOST);
    }
    if (this.outbox.length > 0) {
      this.posting = setTimeout(() => this.post(), BATCH * 2); // too many for one frame, or the line is away
    }
  }

  take(track) {
    for (const old of this.stream.getTracks()) {
      if (old.kind === track.kind && old !== track) {
        this.stream.removeTrack(old);
      }
    }
    this.stream.addTrack(track);
    track.onmute = track.onunmute = () => this.help.changed(this);
    this.help.changed(this);
  }

  // The watchdog --------------------------------------------------------------------------------------------------
  look(pc) {
    if (pc !== this.pc || this.state === "closed") {
      return;
    }
    const now = stateOf(pc);
    const before = this.state;
    if (now === "connected") {
      this.state = "connected";
      this.tries = 0;
      clearTimeout(this.dog);
      if (this.facts.setup === null) {
        this.facts.setup = Math.round(performance.now() - this.began);
      }
      this.apply();
    } else if (now === "disconnected" || now === "failed") {
      if (before === "connected") {
        this.state = "lost";
        this.facts.drops += 1;
      }
      clearTimeout(this.dog);
      this.dog = setTimeout(() => this.mend(), now === "failed" ? 0 : LOST);
    } else if (before === "new") {
      this.state = "connecting";
    }
    if (before !== this.state) {
      this.help.changed(this);
    }
  }

  watch() {
    clearTimeout(this.dog);
    this.dog = setTimeout(() => this.bark(), this.offers ? CONNECT : CONNECT + ANSWERER_WAITS);
  }

  bark() {
    if (this.state === "connected" || this.state === "closed") {
      return;
    }
    if (!this.help.isThere()) {
      this.watch(); // nobody would hear it; when he is back, `check` comes
      return;
    }
    this.tries += 1;
    if (this.offers && this.tries > RESTARTS) {
      // The direct way does not work: try by relay, then again directly, in turn.
      this.tries = 0;
      this.isRelayOnly = !this.isRelayOnly;
      this.facts.restarts += 1;
      this.open();
      this.help.changed(this);
      return;
    }
    this.mend();
  }

  /** Looks for a way anew; the end that answers asks the other to. */
  mend() {
    if (this.state === "closed") {
      return;
    }
    this.watch();
    if (!this.help.isThere() || performance.now() - this.restarted < REST) {
      return;
    }
    this.restarted = performance.now();
    this.facts.restarts += 1;
    if (this.offers) {
      this.offer(true);
    } else {
      this.help.say({ type: "restart" });
    }
  }

  mendSoon() {
    if (this.state !== "closed") {
      clearTimeout(this.dog);
      this.dog = setTimeout(() => this.bark(), REST);
    }
  }

  /** The line to the server is back, or the page woke up: what was said meanwhile may be lost. */
  check() {
    if (this.pc && this.state !== "connected") {
      this.restarted = -REST;
      this.mend();
    }
  }

  // Media ---------------------------------------------------------------------------------------------------------
  sender(kind) {
    const way = this.pc && this.pc.getTransceivers().find((one) => one.receiver.track.kind === kind);
    return way ? way.sender : null;
  }

  /** The own track of a kind is another one now, or none. */
  async swap(kind) {
    const sender = this.sender(kind);
    if (sender) {
      await sender.replaceTrack(this.help.track(kind, this)).catch(() => this.mend());
      this.apply();
    }
  }

  hold(isHeld) {
    if (this.hasVideoHeld !== isHeld) {
      this.hasVideoHeld = isHeld;
      this.swap("video");
    }
  }

  bound(limit) {
    this.limit = limit;
    this.apply();
  }

  async apply() {
    const sender = this.sender("video");
    if (!sender || !sender.getParameters) {
      return;
    }
    const wanted = sender.getParameters();
    if (!wanted.encodings || wanted.encodings.length === 0) {
      wanted.encodings = [{}];
    }
    const { rate, scale } = this.limit;
    if (wanted.encodings[0].maxBitrate === rate && wanted.encodings[0].scaleResolutionDownBy === scale) {
      return;
    }
    Object.assign(wanted.encodings[0], { maxBitrate: rate, scaleResolutionDownBy: scale });
    try {
      await sender.setParameters(wanted);
    } catch (error) {
      // Before it is negotiated, or in a browser that cannot: it finds its own rate.
    }
  }

  refresh(ice) {
    if (this.pc && this.pc.setConfiguration) {
      try {
        const policy = this.isRelayOnly && hasRelay(ice) ? "relay" : ice.iceTransportPolicy || "all";
        this.pc.setConfiguration({ iceServers: ice.iceServers, iceTransportPolicy: policy, bundlePolicy: "max-bundle" });
      } catch (error) {
        // The credentials that it has serve until the next connection.
      }
    }
  }

  drop() {
    if (this.pc) {
      this.pc.onicecandidate = this.pc.ontrack = this.pc.onconnectionstatechange = null;
      this.pc.oniceconnectionstatechange = null;
      this.pc.close();
      this.pc = null;
    }
    if (this.state === "connected") {
      this.state = "lost";
    }
  }

  close() {
    if (this.state !== "closed") {
      this.drop();
      this.state = "closed";
      clearTimeout(this.dog);
      clearTimeout(this.posting);
    }
  }
}

function stateOf(pc) {
  // Firefox before 113 knows only the state of ICE.
  const state = pc.connectionState || pc.iceConnectionState;
  return state === "completed" ? "connected" : state;
}

export function hasRelay(ice) {
  return (ice.iceServers || []).some((server) => [].concat(server.urls || []).some((url) => /^turns?:/.test(url)));
}

function fingerprint(sdp) {
  const found = /a=fingerprint:(.+)/.exec(sdp);
  return found ? found[1].trim() : "";
}
