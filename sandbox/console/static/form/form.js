// Shows a static form (WhatsApp contract 5.1) as screens and sends it off. Loaded when the first form is opened.

import { button, element } from "../phone/bubble.js";
import { call, onPhone } from "../phone/sandbox.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "/static/form/form.css";
document.head.append(style);

const option = (value, title) => {
  const made = element("option", "", title);
  made.value = value;
  return made;
};

const input = (type, value = "") => {
  const made = element("input");
  made.type = type;
  made.value = value;
  return made;
};

const box = (title, value) => {
  const ticked = input("checkbox", value);
  return element("label", "tick", ticked, ` ${title}`);
};

const boxes = (field) => [...field.querySelectorAll("input")];

// Each kind of field: how it is made, what it holds, and what was held before.
const FIELDS = {
  TextInput: {
    make: (part) => Object.assign(input(part["input-type"] === "number" ? "text" : (part["input-type"] ?? "text")), { maxLength: part["max-chars"] ?? 80, autocomplete: "off" }),
    read: (field) => field.value.trim(),
    fill: (field, value) => (field.value = value),
  },
  TextArea: {
    make: (part) => Object.assign(element("textarea"), { maxLength: part["max-length"] ?? 600 }),
    read: (field) => field.value.trim(),
    fill: (field, value) => (field.value = value),
  },
  DatePicker: {
    make: (part) => Object.assign(input("date"), { min: part["min-date"] ?? "", max: part["max-date"] ?? "" }),
    read: (field) => field.value,
    fill: (field, value) => (field.value = value),
  },
  Dropdown: {
    make: (part) => {
      const made = element("select", "", option("", "Choose"));
      made.append(...part["data-source"].map(({ id, title }) => option(id, title)));
      return made;
    },
    read: (field) => field.value,
    fill: (field, value) => (field.value = value),
  },
  CheckboxGroup: {
    make: (part) => element("fieldset", "", ...part["data-source"].map(({ id, title }) => box(title, id))),
    read: (field) => boxes(field).filter(({ checked }) => checked).map(({ value }) => value),
    fill: (field, value) => boxes(field).forEach((one) => (one.checked = value.includes(one.value))),
  },
  OptIn: {
    make: () => input("checkbox"),
    read: (field) => field.checked,
    fill: (field, value) => (field.checked = value),
  },
};

const TEXTS = { TextHeading: "h3", TextSubheading: "h3", TextBody: "p", TextCaption: "p" };

/** What is wrong with a value, in one sentence; nothing when it fits. */
const wrong = (part, field, value) => {
  if (part.type === "OptIn" ? part.required && !value : part.required && !value.length) {
    return part.type === "OptIn" ? "Please tick this to go on." : `${part.label} is needed.`;
  }
  if (part["max-selected-items"] && value.length > part["max-selected-items"]) return `Please tick at most ${part["max-selected-items"]}.`;
  if (!value.length) return "";
  if (part["min-chars"] && value.length < part["min-chars"]) return `Please write at least ${part["min-chars"]} letters.`;
  if (field.validity && !field.validity.valid) return field.type === "email" ? "That is no e-mail address." : "That does not fit here.";
  return "";
};

/** One field with its label, its help and its error; `check()` tells whether it fits. */
const drawField = (part, held) => {
  const kind = FIELDS[part.type];
  const field = kind.make(part);
  const id = `form-${part.name}`;
  field.id = id;
  if (held !== undefined) kind.fill(field, held);
  const title = `${part.label}${part.required ? "" : " (optional)"}`;
  const help = element("p", "soft", part["helper-text"] ?? "");
  const error = element("p", "bad");
  help.id = `${id}-help`;
  error.id = `${id}-error`;
  field.setAttribute("aria-describedby", `${error.id} ${help.id}`);
  let shown;
  if (part.type === "CheckboxGroup") {
    field.prepend(element("legend", "", title));
    shown = element("div", "field", field, help, error);
  } else {
    const label = element("label", "", title);
    label.htmlFor = id;
    field.required = Boolean(part.required);
    shown = element("div", part.type === "OptIn" ? "field opt" : "field", ...(part.type === "OptIn" ? [field, label] : [label, field]), help, error);
  }
  const check = () => {
    const told = wrong(part, field, kind.read(field));
    error.textContent = told;
    if (part.type !== "CheckboxGroup") field.setAttribute("aria-invalid", String(Boolean(told)));
    return !told;
  };
  const focus = () => (part.type === "CheckboxGroup" ? boxes(field)[0] : field).focus();
  return { shown, check, focus, read: () => kind.read(field), name: part.name };
};

/** Open the form of a bubble in the sheet; `talk` is the phone that sends it off. */
export const openForm = async (talk, item, sheet) => {
  const { flow_id, flow_action_payload } = item.body.action.parameters;
  const form = await call(`flows/${encodeURIComponent(flow_id)}`);
  const entered = new Map();

  const send = async () => {
    const screens = [...entered].map(([screen, data]) => ({ screen, data }));
    await call(onPhone(talk.number, "form", "?wait=no"), { wamid: item.wamid, screens });
    sheet.close();
    talk.input.focus();
  };

  const show = (id, way) => {
    const screen = form.screens.find((one) => one.id === id);
    const footer = screen.layout.children.find(({ type }) => type === "Footer");
    const held = entered.get(id) ?? {};
    const fields = [];
    const parts = screen.layout.children.flatMap((part) => {
      if (part.type in TEXTS) return [element(TEXTS[part.type], part.type === "TextCaption" ? "soft" : "", part.text)];
      if (!(part.type in FIELDS)) return [];
      fields.push(drawField(part, held[part.name]));
      return [fields.at(-1).shown];
    });
    const next = element("button", "", footer.label);
    next.type = "submit";
    const keep = () => entered.set(id, Object.fromEntries(fields.map(({ name, read }) => [name, read()])));
    const back = button("Back", "quiet", () => {
      keep();
      show(way.at(-1), way.slice(0, -1));
    });
    const trouble = element("p", "bad");
    trouble.setAttribute("role", "alert");
    const made = element("form", "screen", ...parts, trouble, element("p", "row", ...(way.length ? [back] : []), next));
    made.noValidate = true;
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const bad = fields.filter(({ check }) => !check());
      if (bad.length) return bad[0].focus();
      keep();
      const action = footer["on-click-action"];
      if (action.name === "navigate") return show(action.next.name, [...way, id]);
      next.disabled = true;
      try {
        await send();
      } catch (error) {
        trouble.textContent = error.message;
        next.disabled = false;
      }
    });
    sheet.querySelector("h2").textContent = screen.title;
    sheet.querySelector(".sections").replaceChildren(made);
    if (!sheet.open) sheet.showModal();
    (fields[0] ?? { focus: () => next.focus() }).focus();
  };

  show(flow_action_payload?.screen ?? form.screens[0].id, []);
};
