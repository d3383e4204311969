// The mailbox of the person chosen: the list, one letter, replies, forwards and new letters.
import { botStart, element, link, made, send, when } from "./dom.js";

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;

export class Mailbox {
  constructor(words) {
    this.words = words;
    this.form("reply", () => [`/${this.uid}/reply`, { body: element("reply-body").value }], () => { this.quote(); this.unfold(null); });
    this.form("forward", () => [`/${this.uid}/forward`, { to: element("forward-to").value, body: element("forward-body").value }],
      () => { element("forward").reset(); this.unfold(null); });
    this.form("new", () => ["", { to: element("new-to").value, subject: element("new-subject").value, body: element("new-body").value }],
      () => { element("new").reset(); this.pane("list"); });
    element("view").addEventListener("change", () => this.showBody());
    element("back").addEventListener("click", () => this.close());
    element("open-reply").addEventListener("click", () => this.unfold("reply"));
    element("open-forward").addEventListener("click", () => this.unfold("forward"));
    element("write-new").addEventListener("click", () => { this.pane("new"); element("new-to").focus(); });
    element("close-new").addEventListener("click", () => { this.pane(this.uid ? "letter" : "list"); element("write-new").focus(); });
  }

  open(person) {
    this.person = person;
    this.url = `/api/people/${person.key}/letters`;
    this.uid = null;
    this.read_ = new Set();
    element("address").textContent = person.address;
    element("letters").replaceChildren();
    element("mail-status").textContent = "";
    this.unfold(null);
    this.pane("list");
  }

  // On a narrow screen one pane is seen at a time.
  pane(name) {
    element("mail-panes").dataset.pane = name;
    element("letter").hidden = name !== "letter";
    element("new").hidden = name !== "new";
    element("choose-letter").hidden = name !== "list";
  }

  async refresh() {
    const { person } = this;
    const letters = await (await fetch(this.url)).json();
    if (person !== this.person) return;
    element("no-letters").hidden = letters.length > 0;
    const focused = document.activeElement?.dataset?.uid;
    element("letters").replaceChildren(...letters.map((letter) => this.item(letter)));
    element("letters").querySelector(`[data-uid="${focused}"]`)?.focus();
  }

  item(letter) {
    const name = letter.from.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") || letter.from;
    const button = made("button", { type: "button", className: this.read_.has(letter.uid) ? "" : "unread" },
      made("span", { className: "from", textContent: name }),
      made("span", { className: "quiet date", textContent: when(letter.date, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }) }),
      made("span", { className: "about", textContent: letter.subject || this.words.no_subject }));
    button.dataset.uid = letter.uid;
    if (letter.uid === this.uid) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.read(letter.uid));
    return made("li", {}, button);
  }

  async read(uid) {
    this.uid = uid;
    this.read_.add(uid);
    const letter = await (await fetch(`${this.url}/${uid}`)).json();
    this.letter = letter;
    for (const name of ["from", "to"]) element(name).textContent = letter[name];
    element("date").textContent = when(letter.date);
    element("subject").textContent = letter.subject || this.words.no_subject;
    element("attachments").textContent = letter.attachments.join(", ");
    for (const part of document.querySelectorAll(".attachments")) part.hidden = letter.attachments.length === 0;
    this.quote();
    this.unfold(null);
    element("view").hidden = !letter.html;
    this.showBody();
    this.mark();
    this.pane("letter");
    element("mail-status").textContent = "";
    element("subject").focus();
    element("letter").scrollTop = 0;
  }

  mark() {
    for (const button of element("letters").querySelectorAll("button")) {
      const here = Number(button.dataset.uid) === this.uid;
      if (here) { button.setAttribute("aria-current", "true"); button.classList.remove("unread"); } else button.removeAttribute("aria-current");
    }
  }

  close() {
    const { uid } = this;
    this.uid = null;
    this.mark();
    this.pane("list");
    element("letters").querySelector(`[data-uid="${uid}"]`)?.focus();
  }

  quote() {
    element("reply-body").value = `\n\n${this.letter.quote}\n`;
  }

  unfold(form) {
    for (const name of ["reply", "forward"]) {
      const open = name === form && element(name).hidden;
      element(name).hidden = !open;
      element(`open-${name}`).setAttribute("aria-expanded", String(open));
      if (!open) continue;
      const field = element(name).querySelector("textarea, input");
      field.focus();
      if (name === "reply") field.setSelectionRange(0, 0);
      field.scrollTop = 0;
      element(name).scrollIntoView({ block: "nearest" });
    }
  }

  showBody() {
    const html = this.letter.html && element("view").querySelector("[value=html]").checked;
    element("html").hidden = !html;
    element("text").hidden = html;
    if (html) element("html").src = `${this.url}/${this.uid}/html`;
    else element("text").replaceChildren(...this.linked(this.letter.text));
  }

  // Links in plain text; those to the bot or to a mail address stay inside the page.
  linked(text) {
    return text.split(LINK).map((piece, index) => (index % 2 ? this.link(piece) : document.createTextNode(piece)));
  }

  link(piece) {
    const inside = piece.includes("://") ? botStart(piece) : { mailto: piece, subject: "", body: "" };
    return link(piece, piece, inside && { person: this.person.key, ...inside });
  }

  compose(parameters) {
    this.pane("new");
    element("new-to").value = parameters.get("mailto");
    element("new-subject").value = parameters.get("subject") ?? "";
    element("new-body").value = parameters.get("body") ?? "";
    element("new-body").focus();
  }

  form(id, request, done = () => {}) {
    element(id).addEventListener("submit", async (event) => {
      event.preventDefault();
      const [path, body] = request();
      try {
        await send(this.url + path, body);
        element("mail-status").textContent = this.words.sent;
        done();
      } catch (error) {
        element("mail-status").textContent = this.words.not_sent + error.message;
      }
    });
  }
}
