// Several files are sent one by one, each with its own line of progress; without this script the form sends them at once.
"use strict";
(() => {
  const input = document.querySelector("[data-dam-drop]");
  const queue = document.querySelector("[data-dam-queue]");
  if (!input || !queue) return;
  const form = input.form;
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("dam-drop-over"); });
  form.addEventListener("dragleave", () => form.classList.remove("dam-drop-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("dam-drop-over");
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; }
  });

  const send = async (file, state) => {
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, file);
    const answer = await fetch(form.action || location.href, { method: "POST", body, redirect: "follow" });
    const text = await answer.text();
    if (answer.ok) { state.textContent = queue.dataset.done; return answer.url; }
    const page = new DOMParser().parseFromString(text, "text/html");
    const error = page.querySelector(".bo-error");
    state.textContent = error ? error.textContent.trim() : queue.dataset.failed;
    return "";
  };

  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (files.length < 2) return;
    event.preventDefault();
    queue.hidden = false;
    const lines = files.map((file) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      const state = document.createElement("span");
      name.textContent = file.name;
      state.textContent = queue.dataset.waiting;
      line.append(name, state);
      queue.append(line);
      return [file, state];
    });
    let target = "";
    let failed = 0;
    for (const [file, state] of lines) {
      const url = await send(file, state).catch(() => { state.textContent = queue.dataset.failed; return ""; });
      if (url) { target = url; } else { failed += 1; }
    }
    if (target && !failed) { location.href = target; }
  });
})();
