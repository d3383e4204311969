// What every part of the page uses: elements, requests, tables, and time in the campaign's zone.
export const element = (id) => document.getElementById(id);
const language = document.documentElement.lang;
let zone = "Europe/Riga";

export function setZone(name) {
  zone = name;
}

export async function send(url, body, method = "POST") {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error ?? answer.statusText);
  return answer.json();
}

export function when(instant, options = { dateStyle: "medium", timeStyle: "short" }) {
  const date = new Date(instant);
  return Number.isNaN(date.valueOf()) ? String(instant) : date.toLocaleString(language, { timeZone: zone, ...options });
}

// A place of the browser's tab for texts, of this run of the playground alone.
export function kept(name) {
  const prefix = `${document.body.dataset.run} ${name} `;
  return {
    getItem: (key) => sessionStorage.getItem(prefix + key),
    setItem: (key, value) => { try { sessionStorage.setItem(prefix + key, value); } catch { /* full: then it is not kept */ } },
    removeItem: (key) => sessionStorage.removeItem(prefix + key),
  };
}

// A file as a letter takes it.
export async function packed(file) {
  const url = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
  return { name: file.name, type: file.type, content: url.slice(url.indexOf(",") + 1) };
}

export function size(bytes) {
  const [number, unit] = bytes < 1e3 ? [bytes, "B"] : bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${number.toLocaleString(language, { maximumFractionDigits: 1 })} ${unit}`;
}

export const clockTime = (instant) => when(instant, { hour: "2-digit", minute: "2-digit" });
export const dayAndTime = (instant) => when(instant, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export function made(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in node && name !== "list") node[name] = value; else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// Where a link to the bot leads inside the page; null for any other link.
export function botStart(url) {
  if (!URL.canParse(url)) return null;
  const { hostname, pathname, searchParams } = new URL(url);
  const bot = ["t.me", "telegram.me"].includes(hostname) && pathname.slice(1).toLowerCase() === document.body.dataset.bot.toLowerCase();
  return bot ? { start: searchParams.get("start") ?? "" } : null;
}

// A link that opens elsewhere, or stays inside the page with these parameters.
export function link(text, url, inside = null) {
  const node = made("a", { textContent: text, href: inside ? `/?${new URLSearchParams(inside)}` : url });
  if (inside) node.dataset.inside = ""; else Object.assign(node, { target: "_blank", rel: "noopener noreferrer" });
  return node;
}

export function button(text, press, className = "") {
  const node = made("button", { type: "button", textContent: text, className });
  node.addEventListener("click", press);
  return node;
}

// Said for a while, below what was said just before; the same twice is said once.
export function say(text) {
  unsay(text);
  const line = made("span", { textContent: text });
  element("said").append(line);
  setTimeout(() => line.remove(), 8000);
}

export function unsay(text) {
  for (const line of [...element("said").children]) if (line.textContent === text) line.remove();
}

// A table in a region that can be scrolled by keyboard too.
export function table(label, header, rows) {
  const head = made("tr", {}, ...header.map((text) => made("th", { scope: "col", textContent: text })));
  const body = rows.map((cells) => made("tr", {}, ...cells.map((cell) => made("td", {}, cell ?? ""))));
  return made("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: label },
    made("table", {}, made("thead", {}, head), made("tbody", {}, ...body)));
}

// Open menus close by Escape, and when something else is pressed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
