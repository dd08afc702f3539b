// The marks of samples: each class has its own, so that they differ without colour too.

export function circle(context, x, y, size) {
  context.beginPath();
  context.arc(x, y, size, 0, 7);
  context.fill();
}

function polygon(context, ...points) {
  context.beginPath();
  points.forEach((point) => context.lineTo(...point));
  context.closePath();
  context.fill();
}

function square(context, x, y, s) {
  polygon(context, [x - s, y - s], [x + s, y - s], [x + s, y + s], [x - s, y + s]);
}

function diamond(context, x, y, s) {
  polygon(context, [x, y - 1.4 * s], [x + 1.4 * s, y], [x, y + 1.4 * s], [x - 1.4 * s, y]);
}

function triangle(context, x, y, s) {
  polygon(context, [x, y - 1.3 * s], [x + 1.2 * s, y + s], [x - 1.2 * s, y + s]);
}

function down(context, x, y, s) {
  polygon(context, [x, y + 1.3 * s], [x + 1.2 * s, y - s], [x - 1.2 * s, y - s]);
}

function plus(context, x, y, s) {
  const a = s / 2.4;
  const b = 1.3 * s;
  polygon(context, [x - a, y - b], [x + a, y - b], [x + a, y - a], [x + b, y - a], [x + b, y + a], [x + a, y + a], [x + a, y + b], [x - a, y + b], [x - a, y + a], [x - b, y + a], [x - b, y - a], [x - a, y - a]);
}

function cross(context, x, y, s) {
  context.save();
  context.translate(x, y);
  context.rotate(Math.PI / 4);
  plus(context, 0, 0, s);
  context.restore();
}

/** The mark of each class, in their order; with more classes they come again. */
export const MARKS = [circle, square, diamond, triangle, down, plus, cross];
