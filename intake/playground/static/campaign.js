// Behind the stage: counts, initiatives, suggestions to decide on, what goes out, and the digest as it would be.
import { button, dayAndTime, element, made, send, table } from "./dom.js";

const FUNNEL = ["contacts", "invited", "begun", "submitted", "initiatives"];

export class Campaign {
  constructor(words) {
    this.words = words;
    this.drawn = {};
  }

  showCampaign(shown) {
    this.draw("status", shown.status, () => this.counts(shown.status));
    this.draw("initiatives", shown.initiatives, (rows) => this.list("initiatives", this.initiatives(rows)));
    this.draw("referrals", shown.referrals, (rows) => this.list("referrals", this.referrals(rows)));
    this.draw("attention", shown.attention, (rows) => this.list("attention", this.attention(rows)));
    this.draw("outbox", shown.outbox, (rows) => this.list("outbox", this.outbox(rows)));
    element("paused").hidden = !shown.paused;
    element("digest-subject").textContent = shown.digest.subject;
    element("digest").textContent = shown.digest.text;
  }

  draw(name, value, how) {
    const state = JSON.stringify(value);
    if (this.drawn[name] === state) return;
    this.drawn[name] = state;
    how(value);
  }

  list(id, content) {
    const place = element(id);
    const kept = document.activeElement?.dataset?.act;
    const top = place.querySelector(".scroll")?.scrollTop ?? 0;
    place.replaceChildren(content ?? made("p", { className: "empty-line", textContent: this.words[`no_${id}`] }));
    const scroll = place.querySelector(".scroll");
    if (scroll) scroll.scrollTop = top;
    if (kept) place.querySelector(`[data-act="${kept}"]`)?.focus();
  }

  counts(status) {
    const most = Math.max(1, ...FUNNEL.map((name) => status[name]));
    element("funnel").replaceChildren(...FUNNEL.map((name) => made("div", {},
      made("dt", { textContent: this.words.status[name] }),
      made("dd", {}, made("span", { className: "number", textContent: status[name] }), bar(status[name] / most)))));
    const others = this.words.counts.filter((name) => !FUNNEL.includes(name));
    element("counts").replaceChildren(...others.map((name) => made("div", { className: status[name] ? "" : "none" },
      made("dt", { textContent: this.words.status[name] }), made("dd", { textContent: status[name] }))));
  }

  initiatives(rows) {
    if (!rows.length) return null;
    const { words } = this;
    return table(words.initiatives, [words.column_number, words.column_title, words.column_organisation, words.column_person, words.column_channel],
      rows.map((row) => [row.number, made("strong", { textContent: row.title || "–" }), row.organisation, `#${row.person}`,
        made("span", {}, words.channels[row.channel] ?? row.channel, ...(row.late ? [" ", chip(words.late, "warning")] : []))]));
  }

  referrals(rows) {
    if (!rows.length) return null;
    const { words } = this;
    return table(words.referrals, [words.column_number, words.column_organisation, words.column_address, words.column_state, words.column_act],
      rows.map((row) => [row.number, made("strong", { textContent: row.organisation || "–" }), row.address || made("span", { className: "quiet", textContent: words.no_address }),
        chip(words.nominations[row.state] ?? row.state, row.state), row.state === "waiting" ? this.deciding(row) : ""]));
  }

  deciding(row) {
    const acts = ["approve", "decline"].map((verb) => {
      const one = button(this.words[verb], () => this.decide(row.number, verb), verb === "approve" ? "small main" : "small");
      one.dataset.act = `${verb}-${row.number}`;
      one.setAttribute("aria-label", `${this.words[verb]}: ${row.organisation || row.number}`);
      return one;
    });
    return made("div", { className: "acts" }, ...acts);
  }

  async decide(number, verb) {
    try {
      element("decided").textContent = (await send(`/api/campaign/referrals/${number}/${verb}`, {})).text;
    } catch (error) {
      element("decided").textContent = error.message;
    }
  }

  attention(rows) {
    if (!rows.length) return null;
    const { words } = this;
    return table(words.attention, [words.column_number, words.column_what, words.column_person], rows.map((row) => [row.number, row.what, row.person ? `#${row.person}` : ""]));
  }

  outbox(rows) {
    if (!rows.length) return null;
    const { words } = this;
    return table(words.outbox, [words.column_number, words.column_kind, words.column_channel, words.column_person, words.column_state, words.column_due],
      rows.map((row) => [row.number, words.kinds[row.kind] ?? row.kind, words.channels[row.channel] ?? row.channel, row.person ? `#${row.person}` : "–",
        chip(words.states[row.state] ?? row.state, row.state, row.reason), dayAndTime(row.due)]));
  }
}

function chip(text, state, title = "") {
  return made("span", { className: `chip ${state}`, textContent: text, title });
}

function bar(share) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 6");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "bar");
  for (const [name, width] of [["all", 100], ["part", 100 * share]]) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("width", width);
    rect.setAttribute("height", 6);
    rect.setAttribute("class", name);
    svg.append(rect);
  }
  return svg;
}
