/* Progressive enhancement only: every page works without this file. No dependency; htmx is separate. */
(() => {
  "use strict";
  const root = document.documentElement;
  const on = (type, selector, handler) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    });
  const typing = (event) =>
    event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  const setCookie = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Lax${secure}`;
  };

  /* -- What only scripts can do is hidden until here -- */
  const reveal = (scope) => {
    scope.querySelectorAll("[data-bo-copy], [data-bo-dismiss], [data-bo-back], [data-bo-tick-all], [data-bo-theme], [data-bo-narrow]").forEach((el) => {
      el.hidden = false;
    });
    forgetUndo(scope);
    scope.querySelectorAll("[data-bo-chart]").forEach(drawChart);
    scope.querySelectorAll("[data-bo-table]").forEach(countTicks);
  };

  /* -- Small acts -- */
  on("click", "[data-bo-copy]", async (event, button) => {
    event.preventDefault();
    event.stopPropagation();
    await navigator.clipboard.writeText(button.dataset.boCopy);
    const use = button.querySelector("use");
    const before = use.getAttribute("href");
    use.setAttribute("href", before.replace(/#.*/, "#check"));
    setTimeout(() => use.setAttribute("href", before), 1200);
  });
  // A reversible act can be taken back for ten seconds; the message stays.
  const forgetUndo = (scope) =>
    scope.querySelectorAll("[data-bo-undo]").forEach((form) => setTimeout(() => {
      if (!form.contains(document.activeElement)) form.remove();
    }, 10000));
  on("change", "[data-bo-submit]", (event, control) => control.form.requestSubmit());
  on("input", "[data-bo-narrow]", (event, box) => {
    const wanted = box.value.trim().toLowerCase();
    [...box.nextElementSibling.children].forEach((row) => {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
  });
  on("click", "[data-bo-dismiss]", (event, button) => button.closest(".bo-message").remove());
  on("click", "[data-bo-back]", () => history.back());
  on("click", "[data-bo-refused]", (event) => event.preventDefault());

  /* -- Theme: system, light or dark, remembered in a cookie so that the server draws it at once -- */
  on("click", "[data-bo-theme]", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    setCookie("bo_theme", root.dataset.theme);
    charts.forEach((chart) => paint(chart));
  });

  /* -- Menus made of <details>: one open at a time, closed by Escape and by a click outside -- */
  const openMenus = () => document.querySelectorAll("details[data-bo-menu][open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  /* -- Tables: row click, ticks, "select all" -- */
  on("click", "tr[data-bo-href]", (event, row) => {
    if (event.target.closest("a, button, input, label, summary, select") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.boHref);
    else location.assign(row.dataset.boHref);
  });
  const countTicks = (form) => {
    const ticks = [...form.querySelectorAll("[data-bo-tick]")];
    const chosen = ticks.filter((tick) => tick.checked).length;
    const head = form.querySelector("[data-bo-tick-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === ticks.length;
      head.indeterminate = chosen > 0 && chosen < ticks.length;
    }
    const label = form.querySelector("[data-bo-bulk-count]");
    if (label) {
      label.hidden = chosen === 0;
      label.textContent = `${chosen} ✓`;
    }
  };
  on("change", "[data-bo-tick-all]", (event, head) => {
    const form = head.closest("[data-bo-table]");
    form.querySelectorAll("[data-bo-tick]").forEach((tick) => { tick.checked = head.checked; });
    countTicks(form);
  });
  on("change", "[data-bo-tick]", (event, tick) => countTicks(tick.closest("[data-bo-table]")));

  /* -- Forms: unsaved changes, one submit, input that formats as one types -- */
  const dirty = new Set();
  on("input", "form[data-bo-form]", (event, form) => {
    dirty.add(form);
    const bar = form.querySelector("[data-bo-unsaved]");
    if (bar) bar.hidden = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    dirty.delete(form);
    if (form.method !== "post") return;
    if (form.dataset.boSent) {
      event.preventDefault();
      return;
    }
    form.dataset.boSent = "1";
    event.submitter?.classList.add("is-busy");
    // A download leaves the page open, so the form becomes usable again.
    setTimeout(() => release(form), 8000);
  });
  const release = (form) => {
    delete form.dataset.boSent;
    form.querySelectorAll(".is-busy").forEach((el) => el.classList.remove("is-busy"));
  };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-bo-sent]").forEach(release));
  on("input", "[data-bo-iban]", (event, input) => {
    const before = input.value.slice(0, input.selectionStart).replace(/\s/g, "").length;
    const plain = input.value.replace(/\s/g, "").toUpperCase();
    input.value = plain.replace(/(.{4})(?=.)/g, "$1 ");
    const place = before + Math.max(0, Math.floor((before - 1) / 4));
    input.setSelectionRange(place, place);
  });

  /* -- Keys: "/" search, "?" help, "g" + letter goes somewhere, j/k rows; off by data-bo-keys="off" -- */
  let pending = "";
  const helpDialog = () => document.querySelector("[data-bo-help]");
  const moveRow = (step) => {
    const rows = [...document.querySelectorAll("tr[data-bo-href]")];
    if (!rows.length) return;
    const links = rows.map((row) => row.querySelector("td a")).filter(Boolean);
    const index = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, index + step))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      openMenus().forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      });
    }
    if (document.body.dataset.boKeys === "off" || typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (pending === "g") {
      pending = "";
      document.querySelector(`[data-bo-go="${CSS.escape(event.key)}"]`)?.click();
      return;
    }
    if (event.key === "/") {
      const box = document.querySelector("[data-bo-search], [data-bo-globalsearch]");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "?") {
      helpDialog()?.showModal();
    } else if (event.key === "g") {
      pending = "g";
      setTimeout(() => { pending = ""; }, 1200);
    } else if (event.key === "j") moveRow(1);
    else if (event.key === "k") moveRow(-1);
  });
  on("click", "[data-bo-help-open]", () => helpDialog()?.showModal());
  on("click", "[data-bo-close]", (event, button) => button.closest("dialog").close());
  on("change", "[data-bo-keys-switch]", (event, box) => {
    document.body.dataset.boKeys = box.checked ? "on" : "off";
    setCookie("bo_keys", box.checked ? "on" : "off");
  });

  /* -- Charts: Chart.js is fetched only where one stands; the table below stays -- */
  const charts = [];
  let library = null;
  const load = (source) => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  // Before it is drawn and again when the theme changes: Chart.js itself would choose colours of its own.
  const dress = (type, chart) => {
    const [accent, muted, border] = [token("--bo-accent"), token("--bo-text-muted"), token("--bo-border")];
    const palette = [accent, token("--bo-info"), token("--bo-done"), token("--bo-waiting"), token("--bo-danger")];
    let shade = 0;
    chart.data.datasets.forEach((set) => {
      const colour = set.compare ? muted : palette[shade++ % palette.length];
      set.borderColor = colour;
      const share = type === "bar" ? 80 : 9;
      set.backgroundColor = `color-mix(in srgb, ${colour} ${share}%, transparent)`;
      set.pointBackgroundColor = colour;
    });
    Object.values(chart.options.scales).forEach((scale) => {
      scale.ticks.color = muted;
      scale.grid.color = border;
    });
    chart.options.plugins.legend.labels.color = muted;
    Object.assign(chart.options.plugins.tooltip, {
      backgroundColor: token("--bo-surface"), titleColor: muted, bodyColor: token("--bo-text"), borderColor: border, borderWidth: 1,
    });
  };
  const paint = (chart) => {
    dress(chart.config.type, chart);
    chart.update("none");
  };
  function drawChart(figure) {
    if (figure.dataset.boDrawn) return;
    figure.dataset.boDrawn = "1";
    const data = JSON.parse(figure.dataset.boChart);
    const currency = data.series[0]?.currency;
    const axis = new Intl.NumberFormat(root.lang || undefined, currency ? { style: "currency", currency, maximumFractionDigits: 0 } : {});
    load(figure.dataset.boChartSrc).then(() => {
      figure.querySelector(".bo-chart-box").hidden = false;
      figure.querySelector(".bo-chart-table").open = false;
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const drawing = {
        type: data.kind,
        data: {
          labels: data.labels,
          datasets: data.series.map((series) => ({
            label: series.label,
            data: series.values.map(Number),
            texts: series.texts,
            compare: series.compare,
            borderDash: series.compare ? [4, 4] : [],
            borderWidth: data.kind === "bar" ? 0 : 2,
            borderRadius: 3,
            maxBarThickness: 36,
            pointRadius: 0,
            pointHitRadius: 12,
            pointHoverRadius: 4,
            fill: data.kind === "line" && !series.compare && data.series.filter((one) => !one.compare).length === 1,
            // Straight between the days: a curve would show sales that nobody made.
            tension: 0,
            borderJoinStyle: "round",
          })),
        },
        options: {
          maintainAspectRatio: false,
          font: { family: getComputedStyle(document.body).fontFamily },
          animation: calm ? false : { duration: 250 },
          interaction: { mode: "index", intersect: false },
          onClick: (event, points) => {
            const url = points.length ? data.urls[points[0].index] : "";
            if (url) location.assign(url);
          },
          plugins: {
            colors: { enabled: false },
            legend: { display: data.series.length > 1, align: "end", labels: { boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 2 } },
            tooltip: { padding: 10, cornerRadius: 6, boxPadding: 4, displayColors: data.series.length > 1, titleFont: { weight: 500 }, callbacks: { label: (item) => ` ${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` } },
          },
          scales: {
            x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 16 } },
            y: { beginAtZero: true, border: { display: false }, grid: {}, ticks: { maxTicksLimit: 5, precision: 0, callback: (value) => axis.format(value) } },
          },
        },
      };
      dress(data.kind, drawing);
      charts.push(new window.Chart(figure.querySelector("canvas"), drawing));
    }).catch(() => { delete figure.dataset.boDrawn; });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(paint));

  /* -- Start, and again for what htmx swaps in -- */
  const start = () => {
    reveal(document);
    const summary = document.querySelector("[data-bo-focus]");
    if (summary) summary.focus();
  };
  document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
