// The people to choose from, with what each has got and not seen; and somebody more.
import { element, icon, kept, made, say, send } from "./dom.js";

const COLOURS = 6;
const MANY = 9;
const seen = kept("seen");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class People {
  constructor(words, onChoose) {
    this.words = words;
    this.onChoose = onChoose;
    this.people = [];
    this.visible = { letters: true, messages: true };
    element("find").addEventListener("input", () => this.filter());
    element("add-many")?.addEventListener("click", () => this.addMany());
    element("add")?.addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
  }

  show(people) {
    this.people = people;
    if (this.chosen) this.chosen = people.find((one) => one.key === this.chosen.key);
    this.draw();
  }

  choose(key) {
    const person = this.people.find((one) => one.key === key) ?? this.people[0];
    if (!person) return;
    this.chosen = person;
    this.draw();
    this.onChoose(person);
  }

  looking(visible) {
    this.visible = visible;
    this.draw();
  }

  // Only what changed is drawn anew, so that the focus stays where it is.
  draw() {
    for (const name of ["letters", "messages"]) if (this.chosen && this.visible[name]) this.see(this.chosen, name);
    const list = element("people");
    for (const [index, person] of this.people.entries()) {
      const state = JSON.stringify([person, this.unseen(person), person.key === this.chosen?.key]);
      const old = list.children[index];
      if (old?.state === state) continue;
      const focused = old?.contains(document.activeElement);
      const item = this.item(person, index);
      item.state = state;
      if (old) old.replaceWith(item); else list.append(item);
      if (focused) item.firstChild.focus();
    }
    while (list.children.length > this.people.length) list.lastChild.remove();
    this.filter();
    const unseen = this.chosen ? this.unseen(this.chosen) : {};
    for (const [view, name] of [["mail", "letters"], ["chat", "messages"]]) {
      document.querySelector(`[data-to-view=${view}]`).classList.toggle("news", Boolean(unseen[name]));
    }
  }

  // Where there are many, some are found by a part of the name, the note or the address.
  filter() {
    const field = element("find");
    field.hidden = this.people.length < MANY;
    const wanted = plain(field.hidden ? "" : field.value);
    let found = 0;
    for (const [index, person] of this.people.entries()) {
      const here = plain(`${person.name} ${person.note} ${person.address}`).includes(wanted);
      element("people").children[index].hidden = !here;
      found += here;
    }
    element("nobody-found").textContent = found ? "" : this.words.nobody_found;
  }

  see(person, name) {
    seen.setItem(`${person.key} ${name}`, person[name] ?? 0);
  }

  unseen(person) {
    const more = (name) => (person[name] ?? 0) - Number(seen.getItem(`${person.key} ${name}`) ?? 0);
    return { letters: more("letters"), messages: more("messages") };
  }

  item(person, index) {
    const initials = person.name.split(/\s+/).slice(0, 2).map((part) => part[0]).join("").toUpperCase();
    const { letters, messages } = this.unseen(person);
    const button = made("button", { type: "button" },
      made("span", { className: `avatar colour-${index % COLOURS}`, ariaHidden: "true", textContent: initials }),
      made("span", { className: "who-name" }, made("strong", { textContent: person.name }), made("span", { className: "quiet", textContent: person.note || person.address })),
      made("span", { className: "badges" }, ...this.badge(letters, this.words.new_letters, "M3 6h18v12H3zM3 7l9 7 9-7"), ...this.badge(messages, this.words.new_messages, "M4 4h16v12H10l-5 4v-4H4z")));
    if (person.key === this.chosen?.key) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.choose(person.key));
    return made("li", {}, button);
  }

  badge(count, meaning, sign) {
    if (count <= 0) return [];
    return [made("span", { className: "badge" }, icon(sign), made("span", { className: "hidden", textContent: `${meaning}: ` }), String(count))];
  }

  async addMany() {
    try {
      const added = await send("/api/people/many", {});
      element("add-problem").textContent = "";
      element("add-person").open = false;
      element("add-person").querySelector("summary").focus();
      say(`${this.words.added_many} ${added.length}`);
    } catch (error) {
      element("add-problem").textContent = error.message;
    }
  }

  async add() {
    const invited = document.querySelector("[name=invited]:checked").value === "yes";
    const given = { name: element("add-name").value, address: element("add-address").value, language: element("add-language").value, invited };
    try {
      const person = await send("/api/people", given);
      element("add").reset();
      element("add-problem").textContent = "";
      element("add-person").open = false;
      if (!this.people.some((one) => one.key === person.key)) this.people = [...this.people, person];
      this.choose(person.key);
      say(`${person.name}: ${person.note}`);
    } catch (error) {
      element("add-problem").textContent = error.message;
    }
  }
}
