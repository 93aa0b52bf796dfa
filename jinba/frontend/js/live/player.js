// The picture: live from the edge of a list that moves on, or a replay from its beginning. It comes back by itself from
// stalls, lost networks and sleep. Where hls.js cannot run (iPhones) the system plays the same list. Where the engine
// also has the picture by WebRTC that is tried first; once it went wrong, the page stays with the list.
import Hls from "hls.js/light";
import { Whep } from "./whep.js";

const LIVE = {
  liveSyncDurationCount: 2,
  liveMaxLatencyDurationCount: 6,
  maxLiveSyncPlaybackRate: 1.2,
  backBufferLength: 15,
  maxBufferLength: 12,
  manifestLoadingMaxRetry: 2,
  enableWorker: false, // no script from a blob: the page forbids it
};
const REPLAY = { maxBufferLength: 30, backBufferLength: 60, enableWorker: false };
const SHORTEST = 1_000;
const LONGEST = 8_000;
const STALLED = 6_000; // ms without a new moment of the picture
const BEHIND = 10; // seconds that a picture may lag before it jumps on

/** `hears` has moving(), stalled(), blocked() (a tap is needed), broken(). */
export class Player {
  constructor(video, hears) {
    this.video = video;
    this.hears = hears;
    this.url = "";
    this.whepUrl = "";
    this.whep = null;
    this.isListOnly = !Whep.isSupported;
    this.hls = null;
    this.tries = 0;
    this.seen = { time: -1, at: 0 };
    this.left = { url: "", at: 0 };
    this.wantsSound = false;
    video.muted = true;
    video.addEventListener("timeupdate", () => this.moved());
    video.addEventListener("error", () => this.isNative && this.again());
    video.addEventListener("ended", () => this.isLive && this.again());
    window.addEventListener("pagehide", () => this.whep && this.rest());
    setInterval(() => this.look(), 2_000);
  }

  get isOn() {
    return this.url !== "";
  }

  get isMoving() {
    return this.isOn && Date.now() - this.seen.at < STALLED;
  }

  get position() {
    return this.isOn && !this.isLive ? this.video.currentTime : 0;
  }

  /** `whepUrl`: the same by WebRTC, if the engine has a place for one more; who plays already is not disturbed.
   *  `renew`: seconds after which the list of a replay is read again. What was stopped goes on where it was. */
  load(url, isLive, whepUrl, renew) {
    this.whepUrl = whepUrl || "";
    if (this.url === url) {
      return;
    }
    this.stop();
    this.url = url;
    this.isLive = isLive;
    clearInterval(this.renewing);
    this.renewing = renew ? setInterval(() => this.renew(), renew * 1000) : 0;
    this.start(!isLive && this.left.url === url ? this.left.at : 0);
  }

  start(from) {
    clearTimeout(this.later);
    this.drop();
    this.seen = { time: -1, at: 0 };
    this.startedAt = Date.now();
    if (this.isLive && this.whepUrl && !this.isListOnly) {
      this.isNative = false;
      const whep = new Whep(this.video, this.whepUrl, {
        plays: () => this.play(),
        broke: () => this.whep === whep && this.leaveWhep(),
      });
      this.whep = whep;
      return;
    }
    this.isNative = !Hls.isSupported();
    if (this.isNative) {
      this.video.src = this.url;
      if (from) {
        this.video.addEventListener("loadedmetadata", () => (this.video.currentTime = from), { once: true });
      }
      this.play();
      return;
    }
    const hls = new Hls({ ...(this.isLive ? LIVE : REPLAY), ...(from ? { startPosition: from } : {}) });
    this.hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.play());
    hls.on(Hls.Events.ERROR, (event, problem) => this.mend(hls, problem));
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
  }

  /** Nobody looks any more; if the page comes back, wake() begins anew. */
  rest() {
    this.drop();
    this.seen = { time: -1, at: 0 };
  }

  leaveWhep() {
    this.isListOnly = true;
    this.hears.stalled();
    this.start();
  }

  /** Addresses in a closed store run out: what is still to be fetched gets those of a fresh list. */
  async renew() {
    const { hls, url } = this;
    const level = hls && hls.levels && hls.levels[0];
    if (!level || !level.details) {
      return; // the system's own player asks again when it is refused
    }
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok || hls !== this.hls) {
        return;
      }
      const places = (await answer.text()).split("\n").filter((line) => line && !line.startsWith("#"));
      for (const piece of level.details.fragments) {
        if (places[piece.sn]) {
          piece.url = new URL(places[piece.sn], new URL(url, location.href)).href;
        }
      }
    } catch (error) {
      // The next time; and who is refused meanwhile begins anew where he is.
    }
  }

  stop() {
    clearTimeout(this.later);
    clearInterval(this.renewing);
    if (this.url && !this.isLive) {
      this.left = { url: this.url, at: this.video.currentTime };
    }
    this.url = "";
    this.drop();
    this.video.pause();
  }

  /** Keeps the last picture, fetches nothing. */
  drop() {
    if (this.whep) {
      this.whep.close();
      this.whep = null;
    }
    if (this.hls) {
      this.hls.destroy();
      this.hls = null;
    } else if (this.isNative && this.video.getAttribute("src")) {
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  async play() {
    this.video.muted = !this.wantsSound;
    try {
      await this.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError") {
        if (!this.video.muted) {
          this.video.muted = true;
          this.wantsSound = false;
          this.play();
        } else {
          this.hears.blocked();
        }
      }
    }
  }

  /** By a tap only: browsers allow sound to nobody else. */
  sound() {
    this.wantsSound = true;
    this.play();
  }

  seek(second) {
    this.video.currentTime = second;
    this.play();
  }

  /** The page was asleep or the network away: live goes on where the host is now. */
  wake() {
    if (!this.isOn) {
      return;
    }
    if (this.isLive && !this.isMoving) {
      this.tries = 0;
      this.start();
    } else if (this.isLive) {
      this.toEdge();
      this.play();
    } else if (this.hls) {
      this.hls.startLoad();
    }
  }

  toEdge() {
    const { video, hls } = this;
    const edge = hls ? hls.liveSyncPosition : video.seekable.length ? video.seekable.end(video.seekable.length - 1) - 2 : 0;
    if (edge && edge - video.currentTime > BEHIND) {
      video.currentTime = edge;
    }
  }

  // What the rest do ------------------------------------------------------------------------------------------------
  moved() {
    if (this.isOn && this.video.currentTime !== this.seen.time) {
      this.seen = { time: this.video.currentTime, at: Date.now() };
      this.tries = 0;
      this.hears.moving();
    }
  }

  look() {
    if (!this.isOn || this.isMoving || (this.video.paused && this.seen.at && !this.isLive) || document.hidden) {
      return;
    }
    if (this.isLive) {
      this.hears.stalled();
      if (this.whep) {
        return; // it looks itself
      }
      if (Date.now() - Math.max(this.startedAt, this.seen.at) > 2 * STALLED) {
        this.start();
      } else if (!this.video.paused) {
        this.toEdge();
      }
    }
  }

  mend(hls, problem) {
    if (hls !== this.hls || !problem.fatal) {
      return;
    }
    if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && this.tries < 3) {
      this.tries += 1;
      hls.recoverMediaError();
    } else {
      this.again();
    }
  }

  again() {
    if (!this.isOn) {
      return;
    }
    this.tries += 1;
    this.hears.stalled();
    if (!this.isLive && this.tries > 6) {
      this.hears.broken();
      return;
    }
    clearTimeout(this.later);
    const from = this.isLive ? 0 : this.video.currentTime;
    const pause = Math.min(SHORTEST * 2 ** (this.tries - 1), LONGEST) * (0.75 + Math.random() / 2);
    this.later = setTimeout(() => this.isOn && this.start(from), pause);
  }
}
