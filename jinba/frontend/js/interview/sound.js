// How loud the microphone is, and a tone for trying the speaker; both made by the browser, no file is fetched.
const Context = window.AudioContext || window.webkitAudioContext;
const LOOK = 100; // ms

export class Level {
  /** Calls `hears(level)` with 0…1, ten times a second. */
  constructor(stream, hears) {
    this.context = new Context();
    if (this.context.resume) {
      this.context.resume().catch(() => {});
    }
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 8192; // at least 0.17 s: longer than from one look to the next, so that no short word is missed
    this.context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Uint8Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getByteTimeDomainData(wave);
      hears(wave.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0) / 128);
    }, LOOK);
  }

  stop() {
    clearInterval(this.timer);
    this.context.close().catch(() => {});
  }
}

/** Two short tones, the second higher. */
export function beep() {
  const context = new Context();
  [[660, 0], [880, 0.45]].forEach(([pitch, after]) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + after;
    tone.frequency.value = pitch;
    // Without a soft start and end it clicks.
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.3, start + 0.03);
    volume.gain.linearRampToValueAtTime(0, start + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  });
  setTimeout(() => context.close().catch(() => {}), 1500);
}
