// The page: which view and which person is shown, and events from the server for all of it.
import { Campaign } from "./campaign.js";
import { Phone } from "./chat.js";
import { Clock } from "./clock.js";
import { element, say, unsay } from "./dom.js";
import { Questionnaire } from "./form.js";
import { Mailbox } from "./mail.js";
import { People } from "./people.js";

const words = JSON.parse(element("words").textContent);
const query = new URLSearchParams(location.search);
const campaign = document.body.dataset.campaign === "yes";
const mailbox = new Mailbox(words, () => keepInAddress());
const phone = new Phone(words);
const people = new People(words, choose);
const clock = campaign ? new Clock(words) : null;
const behind = campaign ? [new Campaign(words), new Questionnaire(words), clock] : [];
const wide = matchMedia("(min-width: 64rem)");
let events = null;

function choose(person) {
  mailbox.open(person);
  phone.open(person);
  connect(person);
  keepInAddress();
}

// A browser opens six connections to a server: a tab that nobody sees gives its own up.
function connect(person) {
  events?.close();
  if (!person || document.hidden) return;
  events = new EventSource(`/api/people/${person.key}/events`);
  listen("run", ({ run }) => { if (run !== document.body.dataset.run) location.assign(location.pathname); });
  listen("mail", () => mailbox.refresh());
  listen("chat", (shown) => phone.show(shown));
  listen("people", (found) => people.show(found));
  listen("clock", (shown) => clock?.show(shown));
  listen("campaign", (shown) => { for (const part of behind) part.showCampaign(shown); });
  events.addEventListener("error", () => say(words.lost));
  events.addEventListener("open", () => unsay(words.lost));
}

function listen(name, take) {
  events.addEventListener(name, (event) => take(JSON.parse(event.data)));
}

function view(name) {
  const shown = name === "people" ? "mail" : name;
  document.body.dataset.view = shown;
  for (const button of document.querySelectorAll("[data-to-view]")) {
    const to = button.dataset.toView;
    if (to === shown || (to === "people" && ["mail", "chat"].includes(shown))) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  people.looking(visible());
  scrollTo(0, 0);
  phone.toEnd();
  keepInAddress();
}

// Which of a person's two channels can be seen now.
function visible() {
  const { view: shown } = document.body.dataset;
  const both = wide.matches && ["mail", "chat"].includes(shown);
  return { letters: both || shown === "mail", messages: both || shown === "chat" };
}

function keepInAddress() {
  const kept = new URLSearchParams({ person: people.chosen?.key ?? "", view: document.body.dataset.view });
  if (mailbox.uid && !mailbox.sent) kept.set("letter", mailbox.uid);
  if (query.get("lang")) kept.set("lang", query.get("lang"));
  history.replaceState(null, "", `/?${kept}`);
  const other = element("other-language");
  kept.set("lang", other.lang);
  other.search = String(kept);
}

// A link of a letter to the bot or to a mail address leads here; opened in the same page where it can be.
function follow(parameters) {
  if (parameters.has("start")) { view("chat"); phone.offerStart(parameters.get("start")); }
  if (parameters.has("mailto")) { view("mail"); mailbox.compose(parameters); }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-inside]");
  if (!link) return;
  event.preventDefault();
  follow(new URL(link.href).searchParams);
});
for (const button of document.querySelectorAll("[data-to-view]")) button.addEventListener("click", () => view(button.dataset.toView));
wide.addEventListener("change", () => people.looking(visible()));
document.addEventListener("visibilitychange", () => connect(people.chosen));

people.show(await (await fetch("/api/people")).json());
people.choose(query.get("person"));
view(["mail", "chat", ...(campaign ? ["campaign", "form"] : [])].includes(query.get("view")) ? query.get("view") : "mail");
if (query.get("letter")) await mailbox.read(Number(query.get("letter")));
follow(query);
document.body.dataset.ready = "yes";
