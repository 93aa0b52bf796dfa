// Recording the call, when everybody agreed: the sign for all, the question to each, and on the recruiter's page the
// film itself: all pictures side by side on a canvas, all voices mixed, sent in parts while it is made.
import { post, urls } from "./door.js";
import { ready } from "../dom.js";
import { local, onStreams, others } from "./streams.js";

const PART = 3_000; // ms
const FRAMES = 12; // a second
const WIDTH = 640;
const HEIGHT = 360;
const BITS = 700_000;
const LONGEST_PAUSE = 8_000;
const GIVES_UP = 25_000; // ms without the server; it closes the film by itself a little later
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];

const can = () =>
  "MediaRecorder" in window &&
  "captureStream" in HTMLCanvasElement.prototype &&
  Boolean(window.AudioContext || window.webkitAudioContext);
const type = () => TYPES.find((one) => MediaRecorder.isTypeSupported(one)) || "";

/** The pictures of all on one canvas and their voices in one track, whoever comes and goes. */
class Mix {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.audio = new (window.AudioContext || window.webkitAudioContext)();
    this.out = this.audio.createMediaStreamDestination();
    this.voices = new Map(); // track → source
    this.pictures = new Map(); // stream → video element
    this.stream = this.canvas.captureStream(FRAMES);
    this.stream.addTrack(this.out.stream.getAudioTracks()[0]);
    this.unlisten = onStreams(() => this.take());
    this.take();
    // Not by animation frames: those stand still while another window is looked at.
    this.timer = setInterval(() => this.draw(), 1000 / FRAMES);
    this.audio.resume().catch(() => {});
  }

  take() {
    const streams = [local, ...others().map((one) => one.stream)].filter(Boolean);
    const tracks = new Set();
    for (const stream of streams) {
      for (const track of stream.getAudioTracks()) {
        tracks.add(track);
        if (!this.voices.has(track)) {
          const source = this.audio.createMediaStreamSource(new MediaStream([track]));
          source.connect(this.out);
          this.voices.set(track, source);
        }
      }
      if (!this.pictures.has(stream)) {
        const video = document.createElement("video");
        video.muted = true;
        video.playsInline = true;
        video.srcObject = stream;
        this.pictures.set(stream, video);
      }
      this.pictures.get(stream).play().catch(() => {});
    }
    Array.from(this.voices.keys()).forEach((track) => {
      if (!tracks.has(track)) {
        this.voices.get(track).disconnect();
        this.voices.delete(track);
      }
    });
    Array.from(this.pictures.keys()).forEach((stream) => {
      if (!streams.includes(stream)) {
        this.pictures.get(stream).srcObject = null;
        this.pictures.delete(stream);
      }
    });
  }

  draw() {
    const { pen } = this;
    pen.fillStyle = "#1d2b2a";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    const shown = Array.from(this.pictures.values()).filter((video) => video.videoWidth && video.readyState > 1);
    const columns = shown.length > 1 ? 2 : 1;
    const rows = Math.ceil(shown.length / columns) || 1;
    const width = WIDTH / columns;
    const height = HEIGHT / rows;
    shown.forEach((video, number) => {
      const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
      const wide = video.videoWidth * scale;
      const high = video.videoHeight * scale;
      const left = (number % columns) * width + (width - wide) / 2;
      const top = Math.floor(number / columns) * height + (height - high) / 2;
      pen.drawImage(video, left, top, wide, high);
    });
  }

  end() {
    clearInterval(this.timer);
    this.unlisten();
    this.stream.getTracks().forEach((track) => track.stop());
    this.pictures.forEach((video) => {
      video.srcObject = null;
    });
    this.audio.close().catch(() => {});
  }
}

/** Makes the film and brings it to the server, one part after the other. `lost(words)` when that does not go on. */
class Film {
  constructor(id, lost) {
    this.id = id;
    this.lost = lost;
    this.parts = [];
    this.number = 1;
    this.isSending = false;
    this.failing = 0;
    this.mix = new Mix();
    this.recorder = new MediaRecorder(this.mix.stream, { mimeType: type(), videoBitsPerSecond: BITS });
    this.recorder.ondataavailable = (event) => {
      if (event.data && event.data.size) {
        this.parts.push(event.data);
        this.send();
      }
    };
    this.recorder.onerror = () => lost("这台设备录不下去了，录像停了。");
    this.recorder.start(PART);
  }

  async send() {
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    while (this.parts.length) {
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      let answer = null;
      let data = {};
      try {
        answer = await fetch(`${urls.record_part}?recording=${this.id}&number=${this.number}`, {
          method: "POST",
          credentials: "same-origin",
          headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream", Accept: "application/json" },
          body: this.parts[0],
        });
        data = await answer.json();
      } catch (error) {
        // No line: tried again below.
      }
      if (answer && answer.ok && data.wanted > this.number) {
        this.parts.shift();
        this.number = data.wanted;
        this.failing = 0;
      } else if (answer && answer.status >= 400 && answer.status < 500) {
        this.parts = [];
        this.lost(data.detail || "录像停了。");
      } else {
        this.failing = this.failing || Date.now();
        if (Date.now() - this.failing > GIVES_UP) {
          this.parts = [];
          this.lost("网络太久没连上，录像停了。");
        } else {
          await new Promise((done) => setTimeout(done, Math.min(500 * (1 + this.parts.length), LONGEST_PAUSE)));
        }
      }
    }
    this.isSending = false;
  }

  end() {
    if (this.recorder.state !== "inactive") {
      this.recorder.addEventListener("stop", () => this.mix.end());
      this.recorder.stop(); // gives the last part
    } else {
      this.mix.end();
    }
  }
}

ready("[data-record-question]", (question) => {
  const find = (name) => document.querySelector(`[data-record-${name}]`);
  const sign = document.querySelector("[data-recording]");
  const words = find("words");
  const isRecruiter = Boolean(find("ask"));
  let now = null; // what the server says of the recording
  let snapshot = null;
  let film = null;
  let isStarting = false;
  let before = "";

  const tell = (sentence) => {
    words.hidden = !sentence;
    words.textContent = sentence;
  };

  const act = (name, fields) =>
    post(`record_${name}`, fields).then(
      (fresh) => take(fresh),
      (refusal) => {
        tell(refusal.message);
        throw refusal;
      },
    );

  function endFilm() {
    if (film) {
      film.end();
      film = null;
    }
  }

  function begin() {
    isStarting = true;
    const { id } = now;
    act("start", { recording: id, type: type() }).then(
      () => {
        isStarting = false;
        if (now && now.id === id && now.state === "running" && !film) {
          try {
            film = new Film(id, (sentence) => {
              endFilm();
              tell(sentence);
              act("stop", { recording: id }).catch(() => {});
            });
          } catch (error) {
            tell("这个浏览器录不了，没有录。");
            act("stop", { recording: id }).catch(() => {});
          }
        }
      },
      () => {
        isStarting = false;
      },
    );
  }

  function take(fresh) {
    if (!fresh || !fresh.you) {
      return;
    }
    snapshot = fresh;
    now = fresh.recording;
    show();
    if (!isRecruiter) {
      return;
    }
    if (!now || now.state !== "running") {
      endFilm();
    }
    if (now && now.state === "asked" && now.mine && now.missing && now.missing.length === 0 && !isStarting) {
      begin();
    } else if (now && now.state === "running" && !film && !isStarting) {
      // This page was loaded anew: what the old one recorded is kept, a new film needs a new yes.
      tell("页面刷新过，录像停了，前面的已经存好。要接着录，请再点一次“录像”。");
      act("stop", { recording: now.id }).catch(() => {});
    }
  }

  function show() {
    const state = now ? now.state : "";
    const isIn = snapshot.you.admitted && snapshot.on;
    sign.hidden = state !== "running";
    question.hidden = !(now && now.mine === null);
    if (!question.hidden && document.activeElement !== question && question.dataset.asks !== String(now.id)) {
      question.dataset.asks = String(now.id);
      question.querySelector("[data-record-text]").textContent = now.text;
      question.querySelector("h2").focus();
    }
    find("stop").hidden = !(state === "running" && isIn);
    if (isRecruiter) {
      const company = snapshot.people.some((person) => person.admitted && person.seat !== snapshot.you.seat);
      find("ask").hidden = !(isIn && company && !now && can() && type());
      if (state === "asked" && now.mine && now.missing.length) {
        tell(`等${now.missing.join("、")}同意录像。`);
      } else if (state === "running" && now.outside && now.outside.length) {
        tell(`${now.outside.join("、")}还没同意录像，现在请进来，录像就停。`);
      } else if (before === "asked" && !state) {
        tell("有人不同意，没有录。面试照常。");
      } else if (state) {
        tell("");
      }
    } else if (before === "running" && !state) {
      tell("录像停了。");
    } else if (state) {
      tell(now.mine === false ? "您没有同意，不会录您。面试照常。" : "");
    }
    before = state;
  }

  question.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-record-answer]");
    if (button && now) {
      act("answer", { recording: now.id, given: button.dataset.recordAnswer }).catch(() => {});
    }
  });
  find("stop").addEventListener("click", () => {
    if (now) {
      endFilm();
      act("stop", { recording: now.id }).catch(() => {});
    }
  });
  if (isRecruiter) {
    find("ask").addEventListener("click", () => act("ask").catch(() => {}));
    window.addEventListener("pagehide", endFilm);
  }
  document.addEventListener("interview:room", (event) => take(event.detail));
  // Who left records no more, and nothing here speaks of it.
  document.addEventListener("interview:end", () => {
    if (film) {
      endFilm();
      post("record_stop", { recording: now.id }).catch(() => {});
    }
    now = null;
    for (const part of [sign, question, words, find("stop"), find("ask")]) {
      if (part) {
        part.hidden = true;
      }
    }
  });
});
