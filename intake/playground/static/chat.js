// The phone of the person chosen: messages as they stand, buttons, and what a person can send.
import { botStart, button, clockTime, element, link, made, send } from "./dom.js";

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/;
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span" };

export class Phone {
  constructor(words) {
    this.words = words;
    element("start").addEventListener("click", () => this.start());
    element("block").addEventListener("click", () => this.act(this.shown?.blocked ? "unblock" : "block", {}));
    element("location").addEventListener("click", () => this.act("location", { latitude: 56.9496, longitude: 24.1052 }));
    element("contact").addEventListener("click", () => this.act("contact", {}));
    element("attach").addEventListener("change", (event) => this.attach(event.target));
    element("voice").addEventListener("click", () => this.record());
    element("voice-send").addEventListener("click", () => this.recorder?.stop());
    element("voice-cancel").addEventListener("click", () => this.discard());
    element("cancel").addEventListener("click", () => this.edit(null));
    element("write").addEventListener("submit", (event) => { event.preventDefault(); this.write(); });
    element("write-text").addEventListener("input", () => this.grow());
    element("write-text").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.editing) this.edit(null);
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); element("write").requestSubmit(); }
    });
  }

  open(person) {
    this.person = person;
    this.shown = null;
    this.payload = "";
    this.drawn = new Map();
    this.following = false;
    this.discard();
    element("log").setAttribute("aria-busy", "true"); // what was said before is not read out
    element("messages").replaceChildren();
    element("phone").hidden = !person.chat;
    element("no-chat").hidden = person.chat;
    element("chat-title").textContent = person.group ? this.words.group_chat : this.words.chat;
    element("chat-hint").querySelector("p").textContent = person.group ? this.words.empty_group : this.words.empty_chat;
    for (const part of document.querySelectorAll("#chat-more, #write .attach")) part.hidden = person.group;
    this.edit(null);
  }

  show(shown) {
    this.shown = shown;
    const log = element("log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    this.draw(element("messages"), shown.messages);
    if (atEnd) this.toEnd();
    requestAnimationFrame(() => element("log").removeAttribute("aria-busy"));
    element("chat-hint").hidden = shown.messages.length > 0;
    element("start").hidden = (shown.messages.length > 0 || this.person.group) && !this.payload;
    element("start").textContent = this.payload ? this.words.start_with : this.words.start;
    element("block").textContent = shown.blocked ? this.words.unblock : this.words.block;
    element("chat-status").textContent = shown.blocked ? this.words.blocked : shown.action ? this.words.typing : shown.notices.at(-1)?.text ?? "";
    element("reply-keyboard").replaceChildren(...this.rows(shown.reply_keyboard?.keyboard ?? [], null));
  }

  toEnd() {
    element("log").scrollTop = element("log").scrollHeight;
  }

  // As high as what is written, up to a limit that the style sets.
  grow() {
    const field = element("write-text");
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
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
      const place = old ? [...old.node.querySelectorAll("button")].indexOf(document.activeElement) : -1;
      if (old) old.node.replaceWith(node); else list.append(node);
      this.drawn.set(message.message_id, { node, state });
      this.keepFocus(node, place, !old && message.from.is_bot);
    }
  }

  // Whoever answers by keyboard finds the focus on the same button of a changed message, or on what is asked next.
  keepFocus(node, place, asked) {
    const buttons = node.querySelectorAll(".keyboard button");
    if (place >= 0) (buttons[Math.min(place, buttons.length - 1)] ?? element("log")).focus();
    else if (asked && this.following) {
      this.following = buttons.length === 0;
      (buttons[0] ?? element("write-text")).focus({ preventScroll: true });
    }
  }

  message(message) {
    const item = made("li", { className: message.from.is_bot ? "bot" : "you" });
    item.dataset.id = message.message_id;
    const who = made("span", { className: "hidden", textContent: `${message.from.is_bot ? this.words.bot : this.words.you}: ` });
    const text = made("div", { className: "bubble" });
    text.append(who, ...formatted(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []), ...this.extras(message));
    const edited = message.edit_date && !message.from.is_bot ? `${this.words.edited} ` : "";
    text.append(made("span", { className: "time", textContent: ` ${edited}${clockTime(message.date * 1000)}` }));
    item.append(text, ...this.rows(message.reply_markup?.inline_keyboard ?? [], message.message_id));
    if (!message.from.is_bot && message.text && !message.text.startsWith("/")) item.append(button(this.words.edit, () => this.edit(message), "small"));
    return item;
  }

  extras(message) {
    const file = message.document ?? message.voice ?? message.photo?.at(-1);
    const extras = [];
    if (file) {
      const href = `/api/people/${this.person.key}/file/${file.file_id}`;
      const name = file.file_name ?? (message.voice ? this.words.voice : this.words.photo);
      extras.push(message.photo ? made("img", { src: href, alt: this.words.photo, className: "photo" }) : made("a", { href, download: name, textContent: name }));
    }
    if (message.contact) extras.push(note(`${this.words.contact}: ${message.contact.phone_number}`));
    if (message.location) extras.push(note(`${this.words.place}: ${message.location.latitude}, ${message.location.longitude}`));
    return extras;
  }

  rows(rows, messageId) {
    return rows.map((row) => made("div", { className: "keyboard" }, ...row.map((one) => this.key(one, messageId))));
  }

  key(one, messageId) {
    if (one.url) {
      return made("a", { href: one.url, target: "_blank", rel: "noopener noreferrer", textContent: one.text, className: "button" });
    }
    const target = messageId ? { message_id: messageId } : {};
    const press = (event) => {
      this.following = event.detail === 0; // by keyboard
      this.act("press", { button: one.callback_data ?? one.text, ...target });
    };
    return button(one.text, press);
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
    this.grow();
    if (message) { element("chat-status").textContent = this.words.editing; element("write-text").focus(); }
  }

  async attach(input) {
    const [file] = input.files;
    if (!file) return;
    const kind = file.type === "image/jpeg" ? "photo" : file.type === "audio/ogg" ? "voice" : "document";
    await this.sendFile(file, file.name, kind);
    input.value = "";
  }

  async sendFile(file, name, kind) {
    const query = new URLSearchParams({ name, kind });
    const headers = { "Content-Type": file.type || "application/octet-stream" };
    element("chat-status").textContent = this.words.file_sending;
    const answer = await fetch(`/api/people/${this.person.key}/file?${query}`, { method: "POST", headers, body: file }).catch(() => null);
    const problem = answer?.status === 413 ? this.words.file_too_large : answer?.ok ? "" : this.words.failed + (answer?.statusText ?? this.words.lost);
    element("chat-status").textContent = problem;
  }

  // A voice message, until one of the two buttons is pressed.
  async record() {
    element("chat-more").open = false;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.recorder = new MediaRecorder(stream);
    } catch {
      element("chat-status").textContent = this.words.voice_none;
      return;
    }
    const parts = [];
    const { recorder } = this;
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => this.recorded(recorder, new Blob(parts, { type: recorder.mimeType })));
    recorder.start();
    element("recording").hidden = false;
    element("voice-send").focus();
  }

  recorded(recorder, voice) {
    for (const track of recorder.stream.getTracks()) track.stop();
    element("recording").hidden = true;
    if (this.recorder === recorder) { this.sendFile(voice, "voice", "voice"); element("write-text").focus(); }
    this.recorder = null;
  }

  discard() {
    const { recorder } = this;
    this.recorder = null;
    if (recorder?.state === "recording") recorder.stop();
    element("recording").hidden = true;
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

function note(text) {
  return made("span", { className: "quiet", textContent: text });
}

// Entities nest and never overlap by halves: cut the text at their ends, outermost first.
function formatted(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  const inside = entities.filter((one) => one.offset >= from && one.offset + one.length <= to);
  for (const [index, entity] of inside.entries()) {
    if (entity.offset < at) continue;
    if (entity.offset > at) nodes.push(...plain(text.slice(at, entity.offset)));
    at = entity.offset + entity.length;
    nodes.push(marked(entity, text, formatted(text, inside.slice(index + 1), entity.offset, at)));
  }
  if (at < to) nodes.push(...plain(text.slice(at, to)));
  return nodes;
}

// Addresses of the web become links, as they do in the app.
function plain(text) {
  return text.split(LINK).map((piece, index) => (index % 2 ? link(piece, piece, botStart(piece)) : document.createTextNode(piece)));
}

function marked(entity, text, children) {
  const url = entity.url ?? (entity.type === "url" ? text.slice(entity.offset, entity.offset + entity.length) : null);
  const safe = url && /^(https?|tg|mailto):/.test(url);
  const node = document.createElement(safe ? "a" : TAGS[entity.type] ?? "span");
  if (safe) Object.assign(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
  node.append(...children);
  return node;
}
