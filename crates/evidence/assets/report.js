
"use strict";
// Opens figures. Everything it shows comes from the page's data and goes in as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const dialog = byId("opened");
  const PAGE = 100;
  // What a reader looks for first; the rest is behind "all columns".
  const FIRST = ["time", "name", "person", "kind", "role", "title", "organisation", "repository", "number", "series",
    "channel_name", "meeting", "days", "seconds", "answered", "closed", "until", "url", "event_id"];
  let shown = null;

  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text !== undefined && text !== null) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const table = (head, rows) => {
    const made = make("table");
    const line = made.createTHead().insertRow();
    for (const [text, isNumber] of head) line.append(make("th", text, { scope: "col", class: isNumber ? "number" : "" }));
    const body = made.createTBody();
    for (const row of rows) body.append(row);
    return made;
  };

  // Rows of the files beside the page arrive by a call of this function.
  const arrived = new Map();
  window.musterRows = (name, page, columns) => arrived.set(`${name} ${page}`, columns);

  const load = (file) => new Promise((resolve, reject) => {
    const script = make("script", null, { src: file });
    script.onload = () => { script.remove(); resolve(); };
    script.onerror = () => { script.remove(); reject(new Error(file)); };
    document.head.append(script);
  });

  const value = (column, row) => {
    if (Array.isArray(column)) return column[row];
    const place = column.at[row];
    return place < 0 ? null : column.values[place];
  };

  // One row as an object of its cells, whether it stands in the page or beside it.
  const rowAt = (population, row) => {
    if (population.inside) return population.inside.map((column) => value(column, row));
    const page = arrived.get(`${population.name} ${Math.floor(row / population.page)}`);
    return page.map((column) => value(column, row % population.page));
  };

  const rowsOf = async (figure, population, say) => {
    const wanted = [];
    for (const [first, length] of figure.rows ?? []) for (let row = first; row < first + length; row += 1) wanted.push(row);
    if (!population.inside) {
      const pages = [...new Set(wanted.map((row) => Math.floor(row / population.page)))]
        .filter((page) => !arrived.has(`${population.name} ${page}`));
      for (const [done, page] of pages.entries()) {
        if (!say(`Loading rows: file ${done + 1} of ${pages.length}`)) return null;
        await load(population.files[page]);
      }
    }
    const rows = wanted.map((row) => rowAt(population, row));
    if (!figure.where) return rows;
    const [column, value] = figure.where;
    return rows.filter((row) => (row[column] || null) === value);
  };

  const facts = (figure, metric) => {
    const list = byId("opened-facts");
    list.replaceChildren();
    const add = (name, text) => { if (text) list.append(make("dt", name), make("dd", text)); };
    add("window", figure.label);
    add("group", figure.group_label);
    add("definition", `${metric.id}, version ${metric.version}`);
    add("from", metric.source);
    add("statistic", metric.statistic);
    add("computed over", figure.n);
    add("still waiting", figure.censored);
    add("of the finished only", figure.naive && `${figure.naive} ${figure.unit}`);
    add("affiliation unknown", figure.unknown);
    add("completeness", figure.completeness || "not stated by the sources");
    add("reading", metric.direction);
    const remarks = byId("opened-remarks");
    remarks.replaceChildren(...[figure.note, ...metric.caveats].filter(Boolean).map((text) => make("p", text, { class: "remark" })));
  };

  const members = (figure) => {
    const box = byId("opened-members-box");
    box.hidden = !figure.members;
    const rows = (figure.members || []).map((member) => {
      const row = make("tr", null, { class: member.counted ? "counted" : "" });
      row.append(make("th", member.name, { scope: "row" }), make("td", member.weight, { class: "number" }),
        make("td", member.share, { class: "number" }), make("td", member.cumulative, { class: "number" }),
        make("td", member.counted ? "in the set" : ""));
      return row;
    });
    byId("opened-members").replaceChildren(table(
      [["name"], ["weight", true], ["part", true], ["with those above", true], ["counted"]], rows));
  };

  const others = (at) => {
    const figure = data.figures[at];
    const rows = [];
    data.figures.forEach((other, place) => {
      if (other.metric !== figure.metric) return;
      const row = make("tr");
      const cell = make("td", null, { class: "number" });
      if (place === at) cell.textContent = other.value;
      else cell.append(make("button", other.value, { type: "button", class: "figure", "data-figure": place }));
      row.append(make("th", other.label, { scope: "row" }), make("td", other.group_label), cell,
        make("td", other.n, { class: "number" }));
      rows.push(row);
    });
    byId("opened-windows-box").hidden = rows.length < 2;
    byId("opened-windows").replaceChildren(table([["window"], ["group"], ["value", true], ["of", true]], rows));
  };

  const asNumber = (text) => (text !== null && text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
  const compare = (left, right) => {
    if (left === right) return 0;
    if (left === null || right === null) return left === null ? 1 : -1;
    const [one, other] = [asNumber(left), asNumber(right)];
    if (one !== null && other !== null) return one - other;
    return left < right ? -1 : 1;
  };

  // The rows that pass the filter, in the order asked for.
  const arrange = () => {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const passes = (row) => {
      const text = row.join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    };
    shown.arranged = words.length ? shown.rows.filter(passes) : [...shown.rows];
    if (shown.sort !== null) {
      const { column, down } = shown.sort;
      shown.arranged.sort((left, right) => (down ? -1 : 1) * compare(left[column], right[column]));
    }
    shown.first = 0;
    draw();
  };

  const sortBy = (column) => {
    shown.sort = { column, down: shown.sort !== null && shown.sort.column === column && !shown.sort.down };
    arrange();
    byId("opened-rows").querySelector(`[data-column="${column}"]`)?.focus();
  };

  const columnsShown = () => {
    const all = shown.population.columns.map((name, place) => ({ name, place }));
    const first = FIRST.map((name) => all.find((column) => column.name === name)).filter(Boolean);
    const rest = all.filter((column) => !first.includes(column));
    return byId("all-columns").checked ? [...first, ...rest] : first.length > 2 ? first : all;
  };

  const cell = (name, text) => {
    if (text !== null && (name === "url" || name.endsWith("_url")) && /^https?:\/\//.test(text)) {
      const made = make("td");
      made.append(make("a", "original", { href: text, rel: "noopener noreferrer", target: "_blank" }));
      return made;
    }
    const isTime = text !== null && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);
    const made = make("td", isTime ? text.replace("T", " ").replace(/(:00)?(\.0+)?Z$/, "") : text, isTime ? { class: "stamp" } : { dir: "auto" });
    return made;
  };

  const draw = () => {
    const columns = columnsShown();
    const line = make("tr");
    for (const { name, place } of columns) {
      const sorted = shown.sort !== null && shown.sort.column === place;
      const head = make("th", null, { scope: "col", "aria-sort": sorted ? (shown.sort.down ? "descending" : "ascending") : "none" });
      const mark = sorted ? (shown.sort.down ? " ↓" : " ↑") : "";
      const button = make("button", name.replaceAll("_", " ") + mark, { type: "button", class: "sort", "data-column": place });
      button.addEventListener("click", () => sortBy(place));
      head.append(button);
      line.append(head);
    }
    const made = make("table");
    made.createTHead().append(line);
    const body = made.createTBody();
    for (const row of shown.arranged.slice(shown.first, shown.first + PAGE)) {
      const one = body.insertRow();
      for (const { name, place } of columns) one.append(cell(name, row[place]));
    }
    byId("opened-rows").replaceChildren(made);
    const count = shown.arranged.length;
    const last = Math.min(shown.first + PAGE, count);
    const of = count === shown.rows.length ? "" : ` that match, of ${shown.rows.length.toLocaleString("en")}`;
    byId("opened-count").textContent = count === 0 ? `No row${of || "s"}.`
      : `Rows ${(shown.first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${count.toLocaleString("en")}${of}.`;
    byId("earlier").disabled = shown.first === 0;
    byId("later").disabled = last >= count;
  };

  const turn = (by) => {
    shown.first = Math.max(0, shown.first + by);
    draw();
    byId("opened-rows").scrollIntoView({ block: "nearest" });
  };

  const rowsMissing = (text) => {
    byId("opened-count").textContent = text;
    byId("opened-rows").replaceChildren();
    byId("opened-tools").hidden = true;
  };

  const quoted = (word) => (/^[\w./:\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

  const name = (figure) => `${data.metrics[figure.metric].id}/${figure.window}/${figure.group}`;

  const open = async (at) => {
    const figure = data.figures[at];
    const metric = data.metrics[figure.metric];
    const population = metric.population === null ? null : data.populations[metric.population];
    byId("opened-path").textContent = metric.id;
    byId("opened-title").textContent = [metric.title, figure.group_label].filter(Boolean).join(" · ");
    byId("opened-value").textContent = `${figure.value} ${figure.unit}`;
    byId("opened-definition").textContent = metric.definition;
    facts(figure, metric);
    members(figure);
    others(at);
    byId("opened-sql").textContent = metric.sql;
    byId("opened-trace").textContent = `muster trace ${data.pipeline} ${metric.id} --window ${quoted(figure.window)}`
      + (figure.group ? ` --group ${quoted(figure.group)}` : "");
    byId("filter").value = "";
    byId("opened-tools").hidden = false;
    byId("opened-count").textContent = "";
    byId("opened-rows").replaceChildren();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    byId("opened-title").focus();
    history.replaceState(null, "", `#figure=${encodeURIComponent(name(figure))}`);
    shown = { figure, population, rows: [], arranged: [], sort: null, first: 0 };
    const mine = shown;
    if (figure.too_many) {
      rowsMissing(`${figure.too_many.toLocaleString("en")} rows are more than this page holds; the command below prints them.`);
      return;
    }
    if (population === null) {
      rowsMissing("The rows are not part of this report; the command below prints them.");
      return;
    }
    try {
      const say = (text) => { if (shown === mine) byId("opened-count").textContent = text; return shown === mine; };
      const rows = await rowsOf(figure, population, say);
      if (rows === null || shown !== mine) return;
      shown.rows = rows;
      arrange();
    } catch (error) {
      rowsMissing(`The rows lie in the folder report-data beside this page, which is not there (${error.message}).`);
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-figure]");
    if (target) open(Number(target.dataset.figure));
  });
  byId("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    shown = null;
    history.replaceState(null, "", location.pathname + location.search);
  });
  byId("filter").addEventListener("input", () => shown && arrange());
  byId("all-columns").addEventListener("change", () => shown && draw());
  byId("earlier").addEventListener("click", () => turn(-PAGE));
  byId("later").addEventListener("click", () => turn(PAGE));

  const fromAddress = () => {
    const asked = /^#figure=(.*)$/.exec(location.hash);
    if (!asked) return;
    let wanted;
    try { wanted = decodeURIComponent(asked[1]); } catch { return; }
    const at = data.figures.findIndex((figure) => name(figure) === wanted);
    if (at >= 0) open(at);
  };
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
