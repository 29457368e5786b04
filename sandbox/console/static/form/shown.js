// What a form shows and nobody fills in: pictures and lists that lead on (WhatsApp contract 5.5).

import { button, element } from "../phone/bubble.js";

/** A picture of base64; `size` has `width` and `height` where the form gives them. */
export const picture = (content, alt, { width, height } = {}) => {
  const made = Object.assign(element("img"), { src: `data:image/png;base64,${content}`, alt: alt ?? "" });
  if (width) made.width = width;
  if (height) made.height = height;
  return made;
};

const soft = (text) => (text ? [element("span", "soft", text)] : []);

const row = ({ "main-content": main, start, end, badge, tags }, tapped) => {
  const made = button("", "choice", tapped);
  made.append(
    ...(start?.image ? [picture(start.image, start["alt-text"])] : []),
    element("span", "main", main.title, ...(badge ? [" ", element("b", "badge", badge)] : []), ...[main.description, main.metadata, tags?.join(" · ")].flatMap(soft)),
    ...(end ? [element("span", "end", end.title ?? "", ...[end.description, end.metadata].flatMap(soft))] : []),
  );
  return made;
};

/** A NavigationList; `tapped(place)` is called with the place of the item that somebody taps. */
export const list = (given, tapped) => [
  ...(given.label ? [element("h3", "", given.label)] : []),
  ...(given.description ? [element("p", "soft", given.description)] : []),
  element("div", "choices leads", ...(given["list-items"] ?? []).map((item, place) => row(item, () => tapped(place)))),
];
