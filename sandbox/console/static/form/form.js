// Shows a form (WhatsApp contract 5) as screens: those on the phone, or those that the endpoint is asked for by
// sandbox/whatsapp/forms.py. Loaded when the first form is opened.

import { button, element } from "../phone/bubble.js";
import { call, onPhone } from "../phone/sandbox.js";
import { link } from "../phone/words.js";
import { holds, resolve } from "./binding.js";
import { drawField, isField } from "./fields.js";
import { misplaced } from "./files.js";
import { list, picture } from "./shown.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "/static/form/form.css";
document.head.append(style);

const TEXTS = { TextHeading: ["h3", ""], TextSubheading: ["h3", "sub"], TextBody: ["p", ""], TextCaption: ["p", "soft"] };
const GONE = 410;

/** A list of a part as it stands in the form, for what is bound in its actions counts when they are carried out. */
const written = (part, given, name) => (Array.isArray(part[name]) ? part[name] : given[name]) ?? [];

class Form {
  constructor(talk, item, sheet, flow) {
    this.talk = talk;
    this.wamid = item.wamid;
    this.flow = flow;
    this.sheet = sheet;
    this.parameters = item.body.action.parameters;
    this.scope = { screen: {} };
    this.way = [];
    this.closed = false;
  }

  async open() {
    this.sheet.querySelector("h2").textContent = this.parameters.flow_cta;
    this.sheet.querySelector(".sections").replaceChildren(element("p", "soft", "Loading…"));
    this.sheet.showModal();
    this.sheet.addEventListener("close", () => (this.closed = true), { once: true });
    const { flow_action, flow_action_payload: first } = this.parameters;
    if (flow_action === "data_exchange") return this.follow(await this.ask("INIT"));
    return this.show(first?.screen ?? this.flow.screens[0].id, first?.data ?? {});
  }

  /** What the endpoint answers; a form that is closed goes, as in the app. */
  async ask(action, screen = "", data = {}) {
    try {
      return await call(onPhone(this.talk.number, "form/ask", "?wait=no"), { wamid: this.wamid, action, screen, data });
    } catch (error) {
      if (error.status === GONE) this.talk.closeForm(this.wamid);
      if (error.status === GONE || !this.id) this.leave();
      throw error;
    }
  }

  leave() {
    this.closed = true;
    this.sheet.close();
    this.talk.input.focus();
  }

  follow({ screen, data }) {
    if (this.closed) return;
    if (screen === "SUCCESS") return this.leave();
    const { error_message: told, ...given } = data;
    if (screen !== this.id && this.id) this.way.push(this.id);
    this.show(screen, { ...this.scope.screen[screen]?.data, ...given }, told);
  }

  async back() {
    this.keep();
    const id = this.way.at(-1);
    const shown = this.screen(id).refresh_on_back ? await this.ask("BACK", id) : { screen: id, data: this.scope.screen[id].data };
    if (this.closed) return;
    this.way.pop();
    this.show(shown.screen, shown.data);
  }

  screen(id) {
    return this.flow.screens.find((one) => one.id === id);
  }

  keep() {
    const form = Object.fromEntries(this.fields.map(({ name, read }) => [name, read()]));
    Object.assign(this.scope.screen[this.id].form, form);
  }

  /** Carry out an action; what goes wrong is told on the screen. */
  async act(action) {
    this.keep();
    const payload = resolve(action.payload ?? {}, this.scope);
    this.say("");
    if (misplaced(action.name, payload)) return this.say("This form takes a file where WhatsApp allows none.");
    const free = this.busy();
    try {
      if (action.name === "navigate") this.follow({ screen: action.next.name, data: payload });
      else if (action.name === "update_data") this.show(this.id, { ...this.scope.data, ...payload });
      else if (action.name === "open_url") window.open(resolve(action.url, this.scope), "_blank", "noopener");
      else if (action.name === "back") await this.back();
      else if (action.name === "complete") this.follow(await this.ask("complete", this.id, payload));
      else this.follow(await this.ask("data_exchange", this.id, payload));
    } catch (error) {
      if (this.closed) this.talk.page.complain(error);
      else this.say(error.message);
    } finally {
      free();
    }
  }

  /** Nothing can be tapped until the answer is called. Then what was focused is focused again, if it is still there. */
  busy() {
    const at = document.activeElement;
    const buttons = [...this.sheet.querySelectorAll(".screen button")].filter((one) => !one.disabled);
    this.sheet.setAttribute("aria-busy", "true");
    for (const one of buttons) one.disabled = true;
    return () => {
      this.sheet.removeAttribute("aria-busy");
      for (const one of buttons) one.disabled = false;
      if (at?.isConnected && document.activeElement === document.body) at.focus();
    };
  }

  async upload(file) {
    const free = this.busy();
    try {
      return await call(onPhone(this.talk.number, "form/files", `?name=${encodeURIComponent(file.name)}`), file);
    } finally {
      free();
    }
  }

  say(trouble) {
    this.sheet.querySelector(".trouble").textContent = trouble;
  }

  /** Draw a screen with its data, and what was entered there before. */
  show(id, data, trouble = "") {
    const again = id === this.id;
    const at = again && document.activeElement?.id;
    const screen = this.screen(id);
    this.id = id;
    const { form = {} } = this.scope.screen[id] ?? {};
    this.scope.screen[id] = { form, data };
    Object.assign(this.scope, { form, data });
    this.fields = [];
    this.live = [];
    this.footer = null;
    const parts = this.draw(screen.layout.children);
    const told = element("p", "bad trouble", trouble);
    told.setAttribute("role", "alert");
    const ways = [
      ...(this.way.length ? [button("Back", "quiet", () => this.act({ name: "back" }))] : []),
      ...(this.footer ? [this.footer] : []),
    ];
    const made = element("form", "screen", ...parts, element("div", "foot", told, element("p", "row", ...ways)));
    made.noValidate = true;
    made.addEventListener("submit", (event) => this.submit(event));
    this.sheet.querySelector("h2").textContent = screen.title;
    this.sheet.querySelector(".sections").replaceChildren(made);
    this.look();
    const first = () => (this.fields[0] ?? made.querySelector("button"))?.focus();
    if (at && document.getElementById(at)) document.getElementById(at).focus();
    else first();
  }

  submit(event) {
    event.preventDefault();
    const bad = this.fields.filter(({ check }) => !check());
    if (bad.length) bad[0].focus();
    else this.act(this.action);
  }

  /** Show and hide what depends on what was entered. */
  look() {
    this.keep();
    for (const update of this.live) update();
  }

  /** Carry out what a choice is for, of the option or of the whole; taking it back may be for something, too. */
  async changed(part, given, before, now) {
    this.look();
    const ids = (value) => [value].flat().filter(Boolean);
    const options = written(part, given, "data-source").filter(({ id }) => ids(before).includes(id) !== ids(now).includes(id));
    for (const one of [...options, part]) {
      const taken = one === part ? ids(now).length > 0 : ids(now).includes(one.id);
      const action = (taken ? null : one["on-unselect-action"]) ?? (taken || one === part ? one["on-select-action"] : null);
      if (action) await this.act(action);
    }
  }

  draw(parts) {
    return (parts ?? []).flatMap((part) => this.part(part));
  }

  part(part) {
    const { type } = part;
    if (type === "Form") return this.draw(part.children);
    if (type === "If") return [this.shownWhen(() => holds(part.condition, this.scope), part.then), this.shownWhen(() => !holds(part.condition, this.scope), part.else)];
    if (type === "Switch") return Object.entries(part.cases).map(([value, branch]) => this.shownWhen(() => String(resolve(part.value, this.scope)) === value, branch));
    const shown = this.single(part);
    if ("visible" in part) this.live.push(() => shown.forEach((node) => (node.hidden = !holds(part.visible, this.scope))));
    return shown;
  }

  shownWhen(isShown, parts) {
    const box = element("div", "", ...this.draw(parts));
    this.live.push(() => (box.hidden = !isShown()));
    return box;
  }

  single(part) {
    const given = resolve({ ...part, "on-click-action": null, visible: null }, this.scope);
    const { type } = part;
    const action = part["on-click-action"];
    if (isField(part)) {
      const held = this.scope.form[part.name] ?? given["init-value"];
      let before = held;
      const changed = (_, now) => this.changed(part, given, before, (before = now));
      const field = drawField(given, held, changed, (file) => this.upload(file));
      this.fields.push(field);
      const more = type === "OptIn" && action ? [button("Read more", "quiet", () => this.act(action))] : [];
      return [field.shown, ...more];
    }
    if (type in TEXTS) {
      const [name, look] = TEXTS[type];
      const made = element(name, look);
      this.live.push(() => (made.textContent = [resolve(part.text, this.scope)].flat().join("\n")));
      return [made];
    }
    if (type === "Footer") {
      this.action = action;
      this.footer = element("button", "", given.label);
      this.footer.type = "submit";
      const captions = [given["left-caption"], given["center-caption"], given["right-caption"]].filter(Boolean);
      return captions.length ? [element("p", "soft captions", ...captions.map((one) => element("span", "", one)))] : [];
    }
    if (type === "EmbeddedLink") return [button(given.text, "quiet", () => this.act(action))];
    if (type === "NavigationList") return list(given, (place) => this.act(written(part, given, "list-items")[place]["on-click-action"] ?? action));
    if (type === "Image") return [picture(given.src, given["alt-text"], given)];
    return [element("p", "soft", `${type}: this phone cannot show it.`)];
  }
}

/** Open the form of a bubble in the sheet; `talk` is the phone that sends it off. */
export const openForm = async (talk, item, sheet) => {
  const flow = await call(`flows/${encodeURIComponent(item.body.action.parameters.flow_id)}`);
  await new Form(talk, item, sheet, flow).open();
};
