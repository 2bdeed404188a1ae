// Writing: the composer with its suggestions, drafts and files, and forms.
'use strict';
const F = (() => {
  const { $, $$, word, el, call } = H;
  const dialog = $('#dialog');

  const field = (input, index) => {
    const id = `f-${index}`, attrs = { id, name: input.name, 'aria-describedby': `${id}-note`, required: input.required };
    let control;
    if (input.kind === 'choice') {
      control = el('select', attrs);
      if (!input.required || !input.value) control.append(el('option', { value: '' }, word('choose')));
      for (const c of input.choices || []) control.append(el('option', { value: c.value, selected: c.value === input.value }, c.label));
    } else {
      control = el(input.kind === 'text' ? 'textarea' : 'input', { ...attrs, maxlength: input.max, dir: 'auto' });
      control.value = input.value || '';
    }
    const label = el('label', { for: id }, input.label);
    if (!input.required) label.append(' ', el('small', {}, `(${word('optional')})`));
    return el('div', {}, label, control, el('p', { class: 'hint', id: `${id}-note` }, input.hint || ''), el('p', { class: 'bad', role: 'alert', hidden: true }));
  };
  const complain = (form, errors) => {
    let first;
    for (const box of $$('.fields > div', form)) {
      const control = $('input,textarea,select', box);
      if (!control) continue;
      const text = errors[control.name], note = $('.bad', box);
      control.setAttribute('aria-invalid', text ? 'true' : 'false');
      note.textContent = text || ''; note.hidden = !text;
      if (text) first ||= control;
    }
    first?.focus();
  };
  const open = (f, where) => {
    const id = H.uuid(), fields = el('div', { class: 'fields' });
    if (f.intro) fields.append(el('p', { class: 'intro' }, f.intro));
    fields.append(...f.inputs.map(field));
    const note = el('p', { class: 'bad', role: 'alert' });
    const submit = el('button', { type: 'submit', class: 'btn primary' }, f.submit);
    const form = el('form', { novalidate: true }, el('h2', { id: 'dialog-title' }, f.title), fields,
      el('footer', {}, note, el('button', { type: 'button', class: 'btn', onclick: () => dialog.close() }, word('cancel')), submit));
    form.addEventListener('keydown', (e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); form.requestSubmit(); } });
    form.addEventListener('submit', async (e) => {
      e.preventDefault();
      const values = Object.fromEntries(new FormData(form)), missing = {};
      for (const i of f.inputs) if (i.required && !String(values[i.name] || '').trim()) missing[i.name] = word('required');
      complain(form, missing);
      if (Object.keys(missing).length) return;
      submit.disabled = true; note.textContent = '';
      try {
        const done = await call('POST', '/api/forms', { id, ...where, form: f.id, values });
        if (done.errors) { complain(form, done.errors); return; }
        dialog.close();
        P.answered(done, where);
      } catch (err) { note.textContent = err.message; } finally { submit.disabled = false; }
    });
    dialog.replaceChildren(form);
    dialog.showModal();
    $('input,textarea,select', fields)?.focus();
  };
  return { open };
})();

(() => {
  const { $, $$, word, el, call, body } = H;
  const maxText = +body.dataset.maxText, maxFile = +body.dataset.maxFile, maxFiles = +body.dataset.maxFiles;
  const verbs = JSON.parse($('#verbs')?.textContent || '[]');
  const bytes = (s) => new TextEncoder().encode(s).length;

  const attach = (form) => {
    const area = $('textarea', form), note = $('.note', form), list = $('.suggest', form), pending = $('.pending', form);
    const threadBox = form.dataset.box === 'reply';
    const where = { channel: P.channel(), thread: threadBox ? P.thread() : '' };
    const draft = `hotline:draft:${body.dataset.user}:${where.channel}:${where.thread}`;
    const state = { id: '', text: '', files: [], options: [], at: 0, asked: 0, uploading: 0, queue: Promise.resolve() };
    area.value = localStorage.getItem(draft) || '';

    const say = (text, bad) => {
      note.replaceChildren(bad ? el('span', { class: 'bad' }, text) : text ? text : el('span', { class: 'hint' }, state.hint));
    };
    state.hint = $('.hint', note).textContent;
    const grow = () => { if (!CSS.supports('field-sizing', 'content')) { area.style.height = 'auto'; area.style.height = `${area.scrollHeight}px`; } };
    const check = () => {
      const over = bytes(area.value) - maxText;
      if (over > 0) say(word('too_long', { n: over }), true); else if ($('.bad', note)) say('');
      return over <= 0;
    };

    // Suggestions: verbs first, then the argument under the caret.
    const hide = () => { list.hidden = true; area.removeAttribute('aria-activedescendant'); area.setAttribute('aria-expanded', 'false'); state.options = []; };
    const show = (options) => {
      state.options = options; state.at = 0;
      if (!options.length) { hide(); return; }
      list.replaceChildren(...options.map((o, i) => el('div', { role: 'option', id: `${area.id}-o${i}`, onmousedown: (e) => { e.preventDefault(); pick(i); } },
        el('b', {}, o.label), o.args ? el('span', { class: 'args' }, o.args) : '', o.help ? el('span', { class: 'help' }, o.help) : '')));
      list.hidden = false;
      area.setAttribute('aria-expanded', 'true');
      mark(0);
    };
    const mark = (i) => {
      state.at = (i + state.options.length) % state.options.length;
      $$('[role=option]', list).forEach((o, n) => o.setAttribute('aria-selected', n === state.at));
      const cur = list.children[state.at];
      cur.scrollIntoView({ block: 'nearest' });
      area.setAttribute('aria-activedescendant', cur.id);
    };
    const pick = (i) => {
      const o = state.options[i];
      area.value = o.text; area.focus(); area.setSelectionRange(o.text.length, o.text.length);
      hide(); changed();
    };
    const argsOf = (v) => (v.args || []).map((a) => (a.required ? a.name : `[${a.name}]`)).join(' ');
    const suggest = async () => {
      const m = /^\/([a-z_-]*)(\s+)?([^\n]*)$/i.exec(area.value), turn = ++state.asked;
      if (!m) { hide(); return; }
      if (!m[2]) {
        show(verbs.filter((v) => v.name.startsWith(m[1].toLowerCase())).slice(0, 25).map((v) => ({ label: '/' + v.name, args: argsOf(v), help: v.help, text: `/${v.name} ` })));
        return;
      }
      const verb = verbs.find((v) => v.name === m[1].toLowerCase()), parts = m[3].split(/\s+/);
      const arg = verb?.args?.[Math.min(parts.length, verb.args.length) - 1];
      if (!arg || (parts.length > verb.args.length && !arg.rest)) { hide(); return; }
      const before = parts.slice(0, arg.rest && parts.length >= verb.args.length ? verb.args.length - 1 : -1).join(' ');
      const prefix = m[3].slice(before.length).trimStart(), head = `/${verb.name} ${before ? before + ' ' : ''}`;
      let choices = (arg.choices || []).filter((c) => (c.value + ' ' + c.label).toLowerCase().includes(prefix.toLowerCase()));
      if (arg.complete) {
        const q = new URLSearchParams({ verb: verb.name, arg: arg.name, prefix, ...where });
        try { choices = choices.concat((await call('GET', `/api/suggest?${q}`)).choices); } catch { /* writing goes on without */ }
        if (turn !== state.asked) return;
      }
      show(choices.filter((c) => c.value !== prefix).slice(0, 25).map((c) => ({ label: c.label || c.value, text: `${head}${c.value} `, help: c.label !== c.value ? c.value : '' })));
      if (!choices.length && arg.help && !prefix) say(`${arg.name}: ${arg.help}`);
    };
    const changed = () => {
      if (area.value) localStorage.setItem(draft, area.value); else localStorage.removeItem(draft);
      grow(); check(); suggest();
    };

    // Files are sent at once and joined to the message when it goes.
    const drawFiles = () => {
      pending.hidden = !state.files.length;
      pending.replaceChildren(...state.files.map((f) => el('li', {}, f.name, el('button', { type: 'button', 'aria-label': word('remove', { name: f.name }), onclick: () => { state.files = state.files.filter((x) => x !== f); drawFiles(); } }, '×'))));
    };
    const addFiles = async (files) => {
      for (const file of files) {
        if (file.size > maxFile) { say(word('too_large', { name: file.name }), true); continue; }
        if (state.files.length >= maxFiles) { say(word('many_files'), true); break; }
        state.uploading++;
        say(word('uploading', { name: file.name }));
        try {
          state.files.push(await call('POST', `/api/files?name=${encodeURIComponent(file.name)}`, file));
          say(''); drawFiles();
        } catch (e) { say(e.message, true); } finally { state.uploading--; }
      }
    };

    // The box is free for the next message at once; messages go one after another,
    // and one that fails comes back into the box.
    const deliver = async (m) => {
      const slow = setTimeout(() => say(word('sending')), 400);
      try {
        const done = await call('POST', '/api/posts', { id: m.id, ...where, text: m.text, files: m.files.map((f) => f.id) });
        if (!area.value) localStorage.removeItem(draft);
        say('');
        P.answered(done, where);
      } catch (e) {
        area.value = area.value ? `${m.text}\n${area.value}` : m.text;
        Object.assign(state, { id: m.id, text: m.text, files: m.files.concat(state.files) });
        localStorage.setItem(draft, area.value);
        drawFiles(); grow(); say(e.message, true);
      } finally { clearTimeout(slow); }
    };
    const send = () => {
      const text = area.value.trim();
      if ((!text && !state.files.length) || state.uploading || !check()) return;
      const id = state.id && state.text === text ? state.id : H.uuid(); // a retry is the same act
      const m = { id, text, files: state.files };
      Object.assign(state, { id: '', text: '', files: [] });
      area.value = '';
      hide(); drawFiles(); grow();
      state.queue = state.queue.then(() => deliver(m));
    };

    form.addEventListener('submit', (e) => { e.preventDefault(); send(); });
    area.addEventListener('input', changed);
    area.addEventListener('keyup', () => { state.entered = false; });
    area.addEventListener('beforeinput', (e) => { // some input methods send the line break after all
      if (state.entered && e.inputType === 'insertLineBreak') e.preventDefault();
    });
    area.addEventListener('blur', () => setTimeout(hide, 150));
    area.addEventListener('paste', (e) => { if (maxFiles && e.clipboardData.files.length) { e.preventDefault(); addFiles(e.clipboardData.files); } });
    area.addEventListener('keydown', (e) => {
      if (e.isComposing) return; // an input method is being used
      if (!list.hidden) {
        if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); mark(state.at + (e.key === 'ArrowDown' ? 1 : -1)); return; }
        if (e.key === 'Tab' || (e.key === 'Enter' && state.options[state.at].text.trim() !== area.value.trim())) { e.preventDefault(); pick(state.at); return; }
        if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); hide(); return; }
      }
      if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); state.entered = true; send(); }
      if (e.key === 'ArrowUp' && !area.value) {
        const mine = $$('.post.mine:not(.private):not(.deleted)', form.parentElement).at(-1);
        if (mine) { e.preventDefault(); P.edit(mine); }
      }
    });
    $('input[type=file]', form)?.addEventListener('change', (e) => { addFiles([...e.target.files]); e.target.value = ''; });
    const zone = form.parentElement;
    zone.addEventListener('dragover', (e) => { if (maxFiles && e.dataTransfer.types.includes('Files')) e.preventDefault(); });
    zone.addEventListener('drop', (e) => { if (maxFiles && e.dataTransfer.files.length) { e.preventDefault(); addFiles([...e.dataTransfer.files]); } });
    grow();
  };

  H.arrived.push((how) => {
    for (const f of $$('form.composer:not([data-ready])')) { f.dataset.ready = ''; attach(f); }
    const target = $('#reply') || (how.same ? null : $('#box'));
    if (target && matchMedia('(hover: hover)').matches) target.focus({ preventScroll: true });
  });
})();
