// The phone page: follows the sandbox's stream, and brings what it tells to the phones.

import { button, element } from "./bubble.js";
import { Kept } from "./kept.js";
import { SIM, call, onPhone } from "./sandbox.js";
import { SwitchPanel } from "./switches.js";
import { Tabs } from "./tabs.js";
import { Talk } from "./talk.js";

const byId = (id) => document.getElementById(id);
const talks = new Map();
const kept = new Kept();
let switches = {};
let settled = false;

const note = (text, seconds = 0) => {
  byId("state").textContent = text;
  byId("state").hidden = !text;
  clearTimeout(note.timer);
  if (text && seconds) note.timer = setTimeout(() => note(""), seconds * 1000);
};

const page = {
  kept,
  network: () => switches,
  complain: (error) => note(error.message, 8),
  changed: () => settled && tabs.look(),
  open: (talk, item) => (item.body.action.sections ? openList : openForm)(talk, item),
  saved: (talk, after) => openTranscript(talk, after),
};
const tabs = new Tabs(kept);
const panel = new SwitchPanel(page.complain);

const talkOf = ({ phone, name }) => {
  if (!talks.has(phone)) {
    const talk = new Talk(phone, name ?? phone, page);
    talks.set(phone, talk);
    tabs.add(talk);
    if (settled) ready();
  }
  return talks.get(phone);
};

const ready = () => {
  settled = true;
  byId("desk").hidden = false;
  tabs.arrange();
  for (const talk of talks.values()) {
    talk.look();
    talk.log.setAttribute("aria-busy", "false");
  }
};

const clear = (epoch) => {
  const again = kept.begin(epoch);
  for (const talk of talks.values()) talk.clear();
  return again;
};

const network = (told) => {
  switches = told;
  panel.show(told);
  for (const talk of talks.values()) talk.look();
};

const HEARD = {
  phones: ({ epoch, phones, switches: given }) => {
    // The same epoch: only what was missed comes, to what is here.
    const anew = epoch !== kept.epoch && clear(epoch);
    if (anew) note("The sandbox began anew and remembers no earlier talk.", 8);
    else note("");
    phones.forEach(talkOf);
    network(given);
  },
  message: (item) => talkOf(item).put(item),
  status: (told) => talkOf(told).status(told),
  typing: (told) => talkOf(told).typing(true),
  phone: (told) => talkOf(told),
  switches: network,
  reset: ({ epoch }) => {
    clear(epoch);
    tabs.look();
  },
  ready,
};

const listen = () => {
  const stream = new EventSource(`${SIM}/events?after=0`);
  for (const [name, hear] of Object.entries(HEARD)) {
    stream.addEventListener(name, (event) => hear(JSON.parse(event.data)));
  }
  stream.addEventListener("error", () => {
    note("The sandbox is away; this page goes on when it is back.");
    if (stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    setTimeout(listen, 2000);
  });
};

const openList = (talk, item) => {
  const sheet = byId("sheet");
  byId("sheet-title").textContent = item.body.action.button;
  const sections = item.body.action.sections.map((section) => {
    const rows = section.rows.map((row) => {
      const made = button(row.title, "choice", () => {
        sheet.close();
        talk.send("tap", { wamid: item.wamid, id: row.id });
      });
      if (row.description) made.append(element("span", "soft", row.description));
      return made;
    });
    return element("div", "choices", ...(section.title ? [element("h3", "", section.title)] : []), ...rows);
  });
  sheet.querySelector(".sections").replaceChildren(...sections);
  sheet.showModal();
};

const openForm = async (talk, item) => {
  try {
    const loaded = await import("/static/form/form.js");
    await loaded.openForm(talk, item, byId("sheet"));
  } catch (error) {
    page.complain(error);
  }
};

const openTranscript = async (talk, after) => {
  const saved = byId("saved");
  const path = onPhone(talk.number, "transcript", `?after=${after}`);
  const answer = await fetch(`${SIM}/${path}`).catch(() => null);
  if (!answer?.ok) return page.complain(new Error("The sandbox does not answer; is it still running?"));
  saved.querySelector("pre").textContent = await answer.text();
  saved.querySelector(".save").href = `${SIM}/${path}&save`;
  const whole = saved.querySelector(".whole");
  whole.hidden = after === 0;
  whole.onclick = () => openTranscript(talk, 0);
  if (!saved.open) saved.showModal();
};

const copy = byId("saved").querySelector(".copy");
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("saved").querySelector("pre").textContent);
  copy.textContent = "Copied";
  setTimeout(() => (copy.textContent = "Copy"), 2000);
});

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

byId("add").addEventListener("click", () => byId("adding").showModal());
byId("adding").querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const wrong = byId("adding-wrong");
  wrong.textContent = "";
  try {
    const added = await call("phones", { phone: form.elements.phone.value, name: form.elements.name.value });
    form.reset();
    byId("adding").close();
    tabs.choose(talkOf(added));
  } catch (error) {
    wrong.textContent = error.message;
    form.elements.phone.focus();
  }
});

document.addEventListener("visibilitychange", () => settled && tabs.look());
listen();
