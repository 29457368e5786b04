// Keeps the element #live as the server has it now: asks again every two seconds while the page is looked at and
// "Follow live" is on. What a person has opened, selected or focused stays.

const EVERY = 2000;
const follow = document.getElementById("follow");
document.getElementById("switch").hidden = false;

let shown = null;

const idle = () => {
  const selection = document.getSelection();
  return follow.checked && !document.hidden && (!selection || selection.isCollapsed);
};

const put = (fresh) => {
  const old = document.getElementById("live");
  for (const open of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`#${CSS.escape(open.id)}`);
    if (same) same.open = true;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

const refresh = async () => {
  if (!idle()) return;
  const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
  if (!answer.ok) return;
  const html = await answer.text();
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  // The first answer is compared with the page itself, later ones with the last that was put there.
  shown ??= document.getElementById("live").innerHTML;
  if (!fresh || fresh.innerHTML === shown || !idle()) return;
  shown = fresh.innerHTML;
  put(document.adoptNode(fresh));
};

const openTarget = () => {
  const details = document.getElementById(location.hash.slice(1))?.querySelector("details");
  if (details) details.open = true;
};

const loop = async () => {
  // The sandbox may be stopped while the page is open: then the next round asks again.
  await refresh().catch(() => undefined);
  setTimeout(loop, EVERY);
};

openTarget();
addEventListener("hashchange", openTarget);
setTimeout(loop, EVERY);
