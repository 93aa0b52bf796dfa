// The picture that viewers have, when it does not come from this page: their own player, small and without sound.
const NOBODY = { moving: () => {}, stalled: () => {}, blocked: () => {}, broken: () => {} };

export class Monitor {
  constructor(root) {
    this.box = root.querySelector("[data-monitor]");
    this.url = "";
    this.player = null;
  }

  /** Plays the list at `url`; nothing when it is empty. */
  show(url) {
    if (!this.box || url === this.url) {
      return;
    }
    this.url = url;
    this.box.hidden = !url;
    if (url) {
      this.fetch();
    } else if (this.player) {
      this.player.stop();
    }
  }

  fetch() {
    if (window.Monitor) {
      this.player = this.player || new window.Monitor(this.box.querySelector("video"), NOBODY);
      this.player.load(this.url, true, "");
      return;
    }
    if (this.isFetching) {
      return;
    }
    this.isFetching = true;
    const script = document.createElement("script");
    script.src = this.box.dataset.monitor;
    script.onload = () => this.url && this.fetch();
    script.onerror = () => {
      this.isFetching = false;
      this.url = ""; // the next look at the desk tries again
    };
    document.head.append(script);
  }

  get time() {
    return this.player ? this.player.video.currentTime : 0;
  }
}
