// Days in a form: DatePicker and CalendarPicker (WhatsApp contract 5.5), one day or from one to another.

import { element } from "../phone/bubble.js";

const ENDS = ["start-date", "end-date"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAY_MILLISECONDS = 86_400_000;

const input = (part) =>
  Object.assign(element("input"), { type: "date", min: part["min-date"] ?? "", max: part["max-date"] ?? "" });

/** Nobody may choose this day, though it lies between the first and the last. */
const isClosed = (part, value) =>
  (part["unavailable-dates"] ?? []).includes(value) ||
  (part["include-days"]?.length > 0 && !part["include-days"].includes(DAYS[new Date(value).getUTCDay()]));

const CLOSED = "That day cannot be chosen.";

export const oneDay = {
  make: input,
  read: (field) => field.value,
  fill: (field, value) => (field.value = value),
  wrong: (part, field) => (field.value && isClosed(part, field.value) ? CLOSED : ""),
};

const ends = (field) => [...field.querySelectorAll("input")];

export const fromTo = {
  grouped: true,
  title: (part) => part.title ?? "From and to",
  needed: (part) => part.required === true || Object.values(part.required ?? {}).some(Boolean),
  make: (part) =>
    element("fieldset", "", ...ENDS.map((end) => {
      const box = Object.assign(input(part), { id: `form-${part.name}-${end}` });
      return element("label", "", part.label?.[end] ?? "", box, element("span", "soft", part["helper-text"]?.[end] ?? ""));
    })),
  read: (field) => {
    const values = ends(field).map(({ value }) => value);
    return values.some(Boolean) ? Object.fromEntries(ENDS.map((end, place) => [end, values[place]])) : "";
  },
  fill: (field, value) => ends(field).forEach((box, place) => (box.value = value[ENDS[place]] ?? "")),
  wrong: (part, field) => {
    const [first, last] = ends(field).map(({ value }) => value);
    if (!first && !last && !fromTo.needed(part)) return "";
    if (!first || !last) return "Please choose both days.";
    if (last < first) return "The last day is before the first.";
    if (ends(field).some((box) => !box.validity.valid || isClosed(part, box.value))) return CLOSED;
    const days = (new Date(last) - new Date(first)) / DAY_MILLISECONDS + 1;
    if (days < part["min-days"]) return `Please choose at least ${part["min-days"]} days.`;
    if (days > part["max-days"]) return `Please choose at most ${part["max-days"]} days.`;
    return "";
  },
};
