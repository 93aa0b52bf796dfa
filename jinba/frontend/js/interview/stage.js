// Who is seen: one tile for each of the others, a small one for oneself.
import * as devices from "./devices.js";
import { local, onStreams } from "./streams.js";

const KINDS = { worker: "求职者", recruiter: "面试官", helper: "陪同人员", interpreter: "翻译", host: "专区工作人员" };

export function kindOf(person) {
  return KINDS[person.kind] || "";
}

/** The worker's own words first: who somebody is to him. */
export function nameOf(person) {
  return person.name ? `${person.name}（${kindOf(person)}）` : kindOf(person);
}

function setText(element, text) {
  // Written anew, the same words would be spoken again.
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export class Stage {
  constructor(root) {
    this.place = root.querySelector("[data-stage]");
    this.mould = root.querySelector("[data-tile-mould]");
    this.empty = root.querySelector("[data-stage-empty]");
    this.hear = root.querySelector("[data-hear]");
    this.selves = Array.from(root.querySelectorAll("[data-self]"));
    this.tiles = new Map();
    this.hear.addEventListener("click", () => this.playAll());
    onStreams(() => this.showSelf());
    this.showSelf();
  }

  showSelf() {
    const picture = devices.track("video");
    for (const box of this.selves) {
      const video = box.querySelector("video");
      // A video without anything to play would keep the page loading for ever.
      if (video.srcObject !== (picture ? local : null)) {
        video.srcObject = picture ? local : null;
      }
      box.classList.toggle("tile--dark", !picture);
      box.classList.toggle("tile--mirror", devices.state.facing === "user");
      box.classList.toggle("tile--mute", !devices.state.wantsSound);
      if (picture) {
        video.play().catch(() => {});
      }
    }
  }

  /** Shows who is there. `room` knows the peers, `snapshot` the people. */
  render(snapshot, room) {
    const shown = snapshot.people.filter(
      (person) => person.seat !== snapshot.you.seat && person.admitted && (person.here || room.peers.has(person.seat)),
    );
    for (const [seat, tile] of this.tiles) {
      if (!shown.some((person) => person.seat === seat)) {
        tile.querySelector("video").srcObject = null;
        tile.remove();
        this.tiles.delete(seat);
      }
    }
    for (const person of shown) {
      const tile = this.tiles.get(person.seat) || this.make(person);
      this.fill(tile, person, room.peers.get(person.seat), room);
    }
    this.place.dataset.others = String(shown.length);
    this.empty.hidden = shown.length > 0;
    return shown.length;
  }

  make(person) {
    const tile = this.mould.content.firstElementChild.cloneNode(true);
    tile.dataset.seat = person.seat;
    tile.dataset.kind = person.kind;
    this.place.insertBefore(tile, this.place.querySelector(".tile--self"));
    this.tiles.set(person.seat, tile);
    return tile;
  }

  fill(tile, person, peer, room) {
    const video = tile.querySelector("video");
    if (peer && peer.stream.getTracks().length && video.srcObject !== peer.stream) {
      video.srcObject = peer.stream;
      this.timeFirstFrame(video, peer);
    }
    if (peer && peer.stream.getTracks().length && video.paused) {
      this.play(video);
    }
    const me = person.me || {};
    const note = noteOn(person, peer, room.gauges.get(peer));
    setText(tile.querySelector("[data-name]"), nameOf(person));
    setText(tile.querySelector("[data-initial]"), (person.name || kindOf(person)).slice(0, 1));
    setText(tile.querySelector("[data-note]"), note);
    tile.classList.toggle("tile--dark", note !== "");
    tile.classList.toggle("tile--mute", me.mic === false);
    tile.dataset.state = peer ? peer.state : "away";
  }

  timeFirstFrame(video, peer) {
    const take = () => {
      if (peer.facts.firstFrame === null && peer.state !== "closed") {
        peer.facts.firstFrame = Math.round(performance.now() - peer.began);
      }
    };
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback(take);
    } else {
      video.onloadeddata = () => video.videoWidth && take();
    }
  }

  play(video) {
    video.play().then(
      () => {},
      (error) => {
        // A browser that lets nothing sound before the first tap: the picture goes on without.
        if (error.name === "NotAllowedError" && !video.muted) {
          this.hear.hidden = false;
          video.muted = true;
          this.play(video);
        }
      },
    );
  }

  playAll() {
    this.hear.hidden = true;
    this.tiles.forEach((tile) => {
      const video = tile.querySelector("video");
      video.muted = false;
      this.play(video);
    });
  }
}

// Why there is no picture of somebody, in his tile; "" when there is one.
function noteOn(person, peer, gauge) {
  const me = person.me || {};
  if (!peer) {
    return "正在接通…";
  }
  if (peer.state === "lost") {
    return person.here ? "断线了，正在重新接…" : "对方断线了，正在等他回来";
  }
  if (peer.state !== "connected") {
    return person.here ? "正在接通…" : "对方断线了，正在等他回来";
  }
  if (me.cam === false) {
    return "没有开画面，能说话";
  }
  const picture = peer.stream.getVideoTracks()[0];
  if (!picture || picture.muted || (gauge && gauge.isStill)) {
    return me.net === "audio" || (gauge && gauge.isStill) ? "网络不好，现在只有声音" : "画面马上就来";
  }
  return "";
}
