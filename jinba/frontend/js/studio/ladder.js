// How good a picture the line carries: a step down as soon as it is stuck, up again one step at a time when it is calm.
// Whether it carries more can only be tried, and each try begins a new recording: one that fails makes the next rarer.
export const STEPS = [1_200_000, 800_000, 500_000, 300_000]; // bits a second, best first
export const SLOW = 2; // seconds of pictures that wait to be sent: the network is poor
export const STUCK = 6; // so many, and the next recorder makes a smaller picture
const CALM = 30_000; // ms with next to nothing waiting, before the next step up is tried
const EMPTY = 0.5; // seconds
const TRIAL = 20_000; // ms after a step up, in which a poor network is enough to go back
const PROVEN = 120_000; // ms that a step lasts, and it was no mistake
const LONGEST = 8 * CALM;

export class Ladder {
  constructor() {
    this.step = 0;
    this.patience = CALM;
    this.calmAt = 0;
    this.roseAt = 0;
  }

  get bits() {
    return STEPS[this.step];
  }

  /** A new recording: what was before says nothing of it. */
  begin(now) {
    this.calmAt = now;
  }

  /** `seconds` wait to be sent; true when the next recording is to be another one. */
  look(seconds, now) {
    const age = this.roseAt ? now - this.roseAt : Infinity;
    if (age > PROVEN && this.roseAt) {
      this.roseAt = 0;
      this.patience = CALM;
    }
    if (seconds > EMPTY) {
      this.calmAt = now;
    }
    if (seconds > (age < TRIAL ? SLOW : STUCK) && this.step < STEPS.length - 1) {
      this.patience = age <= PROVEN ? Math.min(2 * this.patience, LONGEST) : CALM;
      this.roseAt = 0;
      this.step += 1;
      return true;
    }
    if (this.step && now - this.calmAt >= this.patience) {
      this.roseAt = now;
      this.step -= 1;
      return true;
    }
    return false;
  }
}
