// Draws one bubble of a talk (an item of sandbox/whatsapp/phones.py) and what can be tapped below it.

import { SIM, local } from "./sandbox.js";
import { link, words } from "./words.js";

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Africa/Harare" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "Africa/Harare" });
const MEDIA = ["image", "video", "document", "audio", "sticker"];

const ASKED = { request_contact_info: "Share my number", send_location: "Send a place" };

export const element = (name, className, ...content) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

export const button = (text, className, action) => {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", () => action(made));
  return made;
};

export const day = (item) => DAY.format(new Date(item.at));

const SHARED = {
  location: (place) => `📍 ${[place.name, place.address].filter(Boolean).join(", ") || `${place.latitude}, ${place.longitude}`}`,
  contacts: (cards) => `👤 ${cards.map((card) => card.name?.formatted_name ?? local(card.phones?.[0]?.phone ?? "a contact")).join(", ")}`,
};
const shared = (type, body) => SHARED[type]?.(body[type]);

/** What a person says by a message of any kind, for a line of a list. */
export const summary = (item) => {
  const { body } = item;
  if (item.direction === "in") {
    const tapped = body.interactive?.button_reply ?? body.interactive?.list_reply;
    return tapped?.title ?? (body.interactive?.nfm_reply && "(form sent)") ?? body.text?.body ?? shared(item.type, body) ?? `(${item.type})`;
  }
  if (item.type in SHARED) return shared(item.type, { [item.type]: body[item.type] ?? body });
  const text = typeof body.body === "object" ? body.body?.text : body.body;
  return text ?? body.caption ?? body.filename ?? body.name ?? `(${item.type})`;
};

/** A bubble with its choices; `tap(id)`, `open()` of its list or form and `share(kind)` are called when one is touched. */
export const draw = (item, who, touched) => {
  const own = item.direction === "in";
  const bubble = element("div", "bubble", element("span", "unseen", `${who}: `));
  bubble.append(...parts(item), meta(item));
  const turn = element("div", `turn ${own ? "own" : "bot"}${item.status === "failed" ? " failed" : ""}`, bubble);
  if (item.status === "failed") turn.append(element("p", "why", `Not delivered. ${item.error ?? ""}`));
  else if (!own) turn.append(...choices(item, touched));
  turn.dataset.seq = item.seq;
  turn.dataset.day = day(item);
  return turn;
};

const parts = (item) => {
  if (item.direction === "in") return said(item);
  const { type, body } = item;
  if (type === "interactive") return interactive(body);
  if (MEDIA.includes(type)) return media(type, body);
  if (type === "template") return template(body);
  if (type === "reaction") return [text(body.emoji || "(took back a reaction)")];
  return [text(summary(item))];
};

const text = (content) => element("div", "words", words(String(content)));

const said = (item) => {
  const media = item.body[item.type];
  return MEDIA.includes(item.type) ? [text(media?.caption ?? `(${item.type})`)] : [text(summary(item))];
};

const interactive = (body) => [
  ...(body.header?.text ? [element("p", "title", body.header.text)] : []),
  ...(MEDIA.includes(body.header?.type) ? media(body.header.type, body.header[body.header.type]) : []),
  text(body.body?.text ?? ""),
  ...(body.footer?.text ? [element("p", "footer", body.footer.text)] : []),
];

const media = (type, body) => {
  const url = body.link ?? `${SIM}/media/${encodeURIComponent(body.id)}`;
  const opened = link(url, "");
  opened.className = `file ${type}`;
  if (type === "image" && !body.link) {
    const picture = element("img");
    picture.src = url;
    picture.alt = body.caption ?? "A picture";
    opened.append(picture);
  } else {
    const name = body.filename ?? body.link?.split("/").pop() ?? type;
    opened.append(element("span", "kind", type === "document" ? name.split(".").pop().slice(0, 4) : type), element("span", "", name));
  }
  return [opened, ...(body.caption ? [text(body.caption)] : [])];
};

const template = (body) => {
  const given = (body.components ?? []).flatMap((component) => component.parameters ?? []);
  const values = given.map((parameter) => parameter.text ?? parameter.payload).filter(Boolean);
  return [element("p", "title", `Template ${body.name}, ${body.language?.code ?? ""}`), ...(values.length ? [text(values.join("\n"))] : [])];
};

const choices = (item, { tap, open, share }) => {
  const action = item.body.action ?? {};
  const parameters = action.parameters ?? {};
  const made = (action.buttons ?? []).map(({ reply }) => button(reply.title, "choice", () => tap(reply.id)));
  if (action.sections) {
    const opener = button(action.button, "choice list", open);
    opener.setAttribute("aria-haspopup", "dialog");
    made.push(opener);
  }
  if (action.name in ASKED) made.push(button(ASKED[action.name], "choice", () => share(action.name)));
  if (parameters.url) {
    const opened = link(parameters.url, parameters.display_text);
    opened.className = "choice link";
    made.push(opened);
  }
  if (parameters.flow_cta) {
    const form = button(parameters.flow_cta, "choice", open);
    form.setAttribute("aria-haspopup", "dialog");
    made.push(form);
  }
  return made.length ? [element("div", "choices", ...made)] : [];
};

/** How far a message has come: what is shown, and what is said. */
const reached = (item) => {
  if (item.status === "failed") return ["!", "not delivered"];
  if (item.status === "read") return ["✓✓", "read"];
  if (item.status === "delivered" || (item.direction === "in" && item.accepted)) return ["✓✓", "delivered"];
  if (item.status === "sent") return ["✓", "sent"];
  return ["◷", "waiting"];
};

const meta = (item) => {
  const made = element("div", "meta");
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(item.traceparent ?? "");
  if (trace) {
    const traced = element("a", "traced", "trace");
    traced.href = `/traces/${trace[1]}`;
    traced.setAttribute("aria-label", "Trace of this message");
    made.append(traced);
  }
  const time = element("time", "", TIME.format(new Date(item.at)));
  time.dateTime = item.at;
  const [sign, state] = reached(item);
  const ticks = element("span", `ticks ${state.replace(" ", "-")}`, sign);
  ticks.setAttribute("role", "img");
  ticks.setAttribute("aria-label", state);
  ticks.title = state;
  made.append(time, ticks);
  return made;
};
