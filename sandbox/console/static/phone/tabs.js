// Which phones are on the screen: one tab each, and as many phones side by side as there is room for.

import { element } from "./bubble.js";
import { local } from "./sandbox.js";
import { words } from "./words.js";

const PHONE_WIDTH = 340;
const MOST = 3;

export class Tabs {
  constructor(kept) {
    this.kept = kept;
    this.talks = [];
    this.list = document.getElementById("tabs");
    this.place = document.getElementById("phones");
    this.list.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.arrange()).observe(this.place);
  }

  add(talk) {
    const tab = element("button", "tab");
    tab.type = "button";
    tab.id = `tab-${talk.number.slice(1)}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", talk.panel.id);
    tab.append(element("span", "name", talk.name), element("span", "unread"), element("span", "about"));
    tab.addEventListener("click", () => this.choose(talk));
    talk.panel.setAttribute("aria-labelledby", tab.id);
    talk.tab = tab;
    talk.panel.hidden = true;
    this.talks.push(talk);
    this.list.append(tab);
    this.place.append(talk.panel);
    if (!this.kept.open.includes(talk.number)) this.kept.open.push(talk.number);
  }

  /** How many phones there is room for. */
  get room() {
    return Math.max(1, Math.min(MOST, Math.floor(this.place.clientWidth / PHONE_WIDTH)));
  }

  /** Bring a phone to the screen; the one that was chosen longest ago gives way. */
  choose(talk) {
    this.kept.open = [talk.number, ...this.kept.open.filter((number) => number !== talk.number)];
    this.kept.keep();
    this.arrange();
    this.current = talk;
    this.rove(talk);
    // On a touch screen that would bring up the keyboard.
    if (matchMedia("(hover: hover)").matches) talk.input.focus({ preventScroll: true });
  }

  arrange() {
    const known = this.kept.open.filter((number) => this.talks.some((talk) => talk.number === number));
    const shown = new Set(known.slice(0, this.room));
    for (const talk of this.talks) {
      const hidden = !shown.has(talk.number);
      const appears = talk.panel.hidden && !hidden;
      talk.panel.hidden = hidden;
      talk.tab.setAttribute("aria-selected", String(!hidden));
      if (appears) talk.toEnd();
    }
    if (!this.current || this.current.panel.hidden) this.current = this.talks.find((talk) => !talk.panel.hidden);
    if (this.current) this.rove(this.current);
    this.look();
  }

  rove(talk) {
    for (const other of this.talks) other.tab.tabIndex = other === talk ? 0 : -1;
    talk.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** What is on the screen has been seen. */
  look() {
    let unread = 0;
    for (const talk of this.talks) {
      if (!talk.panel.hidden && !document.hidden && talk.lastSeq) this.kept.seen[talk.number] = talk.lastSeq;
      unread += talk.unread;
      this.draw(talk);
    }
    this.kept.keep();
    document.title = `${unread ? `(${unread}) ` : ""}Phone · Ruvimbo sandbox`;
  }

  draw(talk) {
    const [, unread, about] = talk.tab.children;
    unread.textContent = talk.unread || "";
    unread.hidden = !talk.unread;
    about.textContent = talk.last ? `${talk.last.own ? "You: " : ""}${words(talk.last.text).textContent}` : local(talk.number);
    talk.tab.setAttribute("aria-label", talk.unread ? `${talk.name}, ${talk.unread} unread` : talk.name);
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.talks.findIndex((talk) => talk.tab === document.activeElement);
    if (at < 0 || (!step && !["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    const to = step ? (at + step + this.talks.length) % this.talks.length : event.key === "Home" ? 0 : this.talks.length - 1;
    this.rove(this.talks[to]);
    this.talks[to].tab.focus();
  }
}
