// The campaign's clock: what time it is there, and jumps ahead.
import { dayAndTime, element, say, send, setZone, unsay, when } from "./dom.js";

const SHORT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

export class Clock {
  constructor(words) {
    this.words = words;
    this.narrow = matchMedia("(max-width: 30rem)");
    this.buttons = [...document.querySelectorAll("[data-jump]"), element("jump").querySelector("button")];
    for (const button of document.querySelectorAll("[data-jump]")) button.addEventListener("click", () => this.jump(button.dataset.jump));
    element("jump").addEventListener("submit", (event) => { event.preventDefault(); this.jump(element("jump-to").value); });
    setInterval(() => this.tick(), 1000);
  }

  get now() {
    return this.begun + performance.now();
  }

  show(shown) {
    setZone(shown.zone);
    this.begun = Date.parse(shown.now) - performance.now();
    this.moving = shown.moving;
    for (const button of this.buttons) button.disabled = shown.moving;
    document.body.classList.toggle("moving", shown.moving);
    this.tick();
    const field = element("jump-to");
    field.min = local(this.now, shown.zone);
    if (!field.value || field.value < field.min) field.value = field.min;
  }

  showCampaign({ next }) {
    for (const name of ["reminder", "digest", "deadline"]) {
      const instant = next[name];
      element(`next-${name}`).textContent = instant ? dayAndTime(instant) : "–";
    }
  }

  tick() {
    if (this.begun === undefined) return;
    element("now").textContent = this.narrow.matches ? when(this.now, SHORT) : dayAndTime(this.now);
    element("now").dateTime = new Date(this.now).toISOString();
  }

  async jump(to) {
    element("clock").open = false;
    element("clock").querySelector("summary").focus();
    say(this.words.clock_moving);
    try {
      const { now } = await send("/api/campaign/clock", { to });
      unsay(this.words.clock_moving);
      say(this.words.clock_moved + dayAndTime(now));
    } catch (error) {
      unsay(this.words.clock_moving);
      say(error.message);
    }
  }
}

// As <input type=datetime-local> wants it, in the campaign's zone.
function local(instant, zone) {
  const parts = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(instant);
  return parts.replace(" ", "T");
}
