// The bar follows the boxes: it is there when something changes. Without this file it is a plain button at the end of
// the page that says "Calculer et vérifier", and the server adds up.
const form = document.getElementById("mois");
const bar = document.querySelector("[data-bar]");
const cal = document.querySelector("[data-cal]");
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", signDisplay: "exceptZero" });
const SHOWN = 6;
const amount = (cents) => euros.format(cents / 100).replace("-", "−");

const changed = () =>
  [...form.querySelectorAll("label.slot")].filter(
    (slot) => slot.querySelector("input").checked !== (slot.dataset.was === "1"),
  );

const item = (slot) => {
  const row = document.createElement("li");
  const name = document.createElement("b");
  const adds = slot.dataset.was === "0";
  name.textContent = `${adds ? "+" : "−"} ${slot.dataset.n}`;
  row.append(name, ` ${amount((adds ? 1 : -1) * slot.dataset.c)}`);
  return row;
};

const refresh = () => {
  const slots = changed();
  const cents = slots.reduce((sum, slot) => sum + (slot.dataset.was === "0" ? 1 : -1) * slot.dataset.c, 0);
  const words = bar.dataset;
  bar.hidden = !slots.length;
  bar.classList.remove("bar-quiet");
  bar.querySelector("[data-total]").textContent = amount(cents);
  bar.querySelector("[data-count]").textContent = `${slots.length} ${slots.length > 1 ? words.many : words.one}`;
  bar.querySelector("[data-list]").replaceChildren(...slots.slice(0, SHOWN).map(item));
  bar.querySelector("[data-submit]").textContent = words.go;
};

if (form && bar) {
  let sent = false;
  form.addEventListener("change", refresh);
  form.addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", () => {
    sent = false;
    refresh();
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && changed().length) event.preventDefault();
  });
}

// Another week of the same month is already in the page: it shows without a trip, and the ticks stay.
const monday = (days, from) => {
  const day = new Date(`${from}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
};

cal?.querySelector(".weeknav")?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-week]");
  const week = link && cal.querySelector(`[data-monday="${link.dataset.week}"]`);
  if (!week || week.matches("details")) return;
  event.preventDefault();
  cal.querySelector(".week-now")?.classList.remove("week-now");
  week.classList.add("week-now");
  const shown = link.dataset.week;
  const [before, after] = cal.querySelectorAll("[data-week]");
  const place = new URL(location.href);
  for (const [end, days] of [[before, -7], [after, 7]]) {
    end.dataset.week = monday(days, shown);
    place.searchParams.set("semaine", end.dataset.week);
    end.href = place.pathname + place.search;
  }
  const [title, number] = week.querySelector("h2").childNodes;
  const names = cal.querySelectorAll(".weeknav p > *");
  names[0].textContent = title.textContent.trim();
  names[1].textContent = number.textContent;
  form.elements.semaine.value = shown;
});
