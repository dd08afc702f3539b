// Replays a run of badak's lab: the recorded frames, and answers to new input by `predict` above.
{
  const run = JSON.parse(document.getElementById("run").textContent);
  const { data, frames, curves } = run;
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, settings = {}) => {
    const node = Object.assign(document.createElement(tag), settings);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // -- recorded numbers

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const floatsOf = (text) => {
    const view = new DataView(bytes(text).buffer);
    return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  };
  const read = new Map();
  const once = (text, decode) => {
    if (!read.has(text)) read.set(text, decode(text));
    return read.get(text);
  };

  let language = run.language;
  let now = frames.length - 1;
  let playing = 0;
  const t = (id, fields = {}) =>
    run.texts[language][id].replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
  const short = (value) => (value === null || value === undefined ? "–" : String(Number(value.toPrecision(4))));
  const percent = (value) => (value === null || value === undefined ? "–" : `${(100 * value).toFixed(1)}%`);

  // -- colours

  const hex = (name) => {
    const value = getComputedStyle(root).getPropertyValue(name).trim();
    return [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16));
  };
  const mixed = (from, to, share) => from.map((value, i) => Math.round(value + (to[i] - value) * share));
  const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;
  const COLOURS = 6;
  const ofClass = (label) => hex(`--s${label % COLOURS}`);
  const ofNumber = (share) =>
    share < 0.5 ? mixed(hex("--ground"), hex("--s0"), 1 - 2 * share) : mixed(hex("--ground"), hex("--s1"), 2 * share - 1);

  /** A canvas ready to draw on, its sides in CSS pixels. */
  function canvas(id) {
    const node = $(id);
    const { width, height } = node.getBoundingClientRect();
    const scale = Math.min(2, window.devicePixelRatio || 1);
    node.width = Math.max(1, Math.round(width * scale));
    node.height = Math.max(1, Math.round(height * scale));
    const c = node.getContext("2d");
    c.scale(scale, scale);
    c.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    return { c, width, height };
  }

  // -- the plane

  const line = data.plane.length === 1;
  const axis = (place) => data.axes[data.plane[place]];
  const share = (value, { low, high }) => (value - low) / (high - low);

  function drawPlane() {
    if (!data.plane.length) return;
    const { c, width, height } = canvas("plane");
    if (line) return drawLine(c, width, height);
    const { size } = run;
    const small = new OffscreenCanvas(size, size);
    const image = new ImageData(size, size);
    const frame = frames[now];
    const ground = hex("--ground");
    const grid = once(frame.grid, bytes);
    const sure = frame.sure ? once(frame.sure, bytes) : null;
    const colours = data.task === "classes" ? data.classes.map((_, label) => ofClass(label)) : null;
    const shades = colours ? null : Array.from({ length: 256 }, (_, i) => ofNumber(i / 255));
    for (let i = 0; i < size * size; i++) {
      const colour = colours ? mixed(ground, colours[grid[i]], 0.1 + (0.5 * sure[i]) / 255) : shades[grid[i]];
      image.data.set([...colour, 255], 4 * i);
    }
    small.getContext("2d").putImageData(image, 0, 0);
    c.imageSmoothingEnabled = true;
    c.drawImage(small, 0, 0, width, height);
    drawPoints(c, (x) => share(x, axis(0)) * width, (y) => (1 - share(y, axis(1))) * height);
    cross(c, share(asked[data.plane[0]], axis(0)) * width, (1 - share(asked[data.plane[1]], axis(1))) * height);
  }

  function drawLine(c, width, height) {
    const y = (value) => height - 14 - ((value - run.low) / (run.high - run.low)) * (height - 28);
    const x = (value) => share(value, axis(0)) * width;
    c.strokeStyle = css(hex("--line"));
    c.strokeRect(0.5, 0.5, width - 1, height - 1);
    const { x: places, t: targets } = data.points;
    const [xs, ts] = [once(places, floatsOf), once(targets, floatsOf)];
    for (let i = 0; i < xs.length; i++) dot(c, x(xs[i]), y(ts[i]), 0, i >= data.points.train, hex("--quiet"));
    const values = once(frames[now].grid, floatsOf);
    c.strokeStyle = css(hex("--s1"));
    c.lineWidth = 2.5;
    c.beginPath();
    values.forEach((value, i) => c.lineTo((i / (values.length - 1)) * width, y(value)));
    c.stroke();
    const value = predict(Float32Array.from(input()))[0];
    cross(c, x(asked[0]), y(value));
  }

  function drawPoints(c, x, y) {
    const [xs, ts] = [once(data.points.x, floatsOf), once(data.points.t, floatsOf)];
    for (let i = 0; i < ts.length; i++) {
      const label = data.task === "classes" ? ts[i] : 0;
      const colour = data.task === "classes" ? ofClass(label) : ofNumber(share(ts[i], { low: run.low, high: run.high }));
      dot(c, x(xs[2 * i]), y(xs[2 * i + 1]), label, i >= data.points.train, colour);
    }
  }

  /** A sample: each class with its own shape, those for testing hollow. */
  function dot(c, x, y, label, test, colour) {
    const r = 3.4;
    c.beginPath();
    const sides = [0, 4, 3, 5][label % 4];
    if (!sides) c.arc(x, y, r, 0, 2 * Math.PI);
    for (let i = 0; i < sides; i++) {
      const angle = (2 * Math.PI * i) / sides - Math.PI / 2;
      c.lineTo(x + 1.25 * r * Math.cos(angle), y + 1.25 * r * Math.sin(angle));
    }
    c.closePath();
    c.lineWidth = test ? 1.5 : 1;
    const filled = !test || (data.task === "number" && !line);
    c.fillStyle = css(filled ? colour : hex("--ground"));
    const edge = data.task === "classes" ? (test ? colour : hex("--ground")) : hex("--ink");
    c.strokeStyle = css(edge);
    c.fill();
    c.stroke();
  }

  function cross(c, x, y) {
    c.strokeStyle = css(hex("--ink"));
    c.lineWidth = 1.6;
    c.beginPath();
    c.arc(x, y, 8, 0, 2 * Math.PI);
    c.moveTo(x - 13, y);
    c.lineTo(x - 4, y);
    c.moveTo(x + 4, y);
    c.lineTo(x + 13, y);
    c.moveTo(x, y - 13);
    c.lineTo(x, y - 4);
    c.moveTo(x, y + 4);
    c.lineTo(x, y + 13);
    c.stroke();
  }

  // -- the network

  function drawNetwork() {
    const { c, width, height } = canvas("network");
    const frame = frames[now];
    const columns = run.structures[frame.structure];
    const hidden = columns[0].shown.length ? 0 : 1; // an input of many numbers is not drawn
    const step = width / (columns.length - hidden);
    const middle = (column) => step * (column - hidden + 0.5);
    const at = columns.map(({ shown }, column) =>
      shown.map((_, i) => [middle(column), 22 + ((i + 0.5) / shown.length) * (height - 48)]),
    );
    const kernels = frame.kernels.map((text) => once(text, floatsOf));
    kernels.forEach((kernel, place) => {
      const most = kernel.reduce((found, value) => Math.max(found, Math.abs(value)), 1e-12);
      const [from, to] = [at[place], at[place + 1]];
      from.forEach(([x0, y0], i) => to.forEach(([x1, y1], j) => {
        const value = kernel[i * to.length + j];
        const size = Math.abs(value) / most;
        c.strokeStyle = css(hex(value < 0 ? "--s0" : "--s1"), 0.12 + 0.75 * Math.sqrt(size));
        c.lineWidth = 0.5 + 4 * size;
        c.setLineDash(value < 0 ? [5, 3] : []);
        c.beginPath();
        c.moveTo(x0, y0);
        c.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
        c.stroke();
      }));
    });
    c.setLineDash([]);
    c.textAlign = "center";
    columns.forEach((column, place) => {
      if (place < hidden) return;
      const r = Math.min(13, (height - 48) / column.shown.length / 2 - 1.5);
      at[place].forEach(([x, y], i) => {
        if (place === 1 && frame.first) unitImage(c, x, y, Math.max(r, 10), i, frame);
        else {
          c.beginPath();
          c.arc(x, y, Math.max(r, 3), 0, 2 * Math.PI);
          c.fillStyle = css(hex("--ground"));
          c.strokeStyle = css(hex("--edge"));
          c.lineWidth = 1.4;
          c.fill();
          c.stroke();
        }
        const name = column.names?.[i];
        if (name) {
          c.fillStyle = css(hex("--ink"));
          const end = place === columns.length - 1;
          c.textAlign = place === 0 ? "right" : end ? "left" : "center";
          c.fillText(name, x + (place === 0 ? -r - 4 : end ? r + 4 : 0), y + 4, step / 2 - r);
        }
      });
      c.textAlign = "center";
      c.fillStyle = css(hex("--quiet"));
      c.fillText(`${column.title} ${column.units > column.shown.length ? t("of_units", { units: column.units }) : ""}`, middle(place), height - 5, step - 4);
      c.fillText(column.activation, middle(place), 13, step - 4);
    });
  }

  /** The image that a unit of the first layer looks for. */
  function unitImage(c, x, y, r, unit, frame) {
    const [h, w] = data.shape;
    const all = once(frame.first, bytes);
    const image = new ImageData(w, h);
    for (let i = 0; i < w * h; i++) image.data.set([...ofNumber(all[unit * w * h + i] / 255), 255], 4 * i);
    const small = new OffscreenCanvas(w, h);
    small.getContext("2d").putImageData(image, 0, 0);
    c.imageSmoothingEnabled = false;
    c.drawImage(small, x - r, y - r, 2 * r, 2 * r);
    c.strokeStyle = css(hex("--edge"));
    c.lineWidth = 1;
    c.strokeRect(x - r, y - r, 2 * r, 2 * r);
  }

  // -- the curves

  function drawCurves() {
    const { c, width, height } = canvas("curves");
    const [left, bottom, top] = [46, 24, 10];
    const drawn = [
      ["train", "--s0", []],
      ["test", "--s1", [6, 4]],
    ];
    const known = drawn.flatMap(([name]) => curves[name].filter((value) => value !== null));
    const last = Math.max(1, curves.epoch.at(-1) ?? 1);
    const high = Math.max(...known, 1e-9) * 1.05;
    const x = (epoch) => left + (epoch / last) * (width - left - 12);
    const y = (value) => height - bottom - (value / high) * (height - bottom - top);
    c.strokeStyle = css(hex("--line"));
    c.fillStyle = css(hex("--quiet"));
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const value = part * high;
      c.beginPath();
      c.moveTo(left, y(value));
      c.lineTo(width - 12, y(value));
      c.stroke();
      c.textAlign = "right";
      c.fillText(String(Number(value.toPrecision(2))), left - 6, y(value) + 4);
      c.textAlign = "center";
      c.fillText(String(Math.round(part * last)), x(part * last), height - 6);
    }
    for (const [name, colour, dash] of drawn) {
      c.strokeStyle = css(hex(colour));
      c.lineWidth = 2;
      c.setLineDash(dash);
      c.beginPath();
      curves[name].forEach((value, i) => value !== null && c.lineTo(x(curves.epoch[i]), y(value)));
      c.stroke();
    }
    c.setLineDash([]);
    c.strokeStyle = css(hex("--ink"));
    c.lineWidth = 1.2;
    c.beginPath();
    c.moveTo(x(frames[now].epoch), top);
    c.lineTo(x(frames[now].epoch), height - bottom);
    c.stroke();
  }

  // -- asking the trained network

  const asked = data.axes.map(({ held }) => held);
  let pixels = null;

  /** The network's input for what is asked, as the table's columns are encoded. */
  function input() {
    if (pixels) return pixels;
    if (!data.encoding) return asked;
    return data.encoding.flatMap((column, place) => {
      const value = asked[place];
      if (column.kind === "category") return column.values[column.levels.indexOf(value)];
      return column.at_0.map((start, i) => start + value * (column.at_1[i] - start));
    });
  }

  function answer() {
    const out = [...predict(Float32Array.from(input()))];
    const list = $("answers");
    list.replaceChildren();
    let shares = out;
    if (data.task === "classes" && out.length === 1 && run.sigmoid) shares = [1 - out[0], out[0]];
    const classes = data.task === "classes" && shares.length === data.classes.length;
    const best = shares.indexOf(Math.max(...shares));
    $("said").textContent = classes ? t("answers_class", { name: data.classes[best] }) : t("answers_number", { value: out.map(short).join(", ") });
    if (!classes) return;
    const probable = shares.every((value) => value >= 0 && value <= 1);
    shares.forEach((value, label) => {
      const item = make("li", undefined, { className: label === best ? "most" : "" });
      const bar = make("span", undefined, { className: "bar" });
      const fill = make("i");
      fill.style.width = `${probable ? 100 * value : label === best ? 100 : 0}%`;
      bar.append(fill);
      item.append(make("span", data.classes[label]), bar, make("span", probable ? percent(value) : short(value), { className: "value" }));
      list.append(item);
    });
  }

  function askPanel() {
    const panel = $("inputs");
    panel.replaceChildren();
    if (data.look === "image") return panel.append(...pad());
    data.axes.forEach((each, place) => {
      const row = make("div", undefined, { className: "row" });
      const id = `ask-${place}`;
      row.append(make("label", each.name, { htmlFor: id }));
      if (each.choices.length) {
        const select = make("select", undefined, { id });
        for (const choice of each.choices) select.append(make("option", choice, { value: choice, selected: choice === asked[place] }));
        select.onchange = () => { asked[place] = select.value; answer(); };
        row.append(select);
      } else {
        const slider = make("input", undefined, { id, type: "range", min: each.low, max: each.high, step: (each.high - each.low) / 200 });
        slider.value = asked[place];
        const value = make("span", short(asked[place]), { className: "value", id: `value-${place}` });
        slider.oninput = () => ask(place, Number(slider.value));
        row.append(slider, value);
      }
      panel.append(row);
    });
  }

  function ask(place, value) {
    asked[place] = value;
    const slider = $(`ask-${place}`);
    if (slider && Number(slider.value) !== value) slider.value = value;
    if ($(`value-${place}`)) $(`value-${place}`).textContent = short(value);
    answer();
    drawPlane();
  }

  /** A pad to draw on, and samples to choose from. */
  function pad() {
    const [h, w, channels = 1] = data.shape;
    pixels ??= Float32Array.from({ length: h * w * channels }, () => 0);
    const node = make("canvas", undefined, { className: "pad", id: "pad", width: w, height: h, tabIndex: 0 });
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", t("draw_here"));
    const show = () => {
      const c = node.getContext("2d");
      const image = new ImageData(w, h);
      for (let i = 0; i < w * h; i++) {
        const values = [0, 1, 2].map((k) => pixels[i * channels + (channels === 3 ? k : 0)] / data.maximum);
        const colour = channels === 3 ? values.map((v) => 255 * v) : mixed(hex("--ground"), hex("--ink"), values[0]);
        image.data.set([...colour, 255], 4 * i);
      }
      c.putImageData(image, 0, 0);
      answer();
    };
    const width = Math.max(0.6, w / 18);
    const paint = (event) => {
      if (!event.buttons) return;
      const box = node.getBoundingClientRect();
      const [px, py] = [((event.clientX - box.left) / box.width) * w, ((event.clientY - box.top) / box.height) * h];
      for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) {
        const ink = Math.max(0, Math.min(1, 1.3 + width - Math.hypot(j + 0.5 - px, i + 0.5 - py) - width * 0.3));
        for (let k = 0; k < channels; k++) {
          const at = (i * w + j) * channels + k;
          pixels[at] = Math.max(pixels[at], ink * data.maximum);
        }
      }
      show();
    };
    node.onpointerdown = (event) => { node.setPointerCapture(event.pointerId); paint(event); };
    node.onpointermove = paint;
    const clear = make("button", t("clear"), { type: "button", id: "clear" });
    clear.onclick = () => { pixels.fill(0); show(); };
    const tools = make("div", undefined, { className: "tools" });
    tools.append(clear);
    if (data.samples) {
      const select = make("select", undefined, { id: "sample" });
      select.append(make("option", t("choose_sample"), { value: "" }));
      data.samples.labels.forEach((label, i) => select.append(make("option", `${i + 1}: ${data.classes[label]}`, { value: i })));
      select.setAttribute("aria-label", t("choose_sample"));
      const all = once(data.samples.pixels, bytes);
      const size = h * w * channels;
      select.onchange = () => {
        if (select.value === "") return;
        pixels.set(all.subarray(size * select.value, size * (Number(select.value) + 1)));
        show();
      };
      tools.append(select);
    }
    requestAnimationFrame(show);
    return [make("p", t("draw_here"), { className: "note" }), node, tools];
  }

  // -- the replay

  function show(place) {
    now = Math.max(0, Math.min(frames.length - 1, place));
    const frame = frames[now];
    const slider = $("frame");
    slider.value = now;
    const fields = { epoch: frame.epoch, train: short(frame.train), test: short(frame.test), accuracy: percent(frame.test_accuracy) };
    const said = t(data.task === "classes" ? "at_epoch_classes" : "at_epoch", fields);
    slider.setAttribute("aria-valuetext", said);
    $("now").textContent = said;
    drawPlane();
    drawNetwork();
    drawCurves();
  }

  function play() {
    if (playing) return stop();
    if (now === frames.length - 1) show(0);
    $("play").textContent = t("pause");
    playing = setInterval(() => {
      if (now === frames.length - 1) return stop();
      show(now + 1);
    }, 180);
  }

  function stop() {
    clearInterval(playing);
    playing = 0;
    $("play").textContent = t("play");
  }

  function table() {
    const names = ["epoch", "train", "test", ...(data.task === "classes" ? ["train_accuracy", "test_accuracy"] : [])];
    const head = make("tr");
    for (const name of names) head.append(make("th", t(`column_${name}`), { scope: "col" }));
    const body = frames.map((frame) => {
      const row = make("tr");
      for (const name of names) row.append(make("td", name === "epoch" ? frame.epoch : short(frame[name])));
      return row;
    });
    $("values").replaceChildren(head, ...body);
  }

  function speak(name) {
    language = name;
    root.lang = name;
    document.title = t("title");
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
    $("language").textContent = name === "en" ? "한국어" : "English";
    $("language").lang = name === "en" ? "ko" : "en";
    $("play").textContent = t(playing ? "pause" : "play");
    dress(root.dataset.theme);
    legend();
    askPanel();
    table();
    answer();
    show(now);
  }

  function dress(theme) {
    root.dataset.theme = theme;
    $("theme").textContent = t(theme === "dark" ? "light" : "dark");
  }

  function legend() {
    const node = $("legend");
    if (!node) return;
    node.replaceChildren();
    const shapes = ["●", "◆", "▲", "⬟"];
    if (data.task === "classes") data.classes.forEach((name, label) => {
      const mark = make("span", `${shapes[label % 4]} `);
      mark.style.color = css(ofClass(label));
      const item = make("span");
      item.append(mark, name);
      node.append(item);
    });
    if (data.task === "classes" || line) node.append(make("span", t("hollow")));
    if (data.task === "number" && !line) node.append(make("span", t("scale", { low: short(run.low), high: short(run.high) })));
  }

  $("frame").max = frames.length - 1;
  $("frame").oninput = (event) => { stop(); show(Number(event.target.value)); };
  $("play").onclick = play;
  $("language").onclick = () => speak(language === "en" ? "ko" : "en");
  $("theme").onclick = () => { dress(root.dataset.theme === "dark" ? "light" : "dark"); legend(); show(now); if ($("pad")) askPanel(); };
  window.addEventListener("resize", () => show(now));
  if (data.plane.length) {
    const node = $("plane");
    const point = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = node.getBoundingClientRect();
      const parts = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
      data.plane.forEach((place, i) => {
        const { low, high } = data.axes[place];
        ask(place, low + Math.max(0, Math.min(1, parts[i])) * (high - low));
      });
    };
    node.onpointerdown = (event) => { node.setPointerCapture(event.pointerId); point(event); };
    node.onpointermove = point;
  } else {
    $("plane-card").remove();
    document.querySelector("main").classList.add("without-plane");
  }
  const wanted = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = run.theme || wanted;
  speak(language);
}
