// The phone of the person chosen: messages as they stand, buttons, and what a person can send.
import { send } from "./mail.js";

const element = (id) => document.getElementById(id);
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span" };

export class Phone {
  constructor(words) {
    this.words = words;
    element("start").addEventListener("click", () => this.start());
    element("block").addEventListener("click", () => this.act(this.shown?.blocked ? "unblock" : "block", {}));
    element("location").addEventListener("click", () => this.act("location", { latitude: 56.9496, longitude: 24.1052 }));
    element("attach").addEventListener("change", (event) => this.attach(event.target));
    element("cancel").addEventListener("click", () => this.edit(null));
    element("write").addEventListener("submit", (event) => { event.preventDefault(); this.write(); });
    element("write-text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); element("write").requestSubmit(); }
    });
  }

  open(person) {
    this.person = person;
    this.shown = null;
    this.payload = "";
    this.drawn = new Map();
    element("messages").replaceChildren();
    element("phone").hidden = !person.chat;
    element("no-chat").hidden = person.chat;
    this.edit(null);
  }

  show(shown) {
    this.shown = shown;
    const log = element("log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    this.draw(element("messages"), shown.messages);
    if (atEnd) log.scrollTop = log.scrollHeight;
    element("chat-hint").hidden = shown.messages.length > 0;
    element("start").hidden = shown.messages.length > 0 && !this.payload;
    element("start").textContent = this.payload ? this.words.start_with : this.words.start;
    element("block").textContent = shown.blocked ? this.words.unblock : this.words.block;
    element("chat-status").textContent = shown.blocked ? this.words.blocked : shown.action ? this.words.typing : shown.notices.at(-1)?.text ?? "";
    element("reply-keyboard").replaceChildren(...this.rows(shown.reply_keyboard?.keyboard ?? [], null));
  }

  // Only what changed is drawn anew, so that the focus and a screen reader stay where they are.
  draw(list, messages) {
    const kept = new Set(messages.map((message) => message.message_id));
    for (const [id, { node }] of this.drawn) if (!kept.has(id)) { node.remove(); this.drawn.delete(id); }
    for (const message of messages) {
      const state = JSON.stringify(message);
      const old = this.drawn.get(message.message_id);
      if (old?.state === state) continue;
      const node = this.message(message);
      if (old) old.node.replaceWith(node); else list.append(node);
      this.drawn.set(message.message_id, { node, state });
    }
  }

  message(message) {
    const item = document.createElement("li");
    item.className = message.from.is_bot ? "bot" : "you";
    const who = document.createElement("span");
    who.className = "hidden";
    who.textContent = `${message.from.is_bot ? this.words.bot : this.words.you}: `;
    const text = document.createElement("div");
    text.className = "bubble";
    text.append(who, ...formatted(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []), ...this.extras(message));
    if (message.edit_date) text.append(note(` (${this.words.edited})`));
    item.append(text, ...this.rows(message.reply_markup?.inline_keyboard ?? [], message.message_id));
    if (!message.from.is_bot && message.text) item.append(button(this.words.edit, () => this.edit(message), "small"));
    return item;
  }

  extras(message) {
    const file = message.document ?? message.voice ?? message.photo?.at(-1);
    const extras = [];
    if (file) {
      const link = document.createElement("a");
      link.href = `/api/people/${this.person.key}/file/${file.file_id}`;
      link.download = file.file_name ?? "";
      link.textContent = file.file_name ?? (message.voice ? this.words.voice : this.words.photo);
      extras.push(link);
    }
    if (message.contact) extras.push(note(`${this.words.contact}: ${message.contact.phone_number}`));
    if (message.location) extras.push(note(`${this.words.place}: ${message.location.latitude}, ${message.location.longitude}`));
    return extras;
  }

  rows(rows, messageId) {
    return rows.map((row) => {
      const line = document.createElement("div");
      line.className = "keyboard";
      line.append(...row.map((one) => this.key(one, messageId)));
      return line;
    });
  }

  key(one, messageId) {
    if (one.url) {
      const link = document.createElement("a");
      Object.assign(link, { href: one.url, target: "_blank", rel: "noopener noreferrer", textContent: one.text, className: "button" });
      return link;
    }
    const target = messageId ? { message_id: messageId } : {};
    return button(one.text, () => this.act("press", { button: one.callback_data ?? one.text, ...target }));
  }

  offerStart(payload) {
    this.payload = payload;
    if (this.shown) this.show(this.shown);
    element("start").textContent = this.words.start_with;
    element("start").hidden = false;
    element("start").focus();
  }

  async start() {
    const { payload } = this;
    this.payload = "";
    await this.act("start", { payload });
    element("write-text").focus();
  }

  async write() {
    const text = element("write-text").value.trim();
    if (!text) return;
    const done = this.editing
      ? await this.act("edit", { message_id: this.editing.message_id, text })
      : await this.act("write", { text });
    if (done) this.edit(null);
  }

  edit(message) {
    this.editing = message;
    element("write-text").value = message?.text ?? "";
    element("cancel").hidden = !message;
    if (message) { element("chat-status").textContent = this.words.editing; element("write-text").focus(); }
  }

  async attach(input) {
    const [file] = input.files;
    if (!file) return;
    const kind = file.type === "image/jpeg" ? "photo" : "document";
    const query = new URLSearchParams({ name: file.name, kind });
    await fetch(`/api/people/${this.person.key}/file?${query}`, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file });
    input.value = "";
  }

  async act(act, body) {
    try {
      await send(`/api/people/${this.person.key}/chat/${act}`, body);
      return true;
    } catch (error) {
      element("chat-status").textContent = this.words.failed + error.message;
      return false;
    }
  }
}

function button(text, press, className = "") {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: text, className });
  made.addEventListener("click", press);
  return made;
}

function note(text) {
  const made = document.createElement("span");
  Object.assign(made, { className: "quiet", textContent: text });
  return made;
}

// Entities nest and never overlap by halves: cut the text at their ends, outermost first.
function formatted(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  const inside = entities.filter((one) => one.offset >= from && one.offset + one.length <= to);
  for (const [index, entity] of inside.entries()) {
    if (entity.offset < at) continue;
    if (entity.offset > at) nodes.push(document.createTextNode(text.slice(at, entity.offset)));
    at = entity.offset + entity.length;
    nodes.push(marked(entity, text, formatted(text, inside.slice(index + 1), entity.offset, at)));
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)));
  return nodes;
}

function marked(entity, text, children) {
  const url = entity.url ?? (entity.type === "url" ? text.slice(entity.offset, entity.offset + entity.length) : null);
  const safe = url && /^(https?|tg|mailto):/.test(url);
  const node = document.createElement(safe ? "a" : TAGS[entity.type] ?? "span");
  if (safe) Object.assign(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
  node.append(...children);
  return node;
}
