// The mailbox of the person chosen: the list, one letter, replies, forwards and new letters.
const element = (id) => document.getElementById(id);
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;

export async function send(url, body, method = "POST") {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error ?? answer.statusText);
  return answer.json();
}

function when(date) {
  const instant = new Date(date);
  return Number.isNaN(instant.valueOf()) ? date : instant.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

export class Mailbox {
  constructor(words) {
    this.words = words;
    this.bot = document.body.dataset.bot.toLowerCase();
    this.form("reply", () => [`/${this.uid}/reply`, { body: element("reply-body").value }], () => { element("reply-body").value = ""; });
    this.form("forward", () => [`/${this.uid}/forward`, { to: element("forward-to").value, body: element("forward-body").value }]);
    this.form("new", () => ["", { to: element("new-to").value, subject: element("new-subject").value, body: element("new-body").value }],
      () => { element("new").reset(); element("compose").open = false; });
    element("view").addEventListener("change", () => this.showBody());
  }

  open(person) {
    this.person = person;
    this.url = `/api/people/${person.key}/letters`;
    this.uid = null;
    element("address").textContent = person.address;
    element("letters").replaceChildren();
    element("letter").hidden = true;
    element("mail-status").textContent = "";
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
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.uid = letter.uid;
    if (letter.uid === this.uid) button.setAttribute("aria-current", "true");
    const subject = document.createElement("strong");
    subject.textContent = letter.subject || this.words.no_subject;
    const from = document.createElement("span");
    from.textContent = letter.from;
    const date = document.createElement("span");
    date.className = "quiet";
    date.textContent = when(letter.date);
    button.append(subject, from, date);
    button.addEventListener("click", () => this.read(letter.uid));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  async read(uid) {
    this.uid = uid;
    const letter = await (await fetch(`${this.url}/${uid}`)).json();
    this.letter = letter;
    for (const name of ["from", "to"]) element(name).textContent = letter[name];
    element("date").textContent = when(letter.date);
    element("subject").textContent = letter.subject || this.words.no_subject;
    element("attachments").textContent = letter.attachments.join(", ");
    for (const part of document.querySelectorAll(".attachments")) part.hidden = letter.attachments.length === 0;
    element("reply-body").value = `\n\n${letter.quote}\n`;
    element("reply-body").setSelectionRange(0, 0);
    element("view").hidden = !letter.html;
    element("view").querySelector("[value=text]").checked = true;
    element("letter").hidden = false;
    this.showBody();
    for (const button of element("letters").querySelectorAll("button")) {
      if (Number(button.dataset.uid) === uid) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    element("subject").focus();
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
    const link = document.createElement("a");
    link.textContent = piece;
    const inside = piece.includes("://") ? this.toBot(piece) : { mailto: piece, subject: "", body: "" };
    if (inside) {
      link.href = `/?${new URLSearchParams({ person: this.person.key, ...inside })}`;
      link.dataset.inside = "";
    } else {
      Object.assign(link, { href: piece, target: "_blank", rel: "noopener noreferrer" });
    }
    return link;
  }

  toBot(url) {
    const { hostname, pathname, searchParams } = new URL(url);
    const bot = ["t.me", "telegram.me"].includes(hostname) && pathname.slice(1).toLowerCase() === this.bot;
    return bot ? { start: searchParams.get("start") ?? "" } : null;
  }

  compose(parameters) {
    element("compose").open = true;
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
