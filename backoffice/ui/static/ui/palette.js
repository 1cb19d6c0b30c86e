/* Ctrl+K: one box over the menu and everything that can be searched. Without this file the search box does the same. */
(() => {
  "use strict";
  const dialog = document.querySelector("[data-bo-palette]");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const searchUrl = dialog.querySelector("form").action;
  let options = [];
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  const folded = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const places = () =>
    [...document.querySelectorAll(".bo-nav a")].map((link) => {
      const group = link.closest("details")?.querySelector("summary .bo-nav-label")?.textContent ?? "";
      return { url: link.href, title: link.querySelector(".bo-nav-label").textContent, detail: group };
    });
  const matching = (words) =>
    places().filter((place) => {
      const text = folded(`${place.detail} ${place.title}`);
      return words.every((word) => text.includes(word));
    });

  const choose = (index) => {
    chosen = options.length ? (index + options.length) % options.length : -1;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const draw = (found) => {
    options = found;
    list.replaceChildren(
      ...found.map((option, place) => {
        const item = document.createElement("li");
        item.id = `bo-palette-${place}`;
        item.setAttribute("role", "option");
        const title = document.createElement("span");
        title.textContent = option.title;
        const detail = document.createElement("span");
        detail.className = "bo-quiet";
        detail.textContent = option.detail;
        item.append(title, detail);
        item.addEventListener("click", () => location.assign(option.url));
        return item;
      }),
    );
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length || !input.value.trim() ? "" : status.dataset.nothing;
    choose(0);
  };
  const hits = async (text) => {
    const answer = await fetch(`${searchUrl}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("a[data-bo-hit]")].map((link) => ({
      url: link.getAttribute("href"),
      title: link.querySelector("strong").textContent,
      detail: [link.dataset.boHit, link.querySelector(".bo-quiet")?.textContent].filter(Boolean).join(" · "),
    }));
  };
  const update = () => {
    const text = input.value.trim();
    const found = matching(folded(text).split(/\s+/).filter(Boolean)).slice(0, 12);
    draw(found);
    clearTimeout(timer);
    if (text.length < 2) return;
    const mine = ++asked;
    timer = setTimeout(async () => {
      const more = await hits(text);
      if (mine === asked && dialog.open) draw([...found, ...more]);
    }, 180);
  };

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(options[chosen].url);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.body.dataset.boKeys === "off") return;
    event.preventDefault();
    if (dialog.open) return dialog.close();
    input.value = "";
    dialog.showModal();
    update();
  });
})();
