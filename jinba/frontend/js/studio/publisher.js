// The way of the host's pictures: a recorder, a socket, and a new pair of both after every cut.
// The protocol is that of `labor/live/ingest/consumer.py`. A recording cannot be continued on another socket, because
// its first bytes say how it is coded: so each socket gets a recorder of its own, and the server begins a new part.
import { newId } from "../ids.js";
import { Ladder, SLOW, STUCK } from "./ladder.js";

const TYPES = [
  "video/webm;codecs=h264,opus",
  "video/x-matroska;codecs=avc1,opus",
  "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
  "video/mp4;codecs=avc1.42E01E,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
  "video/mp4",
];
const SLICE = 200; // ms between two pieces
const PIECE = 60_000; // bytes in one message
const SOUND = 64_000;
const LOOK = 500; // ms
const PATIENCE = 6_000; // without a word of the server, who speaks each second
const GREETING = 12_000; // for its first word: it looks at disk and database, and starts a program
const SHORTEST = 500;
const LONGEST = 4_000; // a cut is to heal within a minute, and a factory's network comes and goes
const GONE = 1000;
// After these the server wants no new try: not signed in, not of the crew, no such session, another device, over, unusable.
const FINAL = [4401, 4403, 4404, 4409, 4410, 4415];
export const TAKEN = 4409;
export const OVER = 4410;

export const canRecord = () => "MediaRecorder" in window && "WebSocket" in window;
export const type = () => TYPES.find((one) => MediaRecorder.isTypeSupported(one)) || "";

/** `hears` has state(word) – "connecting", "sending", "away", "over" –, poor(isPoor), ended(code, words). */
export class Publisher {
  constructor({ url, stream, holder, hears }) {
    Object.assign(this, { url, stream, hears });
    this.holder = holder || newId(); // one for this page: the server knows that it is the same device that comes back
    this.socket = null;
    this.recorder = null;
    this.isOn = false;
    this.isHeard = false;
    this.failures = 0;
    this.ladder = new Ladder();
    this.isOurs = false; // the picture was ours last, as far as we know: we come back, and take nothing from anybody
    this.word = "";
    this.isPoor = false;
    this.cuts = 0;
    this.sent = 0;
    this.parts = 0;
    this.segments = 0; // that became whole on this connection: viewers can see us
    this.reason = "";
    this.why = ""; // the last recording ended
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.isHeard && this.expect(1_500));
  }

  get bits() {
    return this.ladder.bits;
  }

  /** Whoever sends already is cut off by this: ask the host before. Not by one who `isBack`, and was not displaced. */
  start(isBack) {
    this.isOn = true;
    this.isOurs = Boolean(isBack);
    this.failures = 0;
    this.connect();
  }

  /** Another camera, another shape: what follows is a new recording. */
  renew() {
    if (this.isOn) {
      this.why = "another picture";
      this.drop();
      this.connect();
    }
  }

  stop() {
    this.isOn = false;
    clearTimeout(this.later);
    this.drop();
    this.tell("over");
  }

  hurry() {
    if (this.isOn && !this.socket) {
      this.failures = 0;
      this.connect();
    }
  }

  // Inside ----------------------------------------------------------------------------------------------------------
  connect() {
    clearTimeout(this.later);
    if (!this.isOn || this.socket) {
      return;
    }
    if (!this.stream.getVideoTracks().length) {
      this.later = setTimeout(() => this.connect(), LONGEST); // the camera is away; who brings it back calls renew()
      return;
    }
    this.tell(this.parts ? "away" : "connecting");
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.expect(GREETING);
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", holder: this.holder, type: type(), back: this.isOurs }));
    socket.onmessage = (event) => this.hear(socket, event.data);
    socket.onclose = (event) => this.lose(socket, event.code);
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
    this.expect(PATIENCE);
    if (message.t === "go") {
      this.isOurs = true;
      this.record(socket);
    } else if (message.t === "ok") {
      this.isHeard = true;
      this.failures = 0;
      this.segments = message.segments;
      if (message.segments > 0) {
        this.tell("sending");
      }
    } else if (message.t === "error") {
      this.reason = message.text;
    }
  }

  record(socket) {
    const wishes = {
      mimeType: type(),
      videoBitsPerSecond: this.bits,
      audioBitsPerSecond: SOUND,
      videoKeyFrameIntervalDuration: 1_000,
    };
    let recorder;
    try {
      // A copy of the stream: a track that comes or goes would end the recording with an error.
      recorder = new MediaRecorder(new MediaStream(this.stream.getTracks()), wishes);
    } catch (error) {
      this.reason = "这个浏览器录不了画面。请换手机自带的浏览器，或者用推流软件。";
      this.end(socket, 0);
      return;
    }
    this.recorder = recorder;
    this.parts += 1;
    this.ladder.begin(Date.now());
    recorder.ondataavailable = (event) => {
      if (recorder === this.recorder && event.data.size && socket.readyState === 1) {
        for (let from = 0; from < event.data.size; from += PIECE) {
          socket.send(event.data.slice(from, from + PIECE));
        }
        this.sent += event.data.size;
      }
    };
    // It stops by itself, too: a phone that is locked takes camera and microphone away.
    recorder.onerror = recorder.onstop = () => recorder === this.recorder && this.lose(socket, 1006);
    recorder.start(SLICE);
    this.looking = setInterval(() => this.look(socket), LOOK);
  }

  // What waits to be sent tells how good the network is; there is no other measure that every browser has.
  look(socket) {
    const seconds = (socket.bufferedAmount * 8) / this.bits;
    const isPoor = seconds > SLOW;
    if (isPoor !== this.isPoor) {
      this.isPoor = isPoor;
      this.hears.poor(isPoor);
    }
    const { step } = this.ladder;
    if (this.ladder.look(seconds, Date.now())) {
      this.why = this.ladder.step > step ? "too slow" : "calm";
      this.drop(); // what waits would be seen too late by everybody
      this.connect();
    } else if (seconds > 2 * STUCK) {
      this.lose(socket, 1006);
    }
  }

  expect(milliseconds) {
    clearTimeout(this.deadline);
    const socket = this.socket;
    this.deadline = setTimeout(() => this.lose(socket, 1006), milliseconds);
  }

  drop() {
    const { socket, recorder } = this;
    clearTimeout(this.deadline);
    clearInterval(this.looking);
    this.socket = null;
    this.recorder = null;
    this.isHeard = false;
    this.segments = 0;
    if (recorder) {
      recorder.ondataavailable = recorder.onerror = recorder.onstop = null;
      if (recorder.state !== "inactive") {
        recorder.stop();
      }
    }
    if (socket) {
      // A cut line never finishes to close: it is forgotten at once.
      socket.onopen = socket.onmessage = socket.onclose = null;
      // Only the host's own stop: viewers are told at once that there is no picture any more.
      if (socket.readyState === 1 && recorder && !this.isOn) {
        socket.send('{"t":"stop"}');
      }
      socket.close(GONE);
    }
    if (this.isPoor) {
      this.isPoor = false;
      this.hears.poor(false);
    }
  }

  lose(socket, code) {
    if (!socket || socket !== this.socket) {
      return;
    }
    if (FINAL.includes(code)) {
      this.end(socket, code);
      return;
    }
    this.why = `cut ${code}${this.isHeard ? "" : " before it was heard"}`;
    this.drop();
    if (!this.isOn) {
      return;
    }
    this.failures += 1;
    this.cuts += 1;
    this.tell("away");
    const pause = Math.min(SHORTEST * 2 ** (this.failures - 1), LONGEST);
    this.later = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  end(socket, code) {
    if (socket !== this.socket) {
      return;
    }
    const { reason } = this;
    this.reason = "";
    this.stop();
    this.hears.ended(code, reason);
  }

  tell(word) {
    if (word !== this.word) {
      this.word = word;
      this.hears.state(word);
    }
  }
}
