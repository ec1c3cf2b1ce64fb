'use strict';
const byId = id => document.getElementById(id);
const data = () => JSON.parse(byId('data').textContent);
// Without control characters, other than line ends, and marks that turn the direction of writing.
const clean = text => String(text).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
// A text is set as a text and never parsed, so none becomes markup.
const made = (element, attributes, parts) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false && value !== '') element.setAttribute(name, clean(value));
  }
  const shown = parts.flat(3).filter(part => part !== undefined && part !== null && part !== false && part !== '');
  element.append(...shown.map(part => part instanceof Node ? part : clean(part)));
  return element;
};
const el = (name, attributes, ...parts) => made(document.createElement(name), attributes, parts);
const svg = (name, attributes, ...parts) => made(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, parts);

const decimals = (least, most) => new Intl.NumberFormat('en', { minimumFractionDigits: least, maximumFractionDigits: most });
const whole = decimals(0, 0);
const count = (number, one) => whole.format(number) + ' '
  + (number === 1 ? one : one.replace(/y$/, 'ie').replace(/x$/, 'xe') + 's');
const bytes = number => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let unit = 0;
  for (; number >= 1024 && unit < units.length - 1; unit++) number /= 1024;
  return (unit && number < 10 ? number.toFixed(1) : whole.format(number)) + ' ' + units[unit];
};

// A table that its head sorts: up, down, and back. A column has a label, show(row), and value(row) where it sorts by that.
const collator = new Intl.Collator('en', { numeric: true });
const grid = (columns, attributes = {}) => {
  let rows = [], by = -1, down = false;
  const body = el('tbody', {});
  const sort = () => {
    const column = columns[by];
    const value = row => column.value ? column.value(row.of) : row.element.cells[by].textContent;
    const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a, b);
    const sorted = column ? [...rows].sort((a, b) => compare(value(a), value(b)) * (down ? -1 : 1)) : rows;
    body.replaceChildren(...sorted.map(row => row.element));
    heads.forEach((head, i) => {
      if (i === by) head.ariaSort = down ? 'descending' : 'ascending';
      else head.removeAttribute('aria-sort');
    });
  };
  const heads = columns.map((column, i) => el('th', { scope: 'col', class: column.class }, column.label && el('button', {
    type: 'button', click: () => {
      if (by !== i) [by, down] = [i, false];
      else if (down) by = -1;
      else down = true;
      sort();
    } }, column.label)));
  const element = el('table', attributes, el('thead', {}, el('tr', {}, heads)), body);
  element.show = list => {
    rows = list.map(of => ({ of, element: el('tr', {}, columns.map((column, i) => el(i ? 'td' : 'th', {
      scope: !i && 'row', class: [column.class, column.bad && column.bad(of) && 'bad'].filter(Boolean).join(' '), 'data-label': column.label,
    }, column.show(of)))) }));
    sort();
    return element;
  };
  return element;
};
// ---- charts ----
const sized = (element, property, share) => {
  element.style[property] = 100 * share + '%';
  return element;
};
// The next larger of 1, 2 and 5 times a power of ten.
const nice = least => {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  return power * [1, 2, 5, 10].find(step => least <= step * power);
};
// Columns of bars upon each other. A column has a name and bars, each of which has a value, a class and a title.
const plot = (title, columns, show) => {
  const heights = columns.map(({ bars }) => bars.reduce((sum, bar) => sum + Math.max(0, bar.value), 0));
  const tick = nice(Math.max(...heights) / 4), most = Math.max(tick, Math.ceil(Math.max(...heights) / tick) * tick);
  const ticks = Array.from({ length: Math.round(most / tick) + 1 }, (_, line) =>
    sized(el('div', { class: 'tick' }, el('span', {}, show(line * tick))), 'bottom', line * tick / most));
  const last = columns.length - 1, few = last < 6;
  const named = few ? columns : [0, 1, 2, 3, 4, 5].map(name => columns[Math.round(name * last / 5)]);
  return [
    el('div', { class: 'plot', role: 'img', 'aria-label': title }, ticks, el('div', { class: 'columns' }, columns.map(({ bars }) =>
      el('div', {}, bars.map(bar => bar.value > 0 && sized(el('i', { class: bar.class, title: bar.title }), 'height', bar.value / most)))))),
    el('div', { class: 'names' + (few ? ' few' : ''), 'aria-hidden': 'true' }, named.map(({ name }) => el('span', {}, name))),
  ];
};
byId('page').hidden = false;
