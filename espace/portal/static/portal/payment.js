// While the bank has not answered, the page asks again by itself: every four seconds, two minutes at most, and only
// when it is looked at. What it shows is the server's page, whole; without this module one reloads it.
const EVERY = 4000;
const TRIES = 30;
const state = (page) => page.querySelector("[data-payment]")?.dataset.payment;

let left = TRIES;
const ask = async () => {
  if (!document.hidden) {
    left -= 1;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && state(page) !== "WAITING") { location.reload(); return; }
    } catch { /* the line is cut: the next try will tell */ }
  }
  if (left > 0) setTimeout(ask, EVERY);
};
if (state(document) === "WAITING") setTimeout(ask, EVERY);
