// Where the picture is: the picture itself, or one veil over it that says why there is none.

const OFF = "live-video-off";
const LATE = 60 * 60 * 1000;

function isKeptOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch (error) {
    return false;
  }
}

export class Stage {
  /** `now()` is the server's time; `again()` reads the state anew. */
  constructor(root, { state, now, again }) {
    this.root = root;
    this.box = root.querySelector("[data-stage]");
    this.video = root.querySelector("[data-video]");
    this.count = root.querySelector("[data-count]");
    this.sound = root.querySelector("[data-sound]");
    this.tap = root.querySelector("[data-play]");
    this.sign = root.querySelector("[data-line]");
    this.mark = root.querySelector("[data-mark]");
    this.switch = root.querySelector("[data-video-off]");
    this.state = { ...state };
    this.now = now;
    this.again = again;
    this.isOff = isKeptOff();
    this.isShowing = false; // a picture has been seen
    this.video.addEventListener("loadedmetadata", () => this.shape());
    this.video.addEventListener("resize", () => this.shape());
    this.sound.addEventListener("click", () => {
      this.player.sound();
      this.sound.hidden = true;
    });
    this.tap.addEventListener("click", () => {
      this.tap.hidden = true;
      this.player.play();
    });
    this.switch.addEventListener("click", () => this.turn(!this.isOff));
    root.querySelector("[data-video-on]").addEventListener("click", () => this.turn(false));
    root.querySelector("[data-video-again]").addEventListener("click", () => {
      this.player.stop();
      this.render();
    });
    setInterval(() => this.tick(), 1000);
  }

  use(player) {
    this.player = player;
  }

  get hasVideo() {
    return Boolean(this.state.video);
  }

  turn(isOff) {
    this.isOff = isOff;
    try {
      localStorage.setItem(OFF, isOff ? "1" : "");
    } catch (error) {
      // Then it is not remembered.
    }
    this.render();
  }

  take(fresh) {
    Object.assign(this.state, fresh);
    this.mark.textContent = { announced: "预告", live: "直播中", ended: "已结束", replay: "回放", aborted: "中止" }[this.state.state] || "";
    const stopped = this.box.querySelector("[data-stopped]");
    stopped.textContent = this.state.stopped || "";
    stopped.hidden = !this.state.stopped;
    this.render();
  }

  air(isOn) {
    this.state.is_on_air = isOn;
    if (isOn) {
      this.player.wake();
    }
    this.render();
  }

  // What the player tells -------------------------------------------------------------------------------------------
  moving() {
    this.isShowing = true;
    this.isStalled = false;
    this.tap.hidden = true;
    this.sound.hidden = !this.video.muted;
    this.veil();
  }

  stalled() {
    this.isStalled = true;
    this.veil();
  }

  blocked() {
    this.tap.hidden = false;
    this.veil();
  }

  broken() {
    this.isBroken = true;
    this.veil();
  }

  line(word) {
    this.word = word;
    // A line that opens within a moment needs no words.
    clearTimeout(this.later);
    if (word === "away") {
      this.later = setTimeout(() => (this.sign.hidden = false), 1_500);
    } else {
      this.sign.hidden = true;
    }
  }

  // ---------------------------------------------------------------------------------------------------------------
  /** What should be played now, if anything. */
  get source() {
    const { state, video, replay } = this.state;
    if (this.isOff) {
      return "";
    }
    if (state === "live") {
      // Before the first picture there is nothing to fetch; after a cut the last one stays.
      return this.state.is_on_air || this.isShowing ? video || "" : "";
    }
    return replay && replay.state === "ready" ? replay.video : "";
  }

  render() {
    const { source } = this;
    if (source) {
      this.isBroken = false;
      const isLive = this.state.state === "live";
      this.player.load(source, isLive, this.state.whep, isLive ? 0 : this.state.replay.renew);
    } else if (this.player.isOn) {
      this.player.stop();
    }
    this.video.hidden = !source && !(this.isShowing && this.state.state === "live" && !this.isOff);
    this.video.controls = Boolean(source) && this.state.state !== "live";
    if (!source) {
      this.sound.hidden = true;
      this.tap.hidden = true;
    }
    const { state, replay } = this.state;
    const canCome = ["live", "announced"].includes(state) || (state === "replay" && replay && replay.state === "ready");
    const canShow = canCome && !this.state.is_elsewhere;
    this.switch.hidden = !canShow;
    this.switch.setAttribute("aria-pressed", String(this.isOff));
    this.switch.textContent = this.isOff ? "打开画面" : "只看文字和岗位（省流量）";
    this.shape();
    this.tick();
  }

  veil() {
    const name = this.name();
    if (this.box.dataset.veil !== name) {
      this.box.dataset.veil = name;
    }
    const cover = this.box.querySelector("[data-cover]");
    if (cover) {
      cover.hidden = this.isShowing && Boolean(this.source);
    }
  }

  name() {
    const { state, replay, is_elsewhere: isElsewhere, is_on_air: isOnAir, starts_at: startsAt } = this.state;
    if (state === "aborted") {
      return "aborted";
    }
    if (isElsewhere && ["announced", "live"].includes(state)) {
      return "elsewhere";
    }
    if (state === "announced") {
      return Date.parse(startsAt) > this.now() ? "soon" : "late";
    }
    if (state === "ended" && replay && replay.state === "making") {
      return "making";
    }
    if (["ended", "replay"].includes(state) && replay && ["hidden", "gone"].includes(replay.state)) {
      return replay.state;
    }
    if (state === "ended" || (state === "replay" && !(replay && replay.state === "ready"))) {
      return "over";
    }
    if (this.isOff) {
      return "off";
    }
    if (this.isBroken) {
      return "broken";
    }
    if (state === "live" && !isOnAir) {
      // Pictures that still come, or the last one, stay behind it.
      return this.player && this.player.isMoving ? "" : this.isShowing ? "cut" : "late";
    }
    if (!this.tap.hidden) {
      return "";
    }
    if (this.isShowing && !this.isStalled) {
      return "";
    }
    return this.isShowing && state !== "live" ? "" : "loading";
  }

  /** Pictures that are higher than wide get a higher stage. */
  shape() {
    const { videoWidth, videoHeight } = this.video;
    this.box.classList.toggle("stage--tall", !this.isOff && videoHeight > videoWidth);
  }

  tick() {
    this.veil();
    if (this.state.state !== "announced") {
      return;
    }
    const left = Math.floor((Date.parse(this.state.starts_at) - this.now()) / 1000);
    this.count.hidden = left <= 0;
    if (left > 0) {
      const [days, hours, minutes, seconds] = [left / 86400, (left / 3600) % 24, (left / 60) % 60, left % 60].map(Math.floor);
      const two = (number) => String(number).padStart(2, "0");
      this.count.textContent = `还有 ${days ? `${days} 天 ` : ""}${two(hours)}:${two(minutes)}:${two(seconds)}`;
    } else if (left > -LATE / 1000 && left % 15 === 0) {
      this.again(); // in case the word that it began got lost
    }
  }
}
