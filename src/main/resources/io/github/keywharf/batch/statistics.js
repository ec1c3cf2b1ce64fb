'use strict';
(() => {
  const EVERY = 2000;
  const byId = id => document.getElementById(id);
  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  const fine = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const bytes = n => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let unit = 0;
    while (n >= 1024 && unit < units.length - 1) { n /= 1024; unit++; }
    return short.format(n) + ' ' + units[unit];
  };
  const seconds = n => fine.format(n);
  const wait = n => {
    if (n === null) { return '–'; }
    if (n < 120) { return whole.format(n) + ' s'; }
    return n < 7200 ? whole.format(n / 60) + ' min' : short.format(n / 3600) + ' h';
  };
  const state = name => numbers => whole.format(numbers.files[name]);
  const alarm = numbers => numbers > 0;
  const COLUMNS = [
    { label: 'Done', show: state('done') },
    { label: 'Waiting', show: state('received') },
    { label: 'Running', show: state('running') },
    { label: 'Failed', show: state('failed'), bad: numbers => alarm(numbers.files.failed) },
    { label: 'Refused', show: state('refused'), bad: numbers => alarm(numbers.files.refused) },
    { label: 'Rows', show: numbers => whole.format(numbers.rows) },
    { label: 'Rejected rows', show: numbers => whole.format(numbers.rejected), bad: numbers => alarm(numbers.rejected) },
    { label: 'Bytes', show: numbers => bytes(numbers.bytes) },
    { label: 'Rows/s', show: numbers => whole.format(numbers.rows_per_second) },
    { label: 'Average s', show: numbers => seconds(numbers.average_seconds) },
    { label: 'Median s', show: numbers => seconds(numbers.median_seconds) },
    { label: '95 % s', show: numbers => seconds(numbers.percentile_95_seconds) },
    { label: '99 % s', show: numbers => seconds(numbers.percentile_99_seconds) },
    { label: 'Oldest waits', show: numbers => wait(numbers.oldest_waiting_seconds) }
  ];

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  };
  const headCell = (text, scope) => {
    const cell = element('th', text);
    cell.scope = scope;
    return cell;
  };
  const cellsOf = (numbers, name) => COLUMNS.map(column =>
    element(name, column.show(numbers), column.bad && column.bad(numbers) ? 'bad' : ''));

  const platform = numbers => {
    const cells = cellsOf(numbers, 'dd');
    byId('platform').replaceChildren(...COLUMNS.map((column, i) => {
      const pair = element('div');
      pair.append(element('dt', column.label), cells[i]);
      return pair;
    }));
  };

  const tenants = all => {
    const names = Object.keys(all).sort();
    byId('tenants').replaceChildren(...names.map(name => {
      const row = element('tr');
      const head = headCell(name, 'row');
      head.title = name;
      row.append(head, ...cellsOf(all[name], 'td'));
      return row;
    }));
    byId('no-tenants').hidden = names.length > 0;
  };

  const failures = all => {
    byId('failures').replaceChildren(...all.map(failure => {
      const item = element('li');
      const what = element('b', failure.tenant + '/' + failure.file);
      const when = new Date(failure.at).toLocaleString();
      item.append(what, element('span', failure.state + ', ' + when), element('div', failure.reason));
      return item;
    }));
    byId('no-failures').hidden = all.length > 0;
  };

  // What did not change stays as it is, and with it what a reader has selected.
  const shown = {};
  const update = (name, value, show) => {
    const text = JSON.stringify(value);
    if (shown[name] !== text) {
      show(value);
      shown[name] = text;
    }
  };
  let since = null;
  const say = (text, stale) => {
    const place = byId('state');
    // A status that does not change is not read aloud again.
    if (place.textContent !== text) { place.textContent = text; }
    place.classList.toggle('stale', stale);
  };

  const load = async () => {
    const control = new AbortController();
    const limit = setTimeout(() => control.abort(), 10000);
    try {
      const answer = await fetch(location.origin + location.pathname + 'statistics', { cache: 'no-store', signal: control.signal });
      if (!answer.ok) { throw new Error('the server answers ' + answer.status); }
      const numbers = await answer.json();
      update('platform', numbers.platform, platform);
      update('tenants', numbers.tenants, tenants);
      update('failures', numbers.failures, failures);
      since = new Date();
      say('Live, every 2 seconds', false);
    } catch (e) {
      const reason = e.name === 'AbortError' ? 'the server does not answer' : e.message;
      say((since ? 'Not updated since ' + since.toLocaleTimeString() : 'No numbers yet') + ': ' + reason, true);
    } finally {
      clearTimeout(limit);
    }
  };

  const tick = async () => {
    if (!document.hidden) { await load(); }
    setTimeout(tick, EVERY);
  };

  byId('head').append(headCell('Tenant', 'col'), ...COLUMNS.map(column => headCell(column.label, 'col')));
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { load(); } });
  tick();
})();
