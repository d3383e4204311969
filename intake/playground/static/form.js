// The questionnaire that runs, and one of one's own: checked row by row, and run when nothing is wrong with it.
import { element, made, table } from "./dom.js";

export class Questionnaire {
  constructor(words) {
    this.words = words;
    element("try").addEventListener("submit", (event) => { event.preventDefault(); this.try(); });
  }

  showCampaign({ form }) {
    element("form-name").textContent = form.title;
    element("form-file").textContent = form.file;
    element("form-questions").textContent = form.questions;
    element("form-core").textContent = form.core;
    element("form-languages").textContent = form.languages.join(", ");
  }

  // Code lists go first: the questionnaire is checked against them.
  async try() {
    const files = [...element("try-file").files];
    files.sort((one, other) => one.name.endsWith(".csv") < other.name.endsWith(".csv") ? 1 : -1);
    element("try-status").textContent = this.words.form_checking;
    const said = [];
    for (const file of files) said.push(await this.check(file));
    element("try-status").textContent = said.join(" ");
  }

  async check(file) {
    const url = `/api/campaign/form?${new URLSearchParams({ name: file.name })}`;
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }).catch(() => null);
    if (!answer) return this.words.lost;
    if (answer.status === 413) return this.words.form_too_large;
    const outcome = await answer.json().catch(() => ({}));
    if (!answer.ok) return outcome.error ?? answer.statusText;
    if (outcome.kept) return this.words.form_kept + outcome.kept;
    this.findings(outcome.findings);
    return outcome.running ? this.words.form_ok : this.words.form_errors;
  }

  findings(findings) {
    const { words } = this;
    element("findings-card").hidden = !findings.length;
    if (!findings.length) return;
    element("findings").replaceChildren(table(words.form_findings, [words.form_place, words.form_finding], findings.map((one) => [this.place(one), this.finding(one)])));
    element("findings-title").focus();
  }

  place(one) {
    const parts = [one.sheet && `${this.words.form_sheet} ${one.sheet}`, one.row && `${this.words.form_row} ${one.row}`, one.column];
    return made("span", { className: "place", textContent: parts.filter(Boolean).join(", ") || "–" });
  }

  finding(one) {
    return made("div", {}, made("span", { className: `chip ${one.severity}`, textContent: this.words[`severity_${one.severity}`] }), ` ${one.message}`,
      ...(one.remedy ? [made("div", { className: "quiet", textContent: one.remedy })] : []));
  }
}
