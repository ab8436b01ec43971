/*
 * Rows of the Mandelbrot set: for each point, how many steps it takes to run away, up to `steps`. A whole picture is many
 * such jobs, each with its own `from` and `to`.
 */
const { width, height, steps, from, to } = INPUT;

function escapeTime(re, im) {
  let x = 0;
  let y = 0;
  for (let step = 0; step < steps; step++) {
    const xx = x * x;
    const yy = y * y;
    if (xx + yy > 4) return step;
    y = 2 * x * y + im;
    x = xx - yy + re;
  }
  return steps;
}

const rows = [];
for (let row = from; row < to; row++) {
  const im = (2 * (row - height / 2)) / height;
  rows.push(Array.from({ length: width }, (_, column) => escapeTime((3 * column) / width - 2, im)));
}

const shades = " .:-=+*#%@";
for (const row of rows) {
  console.log(row.map((time) => shades[Math.floor((time * (shades.length - 1)) / steps)]).join(""));
}

rows;
