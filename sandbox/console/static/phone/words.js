// WhatsApp's own marks in a text: *bold*, _italic_, ~struck~, ```code```, and web addresses. Text only ever becomes
// text nodes, so nothing in it can become HTML.

const MARKS = [
  [/```([^`]+)```/, "code"],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u, "strong"],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u, "em"],
  [/(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u, "s"],
  [/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)*_~]/, "a"],
];

export const isWebAddress = (url) => /^https?:\/\//.test(url);

/** A link that opens beside this page. */
export const link = (url, text) => {
  const made = document.createElement("a");
  made.textContent = text;
  if (isWebAddress(url) || url.startsWith("/")) made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
};

/** The text as nodes. */
export const words = (text) => {
  const made = document.createDocumentFragment();
  let rest = text;
  while (rest) {
    const found = MARKS.map(([pattern, name]) => ({ match: pattern.exec(rest), name }))
      .filter(({ match }) => match)
      .sort((one, other) => one.match.index - other.match.index)[0];
    if (!found) break;
    const { match, name } = found;
    made.append(rest.slice(0, match.index), marked(name, match));
    rest = rest.slice(match.index + match[0].length);
  }
  made.append(rest);
  return made;
};

const marked = (name, match) => {
  if (name === "a") return link(match[0], match[0]);
  const made = document.createElement(name);
  made.append(name === "code" ? match[1] : words(match[1]));
  return made;
};
