// Shows the HTML of one notebook output. This document is sandboxed: its origin is opaque, so it can reach neither the
// page nor the store, and its Content-Security-Policy runs no script but this one and loads nothing from anywhere.
addEventListener("message", (event) => {
  if (event.source !== parent || typeof event.data?.html !== "string") return;
  if (event.data.theme) document.documentElement.dataset.theme = event.data.theme;
  document.body.innerHTML = event.data.html;
  const tell = () => parent.postMessage({ height: document.documentElement.scrollHeight }, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
});
parent.postMessage({ ready: true }, "*");
