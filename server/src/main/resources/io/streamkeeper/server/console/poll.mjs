/** Reads something again and again while the page is visible. */

const INTERVAL_MILLIS = 2_000;

export class Poll {
  #step;
  #timer;
  #isUnderWay = false;
  #isWanted = false;
  #isEnded = false;

  /** @param step reads, and shows the result or the failure; it never fails itself */
  constructor(step) {
    this.#step = step;
  }

  /** Reads now; if that is under way, once more afterwards. */
  async now() {
    clearTimeout(this.#timer);
    if (this.#isUnderWay) {
      this.#isWanted = true;
      return;
    }
    this.#isUnderWay = true;
    do {
      this.#isWanted = false;
      await this.#step();
    } while (this.#isWanted && !this.#isEnded);
    this.#isUnderWay = false;
    this.#wait();
  }

  #wait() {
    if (!this.#isEnded) {
      this.#timer = setTimeout(() => (document.hidden ? this.#wait() : this.now()), INTERVAL_MILLIS);
    }
  }

  end() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }
}
