// One phone on the page: its talk, its composer, its record button.

import { draw, element, summary } from "./bubble.js";
import { call, local, onPhone } from "./sandbox.js";

const TYPING_SECONDS = 25;
const ARRIVED = ["delivered", "read", "failed"];

export class Talk {
  /** `page` has `open(talk, item)`, `complain(error)`, `network()`, `changed(talk)`, `saved(talk, after)`, `kept`. */
  constructor(number, name, page) {
    this.number = number;
    this.name = name;
    this.page = page;
    this.items = new Map();
    this.shown = new Set();
    this.last = null;
    this.follows = true;
    this.panel = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.panel.id = `phone-${number.slice(1)}`;
    this.log = this.part(".log");
    this.input = this.part("textarea");
    this.build();
  }

  part(selector) {
    return this.panel.querySelector(selector);
  }

  build() {
    const { panel, input, log } = this;
    panel.setAttribute("aria-label", `${this.name}’s phone`);
    this.part(".owner .name").textContent = this.name;
    this.part(".owner .number").textContent = local(this.number);
    log.setAttribute("aria-label", `${this.name}’s talk with Ruvimbo`);
    input.id = `${panel.id}-text`;
    this.part(".composer label").htmlFor = input.id;
    this.part(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
    input.addEventListener("input", () => this.grow());
    log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.resized()).observe(log);
    this.part(".newest").addEventListener("click", () => this.toEnd());
    this.part(".record").addEventListener("click", () => this.record());
    this.drawRecord();
  }

  get lastSeq() {
    return Math.max(0, ...this.shown);
  }

  /** Messages of the bot that nobody has looked at. */
  get unread() {
    const seen = this.page.kept.seen[this.number] ?? 0;
    return [...this.shown].filter((seq) => seq > seen && this.items.get(seq).direction === "out").length;
  }

  clear() {
    this.items.clear();
    this.shown.clear();
    this.last = null;
    this.log.replaceChildren();
    this.typing(false);
    this.drawRecord();
  }

  /** A bubble that is new or has changed. */
  put(item) {
    const known = this.items.get(item.seq);
    this.items.set(item.seq, { ...known, ...item });
    if (item.direction === "out") this.typing(false);
    this.show(item.seq);
  }

  status(told) {
    const item = this.items.get(told.seq);
    if (item) this.put({ ...item, ...told });
  }

  /** The network has changed: what waited for it may be seen now. */
  look() {
    const { offline, slow_seconds } = this.page.network();
    this.part(".signal").textContent = offline ? "offline" : slow_seconds ? "slow network" : "";
    for (const seq of [...this.items.keys()].sort((one, other) => one - other)) if (!this.shown.has(seq)) this.show(seq);
  }

  show(seq) {
    const item = this.items.get(seq);
    const { offline, slow_seconds } = this.page.network();
    // A phone without a network shows what it says itself and what has reached it.
    const here = item.direction === "in" || !(offline || slow_seconds) || ARRIVED.includes(item.status);
    const old = this.log.querySelector(`[data-seq="${seq}"]`);
    if (!old && !here) return;
    const who = item.direction === "in" ? this.name : "Ruvimbo";
    const fresh = draw(item, who, {
      tap: (id) => this.send("tap", { wamid: item.wamid, id }),
      open: () => this.page.open(this, item),
      share: (kind) => this.send("send", { message: this.shared(kind, item) }),
    });
    if (old) this.replace(old, fresh);
    else this.insert(fresh, seq);
    if (!old && (this.follows || item.direction === "in")) this.toEnd();
    if (!this.last || seq >= this.last.seq) this.last = { seq, text: summary(item), own: item.direction === "in", at: item.at };
    this.page.changed(this);
  }

  replace(old, fresh) {
    // Only the ticks change in a bubble that stays; whatever is focused or selected in it stays too.
    if (old.classList.contains("failed") === fresh.classList.contains("failed")) {
      old.querySelector(".meta").replaceWith(fresh.querySelector(".meta"));
    } else old.replaceWith(fresh);
  }

  insert(fresh, seq) {
    const later = [...this.log.querySelectorAll("[data-seq]")].find((turn) => Number(turn.dataset.seq) > seq);
    this.log.insertBefore(fresh, later ?? null);
    this.shown.add(seq);
    if (later) this.log.querySelectorAll(".day").forEach((sign) => sign.remove());
    for (let turn = later ? this.log.firstElementChild : fresh; turn; turn = turn.nextElementSibling) {
      if (turn.previousElementSibling?.dataset.day !== turn.dataset.day) turn.before(element("p", "day", turn.dataset.day));
    }
  }

  typing(on) {
    clearTimeout(this.pause);
    this.part(".activity").textContent = on ? "typing…" : "";
    if (on) this.pause = setTimeout(() => this.typing(false), TYPING_SECONDS * 1000);
  }

  async say() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.grow();
    try {
      await call(onPhone(this.number, "say", "?wait=no"), { text });
    } catch (error) {
      if (!this.input.value) this.input.value = text;
      this.grow();
      this.page.complain(error);
    }
  }

  async send(what, body) {
    try {
      await call(onPhone(this.number, what, "?wait=no"), body);
    } catch (error) {
      this.page.complain(error);
    }
  }

  /** A form that is closed cannot be opened any more. */
  closeForm(wamid) {
    const item = [...this.items.values()].find((one) => one.wamid === wamid);
    this.log.querySelector(`[data-seq="${item.seq}"] .choice`).disabled = true;
  }

  /** What answers a request of the bot (WhatsApp contract 2.3): this phone's number, or a place in Harare. */
  shared(kind, item) {
    const context = { id: item.wamid };
    if (kind === "send_location") return { type: "location", context, location: { latitude: -17.8292, longitude: 31.0522 } };
    const phones = [{ phone: this.number, wa_id: this.number.slice(1), type: "CELL" }];
    return { type: "contacts", context, contacts: [{ origin: "contact_request", phones }] };
  }

  /** From here on, or: stop and show. */
  record() {
    const { kept } = this.page;
    const from = kept.record[this.number];
    if (from === undefined) kept.record[this.number] = this.lastSeq;
    else delete kept.record[this.number];
    kept.keep();
    this.drawRecord();
    if (from !== undefined) this.page.saved(this, from);
  }

  drawRecord() {
    const on = this.page.kept.record[this.number] !== undefined;
    const record = this.part(".record");
    record.setAttribute("aria-pressed", String(on));
    record.textContent = on ? "Stop" : "Record";
    record.setAttribute("aria-label", on ? `Stop recording ${this.name}’s talk` : `Record ${this.name}’s talk`);
  }

  /** A person scrolled; what a new size does to the place is no wish of theirs. */
  scrolled() {
    if (this.log.clientHeight !== this.height) return;
    this.follows = this.log.scrollHeight - this.log.scrollTop - this.height < 80;
    this.part(".newest").hidden = this.follows;
  }

  resized() {
    this.height = this.log.clientHeight;
    if (this.follows) this.toEnd();
  }

  toEnd() {
    this.follows = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.part(".newest").hidden = true;
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
  }
}
