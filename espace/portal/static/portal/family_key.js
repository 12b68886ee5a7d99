// The QR code of a letter carries the key in the fragment (#cle=…), which a browser never sends to a server.
// The key waits in this tab until its person has signed in, then fills the field; nothing is sent by itself.
const NAME = "cle-enfance";
const read = () => { try { return sessionStorage.getItem(NAME) || ""; } catch { return ""; } };
const keep = (key) => { try { sessionStorage.setItem(NAME, key); } catch { /* private mode: one types it */ } };
const forget = () => { try { sessionStorage.removeItem(NAME); } catch { /* nothing was kept */ } };

const scanned = new URLSearchParams(location.hash.slice(1)).get("cle");
if (scanned && scanned.length <= 40) {
  keep(scanned);
  history.replaceState(null, "", location.pathname + location.search);
}
const key = scanned || read();
const field = document.querySelector("[data-family-key]");
if (key && field && !field.value) {
  field.value = key;
  document.querySelector("[data-key-filled]")?.removeAttribute("hidden");
}
if (key && !field) document.querySelector("[data-key-kept]")?.removeAttribute("hidden");
field?.form.addEventListener("submit", forget);
