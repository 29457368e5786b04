// What this browser remembers over a reload: which phones are on the screen, what was seen, what is recorded.

const NAME = "ruvimbo-phones";

export class Kept {
  constructor() {
    const found = this.read();
    this.epoch = found.epoch ?? "";
    this.seen = found.seen ?? {};
    this.record = found.record ?? {};
    this.open = found.open ?? [];
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(NAME)) ?? {};
    } catch {
      return {};
    }
  }

  /** Another epoch of the sandbox: no talk of before is there any more. True when there was one. */
  begin(epoch) {
    if (epoch === this.epoch) return false;
    const again = this.epoch !== "";
    Object.assign(this, { epoch, seen: {}, record: {} });
    this.keep();
    return again;
  }

  keep() {
    const { epoch, seen, record, open } = this;
    try {
      localStorage.setItem(NAME, JSON.stringify({ epoch, seen, record, open }));
    } catch {
      // Then it is remembered as long as the page is open.
    }
  }
}
