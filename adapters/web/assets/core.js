// The ground that the other scripts stand on: words, times, requests, moving
// between pages, and the one event stream.
'use strict';
const H = (() => {
  const body = document.body, words = JSON.parse(document.getElementById('words').textContent || '{}');
  const lang = document.documentElement.lang || 'en', as = body.dataset.as || '';
  const $ = (sel, at = document) => at.querySelector(sel), $$ = (sel, at = document) => [...at.querySelectorAll(sel)];
  const word = (key, values = {}) => (words[key] || key).replace(/\{(\w+)\}/g, (_, k) => values[k] ?? '');
  const el = (tag, attrs = {}, ...inside) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attrs)) {
      if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
      else if (v === true) e.setAttribute(k, '');
      else if (v !== false && v != null) e.setAttribute(k, v);
    }
    e.append(...inside);
    return e;
  };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID(); // only where the page counts as secure
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 15 | 64; b[8] = b[8] & 63 | 128;
    const h = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  };

  // Times are shown in the reader's zone and language.
  const form = (opt) => new Intl.DateTimeFormat(lang, opt);
  const forms = {
    time: form({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    full: form({ month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    short: form({ weekday: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    date: form({ year: 'numeric', month: 'short', day: 'numeric' }),
    day: new Intl.DateTimeFormat(lang, { weekday: 'short', day: 'numeric', timeZone: 'UTC' }),
    exact: form({ dateStyle: 'full', timeStyle: 'long' }),
    weekday: form({ weekday: 'long', month: 'long', day: 'numeric' }),
  };
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style: 'narrow' });
  const ago = (at) => {
    const s = (at - Date.now()) / 1000, a = Math.abs(s);
    if (a < 60) return relative.format(0, 'second');
    if (a < 3600) return relative.format(Math.round(s / 60), 'minute');
    if (a < 86400) return relative.format(Math.round(s / 3600), 'hour');
    return relative.format(Math.round(s / 86400), 'day');
  };
  const times = (at = document) => {
    for (const t of $$('time[datetime]', at)) {
      const d = new Date(t.dateTime), f = t.dataset.form;
      if (Number.isNaN(+d)) continue;
      t.textContent = f === 'ago' || f === 'until' ? ago(d) : (forms[f] || forms.full).format(d);
      t.title = forms.exact.format(d);
    }
  };

  // A request of the API. It fails with words for the reader in its message.
  const call = async (method, path, data) => {
    const headers = {};
    if (as) headers['X-Hotline-As'] = as;
    let payload = data;
    if (data !== undefined && !(data instanceof Blob)) { headers['Content-Type'] = 'application/json'; payload = JSON.stringify(data); }
    let resp;
    try { resp = await fetch(path, { method, headers, body: payload }); } catch { throw new Error(word('failed')); }
    if (resp.status === 401) { location.reload(); }
    const answer = resp.status === 204 ? {} : await resp.json().catch(() => ({}));
    if (answer.error) throw Object.assign(new Error(answer.error.say), { code: answer.error.code });
    if (!resp.ok && resp.status !== 422) throw new Error(word('failed'));
    return answer;
  };

  const toast = (text, href) => { // with an address it stays until it is followed or replaced
    const t = $('#toast');
    if (!t) return;
    t.replaceChildren(href ? el('a', { href }, text) : text);
    t.classList.toggle('alarm', !!href);
    t.hidden = !text;
    clearTimeout(toast.timer);
    if (!href) toast.timer = setTimeout(() => { t.hidden = true; }, 7000);
  };
  const announce = (text) => { const l = $('#live'); if (l) l.textContent = text; };
  const withAs = (path) => {
    if (!as) return path;
    const u = new URL(path, location.origin);
    u.searchParams.set('as', as);
    return u.pathname + u.search;
  };

  // Moving to another page keeps the stream: only the page's parts are exchanged.
  const arrived = []; // functions to run when a page has been put in place
  let moving = 0;
  const go = async (path, push = true) => {
    const mine = ++moving, since = Date.now();
    body.classList.remove('menu');
    let text;
    try {
      const resp = await fetch(withAs(path), { headers: { Accept: 'text/html' } });
      if (resp.status === 401) { location.href = path; return; }
      text = await resp.text();
      path = new URL(resp.url).pathname + new URL(resp.url).search;
    } catch { toast(word('failed')); return; }
    if (mine !== moving) return;
    const page = new DOMParser().parseFromString(text, 'text/html');
    if (!$('#main', page)) { location.href = path; return; }
    const same = $('#main').dataset.channel && $('#main').dataset.channel === $('#main', page).dataset.channel;
    const top = same ? $('#posts')?.scrollTop : undefined;
    const scrolled = !push && $('.board, .sheet'), at = scrolled && [scrolled.scrollLeft, scrolled.scrollTop];
    $('#main').replaceWith(document.adoptNode($('#main', page)));
    $('#thread')?.remove();
    const thread = $('#thread', page);
    if (thread) $('#main').after(document.adoptNode(thread));
    $('#side .scroll').replaceWith(document.adoptNode($('#side .scroll', page)));
    document.title = page.title;
    if (push) history.pushState({}, '', path);
    if (at) $('.board, .sheet')?.scrollTo(...at);
    else if (!$('.composer')) { $('#main').tabIndex = -1; $('#main').focus(); }
    const alarm = $('#toast.alarm a');
    if (alarm && path.startsWith(alarm.getAttribute('href'))) $('#toast').hidden = true;
    settle({ same, top, since });
  };
  const settle = (how = {}) => {
    times();
    for (const f of arrived) f(how);
  };
  addEventListener('popstate', () => go(location.pathname + location.search, false));

  // The stream. What it says is kept for a while, for pages that were drawn before.
  const heard = [], listeners = {};
  const on = (name, f) => { (listeners[name] ||= []).push(f); };
  const tell = (name, data) => { for (const f of listeners[name] || []) f(data); };
  let lost = 0;
  const listen = () => {
    const source = new EventSource(withAs('/api/stream' + (body.dataset.last ? `?last=${encodeURIComponent(body.dataset.last)}` : '')));
    source.addEventListener('hello', () => { offline(false); });
    source.addEventListener('post', (e) => {
      const v = JSON.parse(e.data);
      body.dataset.last = e.lastEventId;
      v.heard = Date.now();
      heard.push(v);
      if (heard.length > 300) heard.shift();
      tell('post', v);
    });
    source.addEventListener('channels', (e) => tell('channels', JSON.parse(e.data)));
    source.addEventListener('reset', (e) => { body.dataset.last = e.lastEventId; heard.length = 0; if ($('#main')?.dataset.channel) go(location.pathname + location.search, false); });
    source.addEventListener('error', () => {
      offline(true);
      if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(listen, 2000); }
    });
  };
  const offline = (yes) => {
    clearTimeout(lost);
    const bar = $('.offline');
    if (!yes) { if (bar && !bar.hidden) { bar.hidden = true; announce(word('online_again')); } return; }
    lost = setTimeout(() => { const b = $('.offline'); if (b) { b.textContent = word('offline'); b.hidden = false; } }, 1500);
  };

  const cookie = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
  document.addEventListener('click', (e) => {
    const t = e.target.closest('[data-lang],[data-theme-toggle],[data-be],[data-logout],[data-menu],[data-menu-close],[data-keys],a[href^="/"]');
    for (const d of $$('details.more[open], details.me[open]')) if (!d.contains(e.target)) d.open = false;
    if (!t) return;
    if (t.dataset.lang) { cookie('hotline_lang', t.dataset.lang); location.reload(); }
    else if ('themeToggle' in t.dataset) {
      const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      document.documentElement.dataset.theme = dark ? 'light' : 'dark';
      cookie('hotline_theme', dark ? 'light' : 'dark');
    } else if (t.dataset.be) call('POST', '/api/session', { user: t.dataset.be }).then(() => { location.href = '/'; }, (err) => toast(err.message));
    else if ('logout' in t.dataset) call('DELETE', '/api/session').then(() => location.reload());
    else if ('menu' in t.dataset) { body.classList.add('menu'); $('#side .row[aria-current], #side .row')?.focus(); }
    else if ('menuClose' in t.dataset) body.classList.remove('menu');
    else if ('keys' in t.dataset) toast(word('keys'));
    else if (t.matches('a') && !t.target && !t.download && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.button === 0 && body.classList.contains('app') && !t.pathname.startsWith('/files/')) {
      e.preventDefault();
      go(t.getAttribute('href'));
    }
  });
  document.addEventListener('submit', (e) => {
    if (!e.target.matches('.searchbar')) return;
    e.preventDefault();
    go('/kb?q=' + encodeURIComponent(new FormData(e.target).get('q')));
  });
  document.addEventListener('toggle', (e) => { // menus near the lower edge open upwards
    const menu = e.target.matches?.('details.more[open]') && $('.menu', e.target);
    if (menu) {
      if (menu.matches('.emojis:empty')) menu.append($('#emojis').content.cloneNode(true));
      menu.classList.remove('up');
      menu.classList.toggle('up', menu.getBoundingClientRect().bottom > innerHeight - 70);
    }
  }, true);

  setInterval(() => times(), 60000);
  const refresh = () => { if ($('#main')?.matches('[data-refresh]') && !document.hidden) go(location.pathname + location.search, false); };
  let due = 0;
  on('post', () => { if ($('#main')?.matches('[data-refresh]') && !due) due = setTimeout(() => { due = 0; refresh(); }, 1500); });
  setInterval(refresh, 30000);
  document.addEventListener('DOMContentLoaded', () => {
    settle({ first: true });
    if (body.classList.contains('app')) listen();
  });
  return { $, $$, word, el, uuid, times, forms, call, toast, announce, go, arrived, on, heard, body, withAs };
})();
