(() => {
  'use strict';
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = id => document.getElementById(id);
  const root = document.documentElement;
  const find = byId('find'), found = byId('found'), nothing = byId('nothing'), theme = byId('theme'), menu = byId('menu');
  const SVG = 'http://www.w3.org/2000/svg';

  // ---- lines between cards ----
  const diagrams = all('.diagram').map(element => {
    const cards = new Map(all('.card', element).map(card => [card.dataset.of, card]));
    const links = [];
    for (const [, card] of cards) {
      if (card.dataset.view && cards.has(card.dataset.view)) {
        links.push({ kind: 'of', from: cards.get(card.dataset.view), to: card });
      }
      for (const id of (card.dataset.uses || '').split(' ').filter(Boolean)) {
        const type = cards.get(decodeURIComponent(id.replaceAll('+', ' ')));
        if (type) links.push({ kind: 'uses', from: type, to: card });
      }
    }
    return { element, edges: element.querySelector('.edges'), links };
  });

  const make = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const box = (card, origin) => {
    const r = card.getBoundingClientRect();
    return { left: r.left - origin.left, right: r.right - origin.left, top: r.top - origin.top, bottom: r.bottom - origin.top };
  };

  const draw = ({ element, edges, links }) => {
    edges.replaceChildren();
    const shown = links.filter(link => !link.from.closest('[hidden]') && !link.to.closest('[hidden]'));
    if (!shown.length) return;
    const outer = element.getBoundingClientRect();
    const origin = { left: outer.left + element.clientLeft, top: outer.top + element.clientTop };
    
    const lanes = new Map();
    // Lines that leave one side of a card are spread over it, in the order of where they go.
    const side = (card, name) => {
      const key = card.dataset.of + '\n' + name;
      if (!lanes.has(key)) lanes.set(key, []);
      return lanes.get(key);
    };
    const drawn = shown.map(link => {
      const a = box(link.from, origin), b = box(link.to, origin);
      const near = link.from.closest('.group');
      // What is not in one group is linked too often to be drawn until someone points at it.
      const far = !near || near !== link.to.closest('.group');
      const across = !far && a.right + 20 < b.left;
      const line = { link, a, b, across, far };
      if (across) {
        side(link.from, 'right').push({ line, other: b.top });
        side(link.to, 'left').push({ line, other: a.top });
      }
      return line;
    });
    for (const [key, list] of lanes) {
      list.sort((x, y) => x.other - y.other);
      const end = key.endsWith('\nright') ? 'start' : 'end';
      list.forEach((entry, i) => { entry.line[end] = (i + 1) / (list.length + 1); });
    }
    drawn.forEach((line, i) => {
      const { link, a, b } = line;
      let path, x, y;
      if (line.across) {
        const x0 = a.right, y0 = a.top + (a.bottom - a.top) * line.start;
        x = b.left; y = b.top + (b.bottom - b.top) * line.end;
        const bend = Math.max(26, (x - x0) / 2);
        path = `M${x0} ${y0}C${x0 + bend} ${y0} ${x - bend} ${y} ${x - (link.kind === 'of' ? 6 : 0)} ${y}`;
      } else if (line.far) {
        const x0 = (a.left + a.right) / 2, down = b.top >= a.bottom;
        const y0 = down ? a.bottom : a.top, bend = Math.max(30, Math.abs((down ? b.top : b.bottom) - y0) / 2) * (down ? 1 : -1);
        x = (b.left + b.right) / 2 + 3; y = down ? b.top - 3 : b.bottom + 3;
        path = `M${x0} ${y0}C${x0} ${y0 + bend} ${x - 3} ${y - bend} ${x - 3} ${y}`;
      } else {
        // Below each other: a bracket in the margin on the left.
        const lane = Math.min(a.left, b.left) - 7 - (i % 3) * 4;
        const y0 = Math.min(a.top + 20, a.bottom - 8);
        x = b.left; y = Math.min(b.top + 20 + (link.kind === 'of' ? 10 : 0), b.bottom - 8);
        const down = y > y0 ? 1 : -1, r = Math.min(6, Math.abs(y - y0) / 2);
        path = `M${a.left} ${y0}H${lane + r}Q${lane} ${y0} ${lane} ${y0 + down * r}V${y - down * r}Q${lane} ${y} ${lane + r} ${y}H${x - (link.kind === 'of' ? 5 : 0)}`;
      }
      const stroke = make('path', { class: link.kind, d: path });
      const tip = link.kind === 'of'
        ? make('path', { class: 'head', d: `M${x} ${y}l-8 -4.5v9z` })
        : make('path', { class: 'dot', d: `M${x - 6} ${y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0` });
      stroke.dataset.from = tip.dataset.from = link.from.dataset.of;
      stroke.dataset.to = tip.dataset.to = link.to.dataset.of;
      if (line.far) [stroke, tip].forEach(part => part.classList.add('far'));
      edges.append(stroke, tip);
    });
  };
  const redraw = () => diagrams.forEach(draw);

  const light = (card, on) => {
    const edges = card.closest('.diagram').querySelector('.edges');
    let any = false;
    for (const path of edges.children) {
      const mine = on && (path.dataset.from === card.dataset.of || path.dataset.to === card.dataset.of);
      path.classList.toggle('lit', mine);
      any = any || mine;
    }
    edges.classList.toggle('lighted', any);
  };
  all('.card').forEach(card => {
    for (const name of ['mouseenter', 'focus']) card.addEventListener(name, () => light(card, true));
    for (const name of ['mouseleave', 'blur']) card.addEventListener(name, () => light(card, false));
  });

  // ---- search ----
  const shownBy = new Map();
  all('[data-of]').forEach(element => {
    const list = shownBy.get(element.dataset.of) || [];
    list.push(element);
    shownBy.set(element.dataset.of, list);
  });
  const rowOf = row => ({ row, text: row.textContent.toLowerCase() });
  const entries = all('article').map(article => {
    // What a person looks for: not the options, which most tables share.
    const options = article.querySelector('details');
    const text = options ? article.textContent.replace(options.textContent, ' ') : article.textContent;
    return {
      article, name: (article.id + ' ').toLowerCase(), text: (article.id + ' ' + text).toLowerCase(),
      rows: all('tr[data-row]', article).map(rowOf), also: shownBy.get(article.id) || [],
    };
  });
  const lists = all('.rights').map(section => ({ section, rows: all('tr[data-row]', section).map(rowOf) }));
  const containers = ['.layer', '.group', '.singles', '.diagram', '.tree', '.keyspace'];
  const contents = '.card:not([hidden]), .tree li:not([hidden]), article:not([hidden])';

  const highlight = (terms, within) => {
    if (!window.CSS || !CSS.highlights || !window.Highlight) return;
    CSS.highlights.delete('found');
    if (!terms.length) return;
    const ranges = [];
    for (const element of within) {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node && ranges.length < 3000; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue;
        for (const term of terms) {
          for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + term.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set('found', new Highlight(...ranges));
  };

  const search = words => {
    const terms = words.toLowerCase().split(/\s+/).filter(Boolean);
    const searching = terms.length > 0;
    root.classList.toggle('searching', searching);
    let count = 0;
    const lit = [];
    for (const entry of entries) {
      const hit = terms.every(term => entry.text.includes(term));
      entry.article.hidden = !hit;
      entry.also.forEach(element => { element.hidden = !hit; });
      if (!hit) continue;
      count++;
      let any = false;
      for (const { row, text } of entry.rows) {
        const here = searching && terms.some(term => text.includes(term) && !entry.name.includes(term));
        row.classList.toggle('hit', here);
        any = any || here;
      }
      entry.article.classList.toggle('byname', !any);
      if (searching) lit.push(entry.article, ...entry.also);
    }
    for (const { section, rows } of lists) {
      let any = false;
      for (const { row, text } of rows) {
        const hit = terms.every(term => text.includes(term));
        row.hidden = !hit;
        row.classList.toggle('hit', hit);
        any = any || hit;
      }
      section.hidden = !any;
      if (any && searching) lit.push(section);
      count += any && searching ? 1 : 0;
    }
    for (const selector of containers) {
      all(selector).forEach(element => { element.hidden = searching && !element.querySelector(contents); });
    }
    nothing.hidden = count > 0 || !searching;
    found.textContent = searching ? (count === 1 ? '1 match' : count + ' matches') : '';
    highlight(terms, lit);
    redraw();
  };

  const setHash = text => { try { history.replaceState(null, '', text); } catch (e) { /* some browsers refuse in a file */ } };
  let waiting = 0;
  find.addEventListener('input', () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      search(find.value);
      setHash(find.value ? '#q=' + encodeURIComponent(find.value) : '#');
      scrollTo(0, 0);
    });
  });
  const clear = () => { find.value = ''; search(''); };

  const links = () => all('.tree li:not([hidden]) a').filter(link => link.offsetParent !== null);
  const step = by => {
    const list = links(), at = list.indexOf(document.activeElement) + by;
    if (at < 0) find.focus();
    else if (at < list.length) list[at].focus();
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inFind = document.activeElement === find;
    const inTree = !!document.activeElement.closest('.tree li');
    if (event.key === '/' && !inFind) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === 'Escape' && (inFind || root.classList.contains('searching'))) {
      clear();
      setHash('#');
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (inFind || inTree)) {
      event.preventDefault();
      if (inFind && event.key === 'ArrowDown') {
        menu.open = true;
        const first = links()[0];
        if (first) first.focus();
      } else if (inTree) {
        step(event.key === 'ArrowDown' ? 1 : -1);
      }
    } else if (event.key === 'Enter' && inFind) {
      const first = entries.find(entry => !entry.article.hidden);
      if (first) {
        first.article.scrollIntoView();
        first.article.querySelector('h3 a').focus();
      }
    }
  });

  const follow = () => {
    const hash = location.hash;
    if (hash.startsWith('#q=')) {
      find.value = decodeURIComponent(hash.slice(3));
      search(find.value);
      return;
    }
    let target = null;
    try { target = hash.length > 1 ? byId(decodeURIComponent(hash.slice(1))) : null; } catch (e) { /* no text at all */ }
    if (target && target.closest('[hidden]')) clear();
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', follow);

  // ---- light and dark ----
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const label = () => {
    const now = root.dataset.theme || (dark.matches ? 'dark' : 'light');
    theme.textContent = now === 'dark' ? '\u2600 Light' : '\u263E Dark';
    return now;
  };
  theme.addEventListener('click', () => {
    root.dataset.theme = label() === 'dark' ? 'light' : 'dark';
    label();
  });
  dark.addEventListener('change', label);

  find.hidden = theme.hidden = false;
  byId('slash').hidden = false;
  label();
  if (matchMedia('(max-width: 900px)').matches) menu.open = false;
  new ResizeObserver(redraw).observe(byId('main'));
  addEventListener('beforeprint', redraw);
  matchMedia('print').addEventListener('change', redraw);
  if (document.fonts) document.fonts.ready.then(redraw);
  redraw();
  follow();
})();
