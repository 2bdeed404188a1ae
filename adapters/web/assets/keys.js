// The keyboard: walking through messages and reaching everything without a mouse.
'use strict';
(() => {
  const { $, $$, body } = H;
  const writing = (t) => t.matches?.('input, textarea, select, [contenteditable]');
  const current = () => document.activeElement?.closest?.('.post');
  const walk = (step) => {
    const cur = current();
    const box = cur?.closest('.posts') || document.activeElement?.closest?.('.posts') || $('#replies') || $('#posts');
    if (!box) return false;
    const posts = $$('.post', box), i = cur ? posts.indexOf(cur) + step : posts.length - 1;
    const next = posts[Math.max(0, Math.min(posts.length - 1, i))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    return !!next;
  };
  const escape = () => {
    const menu = $('details.more[open], details.me[open]');
    if (menu) { menu.open = false; $('summary', menu).focus(); return true; }
    if (body.classList.contains('menu')) { body.classList.remove('menu'); $('[data-menu]')?.focus(); return true; }
    const close = $('[data-close-thread]');
    if (close) { close.click(); return true; }
    const box = $('#box');
    if (box) { box.focus(); return true; }
    return false;
  };
  document.addEventListener('keydown', (e) => {
    if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || $('#dialog')?.open) return;
    if (e.key === 'Escape') { if (writing(e.target) && e.target.value) { e.target.blur(); walk(0); } else if (escape()) e.preventDefault(); return; }
    if (writing(e.target) || e.target.closest?.('.menu, details.me, #side') && e.key !== '/') return;
    const post = current(), click = (sel) => { const t = post && $(sel, post); if (t) { e.preventDefault(); t.click(); } return t; };
    switch (e.key) {
      case '/': { const box = $('#reply') || $('#box'); if (box) { e.preventDefault(); box.focus(); if (!box.value) { box.value = '/'; box.dispatchEvent(new Event('input')); } } break; }
      case '?': $('[data-keys]')?.click(); break;
      case 'j': case 'ArrowDown': if (walk(1)) e.preventDefault(); break;
      case 'k': case 'ArrowUp': if (walk(-1)) e.preventDefault(); break;
      case 'e': click('[data-edit]'); break;
      case 'r': { const d = post && $('.pick', post); if (d) { e.preventDefault(); d.open = true; requestAnimationFrame(() => setTimeout(() => $('.emojis button', d)?.focus())); } break; }
      case 'Enter': if (e.target === post) click('[data-open-thread]'); break;
    }
  });
  document.addEventListener('keydown', (e) => { // arrows inside a menu
    const menu = e.target.closest?.('.menu');
    if (!menu || !['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'].includes(e.key)) return;
    const all = $$('button, a', menu), i = all.indexOf(e.target) + (e.key === 'ArrowDown' || e.key === 'ArrowRight' ? 1 : -1);
    e.preventDefault();
    all[(i + all.length) % all.length]?.focus();
  });
})();
