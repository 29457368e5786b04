// The fields of a form (WhatsApp contract 5.5): how each is drawn, what it holds, and what is wrong with it.

import { element } from "../phone/bubble.js";
import { fromTo, oneDay } from "./dates.js";
import { picker } from "./files.js";

const input = (type, value = "") => Object.assign(element("input"), { type, value });
const option = (value, title) => Object.assign(element("option", "", title), { value });
const boxes = (field) => [...field.querySelectorAll("input")];

const text = (make) => ({
  make,
  read: (field) => field.value.trim(),
  fill: (field, value) => (field.value = value),
});

/** Boxes to tick, in a group with a legend. */
const group = (type, read, isOn) => ({
  grouped: true,
  make: (part) => {
    const titles = (part["data-source"] ?? []).map(({ id, title, description }) => {
      const box = Object.assign(input(type, id), { name: `form-${part.name}`, id: `form-${part.name}-${id}` });
      return element("label", "tick", box, element("span", "", title, ...(description ? [" ", element("span", "soft", description)] : [])));
    });
    return element("fieldset", part.type === "ChipsSelector" ? "chips" : "", ...titles);
  },
  read,
  fill: (field, value) => boxes(field).forEach((box) => (box.checked = isOn(box.value, value))),
});

const several = group(
  "checkbox",
  (field) => boxes(field).filter(({ checked }) => checked).map(({ value }) => value),
  (id, value) => value.includes(id),
);

const PHOTOS = ["image/*"];
const DOCUMENTS = ["application/*", "text/*", "image/*", "video/*"];

const FIELDS = {
  TextInput: text((part) => {
    // A number comes back as a text, too; and what it is must not change by a wheel.
    const type = { number: "text", phone: "tel", passcode: "password" }[part["input-type"]] ?? part["input-type"] ?? "text";
    const made = Object.assign(input(type), { maxLength: part["max-chars"] ?? 80, autocomplete: "off" });
    if (["number", "passcode"].includes(part["input-type"])) Object.assign(made, { inputMode: "decimal", pattern: "[0-9.,\\-]*" });
    return part.pattern ? Object.assign(made, { pattern: part.pattern }) : made;
  }),
  TextArea: text((part) => Object.assign(element("textarea"), { maxLength: part["max-length"] ?? 600 })),
  DatePicker: oneDay,
  CalendarPicker: oneDay,
  PhotoPicker: picker("photo", PHOTOS),
  DocumentPicker: picker("document", DOCUMENTS),
  Dropdown: text((part) => element("select", "", option("", "Choose"), ...(part["data-source"] ?? []).map(({ id, title }) => option(id, title)))),
  RadioButtonsGroup: group("radio", (field) => boxes(field).find(({ checked }) => checked)?.value ?? "", (id, value) => id === value),
  CheckboxGroup: several,
  ChipsSelector: several,
  OptIn: {
    make: () => input("checkbox"),
    read: (field) => field.checked,
    fill: (field, value) => (field.checked = Boolean(value)),
  },
};

export const isField = ({ type }) => type in FIELDS;

const kindOf = (part) => (part.type === "CalendarPicker" && part.mode === "range" ? fromTo : FIELDS[part.type]);

/** What is wrong with a value, in one sentence; nothing when it fits. */
const wrong = (part, kind, field, value) => {
  const own = kind.wrong?.(part, field);
  if (own) return own;
  const [fewest, most] = [part["min-selected-items"], part["max-selected-items"]];
  if (part.type === "OptIn") return part.required && !value ? "Please tick this to go on." : "";
  if (!kind.needed && part.required && value.length === 0) return `${part.label} is needed.`;
  if (most && value.length > most) return `Please tick at most ${most}.`;
  if (!value.length) return "";
  if (fewest && value.length < fewest) return `Please tick at least ${fewest}.`;
  if (part["min-chars"] && value.length < part["min-chars"]) return `Please write at least ${part["min-chars"]} letters.`;
  if (field.validity && !field.validity.valid) return part["error-message"] || (field.type === "email" ? "That is no e-mail address." : "That does not fit here.");
  return "";
};

/**
 * One field with its label, its help and its error; `held` is what it had before, `changed` is called when it changes,
 * `upload` brings a file to WhatsApp.
 */
export const drawField = (part, held, changed, upload) => {
  const kind = kindOf(part);
  const error = element("p", "bad");
  const field = kind.make(part, { upload, tell: (trouble) => trouble && (error.textContent = trouble) });
  const id = `form-${part.name}`;
  field.id = id;
  if (held !== undefined && held !== "") kind.fill(field, held);
  if (part.enabled === false) field.disabled = true;
  const needed = kind.needed?.(part) ?? part.required;
  const title = `${kind.title?.(part) ?? part.label}${needed ? "" : " (optional)"}`;
  const told = [part["helper-text"], part.description].find((one) => typeof one === "string") ?? "";
  const help = Object.assign(element("p", "soft", told), { id: `${id}-help` });
  error.id = `${id}-error`;
  field.setAttribute("aria-describedby", `${error.id} ${help.id}`);
  const label = kind.grouped ? element("legend", "", title) : Object.assign(element("label", "", title), { htmlFor: id });
  if (kind.grouped) field.prepend(label, help);
  else field.required = Boolean(part.required);
  const content = kind.grouped ? [field] : part.type === "OptIn" ? [field, label, help] : [label, field, help];
  const shown = element("div", part.type === "OptIn" ? "field opt" : "field", ...content, error);
  const read = () => kind.read(field);
  const check = () => {
    const bad = shown.closest("[hidden]") ? "" : wrong(part, kind, field, read());
    error.textContent = bad;
    if (!kind.grouped) field.setAttribute("aria-invalid", String(Boolean(bad)));
    return !bad;
  };
  shown.addEventListener("input", () => error.textContent && check());
  shown.addEventListener("change", () => changed(part, read()));
  return { shown, check, read, name: part.name, focus: () => (kind.grouped ? boxes(field)[0] : field)?.focus() };
};
