// The page: who is chosen, and events from the server for the mailbox and the chat.
import { Mailbox } from "./mail.js";
import { Phone } from "./chat.js";

const words = JSON.parse(document.getElementById("words").textContent);
const query = new URLSearchParams(location.search);
const select = document.getElementById("person");
const mailbox = new Mailbox(words);
const phone = new Phone(words);
let people = [];
let events = null;

function choose(key) {
  const person = people.find((one) => one.key === key) ?? people[0];
  if (!person) return;
  select.value = person.key;
  events?.close();
  mailbox.open(person);
  phone.open(person);
  events = new EventSource(`/api/people/${person.key}/events`);
  events.addEventListener("mail", () => mailbox.refresh());
  events.addEventListener("chat", (event) => phone.show(JSON.parse(event.data)));
  keepInAddress(person.key);
}

function keepInAddress(key) {
  const kept = new URLSearchParams({ person: key });
  if (query.get("lang")) kept.set("lang", query.get("lang"));
  history.replaceState(null, "", `/?${kept}`);
  const other = document.getElementById("other-language");
  other.search = String(new URLSearchParams({ lang: other.lang, person: key }));
}

// A link of a letter to the bot or to a mail address leads here; opened in the same page where it can be.
function follow(parameters) {
  if (parameters.has("start")) phone.offerStart(parameters.get("start"));
  if (parameters.has("mailto")) mailbox.compose(parameters);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-inside]");
  if (!link) return;
  event.preventDefault();
  follow(new URL(link.href).searchParams);
});
select.addEventListener("change", () => choose(select.value));

people = await (await fetch("/api/people")).json();
for (const person of people) select.add(new Option(person.note ? `${person.name}, ${person.note}` : person.name, person.key));
choose(query.get("person"));
follow(query);
