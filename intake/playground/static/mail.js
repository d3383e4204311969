// The mailbox of the person chosen: the list, one letter, replies, forwards and new letters.
import { botStart, element, kept, link, made, packed, say, send, size, when } from "./dom.js";

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;

const drafts = kept("mail");

export class Mailbox {
  constructor(words, onOpen) {
    this.words = words;
    this.onOpen = onOpen;
    this.form("reply", () => [`/${this.uid}/reply`, { body: element("reply-body").value }],
      () => { drafts.removeItem(this.draftKey()); this.quote(); this.unfold(null); element("open-reply").focus(); });
    this.form("forward", () => [`/${this.uid}/forward`, { to: element("forward-to").value, body: element("forward-body").value }],
      () => { element("forward").reset(); this.unfold(null); element("open-forward").focus(); });
    this.form("new", () => ["", { to: element("new-to").value, subject: element("new-subject").value, body: element("new-body").value }],
      () => { element("new").reset(); this.pane(this.uid ? "letter" : "list"); element("write-new").focus(); });
    element("folder").addEventListener("change", () => { this.leave(); this.refresh(); });
    element("reply-body").addEventListener("input", () => drafts.setItem(this.draftKey(), element("reply-body").value));
    element("letter").addEventListener("keydown", (event) => { if (event.key === "Escape") this.escape(event); });
    element("new").addEventListener("keydown", (event) => { if (event.key === "Escape") element("close-new").click(); });
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
    this.known = null;
    element("address").textContent = person.address;
    element("folder").querySelector("[value=inbox]").checked = true;
    this.leave();
  }

  leave() {
    this.uid = null;
    element("letters").replaceChildren();
    this.tell("");
    this.unfold(null);
    this.pane("list");
    this.onOpen();
  }

  get sent() {
    return element("folder").querySelector("[value=sent]").checked;
  }

  at(path) {
    return `${this.url}${path}?folder=${this.sent ? "sent" : "inbox"}`;
  }

  // What was read is known until the browser's tab is closed, and to this run of the playground only.
  isRead(uid) {
    return this.sent || Boolean(drafts.getItem(`read ${this.person.key} ${uid}`));
  }

  draftKey() {
    return `draft ${this.person.key} ${this.sent} ${this.uid}`;
  }

  // Out of what is open, one step at a time.
  escape(event) {
    const open = ["reply", "forward"].find((name) => !element(name).hidden);
    if (open) { this.unfold(null); element(`open-${open}`).focus(); } else this.close();
    event.stopPropagation();
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
    const { sent } = this;
    const answer = await fetch(this.at(""));
    const letters = answer.ok ? await answer.json() : null;
    if (!letters || person !== this.person || sent !== this.sent) return;
    if (!sent) this.tellOfNew(letters);
    element("no-letters").querySelector("p").textContent = sent ? this.words.no_sent : this.words.no_letters;
    element("no-letters").hidden = letters.length > 0;
    const focused = document.activeElement?.dataset?.uid;
    element("letters").replaceChildren(...letters.map((letter) => this.item(letter)));
    element("letters").querySelector(`[data-uid="${focused}"]`)?.focus();
  }

  tellOfNew(letters) {
    const uids = letters.map((letter) => letter.uid);
    const fresh = this.known && letters.filter((letter) => !this.known.has(letter.uid));
    if (fresh?.length) say(`${this.words.new_letter_came} ${fresh[0].subject || this.words.no_subject}`);
    this.known = new Set(uids);
  }

  item(letter) {
    const name = this.sent ? `${this.words.to}: ${letter.to}` : letter.from.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") || letter.from;
    const button = made("button", { type: "button", className: this.isRead(letter.uid) ? "" : "unread" },
      made("span", { className: "from" }, ...(this.isRead(letter.uid) ? [] : [made("span", { className: "hidden", textContent: `${this.words.unread}: ` })]), name),
      made("span", { className: "quiet date", textContent: when(letter.date, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }) }),
      made("span", { className: "about", textContent: letter.subject || this.words.no_subject }));
    button.dataset.uid = letter.uid;
    if (letter.uid === this.uid) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.read(letter.uid));
    return made("li", {}, button);
  }

  async read(uid) {
    const answer = await fetch(this.at(`/${uid}`));
    if (!answer.ok) { this.tell(this.words.failed + answer.statusText, true); return; }
    const letter = await answer.json();
    this.uid = uid;
    drafts.setItem(`read ${this.person.key} ${uid}`, "yes");
    this.letter = letter;
    for (const name of ["from", "to"]) element(name).textContent = letter[name];
    element("date").textContent = when(letter.date);
    element("subject").textContent = letter.subject || this.words.no_subject;
    element("attachments").replaceChildren(...letter.attachments.map((file, number) => this.attachment(file, number)));
    for (const part of document.querySelectorAll(".attachments")) part.hidden = letter.attachments.length === 0;
    this.quote();
    this.unfold(null);
    this.onOpen();
    element("view").hidden = !letter.html;
    this.showBody();
    this.mark();
    this.pane("letter");
    this.tell("");
    element("subject").focus();
    element("letter").scrollTop = 0;
  }

  mark() {
    for (const button of element("letters").querySelectorAll("button")) {
      const here = Number(button.dataset.uid) === this.uid;
      if (here) {
        button.setAttribute("aria-current", "true");
        button.classList.remove("unread");
        button.querySelector(".from .hidden")?.remove();
      } else button.removeAttribute("aria-current");
    }
  }

  close() {
    const { uid } = this;
    this.uid = null;
    this.mark();
    this.pane("list");
    this.onOpen();
    element("letters").querySelector(`[data-uid="${uid}"]`)?.focus();
  }

  attachment(file, number) {
    return made("a", { href: this.at(`/${this.uid}/files/${number}`), download: file.name, textContent: `${file.name} (${size(file.size)})` });
  }

  // What was typed before the page was loaded anew is there again.
  quote() {
    element("reply-body").value = drafts.getItem(this.draftKey()) ?? `\n\n${this.letter.quote}\n`;
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
    if (html) element("html").src = this.at(`/${this.uid}/html`);
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

  tell(text, isProblem = false) {
    element("mail-status").textContent = text;
    element("mail-status").classList.toggle("problem", isProblem);
  }

  form(id, request, done = () => {}) {
    element(id).addEventListener("submit", async (event) => {
      event.preventDefault();
      const [path, body] = request();
      const submit = element(id).querySelector("button.main");
      submit.disabled = true;
      try {
        body.files = await Promise.all([...element(`${id}-files`).files].map(packed));
        await send(this.at(path), body);
        this.tell(this.words.sent);
        element(`${id}-files`).value = "";
        done();
        if (this.sent) this.refresh();
      } catch (error) {
        this.tell(this.words.not_sent + error.message, true);
        submit.disabled = false;
        submit.focus();
      }
      submit.disabled = false;
    });
  }
}
