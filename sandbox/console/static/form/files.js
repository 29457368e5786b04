// Photos and documents of a form (WhatsApp contract 5.4): each goes to WhatsApp when it is picked, and the form holds
// what sandbox/whatsapp/picked.py answers.

import { button, element } from "../phone/bubble.js";
import { SIM } from "../phone/sandbox.js";

const LARGEST_KB = 25 * 1024;
const MOST = 30;

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`);

const limits = (part, noun) => [part[`min-uploaded-${noun}s`] ?? 0, part[`max-uploaded-${noun}s`] ?? MOST];

/** A picker of photos or documents; `tools` has `upload(file)` and `tell(trouble)`. */
export const picker = (noun, types) => ({
  grouped: true,
  needed: (part) => limits(part, noun)[0] > 0,
  make: (part, { upload, tell }) => {
    const [, most] = limits(part, noun);
    const accepted = part["allowed-mime-types"]?.length ? part["allowed-mime-types"] : types;
    const input = Object.assign(element("input"), { type: "file", id: `form-${part.name}-file`, multiple: most > 1, accept: accepted.join() });
    if (part["photo-source"] === "camera") input.capture = "environment";
    const list = element("ul", "held");
    const box = element("fieldset", "files", list, element("label", "button quiet", most > 1 ? `Add ${noun}s` : `Add a ${noun}`, input));
    box.held = [];
    const changed = () => ["input", "change"].forEach((name) => box.dispatchEvent(new Event(name, { bubbles: true })));
    const remove = (one) => {
      box.held = box.held.filter((other) => other !== one);
      box.draw();
      changed();
      input.focus();
    };
    const row = (one) => {
      const sign = one.type.startsWith("image/") ? Object.assign(element("img"), { src: `${SIM}/media/${one.picked}`, alt: "" }) : "";
      const away = button("Remove", "quiet", () => remove(one));
      away.setAttribute("aria-label", `Remove ${one.file_name}`);
      return element("li", "", sign, element("span", "", `${one.file_name} `, element("span", "soft", size(one.size))), away);
    };
    box.draw = () => list.replaceChildren(...box.held.map(row));
    const unfit = (file) => {
      if (file.size > 1024 * (part["max-file-size-kb"] ?? LARGEST_KB)) return `${file.name} is too large: at most ${size(1024 * (part["max-file-size-kb"] ?? LARGEST_KB))}.`;
      if (!accepted.some((type) => type === file.type || (type.endsWith("*") && file.type.startsWith(type.slice(0, -1))))) return `${file.name} is of a kind that does not fit here.`;
      return box.held.length < most ? "" : `At most ${most} fit here.`;
    };
    input.addEventListener("change", async (event) => {
      event.stopPropagation(); // What was picked counts once it is at WhatsApp.
      let trouble = "";
      for (const file of input.files) {
        trouble = unfit(file);
        if (trouble) break;
        try {
          box.held.push(await upload(file));
        } catch (error) {
          trouble = error.message;
          break;
        }
      }
      input.value = "";
      box.draw();
      changed();
      tell(trouble);
    });
    return box;
  },
  read: (field) => [...field.held],
  fill: (field, value) => {
    field.held = [...value];
    field.draw();
  },
  wrong: (part, field) => {
    const [fewest] = limits(part, noun);
    if (field.held.length >= fewest) return "";
    return part["error-message"] || (fewest > 1 ? `Please add at least ${fewest} ${noun}s.` : `Please add a ${noun}.`);
  },
});

const holds = (value) => Boolean(value) && typeof value === "object" && ("picked" in value || Object.values(value).some(holds));
const isPicked = (value) => Array.isArray(value) && value.every((one) => one && typeof one === "object" && "picked" in one);

/** Files where an action may have none: only the top level of what is asked or sent off may (contract 5.4). */
export const misplaced = (action, payload) =>
  Object.values(payload).some((value) => (action === "navigate" || !isPicked(value)) && holds(value));
