// What `${…}` in a form stands for, and whether a condition holds (WhatsApp contract 5.5).

const BOUND = /^\$\{([^}]+)\}$/;
const TOKEN = /\s*(\$\{[^}]+\}|'[^']*'|[\w.-]+|==|!=|<=|>=|&&|\|\||[<>!()])/y;

/** The value at a path: `data.x`, `form.x`, `screen.ID.form.x` or `screen.ID.data.x`. */
const found = (path, scope) => path.trim().split(".").reduce((value, name) => value?.[name], scope);

/** A part of a form with every binding in it replaced; one to nothing is an empty text. */
export const resolve = (value, scope) => {
  if (typeof value === "string") {
    const bound = BOUND.exec(value);
    return bound ? (found(bound[1], scope) ?? "") : value;
  }
  if (Array.isArray(value)) return value.map((one) => resolve(one, scope));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one, scope)]));
  return value;
};

const COMPARED = {
  "==": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "<": (one, other) => one < other,
  ">": (one, other) => one > other,
  "<=": (one, other) => one <= other,
  ">=": (one, other) => one >= other,
};

/** Whether the condition of an `If` or of `visible` holds now. */
export const holds = (condition, scope) => {
  if (typeof condition !== "string") return Boolean(condition);
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(condition); match; match = TOKEN.exec(condition)) tokens.push(match[1]);
  const taken = (token) => tokens[0] === token && tokens.shift();
  const one = () => {
    if (taken("!")) return !one();
    if (taken("(")) {
      const inner = any();
      taken(")");
      return inner;
    }
    const token = tokens.shift() ?? "";
    if (token.startsWith("${")) return resolve(token, scope);
    if (token.startsWith("'")) return token.slice(1, -1);
    return token === "true" ? true : token === "false" ? false : Number(token);
  };
  const comparison = () => {
    const left = one();
    return tokens[0] in COMPARED ? COMPARED[tokens.shift()](left, one()) : left;
  };
  const all = () => {
    let left = comparison();
    while (taken("&&")) left = comparison() && left;
    return left;
  };
  const any = () => {
    let left = all();
    while (taken("||")) left = all() || left;
    return left;
  };
  return Boolean(any());
};
