// The panel by which the world outside is made worse: network, faults, clock.

import { call } from "./sandbox.js";

const TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: "Africa/Harare",
});
const byId = (id) => document.getElementById(id);

export class SwitchPanel {
  constructor(complain) {
    this.complain = complain;
    this.opener = byId("world");
    this.opener.addEventListener("click", () => this.toggle());
    byId("network").addEventListener("change", (event) => this.flip(event.target));
    byId("faults").addEventListener("submit", (event) => this.does(event, () => call("faults", JSON.parse(byId("fault").value))));
    byId("disarm").addEventListener("click", (event) => this.does(event, () => call("faults", undefined, "DELETE")));
    byId("clock").addEventListener("submit", (event) => {
      this.does(event, () => call("clock", { advance: Number(event.submitter.value) }));
    });
    byId("reset").addEventListener("submit", (event) => this.does(event, () => call("reset", {})));
    setInterval(() => this.refresh(), 5000);
  }

  toggle() {
    const panel = byId("switches");
    panel.hidden = !panel.hidden;
    this.opener.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) this.refresh();
  }

  flip(box) {
    const value = box.hasAttribute("value") ? (box.checked ? Number(box.value) : 0) : box.checked;
    call("switches", { [box.name]: value }).catch(this.complain);
  }

  /** The switches as the sandbox has them. */
  show(switches) {
    for (const box of byId("network").elements) if (box.name) box.checked = Boolean(switches[box.name]);
    const on = Object.values(switches).filter(Boolean).length;
    this.opener.querySelector("span").textContent = on ? `Switches (${on} on)` : "Switches";
  }

  async does(event, action) {
    event.preventDefault();
    await action().catch(this.complain);
    await this.refresh();
  }

  /** What no event tells: the armed faults and the clock. */
  async refresh() {
    if (byId("switches").hidden || document.hidden) return;
    try {
      const [{ faults }, { now }] = await Promise.all([call("faults"), call("clock")]);
      const names = [...byId("fault").options].map((option) => [JSON.parse(option.value), option.text]);
      const armed = faults.map((fault) => named(names, fault)).join("; ");
      const told = armed ? `Armed: ${armed}` : "No fault is armed.";
      if (byId("armed").textContent !== told) byId("armed").textContent = told;
      byId("now").textContent = TIME.format(new Date(now));
      byId("now").dateTime = now;
    } catch {
      // The page says already that the sandbox is away.
    }
  }
}

const named = (names, fault) => {
  const same = names.find(([given]) => Object.entries(given).every(([name, value]) => fault[name] === value));
  return same ? same[1] : fault.effect;
};
