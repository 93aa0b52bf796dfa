// How well the line to one peer holds, in a word, and what is sent over it: less on a poor line, at the bottom sound only.
// The browser's own control works beneath these bounds; without them it would still spend a thin line on pictures.
const LADDER = {
  two: [[600_000, 1], [300_000, 1.5], [150_000, 2], [70_000, 4]],
  more: [[400_000, 2], [200_000, 2], [100_000, 3], [60_000, 4]],
};
const BAD_LOSS = 0.1;
const DIRE_LOSS = 0.25; // then two steps at once
const BAD_RTT = 0.7; // s
const THIN = 90_000; // bit/s; below it even the smallest picture hurts the sound
const STEADY = 10; // s without trouble before a step up
const SOUND_FIRST = 14; // s of steady sound before the picture is tried again
const LONGEST_WAIT = 120; // s; each failed try doubles the wait up to this
const WARM_UP = 6; // s in which the browser still finds out what the line carries
const BAD_LOOKS = 2; // bad looks in a row before a step down
const WORST_LOOKS = 3; // and before the picture is given up: a phone that is busy for a moment looks bad, too

const words = { good: "好", fair: "一般", poor: "差", audio: "只有声音" };

export function wordOf(net) {
  return words[net] || "";
}

/** Numbers of one look, from what `getStats` gives. */
export function read(stats) {
  const seen = { inAudio: 0, inVideo: 0, outAudio: 0, outVideo: 0, framesIn: 0, framesOut: 0, lost: 0, got: 0 };
  seen.lossOut = 0;
  seen.rtt = 0;
  seen.available = null;
  seen.isRelayed = false;
  let pair = null;
  const byId = new Map();
  stats.forEach((one) => byId.set(one.id, one));
  for (const one of byId.values()) {
    const kind = one.kind || one.mediaType;
    if (one.type === "inbound-rtp") {
      seen[kind === "video" ? "inVideo" : "inAudio"] += one.bytesReceived || 0;
      seen.lost += one.packetsLost || 0;
      seen.got += one.packetsReceived || 0;
      seen.framesIn += kind === "video" ? one.framesDecoded || 0 : 0;
    } else if (one.type === "outbound-rtp") {
      seen[kind === "video" ? "outVideo" : "outAudio"] += one.bytesSent || 0;
      seen.framesOut += kind === "video" ? one.framesEncoded || 0 : 0;
    } else if (one.type === "remote-inbound-rtp") {
      seen.lossOut = Math.max(seen.lossOut, one.fractionLost || 0);
      seen.rtt = Math.max(seen.rtt, one.roundTripTime || 0);
    } else if (one.type === "transport" && one.selectedCandidatePairId) {
      pair = byId.get(one.selectedCandidatePairId);
    } else if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded" && !pair) {
      pair = one;
    }
  }
  if (pair) {
    seen.rtt = Math.max(seen.rtt, pair.currentRoundTripTime || 0);
    seen.available = pair.availableOutgoingBitrate || null;
    const ends = [byId.get(pair.localCandidateId), byId.get(pair.remoteCandidateId)];
    seen.isRelayed = ends.some((end) => end && end.candidateType === "relay");
  }
  return seen;
}

export class Gauge {
  constructor(peer) {
    this.peer = peer;
    this.seen = null;
    this.net = "good";
    this.step = 0;
    this.badLooks = 0;
    this.steady = 0; // s
    this.wait = SOUND_FIRST;
    this.triedAt = 0;
    this.still = 0;
  }

  /** Whether no new picture came for two looks. */
  get isStill() {
    return this.still > 1;
  }

  get hasSoundOnly() {
    return this.peer.hasVideoHeld;
  }

  /** Looks at the line, `seconds` after the look before; `people` is how many are in the call. */
  async look(seconds, people) {
    const { pc, state, facts } = this.peer;
    if (!pc || state !== "connected") {
      this.net = state === "connected" ? this.net : "poor";
      return;
    }
    const seen = read(await pc.getStats());
    const before = this.seen || seen;
    this.seen = seen;
    facts.seconds += seconds;
    facts.isRelayed = seen.isRelayed;
    facts.audioOnly += this.hasSoundOnly ? seconds : 0;
    this.still = seen.framesIn > before.framesIn ? 0 : this.still + 1;
    const got = Math.max(0, seen.got - before.got);
    const lost = Math.max(0, seen.lost - before.lost);
    const loss = Math.max(seen.lossOut, got + lost > 20 ? lost / (got + lost) : 0);
    // While only sound goes out, the browser does not find out how much more the line would carry.
    const isThin = seen.available !== null && seen.available < THIN && facts.seconds > WARM_UP && !this.hasSoundOnly;
    const isBad = seen.lossOut > BAD_LOSS || seen.rtt > BAD_RTT || isThin;
    this.net = this.wordFor(loss, seen.rtt, isThin);
    this.climb(isBad, seen.lossOut > DIRE_LOSS, seconds, people);
  }

  wordFor(loss, rtt, isThin) {
    if (this.hasSoundOnly) {
      return "audio";
    }
    if (loss > BAD_LOSS || rtt > BAD_RTT || isThin) {
      return "poor";
    }
    return loss > 0.03 || rtt > 0.35 || this.step > 1 ? "fair" : "good";
  }

  climb(isBad, isDire, seconds, people) {
    const ladder = people > 2 ? LADDER.more : LADDER.two;
    this.badLooks = isBad ? this.badLooks + 1 : 0;
    this.steady = isBad ? 0 : this.steady + seconds;
    const isLast = this.step === ladder.length - 1;
    if (this.badLooks >= (isLast ? WORST_LOOKS : BAD_LOOKS) && !this.hasSoundOnly) {
      this.badLooks = 0;
      if (!isLast) {
        this.step = Math.min(this.step + (isDire ? 2 : 1), ladder.length - 1);
      } else {
        // The picture came back too early: the next try waits longer.
        const failedSoon = this.triedAt && this.peer.facts.seconds - this.triedAt < 30;
        this.wait = failedSoon ? Math.min(this.wait * 2, LONGEST_WAIT) : SOUND_FIRST;
        this.peer.hold(true);
      }
    } else if (this.hasSoundOnly && this.steady >= this.wait) {
      this.steady = 0;
      this.triedAt = this.peer.facts.seconds;
      this.peer.hold(false);
    } else if (!this.hasSoundOnly && this.step > 0 && this.steady >= STEADY) {
      this.steady = 0;
      this.step -= 1;
    }
    const [rate, scale] = ladder[this.step];
    this.peer.bound({ rate, scale });
  }
}

const RANK = ["good", "fair", "poor", "audio"];

/** The word for the whole call: that of its worst line. */
export function worst(gauges) {
  return gauges.reduce((word, gauge) => (RANK.indexOf(gauge.net) > RANK.indexOf(word) ? gauge.net : word), "good");
}
