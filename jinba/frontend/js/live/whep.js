// The picture by WebRTC, from an engine that speaks WHEP: an offer goes there, the answer comes back, frames follow.
// It lasts as long as frames come. `broke()` is called once, when the engine says no or they do not come (any more).
const GATHER = 1_000; // ms for the addresses of this device; most engines need none of them
const SILENT = 5_000; // ms without a new frame
const LOOK = 500;

export class Whep {
  constructor(video, url, { plays, broke }) {
    Object.assign(this, { video, url, plays, broke, frames: 0, movedAt: Date.now(), isOver: false, resource: "" });
    this.open().then((isOpen) => isOpen || this.fail());
    this.timer = setInterval(() => this.look(), LOOK);
  }

  static get isSupported() {
    return "RTCPeerConnection" in window && "addTransceiver" in RTCPeerConnection.prototype;
  }

  /** False: the engine does not want, or cannot be reached. */
  async open() {
    try {
      const line = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
      const stream = new MediaStream();
      this.line = line;
      line.ontrack = ({ track }) => {
        stream.addTrack(track);
        if (this.video.srcObject !== stream && !this.isOver) {
          this.video.srcObject = stream;
          this.plays();
        }
      };
      line.onconnectionstatechange = () => ["failed", "closed"].includes(line.connectionState) && this.fail();
      line.addTransceiver("video", { direction: "recvonly" });
      line.addTransceiver("audio", { direction: "recvonly" });
      await line.setLocalDescription(await line.createOffer());
      await gathered(line);
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/sdp" },
        body: line.localDescription.sdp,
      });
      const place = answer.headers.get("Location");
      this.resource = place ? new URL(place, new URL(this.url, location.href)).href : "";
      if (this.isOver) {
        this.leave();
        return false;
      }
      if (!answer.ok) {
        return false;
      }
      await line.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      return true;
    } catch (error) {
      return false;
    }
  }

  /** Where nobody looks, nothing has to be drawn. */
  async look() {
    const count = await this.decoded();
    if (document.hidden || count > this.frames) {
      this.frames = count;
      this.movedAt = Date.now();
    } else if (Date.now() - this.movedAt > SILENT) {
      this.fail();
    }
  }

  async decoded() {
    let count = 0;
    try {
      (await this.line.getStats()).forEach((one) => {
        count = Math.max(count, one.framesDecoded || 0);
      });
    } catch (error) {
      // Not yet open, or closed meanwhile.
    }
    return count;
  }

  fail() {
    if (!this.isOver) {
      this.close();
      this.broke();
    }
  }

  close() {
    this.isOver = true;
    clearInterval(this.timer);
    this.video.srcObject = null;
    if (this.line) {
      this.line.onconnectionstatechange = null;
      this.line.close();
    }
    this.leave();
  }

  /** The engine need not find out by waiting. */
  leave() {
    if (this.resource) {
      fetch(this.resource, { method: "DELETE", keepalive: true }).catch(() => {});
      this.resource = "";
    }
  }
}

function gathered(line) {
  return new Promise((done) => {
    setTimeout(done, GATHER);
    const look = () => line.iceGatheringState === "complete" && done();
    line.addEventListener("icegatheringstatechange", look);
    look();
  });
}
