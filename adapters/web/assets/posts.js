// Posts: putting them in order, changing them as the stream says, and what can be
// done with one.
'use strict';
const P = (() => {
  const { $, $$, word, el, call, toast, announce, body } = H;
  const me = body.dataset.user;
  const main = () => $('#main'), channel = () => main()?.dataset.channel || '', thread = () => main()?.dataset.open || '';
  const copy = (v) => { // the server drew and escaped it
    const t = document.createElement('template');
    t.innerHTML = v.html.trim();
    H.times(t.content);
    return t.content.firstElementChild;
  };

  // arrange puts in the days and joins what one person says in a row.
  const arrange = (list, fresh) => {
    for (const d of $$('.day', list)) d.remove();
    let day = '', author = null, at = 0, marked = !fresh;
    for (const p of $$(':scope > .post', list)) {
      const when = new Date(+p.dataset.at), d = when.toDateString();
      let broke = d !== day;
      if (d !== day) {
        day = d;
        const now = new Date(), yesterday = new Date(now - 86400000);
        const name = d === now.toDateString() ? word('today') : d === yesterday.toDateString() ? word('yesterday') : H.forms.weekday.format(when);
        p.before(el('div', { class: 'day', role: 'separator' }, name));
      }
      if (!marked && +p.dataset.id > fresh && p.dataset.author !== me) {
        marked = broke = true;
        p.before(el('div', { class: 'day fresh', role: 'separator' }, word('new')));
      }
      const plain = !p.matches('.urgent') && !$('.card', p);
      p.classList.toggle('cont', !broke && plain && p.dataset.author === author && +p.dataset.at - at < 300000 && !p.matches('.private') === !p.previousElementSibling?.matches('.private'));
      author = p.dataset.author; at = +p.dataset.at;
    }
  };
  const lists = () => [[$('#posts > .list'), ''], [$('#replies > .list'), thread()]].filter(([l]) => l);
  const nearEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; };

  // put shows a post in its newest form wherever it belongs on this page.
  const put = (v, quiet) => {
    if (v.channel !== channel()) return false;
    let shown = false;
    for (const old of $$(`.post[data-id="${v.id}"]`)) {
      shown = true;
      if (+old.dataset.rev > v.revision) continue;
      if ($('.editing', old)) continue;
      const open = $('details.more[open]', old), focused = old.contains(document.activeElement);
      const fresh = copy(v);
      fresh.classList.toggle('cont', old.classList.contains('cont'));
      if (open) continue; // not under somebody's finger; the next change brings it
      old.replaceWith(fresh);
      if (focused) fresh.focus();
    }
    if (shown) return true;
    for (const [list, id] of lists()) {
      if ((v.thread || '') !== id) continue;
      const box = list.parentElement, stick = nearEnd(box) || v.mine, node = copy(v);
      const after = $$(':scope > .post', list).findLast((p) => +p.dataset.id < v.id);
      if (after) after.after(node); else list.prepend(node);
      $(':scope > .empty', box)?.remove();
      arrange(list);
      if (!quiet) node.classList.add('flash');
      if (stick) { toEnd(box); if (node.offsetHeight > 0.8 * box.clientHeight) node.scrollIntoView({ block: 'start' }); } else if (!quiet && !v.mine) jump(box);
    }
    return true;
  };
  const jump = (box) => {
    const c = $('.composer', box.parentElement);
    if (!c || $('.jump', c)) return;
    c.append(el('button', { type: 'button', class: 'btn primary small jump', onclick: (e) => { toEnd(box); e.currentTarget.remove(); } }, '↓ ' + word('jump')));
  };

  // Roots are asked again when something was said in their thread.
  const asked = new Map();
  const askRoot = (id) => {
    clearTimeout(asked.get(id));
    asked.set(id, setTimeout(() => call('GET', `/api/posts/${id}`).then((v) => put(v, true), () => {}), 250));
  };

  const seenTimer = {};
  const markSeen = () => {
    if (document.hidden || !channel()) return;
    for (const [list, id] of lists()) {
      const last = $$(':scope > .post', list).at(-1);
      if (!last || !nearEnd(list.parentElement)) continue;
      const key = `${channel()}/${id}`, post = +last.dataset.id, ch = channel();
      if (seenTimer[key]?.post >= post) continue;
      clearTimeout(seenTimer[key]?.timer);
      seenTimer[key] = { post, timer: setTimeout(() => call('POST', '/api/seen', { channel: ch, thread: id, post }).then((r) => { if (id) askRoot(id); count(ch, r.unread); }, () => { seenTimer[key].post = 0; }), 700) };
      $('.jump', list.parentElement.parentElement)?.remove();
    }
  };
  const count = (ch, n) => {
    const row = $(`#channels .row[data-channel="${CSS.escape(ch)}"]`);
    if (!row) return;
    const c = $('.count', row), value = n === undefined ? +c.textContent + 1 : n;
    c.textContent = Math.min(value, 99); c.hidden = !value;
    row.classList.toggle('unread', value > 0);
    if (value) c.setAttribute('aria-label', word('unread', { n: value })); else c.removeAttribute('aria-label');
    title();
  };
  const title = () => {
    const n = $$('#channels .count:not([hidden])').reduce((sum, c) => sum + +c.textContent, 0);
    document.title = (n ? `(${n}) ` : '') + document.title.replace(/^\(\d+\) /, '');
  };

  H.on('post', (v) => {
    const known = $(`.post[data-id="${v.id}"]`);
    put(v);
    if (v.thread && v.channel === channel()) askRoot(v.thread);
    if (known || v.mine || v.deleted || v.edited) return;
    const open = v.channel === channel() && !document.hidden && (!v.thread || lists().some(([, id]) => +id === +v.thread));
    if ((!v.thread || v.followed) && !open) count(v.channel);
    if (v.urgent && v.channel !== channel()) toast(`${word('urgent')}: ${v.title ? `${v.number} ${v.title}` : v.text.slice(0, 120)}`, `/c/${v.channel}`);
    if (v.channel !== channel()) announce(word('notify_from', { name: v.name }) + ': ' + v.text.slice(0, 200));
    else markSeen();
  });
  H.on('channels', () => H.go(location.pathname + location.search, false));

  H.arrived.push((how) => {
    const seen = +(main()?.dataset.seen || 0);
    for (const [list, id] of lists()) {
      arrange(list, id ? 0 : seen);
      const box = list.parentElement, fresh = $('.day.fresh', list);
      if (!id && how.same && how.top !== undefined) box.scrollTop = how.top;
      else if (fresh) { toEnd(box); fresh.scrollIntoView({ block: 'nearest' }); } else toEnd(box);
      box.addEventListener('scroll', () => markSeen(), { passive: true });
    }
    for (const v of H.heard) {
      const drawn = $(`.post[data-id="${v.id}"]`); // the page knows more than what was heard before: how many replies there are
      if (!drawn || +drawn.dataset.rev < v.revision) put(v, true);
      if (v.thread && v.channel === channel() && v.heard >= how.since) askRoot(v.thread); // said while this page was fetched
    }
    markSeen(); title();
    if (main()?.matches('[data-home]') && !how.same) call('POST', '/api/home', { id: H.uuid() }).catch((e) => toast(e.message));
  });
  document.addEventListener('visibilitychange', markSeen);

  // What an act answered: a form to fill in, a post to show, words.
  const answered = (done, where) => {
    if (done.post) put(done.post, true);
    if (done.form) F.open(done.form, where);
    if (done.say) announce(done.say);
    if (done.errors) toast(Object.values(done.errors).join(' '));
    return done;
  };
  const whereOf = (post) => ({ channel: post.dataset.channel, thread: post.dataset.thread || (post.closest('#thread') ? thread() : '') });

  const edit = (post) => {
    const text = $('.main > .text', post);
    if (!text || $('.editing', post)) return;
    const area = el('textarea', { class: 'editing', rows: 2, 'aria-label': word('save') });
    const stop = () => { box.remove(); text.hidden = false; post.focus(); };
    const save = async () => {
      try {
        const done = await call('PATCH', `/api/posts/${post.dataset.id}`, { id, text: area.value });
        stop();
        answered(done, whereOf(post));
      } catch (e) { note.textContent = e.message; }
    };
    const id = H.uuid(), note = el('p', { class: 'problem', role: 'alert' });
    const box = el('div', { class: 'editbox' }, area, note, el('div', { class: 'buttons' },
      el('button', { type: 'button', class: 'btn primary small', onclick: save }, word('save')), el('button', { type: 'button', class: 'btn small', onclick: stop }, word('cancel'))));
    call('GET', `/api/posts/${post.dataset.id}`).then((v) => { area.value = v.text; area.focus(); }, (e) => { stop(); toast(e.message); });
    area.addEventListener('keydown', (e) => {
      if (e.key === 'Escape') { e.stopPropagation(); stop(); }
      if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); save(); }
    });
    text.hidden = true;
    text.after(box);
  };

  document.addEventListener('click', async (e) => {
    const t = e.target.closest('[data-press],[data-react],[data-shortcut],[data-edit],[data-delete],[data-older]');
    if (!t) return;
    const post = t.closest('.post');
    t.closest('details.more[open]')?.removeAttribute('open');
    if ('older' in t.dataset) { older(t); return; }
    if ('edit' in t.dataset) { edit(post); return; }
    if ('delete' in t.dataset && !confirm(word('confirm_del'))) return;
    const at = `/api/posts/${post.dataset.id}`, id = (t.dataset.act ||= H.uuid());
    t.classList.add('busy');
    try {
      let done;
      if (t.dataset.press) done = await call('POST', at + '/press', { id, action: t.dataset.press });
      else if (t.dataset.shortcut) done = await call('POST', at + '/shortcut', { id, verb: t.dataset.shortcut });
      else if (t.dataset.react) {
        const there = $(`.reacts [data-react="${CSS.escape(t.dataset.react)}"]`, post);
        done = await call('POST', at + '/reactions', { id, emoji: t.dataset.react, removed: !!there?.matches('.on') });
      } else done = await call('DELETE', at, { id });
      delete t.dataset.act; // the next press is another act
      answered(done, whereOf(post));
    } catch (err) { toast(err.message); } finally { t.classList.remove('busy'); }
  });
  const older = async (button) => {
    const list = $('#posts > .list'), first = $(':scope > .post', list), box = list.parentElement;
    button.disabled = true;
    try {
      const got = await call('GET', `/api/posts?channel=${encodeURIComponent(channel())}&before=${first.dataset.id}`);
      const below = box.scrollHeight - box.scrollTop;
      list.prepend(...got.posts.map(copy));
      arrange(list);
      box.scrollTop = box.scrollHeight - below;
      if (got.end) button.remove();
    } catch (e) { toast(e.message); } finally { button.disabled = false; }
  };
  return { put, answered, edit, channel, thread, copy };
})();
