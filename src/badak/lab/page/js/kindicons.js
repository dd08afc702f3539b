// A small picture of each kind of data, drawn by what it is.

import { THEMES, css } from "./colour.js";

const TURNS = [0.13, 0.71, 0.37, 0.91, 0.05, 0.55, 0.29, 0.83, 0.47, 0.63, 0.19, 0.97];

const POINTS = {
  circle: () => TURNS.flatMap((turn, i) => [
    [0.13 * Math.cos(7 * turn * 6.28) * (1 + (i % 3)) * 0.5, 0.13 * Math.sin(7 * turn * 6.28) * (1 + (i % 3)) * 0.5, 1],
    [0.4 * Math.cos((i / 12) * 6.28), 0.4 * Math.sin((i / 12) * 6.28), 0],
  ]),
  xor: () => TURNS.flatMap((turn, i) => {
    const x = 0.1 + 0.32 * turn;
    const y = 0.1 + 0.32 * TURNS[(i + 5) % 12];
    return i % 2 ? [[x, y, 0], [-x, y, 1]] : [[-x, -y, 0], [x, -y, 1]];
  }),
  gauss: () => TURNS.flatMap((turn, i) => {
    const radius = 0.19 * Math.sqrt(TURNS[(i + 3) % 12]);
    const [x, y] = [radius * Math.cos(turn * 6.28), radius * Math.sin(turn * 6.28)];
    return [[x - 0.2, y + 0.18, 0], [x + 0.2, y - 0.18, 1]];
  }),
  spiral: () => Array.from({ length: 13 }, (_, i) => i / 12).flatMap((along) => {
    const angle = along * 1.6 * Math.PI;
    const [x, y] = [(0.06 + 0.36 * along) * Math.cos(angle), (0.06 + 0.36 * along) * Math.sin(angle)];
    return [[x, y, 0], [-x, -y, 1]];
  }),
  points: () => [[-0.28, -0.2, 0], [-0.12, -0.3, 0], [-0.2, 0, 0], [0.2, 0.25, 1], [0.05, 0.28, 1]],
};

/** Draw the icon of a kind of data. */
export function kindIcon(context, width, height, kind, theme) {
  const { series, ground, ink, quiet } = THEMES[theme];
  const side = Math.min(width, height);
  context.translate(width / 2, height / 2);
  context.scale(side, side);
  if (POINTS[kind]) {
    for (const [x, y, label] of POINTS[kind]()) dot(context, x, y, css(series[label]));
    if (kind === "points") pencil(context, css(ink));
    return;
  }
  const draw = OTHERS[kind] ?? OTHERS.given;
  draw(context, { series, ground, ink, quiet });
}

function dot(context, x, y, colour, radius = 0.055) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

function pencil(context, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 0.07;
  context.beginPath();
  context.moveTo(0.06, 0.0);
  context.lineTo(0.34, -0.3);
  context.stroke();
}

function field(context, { series, ground }, height) {
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      const value = height((j - 3.5) / 4, (3.5 - i) / 4);
      const colour = series[value < 0 ? 0 : 1];
      const share = Math.min(1, Math.abs(value));
      context.fillStyle = css(ground.map((each, k) => Math.round(each + (colour[k] - each) * share)));
      context.fillRect(-0.42 + j * 0.105, -0.42 + i * 0.105, 0.107, 0.107);
    }
  }
}

function digit(context, { ink, quiet }, text, frame = true) {
  if (frame) {
    context.strokeStyle = css(quiet, 0.5);
    context.lineWidth = 0.03;
    context.strokeRect(-0.42, -0.42, 0.84, 0.84);
  }
  context.fillStyle = css(ink);
  context.font = "600 0.62px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, 0, 0.04);
}

const OTHERS = {
  plane: (context, look) => field(context, look, (x, y) => (x + y) / 1.6),
  bumps: (context, look) =>
    field(context, look, (x, y) => {
      const hill = (a, b) => Math.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.14);
      return hill(-0.55, 0.4) + hill(0.5, -0.4) - hill(0.5, 0.45) - hill(-0.5, -0.4);
    }),
  function: (context, { series }) => {
    context.strokeStyle = css(series[0]);
    context.lineWidth = 0.07;
    context.beginPath();
    for (let i = 0; i <= 30; i++) context.lineTo(-0.42 + i * 0.028, -0.32 * Math.sin(i / 4.2));
    context.stroke();
  },
  digits: (context, look) => digit(context, look, "3"),
  mnist: (context, look) => digit(context, look, "7"),
  fashion_mnist: (context, { series }) => {
    context.fillStyle = css(series[5]);
    context.beginPath();
    for (const [x, y] of [[-0.16, -0.36], [0.16, -0.36], [0.42, -0.16], [0.3, 0], [0.2, -0.06], [0.2, 0.36], [-0.2, 0.36], [-0.2, -0.06], [-0.3, 0], [-0.42, -0.16]]) context.lineTo(x, y);
    context.fill();
  },
  drawn: (context, look) => {
    digit(context, look, "", true);
    context.strokeStyle = css(look.ink);
    context.lineWidth = 0.09;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(-0.16, -0.2);
    context.bezierCurveTo(0.3, -0.4, 0.2, 0, -0.02, 0);
    context.bezierCurveTo(0.34, 0, 0.2, 0.4, -0.18, 0.22);
    context.stroke();
  },
  table: (context, { quiet, series }) => {
    context.fillStyle = css(series[0]);
    context.fillRect(-0.4, -0.34, 0.8, 0.15);
    context.strokeStyle = css(quiet);
    context.lineWidth = 0.035;
    for (const y of [-0.34, -0.03, 0.16, 0.35]) line(context, -0.4, y, 0.4, y);
    for (const x of [-0.4, -0.13, 0.14, 0.4]) line(context, x, -0.34, x, 0.35);
  },
  pictures: (context, { quiet, series }) => {
    context.strokeStyle = css(quiet);
    context.lineWidth = 0.04;
    context.strokeRect(-0.4, -0.32, 0.8, 0.64);
    context.fillStyle = css(series[2]);
    context.beginPath();
    for (const [x, y] of [[-0.36, 0.28], [-0.12, -0.08], [0.06, 0.14], [0.18, 0], [0.36, 0.28]]) context.lineTo(x, y);
    context.fill();
    dot(context, 0.2, -0.14, css(series[1]), 0.08);
  },
  given: (context, { series }) => {
    context.lineWidth = 0.05;
    context.strokeStyle = css(series[0]);
    line(context, -0.3, -0.2, 0.28, 0);
    context.strokeStyle = css(series[1]);
    line(context, -0.3, 0.2, 0.28, 0);
    for (const [x, y, label] of [[-0.3, -0.2, 0], [-0.3, 0.2, 1], [0.28, 0, 0]]) dot(context, x, y, css(series[label]), 0.12);
  },
};

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
