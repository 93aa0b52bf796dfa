// The host's own picture: camera and microphone, what they lack, and the buttons on the picture.
import * as devices from "../interview/devices.js";
import { Level } from "../interview/sound.js";
import { local, onStreams } from "../interview/streams.js";
import { canRecord, type } from "./publisher.js";

const SHAPES = {
  wide: { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 } },
  tall: { width: { ideal: 540 }, height: { ideal: 960 }, frameRate: { ideal: 24, max: 30 } },
};
const SETTLED = 700; // ms: a phone that is being turned tells several sizes

const TROUBLES = {
  insecure: "这个网址不是 https 开头，浏览器不让打开摄像头。请用 https 的网址打开。",
  wechat: "微信里打不开摄像头。请点右上角“…”，选“在浏览器打开”。",
  browser: "这个浏览器不能开播。请换手机自带的浏览器，或者用推流软件。",
  denied: "没有允许使用摄像头和话筒。请在浏览器的网站设置里改成“允许”，再试一次。",
  busy: "摄像头打不开，可能别的软件正在用。请把它们关掉，再试一次。",
  none: "没有找到摄像头和话筒。请接上，或者用推流软件。",
  "no-camera": "没有打开摄像头。请检查摄像头，再试一次。",
  "no-microphone": "没有打开话筒，观众会听不见。请检查话筒，再试一次。",
};

export class Stage {
  /** `hears` has ready(hasPicture, hasSound) whenever that may have changed, turned() when the picture is another one. */
  constructor(root, hears) {
    this.place = root.querySelector("[data-cam]");
    this.root = root;
    this.hears = hears;
    this.isAsking = false;
    this.size = "";
    this.level = null;
    this.isMeant = false; // the camera was asked for, so that its lack is a loss
    if (!this.place) {
      return;
    }
    this.video = this.place.querySelector("[data-picture]");
    this.shape = window.innerHeight > window.innerWidth ? "tall" : "wide";
    devices.wish(SHAPES[this.shape]);
    onStreams(() => this.show());
    this.video.addEventListener("resize", () => this.turned());
    this.show();
  }

  get hasPicture() {
    return Boolean(devices.track("video"));
  }

  get hasSound() {
    return Boolean(devices.track("audio"));
  }

  get stream() {
    return local;
  }

  obstacle() {
    const found = devices.obstacle();
    // Calls are no matter here: only what records is.
    const hasMedia = navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
    if (found && !(found === "browser" && hasMedia)) {
      return found;
    }
    return canRecord() && type() ? "" : "browser";
  }

  isAllowed() {
    return devices.isAllowed();
  }

  async open() {
    if (this.isAsking) {
      return false;
    }
    const obstacle = this.obstacle();
    if (obstacle) {
      this.trouble(obstacle);
      return false;
    }
    this.isAsking = true;
    this.isMeant = true;
    const trouble = await devices.open();
    this.isAsking = false;
    this.trouble(trouble);
    this.show();
    return this.hasPicture;
  }

  close() {
    this.isMeant = false;
    devices.stop();
    this.trouble("");
    this.show();
  }

  revive() {
    return this.isMeant ? devices.revive() : Promise.resolve();
  }

  trouble(word) {
    const box = this.root.querySelector("[data-trouble-place]");
    if (box) {
      box.hidden = !word;
      box.querySelector("[data-text]").textContent = TROUBLES[word] || "";
      box.querySelector("[data-do=camera]").hidden = ["insecure", "wechat", "browser"].includes(word);
    }
  }

  mute() {
    devices.setSound(!devices.state.wantsSound);
  }

  async flip() {
    try {
      await devices.nextCamera();
    } catch (error) {
      this.trouble(devices.whyNot(error));
    }
  }

  async reshape() {
    this.shape = this.shape === "tall" ? "wide" : "tall";
    devices.wish(SHAPES[this.shape]);
    await devices.setPicture(false);
    try {
      await devices.setPicture(true);
    } catch (error) {
      this.trouble(devices.whyNot(error));
    }
  }

  show() {
    const { place, video } = this;
    const sound = devices.track("audio");
    video.hidden = !this.hasPicture;
    place.querySelector("[data-cam-tools]").hidden = !this.hasPicture;
    place.querySelector("[data-do=flip]").hidden = devices.state.cameras < 2;
    const mute = place.querySelector("[data-do=mute]");
    mute.setAttribute("aria-pressed", String(!devices.state.wantsSound));
    mute.querySelector("[data-word]").textContent = devices.state.wantsSound ? "静音" : "打开声音";
    place.querySelector("[data-do=shape] [data-word]").textContent = this.shape === "tall" ? "横屏" : "竖屏";
    place.classList.toggle("cam--mirror", devices.state.facing === "user");
    if (this.hasPicture && video.srcObject !== local) {
      video.srcObject = local;
    }
    if (this.hasPicture) {
      video.play().catch(() => {});
    }
    this.hear(sound);
    this.hears.ready(this.hasPicture, Boolean(sound));
    const tracks = [devices.track("video"), sound].map((one) => (one ? one.id : "")).join(" ");
    if (this.tracks !== undefined && this.tracks !== tracks && this.hasPicture) {
      this.hears.turned();
    }
    this.tracks = tracks;
  }

  hear(sound) {
    const meter = this.place.querySelector("[data-level]");
    meter.hidden = !sound;
    if (this.heard === sound) {
      return;
    }
    this.heard = sound;
    if (this.level) {
      this.level.stop();
      this.level = null;
    }
    if (sound) {
      this.level = new Level(new MediaStream([sound]), (loud) => (meter.value = loud));
    }
  }

  // A phone was turned: its pictures have another size, and a recording keeps one.
  turned() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const size = `${this.video.videoWidth}×${this.video.videoHeight}`;
      const isNew = this.size && this.size !== size;
      this.size = size;
      this.shape = this.video.videoHeight > this.video.videoWidth ? "tall" : "wide"; // as it is, whatever was wished for
      this.place.dataset.shape = this.shape;
      this.show();
      if (isNew) {
        this.hears.turned();
      }
    }, SETTLED);
  }
}
